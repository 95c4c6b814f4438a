// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/route_pattern.h"

#include <algorithm>

#include "aws/http_message.h"

namespace pawl::apigateway {
namespace {

bool is_variable_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':';
  });
}

}  // namespace

std::vector<std::string_view> path_segments(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.empty()) return segments;
  while (true) {
    const size_t end = path.find('/');
    segments.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end + 1);
  }
}

std::optional<RoutePattern> RoutePattern::parse(std::string_view text) {
  if (!text.starts_with('/')) return std::nullopt;
  RoutePattern pattern;
  for (const std::string_view part : path_segments(text)) {
    if (!pattern.segments_.empty() && pattern.segments_.back().kind == Kind::Greedy) {
      return std::nullopt;
    }
    if (part.find_first_of("{}") == std::string_view::npos) {
      pattern.segments_.push_back({Kind::Text, std::string(part)});
      continue;
    }
    if (part.size() < 3 || !part.starts_with('{') || !part.ends_with('}')) return std::nullopt;
    const bool is_greedy = part.ends_with("+}");
    const std::string_view name = part.substr(1, part.size() - (is_greedy ? 3 : 2));
    const bool is_taken = std::any_of(
        pattern.segments_.begin(), pattern.segments_.end(),
        [&](const Segment& each) { return each.kind != Kind::Text && each.text == name; });
    if (!is_variable_name(name) || is_taken) return std::nullopt;
    pattern.segments_.push_back({is_greedy ? Kind::Greedy : Kind::Variable, std::string(name)});
  }
  return pattern;
}

std::optional<RoutePattern::Parameters> RoutePattern::match(
    const std::vector<std::string_view>& segments) const {
  Parameters parameters;
  size_t at = 0;
  for (const Segment& segment : segments_) {
    if (at >= segments.size()) return std::nullopt;
    if (segment.kind == Kind::Greedy) {
      std::string rest;
      for (size_t i = at; i < segments.size(); ++i) {
        if (i > at) rest += '/';
        rest += segments[i];
      }
      if (rest.empty()) return std::nullopt;
      parameters.emplace_back(segment.text, std::move(rest));
      return parameters;
    }
    if (segment.kind == Kind::Variable) {
      if (segments[at].empty()) return std::nullopt;
      parameters.emplace_back(segment.text, segments[at]);
    } else if (segments[at] != segment.text &&
               aws::uri_decode(segments[at]) != aws::uri_decode(segment.text)) {
      return std::nullopt;
    }
    ++at;
  }
  if (at != segments.size()) return std::nullopt;
  return parameters;
}

std::string RoutePattern::rank() const {
  std::string rank;
  bool is_greedy = false;
  for (const Segment& segment : segments_) {
    is_greedy = is_greedy || segment.kind == Kind::Greedy;
    rank += segment.kind == Kind::Text ? '2' : (segment.kind == Kind::Variable ? '1' : '0');
  }
  return (is_greedy ? '0' : '1') + rank;
}

}  // namespace pawl::apigateway
