// SPDX-License-Identifier: Apache-2.0
// Compiled as strictly as CreateStateMachine does it, drawn as leniently as `pawl graph`.
#include "console/definition_picture.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/compile.h"
#include "asl/definition_source.h"
#include "graph/graph.h"
#include "graph/layout.h"
#include "services/states/definition.h"

namespace pawl::console {
namespace {

using json::Value;

/// More than anybody reads at once.
constexpr size_t kDiagnosticsShownMax = 200;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

size_t skip_space(std::string_view text, size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

/// Behind the string that begins at `at`, or the end of its line.
size_t skip_string(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '\n'; ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return std::min(at, text.size());
}

/// Behind a string, number or word; `at` itself before anything else.
size_t skip_scalar(std::string_view text, size_t at) {
  if (at < text.size() && text[at] == '"') return skip_string(text, at);
  while (at < text.size() && !is_space(text[at]) &&
         std::string_view("{}[],:").find(text[at]) == std::string_view::npos)
    ++at;
  return at;
}

/// What is marked when a mistake is at `begin`: a scalar, or a key with its value if that is one.
size_t end_of_mark(std::string_view text, size_t begin) {
  const size_t end = skip_scalar(text, begin);
  const size_t colon = skip_space(text, end);
  if (colon >= text.size() || text[colon] != ':') return end;
  const size_t value = skip_space(text, colon + 1);
  const size_t value_end = skip_scalar(text, value);
  return value_end == value ? end : value_end;
}

/// Goes through the text once, for places that come in any order.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') starts_.push_back(at + 1);
    }
  }

  void mark(const base::SourcePosition& position, json::ObjectBuilder& out) const {
    if (position.line <= 0 || static_cast<size_t>(position.line) > starts_.size()) return;
    size_t line = static_cast<size_t>(position.line);
    const size_t begin = offset_of(position);
    out.set("line", Value(static_cast<int64_t>(line)))
        .set("column", Value(column_of(starts_[line - 1], begin)));
    const size_t end = end_of_mark(text_, begin);
    if (end <= begin) return;
    while (line < starts_.size() && starts_[line] <= end) ++line;
    out.set("endLine", Value(static_cast<int64_t>(line)))
        .set("endColumn", Value(column_of(starts_[line - 1], end)));
  }

 private:
  /// A position's column counts bytes.
  size_t offset_of(const base::SourcePosition& position) const {
    const size_t start = starts_[static_cast<size_t>(position.line) - 1];
    return std::min(start + static_cast<size_t>(std::max(position.column, 1)) - 1, text_.size());
  }
  /// In units of UTF-16, as editors count.
  int64_t column_of(size_t start, size_t at) const {
    int64_t column = 1;
    for (const char c : text_.substr(start, at - start)) {
      const auto byte = static_cast<unsigned char>(c);
      column += (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
    }
    return column;
  }

  std::string_view text_;
  std::vector<size_t> starts_;  ///< of lines
};

Value diagnostic_value(const asl::Diagnostic& diagnostic, const Places& places) {
  const bool is_error = diagnostic.severity == asl::Severity::Error;
  json::ObjectBuilder out;
  out.set("severity", Value(is_error ? "ERROR" : "WARNING"))
      .set("code", Value(diagnostic.code))
      .set("message", Value(diagnostic.message));
  if (!diagnostic.location.empty()) {
    out.set("location", Value(diagnostic.location)).set("pointer", Value(diagnostic.pointer));
  }
  places.mark(diagnostic.position, out);
  return std::move(out).build();
}

/// Where nearly every state leads to one other, thousands are laid out in a second. Where they lead
/// to many, it takes dot seconds from a thousand transitions on.
bool is_too_tangled(const graph::Graph& graph) {
  constexpr size_t kEdgesMax = 900;
  constexpr size_t kMoreThanNodesMax = 100;
  return graph.edges.size() > kEdgesMax &&
         graph.edges.size() > graph.nodes.size() + kMoreThanNodesMax;
}

void set_graph(const std::string& definition, json::ObjectBuilder& out) {
  const auto fail = [&out](const std::string& why) {
    out.set("graph", Value()).set("graphError", Value(why));
  };
  const auto source = asl::DefinitionSource::from_json(definition);
  if (!source) return fail(source.error().message);
  auto graph = graph::build_graph(source->root());
  if (!graph) return fail(graph.error().message);
  if (is_too_tangled(*graph)) {
    return fail("It has so many transitions that a picture would take too long.");
  }
  if (const auto done = graph::lay_out(*graph); !done) return fail(done.error().message);
  out.set("graph", graph::to_json(*graph));
}

}  // namespace

Value picture_of_definition(const std::string& definition, asl::StateMachineType type,
                            const asl::ResourceCatalog& resources) {
  const asl::Compilation compilation = states::compile_strictly(definition, type, &resources);
  const Places places(definition);
  std::vector<Value> diagnostics;
  for (const asl::Diagnostic& each : compilation.diagnostics) {
    if (diagnostics.size() == kDiagnosticsShownMax) break;
    diagnostics.push_back(diagnostic_value(each, places));
  }
  const bool is_truncated = diagnostics.size() < compilation.diagnostics.size();
  json::ObjectBuilder out;
  out.set("result", Value(asl::has_errors(compilation.diagnostics) ? "FAIL" : "OK"))
      .set("diagnostics", Value::array(std::move(diagnostics)))
      .set("truncated", Value(is_truncated));
  set_graph(definition, out);
  return std::move(out).build();
}

}  // namespace pawl::console
