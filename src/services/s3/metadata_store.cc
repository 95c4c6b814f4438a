// SPDX-License-Identifier: Apache-2.0
// Keys: README.md.
#include "services/s3/metadata_store.h"

#include "services/s3/errors.h"
#include "services/s3/version_id.h"
#include "store/key.h"

namespace pawl::s3 {
namespace {

using aws::ApiResult;
using store::KeyBuilder;
using store::KeyReader;
using store::Range;

std::string bucket_prefix(std::string_view bucket) { return KeyBuilder().text(bucket).take(); }

/// What all records of keys that begin with `prefix` begin with: its text, not ended.
std::string open_prefix(std::string_view bucket, std::string_view prefix) {
  std::string key = KeyBuilder().text(bucket).text(prefix).take();
  key.resize(key.size() - 2);
  return key;
}

/// Versions: newest first, so the sequence stands complemented.
template <typename Record>
uint64_t stored_sequence(uint64_t sequence) {
  return std::is_same_v<Record, ObjectVersion> ? ~sequence : sequence;
}

template <typename Record>
std::string record_key(std::string_view bucket, std::string_view key, uint64_t sequence) {
  return KeyBuilder().text(bucket).text(key).u64(stored_sequence<Record>(sequence)).take();
}

template <typename Record>
std::string record_key(const Record& record) {
  return record_key<Record>(record.bucket, record.key, record.sequence);
}

/// A record with what its key says.
template <typename Record>
ApiResult<Record> read_record(std::string_view key, std::string_view value) {
  Record record = PAWL_TRY(answered(Record::decode(value)));
  KeyReader parts(key);
  const auto bucket = parts.text();
  const auto name = parts.text();
  const auto sequence = parts.u64();
  if (!bucket || !name || !sequence)
    return internal_error(base::Error(base::ErrorKind::InvalidSyntax, "key of a record"));
  record.bucket = *bucket;
  record.key = *name;
  record.sequence = stored_sequence<Record>(*sequence);
  return record;
}

std::string configuration_key(std::string_view bucket, std::string_view kind, std::string_view id) {
  return KeyBuilder().text(bucket).text(kind).raw(id).take();
}

std::string part_key(const Upload& upload, uint32_t number) {
  return KeyBuilder().text(upload.id).u32(number).take();
}

}  // namespace

template <typename Record>
ApiResult<std::optional<Record>> RecordScan<Record>::next() {
  const bool there =
      target_ ? PAWL_TRY(answered(target_->empty() ? cursor_->first() : cursor_->seek(*target_)))
              : PAWL_TRY(answered(cursor_->next()));
  target_.reset();
  if (!there) {
    target_ = "\xff";  // stays at the end
    return std::nullopt;
  }
  return std::optional(PAWL_TRY(read_record<Record>(cursor_->key(), cursor_->value())));
}

template <typename Record>
void RecordScan<Record>::seek(std::string_view key) {
  target_ = KeyBuilder().text(bucket_).text(key).take();
}

template <typename Record>
void RecordScan<Record>::seek_behind(std::string_view key) {
  // Behind 00 01, the end of the key's text, and before 00 FF, a longer one.
  target_ = KeyBuilder().text(bucket_).text(key).take();
  target_->back() = '\x02';
}

template <typename Record>
void RecordScan<Record>::seek_behind_prefix(std::string_view prefix) {
  target_ = store::prefix_end(open_prefix(bucket_, prefix));
}

template <typename Record>
void RecordScan<Record>::seek_behind(std::string_view key, uint64_t sequence) {
  target_ = record_key<Record>(bucket_, key, sequence) + '\0';
}

template class RecordScan<ObjectVersion>;
template class RecordScan<Upload>;

base::Result<std::unique_ptr<MetadataStore>> MetadataStore::open(store::Store& store) {
  std::unique_ptr<MetadataStore> made(new MetadataStore(store));
  made->buckets_ = PAWL_TRY(store.keyspace("s3/buckets", store::Shape::Records));
  made->configurations_ = PAWL_TRY(store.keyspace("s3/configurations", store::Shape::Records));
  made->versions_ = PAWL_TRY(store.keyspace("s3/versions", store::Shape::Records));
  made->uploads_ = PAWL_TRY(store.keyspace("s3/uploads", store::Shape::Records));
  made->parts_ = PAWL_TRY(store.keyspace("s3/parts", store::Shape::Records));
  return made;
}

ApiResult<std::optional<Bucket>> MetadataStore::find_bucket(std::string_view name) const {
  const auto record = PAWL_TRY(answered(store_.get(buckets_, name)));
  if (!record) return std::nullopt;
  return std::optional(PAWL_TRY(answered(Bucket::decode(std::string(name), *record))));
}

ApiResult<std::vector<Bucket>> MetadataStore::buckets(std::string_view after,
                                                      size_t count_max) const {
  std::vector<Bucket> found;
  const auto cursor = store_.cursor(buckets_, Range::all());
  const std::string begin = after.empty() ? std::string() : std::string(after) + '\0';
  for (bool more = PAWL_TRY(answered(cursor->seek(begin))); more && found.size() < count_max;
       more = PAWL_TRY(answered(cursor->next()))) {
    found.push_back(
        PAWL_TRY(answered(Bucket::decode(std::string(cursor->key()), cursor->value()))));
  }
  return found;
}

void MetadataStore::put(store::Batch& batch, const Bucket& bucket) const {
  batch.put(buckets_, bucket.name, bucket.encode());
}

void MetadataStore::erase_bucket(store::Batch& batch, std::string_view name) const {
  batch.erase(buckets_, name);
  batch.erase_range(configurations_, Range::prefix(bucket_prefix(name)));
  batch.erase_range(uploads_, Range::prefix(bucket_prefix(name)));
}

ApiResult<std::optional<std::string>> MetadataStore::configuration(std::string_view bucket,
                                                                   std::string_view kind,
                                                                   std::string_view id) const {
  return answered(store_.get(configurations_, configuration_key(bucket, kind, id)));
}

ApiResult<Pairs> MetadataStore::configurations(std::string_view bucket, std::string_view kind,
                                               std::string_view after, size_t count_max) const {
  Pairs found;
  const std::string prefix = configuration_key(bucket, kind, "");
  const auto cursor = store_.cursor(configurations_, Range::prefix(prefix));
  const std::string begin = after.empty() ? prefix : prefix + std::string(after) + '\0';
  for (bool more = PAWL_TRY(answered(cursor->seek(begin))); more && found.size() < count_max;
       more = PAWL_TRY(answered(cursor->next()))) {
    found.emplace_back(cursor->key().substr(prefix.size()), cursor->value());
  }
  return found;
}

void MetadataStore::put_configuration(store::Batch& batch, std::string_view bucket,
                                      std::string_view kind, std::string_view id,
                                      std::string_view text) const {
  batch.put(configurations_, configuration_key(bucket, kind, id), text);
}

void MetadataStore::erase_configuration(store::Batch& batch, std::string_view bucket,
                                        std::string_view kind, std::string_view id) const {
  batch.erase(configurations_, configuration_key(bucket, kind, id));
}

ApiResult<std::optional<ObjectVersion>> MetadataStore::latest(std::string_view bucket,
                                                              std::string_view key) const {
  const std::string prefix = KeyBuilder().text(bucket).text(key).take();
  const auto cursor = store_.cursor(versions_, Range::prefix(prefix));
  if (!PAWL_TRY(answered(cursor->first()))) return std::nullopt;
  return std::optional(PAWL_TRY(read_record<ObjectVersion>(cursor->key(), cursor->value())));
}

ApiResult<std::optional<ObjectVersion>> MetadataStore::version(std::string_view bucket,
                                                               std::string_view key,
                                                               std::string_view id) const {
  if (id != "null") {
    const auto sequence = sequence_of(id);
    if (!sequence) return std::nullopt;
    const std::string stored = record_key<ObjectVersion>(bucket, key, *sequence);
    const auto record = PAWL_TRY(answered(store_.get(versions_, stored)));
    if (!record) return std::nullopt;
    ObjectVersion found = PAWL_TRY(read_record<ObjectVersion>(stored, *record));
    if (found.version_id != id) return std::nullopt;
    return std::optional(std::move(found));
  }
  const std::string prefix = KeyBuilder().text(bucket).text(key).take();
  const auto cursor = store_.cursor(versions_, Range::prefix(prefix));
  for (bool more = PAWL_TRY(answered(cursor->first())); more;
       more = PAWL_TRY(answered(cursor->next()))) {
    ObjectVersion found = PAWL_TRY(read_record<ObjectVersion>(cursor->key(), cursor->value()));
    if (found.is_null_version()) return std::optional(std::move(found));
  }
  return std::nullopt;
}

ApiResult<bool> MetadataStore::has(const ObjectVersion& version) const {
  return PAWL_TRY(answered(store_.get(versions_, record_key(version)))).has_value();
}

VersionScan MetadataStore::versions(std::string_view bucket, std::string_view prefix) const {
  return {store_.cursor(versions_, Range::prefix(open_prefix(bucket, prefix))),
          std::string(bucket)};
}

void MetadataStore::put(store::Batch& batch, const ObjectVersion& version) const {
  batch.put(versions_, record_key(version), version.encode());
}

void MetadataStore::erase(store::Batch& batch, const ObjectVersion& version) const {
  batch.erase(versions_, record_key(version));
}

ApiResult<std::optional<Upload>> MetadataStore::upload(std::string_view bucket,
                                                       std::string_view key,
                                                       std::string_view id) const {
  const auto sequence = sequence_of(id);
  if (!sequence) return std::nullopt;
  const std::string stored = record_key<Upload>(bucket, key, *sequence);
  const auto record = PAWL_TRY(answered(store_.get(uploads_, stored)));
  if (!record) return std::nullopt;
  Upload found = PAWL_TRY(read_record<Upload>(stored, *record));
  if (found.id != id) return std::nullopt;
  return std::optional(std::move(found));
}

UploadScan MetadataStore::uploads(std::string_view bucket, std::string_view prefix) const {
  return {store_.cursor(uploads_, Range::prefix(open_prefix(bucket, prefix))), std::string(bucket)};
}

void MetadataStore::put(store::Batch& batch, const Upload& upload) const {
  batch.put(uploads_, record_key(upload), upload.encode());
}

void MetadataStore::erase(store::Batch& batch, const Upload& upload) const {
  batch.erase(uploads_, record_key(upload));
}

ApiResult<std::optional<Part>> MetadataStore::part(const Upload& upload, uint32_t number) const {
  const auto record = PAWL_TRY(answered(store_.get(parts_, part_key(upload, number))));
  if (!record) return std::nullopt;
  return std::optional(PAWL_TRY(answered(Part::decode(number, *record))));
}

ApiResult<std::vector<Part>> MetadataStore::parts(const Upload& upload, uint32_t after,
                                                  size_t count_max) const {
  std::vector<Part> found;
  if (after == UINT32_MAX) return found;
  const std::string prefix = KeyBuilder().text(upload.id).take();
  const auto cursor = store_.cursor(parts_, Range::prefix(prefix));
  for (bool more = PAWL_TRY(answered(cursor->seek(part_key(upload, after + 1))));
       more && found.size() < count_max; more = PAWL_TRY(answered(cursor->next()))) {
    KeyReader rest(cursor->key().substr(prefix.size()));
    const auto number = rest.u32();
    found.push_back(PAWL_TRY(answered(Part::decode(number.value_or(0), cursor->value()))));
  }
  return found;
}

void MetadataStore::put(store::Batch& batch, const Upload& upload, const Part& part) const {
  batch.put(parts_, part_key(upload, part.number), part.encode());
}

void MetadataStore::erase_parts(store::Batch& batch, const Upload& upload) const {
  batch.erase_range(parts_, Range::prefix(KeyBuilder().text(upload.id).take()));
}

}  // namespace pawl::s3
