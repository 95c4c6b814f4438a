// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/template_preparation.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "formation/summary.h"
#include "formation/template_text.h"
#include "formation/transforms.h"
#include "json/members.h"
#include "json/write.h"
#include "services/cloudformation/operations/name_list.h"
#include "services/cloudformation/operations/network_parameters.h"
#include "services/cloudformation/operations/object_text.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/types/resource_schema.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

template <typename T>
ApiResult<T> validated(base::Result<T> result) {
  if (!result) return validation_error(result.error().message);
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

/// Parameter Store as parameters of type AWS::SSM::Parameter::Value<…> read it, and EC2 for those
/// that name networks.
class StoredParameters final : public formation::ParameterSource {
 public:
  explicit StoredParameters(StackCalls& calls) : calls_(calls) {}

  base::Result<std::optional<std::string>> ssm_parameter(std::string_view name) override {
    json::ObjectBuilder input;
    input.set("Name", Value(name));
    const auto answer = calls_.call("ssm", "GetParameter", std::move(input).build());
    if (answer) {
      const Value parameter = json::object_member(*answer, "Parameter");
      return std::optional<std::string>(json::text_member(parameter, "Value"));
    }
    if (answer.error().code.starts_with("Parameter")) return std::optional<std::string>();
    return base::Error(base::ErrorKind::NotFound,
                       answer.error().message.value_or(answer.error().code));
  }

  base::Result<bool> exists(std::string_view aws_type, std::string_view id) override {
    return names_something(calls_, aws_type, id);
  }

  base::Result<std::optional<std::string>> attribute(std::string_view aws_type, std::string_view id,
                                                     std::string_view name) override {
    return attribute_of(calls_, aws_type, id, name);
  }

 private:
  StackCalls& calls_;
};

ApiResult<void> check_capabilities(const Value& document, const PreparationInput& input) {
  formation::NeededCapabilities needed = formation::needed_capabilities(document);
  if (input.is_change_set) std::erase(needed.capabilities, "CAPABILITY_AUTO_EXPAND");
  const std::string missing = formation::missing_capabilities(needed, input.capabilities);
  if (missing.empty()) return {};
  return ApiError("InsufficientCapabilitiesException", missing);
}

}  // namespace

ApiError validation_error(std::string message) { return {"ValidationError", std::move(message)}; }

std::vector<ParameterRecord> PreparedTemplate::parameter_records() const {
  return cloudformation::parameter_records(declarations, parameters);
}

ApiResult<std::optional<std::string>> template_text(StackCalls& calls, const Value& input,
                                                    std::string_view body, std::string_view url) {
  const auto text = json::find_text(input, body);
  const auto address = json::find_text(input, url);
  if (text && address) {
    return validation_error("Specify only one of " + std::string(url) + " or " + std::string(body) +
                            ".");
  }
  if (text) return text;
  if (!address) return std::optional<std::string>();
  const auto location = template_location(*address);
  if (!location) return validation_error(std::string(url) + " must be a supported URL.");
  auto object = object_text(calls, *location);
  if (!object) {
    return validation_error("S3 error: " + object.error().message.value_or(object.error().code) +
                            "\nFor more information check "
                            "http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html");
  }
  return std::optional<std::string>(*std::move(object));
}

std::vector<formation::GivenParameter> given_parameters(const Value& input) {
  std::vector<formation::GivenParameter> given;
  for (const Value& each : json::items_member(input, "Parameters")) {
    given.push_back({.name = json::text_member(each, "ParameterKey"),
                     .value = json::find_text(each, "ParameterValue"),
                     .use_previous = json::flag_member(each, "UsePreviousValue")});
  }
  return given;
}

ApiResult<void> check_resource_types(const HandlerRegistry& handlers,
                                     const formation::Template& compiled) {
  std::vector<std::string> unknown;
  std::vector<std::string> unserved;
  for (const std::string& type : compiled.resource_types()) {
    if (handlers.find(type) != nullptr) continue;
    (is_aws_type(type) ? unserved : unknown).push_back(type);
  }
  if (!unknown.empty()) {
    return validation_error("Template format error: Unrecognized resource types: [" +
                            joined(unknown) + "]");
  }
  if (unserved.empty()) return {};
  return validation_error("Template format error: Unrecognized resource types: [" +
                          joined(unserved) + "]: AWS has them, Pawl does not serve them");
}

ApiResult<PreparedTemplate> prepare_template(const PreparationPorts& ports,
                                             const PreparationInput& input) {
  PreparedTemplate prepared;
  prepared.texts.original = input.text;
  Value document = PAWL_TRY(validated(formation::read_template(input.text)));
  const bool is_transformed = !formation::declared_transforms(document).empty();
  prepared.is_transformed = is_transformed;
  prepared.declarations = PAWL_TRY(validated(formation::read_parameter_declarations(document)));
  PAWL_TRY_VOID(check_capabilities(document, input));
  StoredParameters stored(ports.calls);
  if (is_transformed) {
    prepared.parameters = PAWL_TRY(validated(
        formation::bind_parameters(prepared.declarations, input.given, input.previous, stored)));
    document = PAWL_TRY(transform_template(ports, input, document, prepared.parameters));
    PAWL_TRY_VOID(check_capabilities(document, input));
  }
  prepared.texts.processed = json::write(document);
  prepared.compiled = std::make_unique<formation::Template>(
      PAWL_TRY(validated(formation::Template::compile(std::move(document)))));
  PAWL_TRY_VOID(check_resource_types(ports.handlers, *prepared.compiled));
  PAWL_TRY_VOID(validated(formation::check_attributes(
      *prepared.compiled, [](std::string_view type, std::string_view attribute) {
        const ResourceSchema* schema = find_schema(type);
        return schema == nullptr || schema->has_attribute(attribute);
      })));
  if (!is_transformed) {
    prepared.parameters = PAWL_TRY(validated(
        formation::bind_parameters(prepared.declarations, input.given, input.previous, stored)));
  }
  prepared.evaluator.emplace(PAWL_TRY(validated(
      formation::Evaluator::create(*prepared.compiled, prepared.parameters, input.environment))));
  PAWL_TRY_VOID(validated(prepared.evaluator->check_rules(&stored)));
  PAWL_TRY_VOID(validated(prepared.evaluator->order()));
  return prepared;
}

}  // namespace pawl::cloudformation
