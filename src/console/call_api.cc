// SPDX-License-Identifier: Apache-2.0
#include "console/call_api.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "console/call_input.h"
#include "text/unicode.h"

namespace pawl::console {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

constexpr size_t kNameShownMax = 80;

/// What people call services whose models have another name.
struct OtherName {
  std::string_view name;
  std::string_view model;
};
constexpr OtherName kOtherNames[] = {
    {"states", "stepfunctions"},
    {"sfn", "stepfunctions"},
    {"apigateway-v2", "apigatewayv2"},
    {"monitoring", "cloudwatch"},
    {"eventbridge", "events"},
    {"streams.dynamodb", "dynamodbstreams"},
    {"autoscaling", "application-autoscaling"},
};

std::string model_name(const std::string& service) {
  const auto* found = std::find_if(std::begin(kOtherNames), std::end(kOtherNames),
                                   [&](const OtherName& each) { return each.name == service; });
  return found == std::end(kOtherNames) ? service : std::string(found->model);
}

/// As much of a name as an error repeats: whole characters, whatever it is.
std::string shown(const std::string& name) {
  return name.substr(0, text::byte_of_utf16_offset(name, kNameShownMax));
}

/// An embedded service refuses what is too large before it is read; this is for all others.
bool is_too_large(const aws::OperationModel& operation, const Value& output) {
  const aws::Member* payload = operation.output == nullptr ? nullptr : operation.output->payload;
  if (payload == nullptr || !(payload->streaming || payload->shape->streaming)) return false;
  const Value* body = output.find(payload->name);
  return body != nullptr && body->is_string() &&
         body->as_string().size() > (CallApi::kStreamedBytesMax + 2) / 3 * 4;
}

ApiError too_large() {
  return {"RequestEntityTooLargeException",
          "The answer is larger than " + std::to_string(CallApi::kStreamedBytesMax) +
              " bytes: too large to be shown.",
          413};
}

/// "us-east-1", "cn-north-1": whatever stands there becomes part of host names and ARNs.
bool is_region(std::string_view text) {
  return text.size() <= 32 && !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

}  // namespace

void CallApi::add_to(ApiTable& table) {
  table.on("call", [this](ApiRequest request, net::HttpReply reply) {
    call(std::move(request), std::move(reply));
  });
}

ApiResult<const aws::OperationModel*> CallApi::find(const std::string& service,
                                                    const std::string& operation) const {
  const std::string name = model_name(service);
  // What is no name of a folder is never looked for as one.
  const auto& names = models_.service_names();
  if (!std::binary_search(names.begin(), names.end(), name)) {
    return aws::validation_exception("There is no service \"" + shown(service) + "\".");
  }
  const auto model = models_.find(name);
  if (!model) return aws::internal_failure(model.error().message);
  const aws::OperationModel* found = (*model)->find_operation(operation);
  if (found == nullptr) {
    return ApiError("UnknownOperationException",
                    "Service " + name + " has no operation \"" + shown(operation) + "\".", 400);
  }
  return found;
}

ApiResult<aws::Call> CallApi::read(const ApiRequest& request,
                                   const aws::OperationModel*& found) const {
  const std::string service = PAWL_TRY(text_of(request.body, "service"));
  const std::string operation = PAWL_TRY(text_of(request.body, "operation"));
  const std::string region = PAWL_TRY(text_or_empty(request.body, "region"));
  if (!region.empty() && !is_region(region)) {
    return aws::validation_exception("\"region\" is not the name of a region.");
  }
  found = PAWL_TRY(find(service, operation));
  aws::Call call;
  call.service = found->service->metadata().service_name;
  call.operation = found->name;
  call.region = region.empty() ? request.region : region;
  call.principal = request.principal;
  const Value* input = request.body.find("input");
  if (input == nullptr || input->is_null()) return call;
  static const aws::Shape kNothing;
  call.input =
      PAWL_TRY(read_call_input(found->input == nullptr ? kNothing : *found->input, *input));
  return call;
}

void CallApi::call(ApiRequest request, net::HttpReply reply) const {
  const aws::OperationModel* operation = nullptr;
  ApiResult<aws::Call> call = read(request, operation);
  // The call goes to another thread, with nodes of the body.
  request.body = Value::object();
  if (!call) return reply.send(error_answer(call.error()));
  // std::function wants what can be copied.
  const auto shared = std::make_shared<net::HttpReply>(std::move(reply));
  caller_.call(*std::move(call), [shared, operation](const ApiResult<Value>& answer) {
    if (!answer) return shared->send(error_answer(answer.error()));
    shared->send(is_too_large(*operation, *answer) ? error_answer(too_large())
                                                   : json_answer(*answer));
  });
}

}  // namespace pawl::console
