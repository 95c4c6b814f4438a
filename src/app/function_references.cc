// SPDX-License-Identifier: Apache-2.0
#include "app/function_references.h"

#include <algorithm>
#include <optional>

#include "asl/task_resource.h"
#include "integration/lambda_task.h"

namespace pawl::app {
namespace {

/// The name that a Task calls, as written; none if it calls no function, or one that is only known
/// at run time.
std::optional<std::string> called_function(const json::Value& state) {
  const json::Value* resource = state.find("Resource");
  if (resource == nullptr || !resource->is_string()) return std::nullopt;
  const base::Result<asl::TaskResource> parsed = asl::parse_task_resource(resource->as_string());
  if (!parsed) return std::nullopt;
  if (parsed->kind == asl::ResourceKind::LambdaFunction) return parsed->arn;
  const bool invoke = parsed->kind == asl::ResourceKind::Integration &&
                      parsed->service == "lambda" && parsed->action == "invoke";
  const json::Value* parameters = invoke ? state.find("Parameters") : nullptr;
  const json::Value* name = parameters == nullptr ? nullptr : parameters->find("FunctionName");
  if (name == nullptr || !name->is_string()) return std::nullopt;
  return std::string(name->as_string());
}

void collect(const json::Value& scope, std::vector<FunctionReference>& found);

void collect_state(const json::Member& member, std::vector<FunctionReference>& found) {
  const json::Value& state = member.value;
  if (const std::optional<std::string> called = called_function(state)) {
    const std::optional<integration::FunctionName> name = integration::parse_function_name(*called);
    const bool known =
        name && std::any_of(found.begin(), found.end(), [&](const FunctionReference& reference) {
          return reference.function == name->name;
        });
    if (name && !known) found.push_back({name->name, std::string(member.name())});
  }
  for (const char* key : {"ItemProcessor", "Iterator"}) {
    if (const json::Value* processor = state.find(key)) collect(*processor, found);
  }
  const json::Value* branches = state.find("Branches");
  if (branches == nullptr || !branches->is_array()) return;
  for (const json::Value& branch : branches->items()) collect(branch, found);
}

/// Recursion is as deep as the definition's text may nest (Limits::json_depth_max).
void collect(const json::Value& scope, std::vector<FunctionReference>& found) {
  const json::Value* states = scope.find("States");
  if (states == nullptr || !states->is_object()) return;
  for (const json::Member& member : states->members()) collect_state(member, found);
}

}  // namespace

std::vector<FunctionReference> function_references(const json::Value& definition) {
  std::vector<FunctionReference> found;
  collect(definition, found);
  return found;
}

}  // namespace pawl::app
