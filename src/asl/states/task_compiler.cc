// SPDX-License-Identifier: Apache-2.0
// ASL "Task State".
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr int64_t kSecondsMax = 99'999'999;

struct RequiredParameter {
  std::string_view service;
  std::string_view action;
  std::string_view name;
};

/// What AWS looks for when a machine is created; the rest is found out by the call.
constexpr RequiredParameter kRequiredParameters[] = {
    {"lambda", "invoke", "FunctionName"},
    {"sqs", "sendMessage", "QueueUrl"},
    {"sqs", "sendMessage", "MessageBody"},
    {"sns", "publish", "Message"},
    {"dynamodb", "putItem", "TableName"},
    {"dynamodb", "putItem", "Item"},
    {"dynamodb", "getItem", "TableName"},
    {"dynamodb", "getItem", "Key"},
    {"states", "startExecution", "StateMachineArn"},
    {"events", "putEvents", "Entries"},
    {"ecs", "runTask", "TaskDefinition"},
    {"glue", "startJobRun", "JobName"},
};

bool is_integration(const TaskResource& resource) {
  return resource.kind == ResourceKind::Integration || resource.kind == ResourceKind::AwsSdk;
}

}  // namespace

std::optional<TaskResource> StateCompiler::compile_resource(const Fields& from) {
  const std::optional<std::string> text = from.string("Resource");
  if (!text) return std::nullopt;
  const std::string unknown =
      "The resource provided " + *text +
      " is not recognized. The value is not a valid resource ARN, or the resource is not "
      "available in this region.";
  base::Result<TaskResource> resource = parse_task_resource(*text);
  if (!resource) {
    const std::string message =
        text->starts_with("arn:") ? unknown : "Value is not a valid resource ARN";
    const bool is_cut_off =
        text->find("${") != std::string::npos && text->find('}') == std::string::npos;
    if (is_cut_off) {
      from.error("Resource", message);  // not even a placeholder
    } else {
      compiler.error_if_strict(from.child_pointer("Resource"), message);
    }
    TaskResource other;
    other.kind = ResourceKind::Other;
    other.arn = *text;
    return other;
  }
  const ResourceCatalog& catalog = compiler.options().catalog != nullptr
                                       ? *compiler.options().catalog
                                       : optimized_integrations();
  if (is_integration(*resource) && !catalog.exists(*resource)) {
    from.error("Resource", unknown);
    return std::nullopt;
  }
  check_pattern(from, *resource);
  return *std::move(resource);
}

// Developer Guide "Differences between Standard and Express workflows".
void StateCompiler::check_pattern(const Fields& from, const TaskResource& resource) {
  if (compiler.type_ != StateMachineType::Express) return;
  if (resource.kind == ResourceKind::Activity) {
    from.error("Resource", "Express state machine does not support Activity ARN");
  } else if (resource.pattern == IntegrationPattern::RunJob) {
    from.error("Resource", "Express state machine does not support '.sync' service integration");
  } else if (resource.pattern == IntegrationPattern::WaitForTaskToken) {
    // Recorded with the space at the end.
    from.error("Resource",
               "Express state machine does not support '.waitForTaskToken' service integration ");
  }
}

void StateCompiler::check_credentials(const TaskState& task) {
  const auto credentials = fields.object("Credentials");
  if (!credentials) return;
  const std::string missing = "The field 'RoleArn' is required but was missing";
  if (task.resource.kind == ResourceKind::Activity) {
    credentials->error_here("The field 'Credentials' is not supported for activities");
  } else if (credentials->object().size() == 0) {
    credentials->error_here(missing);  // recorded
  } else if (!credentials->has("RoleArn") && !credentials->has("RoleArn.$")) {
    compiler.error_if_strict(credentials->pointer(), missing);
  }
}

// Measured on AWS; a template's "Name.$" counts, an expression for the whole is believed.
void StateCompiler::check_parameters(const TaskResource& resource) {
  if (!is_integration(resource)) return;
  const std::string_view name = is_jsonata() ? "Arguments" : "Parameters";
  const json::Value* parameters = fields.find(name);
  if (parameters == nullptr) {
    compiler.error_if_strict(
        fields.pointer(),
        std::string(name) + " field is required for resource ARN: " + resource.arn);
    return;
  }
  if (!parameters->is_object() || resource.kind != ResourceKind::Integration) return;
  for (const RequiredParameter& required : kRequiredParameters) {
    if (required.service != resource.service || required.action != resource.action ||
        parameters->find(required.name) != nullptr ||
        parameters->find(std::string(required.name) + ".$") != nullptr) {
      continue;
    }
    compiler.error_if_strict(
        fields.child_pointer(name),
        "The field '" + std::string(required.name) + "' is required but was missing");
  }
}

void StateCompiler::compile_task() {
  TaskState task;
  compile_next();
  compile_io_paths();
  state.assign = compile_assign(fields);
  fields.require({"Resource"});
  if (auto resource = compile_resource(fields)) {
    task.resource = *std::move(resource);
    check_parameters(task.resource);
  }
  check_credentials(task);
  if (is_jsonata()) {
    task.arguments = compile_expressions(fields, "Arguments");
    task.jsonata_credentials = compile_expressions(fields, "Credentials");
  } else {
    task.parameters = fields.payload_template("Parameters");
    task.credentials = fields.payload_template("Credentials");
  }
  task.timeout_seconds = compile_integer(fields, "TimeoutSeconds", 1, kSecondsMax);
  task.heartbeat_seconds = compile_integer(fields, "HeartbeatSeconds", 1, kSecondsMax);
  if (task.timeout_seconds.literal && task.heartbeat_seconds.literal &&
      *task.heartbeat_seconds.literal > *task.timeout_seconds.literal) {
    fields.error("HeartbeatSeconds", "HeartbeatSeconds must not be greater than TimeoutSeconds");
  }
  compile_result_fields(task.result_selector);
  state.detail = std::move(task);
}

}  // namespace pawl::asl
