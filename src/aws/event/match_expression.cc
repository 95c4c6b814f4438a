// SPDX-License-Identifier: Apache-2.0
#include "aws/event/match_expression.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "text/number.h"
#include "text/unicode.h"

namespace pawl::aws {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Kind = ValuePattern::Kind;
using Token = PatternReader::Token;

constexpr const char* kOneKey = "Only one key allowed in match expression";
constexpr const char* kTooMany = "Too many elements in numeric expression";
constexpr const char* kNotExcludable =
    "Value of anything-but must be an array or single string/number value.";

double number_at(PatternReader& reader) { return text::parse_double(reader.text()).value_or(0); }

/// The reader may have moved on: the place is where it stands now.
Result<int64_t> bound_of(const PatternReader& reader, double number) {
  const std::optional<int64_t> bound = comparable_number(number);
  if (!bound) return mistake_at(reader, "Value must be between -5.0E9 and 5.0E9, inclusive");
  return *bound;
}

Result<void> end_object(PatternReader& reader, const char* otherwise) {
  if (reader.next() != Token::ObjectEnd) return mistake_at(reader, otherwise);
  return {};
}

/// {"suffix": "text"} and its like.
Result<ValuePattern> text_expression(PatternReader& reader, const std::string& name, Kind kind) {
  if (reader.next() != Token::String)
    return mistake_at(reader, name + " match pattern must be a string");
  std::string text = reader.text();
  if (kind == Kind::Wildcard) {
    if (const auto mistake = wildcard_mistake(text)) return mistake_at(reader, *mistake);
  }
  if (kind == Kind::IgnoringCase) text = text::to_lower(text);
  ValuePattern pattern{.kind = kind, .texts = {std::move(text)}};
  PAWL_TRY_VOID(end_object(reader, kOneKey));
  return pattern;
}

/// {"prefix": "text"}, {"prefix": {"equals-ignore-case": "text"}}, and the same for suffixes.
Result<ValuePattern> affix_expression(PatternReader& reader, const std::string& name) {
  const bool is_prefix = name == "prefix";
  const Token token = reader.next();
  if (token == Token::ObjectStart) {
    if (reader.next() != Token::Name)
      return mistake_at(
          reader, (is_prefix ? "Prefix" : "Suffix") + std::string(" expression name not found"));
    const std::string inner = reader.text();
    if (inner != "equals-ignore-case")
      return mistake_at(reader, "Unsupported " + name + " pattern: " + inner);
    ValuePattern pattern = PAWL_TRY(text_expression(reader, inner, Kind::IgnoringCase));
    pattern.kind = is_prefix ? Kind::PrefixIgnoringCase : Kind::SuffixIgnoringCase;
    PAWL_TRY_VOID(end_object(reader, kOneKey));
    return pattern;
  }
  if (token != Token::String) return mistake_at(reader, name + " match pattern must be a string");
  ValuePattern pattern{.kind = is_prefix ? Kind::Prefix : Kind::Suffix, .texts = {reader.text()}};
  PAWL_TRY_VOID(end_object(reader, kOneKey));
  return pattern;
}

/// After the first bound of a range: "<" or "<=" and the second.
Result<void> complete_range(PatternReader& reader, double bottom, ValuePattern& range) {
  if (reader.token() != Token::String)
    return mistake_at(reader, "Bad value in numeric range: " + reader.text());
  const std::string comparison = reader.text();
  if (comparison != "<" && comparison != "<=")
    return mistake_at(reader, "Bad numeric range operator: " + comparison);
  range.includes_top = comparison == "<=";
  if (reader.next() != Token::Number)
    return mistake_at(reader, "Value of " + comparison + " must be numeric");
  const double top = number_at(reader);
  if (reader.next() != Token::ArrayEnd)
    return mistake_at(reader, "Too many terms in numeric range expression");
  range.bottom = PAWL_TRY(bound_of(reader, bottom));
  range.top = PAWL_TRY(bound_of(reader, top));
  if (*range.bottom >= *range.top) return mistake_at(reader, "Bottom must be less than top");
  return {};
}

Result<ValuePattern> numeric_array(PatternReader& reader) {
  if (reader.next() != Token::String)
    return mistake_at(reader, "Invalid member in numeric match: " + reader.text());
  const std::string comparison = reader.text();
  const bool is_bottom = comparison == ">" || comparison == ">=";
  const bool is_top = comparison == "<" || comparison == "<=";
  const Token token = reader.next();
  if (!is_bottom && !is_top && comparison != "=")
    return mistake_at(reader, "Unrecognized numeric range operator: " + comparison);
  if (token != Token::Number)
    return mistake_at(
        reader, "Value of " + (comparison == "=" ? "equals" : comparison) + " must be numeric");
  const double number = number_at(reader);
  const bool is_inclusive = comparison.ends_with('=');
  ValuePattern range{.kind = Kind::Range};
  const bool is_at_end = reader.next() == Token::ArrayEnd;
  if (is_bottom) {
    range.includes_bottom = is_inclusive;
    if (is_at_end) {
      range.bottom = PAWL_TRY(bound_of(reader, number));
    } else {
      PAWL_TRY_VOID(complete_range(reader, number, range));
    }
    return range;
  }
  if (!is_at_end) return mistake_at(reader, kTooMany);
  range.top = PAWL_TRY(bound_of(reader, number));
  range.includes_top = is_inclusive;
  if (!is_top) {
    range.bottom = range.top;
    range.includes_bottom = true;
  }
  return range;
}

Result<ValuePattern> numeric_expression(PatternReader& reader) {
  if (reader.next() != Token::ArrayStart)
    return mistake_at(reader, "Value of numeric must be an array.");
  ValuePattern range = PAWL_TRY(numeric_array(reader));
  PAWL_TRY_VOID(end_object(reader, kTooMany));
  return range;
}

Result<void> add_excluded(PatternReader& reader, ValuePattern& pattern) {
  if (reader.token() == Token::Number) {
    pattern.kind = Kind::Number;
    pattern.numbers.push_back(PAWL_TRY(bound_of(reader, number_at(reader))));
  } else {
    pattern.texts.push_back(reader.text());
  }
  return {};
}

/// The strings or numbers of "anything-but", one or an array.
Result<ValuePattern> excluded_values(PatternReader& reader) {
  ValuePattern pattern{.kind = Kind::Text, .is_negated = true};
  if (reader.token() != Token::ArrayStart) {
    PAWL_TRY_VOID(add_excluded(reader, pattern));
    return pattern;
  }
  while (reader.next() != Token::ArrayEnd) {
    if (reader.token() != Token::Number && reader.token() != Token::String)
      return mistake_at(reader, "Inside anything but list, start|null|boolean is not supported.");
    PAWL_TRY_VOID(add_excluded(reader, pattern));
  }
  if (pattern.texts.empty() == pattern.numbers.empty())
    return mistake_at(reader,
                      "Inside anything but list, either all values are number or string, mixed "
                      "type is not supported");
  return pattern;
}

Result<void> add_excluded_text(PatternReader& reader, ValuePattern& pattern) {
  const bool is_affix = pattern.kind == Kind::Prefix || pattern.kind == Kind::Suffix;
  if (reader.token() != Token::String)
    return mistake_at(reader, pattern.kind == Kind::IgnoringCase
                                  ? "Inside anything-but/equals-ignore-case list, "
                                    "number|start|null|boolean is not supported."
                              : is_affix ? "prefix/suffix match pattern must be a string"
                                         : "wildcard match pattern must be a string");
  const std::string text = reader.text();
  if (text.empty() && is_affix) return mistake_at(reader, "Null prefix/suffix not allowed");
  pattern.texts.push_back(pattern.kind == Kind::IgnoringCase ? text::to_lower(text) : text);
  return {};
}

/// {"anything-but": {"prefix": "text"}} and its like, one or an array; the reader stands on the
/// inner brace.
Result<ValuePattern> excluded_expression(PatternReader& reader) {
  if (reader.next() != Token::Name)
    return mistake_at(reader, "Anything-But expression name not found");
  const std::string name = reader.text();
  ValuePattern pattern{.is_negated = true};
  if (name == "equals-ignore-case") {
    pattern.kind = Kind::IgnoringCase;
  } else if (name == "prefix") {
    pattern.kind = Kind::Prefix;
  } else if (name == "suffix") {
    pattern.kind = Kind::Suffix;
  } else if (name == "wildcard") {
    pattern.kind = Kind::Wildcard;
  } else {
    return mistake_at(reader, "Unsupported anything-but pattern: " + name);
  }
  const Token token = reader.next();
  if (token != Token::ArrayStart && token != Token::String && token != Token::Number)
    return mistake_at(reader, kNotExcludable);
  if (token == Token::ArrayStart) {
    while (reader.next() != Token::ArrayEnd) PAWL_TRY_VOID(add_excluded_text(reader, pattern));
  } else {
    PAWL_TRY_VOID(add_excluded_text(reader, pattern));
  }
  if (pattern.kind == Kind::Wildcard) {
    for (const std::string& text : pattern.texts)
      if (const auto mistake = wildcard_mistake(text)) return mistake_at(reader, *mistake);
  }
  PAWL_TRY_VOID(end_object(reader, kTooMany));
  return pattern;
}

Result<ValuePattern> anything_but(PatternReader& reader) {
  const Token token = reader.next();
  if (token != Token::ObjectStart && token != Token::ArrayStart && token != Token::String &&
      token != Token::Number)
    return mistake_at(reader, kNotExcludable);
  ValuePattern pattern =
      PAWL_TRY(token == Token::ObjectStart ? excluded_expression(reader) : excluded_values(reader));
  PAWL_TRY_VOID(end_object(reader, kTooMany));
  return pattern;
}

Result<ValuePattern> exists_expression(PatternReader& reader) {
  const Token token = reader.next();
  const std::string text = token == Token::Literal ? reader.text() : "";
  if (text != "true" && text != "false")
    return mistake_at(reader, "exists match pattern must be either true or false.");
  PAWL_TRY_VOID(end_object(reader, kOneKey));
  return ValuePattern{.kind = text == "true" ? Kind::Present : Kind::Absent};
}

/// Three dots between digits, or hexadecimal digits with a colon: the engine's own look before it
/// reads an address.
bool looks_like_address(const std::string& text) {
  const auto has_only = [&text](std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string::npos;
  };
  if (has_only("0123456789abcdefABCDEF:") && text.find(':') != std::string::npos) return true;
  return has_only("0123456789.") && std::count(text.begin(), text.end(), '.') == 3 &&
         text.find("..") == std::string::npos && !text.starts_with('.') && !text.ends_with('.');
}

/// The network's first and last address. Errors: InvalidSyntax, without a place.
Result<ValuePattern> network(const std::string& cidr) {
  const size_t slash = cidr.find('/');
  if (slash == std::string::npos || cidr.find('/', slash + 1) != std::string::npos)
    return Error{ErrorKind::InvalidSyntax, "Malformed CIDR, one '/' required"};
  int bits = -1;
  const char* end = cidr.data() + cidr.size();
  const auto [stop, failed] = std::from_chars(cidr.data() + slash + 1, end, bits);
  if (failed != std::errc{} || stop != end)
    return Error{ErrorKind::InvalidSyntax, "Malformed CIDR, mask bits must be an integer"};
  if (bits < 0)
    return Error{ErrorKind::InvalidSyntax, "Malformed CIDR, mask bits must not be negative"};
  const std::string address = cidr.substr(0, slash);
  const std::optional<std::string> first = address_bytes(address);
  if (!first)
    return Error{ErrorKind::InvalidSyntax,
                 (looks_like_address(address) ? "Invalid" : "Nonstandard") +
                     std::string(" IP address: ") + address};
  const int width = static_cast<int>(first->size()) * 8;
  if (bits >= width)
    return Error{ErrorKind::InvalidSyntax, std::string(width == 32 ? "IPv4" : "IPv6") +
                                               " mask bits must be < " + std::to_string(width)};
  std::string last = *first;
  for (int bit = bits; bit < width; ++bit) {
    char& byte = last[static_cast<size_t>(bit / 8)];
    byte = static_cast<char>(static_cast<unsigned char>(byte) | (0x80U >> (bit % 8)));
  }
  return ValuePattern{.kind = Kind::Network, .texts = {*first, last}};
}

Result<ValuePattern> cidr_expression(PatternReader& reader) {
  if (reader.next() != Token::String)
    return mistake_at(reader, "prefix match pattern must be a string");
  Result<ValuePattern> pattern = network(reader.text());
  // What is wrong with a network is said by a part of the rule engine that knows no place.
  if (!pattern) return pattern;
  PAWL_TRY_VOID(end_object(reader, kOneKey));
  return pattern;
}

}  // namespace

Error mistake_at(const PatternReader& reader, const std::string& message) {
  return {ErrorKind::InvalidSyntax, message + "\n at " + reader.location()};
}

ValuePattern number_pattern(PatternReader& reader) {
  ValuePattern pattern{.kind = Kind::Number, .texts = {reader.text()}};
  if (const std::optional<int64_t> number = comparable_number(number_at(reader)))
    pattern.numbers.push_back(*number);
  return pattern;
}

Result<ValuePattern> read_match_expression(PatternReader& reader) {
  if (reader.next() != Token::Name) return mistake_at(reader, "Match expression name not found");
  const std::string name = reader.text();
  if (name == "exactly") return text_expression(reader, "exact", Kind::Text);
  if (name == "prefix" || name == "suffix") return affix_expression(reader, name);
  if (name == "equals-ignore-case") return text_expression(reader, name, Kind::IgnoringCase);
  if (name == "wildcard") return text_expression(reader, name, Kind::Wildcard);
  if (name == "numeric") return numeric_expression(reader);
  if (name == "anything-but") return anything_but(reader);
  if (name == "exists") return exists_expression(reader);
  if (name == "cidr") return cidr_expression(reader);
  return mistake_at(reader, "Unrecognized match type " + name);
}

}  // namespace pawl::aws
