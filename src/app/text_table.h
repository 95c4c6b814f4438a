// SPDX-License-Identifier: Apache-2.0
// Rows of text in columns as wide as their widest cell, for people.
#pragma once

#include <string>
#include <vector>

namespace pawl::app {

/// Two spaces between columns and before each row; nothing behind the last cell. Cells are made
/// printable.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace pawl::app
