// SPDX-License-Identifier: Apache-2.0
#include "app/text_table.h"

#include <algorithm>

#include "app/terminal.h"

namespace pawl::app {

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], display_width(printable(row[column])));
  }
  std::string out;
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (size_t column = 0; column < row.size(); ++column) {
      const std::string cell = printable(row[column]);
      line += "  " + cell + std::string(widths[column] - display_width(cell), ' ');
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

}  // namespace pawl::app
