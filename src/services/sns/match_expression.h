// SPDX-License-Identifier: Apache-2.0
// {"prefix": "a"}, {"numeric": [">", 1]} and the other expressions of a filter policy's arrays, as
// AWS's rule compiler (event-ruler) reads them. A part of filter_compiler.cc.
#pragma once

#include <string>

#include "base/error.h"
#include "services/sns/filter_pattern.h"
#include "services/sns/policy_reader.h"

namespace pawl::sns {

/// "FilterPolicy: MESSAGE\n at [Source: …; line: 1, column: N]": InvalidSyntax.
base::Error mistake_at(const PolicyReader& reader, const std::string& message);

/// The reader stands on a number.
FilterPattern number_pattern(PolicyReader& reader);

/// The reader stands on the expression's opening brace; afterwards on the closing one.
base::Result<FilterPattern> read_match_expression(PolicyReader& reader);

}  // namespace pawl::sns
