// SPDX-License-Identifier: Apache-2.0
// GatewayExchange: one request to an API from its arrival to its answer, with what has been found
// out about it: what mapping expressions, templates, events and access logs speak of.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/http_message.h"
#include "aws/service/http_site.h"
#include "base/time.h"
#include "services/apigateway/record_store.h"

namespace pawl::apigateway {

using TextMap = std::map<std::string, std::string, std::less<>>;

/// Belongs to one thread at a time: the request's, then the services' loop's. No json::Value is in
/// it.
struct GatewayExchange {
  const aws::HttpRequest* http = nullptr;  ///< lives until the answer is given
  aws::HttpSite::Answer answer;
  base::Timestamp received;
  std::string request_id;
  std::string api_id;
  Scope scope;
  std::string domain_name;
  std::string path;           ///< as the client sent it, encoded, with the stage
  std::string resource_path;  ///< the same below the stage
  aws::QueryParameters query;
  std::string stage;
  TextMap stage_variables;
  std::string route_key;    ///< HTTP APIs: "GET /pets/{id}"
  std::string resource;     ///< "/pets/{id}"; "$default"
  std::string resource_id;  ///< REST APIs
  std::vector<std::pair<std::string, std::string>> path_parameters;  ///< decoded
  std::string api_key;
  std::string api_key_id;
  TextMap authorizer;           ///< $context.authorizer.*
  std::string authorizer_json;  ///< what stands in events; "": nothing authorized
  bool is_test = false;         ///< TestInvokeMethod

  int integration_status = 0;
  std::string integration_error;
  int64_t integration_ms = 0;
  int status = 0;
  size_t response_bytes = 0;
  int64_t response_ms = 0;
  std::string error_message;
  std::string error_type;

  const std::string* path_parameter(std::string_view name) const {
    for (const auto& [key, value] : path_parameters) {
      if (key == name) return &value;
    }
    return nullptr;
  }
  /// What a variable of $context has; nullopt if it has nothing.
  std::optional<std::string> context_variable(std::string_view name) const;
  /// Those that templates and logs may name, without the authorizer's.
  static const std::vector<std::string_view>& context_names();
};

/// "12/Mar/2020:19:03:58 +0000"
std::string common_log_time(base::Timestamp time);
/// Who asks, as far as it says so.
std::string source_ip(const aws::HttpRequest& request);
/// All fields of that name joined by commas; nullopt without any.
std::optional<std::string> joined_header(const aws::HttpRequest& request, std::string_view name);
std::optional<std::string> joined_query(const aws::QueryParameters& query, std::string_view name);

}  // namespace pawl::apigateway
