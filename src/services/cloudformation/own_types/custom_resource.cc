// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/own_types/custom_resource.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/operations/failure_text.h"
#include "services/cloudformation/operations/template_values.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr int64_t kTimeoutSeconds = 3'600;
constexpr size_t kAnswerBytesMax = 4'096;
/// An answer wakes the resource; this is for one that came while nobody slept.
constexpr uint64_t kPollMs = 2'000;

ApiError failure(std::string message, const std::string& physical_id = {}) {
  ApiError error{std::string(kPlainFailure), std::move(message)};
  if (!physical_id.empty()) {
    error.members = error.members.with_member("PhysicalResourceId", Value(physical_id));
  }
  return error;
}

StackKey stack_of(const ResourceRequest& request) {
  const std::string& id = request.environment.stack_id;
  return {{request.environment.account_id, request.environment.region},
          id.substr(id.rfind('/') + 1)};
}

int64_t timeout_ms(const Value& properties) {
  int64_t seconds = json::integer_member(properties, "ServiceTimeout", 0);
  const std::string text = json::text_member(properties, "ServiceTimeout");
  if (!text.empty()) seconds = std::strtoll(text.c_str(), nullptr, 10);
  return (seconds > 0 ? std::min(seconds, kTimeoutSeconds) : kTimeoutSeconds) * 1'000;
}

}  // namespace

bool is_custom_type(std::string_view type) {
  return type.starts_with("Custom::") || type == "AWS::CloudFormation::CustomResource";
}

ApiResult<Progress> CustomResourceHandler::create(StackCalls& calls,
                                                  const ResourceRequest& request) const {
  return ask(calls, request, "Create");
}

ApiResult<Progress> CustomResourceHandler::update(StackCalls& calls,
                                                  const ResourceRequest& request) const {
  if (json::text_member(request.previous, "ServiceToken") !=
      json::text_member(request.properties, "ServiceToken")) {
    return failure("Modifying service token is not allowed.");
  }
  return ask(calls, request, "Update");
}

ApiResult<Progress> CustomResourceHandler::remove(StackCalls& calls,
                                                  const ResourceRequest& request) const {
  return ask(calls, request, "Delete");
}

ApiResult<Progress> CustomResourceHandler::ask(StackCalls& calls, const ResourceRequest& request,
                                               std::string_view kind) const {
  const StackKey key = stack_of(request);
  const std::string& request_id = request.token;
  int64_t until = json::integer_member(request.memory, "Until");
  if (until == 0) {
    const std::string url = PAWL_TRY(box_.open(key, request_id, request.logical_id));
    const auto slot = PAWL_TRY(box_.find(key.owner, request_id));
    // One that has been answered is not asked again, whatever was forgotten in between.
    if (slot && slot->bodies.empty()) {
      PAWL_TRY_VOID(send(calls, request, kind, request_id, url));
    }
    until = loop_.now().ms + timeout_ms(request.properties);
  }
  const auto slot = PAWL_TRY(box_.find(key.owner, request_id));
  if (slot && !slot->bodies.empty()) {
    auto progress = read(request, kind, request_id, slot->bodies.front());
    PAWL_TRY_VOID(box_.close(key.owner, request_id));
    return progress;
  }
  const int64_t left = until - loop_.now().ms;
  if (left <= 0) {
    PAWL_TRY_VOID(box_.close(key.owner, request_id));
    return failure(
        "CloudFormation did not receive a response from your Custom Resource. Please check your "
        "logs for requestId [" +
            request_id +
            "]. If you are using the Python cfn-response module, you may need to update your "
            "Lambda function code so that CloudFormation can attach the updated version.",
        request.physical_id);
  }
  ObjectBuilder memory;
  memory.set("Until", Value(until));
  return Progress::again(std::min<uint64_t>(kPollMs, static_cast<uint64_t>(left)), {},
                         std::move(memory).build());
}

ApiResult<void> CustomResourceHandler::send(StackCalls& calls, const ResourceRequest& request,
                                            std::string_view kind, const std::string& request_id,
                                            const std::string& url) const {
  const std::string token = json::text_member(request.properties, "ServiceToken");
  ObjectBuilder event;
  event.set("RequestType", Value(kind))
      .set("ServiceToken", Value(token))
      .set("ResponseURL", Value(url))
      .set("StackId", Value(request.environment.stack_id))
      .set("RequestId", Value(request_id))
      .set("LogicalResourceId", Value(request.logical_id));
  if (kind != "Create") event.set("PhysicalResourceId", Value(request.physical_id));
  event.set("ResourceType", Value(type_));
  event.set("ResourceProperties", with_texts(request.properties));
  if (kind == "Update") event.set("OldResourceProperties", with_texts(request.previous));
  const std::string text = json::write(std::move(event).build());
  const auto arn = aws::Arn::parse(token);
  if (!arn) return failure("Invalid service token.");
  ApiResult<Value> sent = Value();
  if (arn && arn->service == "sns") {
    ObjectBuilder message;
    message.set("TopicArn", Value(token))
        .set("Subject", Value("AWS CloudFormation custom resource request"))
        .set("Message", Value(text));
    sent = calls.call("sns", "Publish", std::move(message).build());
  } else {
    ObjectBuilder invocation;
    invocation.set("FunctionName", Value(token))
        .set("InvocationType", Value("Event"))
        .set("Payload", Value(base::base64_encode(text)));
    sent = calls.call("lambda", "Invoke", std::move(invocation).build());
  }
  if (!sent) return failure(sent.error().message.value_or(sent.error().code));
  return {};
}

ApiResult<Progress> CustomResourceHandler::read(const ResourceRequest& request,
                                                std::string_view kind,
                                                const std::string& request_id,
                                                const std::string& body) const {
  if (body.size() > kAnswerBytesMax) return failure("Response object is too long.");
  const auto answer = json::parse(body);
  if (!answer || !answer->is_object()) return failure("Invalid Response object: not JSON");
  const std::string id = json::text_member(*answer, "PhysicalResourceId");
  const std::string status = json::text_member(*answer, "Status");
  if (status == "FAILED") {
    std::string reason = json::text_member(*answer, "Reason");
    if (reason.empty()) reason = "null";
    return failure("Received response status [FAILED] from custom resource. Message returned: " +
                       reason + " (RequestId: " + request_id + ")",
                   id);
  }
  if (status != "SUCCESS") {
    return failure("Invalid Response object: Value for key Status is required");
  }
  if (kind == "Delete") return Progress::done(request.physical_id);
  if (id.empty()) return failure("Vendor response doesn't contain PhysicalResourceId");
  const Value* const data = json::member_of(*answer, "Data");
  return Progress::done(id, data != nullptr && data->is_object() ? *data : Value::object());
}

}  // namespace pawl::cloudformation
