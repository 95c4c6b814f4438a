// SPDX-License-Identifier: Apache-2.0
#include "services/events/api_input.h"

#include "base/bytes.h"

namespace pawl::events {

using aws::ApiError;
using json::Value;

namespace {

constexpr int64_t kPageMost = 100;

}  // namespace

Value time_value(base::Timestamp time) { return Value(static_cast<double>(time.ms) / 1'000.0); }

base::Timestamp time_of(const Value& object, std::string_view member) {
  const Value* found = object.find(member);
  if (found == nullptr || !found->is_number()) return {};
  return {static_cast<int64_t>(found->as_double() * 1'000.0 + 0.5)};
}

ApiError not_found(const std::string& what) { return {"ResourceNotFoundException", what}; }

ApiError already_exists(const std::string& what) {
  return {"ResourceAlreadyExistsException", what};
}

ApiError bus_not_found(const std::string& name) {
  return not_found("Event bus " + name + " does not exist.");
}

ApiError rule_not_found(const RuleName& rule) {
  return not_found("Rule " + rule.name + " does not exist on EventBus " + rule.bus.name + ".");
}

ApiError limit_exceeded() {
  return {"LimitExceededException", "The requested resource exceeds the maximum number allowed."};
}

Scope scope_of(const aws::Request& request) { return {request.account_id(), request.region}; }

BusName bus_member(const aws::Request& request, std::string_view member) {
  const std::string text = text_member(request.input, member);
  if (text.empty()) return {scope_of(request), std::string(kDefaultBus)};
  if (auto bus = BusName::of_arn(text)) return *std::move(bus);
  return {scope_of(request), text};
}

aws::ApiResult<std::string> page_start(const Value& input) {
  std::optional<std::string> start = base::base64_decode(text_member(input, "NextToken"));
  if (!start) return aws::validation_exception("Parameter NextToken is not valid.");
  return *std::move(start);
}

std::string page_token(std::string_view next) { return base::base64_encode(next); }

size_t page_limit(const Value& input) {
  return static_cast<size_t>(integer_member(input, "Limit", kPageMost));
}

}  // namespace pawl::events
