// SPDX-License-Identifier: Apache-2.0
#include "services/batch/resource_store.h"

#include "jobs/records.h"
#include "json/members.h"
#include "store/key.h"

namespace pawl::batch {

using aws::ApiResult;
using jobs::of_store;
using json::Value;
using store::KeyBuilder;
using store::KeyReader;
using store::Range;

namespace {

KeyBuilder scope_prefix(const Scope& scope, ResourceKind kind) {
  KeyBuilder key;
  key.u8(static_cast<uint8_t>(kind)).text(scope.account).text(scope.region);
  return key;
}

std::string key_of(const Scope& scope, ResourceKind kind, std::string_view name,
                   uint32_t revision) {
  KeyBuilder key = scope_prefix(scope, kind);
  return key.text(name).u32(revision).take();
}

}  // namespace

std::string_view arn_word(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::Environment: return "compute-environment";
    case ResourceKind::Queue: return "job-queue";
    case ResourceKind::Policy: return "scheduling-policy";
    case ResourceKind::Definition: return "job-definition";
  }
  return "";
}

std::string resource_name(ResourceKind kind, std::string_view name_or_arn) {
  const auto arn = aws::Arn::parse(name_or_arn);
  if (!arn || arn->service != "batch") return std::string(name_or_arn);
  const std::string prefix = std::string(arn_word(kind)) + "/";
  if (!arn->resource.starts_with(prefix)) return std::string(name_or_arn);
  return arn->resource.substr(prefix.size());
}

std::string resource_arn(const Scope& scope, ResourceKind kind, std::string_view name) {
  return jobs::arn_of(scope, "batch", std::string(arn_word(kind)) + "/" + std::string(name));
}

base::Result<ResourceStore> ResourceStore::open(store::Store& store) {
  return ResourceStore(store, PAWL_TRY(store.keyspace("batch/resources", store::Shape::Records)));
}

ApiResult<std::optional<Value>> ResourceStore::find(const Scope& scope, ResourceKind kind,
                                                    std::string_view name,
                                                    uint32_t revision) const {
  const auto text =
      PAWL_TRY(of_store(store_->get(resources_, key_of(scope, kind, name, revision))));
  if (!text) return std::optional<Value>();
  return std::optional<Value>(PAWL_TRY(of_store(jobs::decode_record(*text))));
}

ApiResult<std::optional<Value>> ResourceStore::newest(const Scope& scope, std::string_view name,
                                                      bool active_only) const {
  KeyBuilder key = scope_prefix(scope, ResourceKind::Definition);
  const auto cursor = store_->cursor(resources_, Range::prefix(key.text(name).take()));
  for (bool more = PAWL_TRY(of_store(cursor->last())); more;
       more = PAWL_TRY(of_store(cursor->prev()))) {
    Value record = PAWL_TRY(of_store(jobs::decode_record(cursor->value())));
    if (!active_only || text_member(record, "status") == "ACTIVE") {
      return std::optional<Value>(std::move(record));
    }
  }
  return std::optional<Value>();
}

ApiResult<void> ResourceStore::list_range(const std::string& prefix, const std::string& shared,
                                          const std::string& after, const Visitor& visit) const {
  Range range = Range::prefix(prefix);
  if (!after.empty()) range.begin = std::max(range.begin, shared + after + '\0');
  const auto cursor = store_->cursor(resources_, range);
  for (bool more = PAWL_TRY(of_store(cursor->first())); more;
       more = PAWL_TRY(of_store(cursor->next()))) {
    Value record = PAWL_TRY(of_store(jobs::decode_record(cursor->value())));
    if (!visit(std::string(cursor->key().substr(shared.size())), std::move(record))) break;
  }
  return {};
}

ApiResult<void> ResourceStore::list(const Scope& scope, ResourceKind kind, const std::string& after,
                                    const Visitor& visit) const {
  const std::string prefix = scope_prefix(scope, kind).take();
  return list_range(prefix, prefix, after, visit);
}

ApiResult<void> ResourceStore::list_revisions(const Scope& scope, std::string_view name,
                                              const std::string& after,
                                              const Visitor& visit) const {
  KeyBuilder key = scope_prefix(scope, ResourceKind::Definition);
  const std::string shared(key.view());
  return list_range(key.text(name).take(), shared, after, visit);
}

ApiResult<void> ResourceStore::visit_all(
    ResourceKind kind,
    const std::function<void(const Scope& scope, const Value& record)>& visit) const {
  const std::string prefix(1, static_cast<char>(kind));
  const auto cursor = store_->cursor(resources_, Range::prefix(prefix));
  for (bool more = PAWL_TRY(of_store(cursor->first())); more;
       more = PAWL_TRY(of_store(cursor->next()))) {
    KeyReader reader(cursor->key().substr(1));
    auto account = reader.text();
    auto region = reader.text();
    if (!account || !region) continue;
    const Value record = PAWL_TRY(of_store(jobs::decode_record(cursor->value())));
    visit({*std::move(account), *std::move(region)}, record);
  }
  return {};
}

void ResourceStore::put(store::Batch& batch, const Scope& scope, ResourceKind kind,
                        std::string_view name, const Value& record, uint32_t revision) const {
  batch.put(resources_, key_of(scope, kind, name, revision), jobs::encode_record(record));
}

void ResourceStore::erase(store::Batch& batch, const Scope& scope, ResourceKind kind,
                          std::string_view name, uint32_t revision) const {
  batch.erase(resources_, key_of(scope, kind, name, revision));
}

}  // namespace pawl::batch
