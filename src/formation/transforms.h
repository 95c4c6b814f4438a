// SPDX-License-Identifier: Apache-2.0
// Transforms and macros of a template: which are declared, in which order they are called with
// what, and where their answers go. Calling them is the engine's; AWS::LanguageExtensions and
// AWS::Serverless-2016-10-31 stand in this layer.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "formation/environment.h"
#include "formation/parameters.h"
#include "json/value.h"

namespace pawl::formation {

inline constexpr std::string_view kIncludeTransform = "AWS::Include";
inline constexpr std::string_view kLanguageExtensionsTransform = "AWS::LanguageExtensions";
inline constexpr std::string_view kServerlessTransform = "AWS::Serverless-2016-10-31";

/// One call of a transform.
struct TransformCall {
  std::string name;
  json::Value parameters = json::Value::object();  ///< resolved: parameters, mappings, pseudo ones
  /// What it works on: the template without its Transform section, or the object that holds the
  /// Fn::Transform, without it.
  json::Value fragment = {};
  std::string pointer = {};  ///< RFC 6901, of that object; "" for the template
  bool is_of_template() const { return pointer.empty(); }
};

/// Calls for one template: a macro may ask for more, but not without end.
inline constexpr size_t kTransformCallsMax = 200;

/// The names in the Transform section and of all Fn::Transform, in order of appearance, distinct:
/// DeclaredTransforms of ValidateTemplate and GetTemplateSummary.
std::vector<std::string> declared_transforms(const json::Value& template_document);

/// The next one to call: Fn::Transforms first, the most deeply nested before what surrounds it;
/// then the Transform section's in their order. nullopt: all are done.
/// Errors: parameters that depend on resources, a malformed section.
base::Result<std::optional<TransformCall>> next_transform(const json::Value& template_document,
                                                          const ParameterValues& parameters,
                                                          const Environment& environment);

/// True if the template still asks for any transform.
bool has_transforms(const json::Value& template_document);

/// StatusReason of a change set whose transform failed: "Transform X failed with: REASON".
std::string transform_failure(std::string_view name, std::string_view reason);

/// The template with the answer in the call's place, and the call no longer asked for. The answer
/// of AWS::Include is merged into the object around it, what stands there already wins; that of a
/// macro replaces it. Errors: an answer to the template that is no object.
base::Result<json::Value> apply_transform(const json::Value& template_document,
                                          const TransformCall& call, json::Value answer);

/// What AWS::Include of `call` brings in: "s3://bucket/key". Errors: AWS's words.
base::Result<std::string> include_location(const TransformCall& call);

}  // namespace pawl::formation
