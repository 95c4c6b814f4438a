// SPDX-License-Identifier: Apache-2.0
// UTF-8, already known to be valid, as code points.
#pragma once

#include <string_view>
#include <vector>

namespace pawl::formation::serverless {

std::vector<char32_t> code_points(std::string_view utf8);

}  // namespace pawl::formation::serverless
