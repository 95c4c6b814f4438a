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

class Causes {
 public:
  void add(ChangeCause cause) {
    const bool is_known = std::any_of(all_.begin(), all_.end(), [&](const ChangeCause& each) {
      return each.source == cause.source && each.entity == cause.entity;
    });
    if (!is_known) all_.push_back(std::move(cause));
  }
  bool empty() const { return all_.empty(); }
  std::vector<ChangeCause> take() { return std::move(all_); }

 private:
  std::vector<ChangeCause> all_;
};

std::string resource_of(const std::string& attribute) {
  return attribute.substr(0, attribute.find('.'));
}

}  // namespace

std::vector<ChangeCause> change_causes(const Value& before, const Value& after,
                                       const ChangedEntities& changed) {
  const Mentions mentions(after);
  const bool is_direct = before != after;
  Causes parameters;
  for (const std::string& name : mentions.refs) {
    if (changed.parameters.contains(name)) parameters.add({"ParameterReference", name, true});
  }
  Causes resources;
  for (const std::string& name : mentions.refs) {
    if (!changed.replaced.contains(name)) continue;
    resources.add({"ResourceReference", name, changed.certain.contains(name)});
  }
  for (const std::string& name : mentions.attributes) {
    const std::string resource = resource_of(name);
    if (!changed.replaced.contains(resource)) continue;
    resources.add({"ResourceAttribute", name, changed.certain.contains(resource)});
  }
  const bool has_parameters = !parameters.empty();
  const bool has_resources = !resources.empty();
  Causes causes;
  // As recorded: what is known after the change only is Dynamic by itself; without values the
  // reference alone says why.
  if (is_direct) {
    causes.add({"DirectModification", "", !has_resources});
  } else if (has_resources && !has_parameters) {
    causes.add({"DirectModification", "", false, ChangeView::WithValues});
  }
  for (ChangeCause& each : parameters.take()) causes.add(std::move(each));
  for (ChangeCause& each : resources.take()) causes.add(std::move(each));
  // User Guide, "Example change sets": a parameter's new value is told of twice.
  if (causes.empty() || (has_parameters && !is_direct)) {
    causes.add({"DirectModification", "", false});
  }
  return causes.take();
}

std::vector<ChangeCause> possible_causes(const Value& expression, const ChangedEntities& changed) {
  const Mentions mentions(expression);
  Causes causes;
  for (const std::string& name : mentions.refs) {
    if (!changed.unsure.contains(name)) continue;
    causes.add({"ResourceReference", name, false, ChangeView::WithoutValues});
  }
  for (const std::string& name : mentions.attributes) {
    const std::string resource = resource_of(name);
    // What refers to a replaced resource has another value, and is told of with that.
    if (!changed.modified.contains(resource) || changed.replaced.contains(resource)) continue;
    causes.add({"ResourceAttribute", name, false, ChangeView::WithoutValues});
  }
  return causes.take();
}

}  // namespace pawl::cloudformation
