// SPDX-License-Identifier: Apache-2.0
// RuleSchedules: when the rules that have a ScheduleExpression are due. Their times stand in the
// store, in order; one timer waits for the first.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "aws/service/service_loop.h"
#include "base/time.h"
#include "services/events/names.h"
#include "store/store.h"

namespace pawl::events {

/// Thread-safe.
class RuleSchedules {
 public:
  /// So many rules at most in one turn of the loop.
  static constexpr size_t kFiredAtOnce = 64;

  struct Due {
    RuleName rule;
    base::Timestamp time;
  };
  /// Called on the loop's thread with rules whose time has come. It puts what follows from that
  /// into a batch, together with erase(), and commits it.
  using Fire = std::function<void(const std::vector<Due>&)>;

  static base::Result<std::unique_ptr<RuleSchedules>> open(store::Store& store,
                                                           aws::ServiceLoop& loop, Fire fire);
  void run();

  void put(store::Batch& batch, const Due& due) const;
  void erase(store::Batch& batch, const Due& due) const;
  /// To be called after a commit with put().
  void look_again();

 private:
  RuleSchedules(store::Store& store, aws::ServiceLoop& loop, Fire fire)
      : store_(store), loop_(loop), fire_(std::move(fire)) {}
  void turn();
  std::function<void()> guarded(std::function<void()> task);

  store::Store& store_;
  aws::ServiceLoop& loop_;
  Fire fire_;
  store::Keyspace keyspace_;
  std::mutex mutex_;
  bool runs_ = false;  ///< guarded by mutex_, as all below
  std::optional<base::Timestamp> waits_for_;
  aws::ServiceLoop::TimerId timer_ = 0;
  const std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace pawl::events
