// SPDX-License-Identifier: Apache-2.0
// Clockwork: what makes schedules happen. One timer waits for the earliest time that is due; then
// the delivery and the schedule's next time are committed in one batch, so that a crash neither
// forgets nor repeats a time. Times that passed while nobody ran are made up for by one delivery.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "aws/event/delivery.h"
#include "base/random.h"
#include "services/scheduler/schedule_store.h"

namespace pawl::scheduler {

/// wake() from any thread; all else on the loop's.
class Clockwork {
 public:
  /// At most so many targets are called at once; the others wait in the store.
  static constexpr size_t kActiveMax = 256;

  struct Ports {
    aws::Delivery::Ports delivery;
    /// Runs its argument when all that was committed before is on disk.
    std::function<void(std::function<void()>)> after_sync;
    uint64_t seed = 0;  ///< of execution ids
    /// A target was not called, and no dead letter queue took that; may be empty.
    std::function<void(const std::string& schedule_arn, const aws::ApiError& error)> lost = {};
  };

  /// `schedules` must outlive it; the loop's tasks must have ended before it does.
  Clockwork(Ports ports, ScheduleStore& schedules);
  ~Clockwork();

  /// Goes on with what an earlier process left.
  void run();
  /// Something is due at `time` that was not before.
  void wake(base::Timestamp time);

 private:
  void arm(base::Timestamp time);
  void fire_due();
  /// False if nothing (more) is due now.
  bool fire_first();
  std::string put_delivery(store::Batch& batch, const Schedule& schedule, const Due& due,
                           bool is_last);
  void start_ready();
  void start(const std::string& id, const json::Value& record);
  void will_retry(const std::string& id, int64_t attempts, base::Timestamp next);
  void finish(const std::string& id);
  std::function<void()> guarded(std::function<void()> task);

  const Ports ports_;
  ScheduleStore& schedules_;
  base::Random random_;
  bool is_running_ = false;
  aws::ServiceLoop::TimerId timer_ = 0;
  std::optional<base::Timestamp> armed_for_;
  std::deque<std::string> ready_;
  std::map<std::string, std::shared_ptr<aws::Delivery>> active_;
  const std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace pawl::scheduler
