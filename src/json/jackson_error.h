// SPDX-License-Identifier: Apache-2.0
// The words in which AWS (Jackson 2) reports that a text is not JSON: API diagnostic
// INVALID_JSON_DESCRIPTION.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::json {

/// `location` is "[Source: (String)"…"; line: 1, column: 4]": Jackson quotes the first 500
/// characters.
struct JacksonError {
  std::string message;
  std::string location;
};

/// What Jackson says of a text that json::parse refused with `error`. The most frequent mistakes
/// are told in Jackson's own words, at its own place; the others in ours.
JacksonError jackson_error(std::string_view text, const base::Error& error);

}  // namespace pawl::json
