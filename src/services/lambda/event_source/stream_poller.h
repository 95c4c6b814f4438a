// SPDX-License-Identifier: Apache-2.0
// StreamPoller: from the stream of a DynamoDB table to a function (Developer Guide "Using Lambda
// with DynamoDB streams"): the shards of a stream one after their parents, each in order, a batch
// at a time. A batch that fails is tried again until it succeeds, or its retries or its age are
// used up; then it goes to the destination for failures. How far a shard is read is stored.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "services/lambda/event_source/event_sources.h"

namespace pawl::lambda {

class StreamPoller final : public SourcePoller {
 public:
  StreamPoller(const PollerContext& context, Mapping mapping)
      : context_(context), mapping_(std::move(mapping)) {}

  void start() override { describe(); }
  void stop() override { is_stopped_ = true; }

 private:
  struct Record {
    std::string sequence_number;
    int64_t created_ms = 0;
    std::string text;  ///< as the function gets it, JSON
  };
  struct Batch {
    std::vector<Record> records;
    int64_t attempts = 0;  ///< that have failed
    int64_t refusals = 0;  ///< by a throttled function
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
    std::string skipped_to;  ///< the last record read that no filter wants
  };
  using ShardPointer = std::shared_ptr<Shard>;

  std::shared_ptr<StreamPoller> self() {
    return std::static_pointer_cast<StreamPoller>(shared_from_this());
  }
  void call(const char* operation, json::Value input, aws::Caller::Receiver receiver);
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
  void ran(const ShardPointer& shard, const aws::ApiResult<InvokeOutcome>& outcome);
  void failed(const ShardPointer& shard, const InvokeOutcome& outcome, size_t first_failed);
  void give_up(const ShardPointer& shard, const InvokeOutcome& outcome, const char* condition);
  void store_position(const ShardPointer& shard, const std::string& sequence_number);

  const PollerContext& context_;
  const Mapping mapping_;
  bool is_stopped_ = false;
  std::map<std::string, ShardPointer> shards_;
};

}  // namespace pawl::lambda
