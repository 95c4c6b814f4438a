// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/rest_patch.h"

#include <algorithm>
#include <utility>

#include "services/cloudformation/types/handler_steps.h"

namespace pawl::cloudformation {

using json::Value;

namespace {

bool has_item(const Value& list, const Value& item) {
  return list.is_array() &&
         std::find(list.items().begin(), list.items().end(), item) != list.items().end();
}

std::string text_of(const Value& scalar) {
  return scalar_text(Value::object({{"value", scalar}}), "value");
}

}  // namespace

std::string PatchList::child(std::string_view path, std::string_view name) {
  std::string out(path);
  out += '/';
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

Value PatchList::operation(std::string_view op, std::string_view path) {
  return Value::object({{"op", Value(op)}, {"path", Value(path)}});
}

void PatchList::add(std::string_view op, std::string_view path, std::string_view value) {
  operations_.push_back(operation(op, path).with_member("value", Value(value)));
}

void PatchList::add_changes(const std::string& path, const Value& before, const Value& after) {
  if (before == after) return;
  if (before.is_object() && after.is_object()) {
    for (const json::Member& each : before.members()) {
      if (after.find(each.name()) == nullptr) add_changes(child(path, each.name()), each.value, {});
    }
    for (const json::Member& each : after.members()) {
      const Value* old = before.find(each.name());
      add_changes(child(path, each.name()), old == nullptr ? Value() : *old, each.value);
    }
  } else if (after.is_object()) {
    add_changes(path, Value::object(), after);
  } else if (before.is_object()) {
    add_changes(path, before, Value::object());
  } else if (before.is_array() || after.is_array()) {
    if (before.is_array()) {
      for (const Value& item : before.items()) {
        if (!has_item(after, item)) add("remove", path, text_of(item));
      }
    }
    // Of a list that nothing is known of the first item replaces all: it may have a default.
    bool is_unknown = !before.is_array();
    if (after.is_array()) {
      for (const Value& item : after.items()) {
        if (has_item(before, item)) continue;
        add(is_unknown ? "replace" : "add", path, text_of(item));
        is_unknown = false;
      }
    }
  } else if (after.is_null()) {
    remove(path);
  } else {
    replace(path, text_of(after));
  }
}

}  // namespace pawl::cloudformation
