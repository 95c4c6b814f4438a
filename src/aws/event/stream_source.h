// SPDX-License-Identifier: Apache-2.0
// StreamSource: the stream of a DynamoDB table as a source (Lambda Developer Guide "Using Lambda
// with DynamoDB streams", EventBridge User Guide "DynamoDB stream as a source"): the shards of a
// stream one after their parents, each in order, a batch at a time. A batch that fails is tried
// again until it succeeds, or its retries or its age are used up; then it is given up. How far a
// shard is read is kept by whoever made it.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "aws/event/polled_source.h"

namespace pawl::aws {

class StreamSource final : public PolledSource {
 public:
  StreamSource(SourcePorts ports, SourceSettings settings)
      : ports_(std::move(ports)), settings_(std::move(settings)) {}

  void start() override { describe(); }
  void stop() override { is_stopped_ = true; }

 private:
  struct Record {
    SourceRecord record;
    int64_t created_ms = 0;
    uint64_t order = 0;  ///< in its shard
  };
  struct Batch {
    std::vector<Record> records;
    int64_t attempts = 0;  ///< that have failed
    int64_t refusals = 0;  ///< by a consumer that is throttled
  };
  /// A share of a shard's items, one batch at a time.
  struct Lane {
    Batch gathering;  ///< until the window is over
    int64_t window_ends_ms = 0;
    std::deque<Batch> batches;  ///< to be run, one after the other
    bool is_running = false;
  };
  struct Read {
    std::string id;
    bool is_done = false;
  };
  struct Shard {
    std::string id;
    std::string parent;
    std::string iterator;
    std::string last_read;  ///< sequence number
    int64_t since_ms = 0;   ///< what was created before is not wanted
    bool is_begun = false;
    bool is_polling = false;  ///< or will in a moment
    bool is_at_end = false;   ///< closed, and all of it has been consumed
    std::vector<Lane> lanes;
    /// What was read, from the first record on that is not done: the position is before it.
    std::deque<Read> open;
    uint64_t first_open = 0;  ///< order of the first of them
    size_t waiting = 0;       ///< records in lanes
  };
  using ShardPointer = std::shared_ptr<Shard>;

  std::shared_ptr<StreamSource> self() {
    return std::static_pointer_cast<StreamSource>(shared_from_this());
  }
  void call(const char* operation, json::Value input, Caller::Receiver receiver);
  void later(int64_t pause_ms, std::function<void()> what);
  void describe();
  void described(const json::Value& answer);
  void begin_shards();
  void find_iterator(const ShardPointer& shard);
  void poll(const ShardPointer& shard);
  void polled(const ShardPointer& shard, const json::Value& answer);
  void take_record(const ShardPointer& shard, const json::Value& record);
  bool is_wanted(const json::Value& record) const;
  /// Runs what is due, and reads on if there is room.
  void go_on(const ShardPointer& shard);
  void run_first(const ShardPointer& shard, size_t lane);
  void ran(const ShardPointer& shard, size_t lane, const BatchOutcome& outcome);
  void failed(const ShardPointer& shard, size_t lane, const BatchOutcome& outcome,
              size_t first_failed);
  void give_up(const ShardPointer& shard, size_t lane, const BatchOutcome& outcome,
               const char* condition);
  void finish_first(const ShardPointer& shard, size_t lane);
  void run_later(const ShardPointer& shard, size_t lane, int64_t pause_ms);
  void set_done(const ShardPointer& shard, const std::vector<Record>& records);
  void save_progress(const ShardPointer& shard);
  bool is_too_old(const Batch& batch) const;

  const SourcePorts ports_;
  const SourceSettings settings_;
  bool is_stopped_ = false;
  std::map<std::string, ShardPointer> shards_;
};

}  // namespace pawl::aws
