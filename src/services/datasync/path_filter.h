// SPDX-License-Identifier: Apache-2.0
// PathFilter: DataSync's includes and excludes, SIMPLE_PATTERN ("Filtering the data transferred by
// AWS DataSync"): "/folder*|*.tmp".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace pawl::datasync {

/// Immutable; thread-safe.
class PathFilter {
 public:
  /// Filter rules of the API, both may be null.
  PathFilter(const json::Value* includes, const json::Value* excludes);

  /// A key without slash in front. With includes only what one of them matches is taken; a pattern
  /// that matches a folder matches what is in it. Excludes win.
  bool takes(std::string_view key) const;

 private:
  std::vector<std::string> includes_;
  std::vector<std::string> excludes_;
};

}  // namespace pawl::datasync
