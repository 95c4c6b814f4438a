// SPDX-License-Identifier: Apache-2.0
// SwaggerEditor: authorizers and API keys of methods.
#include <algorithm>

#include "base/error.h"
#include "formation/serverless/swagger_editor.h"

namespace pawl::formation::serverless {
namespace {

Failed no_list(const Node& path, const Node& method) {
  return bad_document("Type of security for path " + path.text() + " method " + method.text() +
                      " must be a list");
}

Node api_key_header(std::string_view name) {
  Node definition = Node::hashed_map();
  definition.set("type", "apiKey");
  definition.set("name", name);
  definition.set("in", "header");
  return definition;
}

/// The list of security requirements of a method, none if it has none.
Outcome<Node> security_of(const Node& definition, const Node& path, const Node& method) {
  const Node security = definition.has("security") ? definition.get("security") : Node::list();
  if (!security.is_list()) return no_list(path, method);
  return security;
}

Outcome<Node> checked_security_of(const Node& definition, const Node& path, const Node& method) {
  const Node security = PAWL_TRY(security_of(definition, path, method));
  for (const Node& requirement : security.items())
    if (!requirement.is_map())
      return bad_document(requirement.python_text() + " in Security for path " + path.text() +
                          " method " + method.text() + " is not a valid dictionary.");
  return security;
}

/// Takes the first requirement that names `key` out of the list: true if there was one.
bool take(std::vector<Node>& requirements, std::string_view key) {
  const auto found = std::find_if(requirements.begin(), requirements.end(),
                                  [&](const Node& requirement) { return requirement.has(key); });
  if (found == requirements.end()) return false;
  requirements.erase(found);
  return true;
}

Node requirement(const Node& name, Node scopes) {
  Node map = Node::hashed_map();
  map.set(name, std::move(scopes));
  return map;
}

Node joined(std::vector<Node> first, const std::vector<Node>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return Node::list(std::move(first));
}

}  // namespace

void SwaggerEditor::add_authorizers(const Authorizers& authorizers) {
  for (const Authorizer& authorizer : authorizers)
    security_definitions_.set(authorizer.name, authorizer.security);
}

void SwaggerEditor::add_iam_definition() {
  Node definition = Node::hashed_map();
  definition.set("x-amazon-apigateway-authtype", "awsSigv4");
  definition.set("type", "apiKey");
  definition.set("name", "Authorization");
  definition.set("in", "header");
  if (!security_definitions_.has("AWS_IAM"))
    security_definitions_.update(Node::hashed_map({{"AWS_IAM", definition}}));
}

void SwaggerEditor::add_api_key_definition() {
  if (!security_definitions_.has("api_key"))
    security_definitions_.update(Node::hashed_map({{"api_key", api_key_header("x-api-key")}}));
}

Outcome<void> SwaggerEditor::set_default_authorizer(const Node& path, const Node& authorizer,
                                                    const Authorizers& authorizers,
                                                    bool also_preflight) {
  const auto names_authorizer = [&](const Node& security) {
    return security.has("AWS_IAM") ||
           std::any_of(authorizers.begin(), authorizers.end(),
                       [&](const Authorizer& known) { return security.has(known.name.text()); });
  };
  for (const auto& [method, definition] :
       PAWL_TRY(methods_of(path, {"summary", "description", "parameters"}))) {
    if (!also_preflight && method.is("options")) continue;
    const Node existing = PAWL_TRY(checked_security_of(definition, path, method));
    std::vector<Node> others;
    std::vector<Node> own;
    for (const Node& security : existing.items())
      (names_authorizer(security) ? own : others).push_back(security);
    if (take(others, "NONE")) {
      own.clear();
    } else if (own.empty()) {
      own.push_back(requirement(authorizer, scopes_of(authorizers, authorizer)));
    }
    const Node security = joined(others, own);
    if (security.size() == 0) continue;
    definition.set("security", security);
    if (security.items()[0].has("AWS_IAM")) add_iam_definition();
  }
  return {};
}

Outcome<void> SwaggerEditor::set_default_api_key(const Node& path, bool also_preflight) {
  for (const auto& [method, definition] :
       PAWL_TRY(methods_of(path, {"summary", "description", "parameters"}))) {
    const Node existing = PAWL_TRY(checked_security_of(definition, path, method));
    std::vector<Node> others;
    std::vector<Node> own;
    for (const Node& security : existing.items())
      (security.has("api_key") || security.has("api_key_false") ? own : others).push_back(security);
    std::vector<Node> keys;
    if (!take(own, "api_key_false")) keys.push_back(requirement("api_key", Node::list()));
    if (method.is("options") && !also_preflight) keys.clear();
    if (const Node security = joined(others, keys); security != existing)
      definition.set("security", security);
  }
  return {};
}

Outcome<void> SwaggerEditor::add_security(const Node& path, const Node& method,
                                          const Node& security) {
  for (const Node& definition : PAWL_TRY(method_definitions(path, method))) {
    const Node existing = PAWL_TRY(security_of(definition, path, method));
    const Node all = joined(existing.items(), {security.shallow_copy()});
    definition.set("security", all);
    if (all.items()[0].has("AWS_IAM")) add_iam_definition();
  }
  return {};
}

Outcome<void> SwaggerEditor::add_auth(const Node& path, const Node& method, const Node& auth,
                                      const Node& api_auth) {
  if (const Node authorizer = auth.get("Authorizer"); authorizer.truthy()) {
    const Node known = api_auth.get("Authorizers");
    Node scopes = Node::list();
    if (!authorizer.is("NONE") && known.truthy()) {
      const Node config = known.get(authorizer.text());
      if (known.has(authorizer.text()) && !config.is_map())
        return bad_document("Type of authorizer '" + authorizer.text() + "' must be a dictionary");
      Node chosen = config.get("AuthorizationScopes");
      if (!auth.get("AuthorizationScopes").is_null()) chosen = auth.get("AuthorizationScopes");
      if (!config.is_null() && !chosen.is_null()) scopes = chosen;
    }
    PAWL_TRY_VOID(add_security(path, method, requirement(authorizer, scopes)));
  }
  const Node key_required = auth.get("ApiKeyRequired");
  if (key_required.is_null()) return {};
  if (key_required.truthy()) add_api_key_definition();
  const char* name = key_required.truthy() ? "api_key" : "api_key_false";
  for (const Node& definition : PAWL_TRY(method_definitions(path, method))) {
    const Node existing = PAWL_TRY(security_of(definition, path, method));
    definition.set("security", joined(existing.items(), {requirement(name, Node::list())}));
  }
  return {};
}

}  // namespace pawl::formation::serverless
