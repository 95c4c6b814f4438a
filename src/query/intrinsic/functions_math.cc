// SPDX-License-Identifier: Apache-2.0
// ASL Appendix B: intrinsics for numbers.
#include "query/intrinsic/call.h"

namespace pawl::query::intrinsic {

base::Result<json::Value> math_random(const Arguments& arguments) {
  const int64_t start = PAWL_TRY(integer_argument(arguments, 0));
  const int64_t end = PAWL_TRY(integer_argument(arguments, 1));
  if (end <= start) return failure(arguments, "the end must be greater than the start");
  const auto span = static_cast<uint64_t>(end) - static_cast<uint64_t>(start);
  if (arguments.values.size() == 3) {  // a seed: the same number every time
    base::Random seeded(static_cast<uint64_t>(PAWL_TRY(integer_argument(arguments, 2))));
    return json::Value(static_cast<int64_t>(static_cast<uint64_t>(start) + seeded.next() % span));
  }
  if (arguments.random == nullptr)
    return failure(arguments, "random values are not available here");
  return json::Value(
      static_cast<int64_t>(static_cast<uint64_t>(start) + arguments.random->next() % span));
}

base::Result<json::Value> math_add(const Arguments& arguments) {
  const int64_t a = PAWL_TRY(integer_argument(arguments, 0));
  const int64_t b = PAWL_TRY(integer_argument(arguments, 1));
  // "The range is -2147483648 to 2147483647", as of Java's int.
  const auto in_range = [](int64_t value) { return value >= INT32_MIN && value <= INT32_MAX; };
  if (!in_range(a) || !in_range(b) || !in_range(a + b))
    return failure(arguments, "a number is out of range");
  return json::Value(a + b);
}

}  // namespace pawl::query::intrinsic
