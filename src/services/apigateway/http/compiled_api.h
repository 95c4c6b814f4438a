// SPDX-License-Identifier: Apache-2.0
// CompiledHttpApi: an HTTP API as requests meet it: stages with their routes, integrations and
// authorizers, read from records once and kept until one of them changes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/apigateway/gateway_exchange.h"
#include "services/apigateway/http/first_class.h"
#include "services/apigateway/mapping_expression.h"
#include "services/apigateway/record_store.h"
#include "services/apigateway/route_pattern.h"

namespace pawl::apigateway {

/// "append:header.name" and its kin, for requests and responses.
struct ParameterMapping {
  enum class Action { Append, Overwrite, Remove };
  enum class Place { Header, Query, Path, StatusCode };
  Action action = Action::Overwrite;
  Place place = Place::Header;
  std::string name;
  MappingExpression value;

  /// BadRequestException if `key` or `value` is none.
  static aws::ApiResult<ParameterMapping> parse(std::string_view key, std::string_view value,
                                                bool of_response);
};

struct HttpIntegration {
  std::string id;
  bool is_lambda = false;
  const FirstClassAction* first_class = nullptr;  ///< null: a function or an HTTP endpoint
  std::string uri;
  std::string method;
  bool is_format_2 = false;
  int64_t timeout_ms = 30'000;
  std::vector<std::pair<std::string, MappingExpression>> parameters;  ///< first-class
  std::vector<ParameterMapping> request;
  std::map<int, std::vector<ParameterMapping>> responses;  ///< by status
};

struct HttpAuthorizer {
  std::string id;
  bool is_jwt = false;
  std::string issuer;
  std::vector<std::string> audience;
  std::string uri;
  bool is_format_2 = false;
  bool has_simple_responses = false;
  int64_t ttl_s = 0;
  std::vector<MappingExpression> identity_sources;
};

struct HttpRoute {
  std::string key;
  std::string method;  ///< "ANY"; "" of $default
  std::string resource;
  std::optional<RoutePattern> pattern;  ///< none: $default
  std::string authorization_type;       ///< "NONE", "JWT", "CUSTOM", "AWS_IAM"
  std::vector<std::string> scopes;
  std::optional<size_t> authorizer;
  std::optional<size_t> integration;
};

struct HttpRouteTable {
  std::vector<HttpRoute> routes;
  std::vector<HttpIntegration> integrations;
  std::vector<HttpAuthorizer> authorizers;

  struct Match {
    const HttpRoute* route = nullptr;
    RoutePattern::Parameters parameters;
  };
  /// `path` below the stage, encoded. A null route: none fits.
  Match match(std::string_view method, std::string_view path) const;
};

struct Throttle {
  double rate = 0;  ///< a second; 0 with burst 0: no limit
  double burst = 0;
};

struct HttpStage {
  std::string name;
  TextMap variables;
  std::optional<Throttle> throttle;
  std::map<std::string, Throttle, std::less<>> route_throttles;
  std::string log_destination;
  std::string log_format;
  std::shared_ptr<const HttpRouteTable> table;  ///< null: nothing is deployed
};

struct HttpCors {
  bool allows_credentials = false;
  std::vector<std::string> headers;
  std::vector<std::string> methods;
  std::vector<std::string> origins;
  std::vector<std::string> exposed;
  std::optional<int64_t> max_age_s;
};

/// Immutable, thread-safe.
struct CompiledHttpApi {
  std::string id;
  Scope scope;
  bool is_disabled = false;
  std::optional<HttpCors> cors;
  std::map<std::string, HttpStage, std::less<>> stages;
};

/// Lists of records, as GetRoutes and its kin have them, or as a deployment has frozen them.
std::shared_ptr<const HttpRouteTable> compile_routes(const std::vector<json::Value>& routes,
                                                     const std::vector<json::Value>& integrations,
                                                     const std::vector<json::Value>& authorizers);

/// {"routes", "integrations", "authorizers"} of an API at this moment.
aws::ApiResult<json::Value> snapshot_http_api(const RecordStore& records, const Scope& scope,
                                              const std::string& api_id);

/// Null if the API is not there.
aws::ApiResult<std::shared_ptr<const CompiledHttpApi>> compile_http_api(const RecordStore& records,
                                                                        const Scope& scope,
                                                                        const std::string& api_id);

/// "GET /pets/{id}", "ANY /{proxy+}", "$default". nullopt if it is none.
struct RouteKey {
  std::string method;
  std::string path;
  std::optional<RoutePattern> pattern;
};
std::optional<RouteKey> parse_route_key(std::string_view text);

}  // namespace pawl::apigateway
