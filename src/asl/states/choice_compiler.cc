// SPDX-License-Identifier: Apache-2.0
// ASL "Choice State".
#include <array>
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr std::array<std::string_view, 5> kJsonataRuleFields = {"Condition", "Next", "Assign", "Output", "Comment"};

}  // namespace

void StateCompiler::compile_choice() {
  ChoiceState choice;
  compile_io_paths();
  compile_assign();
  fields.require({"Choices"});
  for (const Fields& source : fields.objects("Choices", true)) {
    ChoiceBranch branch;
    if (is_jsonata()) {
      source.check_names(kJsonataRuleFields);
      source.require({"Condition", "Next"});
      const json::Value* condition = source.find("Condition");
      if (condition != nullptr && condition->is_string()) {
        const auto mistake = jsonata_mistake(condition->as_string());
        if (!is_jsonata_text(condition->as_string()) || mistake) {
          source.error("Condition", mistake.value_or("Expected a JSONata expression"));
        }
      } else if (condition != nullptr && !condition->is_boolean()) {
        source.error("Condition", "Expected a JSONata expression");
      }
    } else {
      source.require({"Next"});
      branch.rule = compile_rule(source, 0);
      branch.assign = source.payload_template("Assign");
    }
    branch.next = transition(source, "Next");
    choice.choices.push_back(std::move(branch));
  }
  choice.default_next = transition(fields, "Default");
  state.detail = std::move(choice);
}

}  // namespace pawl::asl
