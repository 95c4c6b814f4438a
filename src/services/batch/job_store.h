// SPDX-License-Identifier: Apache-2.0
// JobStore: jobs and what finds them, in the store; JobChanges: what one step does to many jobs,
// committed at once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "services/batch/job.h"
#include "store/store.h"

namespace pawl::batch {

/// How one job waits for another.
enum class DependencyType : uint8_t { Whole = 0, NToN = 1 };

/// Keyspaces "batch/jobs", "batch/specs", "batch/index" (docs/formats/batch.md). No walk grows with
/// jobs that have ended, but for those that list them. Thread-safe. Errors: those of the store.
class JobStore {
 public:
  static base::Result<JobStore> open(store::Store& store);

  base::Result<std::optional<Job>> find(const Scope& scope, std::string_view id) const;
  /// {} if it is not there.
  base::Result<json::Value> spec(const Scope& scope, std::string_view spec_id) const;

  /// Gets the place behind a job in its list, and its id; false ends the walk.
  using Visitor = std::function<bool(std::string place, std::string id)>;
  /// Jobs of the queue that have the status, without children of arrays, the newest first, from
  /// behind `after`.
  base::Result<void> list_queue(const Scope& scope, std::string_view queue, Status status,
                                const std::string& after, const Visitor& visit) const;
  /// Children by index.
  base::Result<void> list_children(const Scope& scope, std::string_view parent, Status status,
                                   const std::string& after, const Visitor& visit) const;
  struct Labels {
    std::string place;
    std::string id;
    std::string name;
    std::string definition;  ///< an ARN
    int64_t created_ms = 0;
  };
  /// All jobs of the queue whatever their status, the newest first.
  base::Result<void> list_all(const Scope& scope, std::string_view queue, const std::string& after,
                              const std::function<bool(const Labels&)>& visit) const;
  /// The next to run, if any waits.
  base::Result<std::optional<std::string>> first_runnable(const Scope& scope,
                                                          std::string_view queue) const;
  /// At most `limit` of those that no environment can take.
  base::Result<std::vector<std::string>> blocked(const Scope& scope, std::string_view queue,
                                                 size_t limit) const;
  bool has_unfinished(const Scope& scope, std::string_view queue) const;
  /// Those that are STARTING or RUNNING, of all scopes.
  base::Result<std::vector<std::pair<Scope, std::string>>> active() const;
  struct Dependent {
    std::string id;
    DependencyType type;
  };
  base::Result<std::vector<Dependent>> dependents(const Scope& scope, std::string_view id) const;
  /// At most `limit` jobs, with their children, that ended before `time_ms`, oldest first, are
  /// erased. Answers how many.
  base::Result<size_t> purge(int64_t time_ms, size_t limit);

 private:
  friend class JobChanges;
  JobStore(store::Store& store, store::Keyspace jobs, store::Keyspace specs, store::Keyspace index)
      : store_(&store), jobs_(jobs), specs_(specs), index_(index) {}

  void put_index(store::Batch& batch, const Job& job) const;
  void erase_index(store::Batch& batch, const Job& job) const;
  base::Result<void> purge_job(store::Batch& batch, const Job& job) const;

  store::Store* store_;
  store::Keyspace jobs_;
  store::Keyspace specs_;
  store::Keyspace index_;
};

/// Jobs as they will be. One thread.
class JobChanges {
 public:
  explicit JobChanges(const JobStore& store) : store_(store) {}

  /// Null if there is none. Stays where it is until these changes end.
  base::Result<Job*> find(const Scope& scope, const std::string& id);
  Job& add(Job job);
  /// A new job's specification, of which spec() already knows.
  void put_spec(const Scope& scope, const std::string& id, const json::Value& spec);
  base::Result<json::Value> spec(const Scope& scope, const std::string& id) const;
  void put_dependency(const Scope& scope, std::string_view on, std::string_view dependent,
                      DependencyType type);

  /// Visits every job whose status is not the one that it had, in the order in which they were
  /// touched.
  void for_each_changed(const std::function<void(const Job& job)>& visit) const;
  store::Batch batch() const;

 private:
  struct Entry {
    std::optional<Job> before;
    Job now;
  };

  const JobStore& store_;
  std::map<std::pair<Scope, std::string>, std::unique_ptr<Entry>> entries_;
  std::vector<Entry*> order_;
  std::map<std::pair<Scope, std::string>, json::Value> specs_;
  store::Batch more_;
};

}  // namespace pawl::batch
