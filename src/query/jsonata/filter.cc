// SPDX-License-Identifier: Apache-2.0
// Predicates: "[…]" as an index, a list of indices, or a condition.
#include <cmath>

#include "query/jsonata/evaluation.h"

namespace pawl::query::jsonata {
namespace {

/// Rounded down, and counted from the end if negative.
double place_of(double index, size_t count) {
  const double place = std::floor(index);
  return place < 0 ? static_cast<double>(count) + place : place;
}

}  // namespace

// jsonata.js "evaluateFilter".
Results Evaluation::eval_filter(const Node& predicate, Results input, Frame* frame) {
  if (input.is_tuples()) return filter_tuples(predicate, std::move(input.tuples), frame);
  const std::span<const json::Value> items =
      input.shape == Results::Shape::Many
          ? input.item.value().items()
          : std::span(&input.item.value(), static_cast<size_t>(input.shape == Results::Shape::One));
  if (predicate.is(NodeType::Number)) {
    const double place = place_of(predicate.number, items.size());
    if (!(place >= 0 && place < static_cast<double>(items.size()))) return Results::empty();
    Item item(items[static_cast<size_t>(place)]);
    if (item.is_undefined()) return Results::empty();
    return Results::of(std::move(item));
  }
  const bool has_tuples = expression_.layout.tuple_slots != 0;
  Collector kept(*this);
  for (size_t i = 0; i < items.size(); ++i) {
    const Item& item = Item::view(items[i]);
    Frame* inside = has_tuples ? make_tuple_frame(frame, nullptr) : frame;
    if (const auto is_true = plain_truth(predicate, item, inside); is_true && !has_tuples) {
      if (*is_true) kept.push_json(items[i]);
      continue;
    }
    size_t times = 0;
    const auto selected = selects(predicate, item, inside, i, items.size(), times);
    if (has_tuples) leave_frame(inside);
    if (!selected) return Results::failure();
    for (; times > 0; --times) kept.push_json(items[i]);
  }
  return kept.results();
}

Results Evaluation::filter_tuples(const Node& predicate, std::vector<Tuple> tuples, Frame* frame) {
  if (predicate.is(NodeType::Number)) {
    const double place = place_of(predicate.number, tuples.size());
    if (!(place >= 0 && place < static_cast<double>(tuples.size()))) return Results::of_tuples({});
    return Results::of_tuples({tuples[static_cast<size_t>(place)]});
  }
  std::vector<Tuple> kept;
  for (size_t i = 0; i < tuples.size(); ++i) {
    Frame* inside = make_tuple_frame(frame, &tuples[i]);
    size_t times = 0;
    const auto selected = selects(predicate, tuples[i][0], inside, i, tuples.size(), times);
    leave_frame(inside);
    if (!selected) return Results::failure();
    for (; times > 0; --times) kept.push_back(tuples[i]);
  }
  return Results::of_tuples(std::move(kept));
}

/// Sets how often the item at `index` is selected: a list of numbers may name it more than once.
/// nullopt: failed.
std::optional<bool> Evaluation::selects(const Node& predicate, const Item& context, Frame* frame,
                                        size_t index, size_t count, size_t& times) {
  const Item result = eval(predicate, context, frame);
  if (result.is_failure()) return std::nullopt;
  if (result.is_boolean()) {
    times = result.as_boolean() ? 1 : 0;
    return true;
  }
  const auto names_index = [index, count](double number) {
    return place_of(number, count) == static_cast<double>(index);
  };
  if (result.is_number() && !std::isnan(result.as_number())) {
    if (std::isinf(result.as_number())) {
      fail_value("D1001", result);
      return std::nullopt;
    }
    times = names_index(result.as_number()) ? 1 : 0;
    return true;
  }
  if (result.is_array()) {
    bool all_numbers = true;
    for (const json::Value& value : result.value().items())
      all_numbers = all_numbers && Item(value).is_number();
    if (all_numbers) {
      for (const json::Value& value : result.value().items())
        times += names_index(Item(value).as_number()) ? 1 : 0;
      return true;
    }
  }
  const auto is_true = truth(result);
  if (!is_true) return std::nullopt;
  times = *is_true ? 1 : 0;
  return true;
}

}  // namespace pawl::query::jsonata
