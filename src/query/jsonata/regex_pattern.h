// SPDX-License-Identifier: Apache-2.0
// Regular expressions as ECMAScript 2023 section 22.2 writes them, compiled by PCRE2.
#pragma once

#include <memory>
#include <string_view>

#include <tl/expected.hpp>

#include "query/jsonata/error.h"
#include "text/regex.h"

namespace pawl::query::jsonata {

/// `flags` are "i" and "m". Errors: S0302 with the words of a JavaScript SyntaxError.
tl::expected<std::shared_ptr<const text::Regex>, EvaluationError> compile_regex(
    std::string_view pattern, std::string_view flags);

}  // namespace pawl::query::jsonata
