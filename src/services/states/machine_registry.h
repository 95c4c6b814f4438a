// SPDX-License-Identifier: Apache-2.0
// MachineRegistry: from the ARN of a state machine, version or alias to what is started, and from a
// revision's number to its definition, as the executions of this service need them. What it caches
// is a copy of the store (services/states/machine_store.h); it changes nothing but what it forgets.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "asl/program.h"
#include "aws/api_error.h"
#include "base/time.h"
#include "services/states/bounded_cache.h"
#include "services/states/machine_store.h"

namespace pawl::states {

/// One stored definition with everything that an execution of it depends on. Immutable; shared by
/// threads. Numbers are given once in the life of a store and never again, also not after a delete.
struct Revision {
  uint64_t number = 0;
  std::string revision_id;  ///< API revisionId, a UUID; "" for the one a machine was created with
  std::string state_machine_arn;
  std::string name;
  asl::StateMachineType type = asl::StateMachineType::Standard;
  std::string role_arn;
  std::string definition;                ///< as it was sent
  std::string logging_configuration;     ///< JSON text, complete: level, includeExecutionData, …
  std::string tracing_configuration;     ///< JSON text: {"enabled":false}
  std::string encryption_configuration;  ///< JSON text: {"type":"AWS_OWNED_KEY"}
  base::Timestamp update_date;           ///< when it became the machine's
  std::shared_ptr<const asl::Program> program;  ///< never null
};

/// What an ARN names, without the definition. Immutable; shared by threads.
struct MachineTarget {
  std::string state_machine_arn;  ///< never qualified
  std::string name;
  std::string region;
  std::string account_id;
  std::string version_arn;  ///< "" if neither a version nor an alias was named
  std::string alias_arn;    ///< "" if no alias was named
  asl::StateMachineType type = asl::StateMachineType::Standard;
  MachineStatus status = MachineStatus::Active;
  uint64_t revision = 0;  ///< Revision::number
};

/// What to start. `revision` is never null.
struct Resolution {
  std::shared_ptr<const MachineTarget> target;
  std::shared_ptr<const Revision> revision;
};

/// Whether executions of a machine run: DeleteStateMachine keeps a machine DELETING until none do.
/// Called on the service's threads; must not call back into the registry.
class RunningExecutions {
 public:
  virtual ~RunningExecutions() = default;
  virtual bool any(std::string_view state_machine_arn) = 0;
};

struct RegistryLimits {
  size_t targets_max = 65'536;                    ///< ARNs kept in memory
  size_t revisions_max = 4'096;                   ///< compiled definitions kept in memory, and
  size_t revisions_bytes_max = size_t{64} << 20;  ///< the text of all of them together
};

/// Thread-safe.
class MachineRegistry {
 public:
  /// `store` must outlive the registry, which follows its changes.
  explicit MachineRegistry(MachineStore& store, const RegistryLimits& limits = {});

  /// Before the first request; without it nothing ever runs. Must outlive the registry.
  void watch(RunningExecutions& running) { running_ = &running; }

  /// What a start of `arn` runs: the machine's current revision, a version's, or one of an alias'
  /// by its weights. `random`, 64 bits, decides between them and is not looked at otherwise. A
  /// machine that is being deleted is an answer too: see target->status.
  /// Hot: two hash lookups under shared locks, no parsing, no read of the store, no copy of text;
  /// the first call after a start, an update or an eviction reads and compiles.
  /// Errors: InvalidArn, StateMachineDoesNotExist, ValidationException (a Map state's ARN).
  aws::ApiResult<Resolution> resolve(std::string_view arn, uint64_t random);

  /// The stored revision of that number with its compiled Program, also when its machine has gone
  /// on to another or is deleted. Errors: StateMachineDoesNotExist if it is not stored any more.
  aws::ApiResult<std::shared_ptr<const Revision>> revision(uint64_t number);

  /// The Program of revision(number). Null if it is not stored any more.
  std::shared_ptr<const asl::Program> program(uint64_t number);

  /// Erases the machine, or marks it DELETING if executions of it run.
  /// Errors: InternalFailure. A machine that is not there is no error.
  aws::ApiResult<void> delete_machine(const ResourceKey& key);

  /// To be called after an execution has ended and RunningExecutions knows it: the last one of a
  /// machine that is being deleted completes its deletion. One atomic load while none is.
  aws::ApiResult<void> execution_ended(std::string_view state_machine_arn);

  /// To be called after a start of the server, when RunningExecutions answers: completes deletions
  /// that a crash has interrupted.
  aws::ApiResult<void> resume_deletions();

  /// Erases the revisions that neither a machine nor a version holds, for which `is_needed` (by an
  /// execution that is stored) answers false, and of which the last call found the same: a start
  /// may be on its way, so leave minutes between calls. Reads all machines: for retention, in the
  /// background. `is_needed` must not call back. Answers how many it erased.
  aws::ApiResult<size_t> erase_unneeded_revisions(const std::function<bool(uint64_t)>& is_needed);

 private:
  /// Where an ARN leads: one target, or an alias' one or two with their weights.
  struct Route {
    struct Way {
      uint64_t weight;
      std::shared_ptr<const MachineTarget> target;
    };
    std::vector<Way> ways;
  };

  aws::ApiResult<std::shared_ptr<const Route>> route(std::string_view arn);
  aws::ApiResult<Route> read_route(std::string_view arn);
  aws::ApiResult<Route::Way> read_version(const MachineTarget& machine, const ResourceKey& key,
                                          uint64_t version);

  MachineStore& store_;
  RunningExecutions* running_ = nullptr;
  BoundedCache<std::string, Route, TextHash> routes_;
  BoundedCache<uint64_t, Revision> revisions_;
  std::atomic<size_t> deleting_ = 0;  ///< machines that are DELETING
  std::mutex unneeded_mutex_;
  std::unordered_set<uint64_t> unneeded_;  ///< of the last erase_unneeded_revisions
};

}  // namespace pawl::states
