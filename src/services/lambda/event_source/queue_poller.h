// SPDX-License-Identifier: Apache-2.0
// QueuePoller: from an SQS queue to a function (Developer Guide "Using Lambda with Amazon SQS"):
// long polls, batches by size and window, deletes what the function has done. What it has not done
// stays in the queue and is seen again when its visibility timeout is over.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/lambda/event_source/event_sources.h"

namespace pawl::lambda {

class QueuePoller final : public SourcePoller {
 public:
  QueuePoller(const PollerContext& context, Mapping mapping)
      : context_(context), mapping_(std::move(mapping)) {}

  void start() override;
  void stop() override;

 private:
  struct Message {
    std::string id;
    std::string receipt;
    std::string record;  ///< as the function gets it, JSON text
  };
  using Messages = std::vector<Message>;

  std::shared_ptr<QueuePoller> self() {
    return std::static_pointer_cast<QueuePoller>(shared_from_this());
  }
  void call(const char* operation, json::Value input, aws::Caller::Receiver receiver);
  void look_up_queue();
  void receive();
  void received(const aws::ApiResult<json::Value>& answer);
  void try_again_later(void (QueuePoller::*what)());
  bool is_wanted(const json::Value& record) const;
  void begin_window();
  void invoke_if_due();
  void invoke_batch();
  void batch_done(const Messages& batch, const aws::ApiResult<InvokeOutcome>& outcome);
  void forget(const Messages& messages);
  void release(const Messages& messages);

  const PollerContext& context_;
  const Mapping mapping_;
  std::string queue_url_;
  bool is_stopped_ = false;
  bool is_receiving_ = false;
  bool is_window_over_ = false;
  aws::ServiceLoop::TimerId window_timer_ = 0;
  int64_t failures_ = 0;  ///< of calls, one after the other
  size_t in_flight_ = 0;  ///< batches
  Messages waiting_;
  size_t waiting_bytes_ = 0;
};

/// One message of API ReceiveMessage's output as a record of the function's event.
json::Value queue_record(const json::Value& message, const std::string& queue_arn,
                         const std::string& region);

/// The ids of batchItemFailures in a function's answer; nullopt if the answer is no good, which
/// means that all have failed.
std::optional<std::vector<std::string>> failed_items(std::string_view answer);

}  // namespace pawl::lambda
