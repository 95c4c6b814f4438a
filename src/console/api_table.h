// SPDX-License-Identifier: Apache-2.0
// ApiTable: the console's own API: names and the functions that answer them, and how they answer.
// Not AWS's API (aws/service/action_table.h), not who may call (server/console_gate.h).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/service/identities.h"
#include "aws/service/request.h"
#include "base/time.h"
#include "json/value.h"
#include "net/http_message.h"
#include "net/http_server.h"

namespace pawl::console {

/// POST /_pawl/console/api/NAME, read: who asks, where, what. `body` is always an object and shares
/// no node with anything else.
struct ApiRequest {
  json::Value body = json::Value::object();
  aws::Principal principal = {};
  std::string region = "us-east-1";       ///< of the signature; "us-east-1" without one
  base::Timestamp received = {};          ///< time of day
  aws::Authorizer* authorizer = nullptr;  ///< null: everybody may do everything

  /// Whether who asks may do `action` ("states:DescribeExecution") with `resource` (an ARN, or
  /// "*"). What reads past the AWS API, straight from the store, asks this first.
  /// Errors: AccessDeniedException. Thread-safe.
  aws::ApiResult<void> may(const std::string& action, const std::string& resource) const;
};

// Members of a body; what is not as it should be is an error that names it.

/// Errors: ValidationException if it is missing or no string.
aws::ApiResult<std::string> text_of(const json::Value& body, std::string_view name);
/// "" if it is missing or null. Errors: ValidationException if it is no string.
aws::ApiResult<std::string> text_or_empty(const json::Value& body, std::string_view name);
/// `otherwise` if it is missing or null. Errors: ValidationException if it is no whole number in
/// least..most.
aws::ApiResult<int64_t> number_of(const json::Value& body, std::string_view name, int64_t otherwise,
                                  int64_t least, int64_t most);

/// What every answer of the console carries: nothing of it is kept, framed, sniffed or run.
net::HttpHeaders answer_headers(std::string_view content_type);

/// 200 and the JSON.
net::HttpResponse json_answer(const json::Value& value);
/// The same of JSON that is text already.
net::HttpResponse json_answer(std::string text);
/// The error's status (400 or 500 by its fault if it has none) and {"__type": code, "message": …}.
net::HttpResponse error_answer(const aws::ApiError& error);

/// Add everything first; then thread-safe.
class ApiTable {
 public:
  /// Called on the thread that read the request; must not block it (aws::ServiceLoop::work may).
  /// Answers exactly once, now or later, from any thread.
  using Handler = std::function<void(ApiRequest, net::HttpReply)>;

  /// `name` as in the path: "execution/history".
  void on(std::string name, Handler handler);
  /// For answers that are there at once, or errors.
  void on_result(std::string name,
                 std::function<aws::ApiResult<json::Value>(const ApiRequest&)> handler);

  /// Null: there is none of that name.
  const Handler* find(std::string_view name) const;

 private:
  std::map<std::string, Handler, std::less<>> handlers_;
};

}  // namespace pawl::console
