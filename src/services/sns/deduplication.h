// SPDX-License-Identifier: Apache-2.0
// What FIFO topics remember: the sequence number given last, and for five minutes each message that
// was accepted, so that its repetition is answered but not delivered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "services/sns/message.h"
#include "store/store.h"

namespace pawl::sns {

struct AcceptedMessage {
  std::string id;
  std::string sequence_number;
};

/// Not for several threads at once. Errors: the store's.
class Deduplication {
 public:
  static constexpr int64_t kIntervalMs = 5 * 60 * 1000;

  static base::Result<Deduplication> open(store::Store& store);

  /// What was accepted with these ids within the interval. `by_group`: ids of different groups
  /// have nothing to do with each other.
  base::Result<std::optional<AcceptedMessage>> find(const Message& message, bool by_group) const;
  /// Gives the message its sequence number; it and the memory of it go into `batch`, which also
  /// forgets some of what is over. To be committed before the next call.
  base::Result<void> accept(store::Batch& batch, Message& message, bool by_group);
  void erase_topic(store::Batch& batch, const TopicName& topic) const;

 private:
  explicit Deduplication(store::Store& store) : store_(&store) {}

  store::Store* store_;
  store::Keyspace remembered_;
  store::Keyspace sequences_;
};

}  // namespace pawl::sns
