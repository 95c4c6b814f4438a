// SPDX-License-Identifier: Apache-2.0
#include "graph/palette.h"

#include <array>
#include <cstddef>

namespace pawl::graph {
namespace {

struct Entry {
  std::string_view name;  ///< the CSS custom property's, without "--pawl-"
  std::array<std::string_view, 2> colors;
};

/// In the order of StateStatus.
constexpr std::array<Entry, 6> kStatuses{{
    {"status-not-entered", {"#7f8b9a", "#8d99a8"}},
    {"status-running", {"#0060c8", "#42b4ff"}},
    {"status-succeeded", {"#007a2d", "#2bb534"}},
    {"status-failed", {"#d00000", "#ff7a7a"}},
    {"status-caught", {"#a65200", "#ffb000"}},
    {"status-aborted", {"#5f626b", "#b4b4bb"}},
}};
/// The same, without NotEntered.
constexpr std::array<Entry, 5> kStatusFills{{
    {"status-running-fill", {"#e8f0fd", "#12304d"}},
    {"status-succeeded-fill", {"#e9f6ee", "#14301f"}},
    {"status-failed-fill", {"#fdeaec", "#421c21"}},
    {"status-caught-fill", {"#fdf3de", "#3b2d0c"}},
    {"status-aborted-fill", {"#eceff3", "#2a313a"}},
}};
/// White on them and they on a box can be seen in both themes. Pass is also what others look like.
constexpr size_t kPass = 1;
constexpr std::array<std::string_view, 8> kTypeNames{"Task",    "Pass", "Choice",   "Wait",
                                                     "Succeed", "Fail", "Parallel", "Map"};
constexpr std::array<Entry, 8> kTypes{{
    {"type-task", {"#d46f0b", "#d46f0b"}},
    {"type-pass", {"#6b7b8f", "#6b7b8f"}},
    {"type-choice", {"#ad7d08", "#ad7d08"}},
    {"type-wait", {"#8a63dc", "#8a63dc"}},
    {"type-succeed", {"#1d8a4b", "#1d8a4b"}},
    {"type-fail", {"#d84450", "#d84450"}},
    {"type-parallel", {"#0f7f8c", "#0f7f8c"}},
    {"type-map", {"#3a78d6", "#3a78d6"}},
}};
/// In the order of Ink.
constexpr std::array<Entry, 8> kInks{{
    {"graph-canvas", {"#f7f8fa", "#10161d"}},
    {"graph-node", {"#ffffff", "#1b242e"}},
    {"graph-node-border", {"#c3cbd6", "#45515f"}},
    {"graph-text", {"#1f2a37", "#e6eaef"}},
    {"graph-quiet", {"#5b6b7f", "#a4b1bf"}},
    {"graph-edge", {"#7b8794", "#75828f"}},
    {"graph-edge-taken", {"#1f2a37", "#d5dde6"}},
    {"graph-catch", {"#c9313d", "#ff8a8f"}},
}};

template <typename Enumerator>
constexpr size_t index_of(Enumerator value) {
  return static_cast<size_t>(value);
}

template <size_t Count>
void add_lines(const std::array<Entry, Count>& entries, Theme theme, std::string& out) {
  for (const Entry& entry : entries) {
    out += "  --pawl-" + std::string(entry.name) + ": " +
           std::string(entry.colors[index_of(theme)]) + ";\n";
  }
}

}  // namespace

std::string_view color(Theme theme, Ink ink) {
  return kInks.at(index_of(ink)).colors[index_of(theme)];
}

std::string_view status_color(Theme theme, StateStatus status) {
  return kStatuses.at(index_of(status)).colors[index_of(theme)];
}

std::string_view status_fill(Theme theme, StateStatus status) {
  if (status == StateStatus::NotEntered) return color(theme, Ink::Node);
  return kStatusFills.at(index_of(status) - 1).colors[index_of(theme)];
}

std::string_view type_color(Theme theme, std::string_view type) {
  for (size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == type) return kTypes[i].colors[index_of(theme)];
  }
  return kTypes[kPass].colors[index_of(theme)];
}

std::string colors_css() {
  std::string out =
      "/* SPDX-License-Identifier: Apache-2.0 */\n"
      "/* The colours of graphs and timelines, the same as those of `pawl graph`. Written from "
      "src/graph/palette.cc by\n"
      "   `./dev test --rebase`: change them there. */\n";
  for (const Theme theme : {Theme::Light, Theme::Dark}) {
    out += theme == Theme::Light ? ":root {\n" : ".awsui-dark-mode {\n";
    add_lines(kStatuses, theme, out);
    add_lines(kStatusFills, theme, out);
    add_lines(kTypes, theme, out);
    add_lines(kInks, theme, out);
    out += "}\n";
  }
  return out;
}

}  // namespace pawl::graph
