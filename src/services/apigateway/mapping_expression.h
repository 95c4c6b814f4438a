// SPDX-License-Identifier: Apache-2.0
// MappingExpression: where the value of a mapped parameter comes from, in the two dialects of API
// Gateway: "$request.header.name", "${context.requestId}-x" (HTTP APIs, Developer Guide
// "Transform API requests and responses") and "method.request.header.name", "'text'" (REST APIs,
// "API Gateway API request and response data mapping reference").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/http_message.h"
#include "base/error.h"
#include "services/apigateway/gateway_exchange.h"

namespace pawl::apigateway {

/// Members and indexes into a JSON text: "a.b[0]['c d']".
class BodyPath {
 public:
  /// `text` is "" or begins with "." or "[". Errors: InvalidSyntax.
  static base::Result<BodyPath> parse(std::string_view text);
  /// What stands there: a string's text, else JSON; nullopt if nothing does or `body` is no JSON.
  std::optional<std::string> select(std::string_view body) const;

 private:
  std::vector<std::string> tokens_;
};

/// Immutable, thread-safe.
class MappingExpression {
 public:
  /// The dialect of HTTP APIs. Errors: InvalidSyntax with AWS's message.
  static base::Result<MappingExpression> parse(std::string_view text);
  /// That of REST APIs.
  static base::Result<MappingExpression> parse_rest(std::string_view text);

  /// The value, or nullopt if what it names is not there. `response` is the integration's; null
  /// while there is none.
  std::optional<std::string> evaluate(const GatewayExchange& exchange,
                                      const aws::HttpResponse* response = nullptr) const;

 private:
  enum class Source {
    Text,
    Header,
    Query,
    Path,
    PathParameter,
    Body,
    Context,
    StageVariable,
    ResponseHeader,
    ResponseBody
  };
  struct Part {
    Source source = Source::Text;
    std::string name = {};  ///< or the text itself
    BodyPath body_path = {};
  };
  static base::Result<Part> variable(std::string_view text);
  static base::Result<Part> rest_variable(std::string_view text);
  static std::optional<std::string> value_of(const Part& part, const GatewayExchange& exchange,
                                             const aws::HttpResponse* response);

  std::vector<Part> parts_;
};

}  // namespace pawl::apigateway
