// SPDX-License-Identifier: Apache-2.0
// ASL Appendix B: intrinsics for arrays.
#include <algorithm>
#include <utility>

#include "query/intrinsic/call.h"

namespace pawl::query::intrinsic {
namespace {

constexpr size_t kRangeItemsMax = 1'000;  // "States.ArrayRange": up to 1000 elements

base::Result<void> require_array(const Arguments& arguments) {
  if (arguments.values[0].is_array()) return {};
  return failure(arguments, "the first argument must be an array");
}

}  // namespace

base::Result<json::Value> array(const Arguments& arguments) {
  return json::Value::array({arguments.values.begin(), arguments.values.end()});
}

base::Result<json::Value> array_partition(const Arguments& arguments) {
  PAWL_TRY_VOID(require_array(arguments));
  const int64_t chunk = PAWL_TRY(integer_argument(arguments, 1));
  if (chunk <= 0) return failure(arguments, "the chunk size must be a positive integer");
  const auto items = arguments.values[0].items();
  std::vector<json::Value> chunks;
  for (size_t start = 0; start < items.size();) {
    const size_t count = std::min(static_cast<size_t>(chunk), items.size() - start);
    const auto part = items.subspan(start, count);
    chunks.push_back(json::Value::array({part.begin(), part.end()}));
    start += count;
  }
  return json::Value::array(std::move(chunks));
}

base::Result<json::Value> array_contains(const Arguments& arguments) {
  PAWL_TRY_VOID(require_array(arguments));
  const auto items = arguments.values[0].items();
  return json::Value(std::find(items.begin(), items.end(), arguments.values[1]) != items.end());
}

base::Result<json::Value> array_range(const Arguments& arguments) {
  const int64_t first = PAWL_TRY(integer_argument(arguments, 0));
  const int64_t last = PAWL_TRY(integer_argument(arguments, 1));
  const int64_t step = PAWL_TRY(integer_argument(arguments, 2));
  if (step == 0) return failure(arguments, "the increment must not be 0");
  const bool upwards = step > 0;
  std::vector<json::Value> items;
  for (int64_t i = first; upwards ? i <= last : i >= last;) {
    if (items.size() == kRangeItemsMax) {
      return failure(arguments, "the range has more than 1000 elements");
    }
    items.emplace_back(i);
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  return json::Value::array(std::move(items));
}

base::Result<json::Value> array_get_item(const Arguments& arguments) {
  PAWL_TRY_VOID(require_array(arguments));
  const int64_t index = PAWL_TRY(integer_argument(arguments, 1));
  const auto items = arguments.values[0].items();
  if (index < 0 || static_cast<size_t>(index) >= items.size())
    return failure(arguments, "the index is out of bounds");
  return items[static_cast<size_t>(index)];
}

base::Result<json::Value> array_length(const Arguments& arguments) {
  PAWL_TRY_VOID(require_array(arguments));
  return json::Value(static_cast<int64_t>(arguments.values[0].size()));
}

base::Result<json::Value> array_unique(const Arguments& arguments) {
  PAWL_TRY_VOID(require_array(arguments));
  std::vector<json::Value> unique;
  for (const json::Value& item : arguments.values[0].items()) {
    if (std::find(unique.begin(), unique.end(), item) == unique.end()) unique.push_back(item);
  }
  return json::Value::array(std::move(unique));
}

}  // namespace pawl::query::intrinsic
