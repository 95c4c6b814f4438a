// SPDX-License-Identifier: Apache-2.0
// Operators: arithmetic, comparison, logic, concatenation, ranges.
#include <cmath>

#include "query/jsonata/evaluation.h"
#include "query/jsonata/stored.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

/// "The size of the sequence allocated by the range operator must not exceed 1e7".
constexpr double kRangeMax = 1e7;

/// What a comparison compares: a string, a number, or nothing.
bool is_comparable(const Item& item) {
  return item.is_undefined() || item.is_string() || item.is_number();
}

bool is_integer(const Item& item) {
  return item.is_number() && std::isfinite(item.as_number()) &&
         item.as_number() == std::trunc(item.as_number());
}

template <typename T>
bool holds(Operator op, const T& a, const T& b) {
  switch (op) {
    case Operator::Less: return a < b;
    case Operator::LessEqual: return a <= b;
    case Operator::Greater: return a > b;
    default: return a >= b;
  }
}

bool compare_numbers(Operator op, double a, double b) {
  if (op == Operator::Equal) return a == b;
  return op == Operator::NotEqual ? a != b : holds(op, a, b);
}

/// Both sides are numbers, as the parser or JSON knows them: finite.
Item calculate(Operator op, double a, double b) {
  switch (op) {
    case Operator::Add: return Item::number(a + b);
    case Operator::Subtract: return Item::number(a - b);
    case Operator::Multiply: return Item::number(a * b);
    case Operator::Divide: return Item::number(a / b);
    case Operator::Modulo: return Item::number(std::fmod(a, b));
    default: return Item::boolean(compare_numbers(op, a, b));
  }
}

/// JavaScript's "===": containers are the same only if they are one.
bool strictly_equal(const Item& a, const Item& b) {
  if (a.is_array() || a.is_object())
    return a.value().kind() == b.value().kind() && a.value().same_node(b.value());
  return deep_equal(a, b);
}

}  // namespace

/// jsonata.js "evaluateBinary": an error gets the operator's position and name.
Item Evaluation::operator_failure(const Node& node, EvaluationError error) {
  error.position = node.position;
  error.token = std::string(operator_text(node.op));
  return fail(std::move(error));
}

/// A number literal, or a number that a plain path leads to: what most operators are about.
std::optional<double> Evaluation::plain_number(const Node& node, const Item& input, Frame* frame) {
  if (node.is(NodeType::Number) && node.is_bare) return node.number;
  if (!node.is_field_path) return std::nullopt;
  bool is_plain = false;
  const json::Value* value = field_path_value(node, input, frame, is_plain);
  if (!is_plain || value == nullptr || !value->is_number()) return std::nullopt;
  return value->as_double();
}

/// Comparisons of plain numbers, and what "and" and "or" make of them: no Items are needed.
std::optional<bool> Evaluation::plain_truth(const Node& node, const Item& input, Frame* frame) {
  if (!node.is(NodeType::Binary) || !node.is_bare || input_.observer != nullptr)
    return std::nullopt;
  if (node.op == Operator::And || node.op == Operator::Or) {
    const auto left = plain_truth(node.child(0), input, frame);
    if (!left || *left == (node.op == Operator::Or)) return left;
    return plain_truth(node.child(1), input, frame);
  }
  if (node.op < Operator::Equal || node.op > Operator::GreaterEqual) return std::nullopt;
  const auto left = plain_number(node.child(0), input, frame);
  if (!left) return std::nullopt;
  const auto right = plain_number(node.child(1), input, frame);
  if (!right) return std::nullopt;
  return compare_numbers(node.op, *left, *right);
}

Item Evaluation::eval_binary(const Node& node, const Item& input, Frame* frame) {
  if (node.op <= Operator::GreaterEqual && input_.observer == nullptr) {
    if (const auto left = plain_number(node.child(0), input, frame)) {
      if (const auto right = plain_number(node.child(1), input, frame))
        return calculate(node.op, *left, *right);
    }
  }
  if (node.op == Operator::And || node.op == Operator::Or) return eval_logical(node, input, frame);
  if (node.op == Operator::Default || node.op == Operator::Coalesce)
    return eval_default(node, input, frame);
  const Item left = eval(node.child(0), input, frame);
  if (left.is_failure()) return left;
  const Item right = eval(node.child(1), input, frame);
  if (right.is_failure()) return right;
  switch (node.op) {
    case Operator::Add:
    case Operator::Subtract:
    case Operator::Multiply:
    case Operator::Divide:
    case Operator::Modulo: return arithmetic(node, left, right);
    case Operator::Equal:
    case Operator::NotEqual:
      if (left.is_undefined() || right.is_undefined()) return Item::boolean(false);
      return Item::boolean(deep_equal(left, right) == (node.op == Operator::Equal));
    case Operator::Less:
    case Operator::LessEqual:
    case Operator::Greater:
    case Operator::GreaterEqual: return compare(node, left, right);
    case Operator::Concatenate: return concatenate(node, left, right);
    case Operator::Range: return range(node, left, right);
    case Operator::In: {
      if (left.is_undefined() || right.is_undefined()) return Item::boolean(false);
      if (!right.is_array()) return Item::boolean(strictly_equal(left, right));
      for (const json::Value& value : right.value().items()) {
        if (strictly_equal(left, Item(value))) return Item::boolean(true);
      }
      return Item::boolean(false);
    }
    default: break;
  }
  PAWL_ASSERT(false);
}

Item Evaluation::eval_logical(const Node& node, const Item& input, Frame* frame) {
  const Item left = eval(node.child(0), input, frame);
  if (left.is_failure()) return left;
  const auto left_truth = truth(left);
  if (left_truth && *left_truth == (node.op == Operator::Or)) return Item::boolean(*left_truth);
  std::optional<bool> result;
  if (left_truth) {
    const Item right = eval(node.child(1), input, frame);
    if (!right.is_failure()) result = truth(right);
  }
  if (result) return Item::boolean(*result);
  // The reference names this operator for whatever went wrong on its right.
  if (!error_->is_bound()) {
    error_->position = node.position;
    error_->token = std::string(operator_text(node.op));
  }
  return Item::failure();
}

/// "a ?: b": a if it is true; "a ?? b": a if it exists.
Item Evaluation::eval_default(const Node& node, const Item& input, Frame* frame) {
  Item left = eval(node.child(0), input, frame);
  if (left.is_failure()) return left;
  if (node.op == Operator::Coalesce) {
    if (!left.is_undefined()) return left;
  } else {
    const auto is_true = truth(left);
    if (!is_true) return Item::failure();
    if (*is_true) return left;
  }
  return eval(node.child(1), input, frame);
}

Item Evaluation::arithmetic(const Node& node, const Item& left, const Item& right) {
  const Item* operands[] = {&left, &right};
  for (size_t i = 0; i < 2; ++i) {
    const Item& operand = *operands[i];
    if (operand.is_undefined()) continue;
    // utils.isNumeric: NaN is no number, an infinite one is out of range.
    if (operand.is_number() && std::isinf(operand.as_number())) {
      EvaluationError error("D1001");
      error.value = message_value(operand);
      return operator_failure(node, std::move(error));
    }
    if (operand.is_number() && !std::isnan(operand.as_number())) continue;
    EvaluationError error(i == 0 ? "T2001" : "T2002");
    error.value = message_value(operand);
    return operator_failure(node, std::move(error));
  }
  if (left.is_undefined() || right.is_undefined()) return {};
  return calculate(node.op, left.as_number(), right.as_number());
}

Item Evaluation::compare(const Node& node, const Item& left, const Item& right) {
  if (left.is_number() && right.is_number())
    return Item::boolean(holds(node.op, left.as_number(), right.as_number()));
  if (!is_comparable(left) || !is_comparable(right)) {
    EvaluationError error("T2010");
    error.value = message_value(left.is_string() || left.is_number() ? right : left);
    return operator_failure(node, std::move(error));
  }
  if (left.is_undefined() || right.is_undefined()) return {};
  if (left.is_string() && right.is_string())
    return Item::boolean(
        holds(node.op, text::compare_utf16(left.as_string(), right.as_string()), 0));
  EvaluationError error("T2009");
  error.value = message_value(left);
  error.value2 = message_value(right);
  return operator_failure(node, std::move(error));
}

Item Evaluation::concatenate(const Node& node, const Item& left, const Item& right) {
  std::string text;
  for (const Item* operand : {&left, &right}) {
    if (operand->is_undefined()) continue;
    if (operand->is_string()) {
      text += operand->as_string();
      continue;
    }
    auto written = string_of(*operand, false, dialect());
    if (!written) return operator_failure(node, std::move(written).error());
    text += *written;
  }
  if (exceeds_memory(text.size())) return Item::failure();
  return Item::string(text);
}

Item Evaluation::range(const Node& node, const Item& left, const Item& right) {
  const Item* operands[] = {&left, &right};
  for (size_t i = 0; i < 2; ++i) {
    if (operands[i]->is_undefined() || is_integer(*operands[i])) continue;
    EvaluationError error(i == 0 ? "T2003" : "T2004");
    error.value = message_value(*operands[i]);
    return operator_failure(node, std::move(error));
  }
  if (left.is_undefined() || right.is_undefined()) return {};
  const double first = left.as_number();
  const double last = right.as_number();
  if (first > last) return {};
  const double size = last - first + 1;
  if (size > kRangeMax) {
    EvaluationError error("D2014");
    error.value = message_value(Item::number(size));
    return operator_failure(node, std::move(error));
  }
  if (exceeds_memory(static_cast<size_t>(size) * 8)) return Item::failure();
  Collector numbers(*this);
  for (double number = first; number <= last; ++number) numbers.push(Item::number(number));
  return numbers.array(ArrayFlag::kSequence);
}

}  // namespace pawl::query::jsonata
