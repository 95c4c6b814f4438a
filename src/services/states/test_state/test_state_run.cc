// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/test_state_run.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/time.h"
#include "interpreter/state_failure.h"
#include "json/jackson_error.h"
#include "json/parse.h"
#include "services/states/test_state/map_reader_data.h"
#include "services/states/test_state/mock_validation.h"
#include "services/states/test_state/test_state_output.h"

namespace pawl::states {
namespace {

using interpreter::ExecutionStatus;
using interpreter::Phase;

std::string make_token(base::Random& random) {
  std::string bytes;
  for (int i = 0; i < 12; ++i) bytes += std::to_string(random.next());
  return base::base64_encode(bytes);
}

aws::ApiError invalid_input(const std::string& text, const base::Error& error) {
  const json::JacksonError jackson = json::jackson_error(text, error);
  return {"InvalidExecutionInput", "Invalid State Machine Execution Input: '" + jackson.message +
                                       "\n at " + jackson.location + "'"};
}

bool counts_retries(asl::StateType type) {
  return type == asl::StateType::Task || type == asl::StateType::Parallel ||
         type == asl::StateType::Map;
}

}  // namespace

TestStateRun::TestStateRun(TestStateRequest request, TestedState tested, base::Timestamp now,
                           uint64_t seed)
    : request_(std::move(request)),
      tested_(std::move(tested)),
      random_(seed),
      deadline_{now.ms + kTestStateMsMax},
      http_trace_(std::make_shared<engine::HttpTrace>(request_.reveal_secrets)) {
  step_result_.inspection = &inspection_;
}

void TestStateRun::start(base::Timestamp now) {
  if (aws::ApiResult<void> prepared = prepare(now); !prepared) {
    result_ = Result(tl::unexpected(std::move(prepared).error()));
    return;
  }
  take(interpreter::Resumed{}, now);
}

/// An execution that has just entered the state.
aws::ApiResult<void> TestStateRun::prepare(base::Timestamp now) {
  base::Result<json::Payload> input = json::Payload::from_text(request_.input);
  if (!input) return invalid_input(request_.input, input.error());
  auto frame = std::make_unique<interpreter::Frame>();
  frame->state = tested_.index;
  frame->phase = Phase::Execute;
  frame->input = *input;
  frame->entered_at = now;
  if (request_.variables) {
    const base::Result<json::Value> variables = json::parse(*request_.variables);
    if (!variables || !variables->is_object()) {  // the text is ours
      return aws::validation_exception("Invalid variables provided: must be a valid JSON object");
    }
    for (const json::Member& variable : variables->members()) {
      frame->variables.emplace_back(std::string(variable.name()), variable.value);
      state_.variable_bytes += static_cast<int64_t>(variable.value.text_bytes());
    }
  }
  if (request_.configuration.map_item_reader_data) {
    const auto* map = std::get_if<asl::MapState>(&tested_.state().detail);
    if (map != nullptr && map->item_reader) {
      auto items =
          parse_reader_data(*request_.configuration.map_item_reader_data, *map->item_reader);
      if (items) {
        inspection_.reader_items = *std::move(items);
      } else {
        reader_failure_ = std::move(items).error();
      }
    }
  }
  state_.input = *std::move(input);
  state_.started_at = now;
  auto info = std::make_shared<interpreter::ExecutionInfo>();
  info->execution_name = base::make_uuid(random_);
  info->state_machine_name = base::make_uuid(random_);
  const std::string prefix = "arn:aws:states:" + request_.region + ":" + request_.account + ":";
  info->state_machine_arn = prefix + "stateMachine:" + info->state_machine_name;
  // Recorded: the form of an Express execution, without its last part.
  info->execution_arn = prefix + "express:" + info->state_machine_name + ":" + info->execution_name;
  info->role_arn = request_.role_arn.value_or("");
  info->region = request_.region;
  info->account = request_.account;
  state_.info = info;
  const json::Value context =
      request_.context ? *json::parse(*request_.context) : default_context(now);
  info->context_object = std::make_shared<const json::FrozenValue>(context);
  frame->id = state_.next_frame_id++;
  state_.ready.push_back(frame->id);
  state_.frames.emplace(frame->id, std::move(frame));
  return {};
}

/// Recorded: without RedriveCount, RoleArn null if there is none, and State.Name is the same
/// whatever stateName is.
json::Value TestStateRun::default_context(base::Timestamp now) {
  const interpreter::ExecutionInfo& info = *state_.info;
  const std::string time = base::format_iso8601(now);
  json::ObjectBuilder execution;
  execution.set("Id", json::Value(info.execution_arn))
      .set("Input", state_.input.value())
      .set("StartTime", json::Value(time))
      .set("Name", json::Value(info.execution_name))
      .set("RoleArn", request_.role_arn ? json::Value(*request_.role_arn) : json::Value());
  json::ObjectBuilder machine;
  machine.set("Id", json::Value(info.state_machine_arn))
      .set("Name", json::Value(info.state_machine_name));
  json::ObjectBuilder current;
  current.set("Name", json::Value(kTestedStateName)).set("EnteredTime", json::Value(time));
  if (counts_retries(tested_.state().type)) {
    current.set("RetryCount", json::Value(request_.configuration.retrier_retry_count.value_or(0)));
  }
  json::ObjectBuilder context;
  context.set("Execution", std::move(execution).build())
      .set("StateMachine", std::move(machine).build())
      .set("State", std::move(current).build());
  const auto* task = std::get_if<asl::TaskState>(&tested_.state().detail);
  if (task != nullptr && waits_for_callback(task->resource)) {
    json::ObjectBuilder token;
    token.set("Token", json::Value(make_token(random_)));
    context.set("Task", std::move(token).build());
  }
  return std::move(context).build();
}

void TestStateRun::answer(Answer answer, base::Timestamp now) {
  if (!result_) take(std::move(answer), now);
}

void TestStateRun::fire_due(base::Timestamp now) {
  while (!result_) {
    const auto due = std::find_if(timers_.begin(), timers_.end(),
                                  [&](const Timer& timer) { return timer.due <= now; });
    if (due == timers_.end()) break;
    const interpreter::TimerId id = due->id;
    timers_.erase(due);
    take(interpreter::TimerFired{id}, now);
  }
  if (result_ || now < deadline_) return;
  state_.error = {.error = std::string(asl::error_name::kTimeout), .cause = std::nullopt};
  state_.status = ExecutionStatus::Failed;
  inspection_.error.reset();
  cancelled_ = std::exchange(called_, std::nullopt);
  finish_if_over();
}

std::optional<interpreter::ScheduleTask> TestStateRun::take_task() {
  return std::exchange(task_, std::nullopt);
}

std::optional<interpreter::TaskId> TestStateRun::take_cancelled() {
  return std::exchange(cancelled_, std::nullopt);
}

base::Timestamp TestStateRun::next_due() const {
  base::Timestamp due = deadline_;
  for (const Timer& timer : timers_) due = std::min(due, timer.due);
  return due;
}

void TestStateRun::take(Answer event, base::Timestamp now) {
  events_.push_back(std::move(event));
  while (!events_.empty() && !result_) {
    Answer next = std::move(events_.front());
    events_.pop_front();
    step(std::move(next), now);
  }
}

void TestStateRun::step(Answer event, base::Timestamp now) {
  interpreter::step(*tested_.program, state_, {now, random_.next(), std::move(event)},
                    step_result_);
  for (interpreter::Command& command : step_result_.commands) obey(command);
  const interpreter::Frame* frame = state_.find(interpreter::kRootFrame);
  if (frame != nullptr && frame->phase == Phase::MapRun) end_children();
  finish_if_over();
}

void TestStateRun::obey(interpreter::Command& command) {
  if (auto* task = std::get_if<interpreter::ScheduleTask>(&command)) {
    if (request_.mock) {
      answer_with_mock(*task);
    } else {
      called_ = task->task;
      task_ = std::move(*task);
    }
  } else if (const auto* timer = std::get_if<interpreter::StartTimer>(&command)) {
    // A Wait state is over at once.
    if (tested_.state().type == asl::StateType::Wait) {
      events_.emplace_back(interpreter::TimerFired{timer->timer});
    } else {
      timers_.push_back({timer->timer, timer->due});
    }
  } else if (const auto* cancelled = std::get_if<interpreter::CancelTimer>(&command)) {
    std::erase_if(timers_, [&](const Timer& each) { return each.id == cancelled->timer; });
  } else if (const auto* unwanted = std::get_if<interpreter::CancelTask>(&command)) {
    if (called_) cancelled_ = unwanted->task;
    called_.reset();
  }
}

void TestStateRun::answer_with_mock(const interpreter::ScheduleTask& task) {
  const MockInput& mock = *request_.mock;
  if (mock.error_output) {
    count_retries(*mock.error_output);
    events_.emplace_back(interpreter::TaskFailed{interpreter::TaskFailed::Phase::Run, task.task,
                                                 *mock.error_output});
    return;
  }
  // It was parsed when the request was checked.
  events_.emplace_back(
      interpreter::TaskSucceeded{task.task, *json::Payload::from_text(*mock.result)});
}

/// What ends a mocked Map or Parallel, if it is a failure.
aws::ApiResult<std::optional<asl::ExecutionError>> TestStateRun::children_failure() const {
  const std::optional<int64_t>& failed = request_.configuration.map_iteration_failure_count;
  const std::optional<size_t>& iterations = inspection_.iterations;
  if (failed && iterations && *failed > static_cast<int64_t>(*iterations)) {
    return aws::validation_exception(
        "Map iteration failure count must be less than or equal to the number of Map iterations");
  }
  if (reader_failure_) return reader_failure_;
  if (request_.mock->error_output) return request_.mock->error_output;
  if (!failed) return std::optional<asl::ExecutionError>();
  // Recorded: without a threshold, failures count for nothing here.
  const std::optional<int64_t>& count_max = inspection_.tolerated_failure_count;
  const std::optional<double>& percentage_max = inspection_.tolerated_failure_percentage;
  const double percentage = iterations && *iterations > 0 ? 100.0 * static_cast<double>(*failed) /
                                                                static_cast<double>(*iterations)
                                                          : 0.0;
  if ((!count_max || *failed <= *count_max) && (!percentage_max || percentage <= *percentage_max))
    return std::optional<asl::ExecutionError>();
  return std::optional<asl::ExecutionError>(
      {.error = std::string(asl::error_name::kExceedToleratedFailureThreshold),
       .cause = "The specified tolerated failure threshold was exceeded"});
}

void TestStateRun::end_children() {
  auto failure = children_failure();
  if (!failure) {
    result_ = Result(tl::unexpected(std::move(failure).error()));
    return;
  }
  interpreter::MapRunEnded ended;
  ended.task = {interpreter::kRootFrame, state_.find(interpreter::kRootFrame)->task};
  ended.error = *std::move(failure);
  if (ended.error) {
    count_retries(*ended.error);
  } else {
    ended.output = *json::Payload::from_text(*request_.mock->result);
  }
  events_.emplace_back(std::move(ended));
}

/// stateConfiguration.retrierRetryCount: as often has the Retrier been used that handles `error`.
void TestStateRun::count_retries(const asl::ExecutionError& error) {
  if (!request_.configuration.retrier_retry_count) return;
  const std::vector<asl::Retrier>& retriers = tested_.state().retry;
  const auto handler = std::find_if(
      retriers.begin(), retriers.end(),
      [&](const asl::Retrier& each) { return interpreter::matches(each.error_equals, error); });
  if (handler == retriers.end()) return;
  interpreter::Frame& frame = *state_.find(interpreter::kRootFrame);
  frame.retries.assign(retriers.size(), 0);
  frame.retries[static_cast<size_t>(handler - retriers.begin())] = static_cast<uint32_t>(
      std::min<int64_t>(*request_.configuration.retrier_retry_count, UINT32_MAX));
}

void TestStateRun::finish_if_over() {
  if (result_) return;
  const bool retries = inspection_.retry_delay_ms.has_value();
  if (state_.status == ExecutionStatus::Running && !retries) return;
  result_ = test_state_output(request_, tested_, state_, inspection_, *http_trace_);
}

}  // namespace pawl::states
