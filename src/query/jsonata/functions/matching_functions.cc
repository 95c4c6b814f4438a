// SPDX-License-Identifier: Apache-2.0
// Pattern matching: $contains, $match, $replace, $split. A pattern is a string or a function that
// answers an object with match, start, end, groups and next; regular expressions are such
// functions.
#include <cmath>
#include <optional>
#include <string>

#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"
#include "query/jsonata/stored.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

/// functions.evaluateMatcher: the match, undefined for none, or a failure.
Item matched(Evaluation& evaluation, const Function& matcher, const Item& text) {
  Item match = evaluation.apply(matcher, {text}, text);
  if (!is_truthy(match) || match.is_failure()) return match.is_failure() ? match : Item();
  const json::Value* start = match.value().find("start");
  const json::Value* end = match.value().find("end");
  const json::Value* groups = match.value().find("groups");
  const json::Value* next = match.value().find("next");
  const bool is_match =
      (start != nullptr && start->is_number()) || (end != nullptr && end->is_number()) ||
      (groups != nullptr && groups->is_array()) || (next != nullptr && Item(*next).is_function());
  return is_match ? match : evaluation.fail("T1010");
}

/// The matches of a pattern in a text, one after the other.
class Matches {
 public:
  Matches(Evaluation& evaluation, const Item& text, const Function& matcher)
      : evaluation_(evaluation), text_(text), match_(matched(evaluation, matcher, text)) {}

  bool has_failed() const { return match_.is_failure(); }
  bool is_at_end() const { return !match_.is_object(); }
  const json::Value& object() const { return match_.value(); }

  void advance() {
    const json::Value* next = match_.value().find("next");
    const Item function = next == nullptr ? Item() : Item(*next);
    match_ =
        function.is_function() ? matched(evaluation_, *function.as_function(), Item()) : Item();
  }

  std::string_view match() const {
    const json::Value* match = match_.value().find("match");
    return match != nullptr && match->is_string() ? match->as_string() : std::string_view();
  }

  /// Where the match starts or ends: bytes in the text, which matches give as UTF-16 units.
  size_t byte_of(std::string_view member) const {
    const json::Value* place = match_.value().find(member);
    const double units = place != nullptr && place->is_number() ? place->as_double() : 0;
    const std::string_view text = text_.as_string();
    if (!(units > 0)) return 0;
    return text::byte_of_utf16_offset(text, static_cast<size_t>(std::fmin(units, 1e15)));
  }

  std::span<const json::Value> groups() const {
    const json::Value* groups = match_.value().find("groups");
    if (groups == nullptr || !groups->is_array()) return {};
    return groups->items();
  }

 private:
  Evaluation& evaluation_;
  Item text_;
  Item match_;
};

/// A limit argument: none, or a number of times.
class Limit {
 public:
  explicit Limit(const Item& item) {
    if (item.is_number()) times_ = item.as_number();
  }
  bool is_negative() const { return times_ && *times_ < 0; }
  bool allows(size_t count) const { return !times_ || static_cast<double>(count) < *times_; }

 private:
  std::optional<double> times_;
};

Item negative_limit(const BuiltinCall& call, std::string_view code, size_t index) {
  EvaluationError error(code);
  error.value = message_value(call[index]);
  error.index = index + 1;
  return call.evaluation.fail(std::move(error));
}

Item contains(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  if (call[1].is_undefined())
    return call.evaluation.dialect() == Dialect::Current ? Item() : call.evaluation.fail("T1006");
  if (call[1].is_string())
    return Item::boolean(call[0].as_string().find(call[1].as_string()) != std::string_view::npos);
  const Item match = matched(call.evaluation, *call[1].as_function(), call[0]);
  return match.is_failure() ? match : Item::boolean(!match.is_undefined());
}

Item match(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const Limit limit(call[2]);
  if (limit.is_negative()) return negative_limit(call, "D3040", 2);
  Evaluation::Collector out(call.evaluation);
  if (!limit.allows(0)) return out.array(ArrayFlag::kSequence);
  Matches matches(call.evaluation, call[0], *call[1].as_function());
  for (size_t count = 0; !matches.is_at_end() && limit.allows(count); ++count) {
    json::ObjectBuilder object;
    for (const auto& [name, member] : {std::pair("match", "match"), std::pair("index", "start"),
                                       std::pair("groups", "groups")}) {
      if (const json::Value* value = matches.object().find(member)) object.set(name, *value);
    }
    out.push(Item(std::move(object).build()));
    matches.advance();
  }
  return matches.has_failed() ? Item::failure() : out.array(ArrayFlag::kSequence);
}

/// "$1" to "$99", "$0" and "$$" in a replacement, as functions.replace reads them.
std::string substituted(std::string_view replacement, const Matches& matches) {
  const auto groups = matches.groups();
  size_t digits_max = 1;
  for (size_t n = groups.size(); n >= 10; n /= 10) ++digits_max;
  std::string out;
  size_t at = 0;
  for (size_t dollar = replacement.find('$'); dollar != std::string_view::npos;
       dollar = replacement.find('$', at)) {
    out += replacement.substr(at, dollar - at);
    at = dollar + 1;
    const char next = at < replacement.size() ? replacement[at] : '\0';
    if (next == '$' || next == '0') {
      out += next == '$' ? std::string_view("$") : matches.match();
      ++at;
      continue;
    }
    const auto parse_index = [&](size_t digits) -> std::optional<size_t> {
      std::optional<size_t> index;
      for (size_t i = 0; i < digits && at + i < replacement.size(); ++i) {
        const char c = replacement[at + i];
        if (c < '0' || c > '9') break;
        index = index.value_or(0) * 10 + static_cast<size_t>(c - '0');
      }
      return index;
    };
    std::optional<size_t> index = parse_index(digits_max);
    if (index && digits_max > 1 && *index > groups.size()) index = parse_index(digits_max - 1);
    if (!index) {
      out += '$';  // no group: the sign itself
      continue;
    }
    if (*index >= 1 && *index <= groups.size() && groups[*index - 1].is_string())
      out += groups[*index - 1].as_string();
    at += std::to_string(*index).size();
  }
  return out + std::string(replacement.substr(at));
}

Item replace_string(const BuiltinCall& call, const Limit& limit) {
  const std::string_view text = call[0].as_string();
  const std::string_view pattern = call[1].as_string();
  const std::string_view replacement =
      call[2].is_string() ? call[2].as_string() : std::string_view("undefined");
  std::string out;
  size_t at = 0;
  size_t found = text.find(pattern);
  for (size_t count = 0; found != std::string_view::npos && limit.allows(count); ++count) {
    out += text.substr(at, found - at);
    out += replacement;
    if (call.evaluation.exceeds_memory(out.size())) return Item::failure();
    at = found + pattern.size();
    found = text.find(pattern, at);
  }
  out += text.substr(at);
  if (call.evaluation.exceeds_memory(out.size())) return Item::failure();
  return Item::string(out);
}

Item replace(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  if (call[1].is_string() && call[1].as_string().empty()) {
    EvaluationError error("D3010");
    error.value = call[1].value();
    error.index = 2;
    return call.evaluation.fail(std::move(error));
  }
  const Limit limit(call[3]);
  if (limit.is_negative()) return negative_limit(call, "D3011", 3);
  if (!limit.allows(0)) return call[0];
  if (call[1].is_undefined()) return call.evaluation.fail("T1006");
  if (call[1].is_string()) return replace_string(call, limit);
  const std::string_view text = call[0].as_string();
  Matches matches(call.evaluation, call[0], *call[1].as_function());
  std::string out;
  size_t at = 0;
  for (size_t count = 0; !matches.is_at_end() && limit.allows(count); ++count) {
    const size_t start = std::max(at, matches.byte_of("start"));
    out += text.substr(at, start - at);
    if (call[2].is_function()) {
      const Item replaced =
          call.evaluation.apply(*call[2].as_function(), {Item(matches.object())}, call[0]);
      if (replaced.is_failure()) return replaced;
      if (!replaced.is_string()) return call.evaluation.fail_value("D3012", replaced);
      out += replaced.as_string();
    } else if (call[2].is_string()) {
      out += substituted(call[2].as_string(), matches);
    } else {
      return call.evaluation.fail("D3012");
    }
    if (call.evaluation.exceeds_memory(out.size())) return Item::failure();
    at = std::min(text.size(), start + matches.match().size());
    matches.advance();
  }
  if (matches.has_failed()) return Item::failure();
  out += text.substr(at);
  return Item::string(out);
}

/// String.prototype.split: an empty separator gives each UTF-16 unit.
void split_by_string(std::string_view text, std::string_view separator, const Limit& limit,
                     Evaluation::Collector& out) {
  if (separator.empty()) {
    for (const char16_t unit : text::to_utf16(text)) {
      if (!limit.allows(out.size())) return;
      out.push(Item::string(text::from_utf16({&unit, 1})));
    }
    return;
  }
  size_t at = 0;
  while (limit.allows(out.size())) {
    const size_t found = text.find(separator, at);
    out.push(Item::string(text.substr(at, found == std::string_view::npos ? found : found - at)));
    if (found == std::string_view::npos) return;
    at = found + separator.size();
  }
}

Item split(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const Limit limit(call[2]);
  if (limit.is_negative()) return negative_limit(call, "D3020", 2);
  const std::string_view text = call[0].as_string();
  Evaluation::Collector out(call.evaluation);
  if (!limit.allows(0)) return out.array(0);
  if (call[1].is_undefined()) return call.evaluation.fail("T1006");
  if (call[1].is_string()) {
    // The limit of String.prototype.split is truncated.
    const Limit whole(call[2].is_number() ? Item::number(std::trunc(call[2].as_number())) : Item());
    split_by_string(text, call[1].as_string(), whole, out);
    return out.array(0);
  }
  Matches matches(call.evaluation, call[0], *call[1].as_function());
  size_t at = 0;
  size_t count = 0;
  for (; !matches.is_at_end() && limit.allows(count); ++count) {
    const size_t start = std::max(at, matches.byte_of("start"));
    out.push(Item::string(text.substr(at, start - at)));
    at = std::max(start, matches.byte_of("end"));
    matches.advance();
  }
  if (matches.has_failed()) return Item::failure();
  if (limit.allows(count)) out.push(Item::string(text.substr(at)));
  return out.array(0);
}

constexpr Builtin kFunctions[] = {
    {"contains", "<s-(sf):b>", 2, contains},
    {"match", "<s-f<s:o>n?:a<o>>", 3, match},
    {"replace", "<s-(sf)(sf)n?:s>", 4, replace},
    {"split", "<s-(sf)n?:a<s>>", 3, split},
};

}  // namespace

std::span<const Builtin> matching_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
