// SPDX-License-Identifier: Apache-2.0
#include "formation/serverless/openapi_editor.h"

#include <algorithm>

#include "base/error.h"
#include "json/parse.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::string_view kCors = "x-amazon-apigateway-cors";
constexpr std::pair<const char*, const char*> kCorsNames[] = {
    {"AllowOrigins", "allowOrigins"},
    {"AllowHeaders", "allowHeaders"},
    {"AllowMethods", "allowMethods"},
    {"ExposeHeaders", "exposeHeaders"},
    {"MaxAge", "maxAge"},
    {"AllowCredentials", "allowCredentials"}};

/// The first "NAME.Arn" of a text: the NAME.
std::string function_in(const std::string& text) {
  const size_t end = text.find(".Arn");
  if (end == std::string::npos) return {};
  size_t start = end;
  while (start > 0 && is_alphanumeric(std::string_view(text).substr(start - 1, 1))) --start;
  return text.substr(start, end - start);
}

Node find_named(const Node& list, const Node& name) {
  for (const Node& item : list.items())
    if (item.get("name") == name) return item;
  return {};
}

/// A function whose texts say AllowOrigins where the definition says allowOrigins.
Outcome<Node> with_definition_names(const Node& cors) {
  std::string text = cors.spaced_json();
  for (const auto& [from, to] : kCorsNames)
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1))
      text.replace(at, std::string_view(to).size(), to);
  const base::Result<json::Value> value = json::parse(text);
  if (!value) return bad_document(value.error().message);
  return Node::from_value(*value);
}

}  // namespace

bool OpenApiEditor::is_valid(const Node& document) {
  return document.truthy() && document.get("paths").is_map() && document.get("openapi").truthy() &&
         is_openapi_3(document.get("openapi"));
}

Node OpenApiEditor::skeleton() {
  Node document = Node::hashed_map();
  document.set("openapi", "3.0.1");
  Node info = Node::hashed_map();
  info.set("version", "1.0");
  info.set("title", make_ref("AWS::StackName"));
  document.set("info", info);
  document.set("paths", Node::hashed_map());
  return document;
}

Outcome<OpenApiEditor> OpenApiEditor::open(const Node& document) {
  if (!is_valid(document))
    return bad_document(
        "Invalid OpenApi document. Invalid values or missing keys for 'openapi' or "
        "'paths' in 'DefinitionBody'.");
  OpenApiEditor editor(document);
  const auto schemes = deep_get(editor.document_, {"components", "securitySchemes"});
  if (!schemes) return bad_document("Invalid OpenApi document: " + schemes.error());
  editor.security_schemes_ = schemes->truthy() ? *schemes : Node::hashed_map();
  const Node tags = editor.document_.get("tags");
  editor.tags_ = tags.truthy() ? tags : Node::list();
  const Node info = editor.document_.get("info");
  editor.info_ = info.truthy() ? info : Node::hashed_map();
  return editor;
}

Outcome<bool> OpenApiEditor::calls_function(const Node& path, const Node& method,
                                            const std::string& function_id) const {
  if (!PAWL_TRY(has_integration(path, method))) return false;
  for (const Node& definition : PAWL_TRY(method_definitions(path, method, true))) {
    const Node integration = definition.get(kIntegration);
    if (!integration.is_null() && !integration.is_map())
      return bad_document(
          "Value of 'x-amazon-apigateway-integration' must be a dictionary according "
          "to Swagger spec.");
    const Node uri = integration.get("uri");
    if (!uri.is_map()) return false;
    for (const Node& side : PAWL_TRY(conditional_contents(uri)))
      if (function_in(side.get("Fn::Sub").text()) != function_id) return false;
  }
  return true;
}

Outcome<void> OpenApiEditor::add_lambda_integration(const Node& path, const Node& raw_method,
                                                    const Node& uri, const Node& condition) {
  const Node method = normalized_method(raw_method);
  if (PAWL_TRY(has_integration(path, method))) return {};
  PAWL_TRY_VOID(add_path(path, method));
  const bool conditional = condition.truthy();
  for (const Node& item : PAWL_TRY(path_items(path))) {
    if (item.get(method.text()).is_null()) item.set(method, Node::hashed_map());
    const Node definition = item.get(method.text());
    Node target = Node::hashed_map();
    target.set("type", "aws_proxy");
    target.set("httpMethod", "POST");
    target.set("payloadFormatVersion", "2.0");
    target.set("uri", conditional ? make_conditional(condition, uri) : uri);
    definition.set(kIntegration, target);
    if (path.is(kDefaultPath) && method.is(kAnyMethod)) definition.set("isDefaultRoute", true);
    definition.set_default("responses", Node::hashed_map());
    if (conditional) item.set(method, make_conditional(condition, definition));
  }
  return {};
}

Outcome<void> OpenApiEditor::add_path_parameters(const Node& path, const Node& method) {
  std::vector<Node> names;
  const std::string& text = path.text();
  for (size_t start = text.find('{'); start != std::string::npos;
       start = text.find('{', start + 1)) {
    const size_t end = text.find('}', start);
    if (end == std::string::npos) break;
    names.push_back(Node::marked(text.substr(start + 1, end - start - 1)));
    start = end;
  }
  if (names.empty()) return {};
  for (const Node& definition : PAWL_TRY(method_definitions(path, method))) {
    const Node parameters = definition.set_default("parameters", Node::list());
    for (const Node& name : names) {
      Node parameter = find_named(parameters, name);
      if (parameter.is_null()) {
        parameter = Node::hashed_map();
        parameter.set("name", name);
        parameters.push(parameter);
      }
      parameter.set("in", "path");
      parameter.set("required", true);
    }
  }
  return {};
}

Outcome<void> OpenApiEditor::set_payload_version(const Node& path, const Node& method,
                                                 const Node& version) {
  for (const Node& definition : PAWL_TRY(method_definitions(path, method)))
    definition.get(kIntegration).set("payloadFormatVersion", version);
  return {};
}

void OpenApiEditor::add_authorizers(const Authorizers& authorizers) {
  for (const Authorizer& authorizer : authorizers)
    security_schemes_.set(authorizer.name, authorizer.security);
}

Outcome<void> OpenApiEditor::set_default_authorizer(const Node& path, const Node& authorizer,
                                                    const Authorizers& authorizers) {
  for (const auto& [method, definition] : PAWL_TRY(methods_of(path, {"parameters", "options"}))) {
    if (definition.get("security").truthy()) continue;
    const Node scopes = scopes_of(authorizers, authorizer);
    definition.set("security", Node::list({Node::map({{authorizer.text(), scopes}})}));
  }
  return {};
}

Outcome<void> OpenApiEditor::add_auth(const Node& path, const Node& method, const Node& auth,
                                      const Node& api_auth) {
  const Node authorizer = auth.get("Authorizer");
  if (!authorizer.truthy()) return {};
  Node scopes = Node::list();
  if (!authorizer.is("NONE") && !authorizer.is("AWS_IAM")) {
    const Node config = api_auth.get("Authorizers").get(authorizer.text());
    if (!config.is_null() && !config.is_map())
      return bad_document("Type of authorizer '" + authorizer.text() + "' must be a dictionary");
    const Node own = auth.get("AuthorizationScopes");
    const Node chosen = own.truthy() ? own : config.get("AuthorizationScopes");
    if (config.truthy() && chosen.truthy()) scopes = chosen;
  }
  for (const Node& definition : PAWL_TRY(method_definitions(path, method))) {
    const Node existing = definition.get("security");
    if (!existing.is_null() && !existing.is_list())
      return bad_document("Type of security for path " + path.text() + " method " + method.text() +
                          " must be a list");
    std::vector<Node> all = existing.items();
    all.push_back(Node::map({{authorizer.text(), scopes}}));
    definition.set("security", Node::list(std::move(all)));
  }
  return {};
}

Outcome<void> OpenApiEditor::add_tags(const Node& tags) {
  for (const auto& [name, value] : tags.members()) {
    if (!tags_.is_list())
      return bad_document("Tags in OpenApi DefinitionBody needs to be a list. " +
                          tags_.python_text() + " is not a list.");
    Node tag = find_named(tags_, name);
    if (tag.is_null()) {
      tag = Node::hashed_map();
      tag.set("name", name);
      tags_.push(tag);
    }
    tag.set("x-amazon-apigateway-tag-value", value);
  }
  return {};
}

Outcome<void> OpenApiEditor::disable_execute_api(const Node& disable) {
  const Node servers =
      document_.has("servers") ? document_.get("servers") : Node::list({Node::hashed_map()});
  for (const Node& server : servers.items()) {
    if (!server.is_map())
      return bad_document(
          "Value of 'servers' item must be a dictionary according to Swagger spec.");
    server.set_default("x-amazon-apigateway-endpoint-configuration", Node::map())
        .set("disableExecuteApiEndpoint", disable);
  }
  document_.set("servers", servers);
  return {};
}

Outcome<void> OpenApiEditor::add_cors(const Node& cors) {
  const Node configuration = document_.set_default(kCors, Node::map());
  if (!configuration.is_map())
    return bad_document(
        "Value of 'x-amazon-apigateway-cors' must be a dictionary according to "
        "Swagger spec.");
  if (cors.is_boolean()) {
    configuration.set("allowOrigins", Node::list({"*"}));
    return {};
  }
  const Node origins = is_intrinsic(cors) ? cors : cors.get("AllowOrigins");
  if (is_intrinsic(origins)) {
    configuration.update(PAWL_TRY(with_definition_names(origins)));
    return {};
  }
  for (const auto& [name, key] : kCorsNames) {
    const Node value = cors.get(name);
    const bool set = std::string_view(name) == "MaxAge"             ? !value.is_null()
                     : std::string_view(name) == "AllowCredentials" ? value.is(true)
                                                                    : value.truthy();
    if (set) configuration.set(key, value);
  }
  return {};
}

void OpenApiEditor::set_info(std::string_view name, const Node& value) { info_.set(name, value); }

Node OpenApiEditor::document() const {
  if (tags_.truthy()) document_.set("tags", tags_);
  if (security_schemes_.truthy()) {
    if (!document_.get("components").truthy()) document_.set("components", Node::hashed_map());
    document_.get("components").set("securitySchemes", security_schemes_);
  }
  if (info_.truthy()) document_.set("info", info_);
  return document_.deep_copy();
}

}  // namespace pawl::formation::serverless
