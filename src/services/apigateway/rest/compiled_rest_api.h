// SPDX-License-Identifier: Apache-2.0
// CompiledRestApi: a REST API as requests meet it: its stages, each with what its deployment has
// frozen, read from records once and kept until one of them changes.
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
#include "services/apigateway/mapping_expression.h"
#include "services/apigateway/record_store.h"
#include "services/apigateway/rest/integration_action.h"
#include "services/apigateway/route_pattern.h"
#include "services/apigateway/vtl/template.h"
#include "text/regex.h"

namespace pawl::apigateway {

/// A mapping template by content type. One that does not parse keeps why.
struct BodyTemplate {
  std::string content_type;
  base::Result<vtl::Template> made;
};

/// "integration.request.header.x" or "method.response.header.x", and where its value comes from.
struct RestMapping {
  std::string place;  ///< "header", "querystring", "path"
  std::string name;
  MappingExpression value;
};

struct RestIntegrationResponse {
  int status = 200;
  bool is_default = false;  ///< without a selection pattern
  std::optional<text::Regex> pattern;
  std::vector<RestMapping> parameters;
  std::vector<BodyTemplate> templates;
  std::string content_handling;
};

struct RestIntegration {
  enum class Type { Mock, Aws, AwsProxy, Http, HttpProxy };
  Type type = Type::Mock;
  std::string uri;
  std::optional<IntegrationUri> action;
  std::string method;
  std::string passthrough;
  std::string content_handling;
  int64_t timeout_ms = 29'000;
  std::vector<RestMapping> parameters;
  std::vector<BodyTemplate> templates;
  std::vector<RestIntegrationResponse> responses;
};

struct RestAuthorizer {
  std::string id;
  std::string type;  ///< "TOKEN", "REQUEST", "COGNITO_USER_POOLS"
  std::string uri;
  int64_t ttl_s = 300;
  std::vector<MappingExpression> identity_sources;
  std::optional<text::Regex> validation;
};

struct RestMethod {
  std::string authorization;
  std::optional<size_t> authorizer;
  bool needs_key = false;
  bool validates_body = false;
  bool validates_parameters = false;
  std::vector<std::pair<std::string, std::string>> required;  ///< "header", name
  std::map<std::string, std::string> models;                  ///< by content type
  std::optional<RestIntegration> integration;
};

struct RestResource {
  std::string id;
  std::string path;
  RoutePattern pattern;
  std::map<std::string, RestMethod, std::less<>> methods;
};

struct RestGatewayResponse {
  int status = 0;  ///< 0: the default's
  TextMap parameters;
  TextMap templates;
};

/// What a deployment has frozen. Immutable, thread-safe.
struct RestDeployment {
  std::vector<RestResource> resources;
  std::vector<RestAuthorizer> authorizers;
  std::map<std::string, std::string, std::less<>> models;  ///< schemas by name
  std::map<std::string, RestGatewayResponse, std::less<>> gateway_responses;
  std::vector<std::string> binary_types;
  bool has_key_of_authorizer = false;  ///< apiKeySource AUTHORIZER

  struct Match {
    const RestResource* resource = nullptr;
    const RestMethod* method = nullptr;
    RoutePattern::Parameters parameters;
  };
  Match match(std::string_view verb, std::string_view path) const;
};

struct RestThrottle {
  double rate = 0;
  double burst = 0;
};

struct RestKey {
  std::string id;
  bool is_enabled = false;
  std::string plan_id;
  std::optional<RestThrottle> throttle;
  int64_t quota = 0;  ///< 0: none
  std::string quota_period;
};

struct RestStage {
  std::string name;
  TextMap variables;
  TextMap canary_variables;
  double canary_percent = 0;
  std::shared_ptr<const RestDeployment> deployment;
  std::shared_ptr<const RestDeployment> canary;                ///< null: there is none
  std::map<std::string, RestThrottle, std::less<>> throttles;  ///< by "pets/GET", "*/*"
  std::string log_destination;
  std::string log_format;
  std::map<std::string, RestKey, std::less<>> keys;  ///< by value
};

/// Immutable, thread-safe.
struct CompiledRestApi {
  std::string id;
  Scope scope;
  bool is_disabled = false;
  std::map<std::string, RestStage, std::less<>> stages;
};

std::shared_ptr<const RestDeployment> compile_rest_deployment(const json::Value& snapshot);

/// Null if the API is not there.
aws::ApiResult<std::shared_ptr<const CompiledRestApi>> compile_rest_api(const RecordStore& records,
                                                                        const Scope& scope,
                                                                        const std::string& api_id);

}  // namespace pawl::apigateway
