// SPDX-License-Identifier: Apache-2.0
#include "interpreter/state_codec.h"

#include <algorithm>
#include <string>
#include <utility>

namespace pawl::interpreter {
namespace {

constexpr int64_t kFormat = 1;

json::Value number(int64_t value) { return json::Value(value); }

json::Value text_or_null(const std::optional<std::string>& text) {
  return text ? json::Value(*text) : json::Value();
}

json::Value encode_payload(const json::Payload& payload) { return json::Value(payload.text()); }

json::Value encode_error(const asl::ExecutionError& error) {
  json::ObjectBuilder out;
  out.set("error", text_or_null(error.error)).set("cause", text_or_null(error.cause));
  return std::move(out).build();
}

json::Value encode_variables(const std::vector<std::pair<std::string, json::Value>>& variables) {
  json::ObjectBuilder out;
  for (const auto& [name, value] : variables) out.set(name, value);
  return std::move(out).build();
}

json::Value encode_children(const Children& children) {
  json::ObjectBuilder out;
  out.set("items", children.items)
      .set("selectorInput", encode_payload(children.selector_input))
      .set("results", json::Value::array(children.results))
      .set("total", number(children.total))
      .set("next", number(children.next))
      .set("running", number(children.running))
      .set("concurrency", number(children.concurrency));
  return std::move(out).build();
}

json::Value encode_frame(const Frame& frame) {
  std::vector<json::Value> retries;
  retries.reserve(frame.retries.size());
  for (const uint32_t count : frame.retries) retries.push_back(number(count));
  json::ObjectBuilder out;
  out.set("id", number(frame.id))
      .set("parent", number(frame.parent))
      .set("index", number(frame.index))
      .set("state", number(frame.state))
      .set("phase", number(static_cast<int64_t>(frame.phase)))
      .set("input", encode_payload(frame.input))
      .set("enteredAt", number(frame.entered_at.ms))
      .set("enteredEventId", number(frame.entered_event_id))
      .set("lastEventId", number(frame.last_event_id))
      .set("nextSequence", number(frame.next_sequence))
      .set("retries", json::Value::array(std::move(retries)))
      .set("variables", encode_variables(frame.variables))
      .set("task", number(frame.task))
      .set("timer", number(frame.timer))
      .set("timeoutTimer", number(frame.timeout_timer))
      .set("heartbeatTimer", number(frame.heartbeat_timer))
      .set("taskStarted", json::Value(frame.task_started))
      .set("heartbeatSeconds", number(frame.heartbeat_seconds))
      .set("taskToken", json::Value(frame.task_token));
  if (frame.children) out.set("children", encode_children(*frame.children));
  return std::move(out).build();
}

/// Typed access to the members of one stored object; the first mistake is kept.
class Reader {
 public:
  explicit Reader(const json::Value& object) : object_(object) {}

  const json::Value* member(std::string_view name, json::Kind kind) {
    const json::Value* value = object_.find(name);
    if (value == nullptr || value->kind() != kind) {
      if (mistake_.empty()) mistake_ = name;
      return nullptr;
    }
    return value;
  }

  template <typename Integer>
  void read(std::string_view name, Integer& out) {
    int64_t integer = 0;
    const json::Value* value = member(name, json::Kind::Number);
    if (value == nullptr) return;
    if (!value->to_int64(integer) || !std::in_range<Integer>(integer)) {
      if (mistake_.empty()) mistake_ = name;
      return;
    }
    out = static_cast<Integer>(integer);
  }

  void read(std::string_view name, bool& out) {
    if (const json::Value* value = member(name, json::Kind::Boolean)) out = value->as_boolean();
  }

  void read(std::string_view name, std::string& out) {
    if (const json::Value* value = member(name, json::Kind::String)) out = value->as_string();
  }

  void read(std::string_view name, json::Payload& out) {
    const json::Value* value = member(name, json::Kind::String);
    if (value == nullptr) return;
    base::Result<json::Payload> payload = json::Payload::from_text(std::string(value->as_string()));
    if (payload) {
      out = *std::move(payload);
    } else if (mistake_.empty()) {
      mistake_ = name;
    }
  }

  /// null or absent is none.
  void read(std::string_view name, std::optional<std::string>& out) {
    const json::Value* value = object_.find(name);
    if (value != nullptr && value->is_string()) out = std::string(value->as_string());
  }

  base::Result<void> done(std::string_view what) const {
    if (mistake_.empty()) return {};
    return base::Error(
        base::ErrorKind::TypeMismatch,
        "stored " + std::string(what) + ": '" + mistake_ + "' is absent or of a wrong type");
  }

 private:
  const json::Value& object_;
  std::string mistake_;
};

base::Result<std::unique_ptr<Children>> decode_children(const json::Value& stored) {
  auto children = std::make_unique<Children>();
  Reader reader(stored);
  if (const json::Value* items = stored.find("items")) children->items = *items;
  reader.read("selectorInput", children->selector_input);
  if (const json::Value* results = reader.member("results", json::Kind::Array)) {
    children->results.assign(results->items().begin(), results->items().end());
  }
  reader.read("total", children->total);
  reader.read("next", children->next);
  reader.read("running", children->running);
  reader.read("concurrency", children->concurrency);
  PAWL_TRY_VOID(reader.done("children"));
  return children;
}

base::Result<std::unique_ptr<Frame>> decode_frame(const json::Value& stored) {
  auto frame = std::make_unique<Frame>();
  Reader reader(stored);
  uint8_t phase = 0;
  reader.read("id", frame->id);
  reader.read("parent", frame->parent);
  reader.read("index", frame->index);
  reader.read("state", frame->state);
  reader.read("phase", phase);
  reader.read("input", frame->input);
  reader.read("enteredAt", frame->entered_at.ms);
  reader.read("enteredEventId", frame->entered_event_id);
  reader.read("lastEventId", frame->last_event_id);
  reader.read("nextSequence", frame->next_sequence);
  reader.read("task", frame->task);
  reader.read("timer", frame->timer);
  reader.read("timeoutTimer", frame->timeout_timer);
  reader.read("heartbeatTimer", frame->heartbeat_timer);
  reader.read("taskStarted", frame->task_started);
  reader.read("heartbeatSeconds", frame->heartbeat_seconds);
  reader.read("taskToken", frame->task_token);
  if (const json::Value* retries = reader.member("retries", json::Kind::Array)) {
    for (const json::Value& count : retries->items()) {
      int64_t attempts = 0;
      if (count.is_number()) count.to_int64(attempts);
      frame->retries.push_back(static_cast<uint32_t>(attempts));
    }
  }
  if (const json::Value* variables = reader.member("variables", json::Kind::Object)) {
    for (const json::Member& variable : variables->members()) {
      frame->variables.emplace_back(std::string(variable.name()), variable.value);
    }
  }
  PAWL_TRY_VOID(reader.done("frame"));
  if (phase > static_cast<uint8_t>(Phase::MapRun)) {
    return base::Error(base::ErrorKind::TypeMismatch, "stored frame: 'phase' is unknown");
  }
  frame->phase = static_cast<Phase>(phase);
  if (const json::Value* children = stored.find("children")) {
    frame->children = PAWL_TRY(decode_children(*children));
  }
  return frame;
}

}  // namespace

json::Value encode_state(const ExecutionState& state) {
  std::vector<FrameId> ids;
  ids.reserve(state.frames.size());
  for (const auto& [id, frame] : state.frames) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  std::vector<json::Value> frames;
  frames.reserve(ids.size());
  for (const FrameId id : ids) frames.push_back(encode_frame(*state.find(id)));
  std::vector<json::Value> ready;
  ready.reserve(state.ready.size());
  for (const FrameId id : state.ready) ready.push_back(number(id));

  json::ObjectBuilder out;
  out.set("format", number(kFormat))
      .set("status", number(static_cast<int64_t>(state.status)))
      .set("startedAt", number(state.started_at.ms))
      .set("stoppedAt", number(state.stopped_at.ms))
      .set("input", encode_payload(state.input))
      .set("output", encode_payload(state.output))
      .set("failure", encode_error(state.error))
      .set("nextEventId", number(state.next_event_id))
      .set("nextFrameId", number(state.next_frame_id))
      .set("timeoutTimer", number(state.timeout_timer))
      .set("redriveCount", number(state.redrive_count))
      .set("variableBytes", number(state.variable_bytes))
      .set("ready", json::Value::array(std::move(ready)))
      .set("frames", json::Value::array(std::move(frames)));
  return std::move(out).build();
}

base::Result<ExecutionState> decode_state(const json::Value& stored,
                                          std::shared_ptr<const ExecutionInfo> info) {
  ExecutionState state;
  state.info = std::move(info);
  Reader reader(stored);
  int64_t format = 0;
  uint8_t status = 0;
  reader.read("format", format);
  reader.read("status", status);
  reader.read("startedAt", state.started_at.ms);
  reader.read("stoppedAt", state.stopped_at.ms);
  reader.read("input", state.input);
  reader.read("output", state.output);
  reader.read("nextEventId", state.next_event_id);
  reader.read("nextFrameId", state.next_frame_id);
  reader.read("timeoutTimer", state.timeout_timer);
  reader.read("redriveCount", state.redrive_count);
  reader.read("variableBytes", state.variable_bytes);
  const json::Value* failure = reader.member("failure", json::Kind::Object);
  const json::Value* ready = reader.member("ready", json::Kind::Array);
  const json::Value* frames = reader.member("frames", json::Kind::Array);
  PAWL_TRY_VOID(reader.done("execution"));
  if (format != kFormat) {
    return base::Error(base::ErrorKind::Unsupported,
                       "stored execution: format " + std::to_string(format));
  }
  if (status > static_cast<uint8_t>(ExecutionStatus::Aborted)) {
    return base::Error(base::ErrorKind::TypeMismatch, "stored execution: 'status' is unknown");
  }
  state.status = static_cast<ExecutionStatus>(status);
  Reader failure_reader(*failure);
  failure_reader.read("error", state.error.error);
  failure_reader.read("cause", state.error.cause);
  for (const json::Value& frame : frames->items()) {
    std::unique_ptr<Frame> decoded = PAWL_TRY(decode_frame(frame));
    const FrameId id = decoded->id;
    state.frames.emplace(id, std::move(decoded));
  }
  for (const json::Value& id : ready->items()) {
    int64_t frame = 0;
    if (id.is_number() && id.to_int64(frame)) state.ready.push_back(static_cast<FrameId>(frame));
  }
  return state;
}

}  // namespace pawl::interpreter
