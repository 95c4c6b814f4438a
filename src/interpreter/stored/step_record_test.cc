// SPDX-License-Identifier: Apache-2.0
// Step records: what comes back, what is written once, what is refused. tests/laws has the chains.
#include "interpreter/stored/step_record.h"

#include <gtest/gtest.h>

#include "asl/compile.h"
#include "interpreter/history_json.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::interpreter {
namespace {

json::Payload payload(std::string text) {
  return json::Payload::from_text(std::move(text)).value();
}

json::Value value(std::string_view text) { return json::parse(text).value(); }

std::string encode(const ExecutionState& state, const StepDelta& delta, RecordKind kind) {
  std::string record;
  encode_step_record(state, delta, kind, record);
  return record;
}

HistoryEvent event(int64_t id, HistoryEventType type, HistoryEventDetails details) {
  return {id, id - 1, {1'700'000'000'000 + id}, type, std::move(details)};
}

template <typename T>
std::shared_ptr<const T> boxed(T details) {
  return std::make_shared<const T>(std::move(details));
}

/// One event of every kind of details; ids from 1.
std::vector<HistoryEvent> every_kind() {
  std::vector<HistoryEvent> events;
  const auto add = [&](HistoryEventType type, HistoryEventDetails details) {
    events.push_back(event(static_cast<int64_t>(events.size()) + 1, type, std::move(details)));
  };
  using Type = HistoryEventType;
  add(Type::ExecutionStarted, ExecutionStartedDetails{payload("[1, 2]")});
  add(Type::TaskStateEntered, StateEnteredDetails{0, payload("[1, 2]")});
  add(Type::LambdaFunctionScheduled,
      boxed(ScheduledDetails{"arn:f", payload("{}"), 3, std::nullopt, "arn:role"}));
  add(Type::ActivityScheduled, boxed(ScheduledDetails{"arn:a", payload("{}"), {}, 4, {}}));
  add(Type::LambdaFunctionStarted, {});
  add(Type::LambdaFunctionSucceeded, OutputDetails{json::Payload(value("[1,2]"))});
  add(Type::LambdaFunctionFailed,
      ErrorDetails{std::make_shared<const asl::ExecutionError>(asl::ExecutionError{"E", {}})});
  add(Type::TaskScheduled,
      boxed(TaskScheduledDetails{0, "us-east-1", value(R"({"a":1.50})"), 5, 6, "arn:role"}));
  add(Type::TaskSubmitted, boxed(TaskDetails{0, payload(R"({ })"), {}}));
  add(Type::TaskFailed, boxed(TaskDetails{0, std::nullopt, {"E", "cause"}}));
  add(Type::ActivityStarted, boxed(ActivityStartedDetails{"worker"}));
  add(Type::MapStateStarted, MapStateStartedDetails{7});
  add(Type::MapIterationStarted, MapIterationDetails{0, 3});
  add(Type::MapRunStarted, boxed(MapRunStartedDetails{"arn:run"}));
  add(Type::EvaluationFailed, boxed(EvaluationFailedDetails{0, "E", "c", "/a"}));
  add(Type::TaskStateExited,
      StateExitedDetails{0, payload("3"),
                         std::make_shared<const AssignedVariables>(AssignedVariables{
                             {"x", value(R"([ 1 ])")}, {"y", value(R"("text")")}})});
  add(Type::ExecutionRedriven, ExecutionRedrivenDetails{2});
  add(Type::MapRunRedriven, boxed(MapRunRedrivenDetails{"arn:run", 3}));
  add(Type::TaskStateExited, StateExitedDetails{0, payload("\"long text of a payload\""), nullptr});
  return events;
}

ExecutionState state_after(const std::vector<HistoryEvent>& events) {
  ExecutionState state;
  state.started_at = {1'700'000'000'000};
  state.next_event_id = static_cast<int64_t>(events.size()) + 1;
  return state;
}

std::string rendered(const std::vector<HistoryEvent>& events) {
  asl::TaskState task;
  task.resource.arn = "arn:aws:states:::lambda:invoke";
  asl::State state;
  state.name = "S";
  state.type = asl::StateType::Task;
  state.detail = std::move(task);
  asl::Program program;
  program.states.push_back(std::move(state));
  std::string lines;
  for (const HistoryEvent& each : events) {
    lines += json::write(render(each, program, ExecutionInfo{})) + "\n";
  }
  return lines;
}

TEST(StepRecord, EveryKindOfEventComesBack) {
  StepDelta delta;
  delta.events = every_kind();
  const std::string record = encode(state_after(delta.events), delta, RecordKind::Delta);
  std::vector<HistoryEvent> read;
  ASSERT_TRUE(read_record_events(record, 1, INT64_MAX, read));
  EXPECT_EQ(rendered(read), rendered(delta.events));
}

TEST(StepRecord, OutlinesAreTheEventsWithoutTexts) {
  StepDelta delta;
  delta.events = every_kind();
  const std::string record = encode(state_after(delta.events), delta, RecordKind::Delta);
  std::vector<EventOutline> read;
  ASSERT_TRUE(read_record_outlines(record, 1, INT64_MAX, read));
  ASSERT_EQ(read.size(), delta.events.size());
  std::string states;
  std::string numbers;
  for (size_t i = 0; i < read.size(); ++i) {
    const HistoryEvent& whole = delta.events[i];
    EXPECT_EQ(read[i].id, whole.id);
    EXPECT_EQ(read[i].previous_event_id, whole.previous_event_id);
    EXPECT_EQ(read[i].timestamp, whole.timestamp);
    EXPECT_EQ(read[i].type, whole.type);
    states += read[i].state ? 's' : '-';
    if (read[i].number) numbers += std::to_string(*read[i].number) + " ";
  }
  EXPECT_EQ(states, "-s-----sss--s-ss--s");
  EXPECT_EQ(numbers, "7 3 2 3 ");
  read.clear();
  ASSERT_TRUE(read_record_outlines(record, 3, 4, read));
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read.front().id, 3);
}

TEST(StepRecord, EventsAreChosenById) {
  StepDelta delta;
  delta.events = every_kind();
  const std::string record = encode(state_after(delta.events), delta, RecordKind::Delta);
  std::vector<HistoryEvent> read;
  ASSERT_TRUE(read_record_events(record, 3, 4, read));
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read.front().id, 3);
  ASSERT_TRUE(read_record_events(record, 1'000, 2'000, read));
  EXPECT_EQ(read.size(), 2U);
}

/// A frame with something in every field.
Frame& add_frame(ExecutionState& state, FrameId id, FrameId parent) {
  auto frame = std::make_unique<Frame>();
  frame->id = id;
  frame->parent = parent;
  frame->index = parent == kNoFrame ? 0 : 1;
  frame->state = 5;
  frame->phase = Phase::Task;
  frame->input = payload(R"({ "a" : 1 })");
  frame->entered_at = {1'700'000'000'123};
  frame->entered_event_id = 2;
  frame->last_event_id = 3;
  frame->next_sequence = 9;
  frame->retries = {0, 2};
  frame->variables = {{"x", value("1.50")}, {"y", value(R"({"a":1})")}};
  frame->task = 1;
  frame->timer = 2;
  frame->timeout_timer = 3;
  frame->heartbeat_timer = 4;
  frame->task_started = frame->task_submitted = true;
  frame->heartbeat_seconds = 60;
  frame->task_token = "token";
  frame->halted = true;
  frame->map_run_arn = "arn:run";
  frame->map_started_event_id = 3;
  frame->map_run_redrives = 4;
  frame->continuation = "where the dispatcher was";
  state.next_frame_id = std::max(state.next_frame_id, id + 1);
  return *(state.frames[id] = std::move(frame));
}

ExecutionState state_with_map() {
  ExecutionState state = state_after({});
  state.input = payload("[ 7, 8 ]");
  state.redrive_count = 2;
  state.redriven_at = {1'700'000'000'777};
  state.variable_bytes = 11;
  state.timeout_timer = 1;
  state.ready = {4, 0};
  Frame& parent = add_frame(state, 0, kNoFrame);
  parent.phase = Phase::Children;
  parent.children = std::make_unique<Children>();
  parent.children->items = state.input.value();
  parent.children->selector_input = state.input;
  parent.children->results = {value("null"), value(R"({"r":1})")};
  parent.children->total = 2;
  parent.children->next = 2;
  parent.children->running = 1;
  parent.children->concurrency = 40;
  add_frame(state, 4, 0);
  return state;
}

TEST(StepRecord, EveryFieldOfTheStateComesBack) {
  ExecutionState state = state_with_map();
  ExecutionState again;
  ASSERT_TRUE(apply_step_record(encode(state, {}, RecordKind::Full), again));
  EXPECT_EQ(again.ready, state.ready);
  EXPECT_EQ(again.redrive_count, 2);
  EXPECT_EQ(again.redriven_at.ms, 1'700'000'000'777);
  EXPECT_EQ(again.variable_bytes, 11);
  EXPECT_EQ(again.timeout_timer, 1U);
  EXPECT_EQ(again.next_frame_id, 5U);
  EXPECT_EQ(again.started_at, state.started_at);
  ASSERT_EQ(again.frames.size(), 2U);
  const Frame& frame = *again.find(4);
  EXPECT_EQ(frame.parent, 0U);
  EXPECT_EQ(frame.index, 1U);
  EXPECT_EQ(frame.state, 5U);
  EXPECT_EQ(frame.phase, Phase::Task);
  EXPECT_EQ(frame.input.text(), R"({ "a" : 1 })");
  EXPECT_EQ(frame.entered_at.ms, 1'700'000'000'123);
  EXPECT_EQ(frame.entered_event_id, 2);
  EXPECT_EQ(frame.last_event_id, 3);
  EXPECT_EQ(frame.next_sequence, 9U);
  EXPECT_EQ(frame.retries, (std::vector<uint32_t>{0, 2}));
  EXPECT_EQ(frame.variables, state.find(4)->variables);
  EXPECT_EQ(json::write(frame.variables[0].second), "1.50");
  EXPECT_EQ(frame.task, 1U);
  EXPECT_EQ(frame.timer, 2U);
  EXPECT_EQ(frame.timeout_timer, 3U);
  EXPECT_EQ(frame.heartbeat_timer, 4U);
  EXPECT_TRUE(frame.task_started);
  EXPECT_TRUE(frame.task_submitted);
  EXPECT_EQ(frame.heartbeat_seconds, 60);
  EXPECT_EQ(frame.task_token, "token");
  EXPECT_TRUE(frame.halted);
  EXPECT_EQ(frame.map_run_arn, "arn:run");
  EXPECT_EQ(frame.map_started_event_id, 3);
  EXPECT_EQ(frame.map_run_redrives, 4U);
  EXPECT_EQ(frame.continuation, "where the dispatcher was");
  const Children& children = *again.find(0)->children;
  EXPECT_EQ(children.items, value("[7,8]"));
  EXPECT_EQ(children.selector_input.text(), "[ 7, 8 ]");
  EXPECT_EQ(children.results, state.find(0)->children->results);
  EXPECT_EQ(children.concurrency, 40U);
  EXPECT_EQ(encode(again, {}, RecordKind::Full), encode(state, {}, RecordKind::Full));
}

TEST(StepRecord, AnEndedExecutionKeepsOutputAndError) {
  ExecutionState state = state_after({});
  state.status = ExecutionStatus::Failed;
  state.stopped_at = {1'700'000'000'999};
  state.error = {"E", std::nullopt};
  const std::string record = encode(state, {}, RecordKind::Delta);
  const RecordHeader header = read_record_header(record).value();
  EXPECT_EQ(header.status, ExecutionStatus::Failed);
  EXPECT_EQ(header.stopped_at.ms, 1'700'000'000'999);
  ExecutionState again;
  ASSERT_TRUE(apply_step_record(record, again));
  EXPECT_EQ(again.error.error, "E");
  EXPECT_FALSE(again.error.cause);
}

TEST(StepRecord, PayloadsAreWrittenOnceAndSharedAgain) {
  const std::string text = R"({ "long" : ")" + std::string(300, 'x') + R"(" })";
  StepDelta delta;
  const json::Payload input = payload(text);
  const json::Payload equal = payload(text);  // another node, the same text
  for (int64_t id = 1; id <= 20; ++id) {
    delta.events.push_back(event(id, HistoryEventType::PassStateEntered,
                                 StateEnteredDetails{0, id % 2 == 0 ? input : equal}));
  }
  ExecutionState state = state_after(delta.events);
  state.input = input;
  const std::string record = encode(state, delta, RecordKind::Full);
  EXPECT_LT(record.size(), text.size() + 200);
  std::vector<HistoryEvent> read;
  ASSERT_TRUE(read_record_events(record, 1, 20, read));
  const auto& first = std::get<StateEnteredDetails>(read.front().details).input;
  const auto& last = std::get<StateEnteredDetails>(read.back().details).input;
  EXPECT_EQ(first.identity(), last.identity());
  EXPECT_TRUE(first.is_as_written());
  EXPECT_EQ(first.text(), text);
}

TEST(StepRecord, WhatAStateMadeIsNotAsWritten) {
  StepDelta delta;
  delta.events = {event(1, HistoryEventType::ExecutionStarted,
                        ExecutionStartedDetails{payload(R"({"a":1.50})")}),
                  event(2, HistoryEventType::PassStateEntered,
                        StateEnteredDetails{0, json::Payload(value(R"({"a":1.50})"))})};
  std::vector<HistoryEvent> read;
  ASSERT_TRUE(
      read_record_events(encode(state_after(delta.events), delta, RecordKind::Full), 1, 2, read));
  EXPECT_TRUE(std::get<ExecutionStartedDetails>(read[0].details).input.is_as_written());
  const json::Payload& made = std::get<StateEnteredDetails>(read[1].details).input;
  EXPECT_FALSE(made.is_as_written());
  EXPECT_EQ(made.value(), value(R"({"a":1.5})"));
  EXPECT_EQ(made.text(), R"({"a":1.50})");
}

TEST(StepRecord, ADeltaWritesOneResultOfAThousand) {
  ExecutionState state = state_with_map();
  Children& children = *state.find(0)->children;
  children.items = json::Value::array(std::vector<json::Value>(1'000, value(R"("item")")));
  children.results.assign(1'000, value(R"({"result":"of an iteration"})"));
  children.total = 1'000;
  ExecutionState stored;
  ASSERT_TRUE(apply_step_record(encode(state, {}, RecordKind::Full), stored));
  children.results[17] = value(R"({"new":17})");
  StepDelta delta;
  delta.changed = {0};
  delta.parts = {{0, FramePart::Result, 17}};
  const std::string record = encode(state, delta, RecordKind::Delta);
  EXPECT_LT(record.size(), 150U);
  ASSERT_TRUE(apply_step_record(record, stored));
  EXPECT_EQ(encode(stored, {}, RecordKind::Full), encode(state, {}, RecordKind::Full));
}

TEST(StepRecord, ADeltaLeavesUnchangedPartsAlone) {
  ExecutionState state = state_with_map();
  state.find(4)->input = payload("\"" + std::string(1'000, 'x') + "\"");
  ExecutionState stored;
  ASSERT_TRUE(apply_step_record(encode(state, {}, RecordKind::Full), stored));
  state.find(4)->heartbeat_timer = 77;
  StepDelta delta;
  delta.changed = {4};
  const std::string record = encode(state, delta, RecordKind::Delta);
  EXPECT_LT(record.size(), 150U);
  ASSERT_TRUE(apply_step_record(record, stored));
  EXPECT_EQ(stored.find(4)->heartbeat_timer, 77U);
  EXPECT_EQ(stored.find(4)->input.text_bytes(), 1'002U);
}

TEST(StepDelta, MergesStepsAndNamesEachFrameOnce) {
  StepDelta delta;
  StepResult result;
  result.events = {event(1, HistoryEventType::ExecutionStarted, {})};
  result.changed = {2, 0};
  result.parts = {{2, FramePart::Input}, {0, FramePart::Input}, {2, FramePart::Input}};
  delta.add(result);
  EXPECT_TRUE(result.events.empty());
  result.clear();
  result.events = {event(2, HistoryEventType::ExecutionSucceeded, {})};
  result.changed = {0};
  result.removed = {2};
  delta.add(result);
  EXPECT_EQ(delta.events.size(), 2U);
  EXPECT_EQ(delta.changed, (std::vector<FrameId>{0, 2}));
  EXPECT_EQ(delta.removed, (std::vector<FrameId>{2}));
  EXPECT_FALSE(delta.empty());
  delta.clear();
  EXPECT_TRUE(delta.empty());
}

TEST(StepRecord, AMissingRecordIsNoticed) {
  StepDelta delta;
  delta.events = {event(1, HistoryEventType::ExecutionStarted, {})};
  ExecutionState state = state_after(delta.events);
  ExecutionState stored;
  stored.next_event_id = 7;
  const base::Result<void> applied =
      apply_step_record(encode(state, delta, RecordKind::Delta), stored);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().message, "stored record: begins with event 1, expected 7");
}

TEST(StepRecord, AnotherFormatIsRefusedByNumber) {
  std::string record = encode(state_after({}), {}, RecordKind::Full);
  record[0] = 9;
  const auto header = read_record_header(record);
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().kind, base::ErrorKind::Unsupported);
  EXPECT_EQ(header.error().message, "stored record: format 9");
}

TEST(StepRecord, EveryPrefixAndEveryFlippedBitGivesAnAnswer) {
  ExecutionState state = state_with_map();
  StepDelta delta;
  delta.events = every_kind();
  state.next_event_id = static_cast<int64_t>(delta.events.size()) + 1;
  const std::string record = encode(state, delta, RecordKind::Full);
  const auto read = [](std::string_view bytes) {
    ExecutionState again;
    std::vector<HistoryEvent> events;
    const bool good = apply_step_record(bytes, again).has_value();
    return read_record_events(bytes, 1, INT64_MAX, events).has_value() && good;
  };
  EXPECT_TRUE(read(record));
  for (size_t length = 0; length < record.size(); ++length) {
    EXPECT_FALSE(read(std::string_view(record).substr(0, length))) << length;
  }
  EXPECT_FALSE(read(record + '\0'));
  for (size_t bit = 0; bit < 8 * record.size(); ++bit) {
    std::string flipped = record;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    read(flipped);
  }
}

TEST(StepRecord, ATreeOfFramesWithALoopIsRefused) {
  ExecutionState state = state_with_map();
  state.find(0)->parent = 0;
  ExecutionState again;
  EXPECT_FALSE(apply_step_record(encode(state, {}, RecordKind::Full), again));
}

}  // namespace
}  // namespace pawl::interpreter
