// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/expression.h"

#include <utility>

#include "query/jsonata/analysis.h"
#include "query/jsonata/compiled_expression.h"
#include "query/jsonata/evaluation.h"
#include "query/jsonata/parser.h"
#include "query/jsonata/print.h"
#include "query/jsonata/process.h"
#include "query/jsonata/stored.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

/// Positions are bytes inside; the reference counts UTF-16 units.
EvaluationError in_utf16(EvaluationError error, std::string_view source) {
  if (error.position) error.position = text::utf16_offset_of_byte(source, *error.position);
  return error;
}

tl::expected<std::shared_ptr<CompiledExpression>, EvaluationError> compile_text(
    std::string_view source, const Expression::Options& options) {
  auto parsed = parse(source, options.dialect);
  if (!parsed) return tl::unexpected(in_utf16(std::move(parsed).error(), source));
  auto processed = process(std::move(*parsed));
  if (!processed) return tl::unexpected(in_utf16(std::move(processed).error(), source));
  auto compiled = std::make_shared<CompiledExpression>();
  compiled->source = source;
  compiled->dialect = options.dialect;
  compiled->functions = options.functions;
  compiled->root = std::move(*processed);
  compiled->layout = resolve(*compiled->root, options.functions);
  compiled->free_variables = free_variables_of(*compiled->root);
  return compiled;
}

}  // namespace

const EvaluationLimits& EvaluationLimits::strict() {
  static constexpr EvaluationLimits kStrict{20'000'000, 100, 6'990'256};
  return kStrict;
}

const EvaluationLimits& EvaluationLimits::extended() {
  static constexpr EvaluationLimits kExtended{200'000'000, 1'000, 160'000'000};
  return kExtended;
}

tl::expected<Expression, EvaluationError> Expression::compile(std::string_view source,
                                                              const Options& options) {
  auto compiled = compile_text(source, options);
  if (!compiled) return tl::unexpected(std::move(compiled).error());
  return Expression(std::move(*compiled));
}

tl::expected<EvaluationResult, EvaluationError> Expression::evaluate(
    const EvaluationInput& input) const {
  Evaluation evaluation(*compiled_, input);
  const Item item = evaluation.run();
  if (item.is_failure())
    return tl::unexpected(in_utf16(evaluation.take_error(), compiled_->source));
  EvaluationResult result;
  if (item.is_undefined()) return result;
  result.kind =
      item.is_function() ? EvaluationResult::Kind::Function : EvaluationResult::Kind::Value;
  if (item.is_function()) return result;
  // A non-finite number is special by itself; containers only if something special was stored.
  const json::Value value = stored(item);
  const bool is_special = evaluation.holds_special() || (value.is_null() && !item.is_null());
  if (is_special) {
    result.value = cleaned(value);
  } else {
    result.value = value.is_array() && value.annotation() != 0 ? value.annotated(0) : value;
  }
  return result;
}

const std::string& Expression::source() const { return compiled_->source; }

std::string Expression::print() const { return print_tree(*compiled_->root); }

const std::vector<std::string>& Expression::free_variables() const {
  return compiled_->free_variables;
}

std::vector<std::string> Expression::top_level_references() const {
  return top_level_references_of(*compiled_->root);
}

std::vector<std::string> Expression::fields_of(std::string_view name) const {
  return fields_of_variable(*compiled_->root, name);
}

struct Evaluation::Nested {
  std::shared_ptr<CompiledExpression> expression;
  EvaluationInput input;
  json::Value value;
  std::unique_ptr<Evaluation> evaluation;
};

// jsonata.js "functionEval".
Item Evaluation::evaluate_text(std::string_view text, const Item& input) {
  const auto wrapped = [this](std::string_view code, const EvaluationError& inner) {
    if (inner.is_bound()) return fail(inner);
    EvaluationError error(code);
    error.value = json::Value(inner.message());
    return fail(std::move(error));
  };
  if (nested_.size() >= kNestedMax || depth_ + 1 >= limits().depth)
    return bound_met("Stack overflow error: Check for non-terminating recursive function");
  auto compiled = compile_text(text, {dialect(), expression_.functions});
  if (!compiled) return wrapped("D3120", compiled.error());
  Nested& nested = *nested_.emplace_back(std::make_shared<Nested>());
  nested.expression = std::move(*compiled);
  nested.input = input_;
  nested.value =
      input.has_flag(ArrayFlag::kOuterWrapper) ? input.value().items()[0] : input.value();
  nested.input.input = input.is_undefined() ? nullptr : &nested.value;
  nested.evaluation = std::make_unique<Evaluation>(*nested.expression, nested.input);
  nested.evaluation->depth_ = depth_;
  const Item result = nested.evaluation->run();
  steps_ += nested.evaluation->steps_;
  if (result.is_failure()) return wrapped("D3121", nested.evaluation->take_error());
  holds_special_ = holds_special_ || nested.evaluation->holds_special();
  return result;
}

}  // namespace pawl::query::jsonata
