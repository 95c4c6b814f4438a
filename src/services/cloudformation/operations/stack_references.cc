// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/stack_references.h"

#include <optional>
#include <utility>
#include <vector>

#include "json/members.h"
#include "json/parse.h"
#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using formation::DynamicReference;
using json::Value;

Error not_found(std::string message) { return {ErrorKind::NotFound, std::move(message)}; }

Value object_of(std::initializer_list<std::pair<std::string_view, Value>> members) {
  json::ObjectBuilder out;
  for (const auto& [name, value] : members) out.set(name, value);
  return std::move(out).build();
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Result<Value> resolve_parameter(StackCalls& calls, const DynamicReference& reference) {
  const auto answer =
      calls.call("ssm", "GetParameter",
                 object_of({{"Name", Value(reference.reference)},
                            {"WithDecryption", Value(reference.service == "ssm-secure")}}));
  if (!answer) {
    if (answer.error().code == "ParameterNotFound") {
      return not_found("Unable to fetch parameters [" + reference.reference +
                       "] from parameter store for this account.");
    }
    return not_found(answer.error().message.value_or(answer.error().code));
  }
  return Value(json::text_member(json::object_member(*answer, "Parameter"), "Value"));
}

/// "secret-id:SecretString:json-key:version-stage:version-id", where the id may be an ARN.
struct SecretParts {
  std::string id;
  std::string key;
  std::string stage;
  std::string version;
};

SecretParts secret_parts(const std::string& reference) {
  std::vector<std::string> parts = split(reference, ':');
  constexpr size_t kArnParts = 7;
  const size_t id_parts = parts[0] == "arn" && parts.size() >= kArnParts ? kArnParts : 1;
  SecretParts found;
  for (size_t i = 0; i < id_parts; ++i) found.id += (i == 0 ? "" : ":") + parts[i];
  const auto part = [&](size_t index) {
    return id_parts + index < parts.size() ? parts[id_parts + index] : std::string();
  };
  found.key = part(1);  // part(0) is "SecretString"
  found.stage = part(2);
  found.version = part(3);
  return found;
}

Result<Value> resolve_secret(StackCalls& calls, const DynamicReference& reference) {
  const SecretParts parts = secret_parts(reference.reference);
  json::ObjectBuilder input;
  input.set("SecretId", Value(parts.id));
  if (!parts.stage.empty()) input.set("VersionStage", Value(parts.stage));
  if (!parts.version.empty()) input.set("VersionId", Value(parts.version));
  const auto answer = calls.call("secretsmanager", "GetSecretValue", std::move(input).build());
  if (!answer) return not_found(answer.error().message.value_or(answer.error().code));
  const std::string secret = json::text_member(*answer, "SecretString");
  if (parts.key.empty()) return Value(secret);
  const auto document = json::parse(secret);
  const Value* const member =
      document && document->is_object() ? document->find(parts.key) : nullptr;
  if (member == nullptr) {
    return not_found("Could not find a value associated with JSONKey in SecretString");
  }
  return member->is_number() ? Value(member->number_text()) : *member;
}

}  // namespace

Result<Value> resolve_dynamic_reference(StackCalls& calls, const DynamicReference& reference) {
  return reference.service == "secretsmanager" ? resolve_secret(calls, reference)
                                               : resolve_parameter(calls, reference);
}

const Value* find_attribute(const Value& attributes, std::string_view name) {
  if (const Value* whole = attributes.find(name)) return whole;
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    const Value* const outer = attributes.find(name.substr(0, dot));
    if (outer == nullptr || !outer->is_object()) continue;
    if (const Value* inner = find_attribute(*outer, name.substr(dot + 1))) return inner;
  }
  return nullptr;
}

const ResourceRecord* StackReferences::find(std::string_view logical_id) {
  const auto read = read_.find(logical_id);
  if (read != read_.end()) return &read->second;
  auto found = store_.resource(key_, std::string(logical_id));
  if (!found || !*found || (*found)->now.id.empty()) return nullptr;
  return &read_.emplace(std::string(logical_id), **std::move(found)).first->second;
}

StackReferences::Answer StackReferences::ref(std::string_view logical_id) {
  const ResourceRecord* const resource = find(logical_id);
  if (resource == nullptr) return std::optional<Value>();
  return std::optional<Value>(Value(resource->now.id));
}

StackReferences::Answer StackReferences::get_att(std::string_view logical_id,
                                                 std::string_view attribute) {
  const ResourceRecord* const resource = find(logical_id);
  if (resource == nullptr) return std::optional<Value>();
  const ResourceType* const type = find_type(resource->type);
  if (type != nullptr && type->read != nullptr) {
    const auto now = type->read(calls_, resource->now.id);
    const Value* const read = now ? find_attribute(*now, attribute) : nullptr;
    if (read != nullptr) return std::optional<Value>(*read);
  }
  const auto attributes = json::parse(resource->now.attributes);
  const Value* const found = attributes ? find_attribute(*attributes, attribute) : nullptr;
  if (found != nullptr) return std::optional<Value>(*found);
  const bool is_custom = resource->type.starts_with("Custom::") ||
                         resource->type == "AWS::CloudFormation::CustomResource";
  if (is_custom) {
    return not_found("CustomResource attribute error: Vendor response doesn't contain " +
                     std::string(attribute) + " attribute in object " + key_.uuid);
  }
  return not_found("Attribute '" + std::string(attribute) + "' does not exist");
}

StackReferences::Answer StackReferences::import_value(std::string_view export_name) {
  const auto found = store_.find_export(key_.owner, std::string(export_name));
  if (!found) return not_found(found.error().message.value_or(found.error().code));
  if (!*found) return not_found("No export named " + std::string(export_name) + " found");
  return std::optional<Value>(Value((*found)->value));
}

StackReferences::Answer StackReferences::dynamic_reference(const DynamicReference& reference) {
  return std::optional<Value>(PAWL_TRY(resolve_dynamic_reference(calls_, reference)));
}

}  // namespace pawl::cloudformation
