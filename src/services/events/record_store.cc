// SPDX-License-Identifier: Apache-2.0
#include "services/events/record_store.h"

#include "json/parse.h"
#include "json/write.h"
#include "services/events/api_input.h"

namespace pawl::events {

using aws::ApiResult;
using json::Value;

namespace {

constexpr char kVersion = '\1';

ApiResult<Value> decoded(std::string_view bytes) {
  const aws::ApiError malformed("InternalException", "stored record: malformed EventBridge record",
                                500, aws::Fault::Receiver);
  if (bytes.empty() || bytes[0] != kVersion) return malformed;
  base::Result<Value> record = json::parse(bytes.substr(1));
  if (!record || !record->is_object()) return malformed;
  return *std::move(record);
}

}  // namespace

base::Result<RecordStore> RecordStore::open(store::Store& store, std::string_view keyspace) {
  return RecordStore(store, PAWL_TRY(store.keyspace(keyspace, store::Shape::Records)));
}

ApiResult<std::optional<Value>> RecordStore::find(std::string_view key) const {
  const std::optional<std::string> bytes = PAWL_TRY(of_store(store_->get(keyspace_, key)));
  if (!bytes) return std::nullopt;
  return PAWL_TRY(decoded(*bytes));
}

void RecordStore::put(store::Batch& batch, std::string_view key, const Value& record) const {
  batch.put(keyspace_, key, kVersion + json::write(record));
}

ApiResult<RecordStore::Page> RecordStore::list(std::string_view prefix, std::string_view from,
                                               size_t limit, const Wanted& wanted) const {
  Page page;
  const auto cursor = store_->cursor(keyspace_, store::Range::prefix(prefix));
  for (bool more = PAWL_TRY(of_store(from.empty() ? cursor->first() : cursor->seek(from))); more;
       more = PAWL_TRY(of_store(cursor->next()))) {
    Value record = PAWL_TRY(decoded(cursor->value()));
    if (wanted && !wanted(record)) continue;
    if (page.items.size() == limit) {
      page.next = cursor->key();
      break;
    }
    page.items.push_back(std::move(record));
  }
  return page;
}

ApiResult<void> RecordStore::visit(
    std::string_view prefix,
    const std::function<bool(std::string_view key, const Value& record)>& visit) const {
  const auto cursor = store_->cursor(keyspace_, store::Range::prefix(prefix));
  for (bool more = PAWL_TRY(of_store(cursor->first())); more;
       more = PAWL_TRY(of_store(cursor->next()))) {
    if (!visit(cursor->key(), PAWL_TRY(decoded(cursor->value())))) break;
  }
  return {};
}

}  // namespace pawl::events
