// SPDX-License-Identifier: Apache-2.0
#include "services/sns/api_input.h"

#include <algorithm>

#include "base/bytes.h"

namespace pawl::sns {

using aws::ApiError;
using aws::ApiResult;
using aws::Arn;
using json::Value;

namespace {

constexpr size_t kArnElements = 6;

}  // namespace

Attributes attributes_member(const Value& input, std::string_view name) {
  Attributes attributes;
  const Value* value = input.find(name);
  if (value == nullptr || !value->is_object()) return attributes;
  for (const json::Member& member : value->members()) {
    if (member.value.is_string())
      attributes.insert_or_assign(std::string(member.name()),
                                  std::string(member.value.as_string()));
  }
  return attributes;
}

Value attributes_value(const Attributes& attributes) {
  json::ObjectBuilder out;
  for (const auto& [name, value] : attributes) out.set(name, Value(value));
  return std::move(out).build();
}

ApiError invalid_parameter(const std::string& what) {
  return {"InvalidParameter", "Invalid parameter: " + what};
}

ApiError not_found(const std::string& what) { return {"NotFound", what}; }

ApiError as_api_error(const base::Error& error) { return aws::internal_failure(error.message); }

ApiResult<Arn> arn_member(const Value& input, std::string_view name) {
  const std::string text = text_member(input, name);
  if (std::optional<Arn> arn = Arn::parse(text)) return *std::move(arn);
  const auto elements = static_cast<size_t>(std::count(text.begin(), text.end(), ':')) + 1;
  const std::string member(name);
  if (elements >= kArnElements) return invalid_parameter(member);
  return invalid_parameter(member + " Reason: An ARN must have at least 6 elements, not " +
                           std::to_string(elements));
}

ApiResult<TopicName> topic_member(const aws::Request& request, std::string_view name) {
  const Arn arn = PAWL_TRY(arn_member(request.input, name));
  std::optional<TopicName> topic = topic_of(arn);
  if (!topic || topic->scope.region != request.region) return invalid_parameter(std::string(name));
  return *std::move(topic);
}

ApiError not_authorized(const aws::Request& request, const std::string& resource) {
  return {"AuthorizationError",
          "User: " + request.principal.arn + " is not authorized to perform: SNS:" +
              request.operation->name + " on resource: " + resource,
          403};
}

ApiResult<void> check_owner(const aws::Request& request, std::string_view account,
                            const std::string& resource) {
  if (account == request.account_id()) return {};
  return not_authorized(request, resource);
}

ApiResult<std::string> page_start(const Value& input, std::string_view member) {
  std::optional<std::string> start = base::base64_decode(text_member(input, member));
  if (!start) return invalid_parameter(std::string(member));
  return *std::move(start);
}

std::string page_token(std::string_view next) { return base::base64_encode(next); }

}  // namespace pawl::sns
