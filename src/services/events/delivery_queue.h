// SPDX-License-Identifier: Apache-2.0
// DeliveryQueue: events that are owed to targets. They stand in the store from the moment they are
// acknowledged until a target has them, or the dead letter queue, or nobody wants them: a crash
// loses none, and a target may get one twice.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "aws/event/delivery.h"
#include "aws/service/service_loop.h"
#include "services/events/delivery_record.h"
#include "services/events/rule_book.h"
#include "store/store.h"

namespace pawl::events {

/// Thread-safe. In memory: some 20 bytes a delivery. Rules take turns: one that makes more work
/// than can be done, or feeds itself, keeps none of the others waiting.
class DeliveryQueue {
 public:
  /// At most so many attempts at once,
  static constexpr size_t kActiveMax = 256;
  /// so many of them begun in one turn of the loop,
  static constexpr size_t kBegunAtOnce = 64;
  /// and so many records of an earlier process read at once.
  static constexpr size_t kRecoveredAtOnce = 1'000;

  struct Ports {
    store::Store& store;
    aws::ServiceLoop& loop;
    RuleBook& book;
    aws::Delivery::Ports delivery;
    /// Runs its argument when all that was committed before is on disk: what was not may not be
    /// seen outside.
    std::function<void(std::function<void()>)> after_sync;
    /// An event for a bus of ours: it goes there as it is.
    std::function<aws::ApiResult<void>(const BusName&, const AcceptedEvent&)> forward;
    /// It got neither to its target nor to a dead letter queue; may be empty.
    std::function<void(const std::string& target_arn, const aws::ApiError&)> lost = {};
  };

  /// All must outlive it. What an earlier process left waits for run().
  static base::Result<std::unique_ptr<DeliveryQueue>> open(Ports ports);
  ~DeliveryQueue();
  DeliveryQueue(const DeliveryQueue&) = delete;
  DeliveryQueue& operator=(const DeliveryQueue&) = delete;

  /// Adds an event and what is owed to `batch`. Returns its number, for start().
  uint64_t add(store::Batch& batch, const AcceptedEvent& event,
               const std::vector<TargetReference>& to);
  /// Once the batch is committed: begins to deliver what add() was given.
  void start(uint64_t number, const std::vector<TargetReference>& to);
  void run();

  /// Deliveries that are not done.
  size_t size() const;

 private:
  struct Id {
    uint64_t event = 0;
    uint32_t target = 0;
    friend auto operator<=>(const Id&, const Id&) = default;
  };
  struct Attempt;

  explicit DeliveryQueue(Ports ports) : ports_(std::move(ports)) {}

  /// Deliveries that an earlier process owes, a few at a time, from the key `from` on.
  void recover(std::string from);
  void make_ready(Id id, const std::string& rule);
  void turn();
  void begin(Id id);
  base::Result<std::shared_ptr<Attempt>> load(Id id) const;
  void deliver(const std::shared_ptr<Attempt>& attempt);
  void settle(const Attempt& attempt, const aws::Delivery::Result& result);
  void retry_later(const Attempt& attempt, int64_t attempts, base::Timestamp next);
  void finish(Id id);
  /// Of an attempt that has ended, one way or the other.
  void release_place(const std::shared_ptr<aws::Delivery>& delivery = nullptr);
  std::function<void()> guarded(std::function<void()> task);

  Ports ports_;
  store::Keyspace keyspace_;
  mutable std::mutex mutex_;
  uint64_t first_number_ = 1;             ///< of this process; not changed after open()
  uint64_t next_number_ = 1;              ///< guarded by mutex_, as all below
  std::map<uint64_t, uint32_t> pending_;  ///< targets left, by event
  size_t owed_ = 0;                       ///< all of them together
  /// By rule; the rules in turn_ have some.
  std::map<std::string, std::deque<Id>> ready_;
  std::deque<std::string> turns_;
  size_t active_ = 0;
  bool is_turning_ = false;  ///< a turn is posted
  std::set<std::shared_ptr<aws::Delivery>> under_way_;
  const std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace pawl::events
