// SPDX-License-Identifier: Apache-2.0
// Order-by: "^(term, >term)". Terms are evaluated once for each item, before comparing.
#include <algorithm>
#include <numeric>

#include "query/jsonata/evaluation.h"
#include "query/jsonata/merge_sort.h"
#include "query/jsonata/stored.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

/// jsonata.js "comparator" for one term: negative, 0, positive; nullopt: not comparable.
std::optional<int> compare_terms(const Item& a, const Item& b, bool is_descending,
                                 std::string_view& code) {
  // A missing value stands last, whatever the direction.
  if (a.is_undefined() || b.is_undefined())
    return static_cast<int>(a.is_undefined()) - static_cast<int>(b.is_undefined());
  const auto is_comparable = [](const Item& item) { return item.is_string() || item.is_number(); };
  if (!is_comparable(a) || !is_comparable(b)) {
    code = "T2008";
    return std::nullopt;
  }
  if (a.is_string() != b.is_string()) {
    code = "T2007";
    return std::nullopt;
  }
  int order = 0;
  if (a.is_string()) {
    order = text::compare_utf16(a.as_string(), b.as_string());
  } else if (a.as_number() != b.as_number()) {
    order = a.as_number() < b.as_number() ? -1 : 1;
  }
  return is_descending ? -order : order;
}

}  // namespace

std::optional<std::vector<uint32_t>> Evaluation::sorted_order(const Node& sort,
                                                              const Results& input, Frame* frame) {
  const size_t count = input.size();
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  if (count <= 1) return order;
  const size_t terms = sort.terms.size();
  const bool has_tuples = expression_.layout.tuple_slots != 0;
  std::vector<Item> keys;
  keys.reserve(count * terms);
  for (size_t i = 0; i < count; ++i) {
    const Tuple* tuple = input.is_tuples() ? &input.tuples[i] : nullptr;
    const Item& item = tuple != nullptr ? (*tuple)[0] : Item::view(input.item.value().items()[i]);
    Frame* inside = has_tuples ? make_tuple_frame(frame, tuple) : frame;
    for (const SortTerm& term : sort.terms) {
      keys.push_back(eval(*term.expression, item, inside));
      if (keys.back().is_failure()) return std::nullopt;
    }
    if (has_tuples) leave_frame(inside);
  }
  const auto comes_after = [&](uint32_t a, uint32_t b) -> std::optional<bool> {
    for (size_t term = 0; term < terms; ++term) {
      const Item& x = keys[a * terms + term];
      const Item& y = keys[b * terms + term];
      std::string_view code;
      const auto compared = compare_terms(x, y, sort.terms[term].descending, code);
      if (!compared) {
        EvaluationError error(code);
        error.position = sort.position;
        const bool blames_y = code == "T2008" && (x.is_string() || x.is_number());
        error.value = message_value(blames_y ? y : x);
        if (code == "T2007") error.value2 = message_value(y);
        fail(std::move(error));
        return std::nullopt;
      }
      if (*compared != 0) return *compared > 0;
    }
    return false;
  };
  // Numbers alone, the usual case, need no look at types.
  if (terms == 1 &&
      std::all_of(keys.begin(), keys.end(), [](const Item& k) { return k.is_number(); })) {
    std::vector<std::pair<double, uint32_t>> numbers;
    numbers.reserve(count);
    for (size_t i = 0; i < count; ++i) numbers.emplace_back(keys[i].as_number(), order[i]);
    auto spare = numbers;
    const bool is_descending = sort.terms[0].descending;
    const auto number_after = [is_descending](const auto& a, const auto& b) {
      return std::optional<bool>(is_descending ? a.first < b.first : a.first > b.first);
    };
    merge_sort(numbers, spare, 0, count, number_after);
    for (size_t i = 0; i < count; ++i) order[i] = numbers[i].second;
    return order;
  }
  std::vector<uint32_t> spare(count);
  if (!merge_sort(order, spare, 0, count, comes_after)) return std::nullopt;
  return order;
}

}  // namespace pawl::query::jsonata
