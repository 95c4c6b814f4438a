// SPDX-License-Identifier: Apache-2.0
#include "formation/serverless/api_editor.h"

#include <algorithm>

#include "base/error.h"
#include "text/unicode.h"

namespace pawl::formation::serverless {
namespace {

Outcome<void> check_path_item(const Node& item, const Node& path) {
  if (item.is_map()) return {};
  return bad_document("Value of '" + path.text() +
                      "' path must be a dictionary according to Swagger spec.");
}

Outcome<void> check_method(const Node& definition, const Node& path, const Node& method) {
  if (definition.is_map()) return {};
  return bad_document("Definition of method '" + method.python_text() + "' for path '" +
                      path.text() + "' should be a map.");
}

bool has_integration_member(const Node& definition) {
  return definition.get(kIntegration).truthy();
}

bool is_path_parameter(std::string_view name, bool greedy) {
  if (name == "proxy+") return true;
  if (greedy && name.ends_with('+')) name.remove_suffix(1);
  return !name.empty() &&
         name.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
             std::string_view::npos;
}

}  // namespace

bool is_openapi_3(const Node& version) {
  const std::string text = version.python_text();
  const auto digit = [&](size_t at) {
    return at + 1 < text.size() && text[at] == '.' && text[at + 1] >= '0' && text[at + 1] <= '9';
  };
  if (!text.starts_with('3')) return false;
  return (text.size() == 3 && digit(1)) || (text.size() == 5 && digit(1) && digit(3));
}

Node normalized_method(const Node& method) {
  if (!method.is_text()) return method;
  const std::string lower = text::to_lower(method.text());
  return lower == "any" ? Node(kAnyMethod) : Node(lower).with_mark(method.is_marked());
}

Node path_for_arn(const Node& path, bool greedy) {
  const std::string& in = path.text();
  std::string out;
  size_t at = 0;
  while (at < in.size()) {
    const size_t end = in[at] == '{' ? in.find('}', at) : std::string::npos;
    if (end != std::string::npos &&
        is_path_parameter(std::string_view(in).substr(at + 1, end - at - 1), greedy)) {
      out += '*';
      at = end + 1;
    } else {
      out += in[at++];
    }
  }
  return Node(out).with_mark(path.is_marked());
}

Outcome<std::vector<Node>> conditional_contents(const Node& item) {
  if (!item.has("Fn::If")) return std::vector<Node>{item};
  const Node arguments = item.get("Fn::If");
  if (!arguments.is_list()) return bad_document("Value of Fn::If must be a list.");
  std::vector<Node> contents;
  for (size_t index = 1; index < arguments.size(); ++index)
    if (!is_no_value(arguments.items()[index])) contents.push_back(arguments.items()[index]);
  return contents;
}

tl::expected<Node, std::string> deep_get(const Node& map, const std::vector<std::string>& path) {
  Node node = map;
  std::string walked;
  for (const std::string& name : path) {
    if (node.is_null()) return Node();
    if (!node.is_map())
      return tl::unexpected(walked.empty() ? "It should be a map"
                                           : "The value of '" + walked + "' should be a map");
    node = node.get(name);
    walked += (walked.empty() ? "" : ".") + name;
  }
  return node;
}

ApiEditor::ApiEditor(const Node& document)
    : document_(document.deep_copy()), paths_(document_.get("paths")) {}

void ApiEditor::make_path_conditional(const Node& path, const Node& condition) {
  paths_.set(path, make_conditional(condition, paths_.get(path.text())));
}

Outcome<std::vector<Node>> ApiEditor::path_items(const Node& path) const {
  std::vector<Node> items = PAWL_TRY(conditional_contents(paths_.get(path.text())));
  for (const Node& item : items) PAWL_TRY_VOID(check_path_item(item, path));
  return items;
}

Outcome<bool> ApiEditor::has_integration(const Node& path, const Node& raw_method) const {
  const Node method = normalized_method(raw_method);
  if (!paths_.has(path.text())) return false;
  const std::vector<Node> items = PAWL_TRY(conditional_contents(paths_.get(path.text())));
  for (const Node& item : items) {
    PAWL_TRY_VOID(check_path_item(item, path));
    const Node definition = item.get(method.text());
    if (!definition.is_map()) return false;
    const std::vector<Node> sides = PAWL_TRY(conditional_contents(definition));
    for (const Node& side : sides) PAWL_TRY_VOID(check_method(side, path, method));
    if (std::none_of(sides.begin(), sides.end(), has_integration_member)) return false;
  }
  return true;
}

Outcome<void> ApiEditor::add_path(const Node& path, const Node& method) {
  const Node item = paths_.set_default(path, Node::hashed_map());
  PAWL_TRY_VOID(check_path_item(item, path));
  for (const Node& side : PAWL_TRY(conditional_contents(item)))
    side.set_default(normalized_method(method), Node::hashed_map());
  return {};
}

Outcome<void> ApiEditor::set_timeout(const Node& path, const Node& method, const Node& timeout) {
  for (const Node& definition : PAWL_TRY(method_definitions(path, method)))
    definition.get(kIntegration).set("timeoutInMillis", timeout);
  return {};
}

Outcome<std::vector<Node>> ApiEditor::method_definitions(const Node& path, const Node& method,
                                                         bool all) const {
  const Node name = normalized_method(method);
  std::vector<Node> found;
  for (const Node& item : PAWL_TRY(path_items(path)))
    for (const Node& definition : PAWL_TRY(conditional_contents(item.get(name.text())))) {
      PAWL_TRY_VOID(check_method(definition, path, method));
      if (all || has_integration_member(definition)) found.push_back(definition);
    }
  return found;
}

Outcome<std::vector<ApiEditor::Method>> ApiEditor::methods_of(
    const Node& path, const std::vector<std::string_view>& excluded) const {
  std::vector<Method> found;
  for (const Node& item : PAWL_TRY(path_items(path)))
    for (const auto& [name, method] : item.members()) {
      if (std::find(excluded.begin(), excluded.end(), name.text()) != excluded.end()) continue;
      for (const Node& definition : PAWL_TRY(conditional_contents(method))) {
        PAWL_TRY_VOID(check_method(definition, path, name));
        if (has_integration_member(definition))
          found.emplace_back(normalized_method(name), definition);
      }
    }
  return found;
}

}  // namespace pawl::formation::serverless
