// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/database.h"

#include <algorithm>
#include <utility>

#include "base/wire.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "store/key.h"

namespace pawl::dynamodb {
namespace {

using base::Result;
using json::Value;

constexpr uint8_t kCountsVersion = 1;
constexpr int kStreamFormat = 1;
constexpr int64_t kTokenMs = int64_t{10} * 60 * 1000;
constexpr size_t kTokensAtOnce = 10'000;
/// In the keyspace of counts, where table numbers begin with 1.
const std::string& next_number_key() {
  static const std::string key = store::KeyBuilder().u64(0).take();
  return key;
}

std::string name_key(const TableName& name) {
  return store::KeyBuilder().text(name.account).text(name.region).text(name.name).take();
}

std::string number_key(uint64_t number) { return store::KeyBuilder().u64(number).take(); }

std::string encode_counts(const Counts& counts) {
  std::string out;
  base::ByteWriter writer(out);
  writer.byte(kCountsVersion);
  writer.varint(counts.size());
  for (const auto& [index, count] : counts) {
    writer.varint(index);
    writer.signed_varint(count.items);
    writer.signed_varint(count.bytes);
  }
  return out;
}

Result<Counts> decode_counts(std::string_view bytes) {
  base::ByteReader in(bytes);
  Counts out;
  if (in.byte() != kCountsVersion) in.fail();
  const size_t count = in.count();
  for (size_t i = 0; i < count && in.ok(); ++i) {
    const uint32_t index = in.varint32();
    const int64_t items = in.signed_varint();
    out[index] = {items, in.signed_varint()};
  }
  if (!in.ok() || !in.at_end()) return base::malformed_record("DynamoDB counts");
  return out;
}

std::string encode_stream(const TableSchema& schema) {
  json::ObjectBuilder out;
  const StreamSchema& stream = *schema.stream;
  out.set("format", Value(kStreamFormat));
  out.set("tableNumber", Value(static_cast<int64_t>(schema.number)));
  out.set("number", Value(static_cast<int64_t>(stream.number)));
  out.set("view", Value(stream.view_type)).set("created", Value(stream.created_ms));
  out.set("closed", Value(stream.closed_ms)).set("hash", Value(schema.keys.hash.name));
  if (schema.keys.range) out.set("range", Value(schema.keys.range->name));
  return json::write(std::move(out).build());
}

Result<StreamDescription> decode_stream(std::string_view key, std::string_view record) {
  StreamDescription out;
  store::KeyReader in(key);
  const auto account = in.text();
  const auto region = in.text();
  const auto name = in.text();
  const auto label = in.text();
  const Value json = PAWL_TRY(json::parse(record));
  const auto integer = [&](std::string_view member) { return integer_member(json, member); };
  const auto text = [&](std::string_view member) { return text_member(json, member); };
  if (!label || integer("format") != kStreamFormat)
    return base::malformed_record("DynamoDB stream");
  out.table = {*account, *region, *name};
  out.table_number = static_cast<uint64_t>(integer("tableNumber"));
  out.stream = {static_cast<uint64_t>(integer("number")), *label, text("view"), integer("created"),
                integer("closed")};
  out.keys.hash.name = text("hash");
  if (json.find("range") != nullptr) out.keys.range = KeyAttribute{text("range"), Type::S};
  return out;
}

/// "2024-11-18T14:36:44.149".
std::string stream_label(int64_t ms) {
  std::string text = base::format_iso8601({ms});
  if (text.ends_with('Z')) text.pop_back();
  return text;
}

}  // namespace

std::string StreamDescription::arn() const {
  return stream_arn(table.region, table.account, table.name, stream.label);
}

Result<std::shared_ptr<Database>> Database::open(store::Store& store, aws::ServiceLoop& loop) {
  std::shared_ptr<Database> out(new Database(store, loop));
  using store::Shape;
  out->tables_ = PAWL_TRY(store.keyspace("dynamodb/tables", Shape::Records));
  out->items_ = PAWL_TRY(store.keyspace("dynamodb/items", Shape::Records));
  out->counts_ = PAWL_TRY(store.keyspace("dynamodb/counts", Shape::Records));
  out->streams_ = PAWL_TRY(store.keyspace("dynamodb/streams", Shape::Queue));
  out->stream_list_ = PAWL_TRY(store.keyspace("dynamodb/stream-list", Shape::Records));
  out->tokens_ = PAWL_TRY(store.keyspace("dynamodb/tokens", Shape::Queue));
  PAWL_TRY_VOID(out->load());
  return out;
}

Result<void> Database::load() {
  const auto cursor = store_.cursor(tables_, store::Range::all());
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    TableSchema schema = PAWL_TRY(decode_schema(cursor->value()));
    TableName name{schema.account, schema.region, schema.name};
    next_number_ = std::max(next_number_, schema.number + 1);
    auto table = std::make_shared<Table>(std::move(schema));
    PAWL_TRY_VOID(load_counts(*table));
    by_name_.emplace(std::move(name), std::move(table));
  }
  if (const auto next = PAWL_TRY(store_.get(counts_, next_number_key()))) {
    base::ByteReader in(*next);
    next_number_ = std::max(next_number_, in.varint());
    if (!in.ok()) return base::malformed_record("DynamoDB number");
  }
  const auto streams = store_.cursor(stream_list_, store::Range::all());
  for (bool more = PAWL_TRY(streams->first()); more; more = PAWL_TRY(streams->next())) {
    const StreamDescription found = PAWL_TRY(decode_stream(streams->key(), streams->value()));
    next_number_ = std::max(next_number_, found.stream.number + 1);
  }
  return {};
}

Result<void> Database::load_counts(Table& table) {
  if (const auto record = PAWL_TRY(store_.get(counts_, number_key(table.number))))
    table.counts = PAWL_TRY(decode_counts(*record));
  const auto schema = table.schema();
  if (!schema->stream) return {};
  const auto cursor =
      store_.cursor(streams_, store::Range::prefix(number_key(schema->stream->number)));
  if (!PAWL_TRY(cursor->last())) return {};
  store::KeyReader key(cursor->key());
  (void)key.u64();
  table.last_sequence = key.u64().value_or(0);
  return {};
}

std::shared_ptr<Table> Database::find(const TableName& name) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Table>> Database::tables(const std::string& account,
                                                     const std::string& region,
                                                     const std::string& after, size_t max) const {
  std::vector<std::shared_ptr<Table>> out;
  const std::shared_lock lock(mutex_);
  for (auto at = by_name_.upper_bound({account, region, after});
       at != by_name_.end() && at->first.account == account && at->first.region == region &&
       out.size() < max;
       ++at) {
    out.push_back(at->second);
  }
  return out;
}

std::vector<std::shared_ptr<Table>> Database::all_tables() const {
  std::vector<std::shared_ptr<Table>> out;
  const std::shared_lock lock(mutex_);
  for (const auto& [name, table] : by_name_) out.push_back(table);
  return out;
}

void Database::put_schema(const TableSchema& schema, store::Batch& batch) const {
  batch.put(tables_, name_key({schema.account, schema.region, schema.name}), encode_schema(schema));
}

void Database::put_stream(const TableSchema& schema, store::Batch& batch) const {
  const std::string key = store::KeyBuilder()
                              .text(schema.account)
                              .text(schema.region)
                              .text(schema.name)
                              .text(schema.stream->label)
                              .take();
  batch.put(stream_list_, key, encode_stream(schema));
}

uint64_t Database::take_number(store::Batch& batch) {
  const std::lock_guard lock(numbers_mutex_);
  const uint64_t number = next_number_++;
  std::string record;
  base::append_varint(record, next_number_);
  // Two creators may commit in the other order, so load() also looks at the numbers in use.
  batch.put(counts_, next_number_key(), record);
  return number;
}

aws::ApiResult<std::shared_ptr<Table>> Database::create(TableSchema schema) {
  const TableName name{schema.account, schema.region, schema.name};
  const std::unique_lock lock(mutex_);
  if (by_name_.contains(name)) {
    return aws::ApiError("ResourceInUseException", "Table already exists: " + schema.name);
  }
  store::Batch batch;
  schema.number = take_number(batch);
  if (schema.stream) open_stream(schema, schema.stream->view_type, batch);
  put_schema(schema, batch);
  auto table = std::make_shared<Table>(std::move(schema));
  if (const auto done = store_.commit(batch, store::Sync::No); !done)
    return storage_failure(done.error());
  by_name_.emplace(name, table);
  return table;
}

aws::ApiResult<void> Database::change(
    Table& table, const std::function<aws::ApiResult<void>(TableSchema&, store::Batch&)>& change) {
  const std::lock_guard lock(table.writing);
  TableSchema schema = *table.schema();
  if (table.is_gone) return table_not_found(schema.name);
  store::Batch batch;
  PAWL_TRY_VOID(change(schema, batch));
  put_schema(schema, batch);
  if (const auto done = store_.commit(batch, store::Sync::No); !done)
    return storage_failure(done.error());
  table.set_schema(std::move(schema));
  return {};
}

aws::ApiResult<void> Database::drop(Table& table) {
  const std::unique_lock map_lock(mutex_);
  const std::lock_guard lock(table.writing);
  TableSchema schema = *table.schema();
  if (table.is_gone) return table_not_found(schema.name);
  const TableName name{schema.account, schema.region, schema.name};
  store::Batch batch;
  close_stream(schema, batch);
  batch.erase(tables_, name_key(name));
  batch.erase(counts_, number_key(table.number));
  batch.erase_range(items_, store::Range::prefix(table_prefix(table.number)));
  if (const auto done = store_.commit(batch, store::Sync::No); !done)
    return storage_failure(done.error());
  table.is_gone = true;
  by_name_.erase(name);
  return {};
}

void Database::open_stream(TableSchema& schema, std::string view_type, store::Batch& batch) {
  const int64_t now = now_ms();
  if (schema.stream && !schema.stream->label.empty()) close_stream(schema, batch);
  schema.stream = StreamSchema{take_number(batch), stream_label(now), std::move(view_type), now, 0};
  put_stream(schema, batch);
}

void Database::close_stream(TableSchema& schema, store::Batch& batch) {
  if (!schema.has_stream()) return;
  schema.stream->closed_ms = now_ms();
  put_stream(schema, batch);
}

Result<std::optional<StreamDescription>> Database::find_stream(const TableName& table,
                                                               const std::string& label) const {
  const std::string key = name_key(table) + store::KeyBuilder().text(label).take();
  const auto record = PAWL_TRY(store_.get(stream_list_, key));
  if (!record) return std::optional<StreamDescription>();
  return std::optional(PAWL_TRY(decode_stream(key, *record)));
}

Result<std::vector<StreamDescription>> Database::streams(const std::string& account,
                                                         const std::string& region,
                                                         const std::string& table) const {
  store::KeyBuilder prefix;
  prefix.text(account).text(region);
  if (!table.empty()) prefix.text(table);
  std::vector<StreamDescription> out;
  const auto cursor = store_.cursor(stream_list_, store::Range::prefix(prefix.view()));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next()))
    out.push_back(PAWL_TRY(decode_stream(cursor->key(), cursor->value())));
  return out;
}

void Database::put_counts(const Table& table, store::Batch& batch) const {
  batch.put(counts_, number_key(table.number), encode_counts(table.counts));
}

Result<void> Database::trim_streams(store::Batch& batch) {
  const int64_t oldest = now_ms() - kStreamRetentionMs;
  const auto cursor = store_.cursor(stream_list_, store::Range::all());
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    const StreamDescription found = PAWL_TRY(decode_stream(cursor->key(), cursor->value()));
    const std::string prefix = number_key(found.stream.number);
    const std::string end = store::KeyBuilder(prefix).u64(sequence_at(oldest)).take();
    const auto records = store_.cursor(streams_, {prefix, end});
    if (PAWL_TRY(records->first())) batch.erase_range(streams_, {prefix, end});
    if (found.stream.closed_ms != 0 && found.stream.closed_ms < oldest)
      batch.erase(stream_list_, cursor->key());
  }
  return {};
}

Result<void> Database::trim_tokens(store::Batch& batch) {
  const auto cursor = store_.cursor(tokens_, store::Range::all());
  size_t looked_at = 0;
  for (bool more = PAWL_TRY(cursor->first()); more && looked_at < kTokensAtOnce;
       more = PAWL_TRY(cursor->next()), ++looked_at) {
    base::ByteReader in(cursor->value());
    (void)in.byte();
    if (in.signed_varint() + kTokenMs < now_ms()) batch.erase(tokens_, cursor->key());
  }
  return {};
}

Result<void> Database::trim() {
  store::Batch batch;
  PAWL_TRY_VOID(trim_streams(batch));
  PAWL_TRY_VOID(trim_tokens(batch));
  if (batch.empty()) return {};
  return store_.commit(batch, store::Sync::No);
}

}  // namespace pawl::dynamodb
