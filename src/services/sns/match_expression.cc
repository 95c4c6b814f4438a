// SPDX-License-Identifier: Apache-2.0
#include "services/sns/match_expression.h"

#include <charconv>
#include <utility>

#include "text/number.h"

namespace pawl::sns {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Kind = FilterPattern::Kind;
using Token = PolicyReader::Token;

constexpr const char* kOneKey = "Only one key allowed in match expression";
constexpr const char* kTooMany = "Too many elements in numeric expression";

double number_at(PolicyReader& reader) { return text::parse_double(reader.text()).value_or(0); }

Result<int64_t> bound_at(PolicyReader& reader) {
  const std::optional<int64_t> bound = comparable_number(number_at(reader));
  if (!bound) return mistake_at(reader, "Value must be between -1.0E9 and 1.0E9, inclusive");
  return *bound;
}

Result<void> end_object(PolicyReader& reader, const char* otherwise) {
  if (reader.next() != Token::ObjectEnd) return mistake_at(reader, otherwise);
  return {};
}

/// {"prefix": "text"} and its like.
Result<FilterPattern> text_expression(PolicyReader& reader, const std::string& name, Kind kind) {
  if (reader.next() != Token::String)
    return mistake_at(reader, name + " match pattern must be a string");
  FilterPattern pattern{.kind = kind, .texts = {reader.text()}};
  PAWL_TRY_VOID(end_object(reader, kOneKey));
  return pattern;
}

/// After the first bound of a range: "<" or "<=" and the second.
Result<void> complete_range(PolicyReader& reader, FilterPattern& range) {
  if (reader.token() != Token::String)
    return mistake_at(reader, "Bad value in numeric range: " + reader.text());
  const std::string comparison = reader.text();
  if (comparison != "<" && comparison != "<=")
    return mistake_at(reader, "Bad numeric range operator: " + comparison);
  range.includes_top = comparison == "<=";
  if (reader.next() != Token::Number)
    return mistake_at(reader, "Value of " + comparison + " must be numeric");
  const int64_t top = PAWL_TRY(bound_at(reader));
  if (reader.next() != Token::ArrayEnd)
    return mistake_at(reader, "Too many terms in numeric range expression");
  if (*range.bottom >= top) return mistake_at(reader, "Bottom must be less than top");
  range.top = top;
  return {};
}

Result<FilterPattern> numeric_array(PolicyReader& reader) {
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
  const int64_t bound = PAWL_TRY(bound_at(reader));
  const bool is_inclusive = comparison.ends_with('=');
  FilterPattern range{.kind = Kind::Range};
  if (is_bottom) {
    range.bottom = bound;
    range.includes_bottom = is_inclusive;
    if (reader.next() != Token::ArrayEnd) PAWL_TRY_VOID(complete_range(reader, range));
    return range;
  }
  range.top = bound;
  range.includes_top = is_inclusive;
  if (!is_top) {
    range.bottom = bound;
    range.includes_bottom = true;
  }
  if (reader.next() != Token::ArrayEnd) return mistake_at(reader, kTooMany);
  return range;
}

Result<FilterPattern> numeric_expression(PolicyReader& reader) {
  if (reader.next() != Token::ArrayStart)
    return mistake_at(reader, "Value of numeric must be an array.");
  FilterPattern range = PAWL_TRY(numeric_array(reader));
  PAWL_TRY_VOID(end_object(reader, kTooMany));
  return range;
}

Result<void> add_excluded(PolicyReader& reader, FilterPattern& pattern) {
  if (reader.token() == Token::Number) {
    pattern.kind = Kind::Number;
    pattern.numbers.push_back(PAWL_TRY(bound_at(reader)));
  } else {
    pattern.texts.push_back(reader.text());
  }
  return {};
}

/// The strings or numbers of "anything-but", one or an array.
Result<FilterPattern> excluded_values(PolicyReader& reader, bool ignores_case) {
  FilterPattern pattern{.kind = ignores_case ? Kind::IgnoringCase : Kind::Text, .is_negated = true};
  if (reader.token() != Token::ArrayStart) {
    if (ignores_case && reader.token() != Token::String)
      return mistake_at(reader,
                        "Inside anything-but/equals-ignore-case list, number|start|null|boolean is "
                        "not supported.");
    PAWL_TRY_VOID(add_excluded(reader, pattern));
    return pattern;
  }
  while (reader.next() != Token::ArrayEnd) {
    const bool is_number = reader.token() == Token::Number;
    if (ignores_case && reader.token() != Token::String)
      return mistake_at(reader,
                        "Inside anything-but/equals-ignore-case list, numberic|start|null|boolean "
                        "is not supported.");
    if (!is_number && reader.token() != Token::String)
      return mistake_at(reader, "Inside anything but list, start|null|boolean is not supported.");
    PAWL_TRY_VOID(add_excluded(reader, pattern));
  }
  if (!ignores_case && pattern.texts.empty() == pattern.numbers.empty())
    return mistake_at(reader,
                      "Inside anything but list, either all values are number or string, mixed "
                      "type is not supported");
  return pattern;
}

/// {"anything-but": {"prefix": "text"}} and its like; the reader stands on the inner brace.
Result<FilterPattern> anything_but_expression(PolicyReader& reader) {
  if (reader.next() != Token::Name)
    return mistake_at(reader, "Anything-But expression name not found");
  const std::string name = reader.text();
  if (name == "equals-ignore-case") {
    const Token token = reader.next();
    if (token != Token::ArrayStart && token != Token::String && token != Token::Number)
      return mistake_at(reader,
                        "Value of anything-but must be an array or single string/number value.");
    FilterPattern pattern = PAWL_TRY(excluded_values(reader, true));
    PAWL_TRY_VOID(end_object(reader, kTooMany));
    return pattern;
  }
  const bool is_wildcard = name == "wildcard";
  if (name != "prefix" && name != "suffix" && !is_wildcard)
    return mistake_at(reader, "Unsupported anything-but pattern: " + name);
  if (reader.next() != Token::String)
    return mistake_at(reader, "prefix/suffix match pattern must be a string");
  const std::string text = reader.text();
  if (text.empty() && !is_wildcard) return mistake_at(reader, "Null prefix/suffix not allowed");
  PAWL_TRY_VOID(end_object(reader, kOneKey));
  return FilterPattern{.kind = is_wildcard        ? Kind::Wildcard
                               : name == "prefix" ? Kind::Prefix
                                                  : Kind::Suffix,
                       .is_negated = true,
                       .texts = {text}};
}

Result<FilterPattern> anything_but(PolicyReader& reader) {
  const Token token = reader.next();
  if (token == Token::ObjectStart) {
    FilterPattern pattern = PAWL_TRY(anything_but_expression(reader));
    PAWL_TRY_VOID(end_object(reader, kOneKey));
    return pattern;
  }
  if (token != Token::ArrayStart && token != Token::String && token != Token::Number)
    return mistake_at(reader,
                      "Value of anything-but must be an array or single string/number value.");
  FilterPattern pattern = PAWL_TRY(excluded_values(reader, false));
  PAWL_TRY_VOID(end_object(reader, kTooMany));
  return pattern;
}

Result<FilterPattern> exists_expression(PolicyReader& reader) {
  const Token token = reader.next();
  const std::string text = token == Token::Literal ? reader.text() : "";
  if (text != "true" && text != "false")
    return mistake_at(reader, "exists match pattern must be either true or false.");
  PAWL_TRY_VOID(end_object(reader, kOneKey));
  return FilterPattern{.kind = text == "true" ? Kind::Present : Kind::Absent};
}

/// The network's first and last address. Errors: InvalidSyntax, without a place.
Result<FilterPattern> network(const std::string& cidr) {
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
  if (!first) return Error{ErrorKind::InvalidSyntax, "Nonstandard IP address: " + address};
  const int width = static_cast<int>(first->size()) * 8;
  if (bits >= width)
    return Error{ErrorKind::InvalidSyntax, std::string(width == 32 ? "IPv4" : "IPv6") +
                                               " mask bits must be < " + std::to_string(width)};
  std::string last = *first;
  for (int bit = bits; bit < width; ++bit) {
    char& byte = last[static_cast<size_t>(bit / 8)];
    byte = static_cast<char>(static_cast<unsigned char>(byte) | (0x80U >> (bit % 8)));
  }
  return FilterPattern{.kind = Kind::Network, .texts = {*first, last}};
}

Result<FilterPattern> cidr_expression(PolicyReader& reader) {
  if (reader.next() != Token::String)
    return mistake_at(reader, "prefix match pattern must be a string");
  Result<FilterPattern> pattern = network(reader.text());
  // These are thrown by another part of the rule engine, which knows no place.
  if (!pattern) return Error{ErrorKind::InvalidSyntax, "FilterPolicy: " + pattern.error().message};
  PAWL_TRY_VOID(end_object(reader, kOneKey));
  return pattern;
}

}  // namespace

Error mistake_at(const PolicyReader& reader, const std::string& message) {
  return {ErrorKind::InvalidSyntax, "FilterPolicy: " + message + "\n at " + reader.location()};
}

FilterPattern number_pattern(PolicyReader& reader) {
  FilterPattern pattern{.kind = Kind::Number, .texts = {reader.text()}};
  if (const std::optional<int64_t> number = comparable_number(number_at(reader)))
    pattern.numbers.push_back(*number);
  return pattern;
}

Result<FilterPattern> read_match_expression(PolicyReader& reader) {
  if (reader.next() != Token::Name) return mistake_at(reader, "Match expression name not found");
  const std::string name = reader.text();
  if (name == "exactly") return text_expression(reader, "exact", Kind::Text);
  if (name == "prefix") return text_expression(reader, name, Kind::Prefix);
  if (name == "suffix") return text_expression(reader, name, Kind::Suffix);
  if (name == "equals-ignore-case") return text_expression(reader, name, Kind::IgnoringCase);
  if (name == "wildcard") return text_expression(reader, name, Kind::Wildcard);
  if (name == "numeric") return numeric_expression(reader);
  if (name == "anything-but") return anything_but(reader);
  if (name == "exists") return exists_expression(reader);
  if (name == "cidr") return cidr_expression(reader);
  return mistake_at(reader, "Unrecognized match type " + name);
}

}  // namespace pawl::sns
