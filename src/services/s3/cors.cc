// SPDX-License-Identifier: Apache-2.0
#include "services/s3/cors.h"

#include <algorithm>
#include <string>
#include <vector>

#include "services/s3/input.h"

namespace pawl::s3 {
namespace {

using json::Value;

/// One "*" at most.
bool matches(std::string_view pattern, std::string_view text) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  return text.size() + 1 >= pattern.size() && text.starts_with(pattern.substr(0, star)) &&
         text.ends_with(pattern.substr(star + 1));
}

bool any_matches(const Input& rule, std::string_view list, std::string_view text) {
  const auto items = rule.items(list);
  return std::any_of(items.begin(), items.end(), [&](const Value& item) {
    return item.is_string() && matches(aws::lower_ascii(item.as_string()), text);
  });
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!one.empty()) names.push_back(aws::lower_ascii(one));
  }
  return names;
}

std::string joined(const Input& rule, std::string_view list) {
  std::string text;
  for (const Value& item : rule.items(list)) {
    if (!item.is_string()) continue;
    if (!text.empty()) text += ", ";
    text += item.as_string();
  }
  return text;
}

}  // namespace

std::optional<aws::Headers> cors_headers(const Value& configuration, std::string_view origin,
                                         std::string_view method,
                                         std::string_view requested_headers) {
  const std::vector<std::string> wanted = split(requested_headers);
  for (const Value& item : Input(configuration).items("CORSRules")) {
    const Input rule(item);
    if (!any_matches(rule, "AllowedOrigins", aws::lower_ascii(origin)) ||
        !any_matches(rule, "AllowedMethods", aws::lower_ascii(method)) ||
        !std::all_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
          return any_matches(rule, "AllowedHeaders", name);
        })) {
      continue;
    }
    const bool is_for_all =
        rule.items("AllowedOrigins").size() == 1 && joined(rule, "AllowedOrigins") == "*";
    aws::Headers headers;
    headers.add("Access-Control-Allow-Origin", is_for_all ? "*" : origin);
    headers.add("Access-Control-Allow-Methods", joined(rule, "AllowedMethods"));
    if (!wanted.empty()) headers.add("Access-Control-Allow-Headers", requested_headers);
    if (rule.has("ExposeHeaders")) {
      headers.add("Access-Control-Expose-Headers", joined(rule, "ExposeHeaders"));
    }
    if (const auto age = rule.integer("MaxAgeSeconds")) {
      headers.add("Access-Control-Max-Age", std::to_string(*age));
    }
    if (!is_for_all) headers.add("Access-Control-Allow-Credentials", "true");
    headers.add("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    return headers;
  }
  return std::nullopt;
}

}  // namespace pawl::s3
