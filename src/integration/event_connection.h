// SPDX-License-Identifier: Apache-2.0
// EventConnection: an EventBridge connection with its secrets, which authorizes an HTTP task
// (API DescribeConnection; the secret that EventBridge keeps for it in Secrets Manager).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "asl/execution_error.h"
#include "aws/http_message.h"
#include "aws/service/caller.h"
#include "json/value.h"

namespace pawl::integration {

/// A name and value of a header, query string or body.
using NamedTexts = std::vector<std::pair<std::string, std::string>>;

struct HttpParameters {
  NamedTexts headers;
  NamedTexts query;
  NamedTexts body;
};

struct EventConnection {
  enum class Authorization { Basic, ApiKey, OAuth };

  Authorization authorization = Authorization::Basic;
  std::string name;    ///< user, API key's header, OAuth client id
  std::string secret;  ///< password, API key, OAuth client secret
  std::string token_url;
  std::string token_method = "POST";
  HttpParameters token_parameters;       ///< of the request for the token
  HttpParameters invocation_parameters;  ///< of every request
};

/// From the answers of DescribeConnection and the secret's text. Errors: States.Runtime.
tl::expected<EventConnection, asl::ExecutionError> read_connection(const json::Value& description,
                                                                   const std::string& secret);

/// Fetches connections. The caller must outlive it; thread-safe.
class ConnectionReader {
 public:
  using Receiver = std::function<void(tl::expected<EventConnection, asl::ExecutionError>)>;

  explicit ConnectionReader(aws::Caller& caller) : caller_(caller) {}

  /// `from` tells who asks and where. Answers on the services' loop.
  /// Errors: Events.ConnectionResource.… as EventBridge refuses.
  void read(const std::string& connection_arn, const aws::Call& from, Receiver receiver);

 private:
  aws::Caller& caller_;
};

/// Adds parameters of the connection: they replace those of the same name.
void add_headers(aws::Headers& headers, const NamedTexts& parameters);
std::string encode_pairs(const NamedTexts& parameters);

}  // namespace pawl::integration
