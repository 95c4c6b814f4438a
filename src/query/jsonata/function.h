// SPDX-License-Identifier: Apache-2.0
// Function: what "$f" may be: a lambda with its surroundings, a built-in, and those made of others.
// Owned by the Evaluation that made it (built-ins by nobody); Items borrow it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "query/jsonata/ast.h"
#include "query/jsonata/item.h"

namespace pawl::query::jsonata {

struct Frame;
struct Builtin;

class Function {
 public:
  enum class Kind : uint8_t {
    Lambda,
    Builtin,
    Partial,    ///< another function with some arguments given
    Composed,   ///< "f ~> g"
    Matcher,    ///< a regular expression: a function of a string
    NextMatch,  ///< "next" of a match
    Transform,
  };

  explicit Function(Kind function_kind) : kind(function_kind) {}

  Kind kind;
  const Builtin* builtin = nullptr;      ///< Builtin
  const Signature* signature = nullptr;  ///< Lambda, Builtin: what it states of its parameters
  const Node* node = nullptr;            ///< Lambda, Transform, Matcher
  Frame* frame = nullptr;                ///< Lambda, Transform: where it was made
  Item input = {};                  ///< Lambda, Transform: the context then; NextMatch: the subject
  const Function* first = nullptr;  ///< Partial, Composed
  const Function* second = nullptr;  ///< Composed
  std::vector<Item> given = {};      ///< Partial: arguments; unbound: to be given
  size_t offset = 0;                 ///< NextMatch: bytes

  /// getFunctionArity: how many arguments higher-order functions may pass.
  size_t arity() const;
};

/// The variables of one block or call. `slots` follow the header. Frames that no function has
/// captured are freed when left; the others live as long as the Evaluation.
struct Frame {
  /// Frames of up to so many slots are kept for the next call.
  static constexpr uint32_t kPooledSlots = 4;

  Frame* parent = nullptr;
  Frame* previous = nullptr;  ///< of all live frames, newest first
  Frame* next = nullptr;
  uint32_t size = 0;
  bool is_captured = false;

  Item* slots() { return reinterpret_cast<Item*>(this + 1); }
};

}  // namespace pawl::query::jsonata
