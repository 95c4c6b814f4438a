// SPDX-License-Identifier: Apache-2.0
// Resolver: one evaluation of an expression. What Evaluator and the transforms share; they say what
// parameters and conditions there are. Dynamic references are resolved afterwards
// (dynamic_references.h).
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "formation/environment.h"
#include "formation/evaluator.h"
#include "formation/expressions.h"
#include "formation/parameters.h"
#include "json/value.h"

namespace pawl::formation {

/// What names mean within one template. Names that are not here are resources.
struct Scope {
  Environment environment;
  json::Value mappings = json::Value::object();
  std::vector<ParameterDeclaration> declarations;
  std::map<std::string, json::Value, std::less<>> parameters;  ///< what Ref yields
  std::map<std::string, json::Value, std::less<>> masked;      ///< the same of NoEcho parameters
  std::map<std::string, bool, std::less<>> conditions;
};

/// A scope with the values of parameters; conditions are still to come.
Scope make_scope(std::vector<ParameterDeclaration> declarations, const ParameterValues& values,
                 const Environment& environment, json::Value mappings);

/// What a pseudo parameter yields, null for AWS::NoValue; nullopt for any other name.
std::optional<json::Value> pseudo_parameter(const Environment& environment, std::string_view name);

/// For one evaluation, on one thread. Makes at most 32 MB of texts and lists.
class Resolver {
 public:
  static constexpr size_t kBytesMax = 33'554'432;

  Resolver(const Scope& scope, References& references, bool mask_no_echo = false)
      : scope_(scope), references_(references), mask_no_echo_(mask_no_echo) {}

  /// Who knows the attributes of what parameters name (Fn::ValueOf); nullptr: nobody.
  void ask(ParameterSource* source) { source_ = source; }

  /// The value; null stands for AWS::NoValue, kKnownAfterApply for what is not known yet.
  base::Result<json::Value> resolve(const json::Value& expression);
  /// The value of a condition or an assertion; nullopt: not known.
  base::Result<std::optional<bool>> truth(const json::Value& expression);

 private:
  using Function = base::Result<json::Value> (Resolver::*)(const json::Value& argument);
  struct Row {
    std::string_view name;
    Function function;
  };
  static std::span<const Row> rows();

  base::Result<json::Value> call(const FunctionCall& call);
  base::Result<json::Value> reference(std::string_view name);
  base::Result<json::Value> attribute(std::string_view logical_id, std::string_view attribute);

  /// What "${name}" of Fn::Sub stands for; `own` are its own variables, or nullptr.
  base::Result<json::Value> variable(std::string_view name, const json::Value* own);

  base::Result<json::Value> ref(const json::Value& argument);
  base::Result<json::Value> get_att(const json::Value& argument);
  base::Result<json::Value> sub(const json::Value& argument);
  base::Result<json::Value> if_(const json::Value& argument);
  base::Result<json::Value> find_in_map(const json::Value& argument);
  base::Result<json::Value> import_value(const json::Value& argument);
  base::Result<json::Value> get_stack_output(const json::Value& argument);

  // resolver_functions.cc
  base::Result<json::Value> join(const json::Value& argument);
  base::Result<json::Value> split(const json::Value& argument);
  base::Result<json::Value> select(const json::Value& argument);
  base::Result<json::Value> base64(const json::Value& argument);
  base::Result<json::Value> cidr(const json::Value& argument);
  base::Result<json::Value> get_azs(const json::Value& argument);
  base::Result<json::Value> length(const json::Value& argument);
  base::Result<json::Value> to_json_string(const json::Value& argument);

  // resolver_conditions.cc
  base::Result<json::Value> boolean(const json::Value& argument, std::string_view name);
  base::Result<json::Value> and_(const json::Value& argument) {
    return boolean(argument, "Fn::And");
  }
  base::Result<json::Value> or_(const json::Value& argument) { return boolean(argument, "Fn::Or"); }
  base::Result<json::Value> not_(const json::Value& argument) {
    return boolean(argument, "Fn::Not");
  }
  base::Result<json::Value> equals(const json::Value& argument);
  base::Result<json::Value> contains(const json::Value& argument);
  base::Result<json::Value> each_member_equals(const json::Value& argument);
  base::Result<json::Value> each_member_in(const json::Value& argument);
  base::Result<json::Value> ref_all(const json::Value& argument);
  base::Result<json::Value> value_of(const json::Value& argument);
  base::Result<json::Value> value_of_all(const json::Value& argument);
  /// Appends the attribute of all that the parameter names; false: one is not known.
  base::Result<bool> append_attributes(const ParameterDeclaration& declaration,
                                       std::string_view attribute, std::vector<json::Value>& out);

  /// Counts what an evaluation makes: texts can be made to grow without end.
  base::Result<void> spend(size_t bytes);

  const Scope& scope_;
  References& references_;
  ParameterSource* source_ = nullptr;
  bool mask_no_echo_;
  size_t bytes_left_ = kBytesMax;
};

/// True for kKnownAfterApply itself.
bool is_unknown(const json::Value& value);
json::Value unknown_value();

}  // namespace pawl::formation
