// SPDX-License-Identifier: Apache-2.0
#include "app/definition_file.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/text_file.h"
#include "base/limits.h"

namespace pawl::app {
namespace {

/// Of a long source line at most so much is shown, in bytes.
constexpr size_t kSnippetBytesMax = 100;

bool is_yaml(const std::string& path, std::string_view text) {
  if (path.ends_with(".yaml") || path.ends_with(".yml")) return true;
  if (path.ends_with(".json")) return false;
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] != '{' && text[first] != '[';
}

/// What is wrong with a text that is not even JSON or YAML; JSON in the words of the API.
std::vector<asl::Diagnostic> unreadable(const std::string& text, const base::Error& error,
                                        bool yaml) {
  if (!yaml) return asl::compile(text).diagnostics;
  asl::Diagnostic diagnostic;
  const bool too_large = error.kind == base::ErrorKind::LimitExceeded;
  diagnostic.code = too_large ? asl::kTooDeeplyNested : asl::kInvalidJsonDescription;
  diagnostic.message = error.message;
  diagnostic.position = error.position;
  return {std::move(diagnostic)};
}

/// Line `number` (from 1) of a text, without its end; empty beyond the last.
std::string_view line_of(std::string_view text, int number) {
  size_t start = 0;
  for (int line = 1; line < number; ++line) {
    start = text.find('\n', start);
    if (start == std::string_view::npos) return {};
    ++start;
  }
  const std::string_view rest = text.substr(start);
  std::string_view line = rest.substr(0, rest.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The line around `column` (bytes, from 1) with a caret under it.
std::string snippet(std::string_view line, int column, const Palette& palette) {
  const size_t at = std::min(static_cast<size_t>(std::max(column, 1) - 1), line.size());
  size_t begin =
      line.size() <= kSnippetBytesMax || at < kSnippetBytesMax / 2 ? 0 : at - kSnippetBytesMax / 2;
  size_t end = std::min(line.size(), begin + kSnippetBytesMax);
  while (begin > 0 && is_continuation(line[begin])) --begin;
  while (end < line.size() && is_continuation(line[end])) ++end;
  const std::string before = (begin > 0 ? "…" : "") + printable(line.substr(begin, at - begin));
  const std::string after = printable(line.substr(at, end - at)) + (end < line.size() ? "…" : "");
  return "    " + before + after + "\n    " + std::string(display_width(before), ' ') +
         std::string(palette.green) + "^" + std::string(palette.reset) + "\n";
}

constexpr base::Limits kLimits = base::Limits::strict();

LoadedDefinition read_source(std::string path, std::string text) {
  LoadedDefinition loaded;
  loaded.path = std::move(path);
  loaded.text = std::move(text);
  const bool yaml = is_yaml(loaded.path, loaded.text);
  base::Result<asl::DefinitionSource> source =
      yaml ? asl::DefinitionSource::from_yaml(loaded.text, kLimits)
           : asl::DefinitionSource::from_json(loaded.text, kLimits);
  if (source) {
    loaded.source = *std::move(source);
  } else {
    loaded.compilation.diagnostics = unreadable(loaded.text, source.error(), yaml);
  }
  return loaded;
}

}  // namespace

base::Result<LoadedDefinition> load_source(const std::string& path) {
  return read_source(path, PAWL_TRY(read_text_file(path, kLimits.definition_bytes_max)));
}

base::Result<LoadedDefinition> load_definition(const std::string& path,
                                               asl::StateMachineType type) {
  std::string text = PAWL_TRY(read_text_file(path, kLimits.definition_bytes_max));
  return read_definition(path, std::move(text), type);
}

LoadedDefinition read_definition(std::string path, std::string text, asl::StateMachineType type) {
  LoadedDefinition loaded = read_source(std::move(path), std::move(text));
  if (!loaded.source) return loaded;
  asl::CompileOptions options;
  options.type = type;
  options.unknown_resource = asl::Severity::Error;  // as AWS does
  loaded.compilation = asl::compile(*loaded.source, options);
  return loaded;
}

std::string render_diagnostic(const LoadedDefinition& definition, const asl::Diagnostic& diagnostic,
                              const Palette& palette) {
  const bool error = diagnostic.severity == asl::Severity::Error;
  const base::SourcePosition& position = diagnostic.position;
  std::string out(palette.bold);
  out += definition.path == "-" ? "<stdin>" : printable(definition.path);
  if (position.line > 0) {
    out += ":" + std::to_string(position.line) + ":" + std::to_string(std::max(position.column, 1));
  }
  out += ": ";
  out += error ? palette.red : palette.yellow;
  out += error ? "error: " : "warning: ";
  out += palette.reset;
  // Of a text that is no JSON the API repeats the place in its message; it stands in front already.
  const bool no_json = diagnostic.code == asl::kInvalidJsonDescription;
  const std::string_view message = diagnostic.message;
  if (no_json) out += is_yaml(definition.path, definition.text) ? "not YAML: " : "not JSON: ";
  out += printable(no_json ? message.substr(0, message.find("\n at ")) : message) + " [" +
         diagnostic.code + "]";
  if (!diagnostic.location.empty() && !no_json) out += " at " + printable(diagnostic.location);
  out += "\n";
  if (position.line > 0) {
    const std::string_view line = line_of(definition.text, position.line);
    if (!line.empty()) out += snippet(line, position.column, palette);
  }
  return out;
}

}  // namespace pawl::app
