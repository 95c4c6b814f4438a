// SPDX-License-Identifier: Apache-2.0
// Places in a text as an editor in a browser counts them.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.h"
#include "json/value.h"

namespace pawl::console {

/// {"line", "column", "offset"} of the byte: line and column from 1, column in characters; offset
/// in UTF-16 units from 0. Behind the end it is the end.
json::Value position_of_byte(std::string_view text, size_t byte);
/// The same of a place that parsers name, with its column in bytes.
json::Value position_of_place(std::string_view text, const base::SourcePosition& place);

}  // namespace pawl::console
