// SPDX-License-Identifier: Apache-2.0
// Checks what the store says of executions: that every record can be read and that records and
// indexes agree. Not the files below it (store::Store::check), not machines or functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/execution_store.h"

namespace pawl::engine {

struct ExecutionCheck {
  uint64_t executions = 0;
  uint64_t running = 0;  ///< of them
  uint64_t step_records = 0;
  uint64_t events = 0;
  uint64_t names = 0;
  uint64_t list_entries = 0;
  uint64_t timers = 0;
  uint64_t tasks = 0;  ///< to be dispatched again after a crash
  uint64_t map_runs = 0;
  uint64_t faults_found = 0;
  std::vector<std::string> faults;  ///< a line each; the first `faults_max`
};

/// Walks through everything that the engine stores, on the state of one moment. Holds: each
/// execution and all its step records can be read, its events are numbered without gap from 1, its
/// status is that of its steps, its name and list entries are there, a running one is listed as
/// open and its timers and tasks have their keys; each key of an index names an execution that
/// exists. O(store), in the memory of one execution.
/// Errors: Io, when the store cannot be read.
base::Result<ExecutionCheck> check_executions(const ExecutionStore& executions, size_t faults_max);

}  // namespace pawl::engine
