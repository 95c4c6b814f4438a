// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/test_state_action.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "services/states/test_state/mock_validation.h"

namespace pawl::states {
namespace {

/// Ours: tests that wait for the thread or for their tasks.
constexpr size_t kTestsMax = 1'000;

void refuse(aws::Reply& reply) {
  reply(tl::unexpected(aws::service_unavailable("The service is shutting down.")));
}

}  // namespace

TestStateAction::TestStateAction(const Ports& ports) : ports_(ports), thread_([this] { work(); }) {}

TestStateAction::~TestStateAction() { stop(); }

void TestStateAction::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  for (auto& [id, test] : std::exchange(tests_, {})) refuse(test.reply);
  for (auto& [request, reply] : std::exchange(requests_, {})) refuse(reply);
}

void TestStateAction::run(aws::Request request, aws::Reply reply) {
  TestStateRequest plain = read_test_state_request(request);  // no JSON node changes the thread
  std::unique_lock lock(mutex_);
  if (stopping_) {
    lock.unlock();
    return refuse(reply);
  }
  if (open_ >= kTestsMax) {
    lock.unlock();
    return reply(tl::unexpected(aws::throttling("Rate exceeded")));
  }
  ++open_;
  requests_.emplace_back(std::move(plain), std::move(reply));
  lock.unlock();
  changed_.notify_one();
}

void TestStateAction::post(engine::ExecutionId execution, Answer answer) {
  {
    const std::lock_guard lock(mutex_);
    answers_.emplace_back(execution, std::move(answer));
  }
  changed_.notify_one();
}

void TestStateAction::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!answers_.empty()) {
      auto [id, answer] = std::move(answers_.front());
      answers_.pop_front();
      lock.unlock();
      if (const auto test = tests_.find(id); test != tests_.end()) {
        test->second.run->answer(std::move(answer), ports_.clock.now());
        settle(test);
      }
      lock.lock();
      open_ -= std::exchange(answered_, 0);
    } else if (!requests_.empty()) {
      auto [request, reply] = std::move(requests_.front());
      requests_.pop_front();
      lock.unlock();
      begin(std::move(request), std::move(reply));
      lock.lock();
      open_ -= std::exchange(answered_, 0);
    } else if (tests_.empty()) {
      changed_.wait(lock);
    } else {
      const auto first =
          std::min_element(tests_.begin(), tests_.end(), [](const auto& a, const auto& b) {
            return a.second.run->next_due() < b.second.run->next_due();
          });
      const int64_t ms = first->second.run->next_due().ms - ports_.clock.now().ms;
      if (ms > 0) changed_.wait_for(lock, std::chrono::milliseconds(ms));
      if (!answers_.empty() || !requests_.empty() || stopping_) continue;
      lock.unlock();
      fire_due();
      lock.lock();
      open_ -= std::exchange(answered_, 0);
    }
  }
}

void TestStateAction::begin(TestStateRequest request, aws::Reply reply) {
  aws::ApiResult<TestedState> tested =
      compile_tested_state(request.definition, request.state_name, ports_.resources);
  if (!tested) {
    ++answered_;
    reply(tl::unexpected(std::move(tested).error()));
    return;
  }
  if (auto checked = check_test_state_request(request, *tested, ports_.models); !checked) {
    ++answered_;
    reply(tl::unexpected(std::move(checked).error()));
    return;
  }
  const base::Timestamp now = ports_.clock.now();
  auto run = std::make_unique<TestStateRun>(std::move(request), *std::move(tested), now,
                                            ports_.entropy.next());
  const auto test = tests_.emplace(next_test_++, Test{std::move(run), std::move(reply)}).first;
  test->second.run->start(now);
  settle(test);
}

/// Calls and cancels what the run wants, and answers when it is over.
void TestStateAction::settle(Tests::iterator test) {
  TestStateRun& run = *test->second.run;
  const engine::ExecutionId id = test->first;
  if (std::optional<interpreter::ScheduleTask> task = run.take_task()) {
    engine::TaskRequest request;
    request.execution = id;
    request.program = run.program();
    request.info = run.info();
    request.command = *std::move(task);
    request.http_trace = run.http_trace();
    ports_.dispatcher.dispatch(std::move(request), *this);
  }
  if (const auto cancelled = run.take_cancelled()) ports_.dispatcher.cancel(id, *cancelled);
  if (!run.is_over()) return;
  TestStateRun::Result result = run.take_result();
  aws::Reply reply = std::move(test->second.reply);
  tests_.erase(test);
  ++answered_;
  if (result) {
    reply(aws::Output(*std::move(result)));
  } else {
    reply(tl::unexpected(std::move(result).error()));
  }
}

void TestStateAction::fire_due() {
  const base::Timestamp now = ports_.clock.now();
  for (auto test = tests_.begin(); test != tests_.end();) {
    const auto current = test++;
    if (current->second.run->next_due() > now) continue;
    current->second.run->fire_due(now);
    settle(current);
  }
}

}  // namespace pawl::states
