// SPDX-License-Identifier: Apache-2.0
// ASL "Task State".
#include <array>
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr int64_t kSecondsMax = 99'999'999;

bool is_expression(const Fields& fields, std::string_view name) {
  const json::Value* value = fields.find(name);
  return value != nullptr && value->is_string() && is_jsonata_text(value->as_string());
}

}  // namespace

std::optional<TaskResource> StateCompiler::compile_resource(const Fields& from) {
  const std::optional<std::string> text = from.string("Resource");
  if (!text) return std::nullopt;
  const std::string unknown = "The resource provided " + *text +
                              " is not recognized. The value is not a valid resource ARN, or the resource is not "
                              "available in this region.";
  base::Result<TaskResource> resource = parse_task_resource(*text);
  if (!resource) {
    const bool is_cut_off = text->find("${") != std::string::npos && text->find('}') == std::string::npos;
    if (compiler.options().unknown_resource == Severity::Error || is_cut_off) {
      from.error("Resource", unknown);
    } else {
      from.warn("Resource", unknown);
    }
    TaskResource other;
    other.kind = ResourceKind::Other;
    other.arn = *text;
    return other;
  }
  const bool is_integration =
      resource->kind == ResourceKind::Integration || resource->kind == ResourceKind::AwsSdk;
  const ResourceCatalog& catalog =
      compiler.options().catalog != nullptr ? *compiler.options().catalog : optimized_integrations();
  if (is_integration && !catalog.exists(*resource)) {
    from.error("Resource", unknown);
    return std::nullopt;
  }
  if (compiler.options().type == StateMachineType::Express &&
      resource->pattern != IntegrationPattern::RequestResponse) {
    const bool is_sync = resource->pattern == IntegrationPattern::RunJob;
    from.error("Resource", "Express state machine does not support '" +
                               std::string(is_sync ? ".sync" : ".waitForTaskToken") + "' service integration" +
                               (is_sync ? "" : " "));
  }
  return *std::move(resource);
}

void StateCompiler::compile_task() {
  TaskState task;
  compile_next();
  compile_io_paths();
  compile_assign();
  fields.require({"Resource"});
  if (auto resource = compile_resource(fields)) task.resource = *std::move(resource);
  if (const auto credentials = fields.object("Credentials")) {
    const std::string missing = "The field 'RoleArn' is required but was missing";
    if (credentials->object().size() == 0) {
      credentials->error_here(missing);  // recorded
    } else if (!credentials->has("RoleArn") && !credentials->has("RoleArn.$")) {
      credentials->warn_here(missing);
    }
  }
  if (!is_jsonata()) {
    task.parameters = fields.payload_template("Parameters");
    task.credentials = fields.payload_template("Credentials");
    task.timeout_seconds = fields.integer_field("TimeoutSeconds", 1, kSecondsMax);
    task.heartbeat_seconds = fields.integer_field("HeartbeatSeconds", 1, kSecondsMax);
  } else {
    if (!is_expression(fields, "TimeoutSeconds")) fields.integer("TimeoutSeconds", 1, kSecondsMax);
    if (!is_expression(fields, "HeartbeatSeconds")) fields.integer("HeartbeatSeconds", 1, kSecondsMax);
  }
  if (task.timeout_seconds.literal && task.heartbeat_seconds.literal &&
      *task.heartbeat_seconds.literal > *task.timeout_seconds.literal) {
    fields.error("HeartbeatSeconds", "HeartbeatSeconds must not be greater than TimeoutSeconds");
  }
  compile_result_fields(task.result_selector);
  state.detail = std::move(task);
}

}  // namespace pawl::asl
