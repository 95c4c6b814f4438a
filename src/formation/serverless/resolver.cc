// SPDX-License-Identifier: Apache-2.0
// Resolving references (intrinsics/resolver.py and actions.py of the translator): nodes are changed
// in place, what a resolver puts there is looked at again.
#include <functional>

#include "base/error.h"
#include "formation/serverless/intrinsics.h"

namespace pawl::formation::serverless {
namespace {

using Resolver = std::function<Outcome<Node>(const Node&)>;
/// The text for "${name}", given both.
using Replacement = std::function<Outcome<Node>(const std::string& whole, const std::string& name)>;

/// Beyond what a template can nest: a mapping that finds itself.
constexpr int kDepthMax = 500;

Outcome<Node> traverse(const Node& node, const Resolver& resolver, int depth = 0) {
  if (depth > kDepthMax) return bad_document("A function's value refers to itself.");
  Node resolved = PAWL_TRY(resolver(node));
  if (resolved.is_map())
    for (const auto& [key, value] : resolved.members())
      resolved.set(key, PAWL_TRY(traverse(value, resolver, depth + 1)));
  for (size_t index = 0; index < resolved.items().size(); ++index) {
    Node item = PAWL_TRY(traverse(resolved.items()[index], resolver, depth + 1));
    resolved.items()[index] = std::move(item);
  }
  return resolved;
}

bool calls(const Node& node, std::string_view function) {
  return node.is_map() && node.size() == 1 && node.has(function);
}

bool is_name(const std::string& name) {
  const bool dotted = name.find_first_not_of(
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                          "0123456789.") == std::string::npos;
  if (dotted) return !name.empty();
  return name.starts_with("AWS::") && name.size() > 5 && name[5] >= 'A' && name[5] <= 'Z' &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 5) ==
             std::string::npos;
}

Outcome<Node> replace_in(const Node& text, const Replacement& replacement) {
  std::string out;
  const std::string& in = text.text();
  size_t at = 0;
  while (at < in.size()) {
    const size_t start = in.find("${", at);
    const size_t end = start == std::string::npos ? start : in.find('}', start);
    if (end == std::string::npos) break;
    const std::string name = in.substr(start + 2, end - start - 2);
    if (!is_name(name)) {
      out += in.substr(at, start + 2 - at);
      at = start + 2;
      continue;
    }
    const std::string whole = in.substr(start, end + 1 - start);
    const Node value = PAWL_TRY(replacement(whole, name));
    if (!value.is_text())
      return bad_document("Invalid Fn::Sub variable value " + value.python_text() +
                          ". Fn::Sub expects all variables to be strings.");
    out += in.substr(at, start - at) + value.text();
    at = end + 1;
  }
  return Node(out + in.substr(at)).with_mark(text.is_marked());
}

Outcome<Node> replace_in_sub(const Node& call, const Replacement& replacement) {
  const Node argument = call.get("Fn::Sub");
  if (argument.is_text()) call.set("Fn::Sub", PAWL_TRY(replace_in(argument, replacement)));
  if (argument.size() > 0 && argument.is_list() && argument.items()[0].is_text())
    argument.items()[0] = PAWL_TRY(replace_in(argument.items()[0], replacement));
  return call;
}

std::vector<std::string> split_dots(const std::string& text) {
  std::vector<std::string> parts;
  size_t at = 0;
  for (size_t dot = text.find('.'); dot != std::string::npos; dot = text.find('.', at)) {
    parts.push_back(text.substr(at, dot - at));
    at = dot + 1;
  }
  parts.push_back(text.substr(at));
  return parts;
}

/// The parts of an Fn::GetAtt of two or more texts, dots taken for separators; else none.
std::vector<std::string> attribute_parts(const Node& call) {
  const Node arguments = call.get("Fn::GetAtt");
  if (!arguments.is_list() || arguments.size() < 2) return {};
  std::string joined;
  for (const Node& argument : arguments.items()) {
    if (!argument.is_text()) return {};
    joined += (joined.empty() ? "" : ".") + argument.text();
  }
  return split_dots(joined);
}

void set_attribute(const Node& call, const std::string& id, const std::vector<std::string>& parts,
                   size_t rest) {
  Node arguments = Node::list({id});
  for (size_t index = rest; index < parts.size(); ++index) arguments.push(parts[index]);
  call.set("Fn::GetAtt", arguments);
}

std::string replaced_all(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

const std::string* generated_id(const GeneratedIds& ids, const std::string& id,
                                const std::string& property) {
  const auto resource = ids.find(id);
  if (resource == ids.end()) return nullptr;
  const auto found = resource->second.find(property);
  return found == resource->second.end() ? nullptr : &found->second;
}

void change_depends_on(const Node& node, const std::map<std::string, std::string>& changed) {
  const Node depends_on = node.get("DependsOn");
  const auto renamed = [&](const Node& id) {
    const auto found = changed.find(id.text());
    return id.is_text() && found != changed.end() ? Node(found->second) : id;
  };
  if (depends_on.is_text()) node.set("DependsOn", renamed(depends_on));
  for (Node& id : depends_on.items()) id = renamed(id);
}

}  // namespace

Outcome<Node> resolve_parameters(const Node& node, const Node& parameters) {
  if (parameters.size() == 0) return node;
  return traverse(node, [&](const Node& call) -> Outcome<Node> {
    if (calls(call, "Ref")) {
      const Node name = call.get("Ref");
      return name.is_text() && parameters.has(name.text()) ? parameters.get(name.text()) : call;
    }
    if (!calls(call, "Fn::Sub")) return call;
    return replace_in_sub(call, [&](const std::string& whole, const std::string& name) {
      return Outcome<Node>(parameters.has(name) ? parameters.get(name) : Node(whole));
    });
  });
}

Outcome<Node> resolve_mappings(const Node& node, const Node& mappings) {
  if (mappings.size() == 0) return node;
  return traverse(node, [&](const Node& call) -> Outcome<Node> {
    if (!calls(call, "Fn::FindInMap")) return call;
    const Node keys = call.get("Fn::FindInMap");
    if (!keys.is_list() || keys.size() != 3)
      return bad_document("Invalid FindInMap value " + keys.python_text() +
                          ". FindInMap expects an array with 3 values.");
    Node found = mappings;
    for (const Node& key : keys.items()) {
      if (!key.is_text()) return call;
      if (!found.is_map())
        return bad_document("Cannot use Fn::FindInMap on Mapping '" + keys.items()[0].text() +
                            "' which is not a a two-level map.");
      if (!found.has(key.text())) return call;
      found = found.get(key.text());
    }
    return found;
  });
}

Node resolve_generated(const Node& node, const GeneratedIds& ids) {
  if (ids.empty()) return node;
  const Resolver resolver = [&](const Node& call) -> Outcome<Node> {
    if (calls(call, "Ref") && call.get("Ref").is_text()) {
      const std::string name = call.get("Ref").text();
      const size_t dot = name.find('.');
      if (dot == std::string::npos) return call;
      const std::string* id = generated_id(ids, name.substr(0, dot), name.substr(dot + 1));
      return id == nullptr ? call : make_ref(*id);
    }
    if (calls(call, "Fn::Sub"))
      return replace_in_sub(
          call, [&](const std::string& whole, const std::string& name) -> Outcome<Node> {
            const std::vector<std::string> parts = split_dots(name);
            const std::string* id =
                parts.size() < 2 ? nullptr : generated_id(ids, parts[0], parts[1]);
            return id == nullptr ? Node(whole)
                                 : Node(replaced_all(whole, parts[0] + "." + parts[1], *id));
          });
    if (calls(call, "Fn::GetAtt")) {
      const std::vector<std::string> parts = attribute_parts(call);
      const std::string* id = parts.size() < 2 ? nullptr : generated_id(ids, parts[0], parts[1]);
      if (id != nullptr) set_attribute(call, *id, parts, 2);
    }
    return call;
  };
  return traverse(node, resolver).value_or(node);
}

Node resolve_changed_ids(const Node& node, const std::map<std::string, std::string>& changed) {
  if (changed.empty()) return node;
  const auto changed_id = [&](const std::string& id) {
    const auto found = changed.find(id);
    return found == changed.end() ? nullptr : &found->second;
  };
  const Resolver resolver = [&](const Node& call) -> Outcome<Node> {
    change_depends_on(call, changed);
    if (calls(call, "Ref") && call.get("Ref").is_text()) {
      const std::string* id = changed_id(call.get("Ref").text());
      return id == nullptr ? call : make_ref(*id);
    }
    if (calls(call, "Fn::Sub"))
      return replace_in_sub(
          call, [&](const std::string& whole, const std::string& name) -> Outcome<Node> {
            const std::string first = split_dots(name)[0];
            const std::string* id = changed_id(first);
            return id == nullptr ? Node(whole) : Node(replaced_all(whole, first, *id));
          });
    if (calls(call, "Fn::GetAtt")) {
      const std::vector<std::string> parts = attribute_parts(call);
      const std::string* id = parts.empty() ? nullptr : changed_id(parts[0]);
      if (id != nullptr) set_attribute(call, *id, parts, 1);
    }
    return call;
  };
  return traverse(node, resolver).value_or(node);
}

}  // namespace pawl::formation::serverless
