// SPDX-License-Identifier: Apache-2.0
// Parsing and matching of URI templates, segment by segment.
#include "aws/model/uri_template.h"

#include <algorithm>

namespace pawl::aws {
namespace {

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

UriTemplate UriTemplate::parse(std::string_view text) {
  UriTemplate uri;
  uri.text_ = text;
  const size_t question = std::min(text.find('?'), text.size());
  std::string_view path = text.substr(0, question);
  if (question < text.size()) uri.query_ = parse_query(text.substr(question + 1));
  if (path.size() > 1 && path.ends_with('/')) {
    uri.trailing_slash_ = true;
    path.remove_suffix(1);
  }
  if (path.empty() || path == "/") return uri;
  for (const std::string_view part : split_path(path)) {
    const size_t open = part.find('{');
    const size_t close = part.find('}', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) {
      uri.segments_.push_back({SegmentKind::Literal, std::string(part), "", ""});
      ++uri.literal_segments_;
      continue;
    }
    std::string_view label = part.substr(open + 1, close - open - 1);
    const bool greedy = label.ends_with('+');
    if (greedy) label.remove_suffix(1);
    uri.greedy_ = uri.greedy_ || greedy;
    uri.segments_.push_back({greedy ? SegmentKind::Greedy : SegmentKind::Label, std::string(label),
                             std::string(part.substr(0, open)),
                             std::string(part.substr(close + 1))});
  }
  return uri;
}

std::optional<std::vector<UriTemplate::Label>> UriTemplate::match(std::string_view path) const {
  std::vector<std::string_view> parts = split_path(path);
  // Without a greedy label "/a/" is "/a": S3 and others take both.
  if (!greedy_ && parts.size() > 1 && parts.back().empty()) parts.pop_back();
  if (segments_.empty()) {
    const bool root = parts.size() == 1 && parts[0].empty();
    return root ? std::optional<std::vector<Label>>(std::in_place) : std::nullopt;
  }
  std::vector<Label> labels;
  size_t at = 0;
  for (size_t i = 0; i < segments_.size(); ++i) {
    const Segment& segment = segments_[i];
    const size_t after = segments_.size() - i - 1;
    if (parts.size() < at + 1 + after) return std::nullopt;
    if (segment.kind == SegmentKind::Literal) {
      if (uri_decode(parts[at]) != uri_decode(segment.text)) return std::nullopt;
      ++at;
      continue;
    }
    // Only one label may be greedy, so what follows it is counted from the end.
    const size_t taken = segment.kind == SegmentKind::Greedy ? parts.size() - at - after : 1;
    const char* const begin = parts[at].data();
    const std::string_view last = parts[at + taken - 1];
    std::string_view text(begin, static_cast<size_t>(last.data() + last.size() - begin));
    if (!text.starts_with(segment.prefix)) return std::nullopt;
    text.remove_prefix(segment.prefix.size());
    if (!text.ends_with(segment.suffix)) return std::nullopt;
    text.remove_suffix(segment.suffix.size());
    if (text.empty()) return std::nullopt;
    labels.push_back({segment.text, uri_decode(text)});
    at += taken;
  }
  if (at != parts.size()) return std::nullopt;
  return labels;
}

}  // namespace pawl::aws
