// SPDX-License-Identifier: Apache-2.0
// UriTemplate: the requestUri of a REST operation, "/{Bucket}/{Key+}?uploads": fills in labels, and
// matches a request's path. Smithy 2.0, "HTTP bindings", "http trait".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/http_message.h"
#include "base/error.h"

namespace pawl::aws {

class UriTemplate {
 public:
  struct Label {
    std::string name;
    std::string value;  ///< decoded
  };

  UriTemplate() = default;
  static UriTemplate parse(std::string_view text);

  const std::string& text() const { return text_; }
  /// The fixed query parameters: "list-type=2", "uploads" (with value "").
  const QueryParameters& query() const { return query_; }
  /// Literal segments: the more, the more a match says.
  size_t literal_segments() const { return literal_segments_; }
  bool has_greedy_label() const { return greedy_; }

  /// The path with labels replaced; `value_of(name)` answers the text of a label.
  /// Errors: InvalidSyntax if a label is absent or empty.
  template <typename ValueOf>
  base::Result<std::string> fill(const ValueOf& value_of) const;

  /// The labels if this path (still encoded) is of the template's form. A trailing slash of the
  /// path does not count unless a greedy label takes it.
  std::optional<std::vector<Label>> match(std::string_view path) const;

 private:
  enum class SegmentKind { Literal, Label, Greedy };
  struct Segment {
    SegmentKind kind;
    std::string text;    ///< the literal, or the label's name
    std::string prefix;  ///< literal text around a label within the segment
    std::string suffix;
  };

  std::string text_;
  std::vector<Segment> segments_;
  QueryParameters query_;
  size_t literal_segments_ = 0;
  bool greedy_ = false;
  bool trailing_slash_ = false;
};

template <typename ValueOf>
base::Result<std::string> UriTemplate::fill(const ValueOf& value_of) const {
  std::string path;
  for (const Segment& segment : segments_) {
    path += '/';
    if (segment.kind == SegmentKind::Literal) {
      path += segment.text;
      continue;
    }
    const std::optional<std::string> value = value_of(segment.text);
    if (!value || value->empty()) {
      return base::Error(base::ErrorKind::InvalidSyntax,
                         "Parameter " + segment.text + " stands in the path and may not be empty");
    }
    path += segment.prefix;
    path += uri_encode(*value, segment.kind == SegmentKind::Greedy ? "/" : "");
    path += segment.suffix;
  }
  if (path.empty() || trailing_slash_) path += '/';
  return path;
}

}  // namespace pawl::aws
