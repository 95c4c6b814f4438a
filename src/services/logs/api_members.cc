// SPDX-License-Identifier: Apache-2.0
#include "services/logs/api_members.h"

#include <charconv>
#include <cstdio>

#include "aws/arn.h"
#include "base/bytes.h"

namespace pawl::logs {
namespace {

constexpr size_t kTimestampDigits = 20;
constexpr size_t kSequenceDigits = 36;

std::optional<uint64_t> parse_digits(std::string_view digits) {
  uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

aws::ApiError group_not_found() {
  return {"ResourceNotFoundException", "The specified log group does not exist."};
}

aws::ApiError stream_not_found() {
  return {"ResourceNotFoundException", "The specified log stream does not exist."};
}

aws::ApiError invalid_parameter(std::string message) {
  return {"InvalidParameterException", std::move(message)};
}

aws::ApiError as_api_error(const base::Error& error) {
  if (error.kind == base::ErrorKind::NotFound) return group_not_found();
  return aws::internal_failure(error.message);
}

aws::ApiResult<std::string> page_start(const json::Value& input) {
  std::optional<std::string> name = base::base64_decode(text_member(input, "nextToken"));
  if (!name) return invalid_parameter("The specified nextToken is invalid.");
  return *std::move(name);
}

std::string page_token(std::string_view last_name) { return base::base64_encode(last_name); }

size_t page_size(const json::Value& input, std::string_view member) {
  constexpr int64_t kDefault = 50;
  return static_cast<size_t>(integer_member(input, member, kDefault));
}

std::string logs_arn(const std::string& account, const std::string& region,
                     std::string_view resource) {
  return "arn:" + std::string(aws::partition_of(region)) + ":logs:" + region + ":" + account + ":" +
         std::string(resource);
}

std::string event_id(LogPosition position) {
  char text[kTimestampDigits + kSequenceDigits + 1];
  std::snprintf(text, sizeof text, "%020llu%036llu",
                static_cast<unsigned long long>(position.timestamp_ms),
                static_cast<unsigned long long>(position.sequence));
  return text;
}

std::optional<LogPosition> parse_event_id(std::string_view text) {
  if (text.size() != kTimestampDigits + kSequenceDigits) return std::nullopt;
  const auto timestamp = parse_digits(text.substr(0, kTimestampDigits));
  const auto sequence = parse_digits(text.substr(kTimestampDigits));
  if (!timestamp || !sequence) return std::nullopt;
  return LogPosition{static_cast<int64_t>(*timestamp), *sequence};
}

}  // namespace pawl::logs
