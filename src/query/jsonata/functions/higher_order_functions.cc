// SPDX-License-Identifier: Apache-2.0
// Higher-order functions: $map, $filter, $single, $reduce, $sift, $each.
#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"

namespace pawl::query::jsonata {
namespace {

Item index_of(size_t index) { return Item::number(static_cast<double>(index)); }

Item map(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const Function& function = *call[1].as_function();
  Evaluation::Collector out(call.evaluation);
  const auto items = call[0].value().items();
  for (size_t i = 0; i < items.size(); ++i) {
    const Item result =
        call.evaluation.call_with(function, Item::view(items[i]), index_of(i), call[0]);
    if (result.is_failure()) return result;
    if (!result.is_undefined()) out.push(result);
  }
  return out.array(ArrayFlag::kSequence);
}

Item filter(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const Function& function = *call[1].as_function();
  Evaluation::Collector out(call.evaluation);
  const auto items = call[0].value().items();
  for (size_t i = 0; i < items.size(); ++i) {
    const Item result =
        call.evaluation.call_with(function, Item::view(items[i]), index_of(i), call[0]);
    if (result.is_failure()) return result;
    const auto is_true = call.evaluation.truth(result);
    if (!is_true) return Item::failure();
    if (*is_true) out.push_json(items[i]);
  }
  return out.array(ArrayFlag::kSequence);
}

Item single(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const auto items = call[0].value().items();
  const json::Value* found = nullptr;
  for (size_t i = 0; i < items.size(); ++i) {
    bool is_match = true;
    if (call[1].is_function()) {
      const Item result =
          call.evaluation.call_with(*call[1].as_function(), Item(items[i]), index_of(i), call[0]);
      if (result.is_failure()) return result;
      const auto is_true = call.evaluation.truth(result);
      if (!is_true) return Item::failure();
      is_match = *is_true;
    }
    if (!is_match) continue;
    if (found != nullptr) {
      EvaluationError error("D3138");
      error.index = i;
      return call.evaluation.fail(std::move(error));
    }
    found = &items[i];
  }
  return found == nullptr ? call.evaluation.fail("D3139") : Item(*found);
}

Item reduce(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const Function& function = *call[1].as_function();
  const size_t arity = function.arity();
  if (arity < 2) {
    EvaluationError error("D3050");
    error.index = 1;
    return call.evaluation.fail(std::move(error));
  }
  const auto items = call[0].value().items();
  Item result = call[2];
  size_t index = 0;
  if (result.is_undefined() && !items.empty()) result = Item(items[index++]);
  for (; index < items.size(); ++index) {
    Arguments arguments = {result, Item(items[index])};
    if (arity >= 3) arguments.push_back(index_of(index));
    if (arity >= 4) arguments.push_back(call[0]);
    result = call.evaluation.apply(function, std::move(arguments), Item::null());
    if (result.is_failure()) return result;
  }
  return result;
}

Item sift(const BuiltinCall& call) {
  if (!call[0].is_object() || !call[1].is_function()) return {};
  std::vector<json::Member> kept;
  for (const json::Member& member : call[0].value().members()) {
    const Item result = call.evaluation.call_with(*call[1].as_function(), Item(member.value),
                                                  Item(member.key), call[0]);
    if (result.is_failure()) return result;
    const auto is_true = call.evaluation.truth(result);
    if (!is_true) return Item::failure();
    if (*is_true) kept.push_back(member);
  }
  return kept.empty() ? Item() : Item(json::Value::object(std::move(kept)));
}

Item each(const BuiltinCall& call) {
  Evaluation::Collector out(call.evaluation);
  if (!call[0].is_object()) return out.array(ArrayFlag::kSequence);
  for (const json::Member& member : call[0].value().members()) {
    const Item result = call.evaluation.call_with(*call[1].as_function(), Item(member.value),
                                                  Item(member.key), call[0]);
    if (result.is_failure()) return result;
    if (!result.is_undefined()) out.push(result);
  }
  return out.array(ArrayFlag::kSequence);
}

constexpr Builtin kFunctions[] = {
    {"map", "<af>", 2, map},        {"filter", "<af>", 2, filter},
    {"single", "<af?>", 2, single}, {"reduce", "<afj?:j>", 3, reduce},
    {"sift", "<o-f?:o>", 2, sift},  {"each", "<o-f:a>", 2, each},
};

}  // namespace

std::span<const Builtin> higher_order_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
