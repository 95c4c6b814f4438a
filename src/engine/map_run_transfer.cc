// SPDX-License-Identifier: Apache-2.0
#include "engine/map_run_transfer.h"

#include <algorithm>
#include <utility>

#include "engine/execution_store.h"
#include "engine/map_run_record.h"
#include "items/outcome.h"
#include "items/result_sink.h"
#include "json/parse.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionStatus;

constexpr size_t kBatchBytes = size_t{1} << 20;
constexpr size_t kBatchItemsMax = 5'000;

items::Outcome<WrittenResults> write_results(const ExecutionStore& executions,
                                             items::ObjectStore& objects, uint64_t id,
                                             std::string_view arn, const asl::ResultWriter& writer,
                                             std::string_view arguments) {
  const auto parsed = json::parse(arguments);
  if (!parsed) return items::writer_failed(parsed.error().message);
  items::ResultSink sink = PAWL_TRY(items::ResultSink::open(
      objects,
      {.map_run_arn = arn, .arguments = *parsed, .writer_config = writer.writer_config.value()}));
  const bool with_metadata = sink.transformation() == items::Transformation::None;
  const auto failed = [](const base::Error& error) { return items::writer_failed(error.message); };
  const auto cursor = executions.store().cursor(
      executions.keyspaces().map_runs, store::Range::prefix(MapRunStore::results_prefix(id)));
  WrittenResults written;
  auto more = cursor->first();
  for (; more && *more; more = cursor->next()) {
    const auto result = decode_child_result(cursor->value());
    if (!result) return failed(result.error());
    const bool succeeded = result->status == ExecutionStatus::Succeeded;
    items::ChildResult child;
    child.outcome = succeeded ? items::ChildOutcome::Succeeded : items::ChildOutcome::Failed;
    (succeeded && !with_metadata ? child.output : child.metadata) = result->content;
    PAWL_TRY_VOID(sink.add(child));
    ++written.children;
  }
  if (!more) return failed(more.error());
  written.output = PAWL_TRY(sink.finish());
  return written;
}

}  // namespace

MapRunReading::MapRunReading(items::ObjectStore& objects,
                             std::shared_ptr<const asl::Program> program, asl::StateIndex state,
                             std::string arguments, std::optional<int64_t> max_items)
    : objects_(objects),
      program_(std::move(program)),
      state_(state),
      arguments_(std::move(arguments)),
      max_items_(max_items) {}

std::optional<asl::ExecutionError> MapRunReading::open() {
  const auto arguments = json::parse(arguments_);
  if (!arguments) return items::reader_failed(arguments.error().message);
  const auto& map = std::get<asl::MapState>(program_->states[state_].detail);
  auto source =
      items::open_item_source(objects_, {.resource_action = map.item_reader->resource.action,
                                         .arguments = *arguments,
                                         .reader_config = map.item_reader->reader_config.value(),
                                         .max_items = max_items_});
  if (!source) return source.error();
  source_ = *std::move(source);
  return std::nullopt;
}

ReadItems MapRunReading::next() {
  ReadItems read;
  if (!source_) read.error = open();
  if (read.error) return read;
  auto batch = source_->next(items_next_);
  if (!batch) {
    read.error = batch.error();
    return read;
  }
  read.batch = *std::move(batch);
  read.etag = source_->etag();
  size_t bytes = 1;
  for (const json::Value& item : read.batch.items) bytes += item.text_bytes();
  const size_t fitting = kBatchBytes * std::max<size_t>(read.batch.items.size(), 1) / bytes;
  items_next_ = std::clamp<size_t>(fitting, 1, kBatchItemsMax);
  return read;
}

WrittenResults write_map_run_results(const ExecutionStore& executions, items::ObjectStore& objects,
                                     uint64_t id, std::string_view arn,
                                     const asl::ResultWriter& writer, std::string_view arguments) {
  auto written = write_results(executions, objects, id, arn, writer, arguments);
  if (written) return *std::move(written);
  WrittenResults failed;
  failed.error = written.error();
  return failed;
}

}  // namespace pawl::engine
