// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/resource_store.h"

#include "services/lambda/stored_json.h"

namespace pawl::lambda {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

// Key: u8 kind, text account, text region, text id, u64 number.

std::string kind_prefix(ResourceKind kind) {
  return store::KeyBuilder().u8(static_cast<uint8_t>(kind)).take();
}

std::string scope_prefix(const ResourceScope& scope, ResourceKind kind) {
  return store::KeyBuilder(kind_prefix(kind)).text(scope.account).text(scope.region).take();
}

std::string id_prefix(const ResourceScope& scope, ResourceKind kind, std::string_view id) {
  return store::KeyBuilder(scope_prefix(scope, kind)).text(id).take();
}

std::string key_of(const ResourceScope& scope, ResourceKind kind, std::string_view id,
                   uint64_t number) {
  return store::KeyBuilder(id_prefix(scope, kind, id)).u64(number).take();
}

struct Place {
  ResourceScope scope;
  std::string id;
  uint64_t number = 0;
};

ApiResult<Place> place_of(std::string_view key) {
  store::KeyReader reader(key);
  reader.u8();
  const auto account = reader.text();
  const auto region = reader.text();
  const auto id = reader.text();
  const auto number = reader.u64();
  if (!account || !region || !id || !number) {
    return service_exception("A stored resource has an unknown key.");
  }
  return Place{{*account, *region}, *id, *number};
}

}  // namespace

base::Result<ResourceStore> ResourceStore::open(store::Store& store) {
  const store::Keyspace resources =
      PAWL_TRY(store.keyspace("lambda/resources", store::Shape::Records));
  const store::Keyspace urls = PAWL_TRY(store.keyspace("lambda/urls", store::Shape::Records));
  return ResourceStore(store, resources, urls);
}

ApiResult<std::optional<Value>> ResourceStore::find(const ResourceScope& scope, ResourceKind kind,
                                                    std::string_view id, uint64_t number) const {
  const auto text = PAWL_TRY(of_store(store_->get(resources_, key_of(scope, kind, id, number))));
  if (!text) return std::optional<Value>();
  return std::optional<Value>(PAWL_TRY(decode_record(*text)));
}

ApiResult<void> ResourceStore::visit(const ResourceScope& scope, ResourceKind kind,
                                     std::string_view after_id, uint64_t after_number,
                                     const Visitor& visitor) const {
  const auto cursor = store_->cursor(resources_, store::Range::prefix(scope_prefix(scope, kind)));
  bool more = PAWL_TRY(of_store(
      after_id.empty()
          ? cursor->first()
          : cursor->seek(key_of(scope, kind, after_id, after_number) + std::string(1, '\0'))));
  while (more) {
    Place place = PAWL_TRY(place_of(cursor->key()));
    if (!visitor(place.id, place.number, PAWL_TRY(decode_record(cursor->value())))) break;
    more = PAWL_TRY(of_store(cursor->next()));
  }
  return {};
}

ApiResult<void> ResourceStore::visit_numbers_down(const ResourceScope& scope, ResourceKind kind,
                                                  std::string_view id, uint64_t before,
                                                  const Visitor& visitor) const {
  const auto cursor = store_->cursor(resources_, store::Range::prefix(id_prefix(scope, kind, id)));
  bool more = PAWL_TRY(of_store(
      before == 0 ? cursor->last() : cursor->seek_before(key_of(scope, kind, id, before))));
  while (more) {
    Place place = PAWL_TRY(place_of(cursor->key()));
    if (!visitor(place.id, place.number, PAWL_TRY(decode_record(cursor->value())))) break;
    more = PAWL_TRY(of_store(cursor->prev()));
  }
  return {};
}

ApiResult<void> ResourceStore::visit_all(ResourceKind kind, const ScopeVisitor& visitor) const {
  const auto cursor = store_->cursor(resources_, store::Range::prefix(kind_prefix(kind)));
  for (bool more = PAWL_TRY(of_store(cursor->first())); more;
       more = PAWL_TRY(of_store(cursor->next()))) {
    const Place place = PAWL_TRY(place_of(cursor->key()));
    visitor(place.scope, PAWL_TRY(decode_record(cursor->value())));
  }
  return {};
}

void ResourceStore::put(store::Batch& batch, const ResourceScope& scope, ResourceKind kind,
                        std::string_view id, uint64_t number, const Value& record) const {
  batch.put(resources_, key_of(scope, kind, id, number), encode_record(record));
}

void ResourceStore::erase(store::Batch& batch, const ResourceScope& scope, ResourceKind kind,
                          std::string_view id, uint64_t number) const {
  batch.erase(resources_, key_of(scope, kind, id, number));
}

ApiResult<std::optional<FunctionReference>> ResourceStore::url(std::string_view id) const {
  const auto text = PAWL_TRY(of_store(store_->get(urls_, store::KeyBuilder().text(id).take())));
  if (!text) return std::optional<FunctionReference>();
  const Value record = PAWL_TRY(decode_record(*text));
  return std::optional<FunctionReference>(FunctionReference{
      {text_member(record, "account"), text_member(record, "region"), text_member(record, "name")},
      text_member(record, "qualifier")});
}

void ResourceStore::put_url(store::Batch& batch, std::string_view id,
                            const FunctionReference& function) const {
  ObjectBuilder out;
  out.set("account", Value(function.key.account))
      .set("region", Value(function.key.region))
      .set("name", Value(function.key.name))
      .set("qualifier", Value(function.qualifier));
  batch.put(urls_, store::KeyBuilder().text(id).take(), encode_record(std::move(out).build()));
}

void ResourceStore::erase_url(store::Batch& batch, std::string_view id) const {
  batch.erase(urls_, store::KeyBuilder().text(id).take());
}

}  // namespace pawl::lambda
