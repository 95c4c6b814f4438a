// SPDX-License-Identifier: Apache-2.0
#include "engine/map_run.h"

#include <algorithm>

#include "base/assert.h"
#include "base/integer.h"
#include "base/time.h"
#include "interpreter/frame_scope.h"
#include "json/write.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionInfo;
using interpreter::ExecutionState;
using json::ObjectBuilder;
using json::Value;

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
  if (child.status == interpreter::ExecutionStatus::Succeeded) {
    object.set("Output", Value(child.output.text())).set("OutputDetails", included());
  }
  object.set("RedriveCount", Value(child.redrive_count))
      .set("StartDate", Value(base::format_iso8601(child.started_at)))
      .set("StateMachineArn", Value(info.state_machine_arn))
      .set("Status", Value(interpreter::execution_status_name(child.status)))
      .set("StopDate", Value(base::format_iso8601(child.stopped_at)));
  return std::move(object).build();
}

std::string_view error_name_of(const base::Error& error) {
  return error.kind == base::ErrorKind::IntrinsicFailure ? asl::error_name::kIntrinsicFailure
                                                         : asl::error_name::kRuntime;
}

}  // namespace

MapRun::MapRun(std::shared_ptr<const asl::Program> program, const ExecutionState& parent,
               interpreter::StartMapRun command, base::Random random)
    : program_(std::move(program)),
      parent_info_(parent.info),
      command_(std::move(command)),
      random_(random) {
  // A Map inside a Distributed Map's child belongs to the machine itself, not to MACHINE/LABEL.
  const std::string& name = parent_info_->state_machine_name;
  const std::string machine = name.substr(0, name.find('/'));
  machine_with_label_ =
      machine + "/" + (map().label.empty() ? base::make_uuid(random_) : map().label);
  arn_ = "arn:aws:states:" + parent_info_->region + ":" + parent_info_->account +
         ":mapRun:" + machine_with_label_ + ":" + base::make_uuid(random_);
  if (command_.max_concurrency != 0)
    concurrency_max_ = std::min(command_.max_concurrency, kChildrenConcurrencyMax);
  const std::string_view transformation = transformation_of(map());
  flatten_ = transformation == "FLATTEN";
  with_metadata_ = transformation == "NONE";
  if (check_supported()) finish_if_done();
}

/// Readers and writers are ports of a later layer. A run that needs one fails before it has any
/// effect.
bool MapRun::check_supported() {
  if (map().item_reader) {
    fail({.error = std::string(asl::error_name::kItemReaderFailed),
          .cause = "The item reader " + map().item_reader->resource.arn +
                   " is not available: item readers come with the server."});
    return false;
  }
  if (map().result_writer && map().result_writer->resource) {
    fail({.error = std::string(asl::error_name::kResultWriterFailed),
          .cause = "The result writer " + map().result_writer->resource->arn +
                   " is not available: result writers come with the server."});
    return false;
  }
  PAWL_ASSERT(command_.items.is_array());
  return true;
}

std::optional<MapRun::Child> MapRun::next_child(const ExecutionState& parent) {
  if (outcome_ || running_ >= concurrency_max_) return std::nullopt;
  // The step that started the run may have aborted its frame as well: the command to cancel is on
  // its way.
  if (parent.find(command_.task.frame) == nullptr) return std::nullopt;
  const size_t first_item = carried_item_ ? next_item_ - 1 : next_item_;
  if (first_item >= command_.items.size()) return std::nullopt;

  const bool batched = map().item_batcher.has_value();
  std::optional<Value> input;
  if (batched) {
    input = next_batch(parent);
  } else {
    input = select_item(parent, next_item_);
    if (input) ++next_item_;
  }
  if (!input) return std::nullopt;

  Child child;
  child.index = static_cast<uint32_t>(results_.size());
  child.info = child_info(first_item, batched);
  child.input = json::Payload(*std::move(input));
  const size_t end = carried_item_ ? next_item_ - 1 : next_item_;
  item_counts_.push_back(end - first_item);
  results_.emplace_back();
  ++running_;
  return child;
}

/// ASL "ItemSelector": `$` is the Map's effective input, the item stands in $$.Map.Item.
std::optional<Value> MapRun::select_item(const ExecutionState& parent, size_t index) {
  const Value& item = command_.items.items()[index];
  if (map().jsonata_item_selector) {
    return evaluate(parent, *map().jsonata_item_selector,
                    interpreter::MapItem{static_cast<int64_t>(index), &item});
  }
  if (!map().item_selector) return item;
  const interpreter::Frame* frame = parent.find(command_.task.frame);
  PAWL_ASSERT(frame != nullptr);  // next_child has looked
  const interpreter::FrameScope scope(*program_, parent, *frame, command_.state_input, random_,
                                      interpreter::MapItem{static_cast<int64_t>(index), &item});
  base::Result<Value> selected = map().item_selector->evaluate(scope.bindings());
  if (selected) return *std::move(selected);
  fail_in_state(parent, error_name_of(selected.error()), selected.error().message);
  return std::nullopt;
}

/// A field with expressions, seen from the Map state.
std::optional<Value> MapRun::evaluate(const ExecutionState& parent,
                                      const query::jsonata::ValueTemplate& field,
                                      std::optional<interpreter::MapItem> item) {
  const interpreter::Frame* frame = parent.find(command_.task.frame);
  PAWL_ASSERT(frame != nullptr);  // next_child has looked
  const interpreter::FrameScope scope(*program_, parent, *frame, command_.state_input, random_,
                                      item);
  interpreter::StatesFields states;
  states.item = item;
  const interpreter::StatesScope variables(scope, command_.state_input, states,
                                           field.reads_context());
  query::jsonata::EvaluationInput input;
  input.variables = &variables;
  input.random = &random_;
  input.now_ms = frame->entered_at.ms;
  auto value = field.evaluate(input);
  if (value) return *std::move(value);
  fail_in_state(parent, asl::error_name::kQueryEvaluationError, value.error().cause);
  return std::nullopt;
}

/// ASL "ItemBatcher": {"BatchInput": …, "Items": [...]} of as many items as both limits allow, but
/// at least one.
std::optional<Value> MapRun::next_batch(const ExecutionState& parent) {
  if (!batch_limits_read_ && !read_batch_limits(parent)) return std::nullopt;
  const asl::ItemBatcher& batcher = *map().item_batcher;
  ObjectBuilder batch;
  size_t bytes = std::string_view(R"({"Items":[]})").size();
  if (batcher.batch_input) {
    const interpreter::Frame* frame = parent.find(command_.task.frame);
    PAWL_ASSERT(frame != nullptr);
    const interpreter::FrameScope scope(*program_, parent, *frame, command_.state_input, random_);
    base::Result<Value> batch_input = batcher.batch_input->evaluate(scope.bindings());
    if (!batch_input) {
      fail_in_state(parent, error_name_of(batch_input.error()), batch_input.error().message);
      return std::nullopt;
    }
    bytes += std::string_view(R"("BatchInput":,)").size() + batch_input->text_bytes();
    batch.set("BatchInput", *std::move(batch_input));
  }
  if (batcher.jsonata_batch_input) {
    std::optional<Value> batch_input = evaluate(parent, *batcher.jsonata_batch_input, std::nullopt);
    if (!batch_input) return std::nullopt;
    bytes += std::string_view(R"("BatchInput":,)").size() + batch_input->text_bytes();
    batch.set("BatchInput", *std::move(batch_input));
  }
  std::vector<Value> items;
  while (items.size() < batch_items_max_) {
    std::optional<Value> item = std::exchange(carried_item_, std::nullopt);
    if (!item) {
      if (next_item_ >= command_.items.size()) break;
      item = select_item(parent, next_item_);
      if (!item) return std::nullopt;
      ++next_item_;
    }
    const size_t item_bytes = item->text_bytes() + (items.empty() ? 0 : 1);
    if (!items.empty() && bytes + item_bytes > batch_bytes_max_) {
      carried_item_ = std::move(item);
      break;
    }
    bytes += item_bytes;
    items.push_back(*std::move(item));
  }
  batch.set("Items", Value::array(std::move(items)));
  return std::move(batch).build();
}

bool MapRun::read_batch_limits(const ExecutionState& parent) {
  const asl::ItemBatcher& batcher = *map().item_batcher;
  // No batch may be larger than an execution's input.
  batch_bytes_max_ = parent_info_->limits.payload_bytes_max;
  if (batcher.max_items_per_batch.present()) {
    const auto limit = batch_limit(parent, batcher.max_items_per_batch, "MaxItemsPerBatch");
    if (!limit) return false;
    batch_items_max_ = static_cast<size_t>(*limit);
  }
  if (batcher.max_input_bytes_per_batch.present()) {
    const auto limit =
        batch_limit(parent, batcher.max_input_bytes_per_batch, "MaxInputBytesPerBatch");
    if (!limit) return false;
    batch_bytes_max_ = std::min(batch_bytes_max_, static_cast<size_t>(*limit));
  }
  batch_limits_read_ = true;
  return true;
}

std::optional<int64_t> MapRun::batch_limit(const ExecutionState& parent,
                                           const asl::IntegerField& field,
                                           std::string_view field_name) {
  std::optional<int64_t> limit = field.literal;
  if (field.expression) {
    const std::optional<Value> value = evaluate(parent, *field.expression, std::nullopt);
    if (!value) return std::nullopt;
    int64_t number = 0;
    if (value->is_number() && value->to_int64(number)) limit = number;
    if (!limit) {
      fail_in_state(parent, asl::error_name::kQueryEvaluationError,
                    field.expression->unexpected_type("number", *value).cause);
      return std::nullopt;
    }
  }
  if (field.path) {
    const interpreter::Frame* frame = parent.find(command_.task.frame);
    PAWL_ASSERT(frame != nullptr);
    const interpreter::FrameScope scope(*program_, parent, *frame, command_.state_input, random_);
    base::Result<Value> value = field.path->evaluate(scope.bindings());
    if (!value) {
      fail_in_state(parent, asl::error_name::kRuntime,
                    "Invalid path '" + field.path->text() + "' : " + value.error().message);
      return std::nullopt;
    }
    int64_t number = 0;
    if (value->is_number() && value->to_int64(number)) limit = number;
    if (value->is_string()) limit = base::parse_int64(value->as_string());
    if (!limit) {
      fail_in_state(parent, asl::error_name::kRuntime,
                    "The " + std::string(field_name) + "Path field refers to value \"" +
                        json::write(*value) +
                        "\" which is not a valid integer: " + field.path->text());
      return std::nullopt;
    }
  }
  if (*limit > 0) return limit;
  fail_in_state(parent, asl::error_name::kRuntime, std::string(field_name) + " must be positive.");
  return std::nullopt;
}

void MapRun::child_ended(uint32_t index, const ExecutionState& child) {
  --running_;
  if (outcome_) return;
  const bool succeeded = child.status == interpreter::ExecutionStatus::Succeeded;
  results_[index] = succeeded && !with_metadata_ ? child.output.value() : child_metadata(child);
  if (succeeded) {
    succeeded_items_ += item_counts_[index];
  } else {
    failed_items_ += item_counts_[index];
    item_counts_[index] = 0;  // marks it: FLATTEN leaves a failed child's result alone
    if (too_many_failures()) {
      fail({.error = std::string(asl::error_name::kExceedToleratedFailureThreshold),
            .cause = "The specified tolerated failure threshold was exceeded"});
      return;
    }
  }
  finish_if_done();
}

MapRunProgress MapRun::progress() const {
  return {.map_run_arn = arn_,
          .state = command_.state,
          .items_total = command_.items.size(),
          .items_succeeded = succeeded_items_,
          .items_failed = failed_items_,
          .children_running = running_};
}

/// Either threshold alone fails the run; without any, the first failure does.
bool MapRun::too_many_failures() const {
  const bool has_count = map().tolerated_failure_count.present();
  const bool has_percentage = map().tolerated_failure_percentage.present();
  if (!has_count && !has_percentage) return failed_items_ > 0;
  if (has_count && failed_items_ > static_cast<size_t>(command_.tolerated_failure_count))
    return true;
  const double percentage =
      100.0 * static_cast<double>(failed_items_) / static_cast<double>(command_.items.size());
  return has_percentage && percentage > command_.tolerated_failure_percentage;
}

void MapRun::finish_if_done() {
  if (running_ > 0 || carried_item_ || next_item_ < command_.items.size()) return;
  std::vector<Value> results = std::exchange(results_, {});
  if (flatten_) {
    std::vector<Value> flat;
    for (size_t i = 0; i < results.size(); ++i) {
      if (item_counts_[i] != 0 && results[i].is_array()) {
        flat.insert(flat.end(), results[i].items().begin(), results[i].items().end());
      } else {
        flat.push_back(results[i]);
      }
    }
    results = std::move(flat);
  }
  outcome_ = Outcome{json::Payload(Value::array(std::move(results))), std::nullopt};
}

void MapRun::fail_in_state(const ExecutionState& parent, std::string_view error,
                           std::string_view message) {
  const interpreter::Frame* frame = parent.find(command_.task.frame);
  PAWL_ASSERT(frame != nullptr);
  fail({.error = std::string(error),
        .cause = "An error occurred while executing the state '" + state().name +
                 "' (entered at the event id #" + std::to_string(frame->entered_event_id) + "). " +
                 std::string(message)});
}

void MapRun::fail(asl::ExecutionError error) { outcome_ = Outcome{{}, std::move(error)}; }

std::shared_ptr<const ExecutionInfo> MapRun::child_info(size_t first_item, bool batched) {
  auto info = std::make_shared<ExecutionInfo>(*parent_info_);
  const std::string prefix = "arn:aws:states:" + info->region + ":" + info->account;
  info->execution_name = base::make_uuid(random_);
  info->state_machine_name = machine_with_label_;
  info->state_machine_arn = prefix + ":stateMachine:" + machine_with_label_;
  info->scope = map().processor;
  if (map().execution_type == asl::StateMachineType::Express) {
    info->execution_arn = prefix + ":express:" + machine_with_label_ + ":" + info->execution_name +
                          ":" + base::make_uuid(random_);
  } else {
    info->execution_arn = prefix + ":execution:" + machine_with_label_ + ":" + info->execution_name;
  }
  info->map_item_index.reset();
  info->map_item_value = Value();
  if (!batched) {
    info->map_item_index = static_cast<int64_t>(first_item);
    info->map_item_value = command_.items.items()[first_item];
  }
  return info;
}

}  // namespace pawl::engine
