// SPDX-License-Identifier: Apache-2.0
// Simulation: the durable engine's partitions in a world made from one seed: random machines, tasks
// answered late, twice, wrongly or never, stops, a clock that jumps, processes that die, power that
// fails, disks that refuse to sync. The same seed gives the same run.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "engine/execution_store.h"
#include "engine/partition.h"
#include "engine/virtual_clock.h"
#include "store/faulting/faulting_store.h"

namespace pawl::sim {

struct SimulationCounts {
  uint64_t executions = 0;
  uint64_t events = 0;  ///< of all histories at the end
  uint64_t crashes = 0;
  uint64_t tasks = 0;
  uint64_t map_runs = 0;
  uint64_t redrives = 0;
};

/// One world. The law: whatever was acknowledged stays, every history is legal at every moment, no
/// effect is older than its cause on disk, and in the end everything ends.
class Simulation {
 public:
  explicit Simulation(uint64_t seed);
  ~Simulation();

  /// What went wrong, "" if nothing did.
  std::string run();
  const SimulationCounts& counts() const { return counts_; }

 private:
  class Revisions;
  class Dispatcher;
  class Sink;
  friend class Dispatcher;
  friend class Sink;

  /// A task that has been dispatched and may be answered, by this process.
  struct Task {
    engine::ExecutionId execution = 0;
    interpreter::TaskId task;
    std::string token;
    bool by_token = false;
  };
  /// What the world was told and will hold us to.
  struct Acknowledged {
    std::string name;
    std::string input;
    bool stopped = false;
    std::optional<std::string> ended;  ///< outline of the whole history
    /// Not answered, some for ever because of a crash: it may run again at any time.
    uint64_t redrives_asked = 0;
  };

  bool chance(double probability) { return random_.next_double() < probability; }
  uint64_t below(uint64_t limit) { return random_.next() % limit; }
  void fail(const std::string& what);

  void make_machines();
  void boot();
  void act();
  void start();
  void stop();
  void redrive();
  void answer_task();
  void answer(const Task& task);
  void advance_clock();
  void crash();
  void run_partitions();
  void finish();
  std::optional<base::Timestamp> next_due();
  engine::Partition& partition_of(engine::ExecutionId id);
  void check_acknowledged();
  void check_counts();
  void check_map_runs(engine::ExecutionId parent);
  void check_history(engine::ExecutionId id);
  void on_dispatch(engine::TaskRequest request);
  void on_ended(const engine::ExecutionRecord& record);

  base::Random random_;
  const uint64_t seed_;
  std::string mistake_;
  engine::VirtualClock clock_;
  store::FaultingStore store_;
  std::unique_ptr<Revisions> revisions_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Sink> sink_;
  std::unique_ptr<engine::ExecutionStore> executions_;
  std::vector<std::unique_ptr<engine::Partition>> partitions_;
  std::vector<std::string> inputs_;
  std::vector<Task> tasks_;
  std::map<std::pair<engine::ExecutionId, uint64_t>, std::string> dispatched_;  ///< parameters
  std::set<std::pair<engine::ExecutionId, uint64_t>> dispatched_now_;           ///< by this process
  std::map<engine::ExecutionId, Acknowledged> acknowledged_;
  uint64_t next_name_ = 0;
  bool faults_ = true;
  SimulationCounts counts_;
};

}  // namespace pawl::sim
