// SPDX-License-Identifier: Apache-2.0
// The syntax tree of a mapping template. Internal to the parser and the renderer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pawl::apigateway::vtl {

struct Expression;
using ExpressionPointer = std::unique_ptr<Expression>;

/// ".name", ".name(a, b)" or "[i]" behind a variable.
struct Access {
  enum class Kind { Member, Call, Index } kind = Kind::Member;
  std::string name;
  std::vector<Expression> arguments;
};

/// "$name.member", "$!{name}".
struct Reference {
  std::string name;
  std::vector<Access> accesses;
  bool is_quiet = false;
  std::string source;  ///< printed if it refers to nothing
};

struct Expression {
  enum class Kind {
    Null,
    Boolean,
    Integer,
    Double,
    Text,
    Interpolated,  ///< a template of its own: `nodes`
    Reference,
    List,
    Map,  ///< keys and values in turns
    Range,
    Not,
    Negative,
    And,
    Or,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder
  };
  Kind kind = Kind::Null;
  int64_t integer = 0;
  double number = 0;
  std::string text;
  Reference reference;
  std::vector<Expression> operands;
  std::vector<struct Node> nodes;
};

struct Branch;

struct Node {
  enum class Kind { Text, Reference, Set, If, ForEach, Break, Stop } kind = Kind::Text;
  std::string text;     ///< or the loop's variable
  Reference reference;  ///< also what #set sets
  Expression expression;
  std::vector<Branch> branches;  ///< #if, #elseif, #else
  std::vector<Node> body;        ///< of #foreach
};

struct Branch {
  Expression condition;
  bool is_else = false;
  std::vector<Node> body;
};

}  // namespace pawl::apigateway::vtl
