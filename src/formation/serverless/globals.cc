// SPDX-License-Identifier: Apache-2.0
// Globals (plugins/globals/globals.py of the translator): of maps the members are merged, of lists
// the global items come first, of all else the resource's own value counts.
#include <algorithm>
#include <span>

#include "base/error.h"
#include "formation/serverless/template_passes.h"
#include "formation/serverless/api_editor.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::string_view kPrefix = "AWS::Serverless::";

constexpr std::string_view kOfApi[] = {"Auth",
                                       "Name",
                                       "DefinitionUri",
                                       "CacheClusterEnabled",
                                       "CacheClusterSize",
                                       "MergeDefinitions",
                                       "Variables",
                                       "EndpointConfiguration",
                                       "MethodSettings",
                                       "BinaryMediaTypes",
                                       "MinimumCompressionSize",
                                       "Cors",
                                       "GatewayResponses",
                                       "AccessLogSetting",
                                       "CanarySetting",
                                       "TracingEnabled",
                                       "OpenApiVersion",
                                       "Domain",
                                       "AlwaysDeploy",
                                       "PropagateTags",
                                       "SecurityPolicy",
                                       "EndpointAccessMode"};
constexpr std::string_view kOfCapacityProvider[] = {
    "VpcConfig",     "OperatorRole", "Tags",         "InstanceRequirements",
    "ScalingConfig", "KmsKeyArn",    "PropagateTags"};
constexpr std::string_view kOfFunction[] = {"Handler",
                                            "Runtime",
                                            "CodeUri",
                                            "DeadLetterQueue",
                                            "Description",
                                            "MemorySize",
                                            "Timeout",
                                            "VpcConfig",
                                            "Environment",
                                            "Tags",
                                            "PropagateTags",
                                            "Tracing",
                                            "KmsKeyArn",
                                            "AutoPublishAlias",
                                            "AutoPublishAliasAllProperties",
                                            "Layers",
                                            "DeploymentPreference",
                                            "RolePath",
                                            "PermissionsBoundary",
                                            "ReservedConcurrentExecutions",
                                            "ProvisionedConcurrencyConfig",
                                            "AssumeRolePolicyDocument",
                                            "EventInvokeConfig",
                                            "FileSystemConfigs",
                                            "CodeSigningConfigArn",
                                            "Architectures",
                                            "SnapStart",
                                            "EphemeralStorage",
                                            "FunctionUrlConfig",
                                            "RuntimeManagementConfig",
                                            "LoggingConfig",
                                            "RecursiveLoop",
                                            "SourceKMSKeyArn",
                                            "TenancyConfig",
                                            "DurableConfig",
                                            "CapacityProviderConfig",
                                            "FunctionScalingConfig",
                                            "PublishToLatestPublished",
                                            "VersionDeletionPolicy"};
constexpr std::string_view kOfHttpApi[] = {
    "Auth",         "AccessLogSettings", "StageVariables",
    "Tags",         "CorsConfiguration", "DefaultRouteSettings",
    "Domain",       "RouteSettings",     "FailOnWarnings",
    "PropagateTags"};
constexpr std::string_view kOfLayerVersion[] = {"PublishLambdaVersion"};
constexpr std::string_view kOfSimpleTable[] = {"SSESpecification"};
constexpr std::string_view kOfStateMachine[] = {"PropagateTags"};
constexpr std::string_view kOfWebSocketApi[] = {"AccessLogSettings",
                                                "ApiKeySelectionExpression",
                                                "DefaultRouteSettings",
                                                "DisableExecuteApiEndpoint",
                                                "DisableSchemaValidation",
                                                "Domain",
                                                "FailOnWarnings",
                                                "IpAddressType",
                                                "PropagateTags",
                                                "RouteSelectionExpression",
                                                "RouteSettings",
                                                "StageVariables",
                                                "Tags"};

struct Section {
  std::string_view name;
  std::span<const std::string_view> properties;
};

constexpr Section kSections[] = {{"Api", kOfApi},
                                 {"CapacityProvider", kOfCapacityProvider},
                                 {"Function", kOfFunction},
                                 {"HttpApi", kOfHttpApi},
                                 {"LayerVersion", kOfLayerVersion},
                                 {"SimpleTable", kOfSimpleTable},
                                 {"StateMachine", kOfStateMachine},
                                 {"WebSocketApi", kOfWebSocketApi}};

Failed bad_globals(const std::string& text) {
  return Failed(Failure{Failure::Scope::Document, "'Globals' section is invalid. " + text});
}

Outcome<void> check_globals(const Node& globals) {
  if (!globals.is_map()) return bad_globals("It must be a non-empty dictionary");
  for (const auto& [name, properties] : globals.members()) {
    const auto section =
        std::find_if(std::begin(kSections), std::end(kSections),
                     [&](const Section& known) { return known.name == name.text(); });
    if (section == std::end(kSections)) {
      Node names = Node::list();
      for (const Section& known : kSections) names.push(known.name);
      return bad_globals("'" + name.text() +
                         "' is not supported. Must be one of the following values - " +
                         names.python_text());
    }
    if (!properties.is_map()) return bad_globals("Value of ${section} must be a dictionary");
    Node supported = Node::list();
    for (const std::string_view property : section->properties) supported.push(property);
    for (const Node& key : properties.keys())
      if (!supported.contains(Node(key.text())))
        return bad_globals("'" + key.text() + "' is not a supported property of '" + name.text() +
                           "'. Must be one of the following values - " + supported.python_text());
  }
  return {};
}

bool is_plain_map(const Node& node) { return node.is_map() && !is_intrinsic(node); }

Node merged(const Node& global, const Node& local) {
  if (global.is_list() && local.is_list()) {
    std::vector<Node> items = global.items();
    items.insert(items.end(), local.items().begin(), local.items().end());
    return Node::list(std::move(items));
  }
  if (!is_plain_map(global) || !is_plain_map(local)) return local;
  Node both = global.shallow_copy();
  for (const auto& [key, value] : local.members())
    both.set(key, both.has(key.text()) ? merged(both.get(key.text()), value) : value);
  return both;
}

/// The section without what the resource's IgnoreGlobals names.
Outcome<Node> wanted_globals(const std::string& id, const Node& section, const Node& ignored) {
  if (!ignored.truthy()) return section;
  if (ignored.is("*")) return Node::map();
  if (!ignored.is_list())
    return bad_resource(id, "Resource " + id + " has invalid resource attribute 'IgnoreGlobals'.");
  Node left = section.deep_copy();
  for (const Node& key : ignored.items()) {
    if (!left.has(key.text()))
      return bad_resource(id, "Resource " + id +
                                  " has invalid resource attribute 'IgnoreGlobals' on item '" +
                                  key.python_text() + "'.");
    left.erase(key.text());
  }
  return left;
}

/// A managed definition of an API with OpenApiVersion 3 says so itself.
void set_openapi_version(const Node& resource) {
  const Node properties = resource.get("Properties");
  const Node version = properties.get("OpenApiVersion");
  if (!resource.get("Type").is("AWS::Serverless::Api") || !properties.has("OpenApiVersion") ||
      !properties.has("__MANAGE_SWAGGER") || !is_openapi_3(version))
    return;
  if (!version.is_text()) properties.set("OpenApiVersion", version.python_text());
  const Node definition = properties.get("DefinitionBody");
  definition.set("openapi", properties.get("OpenApiVersion"));
  if (definition.get("swagger").truthy()) definition.erase("swagger");
}

}  // namespace

Outcome<void> merge_globals(const Node& source) {
  const Node globals = source.get("Globals");
  if (source.has("Globals")) PAWL_TRY_VOID(check_globals(globals));
  for (const auto& [id, resource] : source.get("Resources").members()) {
    if (!is_serverless(resource)) continue;
    const std::string section = resource.get("Type").text().substr(kPrefix.size());
    Outcome<Node> wanted = globals.has(section) ? wanted_globals(id.text(), globals.get(section),
                                                                 resource.get("IgnoreGlobals"))
                                                : Outcome<Node>(Node());
    if (!wanted)
      return Failed(Failure{Failure::Scope::Document, std::move(wanted).error().message});
    const Node own = resource.has("Properties") ? resource.get("Properties") : Node::map();
    resource.set("Properties", wanted->is_map() ? merged(*wanted, own) : own);
  }
  source.erase("Globals");
  for (const auto& [id, resource] : source.get("Resources").members())
    set_openapi_version(resource);
  return {};
}

}  // namespace pawl::formation::serverless
