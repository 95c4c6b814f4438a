// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/print.h"

#include "json/write.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

/// A string literal; lone surrogates, which UTF-8 does not have, as escapes.
std::string quoted(std::string_view text) {
  std::string out;
  if (!text::has_lone_surrogate(text)) {
    json::write_string(text, out);
    return out;
  }
  out = "\"";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char16_t unit : text::to_utf16(text)) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(unit >> shift) & 15];
  }
  return out + "\"";
}

class Printer {
 public:
  void print(const Node& node) {
    print_kind(node);
    print_suffixes(node, node.predicates);
    if (node.group && !node.is(NodeType::Path)) print_pairs(node.group->pairs);
  }

  std::string out;

 private:
  void print_suffixes(const Node& node, const std::vector<Stage>& stages) {
    if (node.keep_array && !node.is(NodeType::Path) && !node.is(NodeType::Apply)) out += "[]";
    if (!node.focus.empty()) out += "@$" + node.focus;
    if (!node.index.empty()) out += "#$" + node.index;
    for (const Stage& stage : stages) {
      if (stage.kind == Stage::Kind::Index) {
        out += "#$" + stage.name;
        continue;
      }
      out += '[';
      print(*stage.expression);
      out += ']';
    }
  }

  /// An operand: whatever an operator beside it could take apart goes into parentheses.
  void print_operand(const Node& node) {
    const bool is_loose = node.is(NodeType::Binary) || node.is(NodeType::Condition) ||
                          node.is(NodeType::Bind) || node.is(NodeType::Apply) ||
                          node.is(NodeType::Negate) || node.is(NodeType::Transform) ||
                          (node.is(NodeType::Number) && node.number < 0);
    if (is_loose) out += '(';
    print(node);
    if (is_loose) out += ')';
  }

  void print_list(const std::vector<NodePtr>& nodes, std::string_view separator) {
    bool is_first = true;
    for (const NodePtr& node : nodes) {
      if (!is_first) out += separator;
      is_first = false;
      if (node->is(NodeType::Placeholder)) {
        out += '?';
      } else {
        print(*node);
      }
    }
  }

  void print_pairs(const std::vector<Pair>& pairs) {
    out += '{';
    bool is_first = true;
    for (const Pair& pair : pairs) {
      if (!is_first) out += ", ";
      is_first = false;
      print_operand(*pair.key);
      out += ": ";
      print(*pair.value);
    }
    out += '}';
  }

  void print_sort(const Node& sort) {
    out += "^(";
    bool is_first = true;
    for (const SortTerm& term : sort.terms) {
      if (!is_first) out += ", ";
      is_first = false;
      if (term.descending) out += '>';
      print(*term.expression);
    }
    out += ')';
  }

  void print_path(const Node& path) {
    bool is_first = true;
    for (const NodePtr& step : path.children) {
      if (step->is(NodeType::Sort)) {
        print_sort(*step);
        print_suffixes(*step, step->stages);
        continue;
      }
      if (!is_first) out += '.';
      is_first = false;
      print_operand(*step);
      // What print() wrote after the step must not be written again with its stages.
      if (step->predicates.empty() && !step->stages.empty()) {
        for (const Stage& stage : step->stages) print_stage(stage);
      }
    }
    if (path.keep_array && !path.children.back()->keep_array) out += "[]";
    if (path.group) print_pairs(path.group->pairs);
  }

  void print_stage(const Stage& stage) {
    if (stage.kind == Stage::Kind::Index) {
      out += "#$" + stage.name;
      return;
    }
    out += '[';
    print(*stage.expression);
    out += ']';
  }

  void print_call(const Node& node) {
    print_operand(*node.callee);
    out += '(';
    print_list(node.children, ", ");
    out += ')';
  }

  void print_condition(const Node& node) {
    print_operand(node.child(0));
    out += " ? ";
    print_operand(node.child(1));
    if (node.children.size() > 2) {
      out += " : ";
      print_operand(node.child(2));
    }
  }

  void print_transform(const Node& node) {
    out += "| ";
    print(node.child(0));
    out += " | ";
    print(node.child(1));
    if (node.has_delete) {
      out += ", ";
      print(node.child(2));
    }
    out += " |";
  }

  void print_kind(const Node& node) {
    switch (node.type) {
      case NodeType::String: out += quoted(node.text); break;
      case NodeType::Number:
      case NodeType::Literal: out += node.text; break;
      case NodeType::Regex: out += node.text; break;
      case NodeType::Name:
        out += node.text.find('`') == std::string::npos ? "`" + node.text + "`" : quoted(node.text);
        break;
      case NodeType::Variable: out += "$" + node.text; break;
      case NodeType::Wildcard: out += '*'; break;
      case NodeType::Descendant: out += "**"; break;
      case NodeType::Parent: out += '%'; break;
      case NodeType::Path: print_path(node); break;
      case NodeType::Binary:
        print_operand(node.child(0));
        out.append(" ").append(operator_text(node.op)).append(" ");
        print_operand(node.child(1));
        break;
      case NodeType::Negate:
        out += '-';
        print_operand(node.child(0));
        break;
      case NodeType::Array:
        out += '[';
        print_items(node);
        out += ']';
        break;
      case NodeType::Object: print_pairs(node.pairs); break;
      case NodeType::Block:
        out += '(';
        print_list(node.children, "; ");
        out += ')';
        break;
      case NodeType::Condition: print_condition(node); break;
      case NodeType::Bind:
        out += "$" + node.child(0).text + " := ";
        print(node.child(1));
        break;
      case NodeType::Call:
      case NodeType::Partial: print_call(node); break;
      case NodeType::Lambda:
        out += "function(";
        print_list(node.children, ", ");
        out += ')' + node.text + '{';
        print(*node.callee);
        out += '}';
        break;
      case NodeType::Apply:
        print_operand(node.child(0));
        out += " ~> ";
        print_operand(node.child(1));
        break;
      case NodeType::Transform: print_transform(node); break;
      case NodeType::Sort:
      case NodeType::Placeholder:
      case NodeType::Operator:
      case NodeType::End: break;
    }
  }

  /// Ranges belong to the brackets: no parentheses around them.
  void print_items(const Node& array) {
    bool is_first = true;
    for (const NodePtr& item : array.children) {
      if (!is_first) out += ", ";
      is_first = false;
      print(*item);
    }
  }
};

}  // namespace

std::string print_tree(const Node& root) {
  Printer printer;
  printer.print(root);
  return std::move(printer.out);
}

}  // namespace pawl::query::jsonata
