// SPDX-License-Identifier: Apache-2.0
// Dates: $now, $millis, $fromMillis, $toMillis. "Now" is the time that came in with the evaluation.
#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"
#include "query/jsonata/format/date_time.h"
#include "query/jsonata/functions/format_failure.h"

namespace pawl::query::jsonata {
namespace {

std::optional<std::string_view> optional_text(const Item& item) {
  if (!item.is_string()) return std::nullopt;
  return item.as_string();
}

double now_ms(const BuiltinCall& call) {
  return static_cast<double>(call.evaluation.environment().now_ms);
}

Item now(const BuiltinCall& call) {
  return text_or_failure(call.evaluation,
                         from_millis(now_ms(call), optional_text(call[0]), optional_text(call[1]),
                                     call.evaluation.dialect()));
}

Item millis(const BuiltinCall& call) { return Item::number(now_ms(call)); }

Item from_millis_function(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  return text_or_failure(call.evaluation,
                         from_millis(call[0].as_number(), optional_text(call[1]),
                                     optional_text(call[2]), call.evaluation.dialect()));
}

Item to_millis_function(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  auto time = to_millis(call[0].as_string(), optional_text(call[1]), now_ms(call),
                        call.evaluation.dialect());
  if (!time) return format_failed(call.evaluation, time.error());
  return *time ? Item::number(**time) : Item();
}

constexpr Builtin kFunctions[] = {
    {"now", "<s?s?:s>", 2, now},
    {"millis", "<:n>", 0, millis},
    {"fromMillis", "<n-s?s?:s>", 3, from_millis_function},
    {"toMillis", "<s-s?:n>", 2, to_millis_function},
};

}  // namespace

std::span<const Builtin> date_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
