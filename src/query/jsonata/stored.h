// SPDX-License-Identifier: Apache-2.0
// What can be done with Items without an evaluation: put them into containers, compare them, cast
// them to boolean, write them as text. JavaScript's rules, as the reference implementation's.
#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "json/value.h"
#include "query/jsonata/error.h"
#include "query/jsonata/format/dialect.h"
#include "query/jsonata/item.h"

namespace pawl::query::jsonata {

/// The value to put into an array or object: a number becomes JSON where it can; functions,
/// "undefined" and non-finite numbers stay annotated nulls (Evaluation cleans results of them).
json::Value stored(const Item& item);

/// JSON for an error's fields: JSON.stringify's view.
json::Value message_value(const Item& item);

/// utils.isDeepEqual.
bool deep_equal(const Item& a, const Item& b);

/// functions.boolean: nullopt for "undefined". Errors: D1001 for a non-finite number.
tl::expected<std::optional<bool>, EvaluationError> effective_boolean(const Item& item,
                                                                     Dialect dialect);

/// JavaScript's own truth, which comparators are asked for.
bool is_truthy(const Item& item);

/// A number as $string and "&" write it: 15 significant digits. Finite only.
std::string number_text(double number, Dialect dialect);

/// functions.string for what is defined. Errors: D3001, D1001.
tl::expected<std::string, EvaluationError> string_of(const Item& item, bool is_pretty,
                                                     Dialect dialect);

/// Makes JSON of a result, everywhere inside: annotations are dropped, functions become "" and
/// non-finite numbers "Infinity", "-Infinity", "NaN", as AWS shows them.
json::Value cleaned(const json::Value& value);

/// A copy of which no object or array is shared with the original, numbers rounded as $string does:
/// what $clone makes.
json::Value deep_copy(const json::Value& value, Dialect dialect);

}  // namespace pawl::query::jsonata
