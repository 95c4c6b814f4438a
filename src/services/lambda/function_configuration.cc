// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/function_configuration.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "aws/model/java_hash_order.h"
#include "base/bytes.h"
#include "json/write.h"
#include "services/lambda/deployment_package.h"
#include "services/lambda/identifiers.h"

namespace pawl::lambda {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kEnvironmentBytesMax = 4'096;
constexpr int64_t kTimeoutMax = 900;
constexpr std::string_view kNotHere = " is not supported by this server.";

/// NOTE: what AWS offers for a new function, in the order of its message (recorded).
constexpr std::array kRuntimes = {
    "nodejs20.x", "python3.14", "provided.al2023", "python3.12",   "python3.13",
    "nodejs24.x", "nodejs22.x", "java25",          "python3.10",   "python3.11",
    "java21",     "ruby3.3",    "ruby3.4",         "ruby3.2",      "python3.8",
    "python3.9",  "java17",     "nodejs16.x",      "dotnet10",     "dotnet8",
    "java11",     "dotnet6",    "nodejs18.x",      "provided.al2", "java8.al2"};

constexpr std::array kSnapStartRuntimes = {"java11",     "java17",     "java21",
                                           "java25",     "python3.12", "python3.13",
                                           "python3.14", "dotnet8",    "dotnet10"};

/// "Deprecated runtimes" that may no longer be created or updated.
constexpr std::array kRetiredRuntimes = {
    "nodejs",        "nodejs4.3",     "nodejs4.3-edge", "nodejs6.10", "nodejs8.10",
    "python2.7",     "ruby2.5",       "ruby2.7",        "java8",      "dotnetcore1.0",
    "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1",  "go1.x",      "provided"};

/// Retired as well. NOTE: made here all the same, since this machine's interpreter runs their code:
/// systems published years ago work as they are.
constexpr std::array kRunnableRetiredRuntimes = {"nodejs10.x", "nodejs12.x", "nodejs14.x",
                                                 "python3.6", "python3.7"};

/// Between an update's answer and its being shown as done.
constexpr int64_t kSettlingMs = 300;

/// API CreateFunction, Environment: "reserved environment variables".
constexpr std::array kReservedVariables = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
};

/// The member if it is there and not null.
const Value* given(const Value& input, std::string_view member) {
  const Value* found = input.find(member);
  return found == nullptr || found->is_null() ? nullptr : found;
}

ApiResult<void> check_runtime(std::string_view runtime) {
  const bool is_retired = std::find(kRetiredRuntimes.begin(), kRetiredRuntimes.end(), runtime) !=
                          kRetiredRuntimes.end();
  if (is_retired) {
    return invalid_parameter("The runtime parameter of " + std::string(runtime) +
                             " is no longer supported for creating or updating AWS Lambda "
                             "functions. We recommend you use a supported runtime while creating "
                             "or updating functions.");
  }
  const bool is_runnable =
      std::find(kRunnableRetiredRuntimes.begin(), kRunnableRetiredRuntimes.end(), runtime) !=
      kRunnableRetiredRuntimes.end();
  if (!is_runnable && !is_offered_runtime(runtime)) {
    return invalid_parameter("Value " + std::string(runtime) +
                             " at 'runtime' failed to satisfy constraint: Member must satisfy enum "
                             "value set: " +
                             printed_runtimes() + " or be a valid ARN");
  }
  if (!runtime.starts_with("python") && !runtime.starts_with("nodejs") &&
      !runtime.starts_with("provided")) {
    return invalid_parameter("Runtime " + std::string(runtime) + std::string(kNotHere));
  }
  return {};
}

ApiResult<void> check_environment(const Value& variables) {
  std::vector<std::string> names;
  std::string reserved;
  for (const json::Member& variable : variables.members()) {
    names.emplace_back(variable.name());
    if (std::find(kReservedVariables.begin(), kReservedVariables.end(), variable.name()) !=
        kReservedVariables.end()) {
      reserved += (reserved.empty() ? "" : ", ") + std::string(variable.name());
    }
  }
  if (!reserved.empty()) {
    return invalid_parameter(
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided contains reserved keys that are currently not supported for "
        "modification. Reserved keys used in this request: " +
        reserved);
  }
  if (variables.text_bytes() <= kEnvironmentBytesMax) return {};
  ObjectBuilder measured;
  for (const std::string& name : aws::java_hash_order(names)) {
    measured.set(name, *variables.find(name));
  }
  return invalid_parameter(
      "Lambda was unable to configure your environment variables because the environment variables "
      "you have provided exceeded the 4KB limit. String measured: " +
      json::write(std::move(measured).build()));
}

ApiResult<void> check_what_is_not_here(const Value& input) {
  const Value* file_systems = given(input, "FileSystemConfigs");
  if (file_systems != nullptr && file_systems->size() != 0) {
    return invalid_parameter("FileSystemConfigs" + std::string(kNotHere));
  }
  for (const char* member : {"CapacityProviderConfig", "DurableConfig", "TenancyConfig"}) {
    if (given(input, member) != nullptr) {
      return invalid_parameter(member + std::string(kNotHere));
    }
  }
  return {};
}

/// NOTE: JSON logs have levels, INFO unless told otherwise; text logs have none (recorded).
Value merged_logging(const Value& current, const Value& change) {
  Value merged = current;
  for (const json::Member& member : change.members()) {
    if (!member.value.is_null()) merged = merged.with_member(member.name(), member.value);
  }
  const bool is_json = merged.find("LogFormat")->as_string() == "JSON";
  for (const char* level : {"ApplicationLogLevel", "SystemLogLevel"}) {
    if (!is_json) {
      merged = merged.without_member(level);
    } else if (merged.find(level) == nullptr) {
      merged = merged.with_member(level, Value("INFO"));
    }
  }
  return merged;
}

/// "Supported features and limitations" of Lambda SnapStart.
ApiResult<Value> snap_start_of(const Value& given_config, const Value& input,
                               const Revision& revision) {
  const Value* apply_on = given(given_config, "ApplyOn");
  const std::string wanted(apply_on != nullptr ? apply_on->as_string() : "None");
  const Value* given_runtime = given(input, "Runtime");
  const std::string runtime =
      given_runtime != nullptr ? std::string(given_runtime->as_string()) : revision.text("Runtime");
  const bool has_it = std::find(kSnapStartRuntimes.begin(), kSnapStartRuntimes.end(), runtime) !=
                      kSnapStartRuntimes.end();
  if (wanted != "None" && !has_it) {
    return invalid_parameter(runtime + " is not supported for SnapStart enabled functions.");
  }
  ObjectBuilder out;
  out.set("ApplyOn", Value(wanted)).set("OptimizationStatus", Value("Off"));
  return std::move(out).build();
}

/// What is given is shown, with the VPC that EC2 named (vpc_lookup.h).
Value vpc_of(const Value& config) {
  ObjectBuilder out;
  for (const char* list : {"SubnetIds", "SecurityGroupIds"}) {
    const Value* ids = given(config, list);
    out.set(list, ids != nullptr ? *ids : Value::array());
  }
  const Value* v6 = given(config, "Ipv6AllowedForDualStack");
  const Value* vpc = given(config, "VpcId");
  out.set("VpcId", vpc != nullptr ? *vpc : Value(""))
      .set("Ipv6AllowedForDualStack", v6 != nullptr ? *v6 : Value(false));
  return std::move(out).build();
}

Value runtime_version(const FunctionKey& key, std::string_view runtime) {
  const std::string id = base::hex_encode(base::digest(base::DigestAlgorithm::Sha256, runtime));
  ObjectBuilder out;
  out.set("RuntimeVersionArn", Value("arn:aws:lambda:" + key.region + "::runtime:" + id));
  return std::move(out).build();
}

}  // namespace

std::string printed_runtimes() {
  std::string all;
  for (const char* known : kRuntimes) all += (all.empty() ? "" : ", ") + std::string(known);
  return "[" + all + "]";
}

bool is_offered_runtime(std::string_view runtime) {
  return std::find(kRuntimes.begin(), kRuntimes.end(), runtime) != kRuntimes.end();
}

std::string last_modified_text(base::Timestamp time) {
  std::string text = base::format_iso8601(time);
  text.pop_back();  // Z
  return text + "+0000";
}

Revision default_revision(const FunctionKey& key, base::Timestamp now) {
  ObjectBuilder storage;
  storage.set("Size", Value(512));
  ObjectBuilder tracing;
  tracing.set("Mode", Value("PassThrough"));
  ObjectBuilder snap_start;
  snap_start.set("ApplyOn", Value("None")).set("OptimizationStatus", Value("Off"));
  ObjectBuilder logging;
  logging.set("LogFormat", Value("Text")).set("LogGroup", Value("/aws/lambda/" + key.name));
  ObjectBuilder out;
  out.set("FunctionName", Value(key.name))
      .set("Description", Value(""))
      .set("Timeout", Value(3))
      .set("MemorySize", Value(128))
      .set("Version", Value(kLatest))
      .set("PackageType", Value("Zip"))
      .set("Architectures", Value::array({Value("x86_64")}))
      .set("EphemeralStorage", std::move(storage).build())
      .set("TracingConfig", std::move(tracing).build())
      .set("SnapStart", std::move(snap_start).build())
      .set("LoggingConfig", std::move(logging).build());
  Revision revision;
  revision.configuration = std::move(out).build();
  touch(revision, now);
  return revision;
}

void touch(Revision& revision, base::Timestamp now) {
  revision.set("LastModified", Value(last_modified_text(now)));
  revision.set("RevisionId", Value(new_uuid()));
}

void settle(Revision& revision, base::Timestamp now) {
  revision.settles_at = base::Timestamp{now.ms + kSettlingMs};
  revision.settling_revision_id = new_uuid();
}

void set_layers(Revision& revision, const std::vector<FunctionLayer>& layers) {
  std::vector<Value> shown;
  std::vector<Value> kept;
  for (const FunctionLayer& layer : layers) {
    ObjectBuilder item;
    item.set("Arn", Value(layer.arn)).set("CodeSize", Value(layer.bytes));
    shown.push_back(std::move(item).build());
    ObjectBuilder record;
    record.set("account", Value(layer.package_key.account))
        .set("region", Value(layer.package_key.region))
        .set("name", Value(layer.package_key.name))
        .set("code", Value(layer.code));
    kept.push_back(std::move(record).build());
  }
  revision.configuration =
      shown.empty() ? revision.configuration.without_member("Layers")
                    : revision.configuration.with_member("Layers", Value::array(std::move(shown)));
  revision.layers = Value::array(std::move(kept));
}

ApiResult<void> apply_configuration(const Value& input, const FunctionKey& key,
                                    Revision& revision) {
  PAWL_TRY_VOID(check_what_is_not_here(input));
  if (const Value* package_type = given(input, "PackageType")) {
    revision.set("PackageType", *package_type);
  }
  if (const Value* image_config = given(input, "ImageConfig")) {
    if (revision.text("PackageType") != "Image") {
      return invalid_parameter(
          "ImageConfig is not supported for functions created with deployment packages.");
    }
    ObjectBuilder response;
    response.set("ImageConfig", *image_config);
    revision.set("ImageConfigResponse", std::move(response).build());
  }
  if (const Value* runtime = given(input, "Runtime")) {
    PAWL_TRY_VOID(check_runtime(runtime->as_string()));
    revision.set("RuntimeVersionConfig", runtime_version(key, runtime->as_string()));
  }
  int64_t timeout = 0;
  const Value* timeout_given = given(input, "Timeout");
  if (timeout_given != nullptr && timeout_given->to_int64(timeout) && timeout > kTimeoutMax) {
    return aws::validation_exception(
        "1 validation error detected: Value '" + std::to_string(timeout) +
        "' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to "
        "900");
  }
  if (const Value* environment = given(input, "Environment")) {
    const Value* variables = given(*environment, "Variables");
    if (variables != nullptr) PAWL_TRY_VOID(check_environment(*variables));
    ObjectBuilder out;
    out.set("Variables", variables != nullptr ? *variables : Value::object());
    revision.set("Environment", std::move(out).build());
  }
  if (const Value* logging = given(input, "LoggingConfig")) {
    revision.set("LoggingConfig",
                 merged_logging(*revision.configuration.find("LoggingConfig"), *logging));
  }
  if (const Value* snap_start = given(input, "SnapStart")) {
    revision.set("SnapStart", PAWL_TRY(snap_start_of(*snap_start, input, revision)));
  }
  if (const Value* vpc = given(input, "VpcConfig")) revision.set("VpcConfig", vpc_of(*vpc));
  if (const Value* letters = given(input, "DeadLetterConfig")) {
    const Value* target = given(*letters, "TargetArn");
    const bool is_none = target == nullptr || target->as_string().empty();
    revision.configuration = is_none
                                 ? revision.configuration.without_member("DeadLetterConfig")
                                 : revision.configuration.with_member("DeadLetterConfig", *letters);
  }
  for (const char* member : {"Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize",
                             "Architectures", "TracingConfig", "EphemeralStorage", "KMSKeyArn"}) {
    if (const Value* value = given(input, member)) revision.set(member, *value);
  }
  return {};
}

Value shown(const Revision& revision, const std::string& arn, base::Timestamp now) {
  const Value shown = revision.configuration.with_member("FunctionArn", Value(arn))
                          .with_member("State", Value("Active"));
  if (!revision.is_settling(now)) {
    return shown.with_member("LastUpdateStatus", Value("Successful"));
  }
  const Value settling = shown.with_member("RevisionId", Value(revision.settling_revision_id));
  if (revision.text("Version") != kLatest) {
    return settling.with_member("State", Value("Pending"))
        .with_member("StateReason", Value("The function is being created."))
        .with_member("StateReasonCode", Value("Creating"));
  }
  return settling.with_member("LastUpdateStatus", Value("InProgress"))
      .with_member("LastUpdateStatusReason", Value("The function is being created."))
      .with_member("LastUpdateStatusReasonCode", Value("Creating"));
}

Value listed(const Revision& revision, const std::string& arn) {
  return revision.configuration.with_member("FunctionArn", Value(arn))
      .without_member("RuntimeVersionConfig");
}

Value as_being_created(Value shown) {
  return shown.with_member("State", Value("Pending"))
      .with_member("StateReason", Value("The function is being created."))
      .with_member("StateReasonCode", Value("Creating"))
      .with_member("RevisionId", Value(new_uuid()))
      .without_member("LastUpdateStatus");
}

std::string fingerprint(const Revision& revision) {
  Value compared = revision.configuration;
  for (const char* member : {"Version", "RevisionId", "LastModified"}) {
    compared = compared.without_member(member);
  }
  return base::hex_encode(base::digest(base::DigestAlgorithm::Sha256, json::write(compared)));
}

}  // namespace pawl::lambda
