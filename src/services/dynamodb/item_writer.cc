// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/item_writer.h"

#include <algorithm>
#include <utility>

#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/item_record.h"
#include "services/dynamodb/number.h"
#include "services/dynamodb/streams/stream_record.h"
#include "store/key.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;

ApiResult<Item> decoded(std::string_view record) {
  base::Result<Item> item = decode_item(record);
  if (!item) return storage_failure(item.error());
  return *std::move(item);
}

ApiResult<std::optional<std::string>> stored(store::Store& store, store::Keyspace keyspace,
                                             std::string_view key) {
  auto found = store.get(keyspace, key);
  if (!found) return storage_failure(found.error());
  return *std::move(found);
}

size_t depth_of(const AttributeValue& value) {
  size_t deepest = 0;
  for (const AttributeValue& element : value.list) deepest = std::max(deepest, depth_of(element));
  for (const Attribute& member : value.map) deepest = std::max(deepest, depth_of(member.value));
  return deepest + (value.type == Type::L || value.type == Type::M ? 1 : 0);
}

/// "an update with nothing but deletions does not make an item".
bool only_deletes(const Update& update) {
  return !update.actions.empty() &&
         std::all_of(update.actions.begin(), update.actions.end(), [](const UpdateAction& action) {
           return action.kind == UpdateAction::Kind::Remove ||
                  action.kind == UpdateAction::Kind::Delete;
         });
}

/// When the item expires, in seconds since 1970; "TTL: a Number, not older than five years".
std::optional<int64_t> expiry_of(const TableSchema& schema, const Item* item) {
  if (item == nullptr || schema.time_to_live_attribute.empty()) return std::nullopt;
  const AttributeValue* value = find(*item, schema.time_to_live_attribute);
  if (value == nullptr || value->type != Type::N) return std::nullopt;
  const auto number = Number::parse(value->text);
  return number ? number->to_int64() : std::nullopt;
}

void count(Counts& counts, uint32_t index, int64_t items, int64_t bytes) {
  Count& place = counts[index];
  place.items += items;
  place.bytes += bytes;
}

}  // namespace

ItemWriter::ItemWriter(Database& database, const std::shared_ptr<Table>& table)
    : database_(database) {
  locks_.emplace_back(table->writing);
}

ItemWriter::ItemWriter(Database& database, const std::vector<std::shared_ptr<Table>>& tables)
    : database_(database) {
  std::vector<Table*> sorted;
  for (const std::shared_ptr<Table>& table : tables) sorted.push_back(table.get());
  std::sort(sorted.begin(), sorted.end(),
            [](const Table* a, const Table* b) { return a->number < b->number; });
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  for (Table* table : sorted) locks_.emplace_back(table->writing);
}

Counts& ItemWriter::counts_of(const std::shared_ptr<Table>& table) {
  for (Counted& counted : counted_) {
    if (counted.table == table) return counted.counts;
  }
  return counted_.emplace_back(Counted{table, table->counts}).counts;
}

ApiResult<std::optional<Item>> ItemWriter::make_new_item(const TableSchema& schema,
                                                         const Write& write,
                                                         const Written& written) const {
  if (write.kind != Write::Kind::Update) return std::optional<Item>();
  if (!written.old_item && write.update && only_deletes(*write.update))
    return std::optional<Item>();
  Item item = written.old_item ? *written.old_item : write.item;
  if (write.update) {
    item = PAWL_TRY(apply_update(*write.update, item));
    PAWL_TRY_VOID(check_updated_index_keys(schema, item));
    for (const Attribute& attribute : item) {
      if (depth_of(attribute.value) > kNestingMax)
        return invalid("Nesting Levels have exceeded supported limits");
    }
  }
  return std::optional(std::move(item));
}

ApiResult<Written> ItemWriter::stage(const Write& write) {
  Table& table = *write.table;
  if (table.is_gone) return resource_not_found();
  const std::shared_ptr<const TableSchema> schema = table.schema();
  const std::string key = item_key(*schema, write.item);
  const std::optional<std::string> record =
      PAWL_TRY(stored(database_.store(), database_.items(), key));
  Written out;
  const bool reads_old = write.condition || write.kind == Write::Kind::Update ||
                         write.wants_items || !schema->indexes.empty() || schema->has_stream() ||
                         !schema->time_to_live_attribute.empty();
  if (record && reads_old) out.old_item = PAWL_TRY(decoded(*record));
  if (record) out.old_bytes = recorded_size(*record);
  static const Item kNothing;
  if (write.condition && !matches(*write.condition, out.old_item ? *out.old_item : kNothing)) {
    out.condition_failed = true;
    return out;
  }
  if (write.kind == Write::Kind::Check) return out;
  out.new_item = PAWL_TRY(make_new_item(*schema, write, out));
  const Item* new_item = write.kind == Write::Kind::Put ? &write.item
                         : out.new_item                 ? &*out.new_item
                                                        : nullptr;
  if (new_item != nullptr) {
    out.new_bytes = size_of(*new_item);
    if (out.new_bytes > kItemBytesMax) {
      return invalid(write.kind == Write::Kind::Put
                         ? "Item size has exceeded the maximum allowed size"
                         : "Item size to update has exceeded the maximum allowed size");
    }
  }
  if (new_item == nullptr && !record) return out;
  const std::string new_record = new_item != nullptr ? encode_item(*new_item) : "";
  const Images images{out.old_item ? &*out.old_item : nullptr, new_item,
                      record ? std::string_view(*record) : std::string_view(), new_record};
  put_item(table, *schema, key, images, write.is_expiry);
  Counts& counts = counts_of(write.table);
  count(counts, kTableItself, (new_item != nullptr ? 1 : 0) - (record ? 1 : 0),
        static_cast<int64_t>(out.new_bytes) - static_cast<int64_t>(out.old_bytes));
  for (const IndexSchema& index : schema->indexes)
    PAWL_TRY_VOID(put_index(*schema, index, images, counts, out));
  return out;
}

void ItemWriter::put_item(Table& table, const TableSchema& schema, const std::string& key,
                          const Images& images, bool is_expiry) {
  if (images.new_item != nullptr) {
    batch_.put(database_.items(), key, images.new_record);
  } else {
    batch_.erase(database_.items(), key);
  }
  put_expiry(schema, key, images);
  if (schema.has_stream()) put_stream_record(table, schema, images, is_expiry);
}

ApiResult<void> ItemWriter::put_index(const TableSchema& schema, const IndexSchema& index,
                                      const Images& images, Counts& counts, Written& written) {
  const bool whole = index.projection == "ALL";
  const auto entry = [&](const Item* item, std::string_view record) {
    std::pair<std::string, std::string> out;
    if (item == nullptr) return out;
    out.first = index_key(schema, index, *item);
    if (out.first.empty()) return out;
    out.second = whole ? std::string(record) : encode_item(projected(schema, index, *item));
    return out;
  };
  const auto [old_key, old_record] = entry(images.old_item, images.old_record);
  const auto [new_key, new_record] = entry(images.new_item, images.new_record);
  bool had_old = !old_key.empty();
  if (had_old && index.is_filling) {
    // Whether the filling has come to this item already.
    had_old = PAWL_TRY(stored(database_.store(), database_.items(), old_key)).has_value();
  }
  int writes = 0;
  if (!old_key.empty() && old_key != new_key) {
    batch_.erase(database_.items(), old_key);
    ++writes;
  }
  if (!new_key.empty() && (old_key != new_key || old_record != new_record || !had_old)) {
    batch_.put(database_.items(), new_key, new_record);
    ++writes;
  }
  if (had_old) count(counts, index.id, -1, -static_cast<int64_t>(recorded_size(old_record)));
  if (!new_key.empty()) count(counts, index.id, 1, static_cast<int64_t>(recorded_size(new_record)));
  if (writes != 0) written.index_writes.emplace_back(index.name, writes);
  return {};
}

void ItemWriter::put_expiry(const TableSchema& schema, const std::string& key,
                            const Images& images) {
  const std::optional<int64_t> before = expiry_of(schema, images.old_item);
  const std::optional<int64_t> after = expiry_of(schema, images.new_item);
  if (before == after) return;
  if (before) batch_.erase(database_.items(), expiry_key(schema.number, *before, key));
  if (after) batch_.put(database_.items(), expiry_key(schema.number, *after, key), "");
}

void ItemWriter::put_stream_record(Table& table, const TableSchema& schema, const Images& images,
                                   bool is_expiry) {
  // "A write that does not change an item writes no stream record."
  if (images.old_item != nullptr && images.new_item != nullptr &&
      equal(*images.old_item, *images.new_item)) {
    return;
  }
  const std::string& view = schema.stream->view_type;
  StreamRecord record;
  record.event = images.old_item == nullptr   ? StreamRecord::Event::Insert
                 : images.new_item == nullptr ? StreamRecord::Event::Remove
                                              : StreamRecord::Event::Modify;
  record.is_expiry = is_expiry;
  record.created_ms = database_.now_ms();
  const Item keys =
      key_attributes(schema.keys, images.new_item != nullptr ? *images.new_item : *images.old_item);
  record.keys = encode_item(keys);
  record.size_bytes = size_of(keys);
  if (view == "NEW_IMAGE" || view == "NEW_AND_OLD_IMAGES") record.new_image = images.new_record;
  if (view == "OLD_IMAGE" || view == "NEW_AND_OLD_IMAGES") record.old_image = images.old_record;
  record.size_bytes += recorded_size(record.new_image) + recorded_size(record.old_image);
  table.last_sequence = std::max(table.last_sequence + 1, sequence_at(record.created_ms));
  batch_.put(database_.stream_records(),
             store::KeyBuilder().u64(schema.stream->number).u64(table.last_sequence).take(),
             encode_stream_record(record));
}

ApiResult<void> ItemWriter::commit() {
  if (batch_.empty()) return {};
  for (Counted& counted : counted_) {
    std::swap(counted.table->counts, counted.counts);
    database_.put_counts(*counted.table, batch_);
  }
  const auto done = database_.store().commit(batch_, store::Sync::No);
  if (!done) return storage_failure(done.error());
  return {};
}

ApiResult<std::string> fill_index(Database& database, Table& table, uint32_t index,
                                  std::string position, size_t items_max) {
  const std::shared_ptr<const TableSchema> schema = table.schema();
  const std::string prefix = index_prefix(table.number, kTableItself);
  store::Range range = store::Range::prefix(prefix);
  if (!position.empty()) range.begin = std::move(position);
  const IndexSchema* wanted = nullptr;
  for (const IndexSchema& candidate : schema->indexes) {
    if (candidate.id == index) wanted = &candidate;
  }
  if (table.is_gone || (wanted == nullptr && index != kExpiryIndex)) return std::string();
  store::Store& store = database.store();
  store::Batch batch;
  const auto cursor = store.cursor(database.items(), range);
  std::string next;
  size_t done = 0;
  auto more = cursor->first();
  for (; more && *more; more = cursor->next()) {
    if (done++ == items_max) {
      next = cursor->key();
      break;
    }
    const Item item = PAWL_TRY(decoded(cursor->value()));
    if (wanted == nullptr) {
      if (const auto seconds = expiry_of(*schema, &item))
        batch.put(database.items(), expiry_key(table.number, *seconds, cursor->key()), "");
      continue;
    }
    const std::string key = index_key(*schema, *wanted, item);
    if (key.empty() || PAWL_TRY(stored(store, database.items(), key))) continue;
    const std::string record = encode_item(projected(*schema, *wanted, item));
    batch.put(database.items(), key, record);
    count(table.counts, index, 1, static_cast<int64_t>(recorded_size(record)));
  }
  if (!more) return storage_failure(more.error());
  database.put_counts(table, batch);
  if (const auto committed = store.commit(batch, store::Sync::No); !committed)
    return storage_failure(committed.error());
  return next;
}

}  // namespace pawl::dynamodb
