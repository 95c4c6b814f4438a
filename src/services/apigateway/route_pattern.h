// SPDX-License-Identifier: Apache-2.0
// RoutePattern: "/pets/{id}" and "/files/{proxy+}" against a path, and which of several fits best
// (Developer Guide "Routing API requests": a full match before a greedy variable, text before a
// variable).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::apigateway {

/// Segments of a path, as encoded: {"a", "b"} of "/a/b", {} of "/".
std::vector<std::string_view> path_segments(std::string_view path);

/// Immutable, thread-safe.
class RoutePattern {
 public:
  /// nullopt unless it begins with "/", each variable is a whole segment with a name of its own,
  /// and a greedy one the last.
  static std::optional<RoutePattern> parse(std::string_view text);

  using Parameters = std::vector<std::pair<std::string, std::string>>;
  /// The variables, still encoded; nullopt if it does not match.
  std::optional<Parameters> match(const std::vector<std::string_view>& segments) const;
  /// Greater fits better, among patterns that match the same path.
  std::string rank() const;

 private:
  enum class Kind { Text, Variable, Greedy };
  struct Segment {
    Kind kind = Kind::Text;
    std::string text;
  };
  std::vector<Segment> segments_;
};

}  // namespace pawl::apigateway
