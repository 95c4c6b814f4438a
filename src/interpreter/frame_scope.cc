// SPDX-License-Identifier: Apache-2.0
#include "interpreter/frame_scope.h"

#include <utility>

namespace pawl::interpreter {
namespace {

/// States whose Retry counts; only they have $$.State.RetryCount.
bool counts_retries(asl::StateType type) {
  return type == asl::StateType::Task || type == asl::StateType::Parallel ||
         type == asl::StateType::Map;
}

int64_t total_retries(const Frame& frame) {
  int64_t total = 0;
  for (const uint32_t count : frame.retries) total += count;
  return total;
}

json::Value item_object(int64_t index, const json::Value& value) {
  json::ObjectBuilder item;
  item.set("Index", json::Value(index)).set("Value", value);
  json::ObjectBuilder map;
  map.set("Item", std::move(item).build());
  return std::move(map).build();
}

}  // namespace

FrameScope::FrameScope(const asl::Program& program, const ExecutionState& state, const Frame& frame,
                       const json::Value& input, base::Random& random, std::optional<MapItem> item)
    : program_(program), state_(state), frame_(frame), item_(item) {
  bindings_.input = &input;
  bindings_.context = this;
  bindings_.variables = this;
  bindings_.random = &random;
  bindings_.limits = &state.info->limits;
}

const json::Value& FrameScope::value() const {
  if (!context_) context_ = build_context();
  return *context_;
}

const json::Value* FrameScope::find(std::string_view name) const {
  for (const Frame* frame = &frame_; frame != nullptr; frame = state_.find(frame->parent)) {
    for (const auto& [variable, value] : frame->variables) {
      if (variable == name) return &value;
    }
  }
  return nullptr;
}

// Developer Guide "Context object data": members in the order in which AWS prints them.
json::Value FrameScope::build_context() const {
  const ExecutionInfo& info = *state_.info;
  const asl::State& state = program_.states[frame_.state];
  if (info.context_object) {
    const json::Value& given = info.context_object->value();
    return item_ ? given.with_member("Map", *map_context()) : given;
  }

  json::ObjectBuilder execution;
  execution.set("Id", json::Value(info.execution_arn))
      .set("Input", state_.input.value())
      .set("StartTime", json::Value(base::format_iso8601(state_.started_at)))
      .set("Name", json::Value(info.execution_name))
      .set("RoleArn", json::Value(info.role_arn));
  // Recorded: an EXPRESS execution, which nobody can redrive, has no RedriveCount.
  if (program_.type != asl::StateMachineType::Express)
    execution.set("RedriveCount", json::Value(state_.redrive_count));
  if (state_.redrive_count > 0) {
    execution.set("RedriveTime", json::Value(base::format_iso8601(state_.redriven_at)));
  }

  json::ObjectBuilder machine;
  machine.set("Id", json::Value(info.state_machine_arn))
      .set("Name", json::Value(info.state_machine_name));

  json::ObjectBuilder current;
  current.set("Name", json::Value(state.name))
      .set("EnteredTime", json::Value(base::format_iso8601(frame_.entered_at)));
  if (counts_retries(state.type)) current.set("RetryCount", json::Value(total_retries(frame_)));

  json::ObjectBuilder context;
  context.set("Execution", std::move(execution).build())
      .set("StateMachine", std::move(machine).build())
      .set("State", std::move(current).build());
  if (!frame_.task_token.empty()) {
    json::ObjectBuilder task;
    task.set("Token", json::Value(frame_.task_token));
    context.set("Task", std::move(task).build());
  }
  if (std::optional<json::Value> map = map_context()) context.set("Map", *std::move(map));
  return std::move(context).build();
}

std::optional<json::Value> FrameScope::map_context() const {
  if (item_) return item_object(item_->index, *item_->value);
  for (const Frame* frame = &frame_; frame->parent != kNoFrame;) {
    const Frame* parent = state_.find(frame->parent);
    if (parent == nullptr) break;
    if (parent->children && parent->children->items.is_array()) {
      return item_object(frame->index, parent->children->items.items()[frame->index]);
    }
    frame = parent;
  }
  if (state_.info->map_item_index)
    return item_object(*state_.info->map_item_index, state_.info->map_item_value);
  return std::nullopt;
}

}  // namespace pawl::interpreter
