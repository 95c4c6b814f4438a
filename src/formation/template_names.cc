// SPDX-License-Identifier: Apache-2.0
#include "formation/template_names.h"

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formation/expressions.h"
#include "formation/words.h"

namespace pawl::formation {
namespace {

bool is_known(const Template& source, const std::string& name) {
  return is_pseudo_parameter(name) || source.find_parameter(name) != nullptr ||
         source.find_resource(name) != nullptr;
}

/// Collects what is wrong with the names in expressions of one section.
class NameCheck {
 public:
  NameCheck(const Template& source, std::string_view section)
      : source_(source), section_(section) {}

  void add(const json::Value& expression) {
    for_each_mention(expression, nullptr, [this](const Mention& mention) { add(mention); });
  }

  void add_resource(const std::string& name) {
    if (source_.find_resource(name) == nullptr) unresolved_.add(name);
  }

  base::Result<void> result() const {
    if (!undefined_.empty()) {
      return template_error(
          "Template error: instance of Fn::GetAtt references undefined resource " + undefined_);
    }
    if (unresolved_.empty()) return {};
    return template_error("Template format error: Unresolved resource dependencies " +
                          bracketed(unresolved_.names()) + " in the " + std::string(section_) +
                          " block of the template");
  }

 private:
  void add(const Mention& mention) {
    if (!mention.is_attribute) {
      if (!is_known(source_, mention.name)) unresolved_.add(mention.name);
    } else if (source_.find_resource(mention.name) == nullptr) {
      if (mention.is_in_sub) {
        unresolved_.add(mention.name);
      } else if (undefined_.empty()) {
        undefined_ = mention.name;
      }
    }
  }

  const Template& source_;
  std::string_view section_;
  NameList unresolved_;
  std::string undefined_;
};

/// True if the expression cannot be known before resources are made, or needs other stacks.
bool depends_on_the_world(const Template& source, const json::Value& expression) {
  bool depends = false;
  for_each_mention(expression, nullptr, [&](const Mention& mention) {
    depends = depends || source.find_resource(mention.name) != nullptr;
  });
  if (depends) return true;
  if (const auto call = function_of(expression)) {
    if (call->name == "Fn::ImportValue" || call->name == "Fn::GetAZs") return true;
  }
  const auto inner = [&](const json::Value& value) { return depends_on_the_world(source, value); };
  const std::span<const json::Value> items = items_of(expression);
  const std::span<const json::Member> members = members_of(expression);
  return std::any_of(items.begin(), items.end(), inner) ||
         std::any_of(members.begin(), members.end(),
                     [&](const json::Member& member) { return inner(member.value); });
}

base::Result<void> check_imports(const Template& source, const json::Value& expression) {
  if (const auto call = function_of(expression)) {
    if (call->name == "Fn::ImportValue" && depends_on_the_world(source, *call->argument)) {
      return template_error(
          "Template error: the attribute in Fn::ImportValue must not depend on any resources, "
          "imported values, or Fn::GetAZs");
    }
  }
  for (const json::Member& member : members_of(expression)) {
    PAWL_TRY_VOID(check_imports(source, member.value));
  }
  for (const json::Value& item : items_of(expression)) PAWL_TRY_VOID(check_imports(source, item));
  return {};
}

base::Result<void> check_condition_name(const Template& source, const std::string& name,
                                        std::string_view section) {
  if (name.empty() || source.conditions().find(name) != nullptr) return {};
  return template_error("Template format error: Unresolved condition dependency " + name +
                        " in the " + std::string(section) + " block of the template");
}

base::Result<void> check_resources(const Template& source) {
  NameCheck names(source, "Resources");
  for (const ResourceDeclaration& resource : source.resources()) {
    PAWL_TRY_VOID(check_condition_name(source, resource.condition, "Resources"));
    for (const json::Value* part : {&resource.properties, &resource.metadata,
                                    &resource.creation_policy, &resource.update_policy}) {
      names.add(*part);
      PAWL_TRY_VOID(check_imports(source, *part));
    }
    for (const std::string& name : resource.depends_on) names.add_resource(name);
  }
  return names.result();
}

base::Result<void> check_outputs(const Template& source) {
  NameCheck names(source, "Outputs");
  for (const OutputDeclaration& output : source.outputs()) {
    PAWL_TRY_VOID(check_condition_name(source, output.condition, "Outputs"));
    names.add(output.value);
    names.add(output.export_name);
    PAWL_TRY_VOID(check_imports(source, output.value));
    if (depends_on_the_world(source, output.export_name)) {
      return template_error("Template format error: Output " + output.name +
                            " is malformed.  The Name field of Export must not depend on any "
                            "resources, imported values, or Fn::GetAZs.");
    }
  }
  return names.result();
}

/// Parameters only: for Conditions and Rules.
base::Result<void> check_parameters_only(const Template& source, const json::Value& section,
                                         std::string_view name) {
  NameList unresolved;
  for_each_mention(section, nullptr, [&](const Mention& mention) {
    const bool good = !mention.is_attribute && (is_pseudo_parameter(mention.name) ||
                                                source.find_parameter(mention.name) != nullptr);
    if (!good) unresolved.add(mention.name);
  });
  if (unresolved.empty()) return {};
  return template_error("Template format error: Unresolved dependencies " +
                        bracketed(unresolved.names()) + ". Cannot reference resources in the " +
                        std::string(name) + " block of the template");
}

/// The conditions that a condition names.
void collect_conditions(const json::Value& expression, std::vector<std::string>& names) {
  if (expression.is_array()) {
    for (const json::Value& item : expression.items()) collect_conditions(item, names);
    return;
  }
  if (!expression.is_object()) return;
  if (const json::Value* name = expression.find("Condition");
      name != nullptr && expression.size() == 1 && name->is_string()) {
    names.emplace_back(name->as_string());
    return;
  }
  if (const auto call = function_of(expression);
      call && call->name == "Fn::If" && call->argument->is_array() && call->argument->size() == 3 &&
      call->argument->items()[0].is_string()) {
    names.emplace_back(call->argument->items()[0].as_string());
  }
  for (const json::Member& member : expression.members()) collect_conditions(member.value, names);
}

}  // namespace

base::Result<std::vector<std::string>> condition_order(const json::Value& conditions) {
  std::map<std::string, std::vector<std::string>> uses;
  for (const json::Member& member : conditions.members()) {
    collect_conditions(member.value, uses[std::string(member.name())]);
  }
  std::vector<std::string> order;
  std::map<std::string, bool> is_done;  // absent: not met yet; false: still open
  // Depth first without recursion: a condition met again while it is open depends on itself.
  std::vector<std::pair<std::string, size_t>> open;
  const auto enter = [&](const std::string& name) -> base::Result<void> {
    if (!uses.contains(name)) {
      return template_error("Template format error: Unresolved condition dependency " + name +
                            " in the Conditions block of the template");
    }
    const auto met = is_done.find(name);
    if (met == is_done.end()) {
      is_done.emplace(name, false);
      open.emplace_back(name, 0);
    } else if (!met->second) {
      std::vector<std::string> cycle;
      for (const auto& [open_name, next] : open) {
        if (!cycle.empty() || open_name == name) cycle.push_back(open_name);
      }
      return template_error("Template error: Found circular condition dependency: " +
                            bracketed(cycle));
    }
    return {};
  };
  for (const json::Member& member : conditions.members()) {
    if (const std::string root(member.name()); !is_done.contains(root)) PAWL_TRY_VOID(enter(root));
    while (!open.empty()) {
      const std::string name = open.back().first;
      const std::vector<std::string>& used = uses.find(name)->second;
      if (open.back().second < used.size()) {
        PAWL_TRY_VOID(enter(used[open.back().second++]));
        continue;
      }
      is_done[name] = true;
      order.push_back(name);
      open.pop_back();
    }
  }
  return order;
}

base::Result<void> check_names(const Template& source) {
  PAWL_TRY_VOID(check_parameters_only(source, source.conditions(), "Conditions"));
  const base::Result<std::vector<std::string>> order = condition_order(source.conditions());
  if (!order) return order.error();
  PAWL_TRY_VOID(check_parameters_only(source, source.rules(), "Rules"));
  PAWL_TRY_VOID(check_resources(source));
  return check_outputs(source);
}

base::Result<void> check_attributes(
    const Template& source,
    const std::function<bool(std::string_view type, std::string_view attribute)>& has) {
  std::string message;
  const std::function<void(const Mention&)> found = [&](const Mention& mention) {
    const ResourceDeclaration* resource = source.find_resource(mention.name);
    if (!message.empty() || resource == nullptr || mention.attribute.empty()) return;
    if (has(resource->type, mention.attribute)) return;
    message = mention.is_in_sub
                  ? "Template error: instance of Fn::Sub references invalid resource attribute " +
                        mention.name + "." + mention.attribute
                  : "Template error: resource " + mention.name +
                        " does not support attribute type " + mention.attribute + " in Fn::GetAtt";
  };
  for (const ResourceDeclaration& resource : source.resources()) {
    for (const json::Value* part : {&resource.properties, &resource.metadata,
                                    &resource.creation_policy, &resource.update_policy}) {
      for_each_mention(*part, nullptr, found);
    }
  }
  for (const OutputDeclaration& output : source.outputs()) {
    for_each_mention(output.value, nullptr, found);
  }
  if (message.empty()) return {};
  return template_error(std::move(message));
}

}  // namespace pawl::formation
