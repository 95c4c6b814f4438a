// SPDX-License-Identifier: Apache-2.0
// The palette against WCAG 2.1: 1.4.3 (text, 4.5:1) and 1.4.11 (marks, 3:1), and the console's
// copy.
#include "graph/palette.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace pawl::graph {
namespace {

constexpr double kText = 4.5;
constexpr double kMark = 3.0;

/// WCAG 2.1, "relative luminance".
double luminance(std::string_view color) {
  const auto channel = [&](size_t at) {
    const double value = std::stoi(std::string(color.substr(at, 2)), nullptr, 16) / 255.0;
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

double contrast(std::string_view one, std::string_view other) {
  const double a = luminance(one);
  const double b = luminance(other);
  return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

class PaletteTest : public testing::TestWithParam<Theme> {
 protected:
  void expect(std::string_view front, std::string_view back, double least) {
    EXPECT_GE(contrast(front, back), least) << front << " on " << back;
  }
  std::string_view ink(Ink which) const { return color(GetParam(), which); }
};

constexpr StateStatus kEntered[] = {StateStatus::Running, StateStatus::Succeeded,
                                    StateStatus::Failed, StateStatus::Caught, StateStatus::Aborted};

TEST_P(PaletteTest, TextCanBeRead) {
  std::vector<std::string_view> backs{ink(Ink::Canvas), ink(Ink::Node)};
  for (const StateStatus status : kEntered) backs.push_back(status_fill(GetParam(), status));
  for (const std::string_view back : backs) {
    expect(ink(Ink::Text), back, kText);
    expect(ink(Ink::Quiet), back, kText);
  }
  for (const Ink back : {Ink::Canvas, Ink::Node}) {
    expect(ink(Ink::Catch), ink(back), kText);
    for (const StateStatus status : kEntered)
      expect(status_color(GetParam(), status), ink(back), kText);
  }
  for (const StateStatus status : kEntered) {
    expect(status_color(GetParam(), status), status_fill(GetParam(), status), kText);
    expect(ink(Ink::Canvas), status_color(GetParam(), status), kText);  // counts of visits
  }
}

TEST_P(PaletteTest, MarksCanBeSeen) {
  for (const Ink back : {Ink::Canvas, Ink::Node}) {
    expect(ink(Ink::Edge), ink(back), kMark);
    expect(ink(Ink::EdgeTaken), ink(back), kMark);
    expect(status_color(GetParam(), StateStatus::NotEntered), ink(back), kMark);
  }
  for (const char* type :
       {"Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map", "Other"}) {
    const std::string_view tile = type_color(GetParam(), type);
    expect("#ffffff", tile, kMark);
    expect(tile, ink(Ink::Node), kMark);
    expect(tile, ink(Ink::Canvas), kMark);
  }
  // The glyph of a status has the colour of the canvas, on a disc of the status'.
  for (const StateStatus status : kEntered)
    expect(ink(Ink::Canvas), status_color(GetParam(), status), kMark);
}

INSTANTIATE_TEST_SUITE_P(Themes, PaletteTest, testing::Values(Theme::Light, Theme::Dark));

TEST(Palette, StatusesDiffer) {
  for (const Theme theme : {Theme::Light, Theme::Dark}) {
    for (const StateStatus one : kEntered) {
      for (const StateStatus other : kEntered) {
        if (one == other) continue;
        EXPECT_NE(status_color(theme, one), status_color(theme, other));
        EXPECT_NE(status_fill(theme, one), status_fill(theme, other));
      }
    }
  }
}

TEST(Palette, TheConsoleHasTheSame) {
  const std::string path = PAWL_COLORS_CSS;
  if (std::getenv("PAWL_REBASE") != nullptr) std::ofstream(path, std::ios::binary) << colors_css();
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(text.str(), colors_css()) << "run ./dev test --rebase";
}

}  // namespace
}  // namespace pawl::graph
