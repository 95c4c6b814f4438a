// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/function_store.h"

#include "services/lambda/stored_json.h"

namespace pawl::lambda {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

/// What a key of "lambda/functions" is about, behind account, region and name.
enum class Part : uint8_t { Function = 0, Version = 1, Alias = 2, Policy = 3 };

std::string name_prefix(const FunctionKey& key) {
  return store::KeyBuilder().text(key.account).text(key.region).text(key.name).take();
}

std::string part_key(const FunctionKey& key, Part part) {
  return store::KeyBuilder(name_prefix(key)).u8(static_cast<uint8_t>(part)).take();
}

std::string version_key(const FunctionKey& key, int64_t number) {
  return store::KeyBuilder(part_key(key, Part::Version)).u64(static_cast<uint64_t>(number)).take();
}

std::string named_key(const FunctionKey& key, Part part, std::string_view name) {
  return store::KeyBuilder(part_key(key, part)).text(name).take();
}

std::string part_key(const FunctionKey& key, FunctionPart part) {
  return store::KeyBuilder(name_prefix(key)).u8(static_cast<uint8_t>(part)).take();
}

std::string package_key(const FunctionKey& key, std::string_view code) {
  return store::KeyBuilder(name_prefix(key)).text(code).take();
}

Revision revision_of(const Value& record) {
  Revision revision;
  revision.configuration = object_member(record, "configuration");
  revision.code = text_member(record, "code");
  revision.deployment = text_member(record, "deployment");
  if (const Value* layers = record.find("layers")) revision.layers = *layers;
  revision.settles_at = base::Timestamp{integer_member(record, "settlesAt")};
  revision.settling_revision_id = text_member(record, "settlingRevisionId");
  return revision;
}

void set_revision(ObjectBuilder& out, const Revision& revision) {
  out.set("configuration", revision.configuration)
      .set("code", Value(revision.code))
      .set("deployment", Value(revision.deployment));
  if (revision.layers.size() != 0) out.set("layers", revision.layers);
  if (revision.settling_revision_id.empty()) return;
  out.set("settlesAt", Value(revision.settles_at.ms))
      .set("settlingRevisionId", Value(revision.settling_revision_id));
}

}  // namespace

std::string Revision::text(std::string_view member) const {
  return text_member(configuration, member);
}

std::string Revision::revision_id(base::Timestamp now) const {
  return is_settling(now) ? settling_revision_id : text("RevisionId");
}

int64_t Revision::number(std::string_view member) const {
  return integer_member(configuration, member);
}

void Revision::set(std::string_view member, Value value) {
  configuration = configuration.with_member(member, std::move(value));
}

base::Result<FunctionStore> FunctionStore::open(store::Store& store) {
  const store::Keyspace functions =
      PAWL_TRY(store.keyspace("lambda/functions", store::Shape::Records));
  const store::Keyspace packages = PAWL_TRY(store.keyspace("lambda/code", store::Shape::Blobs));
  return FunctionStore(store, functions, packages);
}

ApiResult<std::optional<Value>> FunctionStore::read(const std::string& key) const {
  const auto text = PAWL_TRY(of_store(store_->get(functions_, key)));
  if (!text) return std::optional<Value>();
  return std::optional<Value>(PAWL_TRY(decode_record(*text)));
}

ApiResult<std::vector<Value>> FunctionStore::read_all(const std::string& prefix) const {
  std::vector<Value> found;
  const auto cursor = store_->cursor(functions_, store::Range::prefix(prefix));
  for (bool more = PAWL_TRY(of_store(cursor->first())); more;
       more = PAWL_TRY(of_store(cursor->next()))) {
    found.push_back(PAWL_TRY(decode_record(cursor->value())));
  }
  return found;
}

ApiResult<std::optional<FunctionRecord>> FunctionStore::function(const FunctionKey& key) const {
  const std::optional<Value> stored = PAWL_TRY(read(part_key(key, Part::Function)));
  if (!stored) return std::optional<FunctionRecord>();
  FunctionRecord record;
  record.latest = revision_of(*stored);
  record.tags = object_member(*stored, "tags");
  record.versions_published = integer_member(*stored, "versionsPublished");
  record.published_fingerprint = text_member(*stored, "publishedFingerprint");
  if (stored->find("reservedConcurrency") != nullptr) {
    record.reserved_concurrency = integer_member(*stored, "reservedConcurrency");
  }
  return std::optional<FunctionRecord>(std::move(record));
}

ApiResult<std::optional<Revision>> FunctionStore::version(const FunctionKey& key,
                                                          int64_t number) const {
  const std::optional<Value> stored = PAWL_TRY(read(version_key(key, number)));
  if (!stored) return std::optional<Revision>();
  return std::optional<Revision>(revision_of(*stored));
}

ApiResult<std::vector<Revision>> FunctionStore::versions(const FunctionKey& key) const {
  std::vector<Revision> found;
  for (const Value& stored : PAWL_TRY(read_all(part_key(key, Part::Version)))) {
    found.push_back(revision_of(stored));
  }
  return found;
}

ApiResult<std::optional<Value>> FunctionStore::alias(const FunctionKey& key,
                                                     std::string_view name) const {
  return read(named_key(key, Part::Alias, name));
}

ApiResult<std::vector<Value>> FunctionStore::aliases(const FunctionKey& key) const {
  return read_all(part_key(key, Part::Alias));
}

ApiResult<std::optional<Value>> FunctionStore::policy(const FunctionKey& key,
                                                      std::string_view qualifier) const {
  return read(named_key(key, Part::Policy, qualifier));
}

ApiResult<std::optional<Value>> FunctionStore::part(const FunctionKey& key, FunctionPart part,
                                                    std::string_view name) const {
  return read(store::KeyBuilder(part_key(key, part)).text(name).take());
}

ApiResult<std::vector<std::pair<std::string, Value>>> FunctionStore::parts(
    const FunctionKey& key, FunctionPart part) const {
  std::vector<std::pair<std::string, Value>> found;
  const std::string prefix = part_key(key, part);
  const auto cursor = store_->cursor(functions_, store::Range::prefix(prefix));
  for (bool more = PAWL_TRY(of_store(cursor->first())); more;
       more = PAWL_TRY(of_store(cursor->next()))) {
    store::KeyReader name(cursor->key().substr(prefix.size()));
    found.emplace_back(name.text().value_or(""), PAWL_TRY(decode_record(cursor->value())));
  }
  return found;
}

ApiResult<std::string> FunctionStore::package(const FunctionKey& key, std::string_view code) const {
  auto zip = PAWL_TRY(of_store(store_->get(packages_, package_key(key, code))));
  if (!zip) return service_exception("The code of " + key.arn() + " is not there.");
  return *std::move(zip);
}

ApiResult<std::vector<std::string>> FunctionStore::names(const std::string& account,
                                                         const std::string& region,
                                                         const std::string& after,
                                                         size_t count_max) const {
  std::vector<std::string> found;
  const std::string prefix = store::KeyBuilder().text(account).text(region).take();
  const auto cursor = store_->cursor(functions_, store::Range::prefix(prefix));
  bool more = PAWL_TRY(of_store(
      after.empty() ? cursor->first()
                    : cursor->seek(store::prefix_end(name_prefix({account, region, after})))));
  while (more && found.size() < count_max) {
    store::KeyReader reader(cursor->key());
    reader.text();
    reader.text();
    const std::optional<std::string> name = reader.text();
    if (!name) return service_exception("A stored function has an unknown key.");
    found.push_back(*name);
    more =
        PAWL_TRY(of_store(cursor->seek(store::prefix_end(name_prefix({account, region, *name})))));
  }
  return found;
}

ApiResult<size_t> FunctionStore::package_bytes(const std::string& account,
                                               const std::string& region) const {
  size_t bytes = 0;
  const std::string prefix = store::KeyBuilder().text(account).text(region).take();
  const auto cursor = store_->cursor(packages_, store::Range::prefix(prefix));
  for (bool more = PAWL_TRY(of_store(cursor->first())); more;
       more = PAWL_TRY(of_store(cursor->next()))) {
    bytes += cursor->value().size();
  }
  return bytes;
}

void FunctionStore::put(store::Batch& batch, const FunctionKey& key,
                        const FunctionRecord& record) const {
  ObjectBuilder out;
  set_revision(out, record.latest);
  out.set("tags", record.tags)
      .set("versionsPublished", Value(record.versions_published))
      .set("publishedFingerprint", Value(record.published_fingerprint));
  if (record.reserved_concurrency) {
    out.set("reservedConcurrency", Value(*record.reserved_concurrency));
  }
  batch.put(functions_, part_key(key, Part::Function), encode_record(std::move(out).build()));
}

void FunctionStore::put_version(store::Batch& batch, const FunctionKey& key, int64_t number,
                                const Revision& revision) const {
  ObjectBuilder out;
  set_revision(out, revision);
  batch.put(functions_, version_key(key, number), encode_record(std::move(out).build()));
}

void FunctionStore::erase_version(store::Batch& batch, const FunctionKey& key,
                                  int64_t number) const {
  batch.erase(functions_, version_key(key, number));
}

void FunctionStore::put_alias(store::Batch& batch, const FunctionKey& key,
                              const Value& alias) const {
  batch.put(functions_, named_key(key, Part::Alias, text_member(alias, "Name")),
            encode_record(alias));
}

void FunctionStore::erase_alias(store::Batch& batch, const FunctionKey& key,
                                std::string_view name) const {
  batch.erase(functions_, named_key(key, Part::Alias, name));
}

void FunctionStore::put_policy(store::Batch& batch, const FunctionKey& key,
                               std::string_view qualifier, const Value& policy) const {
  batch.put(functions_, named_key(key, Part::Policy, qualifier), encode_record(policy));
}

void FunctionStore::erase_policy(store::Batch& batch, const FunctionKey& key,
                                 std::string_view qualifier) const {
  batch.erase(functions_, named_key(key, Part::Policy, qualifier));
}

void FunctionStore::put_part(store::Batch& batch, const FunctionKey& key, FunctionPart part,
                             std::string_view name, const Value& value) const {
  batch.put(functions_, store::KeyBuilder(part_key(key, part)).text(name).take(),
            encode_record(value));
}

void FunctionStore::erase_part(store::Batch& batch, const FunctionKey& key, FunctionPart part,
                               std::string_view name) const {
  batch.erase(functions_, store::KeyBuilder(part_key(key, part)).text(name).take());
}

void FunctionStore::put_package(store::Batch& batch, const FunctionKey& key, std::string_view code,
                                std::string_view zip) const {
  batch.put(packages_, package_key(key, code), zip);
}

void FunctionStore::erase_package(store::Batch& batch, const FunctionKey& key,
                                  std::string_view code) const {
  batch.erase(packages_, package_key(key, code));
}

void FunctionStore::erase(store::Batch& batch, const FunctionKey& key) const {
  batch.erase_range(functions_, store::Range::prefix(name_prefix(key)));
  batch.erase_range(packages_, store::Range::prefix(name_prefix(key)));
}

ApiResult<void> FunctionStore::commit(const store::Batch& batch) const {
  return of_store(store_->commit(batch, store::Sync::No));
}

}  // namespace pawl::lambda
