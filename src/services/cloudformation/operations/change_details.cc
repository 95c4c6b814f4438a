// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/change_details.h"

#include <algorithm>

namespace pawl::cloudformation {
namespace {

using json::Value;

/// What an expression refers to: Ref, Fn::GetAtt and the names in Fn::Sub.
class Mentions {
 public:
  explicit Mentions(const Value& expression) { visit(expression); }

  std::vector<std::string> refs;
  std::vector<std::string> attributes;  ///< "Resource.Attribute"

 private:
  void visit(const Value& value) {
    if (value.is_array()) {
      for (const Value& item : value.items()) visit(item);
      return;
    }
    if (!value.is_object()) return;
    for (const auto& member : value.members()) {
      if (value.size() == 1 && visit_function(member.name(), member.value)) continue;
      visit(member.value);
    }
  }

  bool visit_function(std::string_view name, const Value& argument) {
    if (name == "Ref" && argument.is_string()) {
      refs.emplace_back(argument.as_string());
      return true;
    }
    if (name == "Fn::GetAtt") {
      std::string text;
      if (argument.is_string()) text = argument.as_string();
      if (argument.is_array()) {
        for (const Value& part : argument.items()) {
          if (part.is_string()) text += (text.empty() ? "" : ".") + std::string(part.as_string());
        }
      }
      attributes.push_back(text);
      return true;
    }
    if (name != "Fn::Sub") return false;
    if (argument.is_string()) scan(argument.as_string());
    if (argument.is_array() && argument.size() != 0 && argument.items()[0].is_string()) {
      scan(argument.items()[0].as_string());
      if (argument.size() > 1) visit(argument.items()[1]);
    }
    return true;
  }

  void scan(std::string_view text) {
    while (true) {
      const size_t begin = text.find("${");
      if (begin == std::string_view::npos) return;
      text.remove_prefix(begin + 2);
      const size_t end = text.find('}');
      if (end == std::string_view::npos) return;
      const std::string name(text.substr(0, end));
      if (name.empty() || name.front() == '!') continue;
      (name.find('.') == std::string::npos ? refs : attributes).push_back(name);
    }
  }
};

}  // namespace

std::vector<ChangeCause> change_causes(const Value& before, const Value& after,
                                       const ChangedEntities& changed) {
  std::vector<ChangeCause> causes;
  if (before != after) causes.push_back({"DirectModification", "", true});
  const Mentions mentions(after);
  const auto add = [&causes](ChangeCause cause) {
    const bool is_known = std::any_of(causes.begin(), causes.end(), [&](const ChangeCause& each) {
      return each.source == cause.source && each.entity == cause.entity;
    });
    if (!is_known) causes.push_back(std::move(cause));
  };
  bool depends_on_parameters = false;
  for (const std::string& name : mentions.refs) {
    if (changed.parameters.contains(name)) {
      add({"ParameterReference", name, true});
      depends_on_parameters = true;
    } else if (changed.replaced.contains(name)) {
      add({"ResourceReference", name, false});
    }
  }
  for (const std::string& name : mentions.attributes) {
    if (changed.replaced.contains(name.substr(0, name.find('.')))) {
      add({"ResourceAttribute", name, false});
    }
  }
  // User Guide, "Example change sets": a parameter's new value is told of twice.
  if (depends_on_parameters && before == after) {
    causes.push_back({"DirectModification", "", false});
  }
  if (causes.empty()) causes.push_back({"DirectModification", "", false});
  return causes;
}

}  // namespace pawl::cloudformation
