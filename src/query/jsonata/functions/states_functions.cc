// SPDX-License-Identifier: Apache-2.0
// What AWS Step Functions adds to the language: $partition, $range, $hash, $random(seed), $uuid,
// $parse ("JSONata functions provided by Step Functions", Developer Guide).
#include <cmath>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "json/parse.h"
#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"
#include "query/jsonata/functions/random_numbers.h"
#include "query/jsonata/stored.h"

namespace pawl::query::jsonata {
namespace {

/// $range makes at most so many numbers, as States.ArrayRange.
constexpr double kRangeItemsMax = 1'000;

Item refused(const BuiltinCall& call, std::string text) {
  EvaluationError error("D3137");
  error.text = std::move(text);
  return call.evaluation.fail(std::move(error));
}

Item partition(const BuiltinCall& call) {
  if (call[0].is_undefined() || !call[1].is_number()) return {};
  const double wanted = std::trunc(call[1].as_number());
  if (!(wanted >= 1)) return refused(call, "The chunk size of $partition() must be positive");
  const auto items = call[0].value().items();
  const auto size = static_cast<size_t>(std::fmin(wanted, static_cast<double>(items.size()) + 1));
  Evaluation::Collector out(call.evaluation);
  for (size_t at = 0; at < items.size(); at += size) {
    const auto chunk = items.subspan(at, std::min(size, items.size() - at));
    out.push_json(json::Value::array({chunk.begin(), chunk.end()}));
  }
  return out.array(0);
}

/// From start to end, both included; the arguments are truncated toward 0.
Item range(const BuiltinCall& call) {
  for (size_t i = 0; i < 3; ++i) {
    if (!call[i].is_number()) return {};
  }
  const double first = std::trunc(call[0].as_number());
  const double last = std::trunc(call[1].as_number());
  const double step = std::trunc(call[2].as_number());
  if (step == 0 || !std::isfinite(first + last + step))
    return refused(call, "The step of $range() must not be 0");
  const double count = std::floor((last - first) / step) + 1;
  if (count > kRangeItemsMax) return refused(call, "$range() can make at most 1000 numbers");
  Evaluation::Collector out(call.evaluation);
  for (double i = 0; i < count; ++i) out.push(Item::number(first + i * step));
  return out.array(0);
}

Item hash(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const std::string_view algorithm = call[1].is_string() ? call[1].as_string() : std::string_view();
  const std::optional<base::DigestAlgorithm> known = base::digest_algorithm_named(algorithm);
  if (!known)
    return refused(call, "$hash() knows the algorithms MD5, SHA-1, SHA-256, SHA-384 and SHA-512");
  return Item::string(base::hex_encode(base::digest(*known, call[0].as_string())));
}

/// With a seed, the same number each time.
Item random(const BuiltinCall& call) {
  if (!call[0].is_number())
    return Item::number(RandomNumbers(call.evaluation.environment()).next());
  base::Random seeded(static_cast<uint64_t>(std::hash<double>{}(call[0].as_number())));
  return Item::number(seeded.next_double());
}

Item uuid(const BuiltinCall& call) {
  return Item::string(RandomNumbers(call.evaluation.environment()).uuid());
}

Item parse(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  json::ParseOptions options;
  options.bytes_max = call.evaluation.limits().bytes;
  auto value = json::parse(call[0].as_string(), options);
  if (!value) return refused(call, "$parse() got no JSON: " + value.error().message);
  return Item(std::move(*value));
}

constexpr Builtin kFunctions[] = {
    {"partition", "<an:a>", 2, partition},
    {"range", "<nnn:a<n>>", 3, range},
    {"hash", "<s-s:s>", 2, hash},
    {"random", "<n?:n>", 1, random},
    {"uuid", "<:s>", 0, uuid},
    {"parse", "<s-:x>", 1, parse},
};

}  // namespace

std::span<const Builtin> states_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
