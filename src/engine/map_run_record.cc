// SPDX-License-Identifier: Apache-2.0
#include "engine/map_run_record.h"

#include <bit>
#include <utility>

#include "base/wire.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "store/key.h"

namespace pawl::engine {
namespace {

using json::ObjectBuilder;
using json::Value;
using store::KeyBuilder;
using store::KeyReader;
using store::Range;

constexpr uint8_t kFormat = 1;

/// The first byte of a key says what stands there.
enum class KeyKind : uint8_t { Record = 1, Command = 2, Result = 3, Parent = 4, Open = 5, Arn = 6 };

KeyBuilder key(KeyKind kind) { return std::move(KeyBuilder().u8(static_cast<uint8_t>(kind))); }

base::Error damaged(std::string_view what) {
  return {base::ErrorKind::TypeMismatch, "stored Map Run: damaged " + std::string(what)};
}

void write_counts(const MapRunCounts& counts, base::ByteWriter& writer) {
  for (const uint64_t count : {counts.total, counts.running, counts.succeeded, counts.failed,
                               counts.timed_out, counts.aborted, counts.results_written})
    writer.varint(count);
}

MapRunCounts read_counts(base::ByteReader& reader) {
  MapRunCounts counts;
  for (uint64_t* count : {&counts.total, &counts.running, &counts.succeeded, &counts.failed,
                          &counts.timed_out, &counts.aborted, &counts.results_written})
    *count = reader.varint();
  return counts;
}

void write_optional(const std::optional<std::string>& text, base::ByteWriter& writer) {
  writer.boolean(text.has_value());
  writer.sized(text.value_or(""));
}

std::optional<std::string> read_optional(base::ByteReader& reader) {
  const bool present = reader.boolean();
  std::string text(reader.sized());
  return present ? std::optional<std::string>(std::move(text)) : std::nullopt;
}

}  // namespace

std::string_view map_run_status_name(MapRunStatus status) {
  switch (status) {
    case MapRunStatus::Running: return "RUNNING";
    case MapRunStatus::Succeeded: return "SUCCEEDED";
    case MapRunStatus::Failed: return "FAILED";
    case MapRunStatus::Aborted: break;
  }
  return "ABORTED";
}

void encode_map_run_record(const MapRunRecord& record, std::string& out) {
  base::ByteWriter writer(out);
  writer.byte(kFormat);
  writer.sized(record.arn);
  writer.varint(record.parent);
  writer.sized(record.execution_arn);
  writer.sized(record.state_machine_arn);
  writer.byte(static_cast<uint8_t>(record.status));
  writer.byte(static_cast<uint8_t>(record.phase));
  writer.signed_varint(record.started_at.ms);
  writer.signed_varint(record.stopped_at.ms);
  writer.varint(record.max_concurrency);
  writer.signed_varint(record.tolerated_failure_count);
  writer.varint(std::bit_cast<uint64_t>(record.tolerated_failure_percentage));
  writer.boolean(record.failure_count_is_updated);
  writer.boolean(record.failure_percentage_is_updated);
  writer.varint(record.seed);
  writer.varint(record.children_started);
  write_counts(record.items, writer);
  write_counts(record.children, writer);
  writer.sized(record.etag);
  writer.boolean(record.error.has_value());
  if (record.error) {
    write_optional(record.error->error, writer);
    write_optional(record.error->cause, writer);
  }
  writer.varint(record.redrive_count);
  writer.signed_varint(record.redriven_at.ms);
}

base::Result<MapRunRecord> decode_map_run_record(std::string_view bytes) {
  base::ByteReader reader(bytes);
  MapRunRecord record;
  if (const uint8_t format = reader.byte(); format != kFormat) {
    return base::Error(base::ErrorKind::TypeMismatch,
                       "stored Map Run: format " + std::to_string(format));
  }
  record.arn = reader.sized();
  record.parent = reader.varint();
  record.execution_arn = reader.sized();
  record.state_machine_arn = reader.sized();
  const uint8_t status = reader.byte();
  const uint8_t phase = reader.byte();
  record.started_at.ms = reader.signed_varint();
  record.stopped_at.ms = reader.signed_varint();
  record.max_concurrency = static_cast<uint32_t>(reader.varint());
  record.tolerated_failure_count = reader.signed_varint();
  record.tolerated_failure_percentage = std::bit_cast<double>(reader.varint());
  record.failure_count_is_updated = reader.boolean();
  record.failure_percentage_is_updated = reader.boolean();
  record.seed = reader.varint();
  record.children_started = static_cast<uint32_t>(reader.varint());
  record.items = read_counts(reader);
  record.children = read_counts(reader);
  record.etag = reader.sized();
  if (reader.boolean()) {
    record.error.emplace();
    record.error->error = read_optional(reader);
    record.error->cause = read_optional(reader);
  }
  record.redrive_count = reader.varint();
  record.redriven_at.ms = reader.signed_varint();
  if (!reader.ok() || status > static_cast<uint8_t>(MapRunStatus::Aborted) ||
      phase > static_cast<uint8_t>(MapRunPhase::Over))
    return damaged("record");
  record.status = static_cast<MapRunStatus>(status);
  record.phase = static_cast<MapRunPhase>(phase);
  return record;
}

std::string encode_map_run_command(const interpreter::StartMapRun& command) {
  ObjectBuilder object;
  object.set("frame", Value(static_cast<int64_t>(command.task.frame)))
      .set("task", Value(static_cast<int64_t>(command.task.sequence)))
      .set("state", Value(static_cast<int64_t>(command.state)))
      .set("items", command.items)
      .set("stateInput", command.state_input)
      .set("maxConcurrency", Value(static_cast<int64_t>(command.max_concurrency)))
      .set("toleratedFailureCount", Value(command.tolerated_failure_count))
      .set("toleratedFailurePercentage", Value(command.tolerated_failure_percentage));
  if (command.reader_parameters) object.set("readerParameters", *command.reader_parameters);
  if (command.reader_max_items) object.set("readerMaxItems", Value(*command.reader_max_items));
  return json::write(std::move(object).build());
}

base::Result<interpreter::StartMapRun> decode_map_run_command(std::string_view text) {
  const Value object = PAWL_TRY(json::parse(text));
  const Value* items = object.is_object() ? object.find("items") : nullptr;
  const Value* input = object.is_object() ? object.find("stateInput") : nullptr;
  if (items == nullptr || input == nullptr) return damaged("command");
  interpreter::StartMapRun command;
  command.task = {static_cast<interpreter::FrameId>(integer_member(object, "frame")),
                  static_cast<uint32_t>(integer_member(object, "task"))};
  command.state = static_cast<asl::StateIndex>(integer_member(object, "state"));
  command.items = *items;
  command.state_input = *input;
  command.max_concurrency = static_cast<uint32_t>(integer_member(object, "maxConcurrency"));
  command.tolerated_failure_count = integer_member(object, "toleratedFailureCount");
  if (const Value* percentage = object.find("toleratedFailurePercentage"))
    command.tolerated_failure_percentage = percentage->as_double();
  if (const Value* parameters = object.find("readerParameters"))
    command.reader_parameters = *parameters;
  if (object.find("readerMaxItems") != nullptr)
    command.reader_max_items = integer_member(object, "readerMaxItems");
  return command;
}

void encode_child_result(const MapRun::ChildResult& result, uint64_t redrive, std::string& out) {
  base::ByteWriter writer(out);
  writer.byte(static_cast<uint8_t>(result.status));
  writer.varint(result.items);
  writer.varint(redrive);
  result.content.write(out);
}

base::Result<StoredChildResult> decode_child_result(std::string_view bytes) {
  base::ByteReader reader(bytes);
  StoredChildResult result;
  const uint8_t status = reader.byte();
  result.items = reader.varint();
  result.redrive = reader.varint();
  if (!reader.ok() || status > static_cast<uint8_t>(interpreter::ExecutionStatus::Aborted))
    return damaged("result");
  result.status = static_cast<interpreter::ExecutionStatus>(status);
  result.content = reader.rest();
  return result;
}

base::Result<std::optional<MapRunRecord>> MapRunStore::record(uint64_t id) const {
  const auto value = PAWL_TRY(store_.get(space_, record_key(id)));
  if (!value) return std::optional<MapRunRecord>();
  MapRunRecord record = PAWL_TRY(decode_map_run_record(*value));
  record.id = id;
  return std::optional<MapRunRecord>(std::move(record));
}

base::Result<std::optional<uint64_t>> MapRunStore::find(std::string_view arn) const {
  const auto value = PAWL_TRY(store_.get(space_, arn_key(arn)));
  if (!value) return std::optional<uint64_t>();
  const auto id = KeyReader(*value).u64();
  if (!id) return damaged("ARN");
  return std::optional<uint64_t>(*id);
}

base::Result<std::vector<MapRunRecord>> MapRunStore::list(ExecutionId parent, uint64_t before,
                                                          size_t records_max) const {
  std::vector<MapRunRecord> records;
  const auto cursor = store_.cursor(space_, Range::prefix(parent_prefix(parent)));
  bool more = before == UINT64_MAX ? PAWL_TRY(cursor->first())
                                   : PAWL_TRY(cursor->seek(parent_key(parent, before - 1)));
  for (; more && records.size() < records_max; more = PAWL_TRY(cursor->next())) {
    KeyReader reader(cursor->key());
    reader.u8();
    reader.u64();
    const auto inverted = reader.u64();
    if (!inverted) return damaged("list");
    auto found = PAWL_TRY(record(~*inverted));
    if (found) records.push_back(*std::move(found));
  }
  return records;
}

base::Result<std::vector<uint64_t>> MapRunStore::open_runs() const {
  std::vector<uint64_t> ids;
  const auto cursor = store_.cursor(space_, Range::prefix(key(KeyKind::Open).take()));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    KeyReader reader(cursor->key());
    reader.u8();
    const auto id = reader.u64();
    if (!id) return damaged("list");
    ids.push_back(*id);
  }
  return ids;
}

base::Result<interpreter::StartMapRun> MapRunStore::command(uint64_t id) const {
  const auto text = PAWL_TRY(store_.get(space_, command_key(id)));
  if (!text) return damaged("command");
  return decode_map_run_command(*text);
}

void MapRunStore::erase(const MapRunRecord& record, store::Keyspace space, store::Batch& batch) {
  batch.erase(space, record_key(record.id));
  batch.erase(space, command_key(record.id));
  batch.erase(space, parent_key(record.parent, record.id));
  batch.erase(space, arn_key(record.arn));
  batch.erase_range(space, Range::prefix(results_prefix(record.id)));
}

Range MapRunStore::records_range() { return Range::prefix(key(KeyKind::Record).take()); }
std::string MapRunStore::record_key(uint64_t id) { return key(KeyKind::Record).u64(id).take(); }
std::string MapRunStore::command_key(uint64_t id) { return key(KeyKind::Command).u64(id).take(); }
std::string MapRunStore::result_key(uint64_t id, uint32_t child) {
  return key(KeyKind::Result).u64(id).u32(child).take();
}
std::string MapRunStore::results_prefix(uint64_t id) { return key(KeyKind::Result).u64(id).take(); }
std::string MapRunStore::parent_prefix(ExecutionId parent) {
  return key(KeyKind::Parent).u64(parent).take();
}
std::string MapRunStore::parent_key(ExecutionId parent, uint64_t id) {
  return key(KeyKind::Parent).u64(parent).u64(~id).take();
}
std::string MapRunStore::open_key(uint64_t id) { return key(KeyKind::Open).u64(id).take(); }
std::string MapRunStore::arn_key(std::string_view arn) {
  return key(KeyKind::Arn).text(arn).take();
}

}  // namespace pawl::engine
