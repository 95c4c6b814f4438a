// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/sqs_service.h"

#include "services/sqs/access_policy.h"
#include "services/sqs/errors.h"
#include "services/sqs/input.h"

namespace pawl::sqs {

base::Result<std::unique_ptr<SqsService>> SqsService::open(store::Store& store,
                                                           aws::ServiceLoop& loop,
                                                           Options options) {
  std::shared_ptr<Broker> broker = PAWL_TRY(Broker::open(store, loop, options.seed));
  broker->start();
  return std::unique_ptr<SqsService>(new SqsService(std::move(broker), std::move(options)));
}

template <aws::ActionResult (SqsService::*Action)(const aws::Request&)>
aws::ActionResult SqsService::answer(const Request& request) {
  ActionResult result = (this->*Action)(request);
  if (!result && is_query(request)) dress_for_query(*request.operation, result.error());
  return result;
}

namespace {

aws::ActionResult written(aws::ActionResult result) {
  if (result) result->after_sync = true;
  return result;
}

}  // namespace

void SqsService::bind(aws::ActionTable& table) {
  using S = SqsService;
  table.on_write("AddPermission", &S::answer<&S::add_permission>);
  table.on_write("CancelMessageMoveTask", &S::answer<&S::cancel_message_move_task>);
  table.on_write("ChangeMessageVisibility", &S::answer<&S::change_message_visibility>);
  table.on_write("ChangeMessageVisibilityBatch", &S::answer<&S::change_message_visibility_batch>);
  table.on_write("CreateQueue", &S::answer<&S::create_queue>);
  table.on_write("DeleteMessage", &S::answer<&S::delete_message>);
  table.on_write("DeleteMessageBatch", &S::answer<&S::delete_message_batch>);
  table.on_write("DeleteQueue", &S::answer<&S::delete_queue>);
  table.on("GetQueueAttributes", &S::answer<&S::get_queue_attributes>);
  table.on("GetQueueUrl", &S::answer<&S::get_queue_url>);
  table.on("ListDeadLetterSourceQueues", &S::answer<&S::list_dead_letter_source_queues>);
  table.on("ListMessageMoveTasks", &S::answer<&S::list_message_move_tasks>);
  table.on("ListQueueTags", &S::answer<&S::list_queue_tags>);
  table.on("ListQueues", &S::answer<&S::list_queues>);
  table.on_write("PurgeQueue", &S::answer<&S::purge_queue>);
  table.on_async("ReceiveMessage", [this](Request request, aws::Reply reply) {
    with_queue_key(std::move(request), std::move(reply), [this](Request asked, aws::Reply to) {
      receive_message(std::move(asked), std::move(to));
    });
  });
  table.on_write("RemovePermission", &S::answer<&S::remove_permission>);
  table.on_async("SendMessage", [this](Request request, aws::Reply reply) {
    with_queue_key(std::move(request), std::move(reply),
                   [this](const Request& asked, aws::Reply to) {
                     to(written(answer<&S::send_message>(asked)));
                   });
  });
  table.on_async("SendMessageBatch", [this](Request request, aws::Reply reply) {
    with_queue_key(std::move(request), std::move(reply),
                   [this](const Request& asked, aws::Reply to) {
                     to(written(answer<&S::send_message_batch>(asked)));
                   });
  });
  table.on_write("SetQueueAttributes", &S::answer<&S::set_queue_attributes>);
  table.on_write("StartMessageMoveTask", &S::answer<&S::start_message_move_task>);
  table.on_write("TagQueue", &S::answer<&S::tag_queue>);
  table.on_write("UntagQueue", &S::answer<&S::untag_queue>);
}

aws::ApiResult<QueueName> SqsService::queue_of(const Request& request) {
  const std::optional<std::string> url = find_text(request.input, "QueueUrl");
  const std::string path = request.http == nullptr ? "" : request.http->path;
  if (!url && !parse_queue_url(path, request.region)) return missing_parameter("QueueUrl");
  const std::string& address = url ? *url : path;
  std::optional<QueueName> name = parse_queue_url(address, request.region);
  if (!name) {
    return aws::ApiError("InvalidAddress",
                         "The address " + address + " is not valid for this endpoint.", 404);
  }
  PAWL_TRY_VOID(check_access(request, *name));
  return std::move(*name);
}

aws::ApiResult<void> SqsService::check_access(const Request& request, const QueueName& name) {
  if (name.account == request.account_id()) return {};
  const std::string policy = PAWL_TRY(broker_->policy(name));
  if (policy_allows(policy, request.principal, "sqs:" + request.operation->name)) return {};
  aws::ApiError denied = aws::access_denied(
      "User: " + request.principal.arn + " is not authorized to perform: sqs:" +
      request.operation->name + " on resource: " + queue_arn(name) +
      " because no resource-based policy allows the sqs:" + request.operation->name + " action");
  denied.status = 403;
  return denied;
}

std::string SqsService::url_of(const Request& request, const QueueName& name) const {
  std::string base = options_.endpoint_url();
  if (!request.host.empty()) {
    const std::string scheme = base.starts_with("https://") ? "https://" : "http://";
    base = scheme + request.host;
  }
  return queue_url(base, name);
}

}  // namespace pawl::sqs
