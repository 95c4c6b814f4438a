// SPDX-License-Identifier: Apache-2.0
// The colours of graphs, light and dark: of `pawl graph` and, as console/src/app/colors.css, of the
// console. Each pair that text or a mark is made of is told apart as WCAG 2.1 AA asks for
// (palette_test.cc). No state is known by its colour alone: marks and words say the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pawl::graph {

enum class Theme : uint8_t { Light, Dark };

/// How far an execution has come with a state. Caught: it failed and a Catcher took over.
enum class StateStatus : uint8_t { NotEntered, Running, Succeeded, Failed, Caught, Aborted };

enum class Ink : uint8_t {
  Canvas,      ///< behind everything
  Node,        ///< a state's box
  NodeBorder,  ///< around a state that has no status, and around labels
  Text,
  Quiet,  ///< second lines
  Edge,
  EdgeTaken,  ///< an edge that an execution went; Start and End
  Catch,      ///< an edge to a Catcher's target, and its label
};

/// All are "#rrggbb".
std::string_view color(Theme theme, Ink ink);
/// Border and mark of a state.
std::string_view status_color(Theme theme, StateStatus status);
/// Its box; Ink::Node for NotEntered.
std::string_view status_fill(Theme theme, StateStatus status);
/// The tile behind the white icon of a state of this type, "Task"; also for types that do not
/// exist.
std::string_view type_color(Theme theme, std::string_view type);

/// console/src/app/colors.css, whole.
std::string colors_css();

}  // namespace pawl::graph
