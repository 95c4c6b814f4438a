// SPDX-License-Identifier: Apache-2.0
// PolledSource: what Lambda's event source mappings and EventBridge's pipes have in common: a queue
// or a stream is polled, its records are filtered and gathered into batches, and somebody consumes
// them. queue_source.h and stream_source.h say how each goes about it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/event/event_pattern.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"

namespace pawl::aws {

struct SourceRecord {
  std::string id;    ///< a message's id, a stream record's sequence number
  std::string text;  ///< as functions and pipes get it, JSON
};

/// What became of a batch.
struct BatchOutcome {
  enum class Kind {
    Done,     ///< but for `failed`
    Failed,   ///< all of it
    Refused,  ///< nobody had time for it; of streams: it is tried again, and that does not count
  };
  Kind kind = Kind::Done;
  std::vector<std::string> failed = {};  ///< ids of records
  std::string detail = {};               ///< handed on when a batch is given up
};

/// The batchItemFailures of an answer; what is no answer of that kind means that all have failed.
BatchOutcome read_item_failures(std::string_view answer);

/// A batch that is given up: its retries or its age are used up.
struct GivenUpBatch {
  const char* condition = "";  ///< "RetryAttemptsExhausted" or "RecordAgeExceeded"
  std::string detail = {};     ///< of the last outcome
  std::string shard_id = {};
  std::string first_id = {};
  std::string last_id = {};
  int64_t first_created_ms = 0;
  int64_t last_created_ms = 0;
  int64_t records = 0;
  int64_t attempts = 0;
};

struct SourceSettings {
  std::string arn;
  std::string region;  ///< that records show, and calls go to if the ARN names none
  Principal principal = {};
  size_t batch_size = 10;
  int64_t window_ms = 0;                   ///< begins with a batch's first record
  std::vector<EventPattern> filters = {};  ///< one must match; empty: everything is wanted
  size_t concurrency_max = 5;              ///< of queues: batches at once
  // Of streams.
  bool from_the_beginning = false;
  int64_t retries_max = -1;  ///< -1: without end
  int64_t age_ms_max = -1;   ///< -1: without end
  bool bisects = false;
  /// ParallelizationFactor: batches of one shard at once; the changes of one item stay in order.
  size_t lanes = 1;
};

struct SourcePorts {
  ServiceLoop& loop;
  Caller& caller;
  /// Gets each batch, and calls `done` once, on any thread.
  using Done = std::function<void(BatchOutcome)>;
  std::function<void(const std::vector<SourceRecord>& records, Done done)> consume;
  /// Of streams; goes on when `done` is called.
  std::function<void(const GivenUpBatch& batch, std::function<void()> done)> give_up = {};
  /// Of streams: how far a shard has been read; "" if it was not.
  std::function<std::string(const std::string& shard)> load_position = {};
  std::function<void(const std::string& shard, const std::string& position)> save_position = {};
};

/// Everything on the loop's thread. What is under way when it is stopped ends by itself.
class PolledSource : public std::enable_shared_from_this<PolledSource> {
 public:
  virtual ~PolledSource() = default;
  virtual void start() = 0;
  virtual void stop() = 0;
};

}  // namespace pawl::aws
