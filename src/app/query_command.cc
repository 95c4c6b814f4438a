// SPDX-License-Identifier: Apache-2.0
#include "app/query_command.h"

#include <unistd.h>

#include <chrono>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "app/exit_code.h"
#include "app/terminal.h"
#include "app/text_file.h"
#include "base/random.h"
#include "json/parse.h"
#include "json/write.h"
#include "query/jsonata/expression.h"
#include "query/path/path.h"
#include "text/unicode.h"

namespace pawl::app {
namespace {

using query::jsonata::EvaluationError;
using query::jsonata::Expression;

constexpr size_t kInputBytesMax = 1U << 30;
constexpr size_t kShownBytes = 100;
/// With --explain, so many steps are shown.
constexpr size_t kStepsShown = 500;

int refuse(const std::string& message) {
  write_fully(STDERR_FILENO, "pawl query: " + message + "\n");
  return kExitRefused;
}

/// The line of the expression with a mark below the place of the error.
std::string place_of(std::string_view source, const EvaluationError& error) {
  if (!error.position) return "";
  // Positions are the ends of tokens, in UTF-16 units.
  const size_t end = text::byte_of_utf16_offset(source, *error.position);
  const size_t before = source.substr(0, end).rfind('\n');
  const size_t line_start = before == std::string_view::npos ? 0 : before + 1;
  const size_t line_end = std::min(source.find('\n', line_start), source.size());
  const size_t column = text::count_code_points(source.substr(line_start, end - line_start));
  return "  " + printable(std::string(source.substr(line_start, line_end - line_start))) + "\n  " +
         std::string(column == 0 ? 0 : column - 1, ' ') + "^\n";
}

std::string described(const EvaluationError& error) {
  std::string text = error.is_bound() ? error.message() : error.code + ": " + error.message();
  if (error.position) text += " (position " + std::to_string(*error.position) + ")";
  return printable(text);
}

/// Prints each step with its value as it is made.
class Explanation final : public query::jsonata::EvaluationObserver {
 public:
  explicit Explanation(std::string_view source) : source_(source) {}

  void evaluated(size_t begin, size_t end, size_t depth, const json::Value* value) override {
    if (++steps_ > kStepsShown) return;
    std::string shown = value == nullptr ? "(undefined)" : json::write(*value);
    if (shown.size() > kShownBytes) shown = shown.substr(0, kShownBytes) + "…";
    const std::string part(source_.substr(begin, end - begin));
    write_fully(STDERR_FILENO,
                std::string(depth * 2, ' ') + printable(part) + "  =  " + printable(shown) + "\n");
  }

  void finish() const {
    if (steps_ <= kStepsShown) return;
    write_fully(STDERR_FILENO, "… and " + std::to_string(steps_ - kStepsShown) + " more steps\n");
  }

 private:
  std::string_view source_;
  size_t steps_ = 0;
};

void print_value(const json::Value& value) {
  write_fully(STDOUT_FILENO, json::write_pretty(value) + "\n");
}

int query_json_path(const QueryOptions& options, const json::Value& input) {
  auto path = query::Path::compile(options.expression);
  if (!path) return refuse(printable(path.error().message));
  const query::Bindings bindings{.input = &input};
  auto value = path->evaluate(bindings);
  if (!value) {
    write_fully(STDERR_FILENO, "pawl query: " + printable(value.error().message) + "\n");
    return kExitFailed;
  }
  print_value(*value);
  return kExitOk;
}

int query_jsonata(const QueryOptions& options, const std::optional<json::Value>& input) {
  Expression::Options dialect;
  if (!options.states) {
    dialect.dialect = query::jsonata::Dialect::Current;
    dialect.functions = query::jsonata::FunctionSet::Reference;
  }
  auto expression = Expression::compile(options.expression, dialect);
  if (!expression) {
    return refuse(described(expression.error()) + "\n" +
                  place_of(options.expression, expression.error()));
  }
  base::Random random{std::random_device{}()};
  Explanation explanation(options.expression);
  query::jsonata::EvaluationInput environment;
  environment.input = input ? &*input : nullptr;
  environment.random = &random;
  environment.now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count();
  if (!options.states) environment.limits = &query::jsonata::EvaluationLimits::extended();
  if (options.explain) {
    write_fully(STDERR_FILENO, printable(expression->print()) + "\n\n");
    environment.observer = &explanation;
  }
  const auto result = expression->evaluate(environment);
  if (options.explain) explanation.finish();
  if (!result) {
    write_fully(STDERR_FILENO, "pawl query: " + described(result.error()) + "\n" +
                                   place_of(options.expression, result.error()));
    return kExitFailed;
  }
  if (result->kind == query::jsonata::EvaluationResult::Kind::Value) print_value(result->value);
  if (result->kind == query::jsonata::EvaluationResult::Kind::Function)
    write_fully(STDERR_FILENO, "pawl query: the result is a function\n");
  return kExitOk;
}

}  // namespace

int run_query(const QueryOptions& options) {
  std::optional<json::Value> input;
  if (!options.input.empty()) {
    auto text = read_text_file(options.input, kInputBytesMax);
    if (!text) return refuse(printable(text.error().message));
    auto value = json::parse(*text);
    if (!value) {
      return refuse(printable(options.input) + ":" + std::to_string(value.error().position.line) +
                    ":" + std::to_string(value.error().position.column) + ": " +
                    printable(value.error().message));
    }
    input = std::move(*value);
  }
  if (options.json_path) return query_json_path(options, input.value_or(json::Value::object()));
  return query_jsonata(options, input);
}

}  // namespace pawl::app
