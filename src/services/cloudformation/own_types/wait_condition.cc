// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/own_types/wait_condition.h"

#include <algorithm>
#include <utility>

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

constexpr uint64_t kPollMs = 2'000;
constexpr int64_t kTimeoutSeconds = 43'200;

ApiError failure(std::string message) { return {std::string(kPlainFailure), std::move(message)}; }

int64_t number_of(const Value& properties, std::string_view name, int64_t otherwise) {
  if (const auto number = json::find_integer(properties, name)) return *number;
  const std::string text = json::text_member(properties, name);
  return text.empty() ? otherwise : std::strtoll(text.c_str(), nullptr, 10);
}

}  // namespace

ApiResult<Progress> WaitConditionHandleHandler::create(StackCalls&,
                                                       const ResourceRequest& request) const {
  const std::string& id = request.environment.stack_id;
  const StackKey key{{request.environment.account_id, request.environment.region},
                     id.substr(id.rfind('/') + 1)};
  return Progress::done(PAWL_TRY(box_.open(key, request.token, request.logical_id)));
}

ApiResult<Progress> WaitConditionHandleHandler::update(StackCalls&,
                                                       const ResourceRequest& request) const {
  return Progress::done(request.physical_id);
}

ApiResult<Progress> WaitConditionHandleHandler::remove(StackCalls&,
                                                       const ResourceRequest& request) const {
  const size_t begin = request.physical_id.find(ResponseBox::kPath);
  if (begin == std::string::npos) return Progress::done(request.physical_id);
  const auto address = PAWL_TRY(box_.address(request.physical_id.substr(begin)));
  if (address) PAWL_TRY_VOID(box_.close(address->owner, address->name));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> WaitConditionHandler::create(StackCalls&,
                                                 const ResourceRequest& request) const {
  const std::string handle = json::text_member(request.properties, "Handle");
  const size_t begin = handle.find(ResponseBox::kPath);
  if (begin == std::string::npos) return failure("Handle is not a WaitConditionHandle");
  const auto address = PAWL_TRY(box_.address(std::string_view(handle).substr(begin)));
  if (!address) return failure("Handle is not a WaitConditionHandle");
  const auto slot = PAWL_TRY(box_.find(address->owner, address->name));
  const int64_t count = number_of(request.properties, "Count", 1);
  int64_t until = json::integer_member(request.memory, "Until");
  if (until == 0) {
    const int64_t seconds = number_of(request.properties, "Timeout", kTimeoutSeconds);
    until = loop_.now().ms + std::min(seconds, kTimeoutSeconds) * 1'000;
  }
  // A UniqueId counts once; a later one with the same id is a correction.
  ObjectBuilder data;
  for (const std::string& body : slot ? slot->bodies : std::vector<std::string>()) {
    const auto signal = json::parse(body);
    if (!signal || !signal->is_object()) continue;
    const std::string id = json::text_member(*signal, "UniqueId");
    if (json::text_member(*signal, "Status") != "SUCCESS") {
      return failure("WaitCondition received failed message: '" +
                     json::text_member(*signal, "Reason") + "' for uniqueId: " + id);
    }
    data.set(id, Value(json::text_member(*signal, "Data")));
  }
  const Value received = std::move(data).build();
  if (static_cast<int64_t>(received.size()) >= count) {
    ObjectBuilder attributes;
    attributes.set("Data", Value(json::write(received)));
    return Progress::done(
        request.environment.stack_id + "/" + request.logical_id + "/" + request.token,
        std::move(attributes).build());
  }
  const int64_t left = until - loop_.now().ms;
  if (left <= 0) {
    return failure("WaitCondition timed out. Received " + std::to_string(received.size()) +
                   " conditions when expecting " + std::to_string(count));
  }
  ObjectBuilder memory;
  memory.set("Until", Value(until));
  return Progress::again(std::min<uint64_t>(kPollMs, static_cast<uint64_t>(left)), {},
                         std::move(memory).build());
}

ApiResult<Progress> WaitConditionHandler::update(StackCalls&,
                                                 const ResourceRequest& request) const {
  if (request.previous == request.properties) {
    return Progress::done(request.physical_id, request.attributes);
  }
  return failure("Update to resource type AWS::CloudFormation::WaitCondition is not supported.");
}

ApiResult<Progress> WaitConditionHandler::remove(StackCalls&,
                                                 const ResourceRequest& request) const {
  return Progress::done(request.physical_id);
}

}  // namespace pawl::cloudformation
