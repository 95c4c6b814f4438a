// SPDX-License-Identifier: Apache-2.0
// Calls that an API makes for a request: a Lambda function, an HTTP endpoint.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aws/http_message.h"
#include "aws/service/caller.h"
#include "services/apigateway/record_store.h"

namespace pawl::apigateway {

/// In the name of the API's account.
aws::Call call_for(const Scope& scope, std::string service, std::string operation,
                   json::Value input);

/// How an invocation ended.
struct FunctionResult {
  enum class Outcome { Answered, Failed, Throttled, NotThere } outcome = Outcome::NotThere;
  std::string payload = {};  ///< what the function returned, or its error
  std::string error = {};    ///< for logs
};

/// `function`: a name or an ARN. On the thread of the services' loop, once.
void invoke_function(aws::Caller& caller, const Scope& scope, const std::string& function,
                     const std::string& payload, bool as_event,
                     std::function<void(FunctionResult)> receiver);

/// "https://host:port/path?query" into what a transport takes; nullopt if it is no URL of HTTP.
struct HttpPlace {
  std::string origin;
  std::string path;
  std::string query;
};
std::optional<HttpPlace> read_url(std::string_view url);

/// Headers that belong to one connection, not to the message (RFC 9110 section 7.6.1), and those
/// that the sender makes anew.
bool is_connection_header(std::string_view name);

/// {"message": …}
aws::HttpResponse message_response(int status, std::string_view message);

}  // namespace pawl::apigateway
