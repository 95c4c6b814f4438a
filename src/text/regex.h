// SPDX-License-Identifier: Apache-2.0
// Regex: PCRE2 with bounds on time, depth and heap. Patterns of Java and ECMAScript agree with it
// where paths and JSONata use them; look-around and back-references work.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::text {

struct RegexFlags {
  bool ignore_case = false;  ///< i
  bool multiline = false;    ///< m
  bool dot_all = false;      ///< s
  bool extended = false;     ///< x
  bool ecmascript = false;   ///< \d, \w, \b know ASCII only
};

/// Start and end in bytes of a group; nullopt if the group took no part.
struct RegexGroup {
  size_t start;
  size_t end;
};

/// Immutable, cheap to copy, safe to match from several threads.
class Regex {
 public:
  /// Errors: InvalidSyntax with PCRE2's message and the column.
  static base::Result<Regex> compile(std::string_view pattern, RegexFlags flags = {});

  using Groups = std::vector<std::optional<RegexGroup>>;

  /// The first match from byte `offset`; groups[0] is the whole. nullopt: no match, or a limit was
  /// met.
  std::optional<Groups> match(std::string_view subject, size_t offset = 0) const;
  /// The same, for who must tell the two apart. Beyond offset 0 the subject must be the one of an
  /// earlier call: that it is UTF-8 is not checked again.
  /// Errors: LimitExceeded (5,000,000 steps of backtracking).
  base::Result<std::optional<Groups>> find(std::string_view subject, size_t offset) const;
  /// True if the pattern matches the whole text, as Java's Matcher.matches().
  bool matches_whole(std::string_view subject) const;

 private:
  struct Code;
  explicit Regex(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

}  // namespace pawl::text
