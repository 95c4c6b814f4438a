// SPDX-License-Identifier: Apache-2.0
// Booleans and types: $boolean, $not, $exists, $type, $error, $assert.
#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"

namespace pawl::query::jsonata {
namespace {

Item truth_of(const BuiltinCall& call, bool is_negated) {
  if (call[0].is_undefined()) return {};
  // An argument that is a function is one of JavaScript's, which has no members.
  if (call[0].is_function()) return Item::boolean(is_negated);
  const auto is_true = call.evaluation.truth(call[0]);
  return is_true ? Item::boolean(*is_true != is_negated) : Item::failure();
}

Item boolean(const BuiltinCall& call) { return truth_of(call, false); }
Item negated(const BuiltinCall& call) { return truth_of(call, true); }
Item exists(const BuiltinCall& call) { return Item::boolean(!call[0].is_undefined()); }

Item type(const BuiltinCall& call) {
  const Item& item = call[0];
  if (item.is_undefined()) return {};
  if (item.is_function()) return Item::string("function");
  if (item.is_number()) return Item::string("number");
  return Item::string(json::kind_name(item.value().kind()));
}

Item fail_with_text(const BuiltinCall& call, std::string_view code, const Item& message,
                    std::string_view otherwise) {
  EvaluationError error(code);
  const bool has_message = message.is_string() && !message.as_string().empty();
  error.text = has_message ? std::string(message.as_string()) : std::string(otherwise);
  return call.evaluation.fail(std::move(error));
}

Item error(const BuiltinCall& call) {
  return fail_with_text(call, "D3137", call[0], "$error() function evaluated");
}

Item assertion(const BuiltinCall& call) {
  if (call[0].is_boolean() && call[0].as_boolean()) return {};
  return fail_with_text(call, "D3141", call[1], "$assert() statement failed");
}

constexpr Builtin kFunctions[] = {
    {"boolean", "<x-:b>", 1, boolean}, {"not", "<x-:b>", 1, negated},
    {"exists", "<x:b>", 1, exists},    {"type", "<x:s>", 1, type},
    {"error", "<s?:x>", 1, error},     {"assert", "<bs?:x>", 2, assertion},
};

}  // namespace

std::span<const Builtin> boolean_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
