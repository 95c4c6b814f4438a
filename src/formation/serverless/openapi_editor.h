// SPDX-License-Identifier: Apache-2.0
// Edits the OpenAPI 3 definition of an HTTP API (open_api/open_api.py of the translator).
#pragma once

#include <string>

#include "formation/serverless/api_editor.h"
#include "formation/serverless/authorizer.h"

namespace pawl::formation::serverless {

class OpenApiEditor : public ApiEditor {
 public:
  static constexpr std::string_view kDefaultPath = "$default";

  static bool is_valid(const Node& document);
  static Node skeleton();
  /// Errors: no valid document.
  static Outcome<OpenApiEditor> open(const Node& document);

  /// True if all integrations of the method call that function.
  Outcome<bool> calls_function(const Node& path, const Node& method,
                               const std::string& function_id) const;
  Outcome<void> add_lambda_integration(const Node& path, const Node& method, const Node& uri,
                                       const Node& condition);
  Outcome<void> add_path_parameters(const Node& path, const Node& method);
  Outcome<void> set_payload_version(const Node& path, const Node& method, const Node& version);
  void add_authorizers(const Authorizers& authorizers);
  Outcome<void> set_default_authorizer(const Node& path, const Node& authorizer,
                                       const Authorizers& authorizers);
  /// An event's Auth.
  Outcome<void> add_auth(const Node& path, const Node& method, const Node& auth,
                         const Node& api_auth);
  Outcome<void> add_tags(const Node& tags);
  Outcome<void> disable_execute_api(const Node& disable);
  /// CorsConfiguration of the resource: true, a function or a map.
  Outcome<void> add_cors(const Node& cors);
  void set_info(std::string_view name, const Node& value);

  /// The edited definition, a copy.
  Node document() const;

 private:
  explicit OpenApiEditor(const Node& document) : ApiEditor(document) {}

  Node security_schemes_ = {};
  Node tags_ = {};
  Node info_ = {};
};

}  // namespace pawl::formation::serverless
