// SPDX-License-Identifier: Apache-2.0
// SqsService: Amazon SQS (API reference 2012-11-05) between the API's JSON and the Broker. Which
// operations there are says bind(); see README.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "services/sqs/broker.h"
#include "store/store.h"

namespace pawl::sqs {

/// Actions may run on any thread at once. They wait for no disk but what reading messages costs;
/// answers to long polls come from the thread that made a message visible.
class SqsService final : public aws::Service {
 public:
  struct Options {
    /// "http://127.0.0.1:4566": of queue URLs for callers inside this process.
    std::function<std::string()> endpoint_url;
    uint64_t seed = 0;              ///< of message ids and receipts: random, but in tests
    aws::Caller* caller = nullptr;  ///< reaches KMS, for queues with a key; null: nobody is asked
  };

  /// `store` and `loop` must outlive the service. Errors: the store's.
  static base::Result<std::unique_ptr<SqsService>> open(store::Store& store, aws::ServiceLoop& loop,
                                                        Options options);

  void bind(aws::ActionTable& table) override;

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;

  SqsService(std::shared_ptr<Broker> broker, Options options)
      : broker_(std::move(broker)), options_(std::move(options)) {}

  /// An action whose error is dressed for the protocol.
  template <ActionResult (SqsService::*Action)(const Request&)>
  ActionResult answer(const Request& request);

  // actions/queue_key.cc
  using Action = std::function<void(Request, aws::Reply)>;
  /// The action once KMS has said that the queue's key may be used, if it has one. Errors:
  /// KmsDisabled, KmsNotFound and their like.
  void with_queue_key(Request request, aws::Reply reply, const Action& action);

  // actions/queues.cc
  ActionResult create_queue(const Request& request);
  ActionResult delete_queue(const Request& request);
  ActionResult get_queue_url(const Request& request);
  ActionResult list_queues(const Request& request);
  ActionResult list_dead_letter_source_queues(const Request& request);
  ActionResult purge_queue(const Request& request);
  // actions/attributes.cc
  ActionResult get_queue_attributes(const Request& request);
  ActionResult set_queue_attributes(const Request& request);
  ActionResult tag_queue(const Request& request);
  ActionResult untag_queue(const Request& request);
  ActionResult list_queue_tags(const Request& request);
  // actions/permissions.cc
  ActionResult add_permission(const Request& request);
  ActionResult remove_permission(const Request& request);
  // actions/send_message.cc
  ActionResult send_message(const Request& request);
  ActionResult send_message_batch(const Request& request);
  // actions/receive_message.cc
  void receive_message(Request request, aws::Reply reply);
  // actions/handles.cc
  ActionResult delete_message(const Request& request);
  ActionResult delete_message_batch(const Request& request);
  ActionResult change_message_visibility(const Request& request);
  ActionResult change_message_visibility_batch(const Request& request);
  // actions/move_tasks.cc
  ActionResult start_message_move_task(const Request& request);
  ActionResult list_message_move_tasks(const Request& request);
  ActionResult cancel_message_move_task(const Request& request);

  /// The queue that QueueUrl names, or the request's path. Errors: MissingParameter,
  /// InvalidAddress, AccessDenied for another account's queue whose policy says nothing of the
  /// caller.
  aws::ApiResult<QueueName> queue_of(const Request& request);
  aws::ApiResult<void> check_access(const Request& request, const QueueName& name);
  std::string url_of(const Request& request, const QueueName& name) const;

  const std::shared_ptr<Broker> broker_;
  const Options options_;
};

}  // namespace pawl::sqs
