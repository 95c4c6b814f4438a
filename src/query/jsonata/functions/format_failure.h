// SPDX-License-Identifier: Apache-2.0
// From what format/ returns to what a built-in function returns.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "query/jsonata/evaluation.h"
#include "query/jsonata/format/format_error.h"

namespace pawl::query::jsonata {

inline Item format_failed(Evaluation& evaluation, const FormatError& failure) {
  EvaluationError error(failure.code.empty() ? "D3137" : failure.code);
  if (failure.code.empty()) {
    error.text = failure.value;
  } else if (failure.code == "U1001") {
    error.text = "Expression evaluation memory limit exceeded: Check for excessive memory usage";
  } else if (failure.has_value) {
    error.value = json::Value(failure.value);
  }
  return evaluation.fail(std::move(error));
}

inline Item text_or_failure(Evaluation& evaluation,
                            const tl::expected<std::string, FormatError>& text) {
  if (!text) return format_failed(evaluation, text.error());
  if (evaluation.exceeds_memory(text->size())) return Item::failure();
  return Item::string(*text);
}

}  // namespace pawl::query::jsonata
