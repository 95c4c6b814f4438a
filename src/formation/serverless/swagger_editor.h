// SPDX-License-Identifier: Apache-2.0
// Edits the Swagger 2 (or OpenAPI 3) definition of a REST API (swagger/swagger.py of the
// translator).
#pragma once

#include <string>

#include "formation/serverless/api_editor.h"
#include "formation/serverless/authorizer.h"

namespace pawl::formation::serverless {

/// Of Cors in AWS::Serverless::Api; values as they go into the answer.
struct CorsHeaders {
  Node origin = {};
  Node headers = {};
  Node methods = {};
  Node max_age = {};
  bool credentials = false;
};

class SwaggerEditor : public ApiEditor {
 public:
  static bool is_valid(const Node& document);
  static Node skeleton();
  /// Errors: no valid document.
  static Outcome<SwaggerEditor> open(const Node& document);

  Outcome<void> disable_execute_api(const Node& disable);
  struct LambdaIntegration {
    Node uri;
    Node method_auth;
    Node api_auth;
    Node condition = {};
    bool streamed = false;
  };
  Outcome<void> add_lambda_integration(const Work& work, const Node& path, const Node& method,
                                       const LambdaIntegration& integration);
  struct MachineIntegration {
    Node uri;
    Node credentials;
    Node templates;
    Node condition = {};
  };
  Outcome<void> add_machine_integration(const Node& path, const Node& method,
                                        const MachineIntegration& integration);
  /// Errors: of the API's resource.
  Outcome<void> add_cors(const std::string& api_id, const Node& path, const CorsHeaders& cors);
  void add_binary_media_types(const Node& types);
  void add_authorizers(const Authorizers& authorizers);
  void add_api_key_definition();
  Outcome<void> set_default_authorizer(const Node& path, const Node& authorizer,
                                       const Authorizers& authorizers, bool also_preflight);
  Outcome<void> set_default_api_key(const Node& path, bool also_preflight);
  /// An event's Auth.
  Outcome<void> add_auth(const Node& path, const Node& method, const Node& auth,
                         const Node& api_auth);
  Outcome<void> add_request_validator(const Node& path, const Node& method, bool body,
                                      bool parameters);
  Outcome<void> add_request_model(const Node& path, const Node& method, const Node& model);
  /// A list of {Name, Required, Caching}.
  Outcome<void> add_request_parameters(const Node& path, const Node& method,
                                       const Node& parameters);
  void add_gateway_response(const Node& type, const Node& response);
  Outcome<void> add_models(const Node& models);
  Outcome<void> add_resource_policy(const Node& policy, const Node& path, const Node& stage);
  void add_custom_statements(const Node& statements);

  /// The edited definition, a copy.
  Node document() const;

 private:
  explicit SwaggerEditor(const Node& document);

  void add_iam_definition();
  Outcome<void> add_security(const Node& path, const Node& method, const Node& security);
  Outcome<Node> method_uris(const Node& path, const Node& stage) const;
  Outcome<void> add_accounts(const Node& accounts, std::string_view effect, const Node& uris);
  void add_allow_and_deny(const Node& condition, const Node& uris);
  void add_statements(const std::vector<Node>& statements, bool unique);
  Outcome<void> add_networks(const Node& policy, std::string_view which, std::string_view operation,
                             const Node& uris);

  Node security_definitions_;
  Node gateway_responses_;
  Node resource_policy_;
  Node definitions_;
};

}  // namespace pawl::formation::serverless
