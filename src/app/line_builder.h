// SPDX-License-Identifier: Apache-2.0
// A line of a picture for a terminal, and the mark that turns while something runs.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "app/terminal.h"

namespace pawl::app {

inline constexpr std::array<std::string_view, 10> kSpinner{"⠋", "⠙", "⠹", "⠸", "⠼",
                                                           "⠴", "⠦", "⠧", "⠇", "⠏"};

/// A line that is cut to the terminal's width although escape sequences take no columns.
class LineBuilder {
 public:
  explicit LineBuilder(size_t columns) : columns_(columns) {}

  LineBuilder& add(std::string_view text, std::string_view style = {},
                   std::string_view reset = {}) {
    const std::string fitting = cut_to_width(text, columns_ - used_);
    used_ += display_width(fitting);
    if (fitting.empty()) return *this;
    out_ += style;
    out_ += fitting;
    if (!style.empty()) out_ += reset;
    return *this;
  }

  LineBuilder& pad_to(size_t column) {
    if (column > used_) add(std::string(column - used_, ' '));
    return *this;
  }

  size_t used() const { return used_; }
  std::string take() && {
    while (out_.ends_with(' ')) out_.pop_back();
    return std::move(out_);
  }

 private:
  size_t columns_;
  size_t used_ = 0;
  std::string out_;
};

}  // namespace pawl::app
