// SPDX-License-Identifier: Apache-2.0
// MockingDispatcher: answers the mocked Task states of an execution that was started with a test
// case, and leaves everything else to the dispatcher behind it. Developer Guide "Using mocked
// service integrations for testing in Step Functions Local" (sfn-local-test-sm-exec.html).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/ports.h"
#include "engine/wait_id_hash.h"
#include "integration/mock/mock_config.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"

namespace pawl::integration {

/// Which answer a state gets is told by how many of its tasks the execution has scheduled before:
/// one count per execution and state, over retries, loops and iterations alike. Distributed Map:
/// each child execution counts for itself.
///
/// - Return is the task's result. .sync and .waitForTaskToken are submitted first; nobody else need
///   complete them. Throw is the task's failure.
/// - No answer for this invocation, or the test case is unknown: States.Runtime, which no Retrier
///   repeats, so that the execution fails.
/// - A mocked activity fails the same way: Step Functions Local mocks none.
///
/// Thread-safe, as several partitions may share it; one execution belongs to one thread at a time.
/// The dispatcher behind must outlive it.
class MockingDispatcher final : public engine::TaskDispatcher {
 public:
  MockingDispatcher(engine::TaskDispatcher& real, std::shared_ptr<const MockConfig> config)
      : real_(real), config_(std::move(config)) {}

  void dispatch(engine::TaskRequest request, engine::TaskSink& sink) override;
  void cancel(engine::ExecutionId execution, interpreter::TaskId task) override;

  /// After a restart, before anything of `execution` is dispatched: takes the counts from its whole
  /// history, and from its state the number of each task that is out and will be dispatched again,
  /// so that it gets the answer that it got before. Only executions with a test case need it.
  /// O(events).
  void restore(engine::ExecutionId execution, const interpreter::ExecutionState& state,
               std::span<const interpreter::HistoryEvent> history) override;
  /// The execution has ended: frees its counts. Of more than 100,000 executions whose end nobody
  /// told, the oldest are forgotten.
  void forget(engine::ExecutionId execution);
  /// Executions with counts; for tests and metrics.
  size_t execution_count() const;

 private:
  struct Counts {
    std::unordered_map<asl::StateIndex, uint64_t> scheduled;
    /// Tasks that restore() has numbered, until they are dispatched again.
    std::unordered_map<interpreter::TaskId, uint64_t, engine::WaitIdHash> numbers;
  };
  void bound_locked();
  uint64_t take_number(const engine::TaskRequest& request);

  engine::TaskDispatcher& real_;
  std::shared_ptr<const MockConfig> config_;
  mutable std::mutex mutex_;
  std::map<engine::ExecutionId, Counts> counts_;  ///< guarded by mutex_
};

}  // namespace pawl::integration
