// SPDX-License-Identifier: Apache-2.0
// ReceiveMessage.
#include "services/sqs/errors.h"
#include "services/sqs/input.h"
#include "services/sqs/sqs_service.h"

namespace pawl::sqs {
namespace {

using aws::ApiResult;
using json::Value;

constexpr int64_t kMessagesMax = 10;

bool is_system_name(std::string_view name) {
  for (const char* each :
       {"All", "SenderId", "SentTimestamp", "ApproximateReceiveCount",
        "ApproximateFirstReceiveTimestamp", "SequenceNumber", "MessageDeduplicationId",
        "MessageGroupId", "AWSTraceHeader", "DeadLetterQueueSourceArn"}) {
    if (name == each) return true;
  }
  return false;
}

ApiResult<ReceiveCall> read_call(const Value& input) {
  ReceiveCall call;
  const int64_t max = integer_member(input, "MaxNumberOfMessages", 1);
  if (max < 1 || max > kMessagesMax) {
    return invalid_parameter(std::to_string(max), "MaxNumberOfMessages",
                             "Must be between 1 and 10, if provided.");
  }
  call.messages_max = static_cast<size_t>(max);
  const int64_t wait = PAWL_TRY(number_between(input, "WaitTimeSeconds", 0, 20, -1));
  const int64_t visibility = PAWL_TRY(number_between(input, "VisibilityTimeout", 0, 43'200, -1));
  call.wait_ms = wait < 0 ? -1 : wait * 1000;
  call.visibility_ms = visibility < 0 ? -1 : visibility * 1000;
  call.system_names = texts_member(input, "AttributeNames");
  for (std::string& name : texts_member(input, "MessageSystemAttributeNames")) {
    call.system_names.push_back(std::move(name));
  }
  for (const std::string& name : call.system_names) {
    if (!is_system_name(name) && !is_attribute_name(name)) return unknown_attribute(name);
  }
  call.attribute_names = texts_member(input, "MessageAttributeNames");
  call.attempt_id = text_member(input, "ReceiveRequestAttemptId");
  return call;
}

}  // namespace

void SqsService::receive_message(Request request, aws::Reply reply) {
  // Answers may come on another thread: the input stays here.
  auto dressed =
      aws::Reply([operation = request.operation, query = is_query(request),
                  open = std::make_shared<aws::Reply>(std::move(reply))](ActionResult result) {
        if (!result && query) dress_for_query(*operation, result.error());
        (*open)(std::move(result));
      });
  auto name = queue_of(request);
  if (!name) return dressed(std::move(name).error());
  auto call = read_call(request.input);
  if (!call) return dressed(std::move(call).error());
  call->is_wanted = std::move(request.is_wanted);
  broker_->receive(*name, std::move(*call), std::move(dressed));
}

}  // namespace pawl::sqs
