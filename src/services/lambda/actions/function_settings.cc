// SPDX-License-Identifier: Apache-2.0
// API PutFunctionRecursionConfig, GetFunctionRecursionConfig, PutRuntimeManagementConfig,
// GetRuntimeManagementConfig, PutFunctionScalingConfig, GetFunctionScalingConfig: kept and shown.
// There is one version of each runtime here, the one installed, and no loop detection.
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kRecursion = "recursion";

std::string scaling_name(const FunctionReference& reference) {
  return "scaling " + std::string(reference.qualifier_or_latest());
}

Value runtime_management(const std::optional<Value>& stored, const FunctionReference& reference) {
  ObjectBuilder out;
  out.set("FunctionArn", Value(reference.key.arn(reference.qualifier_or_latest())))
      .set("UpdateRuntimeOn", stored ? *stored->find("UpdateRuntimeOn") : Value("Auto"));
  const Value* arn = stored ? member_of(*stored, "RuntimeVersionArn") : nullptr;
  if (arn != nullptr) out.set("RuntimeVersionArn", *arn);
  return std::move(out).build();
}

}  // namespace

aws::ActionResult LambdaService::put_recursion_config(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const std::lock_guard lock(changing_);
  PAWL_TRY_VOID(require_function(reference.key, reference.arn()));
  ObjectBuilder made;
  made.set("RecursiveLoop", *request.input.find("RecursiveLoop"));
  const Value config = std::move(made).build();
  store::Batch batch;
  store_.put_part(batch, reference.key, FunctionPart::Setting, kRecursion, config);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output(config);
}

aws::ActionResult LambdaService::get_recursion_config(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  PAWL_TRY_VOID(require_function(reference.key, reference.arn()));
  const std::optional<Value> stored =
      PAWL_TRY(store_.part(reference.key, FunctionPart::Setting, kRecursion));
  if (stored) return aws::Output(*stored);
  ObjectBuilder out;
  out.set("RecursiveLoop", Value("Terminate"));
  return aws::Output(std::move(out).build());
}

aws::ActionResult LambdaService::put_runtime_management(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const Value& input = request.input;
  const bool is_manual = text_member(input, "UpdateRuntimeOn") == "Manual";
  const bool names_version = member_of(input, "RuntimeVersionArn") != nullptr;
  if (is_manual != names_version) {
    return invalid_parameter(
        is_manual ? "RuntimeVersionArn is required when updateRuntimeOn is set to Manual."
                  : "RuntimeVersionArn can only be given when updateRuntimeOn is set to Manual.");
  }
  const std::lock_guard lock(changing_);
  PAWL_TRY_VOID(require_revision(reference));
  ObjectBuilder made;
  made.set("UpdateRuntimeOn", *input.find("UpdateRuntimeOn"));
  if (names_version) made.set("RuntimeVersionArn", *input.find("RuntimeVersionArn"));
  const Value config = std::move(made).build();
  store::Batch batch;
  store_.put_part(batch, reference.key, FunctionPart::RuntimeManagement,
                  reference.qualifier_or_latest(), config);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output(runtime_management(config, reference));
}

aws::ActionResult LambdaService::get_runtime_management(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  PAWL_TRY_VOID(require_revision(reference));
  return aws::Output(
      runtime_management(PAWL_TRY(store_.part(reference.key, FunctionPart::RuntimeManagement,
                                              reference.qualifier_or_latest())),
                         reference));
}

aws::ActionResult LambdaService::put_scaling_config(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const std::lock_guard lock(changing_);
  PAWL_TRY_VOID(require_revision(reference));
  const Value* given = member_of(request.input, "FunctionScalingConfig");
  store::Batch batch;
  store_.put_part(batch, reference.key, FunctionPart::Setting, scaling_name(reference),
                  given != nullptr ? *given : Value::object());
  PAWL_TRY_VOID(store_.commit(batch));
  ObjectBuilder out;
  out.set("FunctionState", Value("Active"));
  return aws::Output(std::move(out).build());
}

aws::ActionResult LambdaService::get_scaling_config(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  PAWL_TRY_VOID(require_revision(reference));
  const std::optional<Value> stored =
      PAWL_TRY(store_.part(reference.key, FunctionPart::Setting, scaling_name(reference)));
  ObjectBuilder out;
  out.set("FunctionArn", Value(reference.key.arn(reference.qualifier_or_latest())));
  if (stored) {
    out.set("AppliedFunctionScalingConfig", *stored).set("RequestedFunctionScalingConfig", *stored);
  }
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
