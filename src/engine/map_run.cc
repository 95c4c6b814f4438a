// SPDX-License-Identifier: Apache-2.0
#include "engine/map_run.h"

#include <algorithm>

#include "base/assert.h"
#include "base/time.h"
#include "json/write.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionInfo;
using interpreter::ExecutionState;
using interpreter::ExecutionStatus;
using json::ObjectBuilder;
using json::Value;

/// A reader is asked again when fewer items wait than this.
constexpr size_t kItemsAheadMin = 1'000;

std::string_view transformation_of(const asl::MapState& map) {
  if (!map.result_writer) return "COMPACT";
  const Value& config = map.result_writer->writer_config.value();
  const Value* transformation = config.find("Transformation");
  return transformation != nullptr && transformation->is_string() ? transformation->as_string()
                                                                  : "NONE";
}

Value included() {
  ObjectBuilder details;
  details.set("Included", Value(true));
  return std::move(details).build();
}

/// A child's result with Transformation NONE, and a failed child's with any (Developer Guide
/// "ResultWriter").
Value child_metadata(const ExecutionState& child) {
  const ExecutionInfo& info = *child.info;
  ObjectBuilder object;
  if (child.error.cause) object.set("Cause", Value(*child.error.cause));
  if (child.error.error) object.set("Error", Value(*child.error.error));
  object.set("ExecutionArn", Value(info.execution_arn))
      .set("Input", Value(child.input.text()))
      .set("InputDetails", included())
      .set("Name", Value(info.execution_name));
  if (child.status == ExecutionStatus::Succeeded) {
    object.set("Output", Value(child.output.text())).set("OutputDetails", included());
  }
  object.set("RedriveCount", Value(child.redrive_count))
      .set("StartDate", Value(base::format_iso8601(child.started_at)))
      .set("StateMachineArn", Value(info.state_machine_arn))
      .set("Status", Value(interpreter::execution_status_name(child.status)))
      .set("StopDate", Value(base::format_iso8601(child.stopped_at)));
  return std::move(object).build();
}

/// Of what child `index` draws: `use` 0 for its ItemSelector's random numbers, 1 for its names.
base::Random random_of_child(uint64_t seed, uint32_t index, uint64_t use) {
  return base::Random(base::Random(seed + (uint64_t{index} + 1) * 0xd1342543de82ef95ULL).next() +
                      use);
}

std::string arn_prefix_of(const ExecutionInfo& info) {
  std::string partition = "aws";
  if (info.state_machine_arn.starts_with("arn:"))
    partition = info.state_machine_arn.substr(4, info.state_machine_arn.find(':', 4) - 4);
  return "arn:" + partition + ":states:" + info.region + ":" + info.account;
}

}  // namespace

uint64_t& MapRunCounts::of(ExecutionStatus status) {
  switch (status) {
    case ExecutionStatus::Running: return running;
    case ExecutionStatus::Succeeded: return succeeded;
    case ExecutionStatus::Failed: return failed;
    case ExecutionStatus::TimedOut: return timed_out;
    case ExecutionStatus::Aborted: break;
  }
  return aborted;
}

MapRun::MapRun(std::shared_ptr<const asl::Program> program, const ExecutionState& parent,
               interpreter::StartMapRun command, uint64_t seed, Abilities abilities)
    : program_(std::move(program)),
      parent_info_(parent.info),
      command_(std::move(command)),
      seed_(seed),
      random_(seed),
      arn_prefix_(arn_prefix_of(*parent.info)) {
  // A Map inside a Distributed Map's child belongs to the machine itself, not to MACHINE/LABEL.
  const std::string& name = parent_info_->state_machine_name;
  const std::string machine = name.substr(0, name.find('/'));
  machine_with_label_ =
      machine + "/" + (map().label.empty() ? base::make_uuid(random_) : map().label);
  arn_ = arn_prefix_ + ":mapRun:" + machine_with_label_ + ":" + base::make_uuid(random_);
  set_concurrency(command_.max_concurrency);
  has_failure_count_ = map().tolerated_failure_count.present();
  has_failure_percentage_ = map().tolerated_failure_percentage.present();
  const std::string_view transformation = transformation_of(map());
  flatten_ = transformation == "FLATTEN";
  with_metadata_ = transformation == "NONE";
  keeps_results_ = !has_writer();
  has_all_items_ = !map().item_reader;
  if (!check_supported(abilities)) return;
  if (has_all_items_) {
    PAWL_ASSERT(command_.items.is_array());
    items_.total = command_.items.size();
    if (!map().item_batcher) children_.total = items_.total;
  }
  finish_if_done();
}

bool MapRun::check_supported(Abilities abilities) {
  if (map().item_reader && !abilities.read) {
    fail({.error = std::string(asl::error_name::kItemReaderFailed),
          .cause = "The item reader " + map().item_reader->resource.arn +
                   " is not available: this engine was given no object store."});
    return false;
  }
  if (has_writer() && !abilities.write) {
    fail({.error = std::string(asl::error_name::kResultWriterFailed),
          .cause = "The result writer " + map().result_writer->resource->arn +
                   " is not available: this engine was given no object store."});
    return false;
  }
  return true;
}

bool MapRun::wants_items() const {
  return !has_all_items_ && !outcome_ && read_items_.size() < kItemsAheadMin;
}

void MapRun::add_items(std::vector<Value> items, bool end) {
  if (outcome_) return;
  items_.total += items.size();
  if (!map().item_batcher) children_.total = items_.total;
  read_items_.insert(read_items_.end(), std::make_move_iterator(items.begin()),
                     std::make_move_iterator(items.end()));
  has_all_items_ = end;
  if (!end) return;
  // A share of all items is known only now.
  if (items_.ended() > 0 && too_many_failures()) {
    fail({.error = std::string(asl::error_name::kExceedToleratedFailureThreshold),
          .cause = "The specified tolerated failure threshold was exceeded"});
  }
  finish_if_done();
}

/// nullptr: the reader has not come so far.
const Value* MapRun::item_at(uint64_t index) const {
  if (!map().item_reader) return &command_.items.items()[index];
  PAWL_ASSERT(index >= read_first_);
  const uint64_t place = index - read_first_;
  return place < read_items_.size() ? &read_items_[place] : nullptr;
}

/// What was read and used is of no more use.
void MapRun::drop_read_items() {
  while (read_first_ < next_item_ && !read_items_.empty()) {
    read_items_.pop_front();
    ++read_first_;
  }
}

std::optional<MapRun::Child> MapRun::next_child(const ExecutionState& parent) {
  if (outcome_ || children_.running >= concurrency_max_) return std::nullopt;
  // The step that started the run may have aborted its frame as well: the command to cancel is on
  // its way.
  if (parent.find(command_.task.frame) == nullptr) return std::nullopt;
  const bool batched = map().item_batcher.has_value();
  if (!batch_) {
    if (first_unused_item() >= items_.total) return std::nullopt;
    random_ = random_of_child(seed_, next_child_, 0);
  }
  const uint64_t first_item = batched ? 0 : next_item_;
  std::optional<Value> input;
  Child child;
  if (batched) {
    input = next_batch(parent);
    if (!input) return std::nullopt;
    child.items = input->find("Items")->size();
    ++children_.total;
  } else {
    input = select_item(parent, next_item_);
    if (!input) return std::nullopt;
    child.items = 1;
    ++next_item_;
  }
  child.index = next_child_++;
  child.info = child_info(child.index, first_item, batched);
  child.input = json::Payload(*std::move(input));
  drop_read_items();
  items_.running += child.items;
  ++children_.running;
  return child;
}

std::shared_ptr<ExecutionInfo> MapRun::child_info(uint32_t index, uint64_t first_item,
                                                  bool batched) const {
  auto info = std::make_shared<ExecutionInfo>(*parent_info_);
  base::Random random = random_of_child(seed_, index, 1);
  info->execution_name = base::make_uuid(random);
  info->state_machine_name = machine_with_label_;
  info->state_machine_arn = arn_prefix_ + ":stateMachine:" + machine_with_label_;
  info->scope = map().processor;
  if (map().execution_type == asl::StateMachineType::Express) {
    info->execution_arn = arn_prefix_ + ":express:" + machine_with_label_ + ":" +
                          info->execution_name + ":" + base::make_uuid(random);
  } else {
    info->execution_arn =
        arn_prefix_ + ":execution:" + machine_with_label_ + ":" + info->execution_name;
  }
  info->map_item_index.reset();
  info->map_item_value = Value();
  if (!batched) {
    info->map_item_index = static_cast<int64_t>(first_item);
    info->map_item_value = *item_at(first_item);
  }
  return info;
}

MapRun::ChildResult MapRun::result_of(const ExecutionState& child) const {
  ChildResult result;
  result.status = child.status;
  result.items = 1;
  if (map().item_batcher) {
    const Value* items = child.input.value().find("Items");
    result.items = items != nullptr && items->is_array() ? items->size() : 0;
  }
  const bool succeeded = child.status == ExecutionStatus::Succeeded;
  result.content =
      succeeded && !with_metadata_ ? child.output : json::Payload(child_metadata(child));
  return result;
}

void MapRun::add_result(uint32_t index, ChildResult result) {
  --children_.running;
  items_.running -= result.items;
  ++children_.of(result.status);
  items_.of(result.status) += result.items;
  if (outcome_) return;
  const bool succeeded = result.status == ExecutionStatus::Succeeded;
  if (keeps_results_) keep(index, {std::move(result.content), flatten_ && succeeded});
  if (!outcome_ && !succeeded && too_many_failures()) {
    fail({.error = std::string(asl::error_name::kExceedToleratedFailureThreshold),
          .cause = "The specified tolerated failure threshold was exceeded"});
  }
  finish_if_done();
}

void MapRun::keep(uint32_t index, Kept kept) {
  results_bytes_ += kept.content.text_bytes();
  if (results_bytes_ > kMapResultsBytesMax) {
    results_ = {};
    fail({.error = std::string(asl::error_name::kDataLimitExceeded),
          .cause = "The state/task '" + state().name +
                   "' returned a result with a size exceeding the maximum number of bytes service "
                   "limit."});
    return;
  }
  if (results_.size() <= index) results_.resize(size_t{index} + 1);
  results_[index] = std::move(kept);
}

void MapRun::set_concurrency(uint32_t max_concurrency) {
  command_.max_concurrency = max_concurrency;
  concurrency_max_ = max_concurrency == 0 ? kChildrenConcurrencyMax
                                          : std::min(max_concurrency, kChildrenConcurrencyMax);
}

void MapRun::set_tolerance(std::optional<int64_t> failures, std::optional<double> percentage) {
  if (failures) {
    command_.tolerated_failure_count = *failures;
    has_failure_count_ = true;
  }
  if (percentage) {
    command_.tolerated_failure_percentage = *percentage;
    has_failure_percentage_ = true;
  }
}

MapRunProgress MapRun::progress() const {
  return {.map_run_arn = arn_,
          .state = command_.state,
          .items_total = items_.total,
          .items_succeeded = items_.succeeded,
          .items_failed = items_.ended() - items_.succeeded,
          .children_running = children_.running};
}

/// Either threshold alone fails the run; without any, the first failure does.
bool MapRun::too_many_failures() const {
  const uint64_t failed = items_.ended() - items_.succeeded;
  if (!has_failure_count_ && !has_failure_percentage_) return failed > 0;
  if (has_failure_count_ && failed > static_cast<uint64_t>(command_.tolerated_failure_count))
    return true;
  if (!has_failure_percentage_ || !has_all_items_) return false;
  const double percentage = 100.0 * static_cast<double>(failed) / static_cast<double>(items_.total);
  return percentage > command_.tolerated_failure_percentage;
}

void MapRun::finish_if_done() {
  if (outcome_ || children_.running > 0 || batch_ || !has_all_items_ ||
      first_unused_item() < items_.total)
    return;
  if (!keeps_results_) {
    outcome_ = Outcome{};
    return;
  }
  std::vector<Value> values;
  values.reserve(results_.size());
  for (const Kept& kept : std::exchange(results_, {})) {
    const Value& value = kept.content.value();
    if (kept.is_flat && value.is_array()) {
      values.insert(values.end(), value.items().begin(), value.items().end());
    } else {
      values.push_back(value);
    }
  }
  outcome_ = Outcome{json::Payload(Value::array(std::move(values))), std::nullopt};
}

void MapRun::fail(asl::ExecutionError error) {
  if (!outcome_) outcome_ = Outcome{{}, std::move(error)};
}

}  // namespace pawl::engine
