// SPDX-License-Identifier: Apache-2.0
// Template: a CloudFormation template whose transforms are done, checked as CreateStack checks it
// before it begins. Functions stay unresolved (formation/evaluator.h). Which resource types exist
// and what properties they have is not known here.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "formation/parameters.h"
#include "json/value.h"

namespace pawl::formation {

/// "CloudFormation quotas".
inline constexpr size_t kResourcesMax = 500;
inline constexpr size_t kParametersMax = 200;
inline constexpr size_t kOutputsMax = 200;
inline constexpr size_t kMappingsMax = 200;
inline constexpr size_t kMappingAttributesMax = 200;
inline constexpr size_t kLogicalIdBytesMax = 255;
inline constexpr size_t kDescriptionBytesMax = 1'024;
inline constexpr size_t kParameterValueBytesMax = 4'096;

/// A member of "Resources". Values are unresolved; null where the template has nothing.
struct ResourceDeclaration {
  std::string logical_id;
  std::string type;
  json::Value properties = json::Value::object();
  std::vector<std::string> depends_on = {};  ///< as written
  std::string condition = {};                ///< "" if there is none
  std::string deletion_policy = {};  ///< "Delete", "Retain", "RetainExceptOnCreate", "Snapshot", ""
  std::string update_replace_policy = {};
  json::Value creation_policy = {};
  json::Value update_policy = {};
  json::Value metadata = {};
};

/// A member of "Outputs".
struct OutputDeclaration {
  std::string name;
  std::string description = {};
  std::string condition = {};
  json::Value value = {};
  json::Value export_name = {};  ///< null: not exported
};

struct CompileOptions {
  /// Whether the functions of AWS::LanguageExtensions that depend on resources are known: false
  /// for a template that does not declare the transform.
  bool language_extensions = true;
};

/// Owns the template's Values: one thread at a time. Movable.
class Template {
 public:
  /// Checks structure, functions' arguments, references, limits.
  /// Errors, in AWS's words: "Template format error: Unresolved resource dependencies [X] in the
  /// Resources block of the template". Cycles are found by Evaluator::order.
  static base::Result<Template> compile(json::Value processed_template,
                                        const CompileOptions& options = {});

  const json::Value& document() const { return document_; }
  const std::vector<ParameterDeclaration>& parameters() const { return parameters_; }
  const std::vector<ResourceDeclaration>& resources() const { return resources_; }
  const std::vector<OutputDeclaration>& outputs() const { return outputs_; }
  /// Sections as they stand; {} if absent.
  const json::Value& mappings() const { return mappings_; }
  const json::Value& conditions() const { return conditions_; }
  const json::Value& rules() const { return rules_; }
  std::string description() const;
  /// The template's own Metadata; null if it has none.
  json::Value metadata() const;

  /// nullptr if there is none. Live as long as the template stays where it is.
  const ParameterDeclaration* find_parameter(std::string_view name) const;
  const ResourceDeclaration* find_resource(std::string_view logical_id) const;

  /// The distinct types of resources, in order of first use.
  std::vector<std::string> resource_types() const;

 private:
  friend class TemplateCompiler;
  Template() = default;

  json::Value document_;
  json::Value mappings_ = json::Value::object();
  json::Value conditions_ = json::Value::object();
  json::Value rules_ = json::Value::object();
  std::vector<ParameterDeclaration> parameters_;
  std::vector<ResourceDeclaration> resources_;
  std::vector<OutputDeclaration> outputs_;
  std::unordered_map<std::string, size_t> parameter_index_;
  std::unordered_map<std::string, size_t> resource_index_;
};

/// Whether resources have the attributes that Fn::GetAtt and Fn::Sub ask for. `has` says so of a
/// resource's type and an attribute; true for types that it does not know.
/// Errors: "Template error: resource R does not support attribute type A in Fn::GetAtt".
base::Result<void> check_attributes(
    const Template& source,
    const std::function<bool(std::string_view type, std::string_view attribute)>& has);

}  // namespace pawl::formation
