// SPDX-License-Identifier: Apache-2.0
// Evaluated while it is read: an expression is used once.
#include "services/cloudwatch/metric_math.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "text/number.h"

// NOTE: g++ 12 takes the list of a moved variant for uninitialized (GCC bug 105562 and its like).
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace pawl::cloudwatch {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kDepthMax = 50;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

using Operation = std::function<double(double, double)>;

/// At times that both have; a number is at every time.
MathValue combine(const MathValue& a, const MathValue& b, const Operation& operation) {
  const auto* lists_a = std::get_if<std::vector<TimeSeries>>(&a);
  const auto* lists_b = std::get_if<std::vector<TimeSeries>>(&b);
  if (lists_a != nullptr || lists_b != nullptr) {
    // Of two lists one by one, of one each with the other value.
    const size_t size = lists_a == nullptr   ? lists_b->size()
                        : lists_b == nullptr ? lists_a->size()
                                             : std::min(lists_a->size(), lists_b->size());
    std::vector<TimeSeries> out;
    for (size_t i = 0; i < size; ++i) {
      MathValue one = combine(lists_a != nullptr ? MathValue((*lists_a)[i]) : a,
                              lists_b != nullptr ? MathValue((*lists_b)[i]) : b, operation);
      out.push_back(std::get<TimeSeries>(std::move(one)));
    }
    return out;
  }
  const auto* left = std::get_if<TimeSeries>(&a);
  const auto* right = std::get_if<TimeSeries>(&b);
  if (left == nullptr && right == nullptr)
    return operation(std::get<double>(a), std::get<double>(b));
  TimeSeries out;
  for (const auto& [time, value] : left != nullptr ? *left : *right) {
    double first = value;
    double second = value;
    if (left != nullptr && right != nullptr) {
      const auto found = right->find(time);
      if (found == right->end()) continue;
      second = found->second;
    } else if (left != nullptr) {
      second = std::get<double>(b);
    } else {
      first = std::get<double>(a);
    }
    const double result = operation(first, second);
    if (std::isfinite(result)) out[time] = result;
  }
  return out;
}

MathValue each_value(const MathValue& value, double (*operation)(double)) {
  return combine(value, MathValue(0.0), [operation](double a, double) { return operation(a); });
}

/// Several series as one, time by time; one series as a number.
MathValue aggregate(const MathValue& value,
                    const std::function<double(const std::vector<double>&)>& operation) {
  if (const auto* number = std::get_if<double>(&value)) return operation({*number});
  if (const auto* series = std::get_if<TimeSeries>(&value)) {
    std::vector<double> all;
    for (const auto& [time, each] : *series) all.push_back(each);
    return all.empty() ? 0.0 : operation(all);
  }
  std::map<int64_t, std::vector<double>> by_time;
  for (const TimeSeries& series : std::get<std::vector<TimeSeries>>(value)) {
    for (const auto& [time, each] : series) by_time[time].push_back(each);
  }
  TimeSeries out;
  for (const auto& [time, all] : by_time) out[time] = operation(all);
  return out;
}

double sum_of(const std::vector<double>& all) {
  double sum = 0;
  for (const double each : all) sum += each;
  return sum;
}

double deviation_of(const std::vector<double>& all) {
  const double mean = sum_of(all) / static_cast<double>(all.size());
  double squares = 0;
  for (const double each : all) squares += (each - mean) * (each - mean);
  return std::sqrt(squares / static_cast<double>(all.size()));
}

class Reader {
 public:
  Reader(std::string_view text, const MathScope& scope) : rest_(text), scope_(scope) {}

  Result<MathValue> read() {
    MathValue value = PAWL_TRY(comparison(0));
    skip();
    if (!rest_.empty()) return wrong("unexpected '" + std::string(rest_.substr(0, 10)) + "'");
    return value;
  }

 private:
  static Error wrong(const std::string& why) {
    return {ErrorKind::InvalidSyntax, "Error in expression: " + why};
  }
  void skip() {
    while (!rest_.empty() &&
           (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\t'))
      rest_.remove_prefix(1);
  }
  bool take(std::string_view text) {
    skip();
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  Result<MathValue> comparison(size_t depth) {
    if (depth > kDepthMax) return wrong("nested too deep");
    MathValue left = PAWL_TRY(sum(depth));
    struct Comparison {
      const char* text;
      bool (*holds)(double, double);
    };
    constexpr Comparison kComparisons[] = {{"==", [](double a, double b) { return a == b; }},
                                           {"!=", [](double a, double b) { return a != b; }},
                                           {"<=", [](double a, double b) { return a <= b; }},
                                           {">=", [](double a, double b) { return a >= b; }},
                                           {"<", [](double a, double b) { return a < b; }},
                                           {">", [](double a, double b) { return a > b; }}};
    for (const Comparison& each : kComparisons) {
      if (!take(each.text)) continue;
      return combine(left, PAWL_TRY(sum(depth)),
                     [holds = each.holds](double a, double b) { return holds(a, b) ? 1.0 : 0.0; });
    }
    return left;
  }

  Result<MathValue> sum(size_t depth) {
    MathValue left = PAWL_TRY(product(depth));
    while (true) {
      if (take("+")) {
        left = combine(left, PAWL_TRY(product(depth)), std::plus<>());
      } else if (take("-")) {
        left = combine(left, PAWL_TRY(product(depth)), std::minus<>());
      } else {
        return left;
      }
    }
  }

  Result<MathValue> product(size_t depth) {
    MathValue left = PAWL_TRY(power(depth));
    while (true) {
      if (take("*")) {
        left = combine(left, PAWL_TRY(power(depth)), std::multiplies<>());
      } else if (take("/")) {
        left = combine(left, PAWL_TRY(power(depth)), std::divides<>());
      } else {
        return left;
      }
    }
  }

  Result<MathValue> power(size_t depth) {
    MathValue left = PAWL_TRY(primary(depth));
    while (take("^")) {
      left = combine(left, PAWL_TRY(primary(depth)),
                     [](double a, double b) { return std::pow(a, b); });
    }
    return left;
  }

  Result<MathValue> primary(size_t depth) {
    if (depth > kDepthMax) return wrong("nested too deep");
    skip();
    if (take("(")) {
      MathValue value = PAWL_TRY(comparison(depth + 1));
      if (!take(")")) return wrong("a parenthesis is not closed");
      return value;
    }
    if (take("-")) {
      return combine(MathValue(0.0), PAWL_TRY(primary(depth + 1)), std::minus<>());
    }
    if (take("[")) {
      std::vector<TimeSeries> list;
      do {
        MathValue item = PAWL_TRY(comparison(depth + 1));
        const auto* series = std::get_if<TimeSeries>(&item);
        if (series == nullptr) return wrong("a list is of series");
        list.push_back(*series);
      } while (take(","));
      if (!take("]")) return wrong("a list is not closed");
      return MathValue(std::move(list));
    }
    const bool is_number =
        !rest_.empty() && ((rest_.front() >= '0' && rest_.front() <= '9') || rest_.front() == '.');
    size_t end = 0;
    while (end < rest_.size() && (is_word(rest_[end]) || (is_number && rest_[end] == '.'))) ++end;
    const std::string word(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (word.empty()) return wrong("something is missing");
    if (is_number) {
      const auto value = text::parse_double(word);
      if (!value) return wrong("'" + word + "' is no number");
      return MathValue(*value);
    }
    if (!take("(")) return scope_.find(word);
    return call(word, depth + 1);
  }

  /// FILL's second argument may be a word.
  Result<MathValue> fill(size_t depth) {
    const MathValue value = PAWL_TRY(comparison(depth));
    if (!take(",")) return wrong("FILL takes two arguments");
    const bool repeats = take("REPEAT");
    double filler = 0;
    if (!repeats) {
      const MathValue given = PAWL_TRY(comparison(depth));
      const auto* number = std::get_if<double>(&given);
      if (number == nullptr)
        return Error(ErrorKind::Unsupported, "FILL with a series or LINEAR is not supported");
      filler = *number;
    }
    if (!take(")")) return wrong("a parenthesis is not closed");
    const auto* series = std::get_if<TimeSeries>(&value);
    if (series == nullptr) return wrong("FILL is of a series");
    TimeSeries out;
    std::optional<double> last;
    for (int64_t time = scope_.start_ms; time < scope_.end_ms; time += scope_.period_ms) {
      const auto found = series->find(time);
      if (found != series->end()) last = found->second;
      if (found != series->end()) {
        out[time] = found->second;
      } else if (!repeats) {
        out[time] = filler;
      } else if (last) {
        out[time] = *last;
      }
    }
    return MathValue(std::move(out));
  }

  Result<MathValue> call(const std::string& name, size_t depth) {
    if (name == "FILL") return fill(depth);
    std::vector<MathValue> arguments;
    if (!take(")")) {
      do {
        arguments.push_back(PAWL_TRY(comparison(depth)));
      } while (take(","));
      if (!take(")")) return wrong("a parenthesis is not closed");
    }
    if (name == "METRICS" && arguments.empty()) return MathValue(scope_.metrics);
    if (name == "IF" && arguments.size() >= 2) return choose(arguments);
    if (arguments.size() != 1) {
      return Error(ErrorKind::Unsupported, "The function " + name + " with " +
                                               std::to_string(arguments.size()) +
                                               " arguments is not supported");
    }
    return of_one(name, arguments[0]);
  }

  /// Where the condition holds the first, else the second; without a second nothing.
  static Result<MathValue> choose(const std::vector<MathValue>& arguments) {
    const auto at = [](const MathValue& value, int64_t time) -> std::optional<double> {
      if (const auto* number = std::get_if<double>(&value)) return *number;
      const auto* series = std::get_if<TimeSeries>(&value);
      if (series == nullptr) return std::nullopt;
      const auto found = series->find(time);
      return found == series->end() ? std::nullopt : std::optional<double>(found->second);
    };
    const auto* condition = std::get_if<TimeSeries>(&arguments[0]);
    if (condition == nullptr) return wrong("IF's condition is a series");
    TimeSeries out;
    for (const auto& [time, value] : *condition) {
      const size_t chosen = value != 0 ? 1 : 2;
      if (chosen >= arguments.size()) continue;
      if (const auto result = at(arguments[chosen], time)) out[time] = *result;
    }
    return MathValue(std::move(out));
  }

  Result<MathValue> of_one(const std::string& name, const MathValue& value) const {
    if (name == "SUM") return aggregate(value, sum_of);
    if (name == "AVG") {
      return aggregate(value, [](const std::vector<double>& all) {
        return sum_of(all) / static_cast<double>(all.size());
      });
    }
    if (name == "MIN") {
      return aggregate(value,
                       [](const auto& all) { return *std::min_element(all.begin(), all.end()); });
    }
    if (name == "MAX") {
      return aggregate(value,
                       [](const auto& all) { return *std::max_element(all.begin(), all.end()); });
    }
    if (name == "STDDEV") return aggregate(value, deviation_of);
    if (name == "METRIC_COUNT") {
      const auto* list = std::get_if<std::vector<TimeSeries>>(&value);
      return MathValue(list == nullptr ? 1.0 : static_cast<double>(list->size()));
    }
    if (name == "PERIOD") return MathValue(static_cast<double>(scope_.period_ms) / 1000);
    if (name == "ABS") return each_value(value, [](double a) { return std::fabs(a); });
    if (name == "CEIL") return each_value(value, [](double a) { return std::ceil(a); });
    if (name == "FLOOR") return each_value(value, [](double a) { return std::floor(a); });
    const auto* series = std::get_if<TimeSeries>(&value);
    if (series != nullptr && (name == "DIFF" || name == "RATE" || name == "RUNNING_SUM")) {
      TimeSeries out;
      std::optional<std::pair<int64_t, double>> last;
      double running = 0;
      for (const auto& [time, each] : *series) {
        running += each;
        if (name == "RUNNING_SUM") out[time] = running;
        if (last && name == "DIFF") out[time] = each - last->second;
        if (last && name == "RATE")
          out[time] = (each - last->second) / (static_cast<double>(time - last->first) / 1000);
        last = {time, each};
      }
      return MathValue(std::move(out));
    }
    return Error(ErrorKind::Unsupported, "The function " + name + " is not supported");
  }

  std::string_view rest_;
  const MathScope& scope_;
};

}  // namespace

Result<MathValue> evaluate_math(std::string_view expression, const MathScope& scope) {
  return Reader(expression, scope).read();
}

}  // namespace pawl::cloudwatch
