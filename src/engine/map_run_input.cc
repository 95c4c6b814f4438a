// SPDX-License-Identifier: Apache-2.0
// What a child of a Map Run gets: ItemSelector, ItemBatcher and its limits; and the fields of a
// ResultWriter. All of them are seen from the Map state.
#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/integer.h"
#include "engine/map_run.h"
#include "interpreter/frame_scope.h"
#include "json/write.h"

namespace pawl::engine {

using interpreter::ExecutionState;
using json::ObjectBuilder;
using json::Value;

namespace {

std::string_view error_name_of(const base::Error& error) {
  return error.kind == base::ErrorKind::IntrinsicFailure ? asl::error_name::kIntrinsicFailure
                                                         : asl::error_name::kRuntime;
}

}  // namespace

/// A field with expressions.
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

/// A Payload Template: `$` is the Map's effective input, the item stands in $$.Map.Item.
std::optional<Value> MapRun::evaluate(const ExecutionState& parent,
                                      const query::PayloadTemplate& field,
                                      std::optional<interpreter::MapItem> item) {
  const interpreter::Frame* frame = parent.find(command_.task.frame);
  PAWL_ASSERT(frame != nullptr);
  const interpreter::FrameScope scope(*program_, parent, *frame, command_.state_input, random_,
                                      item);
  base::Result<Value> value = field.evaluate(scope.bindings());
  if (value) return *std::move(value);
  fail_in_state(parent, error_name_of(value.error()), value.error().message);
  return std::nullopt;
}

/// ASL "ItemSelector". Nothing if it failed or the item is not read yet.
std::optional<Value> MapRun::select_item(const ExecutionState& parent, uint64_t index) {
  const Value* item = item_at(index);
  if (item == nullptr) return std::nullopt;
  const interpreter::MapItem seen{static_cast<int64_t>(index), item};
  if (map().jsonata_item_selector) return evaluate(parent, *map().jsonata_item_selector, seen);
  if (map().item_selector) return evaluate(parent, *map().item_selector, seen);
  return *item;
}

std::optional<Value> MapRun::writer_arguments(const ExecutionState& parent) {
  if (!map().result_writer) return Value::object();
  const asl::ResultWriter& writer = *map().result_writer;
  if (writer.arguments) return evaluate(parent, *writer.arguments, std::nullopt);
  if (writer.parameters) return evaluate(parent, *writer.parameters, std::nullopt);
  return Value::object();
}

/// ASL "ItemBatcher": {"BatchInput": …, "Items": [...]} of as many items as both limits allow, but
/// at least one. Nothing if it failed or waits for items.
std::optional<Value> MapRun::next_batch(const ExecutionState& parent) {
  if (!batch_ && !begin_batch(parent)) return std::nullopt;
  Batch& batch = *batch_;
  while (batch.items.size() < batch_items_max_) {
    std::optional<Value> item = std::exchange(carried_item_, std::nullopt);
    if (!item) {
      if (next_item_ >= items_.total) {
        if (!has_all_items_) return std::nullopt;
        break;
      }
      item = select_item(parent, next_item_);
      if (!item) return std::nullopt;
      ++next_item_;
      drop_read_items();
    }
    const size_t item_bytes = item->text_bytes() + (batch.items.empty() ? 0 : 1);
    if (!batch.items.empty() && batch.bytes + item_bytes > batch_bytes_max_) {
      carried_item_ = std::move(item);
      break;
    }
    batch.bytes += item_bytes;
    batch.items.push_back(*std::move(item));
  }
  ObjectBuilder object;
  if (batch.input) object.set("BatchInput", *std::move(batch.input));
  object.set("Items", Value::array(std::move(batch.items)));
  batch_.reset();
  return std::move(object).build();
}

bool MapRun::begin_batch(const ExecutionState& parent) {
  if (!batch_limits_read_ && !read_batch_limits(parent)) return false;
  const asl::ItemBatcher& batcher = *map().item_batcher;
  Batch batch;
  if (batcher.batch_input) batch.input = evaluate(parent, *batcher.batch_input, std::nullopt);
  if (batcher.jsonata_batch_input)
    batch.input = evaluate(parent, *batcher.jsonata_batch_input, std::nullopt);
  if (outcome_) return false;
  batch.bytes = std::string_view(R"({"Items":[]})").size();
  if (batch.input)
    batch.bytes += std::string_view(R"("BatchInput":,)").size() + batch.input->text_bytes();
  batch_ = std::move(batch);
  return true;
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

void MapRun::fail_in_state(const ExecutionState& parent, std::string_view error,
                           std::string_view message) {
  const interpreter::Frame* frame = parent.find(command_.task.frame);
  PAWL_ASSERT(frame != nullptr);
  fail({.error = std::string(error),
        .cause = "An error occurred while executing the state '" + state().name +
                 "' (entered at the event id #" + std::to_string(frame->entered_event_id) + "). " +
                 std::string(message)});
}

}  // namespace pawl::engine
