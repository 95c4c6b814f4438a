// SPDX-License-Identifier: Apache-2.0
// SamFunction of the translator.
#include "formation/serverless/function.h"

#include <algorithm>

#include "base/error.h"
#include "formation/serverless/role.h"
#include "text/regex.h"

namespace pawl::formation::serverless {
namespace {

/// Properties that go into AWS::Lambda::Function as they are.
constexpr const char* kCopied[] = {"FunctionName",
                                   "Handler",
                                   "Runtime",
                                   "Description",
                                   "MemorySize",
                                   "Timeout",
                                   "VpcConfig",
                                   "Role",
                                   "Environment",
                                   "KmsKeyArn",
                                   "Layers",
                                   "ReservedConcurrentExecutions",
                                   "ImageConfig",
                                   "PackageType",
                                   "FileSystemConfigs",
                                   "Architectures",
                                   "SnapStart",
                                   "EphemeralStorage",
                                   "LoggingConfig",
                                   "CodeSigningConfigArn",
                                   "TenancyConfig",
                                   "RecursiveLoop",
                                   "DurableConfig",
                                   "RuntimeManagementConfig",
                                   "FunctionScalingConfig",
                                   "PublishToLatestPublished"};

bool is_image(const SamResource& function) { return function.get("PackageType").is("Image"); }

Outcome<Node> code_of(const SamResource& function) {
  const Node type = function.get("PackageType");
  if (type.truthy() && !type.is("Zip") && !type.is("Image"))
    return bad_resource(function.id, "invalid 'PackageType' : " + type.python_text());
  if (is_image(function)) {
    if (!function.given("ImageUri")) return bad_resource(function.id, "'ImageUri' must be set.");
    if (!function.truthy("ImageUri"))
      return bad_resource(function.id,
                          "'ImageUri' requires that a image hosted at a registry be specified.");
    return Node::map({{"ImageUri", function.get("ImageUri")}});
  }
  if (!function.given("InlineCode") && !function.given("CodeUri"))
    return bad_resource(function.id, "Only one of 'InlineCode' or 'CodeUri' can be set.");
  const Node code = function.given("InlineCode")
                        ? Node::map({{"ZipFile", function.get("InlineCode")}})
                        : PAWL_TRY(code_location(function.get("CodeUri"), function.id, "CodeUri"));
  if (function.truthy("SourceKMSKeyArn"))
    code.set("SourceKMSKeyArn", function.get("SourceKMSKeyArn"));
  return code;
}

Outcome<void> check_package(const SamResource& function, const Node& code) {
  const bool image = is_image(function);
  const auto bad = [&](const char* text) { return bad_resource(function.id, text); };
  if (!image && (!function.truthy("Runtime") || !function.truthy("Handler")))
    return bad("Runtime and Handler needs to be present when PackageType is of type `Zip`");
  if (!image && (code.get("ImageUri").truthy() || function.truthy("ImageConfig")))
    return bad("ImageUri or ImageConfig cannot be present when PackageType is of type `Zip`");
  if (image &&
      (function.truthy("Handler") || function.truthy("Runtime") || function.truthy("Layers")))
    return bad("Runtime, Handler, Layers cannot be present when PackageType is of type `Image`");
  return {};
}

Outcome<void> check_dead_letter_queue(const SamResource& function) {
  const Node queue = function.get("DeadLetterQueue");
  if (!queue.truthy()) return {};
  const Node type = queue.get("Type");
  if (!type.truthy() || !queue.get("TargetArn").truthy())
    return bad_resource(
        function.id, "'DeadLetterQueue' requires Type and TargetArn properties to be specified.");
  PAWL_TRY_VOID(expect_text(type, {function.id, "DeadLetterQueue.Type"}));
  if (!type.is("SQS") && !type.is("SNS"))
    return bad_resource(function.id, "'DeadLetterQueue' requires Type of ['SQS', 'SNS']");
  return {};
}

Outcome<void> check_tenancy(const SamResource& function) {
  if (!function.truthy("TenancyConfig")) return {};
  const std::string end = " is not supported for functions enabled with tenancy configuration.";
  for (const auto& [property, name] :
       {std::pair("ProvisionedConcurrencyConfig", "Provisioned concurrency"),
        std::pair("FunctionUrlConfig", "Function URL"), std::pair("SnapStart", "SnapStart")})
    if (function.truthy(property)) return bad_resource(function.id, name + end);
  for (const auto& [id, event] : function.get("Events").members())
    if (const Node type = event.get("Type"); !type.is("Api") && !type.is("HttpApi"))
      return bad_resource(function.id, "Event source '" + type.python_text() + "'" +
                                           end.substr(0, end.size() - 1) +
                                           ". Only Api and HttpApi event sources are supported.");
  return {};
}

Outcome<void> check_combinations(const SamResource& function) {
  std::string text;
  const auto add = [&](const std::string& line) { text += (text.empty() ? "" : "\n") + line; };
  const bool capacity = function.given("CapacityProviderConfig");
  for (const char* other : {"ProvisionedConcurrencyConfig", "VpcConfig"})
    if (capacity && function.given(other))
      add(std::string("Cannot specify 'CapacityProviderConfig' and '") + other + "' together.");
  if (function.given("FunctionScalingConfig") && !capacity)
    add("'FunctionScalingConfig' requires 'CapacityProviderConfig'.");
  if (function.given("VersionDeletionPolicy") && !function.given("AutoPublishAlias"))
    add("'VersionDeletionPolicy' requires 'AutoPublishAlias'.");
  if (!text.empty()) return bad_resource(function.id, text);
  return {};
}

Outcome<Node> tags_with_origin(const SamResource& function) {
  const Node tags = function.get("Tags");
  for (const char* reserved :
       {"lambda:createdBy", "serverlessrepo:applicationId", "serverlessrepo:semanticVersion"})
    if (tags.has(reserved))
      return bad_resource(
          function.id, std::string(reserved) +
                           " is a reserved Tag key name and cannot be set on your resource. Please "
                           "change the tag key in the input.");
  Node list = tag_list(Node::map({{"lambda:createdBy", "SAM"}}));
  for (const Node& tag : tag_list(tags).items()) list.push(tag);
  return list;
}

Outcome<bool> is_traced(const Work& work, const SamResource& function) {
  if (!function.truthy("Tracing")) return false;
  return !PAWL_TRY(work.resolve(function.get("Tracing"))).is("Disabled");
}

Outcome<Made> make_lambda(Work& work, const SamResource& function) {
  Made made = make(function.id, "AWS::Lambda::Function", function.attributes, function.depends_on);
  made->marked_id = function.id_node.is_marked();
  for (const char* property : kCopied) made->set(property, function.get(property));
  if (!function.truthy("FunctionName")) made->properties.erase("FunctionName");
  const Node code = PAWL_TRY(code_of(function));
  made->set("Code", code);
  made->set("Tags", PAWL_TRY(tags_with_origin(function)));
  if (PAWL_TRY(is_traced(work, function)))
    made->set("TracingConfig", Node::map({{"Mode", function.get("Tracing")}}));
  if (const Node queue = function.get("DeadLetterQueue"); queue.truthy())
    made->set("DeadLetterConfig", Node::map({{"TargetArn", queue.get("TargetArn")}}));
  if (const Node capacity = function.get("CapacityProviderConfig"); capacity.truthy()) {
    Node config = Node::map({{"CapacityProviderArn", capacity.get("Arn")}});
    for (const char* name :
         {"PerExecutionEnvironmentMaxConcurrency", "ExecutionEnvironmentMemoryGiBPerVCpu"})
      if (capacity.has(name)) config.set(name, capacity.get(name));
    made->set("CapacityProviderConfig",
              Node::map({{"LambdaManagedInstancesCapacityProviderConfig", config}}));
  }
  PAWL_TRY_VOID(check_package(function, code));
  return made;
}

Outcome<Made> make_function_role(Work& work, const SamResource& function,
                                 const std::vector<Node>& invoke_policies) {
  const Node own = function.get("AssumeRolePolicyDocument");
  RoleParts parts{
      .assume_role_policy = own.is_null() ? assume_role_policy("lambda.amazonaws.com") : own,
      .path = function.get("RolePath"),
      .permissions_boundary = function.get("PermissionsBoundary"),
      .tags = PAWL_TRY(tags_with_origin(function))};
  parts.managed_arns.push_back(work.managed_arn(
      function.truthy("DurableConfig") ? "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
                                       : "service-role/AWSLambdaBasicExecutionRole"));
  if (PAWL_TRY(is_traced(work, function)))
    parts.managed_arns.push_back(work.managed_arn(
        work.context.partition == "aws" ? "AWSXrayWriteOnlyAccess" : "AWSXRayDaemonWriteAccess"));
  if (function.truthy("VpcConfig"))
    parts.managed_arns.push_back(work.managed_arn("service-role/AWSLambdaVPCAccessExecutionRole"));
  if (const Node queue = function.get("DeadLetterQueue"); queue.truthy()) {
    Node policy = one_statement_policy(
        "DeadLetterQueuePolicy", queue.get("Type").is("SQS") ? "sqs:SendMessage" : "sns:Publish",
        queue.get("TargetArn"));
    policy.get("PolicyDocument").set("Version", "2012-10-17");
    parts.policies.push_back(policy);
  }
  parts.policies.insert(parts.policies.end(), invoke_policies.begin(), invoke_policies.end());
  return make_role(work, function, function.get("Policies"), std::move(parts));
}

/// Role is Fn::If with one side that is AWS::NoValue: the role made stands there.
Outcome<bool> place_role_in_condition(Work& work, const SamResource& function, const Made& made,
                                      const Made& role) {
  const Node resolved = PAWL_TRY(work.resolve(function.get("Role")));
  const Node sides = resolved.get("Fn::If");
  if (!has_three_arguments(sides))
    return bad_resource(function.id, "Malformed 'Role' property: Fn::If requires 3 arguments.");
  const Node condition = sides.items()[0];
  const Node then = sides.items()[1];
  const Node otherwise = sides.items()[2];
  if (is_no_value(then) && is_no_value(otherwise)) {
    made->set("Role", role->arn());
  } else if (is_no_value(then)) {
    made->set("Role", make_conditional(condition, role->arn(), otherwise));
    role->attributes.set("Condition", condition);
  } else if (is_no_value(otherwise)) {
    const std::string negated = "NOT" + condition.text();
    made->set("Role", make_conditional(condition, then, role->arn()));
    role->attributes.set("Condition", negated);
    work.conditions().set(negated, make_not_conditional(condition.text()));
  } else {
    return false;
  }
  return true;
}

/// AutoPublishCodeSha256 in the description makes an update of it.
Outcome<void> describe_code(Work& work, const SamResource& function, const Made& made) {
  if (!function.truthy("AutoPublishCodeSha256")) return {};
  const Node hash = PAWL_TRY(work.resolve(function.get("AutoPublishCodeSha256")));
  if (!hash.is_text()) return bad_resource(function.id, "AutoPublishCodeSha256 must be a string");
  const Node description = PAWL_TRY(work.resolve(function.get("Description")));
  if (!description.truthy()) {
    made->set("Description", hash);
  } else if (description.is_text()) {
    made->set("Description", description.text() + " " + hash.text());
  } else {
    made->set("Description",
              Node::map({{"Fn::Join", Node::list({" ", Node::list({description, hash})})}}));
  }
  return {};
}

}  // namespace

Outcome<Resources> make_function(Work& work, const SamResource& function) {
  const auto of_function = [&](const Failure& failure) {
    return failure.scope == Failure::Scope::Event ? bad_resource(function.id, failure.message)
                                                  : Failed(failure);
  };
  if (const Outcome<void> checked = check_function_events(function); !checked)
    return of_function(checked.error());
  PAWL_TRY_VOID(check_combinations(function));
  PAWL_TRY_VOID(check_dead_letter_queue(function));
  PAWL_TRY_VOID(check_tenancy(function));
  const Made made = PAWL_TRY(make_lambda(work, function));
  Resources all{made};
  if (function.truthy("ProvisionedConcurrencyConfig") && !function.truthy("AutoPublishAlias"))
    return bad_resource(
        function.id,
        "To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function");
  Made alias;
  if (function.truthy("AutoPublishAlias")) {
    PAWL_TRY_VOID(describe_code(work, function, made));
    const PublishedVersion published = PAWL_TRY(publish_version(work, function, made));
    alias = published.alias;
    all.insert(all.end(), {published.version, alias});
  }
  const auto append = [&](const Resources& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  if (function.truthy("FunctionUrlConfig"))
    append(PAWL_TRY(make_function_url(function, made, alias)));
  PAWL_TRY_VOID(add_deployment_preference(work, function, alias));
  InvokeConfig invoke;
  if (function.truthy("EventInvokeConfig")) {
    const Node alias_name = alias == nullptr ? Node() : alias->properties.get("Name");
    invoke = PAWL_TRY(make_invoke_config(work, function, alias_name, alias));
  }
  append(invoke.made);
  const Made role = PAWL_TRY(make_function_role(work, function, invoke.policies));
  const Node given_role = function.get("Role");
  if (given_role.is_null()) {
    made->set("Role", role->arn());
    all.push_back(role);
  } else if (is_intrinsic_if(given_role) &&
             PAWL_TRY(place_role_in_condition(work, function, made, role))) {
    all.push_back(role);
  }
  const EventTarget target{.function = alias == nullptr ? made : alias, .role = role};
  const Outcome<Resources> events = make_function_events(work, function, target);
  if (!events) return of_function(events.error());
  append(*events);
  propagate_tags(all, function.get("Tags"), function.truthy("PropagateTags"));
  return all;
}

Node function_arn(const Made& function) {
  return function->type == "AWS::Lambda::Function" ? function->arn() : function->ref();
}

}  // namespace pawl::formation::serverless
