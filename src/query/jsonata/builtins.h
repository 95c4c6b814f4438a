// SPDX-License-Identifier: Apache-2.0
// Built-in functions: the table of their names, signatures and code. One file of functions/ holds
// one kind of them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "query/jsonata/function.h"
#include "query/jsonata/item.h"
#include "query/jsonata/resolve.h"
#include "query/jsonata/signature.h"

namespace pawl::query::jsonata {

class Evaluation;

/// What a built-in gets: as many arguments as the signature let through; missing ones are
/// undefined.
class BuiltinCall {
 public:
  BuiltinCall(Evaluation& the_evaluation, std::span<const Item> the_arguments,
              const Item& the_input)
      : evaluation(the_evaluation), arguments(the_arguments), input(the_input) {}

  const Item& operator[](size_t index) const {
    static const Item kMissing;
    return index < arguments.size() ? arguments[index] : kMissing;
  }
  size_t size() const { return arguments.size(); }

  Evaluation& evaluation;
  std::span<const Item> arguments;
  const Item& input;  ///< the context where it was called
};

struct Builtin {
  std::string_view name;
  std::string_view signature;
  size_t arity;  ///< parameters of the reference's function, for higher-order functions
  Item (*function)(const BuiltinCall&);
  bool is_sum = false;  ///< the sum of one field of many objects needs no list of its values
};

/// Index of the built-in `name` in this set, or kNoSlot.
uint32_t find_builtin(std::string_view name,
                      FunctionSet functions);  /// The function that stands for it; lives for ever.
const Function* builtin_function(uint32_t index);

// The tables, by kind (functions/*.cc).
std::span<const Builtin> aggregation_functions();
std::span<const Builtin> array_functions();
std::span<const Builtin> boolean_functions();
std::span<const Builtin> date_functions();
std::span<const Builtin> encoding_functions();
std::span<const Builtin> higher_order_functions();
std::span<const Builtin> matching_functions();
std::span<const Builtin> number_functions();
std::span<const Builtin> object_functions();
std::span<const Builtin> states_functions();
std::span<const Builtin> string_functions();
std::span<const Builtin> reference_only_functions();

}  // namespace pawl::query::jsonata
