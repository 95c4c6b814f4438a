// SPDX-License-Identifier: Apache-2.0
// Machine: the vCPUs and the memory that Batch's jobs and ECS's tasks share.
#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "jobs/job_runner.h"

namespace pawl::jobs {

/// Thread-safe.
class Machine {
 public:
  /// A part of `whole` that is 0 has no limit.
  explicit Machine(Demand whole) : whole_(whole) {}

  /// Called, on the giver's thread, whenever something was given back. Before the first take only.
  void on_free(std::function<void()> listener) { listeners_.push_back(std::move(listener)); }

  /// True if the demand was free and is taken. What asks for more than there is at all gets all
  /// there is: it runs when nothing else does.
  bool try_take(Demand demand) {
    const Demand real = bounded(demand);
    const std::lock_guard lock(mutex_);
    if (whole_.millicpus != 0 && taken_.millicpus + real.millicpus > whole_.millicpus) return false;
    if (whole_.memory_mib != 0 && taken_.memory_mib + real.memory_mib > whole_.memory_mib)
      return false;
    taken_.millicpus += real.millicpus;
    taken_.memory_mib += real.memory_mib;
    return true;
  }

  /// Of something that runs already, whether there is room or not.
  void take(Demand demand) {
    const Demand real = bounded(demand);
    const std::lock_guard lock(mutex_);
    taken_.millicpus += real.millicpus;
    taken_.memory_mib += real.memory_mib;
  }

  void give_back(Demand demand) {
    const Demand real = bounded(demand);
    {
      const std::lock_guard lock(mutex_);
      taken_.millicpus -= real.millicpus;
      taken_.memory_mib -= real.memory_mib;
    }
    for (const auto& listener : listeners_) listener();
  }

 private:
  Demand bounded(Demand demand) const {
    if (whole_.millicpus != 0) demand.millicpus = std::min(demand.millicpus, whole_.millicpus);
    if (whole_.memory_mib != 0) demand.memory_mib = std::min(demand.memory_mib, whole_.memory_mib);
    return demand;
  }

  const Demand whole_;
  std::vector<std::function<void()>> listeners_;
  std::mutex mutex_;
  Demand taken_;  ///< guarded by mutex_
};

}  // namespace pawl::jobs
