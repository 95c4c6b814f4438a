// SPDX-License-Identifier: Apache-2.0
// JSON templates, and which reader reads what; YAML is in yaml_text.cc.
#include "formation/template_text.h"

#include "formation/yaml_text.h"
#include "json/parse.h"

namespace pawl::formation {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view without_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

base::Error too_big(size_t bytes_max) {
  return {base::ErrorKind::LimitExceeded,
          "Template may not exceed " + std::to_string(bytes_max) + " bytes in size."};
}

// Jackson points behind the character that it did not expect.
base::Error json_error(std::string_view text, const base::Error& error) {
  const base::SourcePosition at = error.position;
  size_t line_start = 0;
  for (int line = 1; line < at.line && line_start < text.size(); ++line) {
    const size_t end = text.find('\n', line_start);
    line_start = end == std::string_view::npos ? text.size() : end + 1;
  }
  const bool inside = line_start + static_cast<size_t>(at.column) <= text.size();
  const int column = at.column + (inside ? 1 : 0);
  return {error.kind,
          "Template format error: JSON not well-formed. (line " + std::to_string(at.line) +
              ", column " + std::to_string(column) + ")",
          {at.line, column}};
}

base::Result<json::Value> read_json(std::string_view text) {
  base::Result<json::Value> value = json::parse(text, {.depth_max = kTemplateDepthMax});
  if (!value) return json_error(text, value.error());
  return value;
}

}  // namespace

bool is_json_text(std::string_view text) {
  text = without_mark(text);
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

base::Result<json::Value> read_template(std::string_view text, const ReadOptions& options) {
  if (text.size() > options.bytes_max) return too_big(options.bytes_max);
  text = without_mark(text);
  json::Value value =
      PAWL_TRY(is_json_text(text) ? read_json(text) : read_yaml(text, options.aliases));
  if (!value.is_object()) {
    return base::Error(base::ErrorKind::InvalidSyntax,
                       "Template format error: unsupported structure.");
  }
  return value;
}

base::Result<json::Value> read_fragment(std::string_view text) {
  if (text.size() > kTemplateObjectBytesMax) return too_big(kTemplateObjectBytesMax);
  text = without_mark(text);
  return is_json_text(text) ? read_json(text) : read_yaml(text, true);
}

}  // namespace pawl::formation
