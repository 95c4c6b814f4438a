// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/background.h"

#include <utility>
#include <vector>

#include "services/dynamodb/item_key.h"
#include "services/dynamodb/item_record.h"
#include "services/dynamodb/item_writer.h"
#include "store/key.h"

namespace pawl::dynamodb {
namespace {

constexpr int64_t kExpiryEveryMs = 1'000;
constexpr int64_t kTrimEveryMs = int64_t{60} * 1'000;
constexpr size_t kExpiredAtOnce = 100;
constexpr size_t kFilledAtOnce = 500;
/// "TTL does not delete items whose time is older than five years."
constexpr int64_t kExpiryAgeMaxSeconds = int64_t{5} * 365 * 24 * 3600;

}  // namespace

std::shared_ptr<Background> Background::make(std::shared_ptr<Database> database) {
  return std::shared_ptr<Background>(new Background(std::move(database)));
}

void Background::run() {
  for (const std::shared_ptr<Table>& table : database_->all_tables()) {
    for (const IndexSchema& index : table->schema()->indexes) {
      if (index.is_filling) fill(table, index.id);
    }
  }
  schedule_expiry();
  schedule_trim();
}

void Background::schedule_expiry() {
  aws::ServiceLoop& loop = database_->loop();
  loop.run_at({loop.now().ms + kExpiryEveryMs}, [weak = weak_from_this()] {
    const std::shared_ptr<Background> self = weak.lock();
    if (!self || self->stopped_) return;
    self->database_->loop().work([weak] {
      const std::shared_ptr<Background> worker = weak.lock();
      if (!worker || worker->stopped_) return;
      worker->expire_now();
      worker->schedule_expiry();
    });
  });
}

void Background::schedule_trim() {
  aws::ServiceLoop& loop = database_->loop();
  loop.run_at({loop.now().ms + kTrimEveryMs}, [weak = weak_from_this()] {
    const std::shared_ptr<Background> self = weak.lock();
    if (!self || self->stopped_) return;
    self->database_->loop().work([weak] {
      const std::shared_ptr<Background> worker = weak.lock();
      if (!worker || worker->stopped_) return;
      // A failing store ends the process by other ways.
      (void)worker->database_->trim();
      worker->schedule_trim();
    });
  });
}

void Background::expire_now() {
  for (const std::shared_ptr<Table>& table : database_->all_tables()) {
    if (table->schema()->time_to_live_attribute.empty()) continue;
    while (!stopped_ && expire_some(table)) {
    }
  }
}

/// True if there may be more.
bool Background::expire_some(const std::shared_ptr<Table>& table) {
  store::Store& store = database_->store();
  const int64_t now = database_->now_ms() / 1000;
  const std::string prefix = index_prefix(table->number, kExpiryIndex);
  const auto at = [&](int64_t seconds) { return store::KeyBuilder(prefix).i64(seconds).take(); };
  const auto cursor =
      store.cursor(database_->items(), {at(now - kExpiryAgeMaxSeconds), at(now + 1)});
  std::vector<std::string> keys;
  auto more = cursor->first();
  for (; more && *more && keys.size() < kExpiredAtOnce; more = cursor->next())
    keys.emplace_back(cursor->key().substr(prefix.size() + sizeof(int64_t)));
  if (!more || keys.empty()) return false;
  ItemWriter writer(*database_, table);
  const auto schema = table->schema();
  size_t expired = 0;
  for (const std::string& key : keys) {
    const auto record = store.get(database_->items(), key);
    if (!record || !*record) continue;
    const base::Result<Item> item = decode_item(**record);
    if (!item) return false;
    // It may have got more time since the cursor saw it.
    const AttributeValue* value = find(*item, schema->time_to_live_attribute);
    const auto limit = AttributeValue::number(std::to_string(now));
    if (value == nullptr || compare(*value, limit).value_or(1) > 0) continue;
    Write write;
    write.kind = Write::Kind::Delete;
    write.table = table;
    write.item = key_attributes(schema->keys, *item);
    write.is_expiry = true;
    if (!writer.stage(write)) return false;
    ++expired;
  }
  if (!writer.commit()) return false;
  return expired == kExpiredAtOnce;
}

void Background::fill(const std::shared_ptr<Table>& table, uint32_t index) {
  database_->loop().work([weak = weak_from_this(), table, index] {
    if (const std::shared_ptr<Background> self = weak.lock()) self->fill_from(table, index, "");
  });
}

void Background::fill_from(const std::shared_ptr<Table>& table, uint32_t index,
                           std::string position) {
  if (stopped_) return;
  {
    const std::lock_guard lock(table->writing);
    const auto next = fill_index(*database_, *table, index, std::move(position), kFilledAtOnce);
    if (!next) return;
    position = *next;
  }
  if (position.empty()) {
    finish_index(table, index);
    return;
  }
  database_->loop().work([weak = weak_from_this(), table, index, position] {
    if (const std::shared_ptr<Background> self = weak.lock())
      self->fill_from(table, index, position);
  });
}

void Background::finish_index(const std::shared_ptr<Table>& table, uint32_t index) {
  if (index == kExpiryIndex) return;
  // It fails if the table has gone, and then there is nothing to finish.
  (void)database_->change(*table, [&](TableSchema& schema, store::Batch&) -> aws::ApiResult<void> {
    for (IndexSchema& each : schema.indexes) {
      if (each.id == index) each.is_filling = false;
    }
    return {};
  });
}

}  // namespace pawl::dynamodb
