// SPDX-License-Identifier: Apache-2.0
// TestStateAction: API TestState on a thread of its own, so that neither the server's threads nor
// the engine wait for a test. What a test is, is TestStateRun's.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "aws/model/model_catalog.h"
#include "aws/service/request.h"
#include "asl/task_resource.h"
#include "engine/ports.h"
#include "services/states/test_state/test_state_run.h"

namespace pawl::states {

/// The ports must outlive it, and whatever still runs behind `dispatcher` must be finished before
/// it is destroyed.
class TestStateAction final : private engine::TaskSink {
 public:
  struct Ports {
    /// Called on this action's thread only: not the dispatcher that an engine uses.
    engine::TaskDispatcher& dispatcher;
    engine::Clock& clock;      ///< thread-safe
    engine::Entropy& entropy;  ///< called on this action's thread only
    aws::ModelCatalog& models;
    const asl::ResourceCatalog* resources = nullptr;  ///< null: asl::CompileOptions::catalog
  };

  explicit TestStateAction(const Ports& ports);
  ~TestStateAction() override;
  TestStateAction(const TestStateAction&) = delete;
  TestStateAction& operator=(const TestStateAction&) = delete;

  /// Open tests and later requests are answered ServiceUnavailable. Not from inside a port; once
  /// or again from the same thread.
  void stop();

  /// Answers on this action's thread; at once, with ThrottlingException, if 1,000 tests are open.
  /// Thread-safe.
  void run(aws::Request request, aws::Reply reply);

 private:
  struct Test {
    std::unique_ptr<TestStateRun> run;
    aws::Reply reply;
  };
  using Tests = std::unordered_map<engine::ExecutionId, Test>;

  void post(engine::ExecutionId execution, Answer answer) override;
  void work();
  void begin(TestStateRequest request, aws::Reply reply);
  void settle(Tests::iterator test);
  void fire_due();

  Ports ports_;
  // Of the thread.
  Tests tests_;
  size_t answered_ = 0;  ///< to be taken from open_
  engine::ExecutionId next_test_ = 1;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::deque<std::pair<TestStateRequest, aws::Reply>> requests_;
  std::deque<std::pair<engine::ExecutionId, Answer>> answers_;
  size_t open_ = 0;  ///< requests that are not answered
  bool stopping_ = false;

  std::thread thread_;  ///< last: it uses all of the above
};

}  // namespace pawl::states
