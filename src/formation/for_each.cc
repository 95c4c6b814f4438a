// SPDX-License-Identifier: Apache-2.0
#include "formation/for_each.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "formation/expressions.h"
#include "formation/words.h"

namespace pawl::formation {

using json::Value;

namespace {

constexpr std::string_view kPrefix = "Fn::ForEach::";
constexpr size_t kValuesMax = 250'000;
constexpr size_t kLoopDepthMax = 10;
constexpr size_t kBytesMax = 4'194'304;  // of all texts that loops change

/// An identifier and its item in the loop that is being done.
struct Binding {
  std::string name;
  std::string item;
};

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (size_t at = text.find(what); at != std::string::npos && text.size() <= kBytesMax;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

std::string letters_and_digits(const std::string& text) {
  std::string kept;
  for (const char c : text) {
    if (is_alphanumeric({&c, 1})) kept += c;
  }
  return kept;
}

class LoopExpander {
 public:
  explicit LoopExpander(const Scope& scope) : scope_(scope) {}

  base::Result<Value> expand(const Value& value) {
    if (++values_ > kValuesMax || bytes_ > kBytesMax) {
      return template_error("the loops make more than " + std::to_string(kValuesMax) +
                            " values or " + std::to_string(kBytesMax) + " bytes");
    }
    if (value.is_array()) {
      std::vector<Value> items;
      for (const Value& item : value.items()) items.push_back(PAWL_TRY(expand(item)));
      return Value::array(std::move(items));
    }
    if (!value.is_object()) return value;
    if (const auto call = function_of(value); call && !bindings_.empty()) {
      if (call->name == "Ref") return expand_ref(*call->argument);
      if (call->name == "Fn::Sub") return expand_sub(*call->argument);
      if (call->name == "Fn::GetAtt") {
        return single_member("Fn::GetAtt", PAWL_TRY(expand_names(*call->argument)));
      }
    }
    MemberList result;
    for (const json::Member& member : value.members()) {
      if (member.name().starts_with(kPrefix)) {
        PAWL_TRY_VOID(run_loop(member, result));
      } else if (!bindings_.empty() && member.name() == "DependsOn") {
        result.set(member.key, PAWL_TRY(expand_names(member.value)));
      } else {
        result.set(member.key, PAWL_TRY(expand(member.value)));
      }
    }
    return std::move(result).build();
  }

 private:
  static base::Error layout_error(std::string_view name) {
    return template_error(std::string(name) + " layout is incorrect");
  }

  base::Result<void> run_loop(const json::Member& loop, MemberList& result) {
    const std::span<const Value> parts = items_of(loop.value);
    if (parts.size() != 3 || !parts[0].is_string() || !parts[2].is_object() ||
        loop.name().size() == kPrefix.size() || bindings_.size() >= kLoopDepthMax) {
      return layout_error(loop.name());
    }
    const std::vector<std::string> collection = PAWL_TRY(items_for(loop.name(), parts[1]));
    for (const std::string& item : collection) {
      bindings_.push_back({std::string(parts[0].as_string()), item});
      base::Result<void> added = add_fragment(parts[2], result);
      bindings_.pop_back();
      if (!added) return added;
    }
    return {};
  }

  base::Result<void> add_fragment(const Value& fragment, MemberList& result) {
    for (const json::Member& member : fragment.members()) {
      if (member.name().starts_with(kPrefix)) {
        PAWL_TRY_VOID(run_loop(member, result));
        continue;
      }
      result.set(Value(bound_key(member.name())), PAWL_TRY(expand(member.value)));
    }
    return {};
  }

  base::Result<std::vector<std::string>> items_for(std::string_view loop, const Value& collection) {
    NothingKnown nothing;
    const Value bound = PAWL_TRY(expand(collection));
    const Value list = PAWL_TRY(Resolver(scope_, nothing).resolve(bound));
    if (!list.is_array() || has_unknown(list)) {
      return template_error(std::string(loop) +
                            ": the collection must be a list that depends on parameters only");
    }
    std::vector<std::string> items;
    for (const Value& item : list.items()) {
      std::optional<std::string> text = scalar_text(item);
      if (!text) return layout_error(loop);
      items.push_back(*std::move(text));
    }
    return items;
  }

  const std::string* bound_item(std::string_view name) const {
    const auto found =
        std::find_if(bindings_.rbegin(), bindings_.rend(),
                     [name](const Binding& binding) { return binding.name == name; });
    return found == bindings_.rend() ? nullptr : &found->item;
  }

  std::string bound_text(std::string_view text) {
    std::string result(text);
    for (auto binding = bindings_.rbegin(); binding != bindings_.rend(); ++binding) {
      replace_all(result, "${" + binding->name + "}", binding->item);
    }
    bytes_ += result.size();
    return result;
  }

  std::string bound_key(std::string_view text) {
    std::string result = bound_text(text);
    for (auto binding = bindings_.rbegin(); binding != bindings_.rend(); ++binding) {
      replace_all(result, "&{" + binding->name + "}", letters_and_digits(binding->item));
    }
    return result;
  }

  base::Result<Value> expand_ref(const Value& argument) {
    if (!argument.is_string()) return single_member("Ref", PAWL_TRY(expand(argument)));
    if (const std::string* item = bound_item(argument.as_string())) return Value(*item);
    return single_member("Ref", Value(bound_text(argument.as_string())));
  }

  // A text without variables left is no function any more.
  base::Result<Value> expand_sub(const Value& argument) {
    if (argument.is_string()) {
      const std::string text = bound_text(argument.as_string());
      if (text.find("${") == std::string::npos) return Value(text);
      return single_member("Fn::Sub", Value(text));
    }
    const auto parts = sub_argument(argument);
    if (!parts) return single_member("Fn::Sub", PAWL_TRY(expand(argument)));
    std::vector<Value> list;
    list.emplace_back(bound_text(parts->text));
    list.push_back(PAWL_TRY(expand(*parts->variables)));
    return single_member("Fn::Sub", Value::array(std::move(list)));
  }

  /// Texts that name resources: variables in them can mean nothing else.
  base::Result<Value> expand_names(const Value& value) {
    if (value.is_string()) return Value(bound_text(value.as_string()));
    if (!value.is_array()) return expand(value);
    std::vector<Value> items;
    for (const Value& item : value.items()) items.push_back(PAWL_TRY(expand_names(item)));
    return Value::array(std::move(items));
  }

  const Scope& scope_;
  std::vector<Binding> bindings_;
  size_t values_ = 0;
  size_t bytes_ = 0;
};

}  // namespace

base::Result<Value> expand_loops(const Value& value, const Scope& scope) {
  return LoopExpander(scope).expand(value);
}

}  // namespace pawl::formation
