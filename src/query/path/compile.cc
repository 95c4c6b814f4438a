// SPDX-License-Identifier: Apache-2.0
// Path text to Program, in the order of Jayway's PathCompiler.
#include <charconv>
#include <utility>

#include "base/integer.h"
#include "json/parse.h"
#include "query/path/filter.h"
#include "query/path/filter_compiler.h"
#include "query/path/program.h"
#include "query/path/scanner.h"

namespace pawl::query::path {
namespace {

constexpr size_t kSegmentsMax = 1'000;

bool is_variable_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool is_variable_part(char c) { return is_variable_start(c) || (c >= '0' && c <= '9'); }

class PathCompiler {
 public:
  explicit PathCompiler(std::string_view text) : scanner_(text) { program_->text = text; }

  base::Result<std::shared_ptr<const Program>> compile() {
    PAWL_TRY_VOID(read_root());
    while (!scanner_.at_end()) {
      if (program_->function) return scanner_.error("Nothing may follow a function.");
      if (program_->segments.size() > kSegmentsMax)
        return scanner_.error("The path has too many steps.");
      PAWL_TRY_VOID(read_segment());
    }
    if (!program_->segments.empty() && program_->segments.back().kind == SegmentKind::Scan) {
      return scanner_.error("Path must not end with '..'.");
    }
    for (size_t i = 0; i < program_->segments.size(); ++i) {
      const bool is_leaf = i + 1 == program_->segments.size();
      program_->definite = program_->definite && program_->segments[i].is_definite(is_leaf);
    }
    return std::shared_ptr<const Program>(std::move(program_));
  }

 private:
  // "$" the input, "$$" the Context Object, "$name" a variable, "@" the item of a filter.
  base::Result<void> read_root() {
    if (scanner_.take('@')) return {};
    if (!scanner_.take('$')) return scanner_.error("A path must start with '$'.");
    if (scanner_.take('$')) {
      program_->root = PathRoot::Context;
    } else if (is_variable_start(scanner_.peek())) {
      const size_t start = scanner_.position();
      while (!scanner_.at_end() && is_variable_part(scanner_.peek())) scanner_.next();
      program_->root = PathRoot::Variable;
      program_->variable = scanner_.since(start);
    }
    return {};
  }

  Segment& add(SegmentKind kind) {
    Segment& segment = program_->segments.emplace_back();
    segment.kind = kind;
    return segment;
  }

  base::Result<void> read_segment() {
    if (scanner_.take("..")) {
      add(SegmentKind::Scan);
      if (scanner_.at_end()) return scanner_.error("Path must not end with a '.' or '..'.");
      if (scanner_.peek() == '.') return scanner_.error("Character '.' is not valid here.");
      return scanner_.peek() == '[' ? read_brackets() : read_name();
    }
    if (scanner_.take('.')) {
      if (scanner_.at_end()) return scanner_.error("Path must not end with a '.'.");
      return scanner_.peek() == '[' ? read_brackets() : read_name();
    }
    if (scanner_.peek() == '[') return read_brackets();
    return scanner_.error("Expected '.' or '['.");
  }

  base::Result<void> read_name() {
    if (scanner_.take('*')) {
      add(SegmentKind::Wildcard);
      return {};
    }
    const size_t start = scanner_.position();
    while (!scanner_.at_end()) {
      const char c = scanner_.peek();
      if (c == '.' || c == '[' || c == '(') break;
      if (c == ' ')
        return scanner_.error("Use bracket notation ['my prop'] if your property contains blanks.");
      if (std::string_view("*?@,:'\"&|=<>!)]{}").find(c) != std::string_view::npos) {
        return scanner_.error(std::string("Character '") + c + "' is not valid in a name.");
      }
      scanner_.next();
    }
    const std::string_view name = scanner_.since(start);
    if (name.empty()) return scanner_.error("A name is missing.");
    if (scanner_.peek() == '(') return read_function(name);
    add(SegmentKind::Property).names.emplace_back(name);
    return {};
  }

  base::Result<void> read_brackets() {
    scanner_.take('[');
    scanner_.skip_spaces();
    Segment segment;
    const char c = scanner_.peek();
    if (c == '*') {
      scanner_.next();
      segment.kind = SegmentKind::Wildcard;
    } else if (c == '\'' || c == '"') {
      segment.names = PAWL_TRY(read_quoted_names());
      segment.kind = segment.names.size() == 1 ? SegmentKind::Property : SegmentKind::Properties;
    } else if (c == '?') {
      scanner_.next();
      segment.kind = SegmentKind::Filter;
      segment.filter = PAWL_TRY(compile_filter(scanner_));
    } else {
      segment = PAWL_TRY(read_indexes());
    }
    scanner_.skip_spaces();
    if (!scanner_.take(']')) return scanner_.error("Expected ']'.");
    program_->segments.push_back(std::move(segment));
    return {};
  }

  base::Result<std::vector<std::string>> read_quoted_names() {
    std::vector<std::string> names;
    do {
      scanner_.skip_spaces();
      names.push_back(PAWL_TRY(read_raw_name()));
      scanner_.skip_spaces();
    } while (scanner_.take(','));
    return names;
  }

  /// A name in quotes stands for itself: a backslash only keeps the quote behind it from ending the
  /// name (recorded).
  base::Result<std::string> read_raw_name() {
    const char quote = scanner_.peek();
    if (quote != '\'' && quote != '"') return scanner_.error("Expected a name in quotes.");
    scanner_.next();
    const size_t start = scanner_.position();
    while (!scanner_.at_end() && scanner_.peek() != quote) {
      if (scanner_.next() == '\\' && !scanner_.at_end()) scanner_.next();
    }
    const std::string name(scanner_.since(start));
    if (!scanner_.take(quote)) return scanner_.error("A name has no closing quote.");
    return name;
  }

  base::Result<std::optional<int64_t>> read_integer() {
    scanner_.skip_spaces();
    const size_t start = scanner_.position();
    scanner_.take('-');
    while (scanner_.peek() >= '0' && scanner_.peek() <= '9') scanner_.next();
    const std::string_view digits = scanner_.since(start);
    scanner_.skip_spaces();
    if (digits.empty()) return std::optional<int64_t>();
    const auto value = base::parse_int64(digits);
    if (!value || *value > INT32_MAX || *value < INT32_MIN)
      return scanner_.error("Expected an index.");
    return value;
  }

  base::Result<Segment> read_indexes() {
    Segment segment;
    if (scanner_.take("(@.length")) {  // "(@.length-1)", the one script that JSONPath's inventor
                                       // gave: the last item
      const std::optional<int64_t> from_end = PAWL_TRY(read_integer());
      if (!from_end || *from_end >= 0 || !scanner_.take(')'))
        return scanner_.error("Expected '(@.length-1)'.");
      segment.kind = SegmentKind::Index;
      segment.indexes.push_back(*from_end);
      return segment;
    }
    const std::optional<int64_t> first = PAWL_TRY(read_integer());
    if (scanner_.take(':')) {
      segment.kind = SegmentKind::Slice;
      segment.from = first;
      segment.to = PAWL_TRY(read_integer());
      if (!segment.from && !segment.to) return scanner_.error("A slice needs a start or an end.");
      return segment;
    }
    if (!first) return scanner_.error("Expected an index, a quoted name, '*' or '?'.");
    segment.indexes.push_back(*first);
    while (scanner_.take(',')) {
      const std::optional<int64_t> more = PAWL_TRY(read_integer());
      if (!more) return scanner_.error("Expected an index.");
      segment.indexes.push_back(*more);
    }
    segment.kind = segment.indexes.size() == 1 ? SegmentKind::Index : SegmentKind::Indexes;
    return segment;
  }

  base::Result<void> read_function(std::string_view name) {
    constexpr std::string_view kFunctions[] = {"min",    "max",    "avg",  "stddev",
                                               "sum",    "length", "keys", "concat",
                                               "append", "first",  "last", "index"};
    if (std::find(std::begin(kFunctions), std::end(kFunctions), name) == std::end(kFunctions)) {
      return scanner_.error("Unknown function '" + std::string(name) + "'.");
    }
    Function function;
    function.name = name;
    scanner_.take('(');
    scanner_.skip_spaces();
    while (!scanner_.at_end() && scanner_.peek() != ')') {
      PAWL_TRY_VOID(read_argument(function));
      scanner_.skip_spaces();
      if (!scanner_.take(',')) break;
      scanner_.skip_spaces();
    }
    if (!scanner_.take(')')) return scanner_.error("Expected ')'.");
    program_->function = std::move(function);
    return {};
  }

  base::Result<void> read_argument(Function& function) {
    if (scanner_.peek() == '$') {
      const std::string_view path = scan_path_text(scanner_);
      function.paths.push_back(PAWL_TRY(Path::compile(path)));
      return {};
    }
    const size_t start = scanner_.position();
    if (scanner_.peek() == '\'' || scanner_.peek() == '"') {
      function.literals.emplace_back(json::Value(PAWL_TRY(read_quoted(scanner_))));
      return {};
    }
    while (!scanner_.at_end() && scanner_.peek() != ',' && scanner_.peek() != ')') scanner_.next();
    base::Result<json::Value> literal = json::parse(scanner_.since(start));
    if (!literal) return scanner_.error("An argument is neither a path nor a literal.");
    function.literals.emplace_back(*literal);
    return {};
  }

  Scanner scanner_;
  std::shared_ptr<Program> program_ = std::make_shared<Program>();
};

}  // namespace

base::Result<std::shared_ptr<const Program>> compile_program(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);  // Jayway trims
  return PathCompiler(text).compile();
}

std::string Program::normalized(size_t count) const {
  std::string out = "$";
  for (size_t i = 0; i < count && i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    switch (segment.kind) {
      case SegmentKind::Property: out += "['" + segment.names.front() + "']"; break;
      case SegmentKind::Properties: {
        out += '[';
        for (size_t n = 0; n < segment.names.size(); ++n) {
          out += (n == 0 ? "'" : ",'") + segment.names[n] + "'";
        }
        out += ']';
        break;
      }
      case SegmentKind::Wildcard: out += "[*]"; break;
      case SegmentKind::Index: out += "[" + std::to_string(segment.indexes.front()) + "]"; break;
      case SegmentKind::Indexes: {
        out += '[';
        for (size_t n = 0; n < segment.indexes.size(); ++n) {
          out += (n == 0 ? "" : ",") + std::to_string(segment.indexes[n]);
        }
        out += ']';
        break;
      }
      case SegmentKind::Slice:
        out += "[" + (segment.from ? std::to_string(*segment.from) : "") + ":" +
               (segment.to ? std::to_string(*segment.to) : "") + "]";
        break;
      case SegmentKind::Filter: out += "[?]"; break;
      case SegmentKind::Scan: out += ".."; break;
    }
  }
  return out;
}

}  // namespace pawl::query::path
