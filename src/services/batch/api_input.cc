// SPDX-License-Identifier: Apache-2.0
#include "services/batch/api_input.h"

#include <algorithm>
#include <cctype>

#include "base/bytes.h"
#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/retry.h"

namespace pawl::batch {
namespace {

constexpr size_t kConditionsMax = 5;  // API RetryStrategy "evaluateOnExit"

}  // namespace

aws::ApiError client_error(std::string message) {
  return {"ClientException", std::move(message), 400};
}

aws::ApiError refused(const aws::Request& request, const std::string& message) {
  return client_error("Error executing request, Exception : " + message +
                      ", RequestId: " + request.request_id);
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 128) return false;
  if (std::isalnum(static_cast<unsigned char>(text.front())) == 0) return false;
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c < 128 && (std::isalnum(c) != 0 || c == '-' || c == '_');
  });
}

aws::ApiResult<void> check_retry_and_timeout(const aws::Request& request) {
  const json::Value strategy = object_member(request.input, "retryStrategy");
  const int64_t attempts = integer_member(strategy, "attempts", 1);
  if (attempts < 1 || attempts > 10) {
    return refused(request, "retryStrategy.attempts must be between 1 and 10");
  }
  if (array_member(strategy, "evaluateOnExit").size() > kConditionsMax) {
    return refused(request, "evaluateOnExit can have at most 5 conditions");
  }
  const json::Value conditions = array_member(strategy, "evaluateOnExit");
  for (const json::Value& each : conditions.items()) {
    const std::string action = text_member(each, "action");
    if (!matches_exit_pattern("RETRY", action) && !matches_exit_pattern("EXIT", action)) {
      return refused(request, "evaluateOnExit action must be RETRY or EXIT");
    }
  }
  // API JobTimeout: "The minimum value for the timeout is 60 seconds."
  if (has_member(request.input, "timeout") &&
      integer_member(object_member(request.input, "timeout"), "attemptDurationSeconds") < 60) {
    return refused(request, "attemptDurationSeconds must be greater than or equal to 60");
  }
  return {};
}

aws::ApiResult<Page> read_page(const aws::Request& request, size_t items_max) {
  Page page{.items_max = items_max};
  const int64_t wanted = integer_member(request.input, "maxResults");
  if (wanted > 0) page.items_max = std::min(static_cast<size_t>(wanted), items_max);
  const std::string token = text_member(request.input, "nextToken");
  if (token.empty()) return page;
  std::optional<std::string> place = base::base64_decode(token);
  if (!place || place->empty()) return refused(request, "Invalid next token");
  page.after = *std::move(place);
  return page;
}

json::Value next_token(const std::string& place) { return json::Value(base::base64_encode(place)); }

}  // namespace pawl::batch
