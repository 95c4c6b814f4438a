// SPDX-License-Identifier: Apache-2.0
// ASL "Variables": names, and which scope may assign which. Whether a variable has a value when it
// is read is known only when the machine runs.
#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr size_t kNameCharactersMax = 80;

/// "count.$" assigns `count`.
std::string_view variable_name(std::string_view field) {
  if (field.ends_with(".$")) field.remove_suffix(2);
  return field;
}

void collect_assigned(const json::Value& holder, std::unordered_set<std::string_view>& names) {
  const json::Value* assign = holder.find("Assign");
  if (assign == nullptr || !assign->is_object()) return;
  for (const json::Member& member : assign->members()) names.insert(variable_name(member.name()));
}

/// The Unicode ID_Start and ID_Continue of the specification, without its tables: any character
/// beyond ASCII is let in.
bool is_valid_name(std::string_view name) {
  const auto is_start = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (static_cast<unsigned char>(c) & 0x80) != 0;
  };
  if (name.empty() || !is_start(name.front())) return false;
  for (const char c : name) {
    if (!is_start(c) && c != '_' && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

}  // namespace

void Compiler::collect_variables(const json::Value& state) {
  collect_assigned(state, states_->variables);
  for (const std::string_view field : {"Catch", "Choices"}) {
    const json::Value* list = state.find(field);
    if (list == nullptr || !list->is_array()) continue;
    for (const json::Value& item : list->items()) collect_assigned(item, states_->variables);
  }
}

void Compiler::check_assign(const Fields& assign) {
  for (const json::Member& member : assign.object().members()) {
    const std::string_view name = variable_name(member.name());
    const std::string shown(name);
    const std::string place = assign.child_pointer(member.name());
    if (name == "states") {
      error(place, "Cannot assign to reserved variable '$states'.", kReservedVariableName);
    } else if (!is_valid_name(name)) {
      // It can be assigned, but no path can name it.
      error_if_strict(
          place,
          "Invalid variable name '" + shown + "': the variable name contains invalid characters.",
          kInvalidVariableName);
    } else if (name.size() > kNameCharactersMax) {
      error(
          place,
          "Invalid variable name '" + shown + "': the variable name is longer than 80 characters.",
          kInvalidVariableName);
    }
    // ASL "Variable scope": an inner scope may read the variables of outer ones, but not assign
    // them.
    for (const ScopeStates* outer = states_->outer; outer != nullptr; outer = outer->outer) {
      if (!outer->variables.contains(name)) continue;
      error(place, "Cannot assign to variable '" + shown + "': an outer scope assigns it.");
      break;
    }
  }
}

}  // namespace pawl::asl
