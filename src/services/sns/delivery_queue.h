// SPDX-License-Identifier: Apache-2.0
// DeliveryQueue: messages that are owed to endpoints. They stand in the store from the moment they
// are acknowledged until an endpoint has them or nobody wants them, so a crash loses none; an
// endpoint may get one twice.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "aws/service/service_loop.h"
#include "services/sns/courier.h"
#include "services/sns/message.h"
#include "services/sns/topic_store.h"
#include "store/store.h"

namespace pawl::sns {

/// Thread-safe. Holds in memory 16 bytes a delivery, and a line for each group of a FIFO topic that
/// waits. Errors: the store's.
class DeliveryQueue {
 public:
  /// At most so many attempts at once.
  static constexpr size_t kActiveMax = 256;

  struct Ports {
    store::Store& store;
    aws::ServiceLoop& loop;
    /// Runs its argument when all that was committed before is on disk: what was not may not be
    /// seen outside.
    std::function<void(std::function<void()>)> after_sync;
  };

  /// All must outlive it. What an earlier process left waits for run().
  static base::Result<std::unique_ptr<DeliveryQueue>> open(Ports ports, const TopicStore& topics,
                                                           Courier& courier);

  /// Adds a message and what is owed to `batch`. Returns its number, for start().
  uint64_t add(store::Batch& batch, const Message& message,
               const std::vector<Subscription>& receivers);
  /// Once the batch is committed: begins to deliver what add() was given. Messages of a FIFO topic
  /// must be started in the order of their numbers.
  void start(uint64_t number, const Message& message, const std::vector<Subscription>& receivers);
  void run();

  /// Deliveries that are not done.
  size_t size() const;

 private:
  struct Id {
    uint64_t message = 0;
    uint32_t receiver = 0;
    friend auto operator<=>(const Id&, const Id&) = default;
  };
  struct Attempt;

  DeliveryQueue(Ports ports, const TopicStore& topics, Courier& courier)
      : ports_(std::move(ports)), topics_(topics), courier_(courier) {}

  base::Result<void> recover();
  void make_ready(Id id);
  void start_ready();
  void begin(Id id);
  /// nullopt if nobody wants it any more.
  base::Result<std::optional<Attempt>> load(Id id) const;
  /// Puts it into the line of its FIFO group; true if it is the first. To be called under mutex_.
  bool stand_in_line(Id id, const Message& message, const Subscription& receiver);
  void settle(const std::shared_ptr<Attempt>& attempt, Outcome outcome);
  void bury(const std::shared_ptr<Attempt>& attempt);
  void retry_later(const Attempt& attempt, int64_t delay_ms);
  /// It is done, one way or the other.
  void finish(Id id);
  void release_place();
  void run_at(base::Timestamp time, Id id);
  /// `task`, unless the queue is gone by then.
  std::function<void()> guarded(std::function<void()> task);

  Ports ports_;
  const TopicStore& topics_;
  Courier& courier_;
  store::Keyspace messages_;
  store::Keyspace deliveries_;
  mutable std::mutex mutex_;
  uint64_t next_number_ = 1;              ///< guarded by mutex_, as all below
  std::map<uint64_t, uint32_t> pending_;  ///< receivers left, by message
  std::deque<Id> ready_;
  size_t active_ = 0;
  std::map<std::string, std::deque<Id>> lines_;  ///< of FIFO groups; the first is at work
  std::map<Id, std::string> line_of_;
  std::vector<std::pair<base::Timestamp, Id>> left_;  ///< by an earlier process
  const std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace pawl::sns
