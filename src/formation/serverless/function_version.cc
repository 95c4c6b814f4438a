// SPDX-License-Identifier: Apache-2.0
// Versions, aliases and URLs of functions.
#include <algorithm>

#include "base/error.h"
#include "formation/serverless/function.h"

namespace pawl::formation::serverless {
namespace {

/// What the version's id is a hash of when all properties count: also of layers made here.
Node all_properties(const Work& work, const Made& made) {
  Node hashed = made->properties.shallow_copy();
  for (const Node& layer : made->properties.get("Layers").items()) {
    const std::string id = logical_id_of(layer);
    const Node properties = work.result_resources().get(id).get("Properties");
    if (!id.empty() && properties.get("PublishLambdaVersion").truthy()) hashed.set(id, properties);
  }
  return hashed;
}

Outcome<Node> hashed_data(const Work& work, const SamResource& function, const Made& made) {
  if (function.truthy("AutoPublishAliasAllProperties")) return all_properties(work, made);
  Node hashed = PAWL_TRY(work.resolve(made->properties.get("Code"))).shallow_copy();
  hashed.update(made->properties.get("Environment"));
  if (const Node memory = made->properties.get("MemorySize"); memory.truthy())
    hashed.set("MemorySize", memory);
  const Node snap_start = made->properties.get("SnapStart");
  if (snap_start.has("ApplyOn") && !snap_start.get("ApplyOn").is("None"))
    hashed.set("SnapStart", snap_start);
  return hashed;
}

bool is_alias_name(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return is_alphanumeric({&c, 1}) || c == '-' || c == '_';
  });
  return plain && name.find_first_not_of("0123456789") != std::string::npos;
}

Outcome<Made> make_alias(const SamResource& function, const std::string& name, const Made& made,
                         const Made& version) {
  if (name.empty()) return bad_resource(function.id, "Alias name is required to create an alias");
  if (!is_alias_name(name))
    return bad_resource(function.id,
                        "AutoPublishAlias name ('" + name +
                            "') must contain only alphanumeric characters, hyphens, or underscores "
                            "matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern.");
  std::string id = made->id + "Alias";
  for (const char c : name) id += c == '-' ? 'D' : c == '_' ? 'U' : c;
  Made alias = make(id, "AWS::Lambda::Alias", passed_attributes(function.attributes));
  alias->set("Name", name);
  alias->set("FunctionName", made->ref());
  alias->set("FunctionVersion", get_att(version->id, "Version"));
  if (function.truthy("ProvisionedConcurrencyConfig"))
    alias->set("ProvisionedConcurrencyConfig", function.get("ProvisionedConcurrencyConfig"));
  return alias;
}

constexpr std::pair<const char*, Node::Kind> kUrlCors[] = {
    {"AllowOrigins", Node::Kind::List},        {"AllowMethods", Node::Kind::List},
    {"AllowCredentials", Node::Kind::Boolean}, {"AllowHeaders", Node::Kind::List},
    {"ExposeHeaders", Node::Kind::List},       {"MaxAge", Node::Kind::Number}};

Outcome<void> check_url(const SamResource& function, const Node& config) {
  if (is_intrinsic(config)) return {};
  const Node auth = config.get("AuthType");
  if (!is_intrinsic(auth) && !auth.is("AWS_IAM") && !auth.is("NONE"))
    return bad_resource(function.id,
                        "AuthType is required to configure function property `FunctionUrlConfig`. "
                        "Please provide either AWS_IAM or NONE.");
  const Node cors = config.get("Cors");
  if (!cors.truthy() || is_intrinsic(cors)) return {};
  PAWL_TRY_VOID(expect_map(cors, {function.id, "FunctionUrlConfig.Cors"}));
  for (const auto& [name, value] : cors.members()) {
    const auto known = std::find_if(std::begin(kUrlCors), std::end(kUrlCors),
                                    [&](const auto& property) { return name.is(property.first); });
    if (known == std::end(kUrlCors))
      return bad_resource(function.id,
                          name.text() + " is not a valid property for configuring Cors.");
    const char* type = known->second == Node::Kind::List      ? "list"
                       : known->second == Node::Kind::Boolean ? "bool"
                                                              : "int";
    const bool fits =
        known->second == Node::Kind::Number ? value.is_integer() : value.kind() == known->second;
    if (!is_intrinsic(value) && !fits)
      return bad_resource(function.id, name.text() + " must be of type " + type + ".");
  }
  return {};
}

Made make_url_permission(const SamResource& function, const char* suffix, const char* action,
                         const Node& target) {
  Made permission =
      make(function.id + suffix, "AWS::Lambda::Permission", passed_attributes(function.attributes));
  permission->set("Action", action);
  permission->set("FunctionName", target);
  permission->set("Principal", "*");
  return permission;
}

}  // namespace

Outcome<PublishedVersion> publish_version(Work& work, const SamResource& function,
                                          const Made& made) {
  const Node name = PAWL_TRY(work.resolve(function.get("AutoPublishAlias")));
  if (!name.is_text())
    return bad_resource(function.id,
                        "'AutoPublishAlias' must be a string or a Ref to a template parameter");
  const Node given_hash = PAWL_TRY(work.resolve(function.get("AutoPublishCodeSha256")));
  const std::string hash = given_hash.truthy()
                               ? given_hash.text().substr(0, 10)
                               : id_hash(PAWL_TRY(hashed_data(work, function, made)));
  Node attributes = passed_attributes(function.attributes);
  const Node policy = function.get("VersionDeletionPolicy");
  const bool capacity = function.given("CapacityProviderConfig");
  attributes.set_default("DeletionPolicy",
                         policy.is_null() ? Node(capacity ? "Delete" : "Retain") : policy);
  Made version = make(function.id + "Version" + hash, "AWS::Lambda::Version", attributes);
  version->set("FunctionName", made->ref());
  version->set("Description", function.get("VersionDescription"));
  if (capacity) version->set("FunctionScalingConfig", function.get("FunctionScalingConfig"));
  return PublishedVersion{version, PAWL_TRY(make_alias(function, name.text(), made, version))};
}

Outcome<Resources> make_function_url(const SamResource& function, const Made& made,
                                     const Made& alias) {
  const Node config = function.get("FunctionUrlConfig");
  PAWL_TRY_VOID(check_url(function, config));
  const Node target = alias == nullptr ? made->ref() : alias->ref();
  Made url = make(function.id + "Url", "AWS::Lambda::Url", passed_attributes(function.attributes));
  if (config.get("Cors").truthy()) url->set("Cors", config.get("Cors"));
  url->set("AuthType", config.get("AuthType"));
  url->set("TargetFunctionArn", target);
  url->set("InvokeMode", config.get("InvokeMode"));
  Resources all{url};
  if (!config.get("AuthType").is("NONE") || is_intrinsic(config)) return all;
  all.push_back(
      make_url_permission(function, "UrlPublicPermissions", "lambda:InvokeFunctionUrl", target));
  all.back()->set("FunctionUrlAuthType", "NONE");
  all.push_back(
      make_url_permission(function, "URLInvokeAllowPublicAccess", "lambda:InvokeFunction", target));
  all.back()->set("InvokedViaFunctionUrl", true);
  return all;
}

}  // namespace pawl::formation::serverless
