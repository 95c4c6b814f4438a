// SPDX-License-Identifier: Apache-2.0
// The readers that path and filter compilation share. Internal to query/path.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "query/path/filter.h"
#include "query/path/scanner.h"

namespace pawl::query::path {

/// Reads what follows "[?": "(expression)". Leaves the scanner behind the closing parenthesis.
base::Result<std::shared_ptr<const Filter>> compile_filter(Scanner& scanner);

/// Reads 'text' or "text" with backslash escapes.
base::Result<std::string> read_quoted(Scanner& scanner);

/// Skips a path that stands inside a filter or an argument list and returns its text: up to a
/// space, operator, comma or closing parenthesis outside of brackets and quotes.
std::string_view scan_path_text(Scanner& scanner);

}  // namespace pawl::query::path
