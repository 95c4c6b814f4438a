// SPDX-License-Identifier: Apache-2.0
// Parsing and evaluation of calls, and the table of the 18 functions (ASL Appendix B).
#include "query/intrinsic/intrinsic_call.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "json/parse.h"
#include "query/intrinsic/call.h"
#include "query/path/scanner.h"

namespace pawl::query {
namespace intrinsic {
namespace {

constexpr size_t kAnyNumber = 1'000;
constexpr int kNestingMax = 10;  // "Intrinsic functions": up to 10 nested calls

constexpr FunctionRow kFunctions[] = {
    {"States.Format", 1, kAnyNumber, format},
    {"States.StringToJson", 1, 1, string_to_json},
    {"States.JsonToString", 1, 1, json_to_string},
    {"States.Array", 0, kAnyNumber, array},
    {"States.ArrayPartition", 2, 2, array_partition},
    {"States.ArrayContains", 2, 2, array_contains},
    {"States.ArrayRange", 3, 3, array_range},
    {"States.ArrayGetItem", 2, 2, array_get_item},
    {"States.ArrayLength", 1, 1, array_length},
    {"States.ArrayUnique", 1, 1, array_unique},
    {"States.Base64Encode", 1, 1, base64_encode},
    {"States.Base64Decode", 1, 1, base64_decode},
    {"States.Hash", 2, 2, hash},
    {"States.JsonMerge", 3, 3, json_merge},
    {"States.MathRandom", 2, 3, math_random},
    {"States.MathAdd", 2, 2, math_add},
    {"States.StringSplit", 2, 2, string_split},
    {"States.UUID", 0, 0, uuid},
};

class CallParser {
 public:
  explicit CallParser(std::string_view text) : scanner_(text) {}

  base::Result<std::shared_ptr<const Call>> parse() {
    scanner_.skip_spaces();
    std::shared_ptr<const Call> call = PAWL_TRY(read_call());
    scanner_.skip_spaces();
    if (!scanner_.at_end()) return scanner_.error("Nothing may follow the call.");
    return call;
  }

 private:
  base::Result<std::shared_ptr<const Call>> read_call() {
    if (++nesting_ > kNestingMax) return scanner_.error("More than 10 nested intrinsic functions.");
    const size_t start = scanner_.position();
    while (!scanner_.at_end() && scanner_.peek() != '(' && scanner_.peek() != ' ') scanner_.next();
    auto call = std::make_shared<Call>();
    const std::string_view name = scanner_.since(start);
    call->function = find_function(name);
    if (call->function == nullptr) {
      scanner_.move_to(start);
      return scanner_.error("Unknown intrinsic function '" + std::string(name) + "'.");
    }
    scanner_.skip_spaces();
    if (!scanner_.take('(')) return scanner_.error("Expected '('.");
    scanner_.skip_spaces();
    while (scanner_.peek() != ')') {
      if (scanner_.at_end()) return scanner_.error("The call has no end.");
      call->arguments.push_back(PAWL_TRY(read_argument(*call)));
      scanner_.skip_spaces();
      if (!scanner_.take(',')) break;
      scanner_.skip_spaces();
      if (scanner_.peek() == ')') return scanner_.error("An argument is missing.");
    }
    if (!scanner_.take(')')) return scanner_.error("Expected ',' or ')'.");
    const size_t count = call->arguments.size();
    if (count < call->function->arguments_min || count > call->function->arguments_max) {
      return scanner_.error("Wrong number of arguments for " + std::string(name) + ".");
    }
    call->text = scanner_.since(start);
    --nesting_;
    return std::shared_ptr<const Call>(std::move(call));
  }

  base::Result<Argument> read_argument(const Call& call) {
    const char c = scanner_.peek();
    if (c == '\'') {
      // Format reads the escapes of its template itself: it must tell \{ from {.
      const bool is_template = call.arguments.empty() && call.function->implementation == &format;
      return Argument{json::FrozenValue(json::Value(PAWL_TRY(read_string(is_template))))};
    }
    if (c == '$') return Argument{PAWL_TRY(Path::compile(PAWL_TRY(scan_path())))};
    if (is_intrinsic_text(scanner_.text().substr(scanner_.position())))
      return Argument{PAWL_TRY(read_call())};
    const size_t start = scanner_.position();
    while (!scanner_.at_end() &&
           std::string_view(",) \t\n").find(scanner_.peek()) == std::string_view::npos) {
      scanner_.next();
    }
    base::Result<json::Value> literal = json::parse(scanner_.since(start));
    if (!literal || literal->is_string() || literal->is_container()) {
      scanner_.move_to(start);
      return scanner_.error(
          "An argument must be a string in single quotes, a number, true, false, null, a path or a "
          "call.");
    }
    return Argument{json::FrozenValue(*literal)};
  }

  // ASL "Intrinsic Functions": \' \{ \} \\ stand for the character itself.
  base::Result<std::string> read_string(bool keep_braces_escaped) {
    scanner_.take('\'');
    std::string out;
    while (!scanner_.at_end()) {
      const char c = scanner_.next();
      if (c == '\'') return out;
      if (c != '\\' || scanner_.at_end()) {
        out += c;
        continue;
      }
      const char escaped = scanner_.next();
      const bool is_special = escaped == '{' || escaped == '}' || escaped == '\\';
      if (is_special && keep_braces_escaped) {
        out += c;
      } else if (!is_special && escaped != '\'') {
        // NOTE: before any other character a backslash stands for itself, so that JSON inside a
        // string survives.
        out += c;
      }
      out += escaped;
    }
    return scanner_.error("A string has no closing quote.");
  }

  base::Result<std::string_view> scan_path() {
    const size_t start = scanner_.position();
    int brackets = 0;
    int parentheses = 0;
    char quote = '\0';
    for (; !scanner_.at_end(); scanner_.next()) {
      const char c = scanner_.peek();
      if (quote != '\0') {
        if (c == '\\') scanner_.next();
        if (c == quote) quote = '\0';
        continue;
      }
      if (brackets == 0 && parentheses == 0 && (c == ',' || c == ')' || c == ' ')) break;
      if (brackets > 0 && (c == '\'' || c == '"')) quote = c;
      if (c == '[') ++brackets;
      if (c == ']') --brackets;
      if (c == '(') ++parentheses;
      if (c == ')') --parentheses;
    }
    if (brackets != 0 || parentheses != 0 || quote != '\0')
      return scanner_.error("A path has no end.");
    return scanner_.since(start);
  }

  Scanner scanner_;
  int nesting_ = 0;
};

base::Result<json::Value> evaluate_call(const Call& call, const Bindings& bindings) {
  std::vector<json::Value> values;
  values.reserve(call.arguments.size());
  for (const Argument& argument : call.arguments) {
    if (const auto* literal = std::get_if<json::FrozenValue>(&argument.value)) {
      values.push_back(literal->value());
    } else if (const auto* path = std::get_if<Path>(&argument.value)) {
      values.push_back(PAWL_TRY(path->evaluate(bindings)));
    } else {
      values.push_back(PAWL_TRY(
          evaluate_call(*std::get<std::shared_ptr<const Call>>(argument.value), bindings)));
    }
  }
  return call.function->implementation({values, call.function->name, bindings.random});
}

void collect_paths(const Call& call, std::vector<Path>& paths) {
  for (const Argument& argument : call.arguments) {
    if (const auto* path = std::get_if<Path>(&argument.value)) paths.push_back(*path);
    if (const auto* inner = std::get_if<std::shared_ptr<const Call>>(&argument.value))
      collect_paths(**inner, paths);
  }
}

}  // namespace

const FunctionRow* find_function(std::string_view name) {
  const auto* found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                   [&](const FunctionRow& row) { return row.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

base::Error failure(const Arguments& arguments, std::string_view message) {
  return {base::ErrorKind::IntrinsicFailure,
          std::string(arguments.function) + ": " + std::string(message)};
}

base::Result<int64_t> integer_argument(const Arguments& arguments, size_t index) {
  const json::Value& value = arguments.values[index];
  int64_t integer = 0;
  if (!value.is_number())
    return failure(arguments, "argument " + std::to_string(index + 1) + " must be a number");
  if (value.to_int64(integer)) return integer;                 // any int64_t: callers bound it
  const double rounded = std::floor(value.as_double() + 0.5);  // Java Math.round
  if (!(std::fabs(rounded) < 0x1p62)) return failure(arguments, "a number is out of range");
  return static_cast<int64_t>(rounded);
}

}  // namespace intrinsic

base::Result<IntrinsicCall> IntrinsicCall::compile(std::string_view text) {
  return IntrinsicCall(PAWL_TRY(intrinsic::CallParser(text).parse()));
}

const std::string& IntrinsicCall::text() const { return call_->text; }

std::vector<Path> IntrinsicCall::paths() const {
  std::vector<Path> paths;
  intrinsic::collect_paths(*call_, paths);
  return paths;
}

base::Result<json::Value> IntrinsicCall::evaluate(const Bindings& bindings) const {
  return intrinsic::evaluate_call(*call_, bindings);
}

bool is_intrinsic_text(std::string_view text) { return text.starts_with("States."); }

}  // namespace pawl::query
