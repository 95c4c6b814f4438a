// SPDX-License-Identifier: Apache-2.0
// From what a request says of a template (body, address, "the one before") and of parameters to a
// template that can be deployed: read, transformed, compiled, its parameters bound and its rules
// held.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "formation/evaluator.h"
#include "formation/template.h"
#include "services/cloudformation/operations/blocking_calls.h"
#include "services/cloudformation/operations/resource_handler.h"
#include "services/cloudformation/state/records.h"
#include "services/cloudformation/state/stack_store.h"

namespace pawl::cloudformation {

aws::ApiError validation_error(std::string message);

/// One thread: it holds Values. The evaluator refers to the template.
struct PreparedTemplate {
  StackStore::TemplateTexts texts;
  bool is_transformed = false;
  std::vector<formation::ParameterDeclaration> declarations = {};
  formation::ParameterValues parameters = {};
  std::unique_ptr<formation::Template> compiled = {};
  std::optional<formation::Evaluator> evaluator = {};

  std::vector<ParameterRecord> parameter_records() const;
};

/// What templates are prepared with. One thread; blocks.
struct PreparationPorts {
  StackCalls& calls;
  const StackStore& store;
  const HandlerRegistry& handlers;
  records::Owner owner;
  std::function<std::string()> draw_uuid;
  int64_t now_ms = 0;
};

struct PreparationInput {
  std::string text = {};
  std::vector<formation::GivenParameter> given = {};
  const formation::ParameterValues* previous = nullptr;  ///< null: there is none
  std::vector<std::string> capabilities = {};
  formation::Environment environment = {};
  /// Change sets need no CAPABILITY_AUTO_EXPAND: they show what transforms have done.
  bool is_change_set = false;
};

/// The text of TemplateBody or TemplateURL (or the members so called); nullopt if neither is given.
/// Errors: ValidationError.
aws::ApiResult<std::optional<std::string>> template_text(StackCalls& calls,
                                                         const json::Value& input,
                                                         std::string_view body = "TemplateBody",
                                                         std::string_view url = "TemplateURL");

/// Parameters of the API.
std::vector<formation::GivenParameter> given_parameters(const json::Value& input);

/// Errors: ValidationError; InsufficientCapabilitiesException; kTransformFailed for what a
/// transform says, which change sets tell as their status.
aws::ApiResult<PreparedTemplate> prepare_template(const PreparationPorts& ports,
                                                  const PreparationInput& input);
inline constexpr std::string_view kTransformFailed = "TransformFailed";

/// The template after its transforms. Errors: kTransformFailed.
aws::ApiResult<json::Value> transform_template(const PreparationPorts& ports,
                                               const PreparationInput& input, json::Value document,
                                               const formation::ParameterValues& values);

/// Errors: "Template format error: Unrecognized resource types: [AWS::Foo::Bar]".
aws::ApiResult<void> check_resource_types(const HandlerRegistry& handlers,
                                          const formation::Template& compiled);

}  // namespace pawl::cloudformation
