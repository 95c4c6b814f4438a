// SPDX-License-Identifier: Apache-2.0
// Strings: $string, $substring…, $lowercase, $trim, $pad, $join and their like. Lengths and places
// are code points (utils.stringToArray).
#include <algorithm>
#include <cmath>
#include <string>

#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"
#include "query/jsonata/stored.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

Item bounded_string(const BuiltinCall& call, std::string_view text) {
  if (call.evaluation.exceeds_memory(text.size())) return Item::failure();
  return Item::string(text);
}

Item string(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const bool is_pretty = call[1].is_boolean() && call[1].as_boolean();
  auto text = string_of(call[0], is_pretty, call.evaluation.dialect());
  if (!text) return call.evaluation.fail(std::move(text).error());
  return bounded_string(call, *text);
}

/// Array.prototype.slice over code points; negative places count from the end.
std::string_view slice(std::string_view text, double length, double start, double end) {
  const auto place = [length](double at) {
    at = std::isnan(at) ? 0 : std::trunc(at);
    return at < 0 ? std::fmax(0, length + at) : std::fmin(at, length);
  };
  const auto first = static_cast<size_t>(place(start));
  const auto last = static_cast<size_t>(place(end));
  if (first >= last) return {};
  const size_t begin_byte = text::byte_of_code_point(text, first);
  const std::string_view rest = text.substr(begin_byte);
  return rest.substr(0, text::byte_of_code_point(rest, last - first));
}

Item substring(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const std::string_view text = call[0].as_string();
  const auto length = static_cast<double>(text::count_code_points(text));
  double start = call[1].is_number() ? call[1].as_number() : 0;
  if (length + start < 0) start = 0;
  if (!call[2].is_number()) return Item::string(slice(text, length, start, length));
  const double wanted = call[2].as_number();
  if (wanted <= 0) return Item::string("");
  const double end = start >= 0 ? start + wanted : length + start + wanted;
  return Item::string(slice(text, length, start, end));
}

Item before_or_after(const BuiltinCall& call, bool is_before) {
  if (call[0].is_undefined()) return {};
  const std::string_view text = call[0].as_string();
  // indexOf(undefined) looks for "undefined".
  const std::string_view wanted =
      call[1].is_string() ? call[1].as_string() : std::string_view("undefined");
  const size_t at = text.find(wanted);
  if (at == std::string_view::npos) return call[0];
  return Item::string(is_before ? text.substr(0, at) : text.substr(at + wanted.size()));
}

Item substring_before(const BuiltinCall& call) { return before_or_after(call, true); }
Item substring_after(const BuiltinCall& call) { return before_or_after(call, false); }

Item lowercase(const BuiltinCall& call) {
  return call[0].is_undefined() ? Item() : Item::string(text::to_lower(call[0].as_string()));
}

Item uppercase(const BuiltinCall& call) {
  return call[0].is_undefined() ? Item() : Item::string(text::to_upper(call[0].as_string()));
}

Item length(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  return Item::number(static_cast<double>(text::count_code_points(call[0].as_string())));
}

Item trim(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  constexpr std::string_view kSpaces = " \t\n\r";
  std::string out;
  bool is_in_space = false;
  for (const char c : call[0].as_string()) {
    const bool is_space = kSpaces.find(c) != std::string_view::npos;
    if (is_space && !is_in_space) out += ' ';
    if (!is_space) out += c;
    is_in_space = is_space;
  }
  if (out.starts_with(' ')) out.erase(0, 1);
  if (out.ends_with(' ')) out.pop_back();
  return Item::string(out);
}

Item pad(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const std::string_view text = call[0].as_string();
  std::string_view filler = call[2].is_string() ? call[2].as_string() : std::string_view();
  if (filler.empty()) filler = " ";
  const double width = call[1].is_number() ? call[1].as_number() : 0;
  const double missing =
      std::trunc(std::fabs(width)) - static_cast<double>(text::count_code_points(text));
  if (!(missing > 0)) return call[0];
  if (missing > 1e9 || call.evaluation.exceeds_memory(static_cast<size_t>(missing) + text.size()))
    return call.evaluation.exceeds_memory(SIZE_MAX) ? Item::failure() : Item();
  const auto points = static_cast<size_t>(missing);
  const size_t filler_points = text::count_code_points(filler);
  std::string padding;
  for (size_t i = 0; i < points / filler_points; ++i) padding += filler;
  padding += filler.substr(0, text::byte_of_code_point(filler, points % filler_points));
  return bounded_string(call,
                        width > 0 ? std::string(text) + padding : padding + std::string(text));
}

Item join(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const std::string_view separator = call[1].is_string() ? call[1].as_string() : std::string_view();
  std::string out;
  bool is_first = true;
  for (const json::Value& part : call[0].value().items()) {
    if (!is_first) out += separator;
    is_first = false;
    if (part.is_string()) out += part.as_string();
  }
  return bounded_string(call, out);
}

constexpr Builtin kFunctions[] = {
    {"string", "<x-b?:s>", 1, string},
    {"substring", "<s-nn?:s>", 3, substring},
    {"substringBefore", "<s-s:s>", 2, substring_before},
    {"substringAfter", "<s-s:s>", 2, substring_after},
    {"lowercase", "<s-:s>", 1, lowercase},
    {"uppercase", "<s-:s>", 1, uppercase},
    {"length", "<s-:n>", 1, length},
    {"trim", "<s-:s>", 1, trim},
    {"pad", "<s-ns?:s>", 3, pad},
    {"join", "<a<s>s?:s>", 2, join},
};

}  // namespace

std::span<const Builtin> string_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
