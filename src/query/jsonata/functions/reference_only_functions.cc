// SPDX-License-Identifier: Apache-2.0
// What Step Functions leaves out or has otherwise: $random without a seed, $eval.
#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"
#include "query/jsonata/expression.h"
#include "query/jsonata/functions/random_numbers.h"

namespace pawl::query::jsonata {
namespace {

Item random(const BuiltinCall& call) {
  return Item::number(RandomNumbers(call.evaluation.environment()).next());
}

/// The text is evaluated for itself: it sees the input and what comes from outside.
Item eval(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  return call.evaluation.evaluate_text(call[0].as_string(),
                                       call[1].is_undefined() ? call.input : call[1]);
}

constexpr Builtin kFunctions[] = {
    {"random", "<:n>", 0, random},
    {"eval", "<sx?:x>", 2, eval},
};

}  // namespace

std::span<const Builtin> reference_only_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
