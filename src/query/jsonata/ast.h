// SPDX-License-Identifier: Apache-2.0
// The tree of a JSONata expression: first as parsed, then as jsonata.js' processAST leaves it
// (location paths flattened into steps), then with its variables resolved to places. Built once,
// never changed by an evaluation.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/value.h"
#include "query/jsonata/signature.h"
#include "text/regex.h"

namespace pawl::query::jsonata {

enum class NodeType : uint8_t {
  // Literals and names.
  String,
  Number,
  Literal,  ///< true, false, null
  Regex,
  Name,
  Variable,  ///< "$name"; an empty name is "$"
  Wildcard,
  Descendant,
  Parent,
  Placeholder,  ///< "?" as an argument: partial application
  // Composed expressions.
  Path,
  Binary,  ///< arithmetic, comparison, boolean, "&", "..", "in"; before processing also . [ { ^ @ #
  Negate,
  Array,
  Object,
  Block,
  Condition,
  Bind,
  Call,
  Partial,
  Lambda,
  Apply,  ///< "~>"
  Transform,
  Sort,  ///< "^(…)", a step of a path
  // A keyword or symbol that may still become a name.
  Operator,
  End,
};

enum class Operator : uint8_t {
  None,
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Concatenate,
  And,
  Or,
  In,
  Range,
  // Only before processing.
  Dot,
  Predicate,
  Group,
  OrderBy,
  Assign,
  Chain,
  Default,   ///< "?:", also after processing
  Coalesce,  ///< "??", also after processing
  Focus,
  Index,
};

/// "+", "and", "..": as written and as messages name it.
std::string_view operator_text(Operator op);

struct Node;
using NodePtr = std::unique_ptr<Node>;

/// A key and a value of "{…}".
struct Pair {
  NodePtr key;
  NodePtr value;
};

struct Group {
  std::vector<Pair> pairs;
  uint32_t position = 0;
};

struct SortTerm {
  NodePtr expression;
  bool descending = false;
};

/// What follows a step: a predicate, or the "#$name" that numbers what is left by then.
struct Stage {
  enum class Kind : uint8_t { Filter, Index };
  Kind kind = Kind::Filter;
  NodePtr expression;  ///< Filter
  std::string name;    ///< Index
  uint32_t tuple_slot = 0;
  uint32_t position = 0;
};

/// Where the object that "%" means is kept: a tuple variable with a name of its own.
struct AncestorSlot {
  std::string label;
  int level = 1;
};

/// One place where a variable may be found: so many frames outwards, then this slot.
struct VariablePlace {
  uint32_t hops = 0;
  uint32_t slot = 0;
};

constexpr uint32_t kNoSlot = UINT32_MAX;

/// A node of any type; which members are used depends on `type`.
struct Node {
  NodeType type;
  Operator op = Operator::None;
  bool keep_array = false;            ///< "[]"
  bool keep_singleton_array = false;  ///< Path: some step has "[]"
  bool is_constructor_step = false;   ///< "[…]" as first or last step (consarray)
  bool is_tuple = false;              ///< the step, or the path, carries bindings along
  bool is_tail_call = false;          ///< Call: the last thing that a lambda does
  bool has_delete = false;            ///< Transform
  bool is_bare = false;               ///< neither predicates nor a group: set by resolve()
  bool is_field_path = false;         ///< Path: a variable or a field, then plain fields: "$v.a.b"
  bool makes_frame = false;           ///< Block, Lambda: binds variables of its own
  uint32_t position = 0;  ///< byte offset of the end of the token, as the reference counts
  uint32_t begin = 0;     ///< bytes of the source that the node was made of
  uint32_t end = 0;
  uint32_t height = 1;  ///< levels of the tree below, itself included

  std::string text;               ///< Name, Variable, String, Operator; a Regex as written
  json::FrozenValue literal;      ///< String, Literal; a Name as key
  double number = 0;              ///< Number
  std::vector<NodePtr> children;  ///< Array: items, Block: expressions, Call, Partial: arguments,
                                  ///< Lambda: parameters, Path: steps, Binary: two, Negate: one,
                                  ///< Condition: two or three, Bind: variable and value, Apply:
                                  ///< two, Transform: pattern, update, delete
  NodePtr callee;                 ///< Call, Partial: what is called; Lambda: the body
  std::vector<Pair> pairs;        ///< Object
  std::vector<SortTerm> terms;    ///< Sort
  std::vector<Stage> stages;      ///< of a step of a path
  std::vector<Stage> predicates;  ///< of anything else
  std::unique_ptr<Group> group;   ///< "{…}" after an expression
  std::string focus;              ///< "@$name"
  std::string index;              ///< "#$name"
  std::shared_ptr<AncestorSlot> ancestor;              ///< Name, Wildcard: kept for "%"
  std::shared_ptr<AncestorSlot> parent_slot;           ///< Parent
  std::vector<std::shared_ptr<AncestorSlot>> seeking;  ///< "%" not yet resolved
  std::shared_ptr<const Signature> signature;          ///< Lambda
  std::shared_ptr<const text::Regex> regex;            ///< Regex

  // Filled by resolve().
  std::vector<VariablePlace> places;      ///< Variable, Parent: innermost first
  uint32_t external = kNoSlot;            ///< Variable: index into the expression's external names
  uint32_t builtin = kNoSlot;             ///< Variable: index of a built-in function
  uint32_t slot = kNoSlot;                ///< Bind: in the innermost frame
  uint32_t frame_slots = 0;               ///< Block, Lambda
  std::vector<uint32_t> parameter_slots;  ///< Lambda
  uint32_t focus_slot = kNoSlot;          ///< slots in a tuple
  uint32_t index_slot = kNoSlot;
  uint32_t ancestor_slot = kNoSlot;

  explicit Node(NodeType node_type) : type(node_type) {}
  bool is(NodeType other) const { return type == other; }
  const Node& child(size_t i) const { return *children[i]; }
};

/// Calls `visit(Node&)` for each direct child of any kind.
template <typename AnyNode, typename Visit>
void for_each_child(AnyNode& node, Visit&& visit) {
  for (auto& child : node.children) {
    if (child) visit(*child);
  }
  if (node.callee) visit(*node.callee);
  for (auto& pair : node.pairs) {
    visit(*pair.key);
    visit(*pair.value);
  }
  for (auto& term : node.terms) visit(*term.expression);
  for (auto& stage : node.stages) {
    if (stage.expression) visit(*stage.expression);
  }
  for (auto& stage : node.predicates) visit(*stage.expression);
  if (node.group) {
    for (auto& pair : node.group->pairs) {
      visit(*pair.key);
      visit(*pair.value);
    }
  }
}

}  // namespace pawl::query::jsonata
