// SPDX-License-Identifier: Apache-2.0
// {"prefix": "a"}, {"numeric": [">", 1]} and the other expressions in the arrays of an event
// pattern, in the order of AWS's open rule compiler (github.com/aws/event-ruler, JsonRuleCompiler),
// because what it says of a mistake names the place where it stands. A part of event_pattern.cc.
#pragma once

#include <string>

#include "aws/event/pattern_reader.h"
#include "aws/event/value_pattern.h"
#include "base/error.h"

namespace pawl::aws {

/// "MESSAGE\n at [Source: …; line: 1, column: N]": InvalidSyntax.
base::Error mistake_at(const PatternReader& reader, const std::string& message);

/// The reader stands on a number.
ValuePattern number_pattern(PatternReader& reader);

/// The reader stands on the expression's opening brace; afterwards on the closing one.
base::Result<ValuePattern> read_match_expression(PatternReader& reader);

}  // namespace pawl::aws
