// SPDX-License-Identifier: Apache-2.0
// ASL "Choice State".
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr std::string_view kJsonataRuleFields[] = {"Condition", "Next", "Assign", "Output",
                                                   "Comment"};
constexpr std::string_view kJsonPathRuleFields[] = {"Variable", "And", "Or", "Not"};

}  // namespace

void StateCompiler::compile_condition(const Fields& rule, ChoiceBranch& branch) {
  rule.check_names({kJsonPathRuleFields, kJsonataRuleFields}, state.query_language);
  rule.require({"Condition"});
  branch.condition = compile_expressions(rule, "Condition");
  branch.output = compile_expressions(rule, "Output");
  const json::Value* condition = rule.find("Condition");
  if (condition == nullptr || condition->is_boolean()) return;
  if (!condition->is_string() || !condition->as_string().starts_with("{%")) {
    rule.error("Condition", "JSONata string must start with {% and end with %}");
  }
}

void StateCompiler::compile_choice() {
  ChoiceState choice;
  compile_io_paths();
  state.assign = compile_assign(fields);
  fields.require({"Choices"});
  for (const Fields& source : fields.objects("Choices", true)) {
    ChoiceBranch branch;
    source.require({"Next"});
    if (is_jsonata()) {
      compile_condition(source, branch);
    } else {
      branch.rule = compile_rule(source, 0);
    }
    branch.assign = compile_assign(source);
    branch.next = transition(source, "Next");
    choice.choices.push_back(std::move(branch));
  }
  choice.default_next = transition(fields, "Default");
  state.detail = std::move(choice);
}

}  // namespace pawl::asl
