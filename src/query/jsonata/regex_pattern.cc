// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/regex_pattern.h"

#include <string>
#include <utility>

namespace pawl::query::jsonata {
namespace {

// WhiteSpace and LineTerminator of ECMAScript, as the inside of a class.
constexpr std::string_view kSpaces =
    R"(\t\n\x0b\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff)";

/// Writes an ECMAScript pattern as PCRE2 reads it, where the two differ.
class PatternTranslator {
 public:
  explicit PatternTranslator(std::string_view pattern) : pattern_(pattern) {}

  std::string run() {
    for (at_ = 0; at_ < pattern_.size(); ++at_) {
      const char c = pattern_[at_];
      if (c == '\\') {
        escape();
      } else if (in_class_) {
        // "[" has no meaning inside a class; PCRE2 would see the start of a POSIX class in "[:".
        if (c == ']') in_class_ = false;
        if (c == '[') out_ += '\\';
        out_ += c;
      } else if (c == '[') {
        open_class();
      } else if (c == '.') {
        out_ += R"([^\n\r\u2028\u2029])";
      } else {
        out_ += c;
      }
    }
    return std::move(out_);
  }

 private:
  void open_class() {
    const std::string_view rest = pattern_.substr(at_);
    if (rest.starts_with("[^]")) {
      out_ += R"([\s\S])";
      at_ += 2;
    } else if (rest.starts_with("[]")) {
      out_ += "(?!)";
      at_ += 1;
    } else {
      out_ += '[';
      in_class_ = true;
    }
  }

  void escape() {
    if (++at_ >= pattern_.size()) {
      out_ += '\\';
      return;
    }
    const char c = pattern_[at_];
    switch (c) {
      case 's': out_ += in_class_ ? std::string(kSpaces) : "[" + std::string(kSpaces) + "]"; break;
      case 'S':
        // Inside a class there is no other way to write it; ASCII is what matters then.
        out_ += in_class_ ? R"(\S)" : "[^" + std::string(kSpaces) + "]";
        break;
      case 'v': out_ += R"(\x0b)"; break;
      // Letters that mean something to PCRE2 only: ECMAScript takes them as they are.
      case 'A':
      case 'Z':
      case 'z':
      case 'G':
      case 'K':
      case 'Q':
      case 'E':
      case 'R':
      case 'X':
      case 'C':
      case 'h':
      case 'H':
      case 'N':
      case 'V':
      case 'a':
      case 'e':
      case 'g':
      case 'p':
      case 'P':
      case 'o':
      case 'l':
      case 'L':
      case 'U': out_ += c; break;
      default: out_.append(1, '\\').append(1, c);
    }
  }

  std::string_view pattern_;
  std::string out_;
  size_t at_ = 0;
  bool in_class_ = false;
};

}  // namespace

tl::expected<std::shared_ptr<const text::Regex>, EvaluationError> compile_regex(
    std::string_view pattern, std::string_view flags) {
  text::RegexFlags options;
  options.ecmascript = true;
  options.ignore_case = flags.find('i') != std::string_view::npos;
  options.multiline = flags.find('m') != std::string_view::npos;
  auto regex = text::Regex::compile(PatternTranslator(pattern).run(), options);
  if (!regex) {
    EvaluationError error("S0302");
    error.text =
        "Invalid regular expression: /" + std::string(pattern) + "/: " + regex.error().message;
    return tl::unexpected(std::move(error));
  }
  return std::make_shared<const text::Regex>(std::move(*regex));
}

}  // namespace pawl::query::jsonata
