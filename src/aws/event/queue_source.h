// SPDX-License-Identifier: Apache-2.0
// QueueSource: an SQS queue as a source (Lambda Developer Guide "Using Lambda with Amazon SQS",
// EventBridge User Guide "Amazon SQS as a source"): long polls, batches by size and window, deletes
// what was consumed. What was not stays in the queue and is seen again when its visibility timeout
// is over.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/event/polled_source.h"

namespace pawl::aws {

class QueueSource final : public PolledSource {
 public:
  QueueSource(SourcePorts ports, SourceSettings settings)
      : ports_(std::move(ports)), settings_(std::move(settings)) {}

  void start() override;
  void stop() override;

 private:
  struct Message {
    std::string receipt;
    SourceRecord record;
  };
  using Messages = std::vector<Message>;

  std::shared_ptr<QueueSource> self() {
    return std::static_pointer_cast<QueueSource>(shared_from_this());
  }
  void call(const char* operation, json::Value input, Caller::Receiver receiver);
  void call_as(Principal principal, const char* operation, json::Value input,
               Caller::Receiver receiver);
  Principal own_principal() const;
  void look_up_queue();
  void receive();
  void received(const ApiResult<json::Value>& answer);
  void try_again_later(void (QueueSource::*what)());
  bool is_wanted(const json::Value& record) const;
  void begin_window();
  void consume_if_due();
  void consume_batch();
  void batch_done(const Messages& batch, const BatchOutcome& outcome);
  void forget(const Messages& messages);
  void release(const Messages& messages);

  const SourcePorts ports_;
  const SourceSettings settings_;
  std::string queue_url_;
  bool is_stopped_ = false;
  bool is_receiving_ = false;
  bool is_window_over_ = false;
  ServiceLoop::TimerId window_timer_ = 0;
  int64_t failures_ = 0;  ///< of calls, one after the other
  size_t in_flight_ = 0;  ///< batches
  Messages waiting_;
  size_t waiting_bytes_ = 0;
};

/// One message of API ReceiveMessage's output as a record.
json::Value queue_record(const json::Value& message, const std::string& queue_arn,
                         const std::string& region);

}  // namespace pawl::aws
