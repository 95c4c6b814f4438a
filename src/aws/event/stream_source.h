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
  };
  struct Batch {
    std::vector<Record> records;
    int64_t attempts = 0;  ///< that have failed
    int64_t refusals = 0;  ///< by a consumer that is throttled
  };
  struct Shard {
    std::string id;
    std::string parent;
    std::string iterator;
    bool is_polled = false;
    bool is_at_end = false;  ///< closed, and all of it has been read
    Batch gathering;         ///< until the window is over
    int64_t window_ends_ms = 0;
    std::deque<Batch> batches;  ///< to be run, one at a time
    bool is_running = false;
    std::string skipped_to;  ///< the last record read that is not wanted
    int64_t since_ms = 0;    ///< what was created before is not wanted
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
  bool is_wanted(const json::Value& record) const;
  void take_batch(const ShardPointer& shard);
  void run_next(const ShardPointer& shard);
  void ran(const ShardPointer& shard, const BatchOutcome& outcome);
  void failed(const ShardPointer& shard, const BatchOutcome& outcome, size_t first_failed);
  void give_up(const ShardPointer& shard, const BatchOutcome& outcome, const char* condition);

  const SourcePorts ports_;
  const SourceSettings settings_;
  bool is_stopped_ = false;
  std::map<std::string, ShardPointer> shards_;
};

}  // namespace pawl::aws
