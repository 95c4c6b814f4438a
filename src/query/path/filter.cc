// SPDX-License-Identifier: Apache-2.0
// Comparisons as Jayway's ValueNodes and EvaluatorFactory make them.
#include "query/path/filter.h"

#include <algorithm>

#include "text/number.h"

namespace pawl::query::path {
namespace {

using json::Kind;
using json::Value;

/// An operand's value; nullptr is Jayway's UNDEFINED.
class Resolved {
 public:
  Resolved(const Operand& operand, const Value& item, const EvaluationRoots& roots) {
    switch (operand.kind) {
      case Operand::Kind::Literal: value_ = &operand.literal.value(); return;
      case Operand::Kind::Regex: return;
      case Operand::Kind::ItemPath: resolve(*operand.path, item, roots); return;
      case Operand::Kind::DocumentPath: resolve(*operand.path, *roots.document, roots); return;
    }
  }
  const Value* get() const { return value_; }

 private:
  void resolve(const Program& path, const Value& model, const EvaluationRoots& roots) {
    if (path.definite && !path.function) {
      value_ = find_definite(path, model);
      return;
    }
    base::Result<Value> made = evaluate(path, model, roots);
    if (!made) return;
    owned_ = *std::move(made);
    value_ = &owned_;
  }

  Value owned_;
  const Value* value_ = nullptr;
};

/// NumberNode and StringNode convert to each other when tested for equality; nothing else does.
bool equal(const Value& a, const Value& b) {
  if (a.is_number() && b.is_string()) {
    const auto number = text::parse_double(b.as_string());
    return number && *number == a.as_double();
  }
  if (a.is_string() && b.is_number()) return a.as_string() == b.number_text();
  return a == b;
}

/// Ordered only if both are numbers or both are text.
template <typename Compare>
bool ordered(const Value& a, const Value& b, Compare compare) {
  if (a.is_number() && b.is_number()) {
    int64_t x = 0;
    int64_t y = 0;
    if (a.to_int64(x) && b.to_int64(y)) return compare(x, y);
    return compare(a.as_double(), b.as_double());
  }
  if (a.is_string() && b.is_string()) return compare(a.as_string(), b.as_string());
  return false;
}

bool list_contains(const Value& list, const Value& wanted) {
  return list.is_array() && std::any_of(list.items().begin(), list.items().end(),
                                        [&](const Value& item) { return equal(wanted, item); });
}

bool all_in(const Value& items, const Value& list) {
  return items.is_array() && list.is_array() &&
         std::all_of(items.items().begin(), items.items().end(),
                     [&](const Value& item) { return list_contains(list, item); });
}

bool any_in(const Value& items, const Value& list) {
  return items.is_array() &&
         std::any_of(items.items().begin(), items.items().end(),
                     [&](const Value& item) { return list_contains(list, item); });
}

bool contains(const Value& whole, const Value& part) {
  if (whole.is_string() && part.is_string()) {
    return whole.as_string().find(part.as_string()) != std::string_view::npos;
  }
  return list_contains(whole, part);
}

size_t length_of(const Value& value) {
  return value.is_string() ? value.as_string().size() : value.size();
}

bool has_size(const Value& value, const Value& size) {
  int64_t expected = 0;
  if (!size.is_number() || !size.to_int64(expected)) return false;
  return (value.is_string() || value.is_container()) &&
         static_cast<int64_t>(length_of(value)) == expected;
}

bool is_empty(const Value& value, const Value& wanted) {
  if (!wanted.is_boolean() || !(value.is_string() || value.is_container())) return false;
  return (length_of(value) == 0) == wanted.as_boolean();
}

bool matches(const Filter& filter, const Value* left, const Value* right) {
  const bool pattern_is_left = filter.left.kind == Operand::Kind::Regex;
  const Value* subject = pattern_is_left ? right : left;
  const text::Regex* regex = nullptr;
  if (filter.left.regex) regex = &*filter.left.regex;
  if (filter.right.regex) regex = &*filter.right.regex;
  if (regex == nullptr || subject == nullptr) return false;
  if (subject->is_string()) return regex->matches_whole(subject->as_string());
  if (subject->is_number()) return regex->matches_whole(subject->number_text());
  if (subject->is_boolean()) return regex->matches_whole(subject->as_boolean() ? "true" : "false");
  return regex->matches_whole("");
}

bool compare(FilterOperator op, const Value* left, const Value* right) {
  const bool both = left != nullptr && right != nullptr;
  switch (op) {
    case FilterOperator::Equals: return both && equal(*left, *right);
    case FilterOperator::NotEquals: return !(both && equal(*left, *right));
    case FilterOperator::TypeSafeEquals:
      return both && left->kind() == right->kind() && *left == *right;
    case FilterOperator::TypeSafeNotEquals:
      return !(both && left->kind() == right->kind() && *left == *right);
    default: break;
  }
  if (!both) return false;
  switch (op) {
    case FilterOperator::Less:
      return ordered(*left, *right, [](const auto& a, const auto& b) { return a < b; });
    case FilterOperator::LessEquals:
      return ordered(*left, *right, [](const auto& a, const auto& b) { return a <= b; });
    case FilterOperator::Greater:
      return ordered(*left, *right, [](const auto& a, const auto& b) { return a > b; });
    case FilterOperator::GreaterEquals:
      return ordered(*left, *right, [](const auto& a, const auto& b) { return a >= b; });
    case FilterOperator::In: return list_contains(*right, *left);
    case FilterOperator::NotIn: return right->is_array() && !list_contains(*right, *left);
    case FilterOperator::SubsetOf: return all_in(*left, *right);
    case FilterOperator::AnyOf: return any_in(*left, *right);
    case FilterOperator::NoneOf:
      return left->is_array() && right->is_array() && !any_in(*left, *right);
    case FilterOperator::All: return all_in(*right, *left);
    case FilterOperator::Contains: return contains(*left, *right);
    case FilterOperator::Size: return has_size(*left, *right);
    case FilterOperator::Empty: return is_empty(*left, *right);
    default: return false;
  }
}

}  // namespace

bool accepts(const Filter& filter, const Value& item, const EvaluationRoots& roots) {
  const auto part_accepts = [&](const std::shared_ptr<const Filter>& part) {
    return accepts(*part, item, roots);
  };
  switch (filter.op) {
    case FilterOperator::And:
      return std::all_of(filter.parts.begin(), filter.parts.end(), part_accepts);
    case FilterOperator::Or:
      return std::any_of(filter.parts.begin(), filter.parts.end(), part_accepts);
    case FilterOperator::Not: return !part_accepts(filter.parts.front());
    default: break;
  }
  const Resolved left(filter.left, item, roots);
  if (filter.op == FilterOperator::Exists) return left.get() != nullptr;
  const Resolved right(filter.right, item, roots);
  if (filter.op == FilterOperator::Matches) return matches(filter, left.get(), right.get());
  return compare(filter.op, left.get(), right.get());
}

}  // namespace pawl::query::path
