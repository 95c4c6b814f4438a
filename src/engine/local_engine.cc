// SPDX-License-Identifier: Apache-2.0
#include "engine/local_engine.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/assert.h"

namespace pawl::engine {
namespace {

/// One sleep lasts at most so long: a wall clock that was set forward is noticed, and no time
/// arithmetic overflows.
constexpr int64_t kSleepMsMax = 60'000;

}  // namespace

LocalEngine::LocalEngine(const Options& options) : options_(options) {
  PAWL_ASSERT(options_.virtual_clock == nullptr || options_.virtual_clock == &options_.clock);
}

LocalEngine::~LocalEngine() = default;

ExecutionId LocalEngine::start(std::shared_ptr<const asl::Program> program,
                               interpreter::ExecutionInfo info, json::Payload input,
                               EndedCallback on_ended) {
  auto execution = std::make_unique<Execution>();
  execution->program = std::move(program);
  execution->state = interpreter::make_execution(
      std::make_shared<const interpreter::ExecutionInfo>(std::move(info)), std::move(input));
  execution->on_ended = std::move(on_ended);
  return add_execution(std::move(execution));
}

ExecutionId LocalEngine::add_execution(std::unique_ptr<Execution> execution) {
  const ExecutionId id = next_execution_++;
  executions_.emplace(id, std::move(execution));
  ready_.push_back({id, interpreter::ExecutionStarted{}, std::nullopt});
  return id;
}

void LocalEngine::stop(ExecutionId execution, asl::ExecutionError error) {
  ready_.push_back({execution, interpreter::StopRequested{std::move(error)}, std::nullopt});
}

void LocalEngine::post(ExecutionId execution, Answer answer) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back({execution, std::move(answer), std::nullopt});
    has_posted_.store(true, std::memory_order_release);
  }
  posted_changed_.notify_one();
}

void LocalEngine::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  posted_changed_.notify_one();
}

bool LocalEngine::run_until(const std::function<bool()>& done) {
  PAWL_ASSERT(!running_);
  running_ = true;
  bool more = true;
  while (more && !done()) more = take_turn(/*wait_for_callbacks=*/true);
  running_ = false;
  return more || done();
}

void LocalEngine::run_until_idle() {
  PAWL_ASSERT(!running_);
  running_ = true;
  while (take_turn(/*wait_for_callbacks=*/false)) {
  }
  running_ = false;
}

/// One step of one execution, or one wait for something to do. False if there is nothing to wait
/// for.
bool LocalEngine::take_turn(bool wait_for_callbacks) {
  take_posted();
  fire_due_timers();
  if (ready_.empty()) return wait(wait_for_callbacks);
  Turn turn = std::move(ready_.front());
  ready_.pop_front();
  process(std::move(turn));
  return true;
}

void LocalEngine::take_posted() {
  if (!has_posted_.load(std::memory_order_acquire)) return;
  const std::lock_guard lock(mutex_);
  for (Turn& turn : posted_) ready_.push_back(std::move(turn));
  posted_.clear();
  has_posted_.store(false, std::memory_order_relaxed);
}

void LocalEngine::fire_due_timers() {
  if (timers_.size() == 0) return;
  const base::Timestamp now = options_.clock.now();
  while (const std::optional<Alarm> alarm = timers_.pop_due(now)) {
    ready_.push_back({alarm->execution, interpreter::TimerFired{alarm->timer}, alarm->due});
  }
}

bool LocalEngine::wait(bool wait_for_callbacks) {
  const std::optional<base::Timestamp> due = timers_.next_due();
  if (options_.virtual_clock != nullptr && tasks_in_progress_ == 0 && due) {
    options_.virtual_clock->advance_to(*due);
    return true;
  }
  const bool answers_expected =
      tasks_in_progress_ > 0 || (wait_for_callbacks && tasks_in_callback_ > 0);
  if (!due && !answers_expected) return false;
  wait_for_post(due);
  return true;
}

void LocalEngine::wait_for_post(std::optional<base::Timestamp> until) {
  const auto began = std::chrono::steady_clock::now();
  int64_t sleep_ms = kSleepMsMax;
  if (until) sleep_ms = std::clamp<int64_t>(until->ms - options_.clock.now().ms, 0, kSleepMsMax);
  {
    std::unique_lock lock(mutex_);
    posted_changed_.wait_for(lock, std::chrono::milliseconds(sleep_ms),
                             [&] { return woken_ || !posted_.empty(); });
    woken_ = false;
  }
  if (options_.virtual_clock == nullptr) return;
  const auto slept = std::chrono::steady_clock::now() - began;
  options_.virtual_clock->advance_by_ms(
      std::chrono::duration_cast<std::chrono::milliseconds>(slept).count());
}

void LocalEngine::process(Turn turn) {
  Execution* execution = find(turn.execution);
  if (execution == nullptr || execution->state.status != interpreter::ExecutionStatus::Running)
    return;
  settle_task(*execution, turn.event);
  stepping_ = turn.execution;

  // An alarm's step happens at the time it was set for, so a machine's time-out is exact. Within an
  // execution time never runs backwards, whatever the clock does.
  const base::Timestamp now = turn.due ? *turn.due : options_.clock.now();
  execution->last_step_at = std::max(execution->last_step_at, now);
  const interpreter::InputEvent event{execution->last_step_at, options_.entropy.next(),
                                      std::move(turn.event)};
  interpreter::step(*execution->program, execution->state, event, step_result_);

  if (options_.keep_history && !execution->is_child) {
    execution->history.insert(execution->history.end(), step_result_.events.begin(),
                              step_result_.events.end());
  }
  if (options_.observer != nullptr) {
    options_.observer->on_step(turn.execution, *execution->program, execution->state,
                               step_result_.events);
  }
  for (interpreter::Command& command : step_result_.commands) {
    const bool last = std::holds_alternative<interpreter::CompleteExecution>(command);
    obey(turn.execution, *execution, command);
    if (last) break;  // a child has been freed by it
  }
  stepping_ = 0;
  if (std::exchange(forget_stepped_, false)) forget(turn.execution);
}

void LocalEngine::obey(ExecutionId id, Execution& execution, interpreter::Command& command) {
  using namespace interpreter;
  if (auto* schedule = std::get_if<ScheduleTask>(&command)) {
    TaskRequest request{id, execution.program, execution.state.info, std::move(*schedule)};
    // Activities are answered by workers that may never come.
    const bool activity = request.task_state().resource.kind == asl::ResourceKind::Activity;
    add_task(execution, request.command.task,
             activity ? TaskPhase::Callback : TaskPhase::InProgress);
    options_.dispatcher.dispatch(std::move(request), *this);
  } else if (const auto* cancelled = std::get_if<CancelTask>(&command)) {
    cancel_task(id, execution, cancelled->task);
  } else if (const auto* timer = std::get_if<StartTimer>(&command)) {
    timers_.start(id, timer->timer, timer->due);
  } else if (const auto* stale = std::get_if<CancelTimer>(&command)) {
    timers_.cancel(id, stale->timer);
  } else if (auto* map_run = std::get_if<StartMapRun>(&command)) {
    start_map_run(id, execution, std::move(*map_run));
  } else if (std::holds_alternative<Resume>(command)) {
    ready_.push_back({id, Resumed{}, std::nullopt});
  } else {
    complete(id, execution);
  }
}

/// Keeps count of who works on what. An answer to a task that nobody waits for counts nothing.
void LocalEngine::settle_task(Execution& execution, const Answer& event) {
  if (const auto* submitted = std::get_if<interpreter::TaskSubmitted>(&event)) {
    if (remove_task(execution, submitted->task))
      add_task(execution, submitted->task, TaskPhase::Callback);
  } else if (const auto* succeeded = std::get_if<interpreter::TaskSucceeded>(&event)) {
    remove_task(execution, succeeded->task);
  } else if (const auto* failed = std::get_if<interpreter::TaskFailed>(&event)) {
    remove_task(execution, failed->task);
  }
}

void LocalEngine::add_task(Execution& execution, interpreter::TaskId task, TaskPhase phase) {
  if (!execution.tasks.emplace(task, phase).second) return;
  ++(phase == TaskPhase::InProgress ? tasks_in_progress_ : tasks_in_callback_);
}

bool LocalEngine::remove_task(Execution& execution, interpreter::TaskId task) {
  const auto found = execution.tasks.find(task);
  if (found == execution.tasks.end()) return false;
  --(found->second == TaskPhase::InProgress ? tasks_in_progress_ : tasks_in_callback_);
  execution.tasks.erase(found);
  return true;
}

void LocalEngine::cancel_task(ExecutionId id, Execution& execution, interpreter::TaskId task) {
  if (const auto run = execution.map_runs.find(task); run != execution.map_runs.end()) {
    end_map_run(run->second);
  } else if (remove_task(execution, task)) {
    options_.dispatcher.cancel(id, task);
  }
}

void LocalEngine::complete(ExecutionId id, Execution& execution) {
  timers_.cancel_all(id);
  while (!execution.tasks.empty()) cancel_task(id, execution, execution.tasks.begin()->first);
  while (!execution.map_runs.empty()) end_map_run(execution.map_runs.begin()->second);
  if (EndedCallback on_ended = std::exchange(execution.on_ended, {})) on_ended(id);
  if (!execution.is_child) return;
  const std::optional<ChildOf> child_of = execution.child_of;
  const std::unique_ptr<Execution> ended = std::move(executions_.extract(id).mapped());
  if (!child_of) return;  // its run is over
  Run& run = *runs_.at(child_of->run);
  run.children.erase(id);
  run.map_run.child_ended(child_of->index, ended->state);
  advance_map_run(child_of->run);
}

void LocalEngine::start_map_run(ExecutionId id, Execution& execution,
                                interpreter::StartMapRun command) {
  const RunId run_id = next_run_++;
  const interpreter::TaskId task = command.task;
  MapRun map_run(execution.program, execution.state, std::move(command), options_.entropy.next(),
                 {});
  ready_.push_back({id, interpreter::MapRunStarted{task, map_run.arn()}, std::nullopt});
  execution.map_runs.emplace(task, run_id);
  runs_.emplace(run_id, std::make_unique<Run>(Run{id, std::move(map_run), {}}));
  advance_map_run(run_id);
}

/// Starts the children there is room for; ends the run if it is over.
void LocalEngine::advance_map_run(RunId id) {
  Run& run = *runs_.at(id);
  const Execution& parent = *find(run.parent);
  while (std::optional<MapRun::Child> child = run.map_run.next_child(parent.state)) {
    auto execution = std::make_unique<Execution>();
    execution->program = parent.program;
    execution->state = interpreter::make_execution(std::move(child->info), std::move(child->input));
    execution->child_of = ChildOf{id, child->index};
    execution->is_child = true;
    run.children.insert(add_execution(std::move(execution)));
  }
  const auto& outcome = run.map_run.outcome();
  if (!outcome) return;
  ready_.push_back({run.parent,
                    interpreter::MapRunEnded{run.map_run.task(), outcome->output, outcome->error},
                    std::nullopt});
  end_map_run(id);
}

/// The run is over or nobody waits for it any more: children that still run are stopped.
void LocalEngine::end_map_run(RunId id) {
  const std::unique_ptr<Run> run = std::move(runs_.extract(id).mapped());
  find(run->parent)->map_runs.erase(run->map_run.task());
  for (const ExecutionId id_of_child : run->children) {
    Execution& child = *find(id_of_child);
    child.child_of.reset();
    if (child.state.next_event_id == 1) {
      executions_.erase(id_of_child);  // it has not begun, so it never will
    } else {
      stop(id_of_child, {});
    }
  }
}

LocalEngine::Execution* LocalEngine::find(ExecutionId id) const {
  const auto found = executions_.find(id);
  return found == executions_.end() ? nullptr : found->second.get();
}

const interpreter::ExecutionState* LocalEngine::state(ExecutionId execution) const {
  const Execution* found = find(execution);
  return found == nullptr ? nullptr : &found->state;
}

const std::vector<interpreter::HistoryEvent>& LocalEngine::history(ExecutionId execution) const {
  static const std::vector<interpreter::HistoryEvent> kNone;
  const Execution* found = find(execution);
  return found == nullptr ? kNone : found->history;
}

std::vector<MapRunProgress> LocalEngine::map_runs(ExecutionId execution) const {
  std::vector<MapRunProgress> progress;
  if (const Execution* found = find(execution)) {
    for (const auto& [task, run] : found->map_runs)
      progress.push_back(runs_.at(run)->map_run.progress());
  }
  return progress;
}

void LocalEngine::forget(ExecutionId execution) {
  const Execution* found = find(execution);
  if (found == nullptr || found->is_child ||
      found->state.status == interpreter::ExecutionStatus::Running)
    return;
  if (execution == stepping_) {
    forget_stepped_ = true;  // its step's commands are still being obeyed
  } else {
    executions_.erase(execution);
  }
}

}  // namespace pawl::engine
