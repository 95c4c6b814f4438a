// SPDX-License-Identifier: Apache-2.0
// Evaluator: the values of a template's expressions, given parameters and what its resources are
// by now: intrinsic functions, pseudo parameters, conditions, rules, dynamic references.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "formation/environment.h"
#include "formation/parameters.h"
#include "formation/template.h"
#include "json/value.h"

namespace pawl::formation {

/// What stands for a value that is not known before the stack is deployed; what depends on one is
/// this text as a whole. As DescribeChangeSet writes it.
inline constexpr std::string_view kKnownAfterApply = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// True if the value is kKnownAfterApply or holds one.
bool has_unknown(const json::Value& value);

/// {{resolve:SERVICE:REFERENCE}}: service is "ssm", "ssm-secure" or "secretsmanager".
struct DynamicReference {
  std::string service;
  std::string reference;  ///< "name:version", "secret-id:SecretString:key:stage:version-id"
};

/// The argument of Fn::GetStackOutput; region and role are "" if not given.
struct StackOutputName {
  std::string stack_name;
  std::string output_name;
  std::string region = {};
  std::string role_arn = {};
};

/// What lies outside of the template. Implemented by the engine, which may block in it.
/// nullopt: not known yet. Errors are told to the user as they are.
class References {
 public:
  using Answer = base::Result<std::optional<json::Value>>;
  virtual ~References() = default;
  /// The physical id of a resource of this stack.
  virtual Answer ref(std::string_view logical_id) = 0;
  /// `attribute` may have dots: "Outputs.Url".
  virtual Answer get_att(std::string_view logical_id, std::string_view attribute) = 0;
  virtual Answer import_value(std::string_view export_name) = 0;
  virtual Answer dynamic_reference(const DynamicReference& reference) = 0;
  /// An output of another stack. Unsupported unless overridden.
  virtual Answer stack_output(const StackOutputName& name);
  /// Fn::GetAZs: a, b and c of the region unless told otherwise.
  virtual base::Result<std::vector<std::string>> availability_zones(std::string_view region);
};

/// Knows no resource, export or secret yet: for what may depend on parameters only, and for change
/// sets of new stacks.
class NothingKnown : public References {
 public:
  Answer ref(std::string_view logical_id) override;
  Answer get_att(std::string_view logical_id, std::string_view attribute) override;
  Answer import_value(std::string_view export_name) override;
  Answer dynamic_reference(const DynamicReference& reference) override;
  Answer stack_output(const StackOutputName& name) override;
};

struct ResolveOptions {
  /// false: {{resolve:…}} stays as it is, as stack events and change sets show it.
  bool dynamic_references = true;
  /// true: {"Ref": …} of a NoEcho parameter yields "****", as stack events show it. Conditions are
  /// those of the true values.
  bool mask_no_echo = false;
};

struct OutputValue {
  std::string name;
  std::string value;
  std::string description = {};
  std::string export_name = {};  ///< "" if it is not exported
};

struct Scope;

/// Refers to the template, which must stay where it is and outlive it; same thread. Movable.
class Evaluator {
 public:
  Evaluator(Evaluator&& other) noexcept;
  Evaluator& operator=(Evaluator&& other) noexcept;
  ~Evaluator();

  /// Evaluates all conditions, then checks that nothing that is to be made refers to a resource
  /// whose condition is false, and that everything that depends on parameters only can be
  /// evaluated: what CreateStack refuses at once. Errors in AWS's words.
  static base::Result<Evaluator> create(const Template& source, ParameterValues parameters,
                                        Environment environment);

  const Template& source() const { return *template_; }
  const Environment& environment() const;
  const ParameterValues& parameters() const { return parameters_; }

  /// The value of a condition; false for an unknown name.
  bool condition(std::string_view name) const;
  /// The resource has no condition, or a true one.
  bool is_present(const ResourceDeclaration& resource) const;

  /// Rules whose RuleCondition holds: each Assert must. Fn::ValueOf asks `source`; an assertion
  /// that depends on what it does not know holds. Errors: the AssertDescriptions; those of
  /// `source`.
  base::Result<void> check_rules(ParameterSource* source = nullptr) const;

  /// The value of an expression. Members and items that are AWS::NoValue are left out; null if the
  /// expression itself is. Errors in AWS's words, and those of `references`.
  base::Result<json::Value> resolve(const json::Value& expression, References& references,
                                    const ResolveOptions& options = {}) const;
  /// A resource's properties, an object.
  base::Result<json::Value> properties(const ResourceDeclaration& resource, References& references,
                                       const ResolveOptions& options = {}) const;

  /// The logical ids that the resource refers to (Ref, Fn::GetAtt, Fn::Sub, DependsOn; not those in
  /// branches of Fn::If that are not taken) and that are present, distinct, in order of mention.
  std::vector<std::string> dependencies(const ResourceDeclaration& resource) const;

  /// The present resources, each after all that it depends on; among those that could be next, the
  /// template's order decides. Backwards, the order to delete in.
  /// Errors: "Circular dependency between resources: [A, B]".
  base::Result<std::vector<const ResourceDeclaration*>> order() const;

  /// The output's value and its export's name; nullopt if its condition is false.
  base::Result<std::optional<OutputValue>> output(const OutputDeclaration& output,
                                                  References& references) const;
  /// The names that Fn::ImportValue in present resources and outputs asks for, distinct.
  std::vector<std::string> imports() const;

 private:
  Evaluator(const Template& source, ParameterValues parameters, const Environment& environment);
  base::Result<void> evaluate_conditions();
  base::Result<void> check_presence() const;
  base::Result<void> resolve_everything(References& references) const;

  const Template* template_;
  ParameterValues parameters_;
  std::unique_ptr<Scope> scope_;
};

}  // namespace pawl::formation
