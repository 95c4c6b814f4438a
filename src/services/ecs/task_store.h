// SPDX-License-Identifier: Apache-2.0
// TaskStore: clusters, task definitions and tasks in the store.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/ecs/task.h"
#include "store/store.h"

namespace pawl::ecs {

/// Keyspaces "ecs/resources", "ecs/tasks", "ecs/index" (docs/formats/ecs.md). Thread-safe. Errors:
/// those of the store.
class TaskStore {
 public:
  static base::Result<TaskStore> open(store::Store& store);

  base::Result<std::optional<json::Value>> cluster(const Scope& scope, std::string_view name) const;
  void put_cluster(store::Batch& batch, const Scope& scope, std::string_view name,
                   const json::Value& record) const;
  /// Gets the place behind a record in the list, and the record; false ends the walk.
  using Visitor = std::function<bool(const std::string& place, json::Value record)>;
  base::Result<void> list_clusters(const Scope& scope, const std::string& after,
                                   const Visitor& visit) const;

  base::Result<std::optional<json::Value>> definition(const Scope& scope, std::string_view family,
                                                      uint32_t revision) const;
  base::Result<std::optional<json::Value>> newest_definition(const Scope& scope,
                                                             std::string_view family,
                                                             bool active_only) const;
  void put_definition(store::Batch& batch, const Scope& scope, std::string_view family,
                      uint32_t revision, const json::Value& record) const;
  void erase_definition(store::Batch& batch, const Scope& scope, std::string_view family,
                        uint32_t revision) const;
  /// By family and revision, either way; all families that begin with `family_prefix`, or that one
  /// family.
  base::Result<void> list_definitions(const Scope& scope, std::string_view family, bool is_whole,
                                      bool descending, const std::string& after,
                                      const Visitor& visit) const;

  base::Result<std::optional<Task>> task(const Scope& scope, const std::string& cluster,
                                         const std::string& id) const;
  /// `before`: as it stood in the store; null if it is new.
  void put_task(store::Batch& batch, const Task* before, const Task& task) const;
  /// What ListTasks filters by.
  struct Labels {
    std::string place;
    std::string id;
    std::string family;
    std::string started_by;
    std::string launch_type;
  };
  base::Result<void> list_tasks(const Scope& scope, const std::string& cluster,
                                std::string_view desired_status, const std::string& after,
                                const std::function<bool(const Labels&)>& visit) const;
  /// How many of the cluster are wanted to run; counts to `limit` at most.
  base::Result<size_t> count_tasks(const Scope& scope, const std::string& cluster,
                                   size_t limit) const;
  struct TaskName {
    Scope scope;
    std::string cluster;
    std::string id;
  };
  /// Those that have not stopped, of all scopes.
  base::Result<std::vector<TaskName>> active() const;
  /// At most `limit` tasks that stopped before `time_ms` are erased. Answers how many.
  base::Result<size_t> purge(int64_t time_ms, size_t limit);

 private:
  TaskStore(store::Store& store, store::Keyspace resources, store::Keyspace tasks,
            store::Keyspace index)
      : store_(&store), resources_(resources), tasks_(tasks), index_(index) {}

  store::Store* store_;
  store::Keyspace resources_;
  store::Keyspace tasks_;
  store::Keyspace index_;
};

}  // namespace pawl::ecs
