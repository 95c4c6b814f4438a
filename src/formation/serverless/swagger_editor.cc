// SPDX-License-Identifier: Apache-2.0
// SwaggerEditor: integrations, CORS, models. Authorization: swagger_security.cc; resource policies:
// swagger_policy.cc.
#include "formation/serverless/swagger_editor.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "text/unicode.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::string_view kEndpointConfiguration = "x-amazon-apigateway-endpoint-configuration";
constexpr std::string_view kGatewayResponses = "x-amazon-apigateway-gateway-responses";
constexpr std::string_view kPolicy = "x-amazon-apigateway-policy";

Node member_or_new(const Node& document, std::string_view name) {
  const Node member = document.get(name);
  return member.truthy() ? member : Node::hashed_map();
}

Outcome<void> set_endpoint_flag(const Node& holder, const Node& disable, const std::string& where) {
  const std::string text = "Invalid OpenAPI definition" + where;
  if (!holder.is_map()) return bad_document(text + ": It should be a map.");
  const Node configuration = holder.set_default(kEndpointConfiguration, Node::map());
  if (!configuration.is_map())
    return bad_document(text + ": The value of '" + std::string(kEndpointConfiguration) +
                        "' should be a map.");
  configuration.set("disableExecuteApiEndpoint", disable);
  return {};
}

Node allowed_methods(const Node& path_item) {
  std::set<std::string> names;
  if (path_item.has(kAnyMethod)) {
    names = {"OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};
  } else {
    names.insert("OPTIONS");
    for (const Node& name : path_item.keys()) names.insert(text::to_upper(name.text()));
  }
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  return "'" + list + "'";
}

Node cors_method(const CorsHeaders& cors, const Node& methods) {
  Node parameters = Node::hashed_map();
  Node headers = Node::hashed_map();
  const auto add = [&](const char* name, const Node& value, const char* type) {
    parameters.set(std::string("method.response.header.Access-Control-") + name, value);
    headers.set(std::string("Access-Control-") + name, Node::map({{"type", type}}));
  };
  add("Allow-Origin", cors.origin, "string");
  if (cors.headers.truthy()) add("Allow-Headers", cors.headers, "string");
  if (methods.truthy()) add("Allow-Methods", methods, "string");
  if (!cors.max_age.is_null()) add("Max-Age", cors.max_age, "integer");
  if (cors.credentials) add("Allow-Credentials", "'true'", "string");
  Node answer = Node::hashed_map();
  answer.set("statusCode", "200");
  answer.set("responseParameters", parameters);
  answer.set("responseTemplates", Node::map({{"application/json", "{}\n"}}));
  Node responses = Node::hashed_map();
  responses.set("default", answer);
  Node integration = Node::hashed_map();
  integration.set("type", "mock");
  integration.set("requestTemplates",
                  Node::map({{"application/json", "{\n  \"statusCode\" : 200\n}\n"}}));
  integration.set("responses", responses);
  Node success = Node::hashed_map();
  success.set("description", "Default response for CORS method");
  success.set("headers", headers);
  Node method = Node::hashed_map();
  method.set("summary", "CORS support");
  method.set("consumes", Node::list({"application/json"}));
  method.set("produces", Node::list({"application/json"}));
  method.set(kIntegration, integration);
  method.set("responses", Node::hashed_map());
  method.get("responses").set("200", success);
  return method;
}

Node with_slashes(const Node& node) {
  if (node.is_text()) {
    std::string text = node.text();
    for (size_t at = text.find("~1"); at != std::string::npos; at = text.find("~1", at + 1))
      text.replace(at, 2, "/");
    return Node::marked(text);
  }
  if (node.is_list()) {
    Node list = Node::list();
    for (const Node& item : node.items()) list.push(with_slashes(item));
    return list;
  }
  if (!node.is_map()) return node;
  Node map = Node::hashed_map();
  for (const auto& [key, value] : node.members()) map.set(with_slashes(key), with_slashes(value));
  return map;
}

Node role_for_integration(const Work& work, const SwaggerEditor::LambdaIntegration& integration) {
  const auto role_of = [](const Node& auth) -> Node {
    const Node role = auth.get("InvokeRole");
    if (role.truthy()) return role;
    return auth.has("InvokeRole") ? Node("NONE") : Node();
  };
  Node role = role_of(integration.method_auth);
  if (!role.truthy()) role = role_of(integration.api_auth);
  return role.truthy() && !role.is("CALLER_CREDENTIALS")
             ? role
             : Node("arn:" + work.context.partition + ":iam::*:user/*");
}

}  // namespace

bool SwaggerEditor::is_valid(const Node& document) {
  if (!document.truthy() || !document.get("paths").is_map()) return false;
  if (document.get("swagger").truthy()) return true;
  return document.get("openapi").truthy() && is_openapi_3(document.get("openapi"));
}

Node SwaggerEditor::skeleton() {
  Node document = Node::hashed_map();
  document.set("swagger", "2.0");
  Node info = Node::hashed_map();
  info.set("version", "1.0");
  info.set("title", make_ref("AWS::StackName"));
  document.set("info", info);
  document.set("paths", Node::hashed_map());
  return document;
}

SwaggerEditor::SwaggerEditor(const Node& document)
    : ApiEditor(document),
      security_definitions_(member_or_new(document_, "securityDefinitions")),
      gateway_responses_(member_or_new(document_, kGatewayResponses)),
      resource_policy_(member_or_new(document_, kPolicy)),
      definitions_(document_.has("definitions") ? document_.get("definitions")
                                                : Node::hashed_map()) {}

Outcome<SwaggerEditor> SwaggerEditor::open(const Node& document) {
  if (!is_valid(document))
    return bad_document(
        "Invalid Swagger document or the Swagger document is not explicitly defined in "
        "'DefinitionBody'.");
  SwaggerEditor editor(document);
  for (const Node& path : editor.paths()) PAWL_TRY(editor.path_items(path));
  return editor;
}

Outcome<void> SwaggerEditor::disable_execute_api(const Node& disable) {
  if (!document_.get("openapi").truthy() || !is_openapi_3(document_.get("openapi")))
    return set_endpoint_flag(document_, disable, "");
  const Node servers =
      document_.has("servers") ? document_.get("servers") : Node::list({Node::hashed_map()});
  for (size_t index = 0; index < servers.items().size(); ++index)
    PAWL_TRY_VOID(set_endpoint_flag(servers.items()[index], disable,
                                    " of 'servers[" + std::to_string(index) + "]'"));
  document_.set("servers", servers);
  return {};
}

Outcome<void> SwaggerEditor::add_lambda_integration(const Work& work, const Node& path,
                                                    const Node& raw_method,
                                                    const LambdaIntegration& integration) {
  const Node method = normalized_method(raw_method);
  if (PAWL_TRY(has_integration(path, method)))
    return bad_document("Lambda integration already exists on Path=" + path.text() +
                        ", Method=" + method.text());
  PAWL_TRY_VOID(add_path(path, method));
  const bool conditional = integration.condition.truthy();
  const Node uri =
      conditional ? make_conditional(integration.condition, integration.uri) : integration.uri;
  for (const Node& item : PAWL_TRY(path_items(path))) {
    const Node definition = item.get(method.text());
    Node target = Node::hashed_map();
    target.set("type", "aws_proxy");
    target.set("httpMethod", "POST");
    target.set("uri", uri);
    if (integration.streamed) target.set("responseTransferMode", "STREAM");
    definition.set(kIntegration, target);
    if (integration.method_auth.get("Authorizer").is("AWS_IAM") ||
        (integration.api_auth.get("DefaultAuthorizer").is("AWS_IAM") &&
         !integration.method_auth.truthy()))
      if (const Node role = role_for_integration(work, integration); !role.is("NONE"))
        target.set("credentials", role);
    definition.set_default("responses", Node::hashed_map());
    if (conditional) item.set(method, make_conditional(integration.condition, definition));
  }
  return {};
}

Outcome<void> SwaggerEditor::add_machine_integration(const Node& path, const Node& raw_method,
                                                     const MachineIntegration& integration) {
  const Node method = normalized_method(raw_method);
  if (PAWL_TRY(has_integration(path, method)))
    return bad_document("Integration already exists on Path=" + path.text() +
                        ", Method=" + method.text());
  PAWL_TRY_VOID(add_path(path, method));
  const bool conditional = integration.condition.truthy();
  const Node uri =
      conditional ? make_conditional(integration.condition, integration.uri) : integration.uri;
  for (const Node& item : PAWL_TRY(path_items(path))) {
    Node answers = Node::hashed_map();
    answers.set("200", Node::hashed_map({{"statusCode", "200"}}));
    answers.set("400", Node::hashed_map({{"statusCode", "400"}}));
    Node responses = Node::hashed_map();
    responses.set("200", Node::hashed_map({{"description", "OK"}}));
    responses.set("400", Node::hashed_map({{"description", "Bad Request"}}));
    Node target = Node::hashed_map();
    target.set("type", "aws");
    target.set("httpMethod", "POST");
    target.set("uri", uri);
    target.set("responses", answers);
    target.set("credentials", integration.credentials);
    const Node definition = item.get(method.text());
    definition.set(kIntegration, target);
    definition.set_default("responses", responses);
    target.update(Node::map({{"requestTemplates", integration.templates}}));
    if (conditional) item.set(method, make_conditional(integration.condition, definition));
  }
  return {};
}

Outcome<void> SwaggerEditor::add_cors(const std::string& api_id, const Node& path,
                                      const CorsHeaders& cors) {
  Node methods = cors.methods;
  for (const Node& item : PAWL_TRY(path_items(path))) {
    if (item.has("options")) continue;
    if (!cors.origin.truthy())
      return bad_resource(api_id,
                          "Structure of the SAM template is invalid. Invalid input. Value for "
                          "AllowedOrigins is required");
    if (!methods.truthy()) methods = allowed_methods(item);
    item.set("options", cors_method(cors, methods));
  }
  return {};
}

void SwaggerEditor::add_binary_media_types(const Node& types) {
  document_.set("x-amazon-apigateway-binary-media-types", with_slashes(types));
}

Outcome<void> SwaggerEditor::add_request_validator(const Node& path, const Node& method, bool body,
                                                   bool parameters) {
  constexpr std::string_view kValidators = "x-amazon-apigateway-request-validators";
  const std::string_view name = body ? (parameters ? "body-and-params" : "body-only")
                                     : (parameters ? "params-only" : "no-validation");
  Node validator = Node::hashed_map();
  validator.set("validateRequestBody", body);
  validator.set("validateRequestParameters", parameters);
  if (!document_.get(kValidators).truthy()) document_.set(kValidators, Node::hashed_map());
  const Node validators = document_.get(kValidators);
  if (!validators.get(name).truthy()) validators.update(Node::hashed_map({{name, validator}}));
  for (const Node& definition : PAWL_TRY(method_definitions(path, method)))
    definition.update(Node::hashed_map({{"x-amazon-apigateway-request-validator", name}}));
  return {};
}

Outcome<void> SwaggerEditor::add_request_model(const Node& path, const Node& method,
                                               const Node& model) {
  const Node name =
      Node(text::to_lower(model.get("Model").text())).with_mark(model.get("Model").is_marked());
  const Node required = model.get("Required");
  for (const Node& definition : PAWL_TRY(method_definitions(path, method))) {
    if (!document_.get("swagger").is_null()) {
      const Node parameters = definition.set_default("parameters", Node::list());
      Node parameter = Node::hashed_map();
      parameter.set("in", "body");
      parameter.set("name", name);
      parameter.set("schema", Node::map({{"$ref", "#/definitions/" + name.text()}}));
      if (!required.is_null()) parameter.set("required", required);
      parameters.push(parameter);
    } else if (is_openapi_3(document_.get("openapi"))) {
      const Node schema = Node::map({{"$ref", "#/components/schemas/" + name.text()}});
      const Node content = Node::map({{"application/json", Node::map({{"schema", schema}})}});
      const Node body = Node::map({{"content", content}});
      if (!required.is_null()) body.set("required", required);
      definition.set("requestBody", body);
    }
  }
  return {};
}

Outcome<void> SwaggerEditor::add_request_parameters(const Node& path, const Node& method,
                                                    const Node& parameters) {
  constexpr std::string_view kPrefix = "method.request.";
  for (const Node& definition : PAWL_TRY(method_definitions(path, method))) {
    const Node existing = definition.set_default("parameters", Node::list());
    for (const Node& request : parameters.items()) {
      const Node full_name = request.get("Name");
      const std::string rest = full_name.text().substr(kPrefix.size());
      const size_t dot = rest.find('.');
      const std::string location = rest.substr(0, dot);
      const bool mark = full_name.is_marked();
      Node parameter = Node::hashed_map();
      parameter.set("in",
                    location == "querystring" ? Node("query") : Node(location).with_mark(mark));
      parameter.set("name", Node(rest.substr(dot + 1)).with_mark(mark));
      parameter.set("required", request.get("Required"));
      parameter.set("type", "string");
      existing.push(parameter);
      if (request.get("Caching").truthy())
        definition.get(kIntegration)
            .set_default("cacheKeyParameters", Node::list())
            .push(full_name);
    }
  }
  return {};
}

void SwaggerEditor::add_gateway_response(const Node& type, const Node& response) {
  gateway_responses_.set(type, response);
}

Outcome<void> SwaggerEditor::add_models(const Node& models) {
  if (!definitions_.truthy()) definitions_ = Node::hashed_map();
  for (const auto& [name, schema] : models.members()) {
    if (!schema.get("type").truthy()) return bad_document("'Models' schema is missing 'type'.");
    definitions_.set(Node(text::to_lower(name.text())).with_mark(name.is_marked()), schema);
  }
  return {};
}

Node SwaggerEditor::document() const {
  if (security_definitions_.truthy()) document_.set("securityDefinitions", security_definitions_);
  if (gateway_responses_.truthy()) document_.set(kGatewayResponses, gateway_responses_);
  if (definitions_.truthy()) document_.set("definitions", definitions_);
  return document_.deep_copy();
}

}  // namespace pawl::formation::serverless
