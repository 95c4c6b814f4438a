// SPDX-License-Identifier: Apache-2.0
// As ApiGatewayAuthorizer and ApiGatewayV2Authorizer of the translator.
#include "formation/serverless/authorizer.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "formation/serverless/api_editor.h"
#include "text/unicode.h"

namespace pawl::formation::serverless {
namespace {

using Prefixes = std::array<std::pair<const char*, const char*>, 4>;

constexpr Prefixes kRestSources{{{"Headers", "method.request.header."},
                                 {"QueryStrings", "method.request.querystring."},
                                 {"StageVariables", "stageVariables."},
                                 {"Context", "context."}}};
constexpr Prefixes kHttpSources{{{"Headers", "$request.header."},
                                 {"QueryStrings", "$request.querystring."},
                                 {"StageVariables", "$stageVariables."},
                                 {"Context", "$context."}}};

/// The expressions of Identity, in order.
Outcome<Node> identity_sources(const Node& identity, const Place& place, const Prefixes& prefixes) {
  Node sources = Node::list();
  for (const auto& [name, prefix] : prefixes) {
    const Node values = identity.get(name);
    if (!values.truthy()) continue;
    PAWL_TRY_VOID(expect_texts(values, {place.id, place.path + "." + name}));
    for (const Node& value : values.items())
      sources.push(Node(prefix + value.text()).with_mark(value.is_marked()));
  }
  return sources;
}

Node authorizer_uri(const Work& work, const Node& function_arn) {
  return sub(arn_without_account(work.context.partition, "apigateway",
                                 "lambda:path/2015-03-31/functions/${__FunctionArn__}/invocations"),
             Node::map({{"__FunctionArn__", function_arn}}));
}

/// True if a REQUEST authorizer says nothing that identifies the caller.
bool lacks_identity(const Node& identity) {
  if (!identity.truthy()) return true;
  const bool missing =
      std::none_of(kRestSources.begin(), kRestSources.end(),
                   [&](const auto& source) { return identity.get(source.first).truthy(); });
  const Node ttl = identity.get("ReauthorizeEvery");
  return missing && (ttl.is_null() || ttl.is_map() || ttl.text() != "0");
}

/// An authorizer of a REST API as its configuration says.
class RestAuthorizer {
 public:
  RestAuthorizer(const Work& work, std::string api_id, Node name, Node config)
      : work_(work),
        api_id_(std::move(api_id)),
        name_(std::move(name)),
        config_(std::move(config)) {}

  Outcome<void> check() const {
    const Node payload = config_.get("FunctionPayloadType");
    if (!payload.is_null() && !payload.is("TOKEN") && !payload.is("REQUEST"))
      return bad_resource(api_id_, name_.text() +
                                       " Authorizer has invalid 'FunctionPayloadType': " +
                                       payload.python_text() + ".");
    if (is_request() && identity().truthy())
      PAWL_TRY_VOID(expect_map(identity(), {api_id_, "Authorizer." + name_.text() + ".Identity"}));
    if (is_request() && lacks_identity(identity()))
      return bad_resource(api_id_, name_.text() +
                                       " Authorizer must specify Identity with at least one of "
                                       "Headers, QueryStrings, StageVariables, or Context.");
    const std::string path = "Authorizers." + name_.text();
    if (const Node scopes = config_.get("AuthorizationScopes"); !scopes.is_null())
      PAWL_TRY_VOID(expect_list(scopes, {api_id_, path + ".AuthorizationScopes"}));
    if (const Node off = config_.get("DisableFunctionDefaultPermissions"); !off.is_null())
      PAWL_TRY_VOID(expect_boolean(off, {api_id_, path + ".DisableFunctionDefaultPermissions"}));
    if (identity().truthy() && !identity().is_map())
      return bad_resource(api_id_,
                          "Auth.Authorizers.<Authorizer>.Identity must be a dict "
                          "(LambdaTokenAuthorizationIdentity, "
                          "LambdaRequestAuthorizationIdentity or CognitoAuthorizationIdentity).");
    return {};
  }

  Outcome<Node> security() const {
    const Node pools = config_.get("UserPoolArn");
    const bool cognito = pools.truthy();
    const Node header = identity().get("Header");
    Node security = Node::hashed_map();
    security.set("type", "apiKey");
    security.set("name", !cognito && is_request() ? Node("Unused")
                         : header.truthy()        ? header
                                                  : Node("Authorization"));
    security.set("in", "header");
    security.set("x-amazon-apigateway-authtype", cognito ? "cognito_user_pools" : "custom");
    Node authorizer = Node::hashed_map();
    security.set(kAuthorizerKey, authorizer);
    if (cognito) {
      authorizer.set("type", "cognito_user_pools");
      authorizer.set("providerARNs", pools.is_list() ? pools : Node::list({pools}));
    } else {
      PAWL_TRY_VOID(describe_function(authorizer));
    }
    const Node expression = identity().get("ValidationExpression");
    if ((cognito || !is_request()) && expression.truthy())
      authorizer.set("identityValidationExpression", expression);
    return security;
  }

 private:
  bool is_request() const { return config_.get("FunctionPayloadType").is("REQUEST"); }
  Node identity() const { return config_.get("Identity"); }

  Outcome<void> describe_function(const Node& authorizer) const {
    authorizer.set("type", is_request() ? "request" : "token");
    authorizer.set("authorizerUri", authorizer_uri(work_, config_.get("FunctionArn")));
    if (const Node ttl = identity().get("ReauthorizeEvery"); !ttl.is_null())
      authorizer.set("authorizerResultTtlInSeconds", ttl);
    if (const Node role = config_.get("FunctionInvokeRole"); role.truthy() && !role.is("NONE"))
      authorizer.set("authorizerCredentials", role);
    if (!is_request()) return {};
    const Place place{api_id_, "Auth.Authorizers." + name_.text() + ".Identity"};
    const Node sources = PAWL_TRY(identity_sources(identity(), place, kRestSources));
    std::string joined;
    bool mark = false;
    for (const Node& source : sources.items()) {
      joined += (joined.empty() ? "" : ", ") + source.text();
      mark = mark || source.is_marked();
    }
    if (!joined.empty()) authorizer.set("identitySource", Node(joined).with_mark(mark));
    return {};
  }

  const Work& work_;
  std::string api_id_;
  Node name_;
  Node config_;
};

Node iam_security() {
  Node security = Node::hashed_map();
  security.set("type", "apiKey");
  security.set("name", "Authorization");
  security.set("in", "header");
  security.set("x-amazon-apigateway-authtype", "awsSigv4");
  return security;
}

struct HttpProperty {
  const char* name;
  const char* kind;
  bool of_jwt;
};

constexpr HttpProperty kHttpProperties[] = {
    {"AuthorizationScopes", "OAuth2 Authorizer", true},
    {"JwtConfiguration", "OAuth2 Authorizer", true},
    {"IdentitySource",
     "OAuth2 Authorizer. For Lambda Authorizer, use the 'Identity' property instead", true},
    {"FunctionArn", "Lambda Authorizer", false},
    {"FunctionInvokeRole", "Lambda Authorizer", false},
    {"Identity", "Lambda Authorizer", false},
    {"AuthorizerPayloadFormatVersion", "Lambda Authorizer", false},
    {"EnableSimpleResponses", "Lambda Authorizer", false},
    {"EnableFunctionDefaultPermissions", "Lambda Authorizer", false}};

Outcome<void> check_http(const std::string& api_id, const std::string& name, const Node& config) {
  const Node jwt_configuration = config.get("JwtConfiguration");
  const bool jwt = jwt_configuration.truthy();
  if (jwt) PAWL_TRY_VOID(expect_map(jwt_configuration, {api_id, "JwtConfiguration"}));
  const Node scopes = config.get("AuthorizationScopes");
  if (!scopes.is_null() && !scopes.is_list())
    return bad_resource(api_id, "AuthorizationScopes must be a list.");
  for (const HttpProperty& property : kHttpProperties)
    if (!config.get(property.name).is_null() && property.of_jwt != jwt)
      return bad_resource(
          api_id, std::string(property.name) + " is only supported for " + property.kind + ".");
  const auto lacks = [&](const char* kind, const char* property) {
    return bad_resource(api_id, name + " " + kind + " Authorizer must define '" + property + "'.");
  };
  if (jwt && !config.get("IdentitySource").truthy()) return lacks("OAuth2", "IdentitySource");
  if (!jwt && !config.get("FunctionArn").truthy()) return lacks("Lambda", "FunctionArn");
  if (!jwt && !config.get("AuthorizerPayloadFormatVersion").truthy())
    return lacks("Lambda", "AuthorizerPayloadFormatVersion");
  if (const Node on = config.get("EnableFunctionDefaultPermissions"); !on.is_null())
    PAWL_TRY_VOID(
        expect_boolean(on, {api_id, "Authorizers." + name + ".EnableFunctionDefaultPermissions"}));
  return {};
}

Node jwt_security(const Node& config) {
  Node lower = Node::map();
  for (const auto& [key, value] : config.get("JwtConfiguration").members())
    lower.set(text::to_lower(key.text()), value);
  return Node::map({{"type", "oauth2"},
                    {kAuthorizerKey, Node::map({{"jwtConfiguration", lower},
                                                {"identitySource", config.get("IdentitySource")},
                                                {"type", "jwt"}})}});
}

Outcome<Node> function_security(const Work& work, const std::string& api_id,
                                const std::string& name, const Node& config) {
  Node authorizer = Node::map(
      {{"type", "request"}, {"authorizerUri", authorizer_uri(work, config.get("FunctionArn"))}});
  if (const Node role = config.get("FunctionInvokeRole"); role.truthy() && !role.is("NONE"))
    authorizer.set("authorizerCredentials", role);
  if (const Node identity = config.get("Identity"); identity.truthy()) {
    PAWL_TRY_VOID(expect_map(identity, {api_id, "Auth.Authorizers." + name + ".Identity"}));
    if (const Node ttl = identity.get("ReauthorizeEvery"); !ttl.is_null())
      authorizer.set("authorizerResultTtlInSeconds", ttl);
    authorizer.set("identitySource",
                   PAWL_TRY(identity_sources(
                       identity, {api_id, "Authorizers." + name + ".Identity"}, kHttpSources)));
  }
  authorizer.set("authorizerPayloadFormatVersion", config.get("AuthorizerPayloadFormatVersion"));
  if (const Node simple = config.get("EnableSimpleResponses"); simple.truthy())
    authorizer.set("enableSimpleResponses", simple);
  return Node::map(
      {{"type", "apiKey"}, {"name", "Unused"}, {"in", "header"}, {kAuthorizerKey, authorizer}});
}

}  // namespace

Outcome<Authorizers> rest_authorizers(const Work& work, const std::string& api_id,
                                      const Node& config, const Node& default_authorizer) {
  Authorizers authorizers;
  if (default_authorizer.is("AWS_IAM"))
    authorizers.push_back(
        {.name = default_authorizer, .security = iam_security(), .scopes = Node::list()});
  if (!config.truthy()) return authorizers;
  PAWL_TRY_VOID(expect_map(config, {api_id, "Auth.Authorizers"}));
  for (const auto& [name, one] : config.members()) {
    PAWL_TRY_VOID(expect_map(one, {api_id, "Auth.Authorizers." + name.text()}));
    const RestAuthorizer authorizer(work, api_id, name, one);
    PAWL_TRY_VOID(authorizer.check());
    const Node scopes = one.get("AuthorizationScopes");
    authorizers.push_back(
        {.name = name,
         .security = PAWL_TRY(authorizer.security()),
         .scopes = scopes.is_null() ? Node::list() : scopes,
         .function_arn = one.get("FunctionArn"),
         .without_permission = one.get("DisableFunctionDefaultPermissions").truthy()});
  }
  return authorizers;
}

Outcome<Authorizers> http_authorizers(const Work& work, const std::string& api_id,
                                      const Node& config, bool with_iam) {
  Authorizers authorizers;
  if (with_iam) authorizers.push_back({.name = "AWS_IAM", .security = iam_security()});
  if (!config.truthy()) return authorizers;
  PAWL_TRY_VOID(expect_map(config, {api_id, "Auth.Authorizers"}));
  for (const auto& [name, one] : config.members()) {
    PAWL_TRY_VOID(expect_map(one, {api_id, "Auth.Authorizers." + name.text()}));
    if (one.has("OpenIdConnectUrl"))
      return bad_resource(api_id,
                          "'OpenIdConnectUrl' is no longer a supported property for "
                          "authorizer '" +
                              name.text() + "'. Please refer to the AWS SAM documentation.");
    PAWL_TRY_VOID(check_http(api_id, name.text(), one));
    const Node security = one.get("JwtConfiguration").truthy()
                              ? jwt_security(one)
                              : PAWL_TRY(function_security(work, api_id, name.text(), one));
    authorizers.push_back(
        {.name = name,
         .security = security,
         .scopes = one.get("AuthorizationScopes"),
         .function_arn = one.get("FunctionArn"),
         .without_permission = !one.get("EnableFunctionDefaultPermissions").truthy()});
  }
  return authorizers;
}

const Authorizer* find_authorizer(const Authorizers& authorizers, const Node& name) {
  const auto found = std::find_if(authorizers.begin(), authorizers.end(),
                                  [&](const Authorizer& known) { return known.name == name; });
  return found == authorizers.end() ? nullptr : &*found;
}

Node scopes_of(const Authorizers& authorizers, const Node& name) {
  const Authorizer* found = find_authorizer(authorizers, name);
  return found == nullptr || found->scopes.is_null() ? Node::list() : found->scopes;
}

}  // namespace pawl::formation::serverless
