// SPDX-License-Identifier: Apache-2.0
// ScheduleStore: groups, schedules, the times that are due in their order, and what is being
// delivered, as they stand in the store (docs/formats/scheduler.md).
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/scheduler/schedule.h"
#include "store/store.h"

namespace pawl::scheduler {

struct Group {
  std::string name;
  std::string tags = "[]";  ///< as API TagResource has them, JSON text
  std::string client_token = {};
  int64_t created_ms = 0;
  int64_t modified_ms = 0;
};

/// Thread-safe; who reads, changes and commits holds `mutex()`. Errors: InternalServerException if
/// the store cannot be read, or holds a record of an unknown format.
class ScheduleStore {
 public:
  static base::Result<ScheduleStore> open(store::Store& store);

  std::mutex& mutex() const { return *mutex_; }
  aws::ApiResult<void> commit(const store::Batch& batch);

  aws::ApiResult<std::optional<Schedule>> find(const ScheduleName& name) const;
  /// Also where it stands among the times that are due.
  void put(store::Batch& batch, const Schedule& schedule) const;
  void erase(store::Batch& batch, const Schedule& schedule) const;
  /// Only its place among the times that are due: before it is put with another.
  void erase_due(store::Batch& batch, const Schedule& schedule) const;

  /// Every group has been made but "default", which is there from the beginning.
  aws::ApiResult<std::optional<Group>> find_group(const Scope& scope, std::string_view name) const;
  void put_group(store::Batch& batch, const Scope& scope, const Group& group) const;
  void erase_group(store::Batch& batch, const Scope& scope, std::string_view name) const;

  /// Visitors are called in order until they answer false. `group` "": of all groups. `after` is
  /// the place of the last one seen, "": from the beginning.
  using Visitor = std::function<bool(const std::string& place, Schedule schedule)>;
  aws::ApiResult<void> visit(const Scope& scope, std::string_view group, std::string_view after,
                             const Visitor& visitor) const;
  using GroupVisitor = std::function<bool(const std::string& place, Group group)>;
  aws::ApiResult<void> visit_groups(const Scope& scope, std::string_view after,
                                    const GroupVisitor& visitor) const;

  struct DueName {
    Due due;
    ScheduleName name;
  };
  /// What is due first; nullopt if nothing is.
  aws::ApiResult<std::optional<DueName>> first_due() const;
  void erase_due(store::Batch& batch, const DueName& due) const;

  /// Deliveries that are not done, by their id; the record is the clockwork's.
  void put_delivery(store::Batch& batch, std::string_view id, std::string_view record) const;
  void erase_delivery(store::Batch& batch, std::string_view id) const;
  aws::ApiResult<std::optional<std::string>> find_delivery(std::string_view id) const;
  aws::ApiResult<void> visit_deliveries(const std::function<void(std::string id)>& visitor) const;

 private:
  explicit ScheduleStore(store::Store& store)
      : store_(&store), mutex_(std::make_unique<std::mutex>()) {}

  store::Store* store_;
  std::unique_ptr<std::mutex> mutex_;
  store::Keyspace groups_;
  store::Keyspace schedules_;
  store::Keyspace due_;
  store::Keyspace deliveries_;
};

}  // namespace pawl::scheduler
