// SPDX-License-Identifier: Apache-2.0
// Background: expiry of items (TTL), trimming of streams and tokens, filling of new indexes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "aws/service/service_loop.h"
#include "services/dynamodb/database.h"

namespace pawl::dynamodb {

/// Works on the service loop's worker threads, in short turns. Thread-safe.
class Background : public std::enable_shared_from_this<Background> {
 public:
  static std::shared_ptr<Background> make(std::shared_ptr<Database> database);
  /// Begins, and goes on with indexes whose filling a stop interrupted.
  void run();
  /// No new turns.
  void stop() { stopped_ = true; }

  /// Fills an index, or kExpiryIndex, with the items that are there, then marks it as active.
  void fill(const std::shared_ptr<Table>& table, uint32_t index);

  /// One round of expiry, as the timer runs it: items whose time has come, with stream records.
  void expire_now();

 private:
  explicit Background(std::shared_ptr<Database> database) : database_(std::move(database)) {}
  void schedule_expiry();
  void schedule_trim();
  void fill_from(const std::shared_ptr<Table>& table, uint32_t index, std::string position);
  void finish_index(const std::shared_ptr<Table>& table, uint32_t index);
  bool expire_some(const std::shared_ptr<Table>& table);

  std::shared_ptr<Database> database_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace pawl::dynamodb
