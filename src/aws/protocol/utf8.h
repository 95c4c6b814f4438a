// SPDX-License-Identifier: Apache-2.0
// Whether bytes from the wire are text. A Value holds text only: what is none could be written as
// JSON but not read again.
#pragma once

#include <string_view>

namespace pawl::aws {

/// Well-formed UTF-8 (Unicode, table 3-7): no surrogates, nothing written longer than needed.
bool is_utf8(std::string_view bytes);

}  // namespace pawl::aws
