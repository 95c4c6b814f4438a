// SPDX-License-Identifier: Apache-2.0
// Stepper: the working parts of one step(), shared by the files of this folder. flow.cc moves
// frames from state to state, failure.cc retries, catches and aborts, data_flow.cc filters input
// and output, tasks.cc waits for tasks, states/ has one file per state type.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/program.h"
#include "base/random.h"
#include "interpreter/frame_scope.h"
#include "interpreter/state_failure.h"
#include "interpreter/states_scope.h"
#include "interpreter/step.h"

namespace pawl::interpreter {

/// ResultSelector of a Map or Parallel state.
const std::optional<query::PayloadTemplate>& children_result_selector(const asl::State& state);

class Stepper {
 public:
  Stepper(const asl::Program& program, ExecutionState& state, base::Timestamp now, uint64_t seed,
          StepResult& result)
      : program_(program), state_(state), now_(now), random_(seed), result_(result) {}

  // step.cc: one handler per InputEvent.
  void on(const ExecutionStarted& event);
  void on(const TaskStarted& event);
  void on(const TaskSubmitted& event);
  void on(const TaskSucceeded& event);
  void on(const TaskFailed& event);
  void on(const TaskHeartbeat& event);
  void on(const TimerFired& event);
  void on(const MapRunStarted& event);
  void on(const MapRunEnded& event);
  void on(const StopRequested& event);
  void on(const RedriveRequested& event);
  void on(const Resumed& event);
  /// Runs ready frames in turn until none is left, the execution has ended or the step's budget is
  /// spent.
  void run();
  void finish_step();

 private:
  /// Evaluates with the functions below what step() evaluates, one by one.
  friend class StateEvaluator;

  /// What a state leaves behind.
  struct Departure {
    json::Payload output;
    std::shared_ptr<const AssignedVariables> assigned;
    asl::StateIndex next = asl::kEnd;
  };

  // flow.cc
  const asl::State& state_of(const Frame& frame) const { return program_.states[frame.state]; }
  int64_t emit(int64_t previous, HistoryEventType type, HistoryEventDetails details);
  void emit_next(Frame& frame, HistoryEventType type, HistoryEventDetails details);
  void touch(Frame& frame);
  void note(const Frame& frame, FramePart part, uint32_t index = 0);
  Frame& make_frame(FrameId parent, uint32_t index, asl::ScopeIndex scope, json::Payload input,
                    int64_t last_event_id);
  void remove_frame(FrameId id);
  void drop_children(Frame& frame);
  std::vector<FrameId> children_of(FrameId parent) const;
  void start_execution_timer(uint32_t sequence);
  void make_ready(Frame& frame);
  bool advance(Frame& frame);
  void enter(Frame& frame);
  void execute(Frame& frame);
  void leave(Frame& frame, Departure departure);
  void finish_frame(Frame& frame, json::Payload output);
  void join(Frame& parent, json::Payload& output, int64_t branch_last_event_id);
  void end_execution(ExecutionStatus status);
  void fail_execution(int64_t previous, asl::ExecutionError error);
  void start_timer(Frame& frame, uint32_t& slot, base::Timestamp due);
  void cancel_timer(Frame& frame, uint32_t& slot);
  void cancel_waits(Frame& frame);

  // failure.cc
  void fail(Frame& frame, StateFailure failure);
  bool retry(Frame& frame, const StateFailure& failure);
  bool catch_error(Frame& frame, const StateFailure& failure);
  void propagate(Frame& frame, StateFailure failure);
  void abort_children(Frame& parent, FrameId except);
  void abort_frame(Frame& frame);
  void halt(Frame& frame);
  StateFailure in_state(const Frame& frame, StateFailure failure) const;
  StateFailure query_failure(const Frame& frame, const base::Error& error) const;
  StateFailure path_failure(const Frame& frame, const query::Path& path,
                            const base::Error& error) const;

  // redrive.cc
  void redrive_frame(Frame& frame, int64_t redriven_event_id, bool from_start);
  void redrive_map_run(Frame& frame);

  // data_flow.cc
  Outcome<json::Payload> apply_path(const Frame& frame, const asl::PathField& field,
                                    const json::Payload& payload);
  Outcome<json::Payload> apply_template(const Frame& frame,
                                        const std::optional<query::PayloadTemplate>& source,
                                        json::Payload payload);
  Outcome<json::Payload> apply_result_path(const Frame& frame, const asl::ResultPathField& field,
                                           const json::Payload& raw_input, json::Payload result);
  Outcome<std::shared_ptr<const AssignedVariables>> evaluate_assign(const Frame& frame,
                                                                    const asl::AssignField& assign,
                                                                    const json::Payload& input,
                                                                    const StatesFields& states);
  Outcome<std::shared_ptr<const AssignedVariables>> checked_assignment(const Frame& frame,
                                                                       AssignedVariables members);
  Outcome<json::Payload> check_size(const Frame& frame, json::Payload output) const;
  /// Result of a state that has one: ResultSelector, Assign, ResultPath, OutputPath, size; then
  /// leaves.
  void leave_with_result(Frame& frame, const std::optional<query::PayloadTemplate>& selector,
                         json::Payload result);
  /// Notes a stage of a JSONPath state's data flow, if somebody looks.
  void inspect_flow(const Frame& frame, std::optional<json::Payload> Inspection::*stage,
                    const json::Payload& payload) const {
    if (result_.inspection != nullptr && !speaks_jsonata(frame))
      result_.inspection->*stage = payload;
  }
  Outcome<Departure> depart_with_result(Frame& frame,
                                        const std::optional<query::PayloadTemplate>& selector,
                                        json::Payload result);
  Outcome<std::optional<int64_t>> evaluate_integer(const Frame& frame,
                                                   const asl::IntegerField& field,
                                                   std::string_view field_name,
                                                   const json::Payload& input);

  // jsonata_flow.cc
  /// The value of a field with expressions, or `otherwise` if it is absent.
  Outcome<json::Payload> evaluate_field(const Frame& frame, const asl::JsonataField& field,
                                        json::Payload otherwise, const StatesFields& states);
  Outcome<json::Value> evaluate_expressions(const Frame& frame,
                                            const query::jsonata::ValueTemplate& field,
                                            const StatesFields& states);
  /// The same for a field that must have this type.
  Outcome<json::Value> evaluate_typed(const Frame& frame,
                                      const query::jsonata::ValueTemplate& field, json::Kind kind,
                                      const StatesFields& states);
  Outcome<int64_t> evaluate_whole_number(const Frame& frame,
                                         const query::jsonata::ValueTemplate& field);
  /// States.QueryEvaluationError, after its EvaluationFailed event.
  StateFailure evaluation_failed(const Frame& frame, query::jsonata::TemplateFailure failure);
  StateFailure evaluation_failed_after(int64_t previous, const Frame& frame,
                                       query::jsonata::TemplateFailure failure);
  bool speaks_jsonata(const Frame& frame) const {
    return state_of(frame).query_language == asl::QueryLanguage::Jsonata;
  }

  // tasks.cc
  Frame* waiting_frame(TaskId task);
  void emit_task_started(Frame& frame, const std::string& worker_name);
  void task_succeeded(Frame& frame, json::Payload output);
  void task_failed(Frame& frame, TaskFailed::Phase phase, asl::ExecutionError error);
  void task_timed_out(Frame& frame, std::string_view error_name);
  void restart_heartbeat(Frame& frame);

  // states/*.cc
  Outcome<void> execute_pass(Frame& frame, const asl::PassState& pass);
  Outcome<void> execute_task(Frame& frame, const asl::TaskState& task);
  Outcome<void> execute_choice(Frame& frame, const asl::ChoiceState& choice);
  Outcome<bool> branch_matches(const Frame& frame, const asl::ChoiceBranch& branch,
                               const FrameScope& scope);
  Outcome<bool> choice_matches(const Frame& frame, const asl::ChoiceRule& rule,
                               const FrameScope& scope);
  Outcome<void> execute_wait(Frame& frame, const asl::WaitState& wait);
  Outcome<base::Timestamp> wait_until(const Frame& frame, const asl::WaitState& wait,
                                      const json::Payload& input);
  Outcome<base::Timestamp> wait_until_expression(const Frame& frame,
                                                 const query::jsonata::ValueTemplate& timestamp);
  Outcome<void> leave_wait(Frame& frame);
  Outcome<void> execute_succeed(Frame& frame);
  Outcome<void> execute_fail(Frame& frame, const asl::FailState& fail);
  Outcome<std::optional<std::string>> evaluate_fail_field(const Frame& frame,
                                                          const asl::StringField& field,
                                                          std::string_view field_name);
  Outcome<void> execute_parallel(Frame& frame, const asl::ParallelState& parallel);
  Outcome<void> execute_map(Frame& frame, const asl::MapState& map);
  Outcome<json::Value> map_items(const Frame& frame, const asl::MapState& map,
                                 const json::Payload& input);
  Outcome<void> start_map_run(Frame& frame, const asl::MapState& map, const json::Payload& input,
                              json::Value items, int64_t max_concurrency);
  Outcome<double> evaluate_percentage(const Frame& frame, const asl::MapState& map,
                                      const json::Payload& input);
  void start_iterations(Frame& parent, int64_t previous_event_id);
  Outcome<void> start_iteration(Frame& parent, uint32_t index, int64_t previous_event_id);
  Outcome<json::Value> jsonata_map_items(const Frame& frame, const asl::MapState& map);
  Outcome<json::Value> select_item(const Frame& frame, const asl::MapState& map,
                                   const json::Value& selector_input, uint32_t index,
                                   const json::Value& item);
  // states/map_inspection.cc
  Outcome<void> inspect_map(const Frame& frame, const asl::MapState& map,
                            const json::Payload& input, const json::Value& read_items);
  Outcome<std::vector<json::Value>> batch_items(const Frame& frame, const asl::ItemBatcher& batcher,
                                                const json::Payload& input,
                                                std::vector<json::Value> items);

  const asl::Program& program_;
  ExecutionState& state_;
  base::Timestamp now_;
  base::Random random_;
  StepResult& result_;
  size_t transitions_ = 0;
};

}  // namespace pawl::interpreter
