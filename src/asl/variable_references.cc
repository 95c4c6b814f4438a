// SPDX-License-Identifier: Apache-2.0
#include "asl/variable_references.h"

#include <set>
#include <string_view>

#include "query/jsonata/expression.h"
#include "query/jsonata/value_template.h"

namespace pawl::asl {
namespace {

using Names = std::set<std::string>;

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool is_name_character(char c) { return is_name_start(c) || c == '_' || (c >= '0' && c <= '9'); }

/// "$name" in a path or in the arguments of an intrinsic function; not "$.a", "$$", nor in quotes.
void collect_from_path(std::string_view text, Names& names) {
  bool is_quoted = false;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '\'') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && text[at] == '$') {
      size_t end = at + 1;
      if (end < text.size() && is_name_start(text[end])) {
        while (end < text.size() && is_name_character(text[end])) ++end;
        names.emplace(text.substr(at + 1, end - at - 1));
      } else if (end < text.size() && text[end] == '$') {
        at = end;  // the Context Object
      }
    }
  }
}

void collect_from_expression(std::string_view text, Names& names) {
  const auto expression =
      query::jsonata::Expression::compile(query::jsonata::expression_source(text), {});
  if (!expression) return;
  for (const std::string& name : expression->free_variables()) {
    if (name != "states") names.insert(name);
  }
}

bool holds_path(std::string_view field) {
  return field.ends_with(".$") || field.ends_with("Path") || field == "Variable";
}

class References {
 public:
  void visit_scope(const json::Value& scope) {
    const json::Value* states = scope.find("States");
    if (states == nullptr || !states->is_object()) return;
    for (const json::Member& member : states->members()) {
      Names names;
      visit(member.value, "", names);
      if (!names.empty()) found[std::string(member.name())] = {names.begin(), names.end()};
    }
  }

  std::map<std::string, std::vector<std::string>> found;

 private:
  void visit(const json::Value& value, std::string_view field, Names& names) {
    if (value.is_string()) {
      const std::string_view text = value.as_string();
      if (query::jsonata::is_expression_text(text)) {
        collect_from_expression(text, names);
      } else if (holds_path(field)) {
        collect_from_path(text, names);
      }
    } else if (value.is_array()) {
      for (const json::Value& item : value.items()) visit(item, field, names);
    } else if (value.find("States") != nullptr && value.find("StartAt") != nullptr) {
      visit_scope(value);  // a Branch or an ItemProcessor: its states count for themselves
    } else if (value.is_object()) {
      for (const json::Member& member : value.members()) visit(member.value, member.name(), names);
    }
  }
};

}  // namespace

std::map<std::string, std::vector<std::string>> variable_references(const json::Value& definition) {
  References references;
  references.visit_scope(definition);
  return std::move(references.found);
}

}  // namespace pawl::asl
