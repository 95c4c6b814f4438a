// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/function_reference.h"

#include <algorithm>
#include <vector>

#include "aws/arn.h"

namespace pawl::lambda {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "us-east-1", "us-gov-west-1": the last label is one digit.
bool is_region(std::string_view text) {
  const size_t dash = text.rfind('-');
  return dash != std::string_view::npos && dash + 2 == text.size() &&
         is_digits(text.substr(dash + 1)) && text.find('-') != dash;
}

aws::ApiError user_error(std::string code, std::string message, int status) {
  aws::ApiError error(std::move(code), std::move(message), status);
  error.members = error.members.with_member("Type", json::Value("User"));
  return error;
}

}  // namespace

std::string FunctionKey::arn() const {
  return "arn:" + std::string(aws::partition_of(region)) + ":lambda:" + region + ":" + account +
         ":function:" + name;
}

std::string FunctionKey::arn(std::string_view qualifier) const {
  return qualifier.empty() ? arn() : arn() + ":" + std::string(qualifier);
}

FunctionReference parse_function_reference(std::string_view text, const aws::Request& request) {
  std::vector<std::string_view> parts;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(':', start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  FunctionReference found{{request.account_id(), request.region, ""}, ""};
  size_t at = 0;
  const auto more = [&](size_t count) { return at + count < parts.size(); };
  if (more(3) && parts[0] == "arn") at = 3;
  const auto is_account = [&](size_t part) {
    return more(part - at) && parts[part].size() == 12 && is_digits(parts[part]);
  };
  // "ab-name-1:alias" looks like a region and a name: a region is one only before an account.
  if (more(2) && is_region(parts[at]) && is_account(at + 1)) found.key.region = parts[at++];
  if (more(1) && is_account(at)) found.key.account = parts[at++];
  if (more(1) && parts[at] == "function") ++at;
  found.key.name = parts[at];
  if (more(1)) found.qualifier = parts[at + 1];
  return found;
}

aws::ApiResult<FunctionReference> function_reference(const aws::Request& request) {
  const json::Value* name = request.input.find("FunctionName");
  FunctionReference found = parse_function_reference(
      name != nullptr && name->is_string() ? name->as_string() : std::string_view(), request);
  if (const json::Value* qualifier = request.input.find("Qualifier");
      qualifier != nullptr && qualifier->is_string()) {
    if (!found.qualifier.empty() && found.qualifier != qualifier->as_string()) {
      return invalid_parameter(
          "The derived qualifier from the function name does not match the specified qualifier.");
    }
    found.qualifier = qualifier->as_string();
  }
  PAWL_TRY_VOID(check_reachable(found, request));
  return found;
}

aws::ApiResult<void> check_reachable(const FunctionReference& found, const aws::Request& request) {
  if (found.key.region != request.region) {
    return resource_not_found("Functions from '" + found.key.region +
                              "' are not reachable in this region ('" + request.region + "')");
  }
  if (found.key.account != request.account_id()) {
    const std::string action = "lambda:" + request.operation->name;
    return aws::ApiError("AccessDeniedException",
                         "User: " + request.principal.arn + " is not authorized to perform: " +
                             action + " on resource: " + found.arn() +
                             " because no resource-based policy allows the " + action + " action",
                         403);
  }
  return {};
}

bool is_version_number(std::string_view qualifier) { return is_digits(qualifier); }

aws::ApiError resource_not_found(std::string message) {
  return user_error("ResourceNotFoundException", std::move(message), 404);
}

aws::ApiError function_not_found(const std::string& arn) {
  return resource_not_found("Function not found: " + arn);
}

aws::ApiError invalid_parameter(std::string message) {
  return user_error("InvalidParameterValueException", std::move(message), 400);
}

aws::ApiError resource_conflict(std::string message) {
  return user_error("ResourceConflictException", std::move(message), 409);
}

aws::ApiError precondition_failed(std::string message) {
  return user_error("PreconditionFailedException", std::move(message), 412);
}

aws::ApiError service_exception(std::string message) {
  return aws::ApiError("ServiceException", std::move(message), 500, aws::Fault::Receiver);
}

}  // namespace pawl::lambda
