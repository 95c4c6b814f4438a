// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/vtl/methods.h"

#include <algorithm>
#include <string>

#include "text/number.h"
#include "text/regex.h"
#include "text/unicode.h"

namespace pawl::apigateway::vtl {
namespace {

using Answer = std::optional<Value>;

constexpr size_t kItemsMax = 100'000;
constexpr size_t kTextBytesMax = 10 * 1024 * 1024;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

/// Every `from` by `to`, as text.
Answer replaced(std::string_view text, std::string_view from, std::string_view to) {
  if (from.empty()) return Value(std::string(text));
  std::string out;
  while (true) {
    const size_t at = text.find(from);
    out.append(text.substr(0, at));
    if (at == std::string_view::npos) return Value(std::move(out));
    out.append(to);
    if (out.size() > kTextBytesMax) return std::nullopt;
    text.remove_prefix(at + from.size());
  }
}

/// "$1" of a replacement is a group, as Java's.
void append_replacement(std::string& out, std::string_view to, std::string_view subject,
                        const text::Regex::Groups& groups) {
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i] == '\\' && i + 1 < to.size()) {
      out += to[++i];
    } else if (to[i] == '$' && i + 1 < to.size() && to[i + 1] >= '0' && to[i + 1] <= '9') {
      const auto group = static_cast<size_t>(to[++i] - '0');
      if (group < groups.size() && groups[group]) {
        out += subject.substr(groups[group]->start, groups[group]->end - groups[group]->start);
      }
    } else {
      out += to[i];
    }
  }
}

Answer replaced_by_regex(const std::string& subject, const std::string& pattern,
                         std::string_view to, bool all) {
  const auto regex = text::Regex::compile(pattern);
  if (!regex) return std::nullopt;
  std::string out;
  size_t from = 0;
  while (from <= subject.size()) {
    const auto groups = regex->match(subject, from);
    if (!groups) break;
    const text::RegexGroup whole = *(*groups)[0];
    out.append(subject, from, whole.start - from);
    append_replacement(out, to, subject, *groups);
    if (out.size() > kTextBytesMax) return std::nullopt;
    from = whole.end;
    if (whole.end == whole.start) {
      if (from < subject.size()) out += subject[from];
      ++from;
    }
    if (!all) break;
  }
  if (from < subject.size()) out.append(subject, from);
  return Value(std::move(out));
}

/// Java's split(): trailing empty parts are dropped.
Answer split(const std::string& subject, const std::string& pattern) {
  const auto regex = text::Regex::compile(pattern);
  if (!regex) return std::nullopt;
  ValueList parts;
  size_t from = 0;
  size_t search = 0;
  while (search <= subject.size() && parts.size() < kItemsMax) {
    const auto groups = regex->match(subject, search);
    if (!groups) break;
    const text::RegexGroup whole = *(*groups)[0];
    if (whole.end == whole.start) {
      if (whole.end >= subject.size()) break;
      search = whole.end + 1;
      if (whole.start == 0) continue;
    } else {
      search = whole.end;
    }
    parts.emplace_back(subject.substr(from, whole.start - from));
    from = whole.end;
  }
  parts.emplace_back(subject.substr(from));
  while (parts.size() > 1 && parts.back().text().empty()) parts.pop_back();
  return Value(std::move(parts));
}

/// Offsets are of UTF-16 units, as Java counts.
Answer substring(const std::string& subject, const ValueList& arguments) {
  const auto length = static_cast<int64_t>(text::utf16_length(subject));
  const int64_t begin = arguments[0].integer();
  const int64_t end = arguments.size() > 1 ? arguments[1].integer() : length;
  if (begin < 0 || end < begin || end > length) return std::nullopt;
  const size_t from = text::byte_of_utf16_offset(subject, static_cast<size_t>(begin));
  const size_t to = text::byte_of_utf16_offset(subject, static_cast<size_t>(end));
  return Value(subject.substr(from, to - from));
}

Answer index_of(const std::string& subject, size_t byte) {
  if (byte == std::string::npos) return Value(int64_t{-1});
  return Value(static_cast<int64_t>(text::utf16_offset_of_byte(subject, byte)));
}

Answer text_method_of_none(const std::string& self, std::string_view name) {
  if (name == "length" || name == "size") {
    return Value(static_cast<int64_t>(text::utf16_length(self)));
  }
  if (name == "isEmpty") return Value(self.empty());
  if (name == "trim" || name == "strip") return Value(std::string(trimmed(self)));
  if (name == "toLowerCase") return Value(text::to_lower(self));
  if (name == "toUpperCase") return Value(text::to_upper(self));
  if (name == "toString" || name == "intern") return Value(self);
  return std::nullopt;
}

Answer text_method_of_one(const std::string& self, std::string_view name,
                          const ValueList& arguments) {
  const std::string other = arguments[0].printed();
  if (name == "equals") return Value(arguments[0].is_text() && self == other);
  if (name == "equalsIgnoreCase") return Value(text::to_lower(self) == text::to_lower(other));
  if (name == "contains") return Value(self.find(other) != std::string::npos);
  if (name == "startsWith") return Value(self.starts_with(other));
  if (name == "endsWith") return Value(self.ends_with(other));
  if (name == "indexOf") return index_of(self, self.find(other));
  if (name == "lastIndexOf") return index_of(self, self.rfind(other));
  if (name == "concat") return Value(self + other);
  if (name == "compareTo") return Value(static_cast<int64_t>(text::compare_utf16(self, other)));
  if (name == "split") return split(self, other);
  if (name == "matches") {
    const auto regex = text::Regex::compile(other);
    return regex ? Answer(Value(regex->matches_whole(self))) : std::nullopt;
  }
  if (name == "substring" && arguments[0].is_number()) return substring(self, arguments);
  if (name == "charAt" && arguments[0].is_number()) {
    return substring(self, {arguments[0], Value(arguments[0].integer() + 1)});
  }
  return std::nullopt;
}

Answer text_method(const std::string& self, std::string_view name, const ValueList& arguments) {
  if (arguments.empty()) return text_method_of_none(self, name);
  if (arguments.size() == 1) return text_method_of_one(self, name, arguments);
  if (arguments.size() != 2) return std::nullopt;
  if (name == "replace") return replaced(self, arguments[0].printed(), arguments[1].printed());
  if (name == "replaceAll" || name == "replaceFirst") {
    return replaced_by_regex(self, arguments[0].printed(), arguments[1].printed(),
                             name == "replaceAll");
  }
  if (name == "substring" && arguments[0].is_number() && arguments[1].is_number()) {
    return substring(self, arguments);
  }
  return std::nullopt;
}

bool contains(const ValueList& items, const Value& wanted) {
  return std::find(items.begin(), items.end(), wanted) != items.end();
}

bool would_contain_itself(const Value& self, const ValueList& arguments) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const Value& each) { return each.contains_container(self); });
}

Answer list_method(const Value& list, std::string_view name, const ValueList& arguments) {
  ValueList& self = list.list();
  const auto is_index = [&](const Value& value) {
    return value.is_number() && value.integer() >= 0 &&
           static_cast<size_t>(value.integer()) < self.size();
  };
  if (arguments.empty()) {
    if (name == "size") return Value(static_cast<int64_t>(self.size()));
    if (name == "isEmpty") return Value(self.empty());
    if (name == "toString") return Value(list.printed());
    if (name == "clear") {
      self.clear();
      return Value();
    }
    return std::nullopt;
  }
  if (would_contain_itself(list, arguments)) return std::nullopt;
  if (arguments.size() == 2 && name == "set" && is_index(arguments[0])) {
    return std::exchange(self[static_cast<size_t>(arguments[0].integer())], arguments[1]);
  }
  if (arguments.size() != 1) return std::nullopt;
  const Value& argument = arguments[0];
  if (name == "get") {
    return is_index(argument) ? self[static_cast<size_t>(argument.integer())] : Value();
  }
  if (name == "add") {
    if (self.size() >= kItemsMax) return std::nullopt;
    self.push_back(argument);
    return Value(true);
  }
  if (name == "addAll" && argument.is_list()) {
    const ValueList more = argument.list();
    if (self.size() + more.size() > kItemsMax) return std::nullopt;
    self.insert(self.end(), more.begin(), more.end());
    return Value(true);
  }
  if (name == "contains") return Value(contains(self, argument));
  if (name == "indexOf") {
    const auto found = std::find(self.begin(), self.end(), argument);
    return Value(found == self.end() ? int64_t{-1} : static_cast<int64_t>(found - self.begin()));
  }
  if (name == "remove" && is_index(argument)) {
    Value gone = self[static_cast<size_t>(argument.integer())];
    self.erase(self.begin() + static_cast<std::ptrdiff_t>(argument.integer()));
    return gone;
  }
  return std::nullopt;
}

Answer map_view(const ValueMap& self, std::string_view name) {
  ValueList items;
  for (const auto& [key, value] : self) {
    if (name == "keySet") {
      items.emplace_back(key);
    } else if (name == "values") {
      items.push_back(value);
    } else {
      items.emplace_back(ValueMap{{"key", Value(key)}, {"value", value}});
    }
  }
  return Value(std::move(items));
}

Answer map_method(const Value& self, std::string_view name, const ValueList& arguments) {
  ValueMap& map = self.map();
  if (arguments.empty()) {
    if (name == "size") return Value(static_cast<int64_t>(map.size()));
    if (name == "isEmpty") return Value(map.empty());
    if (name == "keySet" || name == "values" || name == "entrySet") return map_view(map, name);
    if (name == "toString") return Value(self.printed());
    // An entry of entrySet().
    const Value* entry = name == "getKey"     ? self.find("key")
                         : name == "getValue" ? self.find("value")
                                              : nullptr;
    return entry == nullptr ? std::nullopt : Answer(*entry);
  }
  const std::string key = arguments[0].printed();
  Value* found = self.find(key);
  if (arguments.size() == 2) {
    if (name == "put") {
      if (found == nullptr && map.size() >= kItemsMax) return std::nullopt;
      Value before = found == nullptr ? Value() : *found;
      self.put(key, arguments[1]);
      return before;
    }
    if (name == "getOrDefault") return found == nullptr ? arguments[1] : *found;
    return std::nullopt;
  }
  if (name == "get") return found == nullptr ? Value() : *found;
  if (name == "containsKey") return Value(found != nullptr);
  if (name == "containsValue") {
    return Value(std::any_of(map.begin(), map.end(),
                             [&](const auto& each) { return each.second == arguments[0]; }));
  }
  if (name == "remove") {
    Value gone = found == nullptr ? Value() : *found;
    std::erase_if(map, [&](const auto& each) { return each.first == key; });
    return gone;
  }
  if (name == "putAll" && arguments[0].is_map()) {
    const ValueMap more = arguments[0].map();
    if (map.size() + more.size() > kItemsMax) return std::nullopt;
    for (const auto& [each, value] : more) self.put(each, value);
    return Value();
  }
  return std::nullopt;
}

Answer number_method(const Value& self, std::string_view name, const ValueList& arguments) {
  if (arguments.size() == 1) {
    if (name == "equals") return Value(arguments[0].is_number() && self == arguments[0]);
    if (name == "parseInt" || name == "parseLong" || name == "valueOf") {
      const auto number = text::parse_double(arguments[0].printed());
      return number ? Answer(Value(static_cast<int64_t>(*number))) : std::nullopt;
    }
    return std::nullopt;
  }
  if (!arguments.empty()) return std::nullopt;
  if (name == "intValue" || name == "longValue") return Value(self.integer());
  if (name == "doubleValue" || name == "floatValue") return Value(self.number());
  if (name == "toString") return Value(self.printed());
  return std::nullopt;
}

}  // namespace

Answer call_method(const Value& self, std::string_view name, const ValueList& arguments) {
  switch (self.kind()) {
    case Value::Kind::Text: return text_method(self.text(), name, arguments);
    case Value::Kind::List: return list_method(self, name, arguments);
    case Value::Kind::Map: return map_method(self, name, arguments);
    case Value::Kind::Integer:
    case Value::Kind::Double: return number_method(self, name, arguments);
    case Value::Kind::Object: return self.object().call(name, arguments);
    case Value::Kind::Boolean:
      if (name == "toString" && arguments.empty()) return Value(self.printed());
      if (name == "equals" && arguments.size() == 1) return Value(self == arguments[0]);
      return std::nullopt;
    default: return std::nullopt;
  }
}

}  // namespace pawl::apigateway::vtl
