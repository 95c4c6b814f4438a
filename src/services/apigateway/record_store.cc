// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/record_store.h"

#include <utility>

#include "base/wire.h"
#include "json/parse.h"
#include "json/write.h"
#include "store/key.h"

namespace pawl::apigateway {
namespace {

using aws::ApiResult;
using json::Value;

constexpr char kFormat = 1;

// Key: text account, text region, u8 kind, text parent, text id. Value: u8 format, JSON text.

std::string parent_key(const Scope& scope, RecordKind kind, std::string_view parent) {
  return store::KeyBuilder()
      .text(scope.account)
      .text(scope.region)
      .u8(static_cast<uint8_t>(kind))
      .text(parent)
      .take();
}

std::string record_key(const Scope& scope, RecordKind kind, std::string_view parent,
                       std::string_view id) {
  return store::KeyBuilder(parent_key(scope, kind, parent)).text(id).take();
}

ApiResult<Value> decode(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != kFormat) {
    return aws::internal_failure("A stored record has a format that this version does not know.");
  }
  base::Result<Value> record = json::parse(bytes.substr(1));
  if (!record) return aws::internal_failure(record.error().message);
  return *std::move(record);
}

template <typename T>
ApiResult<T> of_store(base::Result<T> result) {
  if (!result) return aws::internal_failure(result.error().message);
  return *std::move(result);
}

}  // namespace

base::Result<RecordStore> RecordStore::open(store::Store& store) {
  const store::Keyspace records =
      PAWL_TRY(store.keyspace("apigateway/records", store::Shape::Records));
  const store::Keyspace homes = PAWL_TRY(store.keyspace("apigateway/apis", store::Shape::Records));
  return RecordStore(store, records, homes);
}

ApiResult<std::optional<Value>> RecordStore::find(const Scope& scope, RecordKind kind,
                                                  std::string_view parent,
                                                  std::string_view id) const {
  const std::optional<std::string> bytes =
      PAWL_TRY(of_store(store_->get(records_, record_key(scope, kind, parent, id))));
  if (!bytes) return std::optional<Value>();
  return std::optional<Value>(PAWL_TRY(decode(*bytes)));
}

ApiResult<RecordStore::Page> RecordStore::list(const Scope& scope, RecordKind kind,
                                               std::string_view parent, std::string_view after,
                                               size_t max) const {
  Page page;
  const auto cursor =
      store_->cursor(records_, store::Range::prefix(parent_key(scope, kind, parent)));
  bool more = PAWL_TRY(of_store(
      after.empty() ? cursor->first()
                    : cursor->seek(record_key(scope, kind, parent, after) + std::string(1, '\0'))));
  std::string last;
  for (; more; more = PAWL_TRY(of_store(cursor->next()))) {
    if (page.items.size() == max) {
      store::KeyReader key(cursor->key());
      page.next = last;
      break;
    }
    store::KeyReader key(cursor->key());
    key.text();
    key.text();
    key.u8();
    key.text();
    last = key.text().value_or("");
    page.items.push_back(PAWL_TRY(decode(cursor->value())));
  }
  return page;
}

ApiResult<std::vector<Value>> RecordStore::all(const Scope& scope, RecordKind kind,
                                               std::string_view parent) const {
  return PAWL_TRY(list(scope, kind, parent, "", SIZE_MAX)).items;
}

void RecordStore::put(store::Batch& batch, const Scope& scope, RecordKind kind,
                      std::string_view parent, std::string_view id, const Value& record) const {
  std::string bytes(1, kFormat);
  json::write(record, bytes);
  batch.put(records_, record_key(scope, kind, parent, id), bytes);
}

void RecordStore::erase(store::Batch& batch, const Scope& scope, RecordKind kind,
                        std::string_view parent, std::string_view id) const {
  batch.erase(records_, record_key(scope, kind, parent, id));
}

void RecordStore::erase_all(store::Batch& batch, const Scope& scope, RecordKind kind,
                            std::string_view parent) const {
  batch.erase_range(records_, store::Range::prefix(parent_key(scope, kind, parent)));
}

ApiResult<std::optional<ApiHome>> RecordStore::home(std::string_view api_id) const {
  const std::optional<std::string> bytes =
      PAWL_TRY(of_store(store_->get(homes_, store::KeyBuilder().text(api_id).view())));
  if (!bytes) return std::optional<ApiHome>();
  base::ByteReader in(*bytes);
  ApiHome home;
  if (in.byte() != kFormat) in.fail();
  home.scope.account = in.sized();
  home.scope.region = in.sized();
  home.is_rest = in.boolean();
  if (!in.ok() || !in.at_end()) return aws::internal_failure("A stored API is malformed.");
  return std::optional<ApiHome>(std::move(home));
}

void RecordStore::put_home(store::Batch& batch, std::string_view api_id,
                           const ApiHome& home) const {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kFormat);
  out.sized(home.scope.account);
  out.sized(home.scope.region);
  out.boolean(home.is_rest);
  batch.put(homes_, store::KeyBuilder().text(api_id).view(), bytes);
}

void RecordStore::erase_home(store::Batch& batch, std::string_view api_id) const {
  batch.erase(homes_, store::KeyBuilder().text(api_id).view());
}

ApiResult<void> RecordStore::commit(const store::Batch& batch) const {
  const base::Result<void> done = store_->commit(batch, store::Sync::No);
  if (!done) return aws::internal_failure(done.error().message);
  return {};
}

}  // namespace pawl::apigateway
