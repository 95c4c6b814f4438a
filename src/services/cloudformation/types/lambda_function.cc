// SPDX-License-Identifier: Apache-2.0
// AWS::Lambda::Function.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
#include <array>

#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "services/cloudformation/types/inline_code.h"
#include "services/cloudformation/types/lambda_calls.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;
using lambda::call;

constexpr std::string_view kFunction = "AWS::Lambda::Function";
constexpr size_t kNameLengthMax = 64;

/// UpdateFunctionConfiguration's properties, and as JSON what is sent when the template drops one.
struct Setting {
  std::string_view property;
  std::string_view otherwise;
};

constexpr std::array<Setting, 17> kSettings = {{
    {"DeadLetterConfig", R"({"TargetArn":""})"},
    {"Description", R"("")"},
    {"Environment", R"({"Variables":{}})"},
    {"EphemeralStorage", R"({"Size":512})"},
    {"FileSystemConfigs", "[]"},
    {"Handler", ""},
    {"ImageConfig", "{}"},
    {"KmsKeyArn", R"("")"},
    {"Layers", "[]"},
    {"LoggingConfig", R"({"LogFormat":"Text"})"},
    {"MemorySize", "128"},
    {"Role", ""},
    {"Runtime", ""},
    {"SnapStart", R"({"ApplyOn":"None"})"},
    {"Timeout", "3"},
    {"TracingConfig", R"({"Mode":"PassThrough"})"},
    {"VpcConfig", R"({"SubnetIds":[],"SecurityGroupIds":[]})"},
}};

Value named(const std::string& name) { return Value::object({{"FunctionName", Value(name)}}); }

ApiResult<void> check(const ResourceRequest& request) {
  return refuse_properties(kFunction, request.properties,
                           {"CapacityProviderConfig", "DurableConfig", "FunctionScalingConfig",
                            "PublishToLatestPublished", "TenancyConfig"});
}

/// Code as CreateFunction and UpdateFunctionCode take it.
ApiResult<Value> code_input(const ResourceRequest& request) {
  const Value code = json::object_member(request.properties, "Code");
  json::ObjectBuilder input;
  json::copy_members(code, {"S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri", "SourceKMSKeyArn"},
                     input);
  if (const Value* text = json::member_of(code, "ZipFile")) {
    const auto packed = inline_package(json::text_member(request.properties, "Runtime"),
                                       json::text_member(code, "ZipFile"));
    if (!packed) return aws::ApiError("InvalidRequest", packed.error().message);
    if (text->is_string()) input.set("ZipFile", Value(base::base64_encode(*packed)));
  }
  return std::move(input).build();
}

/// null while it is settling; the configuration when it is ready.
ApiResult<Value> ready_configuration(StackCalls& calls, const std::string& name) {
  const Value configuration = PAWL_TRY(call(calls, "GetFunctionConfiguration", named(name)));
  const std::string state = json::text_member(configuration, "State");
  const std::string update = json::text_member(configuration, "LastUpdateStatus");
  if (state == "Failed")
    return aws::ApiError("NotStabilized", json::text_member(configuration, "StateReason"));
  if (update == "Failed")
    return aws::ApiError("NotStabilized",
                         json::text_member(configuration, "LastUpdateStatusReason"));
  if (state == "Pending" || update == "InProgress") return Value();
  return configuration;
}

Progress made(const Value& configuration) {
  json::ObjectBuilder attributes;
  attributes.set("Arn", Value(json::text_member(configuration, "FunctionArn")));
  if (const Value* snap_start = json::member_of(configuration, "SnapStart")) {
    attributes.set("SnapStartResponse", *snap_start);
    attributes.set("SnapStartResponse.ApplyOn", Value(json::text_member(*snap_start, "ApplyOn")));
    attributes.set("SnapStartResponse.OptimizationStatus",
                   Value(json::text_member(*snap_start, "OptimizationStatus")));
  }
  return Progress::done(json::text_member(configuration, "FunctionName"),
                        std::move(attributes).build());
}

ApiResult<void> update_concurrency(StackCalls& calls, const ResourceRequest& request) {
  if (!differs(request, "ReservedConcurrentExecutions")) return {};
  const Value name = named(request.physical_id);
  const Value* reserved = json::member_of(request.properties, "ReservedConcurrentExecutions");
  if (reserved == nullptr) return lambda::remove(calls, "DeleteFunctionConcurrency", name);
  PAWL_TRY_VOID(call(calls, "PutFunctionConcurrency",
                     name.with_member("ReservedConcurrentExecutions", *reserved)));
  return {};
}

/// Settings that have operations of their own.
ApiResult<void> update_own_settings(StackCalls& calls, const ResourceRequest& request) {
  const Value name = named(request.physical_id);
  PAWL_TRY_VOID(update_concurrency(calls, request));
  if (differs(request, "RuntimeManagementConfig")) {
    const Value wanted = json::object_member(request.properties, "RuntimeManagementConfig");
    const std::string update_on = json::text_member(wanted, "UpdateRuntimeOn");
    json::ObjectBuilder input;
    input.set("FunctionName", Value(request.physical_id))
        .set("UpdateRuntimeOn", Value(update_on.empty() ? "Auto" : update_on));
    json::copy_members(wanted, {"RuntimeVersionArn"}, input);
    PAWL_TRY_VOID(call(calls, "PutRuntimeManagementConfig", std::move(input).build()));
  }
  if (differs(request, "RecursiveLoop")) {
    const std::string loop = json::text_member(request.properties, "RecursiveLoop");
    PAWL_TRY_VOID(
        call(calls, "PutFunctionRecursionConfig",
             name.with_member("RecursiveLoop", Value(loop.empty() ? "Terminate" : loop))));
  }
  return {};
}

ApiResult<Progress> create(StackCalls& calls, const ResourceRequest& request) {
  if (request.physical_id.empty()) {
    PAWL_TRY_VOID(check(request));
    const std::string name = name_of(request, "FunctionName", kNameLengthMax);
    Value input = calls.shape("lambda", "CreateFunction",
                              request.properties.without_member("Code").without_member("Tags"));
    input = input.with_member("FunctionName", Value(name))
                .with_member("Code", PAWL_TRY(code_input(request)));
    const Tags tags = desired_tags(kFunction, request);
    if (!tags.empty()) input = input.with_member("Tags", tag_map(tags));
    auto created = call(calls, "CreateFunction", input);
    const bool is_own = request.is_repeated && failed_with(created, {"ResourceConflictException"});
    if (!is_own) PAWL_TRY_VOID(std::move(created));
    return Progress::again(0, name);
  }
  const Value configuration = PAWL_TRY(ready_configuration(calls, request.physical_id));
  if (configuration.is_null()) return Progress::again(lambda::kPollMs, request.physical_id);
  PAWL_TRY_VOID(update_own_settings(calls, request));
  return made(configuration);
}

bool changes_code(const ResourceRequest& request) {
  const bool is_inline =
      json::has_member(json::object_member(request.properties, "Code"), "ZipFile");
  return any_differs(request, {"Code", "Architectures"}) ||
         (is_inline && differs(request, "Runtime"));
}

ApiResult<void> update_code(StackCalls& calls, const ResourceRequest& request) {
  Value input =
      PAWL_TRY(code_input(request)).with_member("FunctionName", Value(request.physical_id));
  if (differs(request, "Architectures")) {
    const Value* wanted = json::member_of(request.properties, "Architectures");
    input = input.with_member("Architectures",
                              wanted == nullptr ? json::texts_value({"x86_64"}) : *wanted);
  }
  PAWL_TRY_VOID(call(calls, "UpdateFunctionCode", input));
  return {};
}

/// What of the configuration changes; an object without members: nothing.
Value changed_settings(StackCalls& calls, const ResourceRequest& request) {
  json::ObjectBuilder changed;
  for (const Setting& each : kSettings) {
    if (!differs(request, each.property)) continue;
    const Value* wanted = json::member_of(request.properties, each.property);
    if (wanted != nullptr) {
      changed.set(each.property, *wanted);
    } else if (!each.otherwise.empty()) {
      changed.set(each.property, *json::parse(each.otherwise));
    }
  }
  return calls.shape("lambda", "UpdateFunctionConfiguration", std::move(changed).build());
}

ApiResult<void> update_code_signing(StackCalls& calls, const ResourceRequest& request) {
  if (!differs(request, "CodeSigningConfigArn")) return {};
  const Value name = named(request.physical_id);
  const std::string arn = json::text_member(request.properties, "CodeSigningConfigArn");
  if (arn.empty()) return lambda::remove(calls, "DeleteFunctionCodeSigningConfig", name);
  PAWL_TRY_VOID(call(calls, "PutFunctionCodeSigningConfig",
                     name.with_member("CodeSigningConfigArn", Value(arn))));
  return {};
}

// The configuration first, then the code, each when the one before is settled.
ApiResult<Progress> update(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check(request));
  const std::string& name = request.physical_id;
  const std::string step = json::text_member(request.memory, "Step");
  const auto then = [&](uint64_t ms, std::string_view next) {
    return Progress::again(ms, name, Value::object({{"Step", Value(next)}}));
  };
  const Value configuration = PAWL_TRY(ready_configuration(calls, name));
  if (configuration.is_null()) return then(lambda::kPollMs, step);
  if (step.empty()) {
    PAWL_TRY_VOID(update_code_signing(calls, request));
    const Value changed = changed_settings(calls, request);
    if (changed.size() != 0) {
      PAWL_TRY_VOID(call(calls, "UpdateFunctionConfiguration",
                         changed.with_member("FunctionName", Value(name))));
    }
    return then(0, "Code");
  }
  if (step == "Code") {
    if (changes_code(request)) PAWL_TRY_VOID(update_code(calls, request));
    return then(0, "Settings");
  }
  PAWL_TRY_VOID(update_own_settings(calls, request));
  PAWL_TRY_VOID(lambda::update_tags(calls, kFunction, request,
                                    json::text_member(configuration, "FunctionArn")));
  return made(configuration);
}

ApiResult<Progress> remove(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(lambda::remove(calls, "DeleteFunction", named(request.physical_id)));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> lambda_function_types() {
  static constexpr ResourceType kTypes[] = {{kFunction, create, update, remove}};
  return kTypes;
}

}  // namespace pawl::cloudformation
