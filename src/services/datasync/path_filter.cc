// SPDX-License-Identifier: Apache-2.0
#include "services/datasync/path_filter.h"
#include "text/wildcard.h"

#include <algorithm>

namespace pawl::datasync {
namespace {

/// The file itself or a folder that it is in.
bool matches_path(const std::vector<std::string>& patterns, const std::string& path) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    if (text::matches_wildcard(pattern, path, {.backslash = true})) return true;
    for (size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      if (text::matches_wildcard(pattern, std::string_view(path).substr(0, slash),
                                 {.backslash = true}))
        return true;
    }
    return false;
  });
}

std::vector<std::string> patterns_of(const json::Value* rules) {
  std::vector<std::string> patterns;
  if (rules == nullptr) return patterns;
  for (const json::Value& rule : rules->items()) {
    const json::Value* value = rule.find("Value");
    if (value == nullptr || !value->is_string()) continue;
    const std::string_view text = value->as_string();
    std::string pattern;
    for (size_t i = 0; i <= text.size(); ++i) {
      if (i == text.size() || (text[i] == '|' && (i == 0 || text[i - 1] != '\\'))) {
        if (!pattern.empty()) patterns.push_back(pattern);
        pattern.clear();
      } else {
        pattern += text[i];
      }
    }
  }
  // A slash at the end says folder, which a pattern without it matches as well.
  for (std::string& pattern : patterns) {
    if (pattern.size() > 1 && pattern.ends_with('/')) pattern.pop_back();
  }
  return patterns;
}

}  // namespace

PathFilter::PathFilter(const json::Value* includes, const json::Value* excludes)
    : includes_(patterns_of(includes)), excludes_(patterns_of(excludes)) {}

bool PathFilter::takes(std::string_view key) const {
  const std::string path = "/" + std::string(key);
  return (includes_.empty() || matches_path(includes_, path)) && !matches_path(excludes_, path);
}

}  // namespace pawl::datasync
