// SPDX-License-Identifier: Apache-2.0
// TestStateRun: API TestState from request to answer, without threads, clocks or I/O: time comes
// in with each call, a task that nobody mocked goes out as a command and its answer comes back as
// an event. Waits and retries are told, not waited for.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/api_error.h"
#include "base/random.h"
#include "base/time.h"
#include "engine/ports.h"
#include "interpreter/inspection.h"
#include "interpreter/step.h"
#include "json/value.h"
#include "services/states/test_state/test_state_request.h"
#include "services/states/test_state/tested_state.h"

namespace pawl::states {

/// API TestState: "can run for up to five minutes".
inline constexpr int64_t kTestStateMsMax = 300'000;

/// One test of one state. One thread, which also takes the result.
class TestStateRun {
 public:
  using Answer = engine::TaskSink::Answer;
  using Result = aws::ApiResult<json::Value>;  ///< TestStateOutput

  /// `tested` and `request` have passed check_test_state_request. `seed` gives names and every
  /// random number. Nothing runs yet.
  TestStateRun(TestStateRequest request, TestedState tested, base::Timestamp now, uint64_t seed);
  TestStateRun(const TestStateRun&) = delete;
  TestStateRun& operator=(const TestStateRun&) = delete;

  void start(base::Timestamp now);
  /// News of the task that is out. What comes too late changes nothing.
  void answer(Answer answer, base::Timestamp now);
  /// Fires what is due: the task's time-outs, the five minutes.
  void fire_due(base::Timestamp now);

  /// The task to call now; empties it.
  std::optional<interpreter::ScheduleTask> take_task();
  /// The task that was called and that nobody waits for any more; empties it.
  std::optional<interpreter::TaskId> take_cancelled();
  /// When fire_due has something to do.
  base::Timestamp next_due() const;
  bool is_over() const { return result_.has_value(); }
  /// At the end, once. It shares nothing with the run. Errors: ValidationException,
  /// InvalidExecutionInput.
  Result take_result() { return *std::move(result_); }

  const std::shared_ptr<const asl::Program>& program() const { return tested_.program; }
  const std::shared_ptr<const interpreter::ExecutionInfo>& info() const { return state_.info; }
  const std::shared_ptr<engine::HttpTrace>& http_trace() const { return http_trace_; }

 private:
  struct Timer {
    interpreter::TimerId id;
    base::Timestamp due;
  };

  aws::ApiResult<void> prepare(base::Timestamp now);
  json::Value default_context(base::Timestamp now);
  void take(Answer event, base::Timestamp now);
  void step(Answer event, base::Timestamp now);
  void obey(interpreter::Command& command);
  void answer_with_mock(const interpreter::ScheduleTask& task);
  aws::ApiResult<std::optional<asl::ExecutionError>> children_failure() const;
  void end_children();
  void count_retries(const asl::ExecutionError& error);
  void finish_if_over();

  TestStateRequest request_;
  TestedState tested_;
  base::Random random_;
  base::Timestamp deadline_;
  interpreter::ExecutionState state_;
  interpreter::Inspection inspection_;
  interpreter::StepResult step_result_;
  std::optional<asl::ExecutionError> reader_failure_;  ///< of mapItemReaderData
  std::deque<Answer> events_;                          ///< that the run makes itself
  std::vector<Timer> timers_;
  std::optional<interpreter::ScheduleTask> task_;
  std::optional<interpreter::TaskId> called_;
  std::optional<interpreter::TaskId> cancelled_;
  std::shared_ptr<engine::HttpTrace> http_trace_;
  std::optional<Result> result_;
};

}  // namespace pawl::states
