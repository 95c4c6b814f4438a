// SPDX-License-Identifier: Apache-2.0
// StatusWatch: who wants to know that a durable execution has begun, ended or goes on after its end
// (EventBridge's "Step Functions Execution Status Change"). A port.
#pragma once

#include <functional>

#include "engine/execution_record.h"
#include "interpreter/execution_state.h"
#include "store/batch.h"

namespace pawl::engine {

class StatusWatch {
 public:
  virtual ~StatusWatch() = default;
  /// Whether anybody is interested in that execution's machine: asked each time, so it is cheap.
  /// Thread-safe.
  virtual bool is_interested(const ExecutionRecord& record) = 0;
  /// `state` has now `status`, which is Running at the beginning although the state may have ended
  /// meanwhile. Adds what is to be stored of that to `batch`, on a partition's thread, before it is
  /// committed. What it returns is called on that thread when `batch` is on disk.
  virtual std::function<void()> changed(const ExecutionRecord& record,
                                        const interpreter::ExecutionState& state,
                                        interpreter::ExecutionStatus status,
                                        store::Batch& batch) = 0;
};

}  // namespace pawl::engine
