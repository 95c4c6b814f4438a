// SPDX-License-Identifier: Apache-2.0
#include "aws/event/event_path.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace pawl::aws {
namespace {

using base::Error;
using base::ErrorKind;
using json::Value;

constexpr size_t kStepsMax = 100;

Error no_path(std::string_view text) {
  return {ErrorKind::InvalidSyntax, "Not a path into an event: " + std::string(text)};
}

}  // namespace

base::Result<EventPath> EventPath::compile(std::string_view text) {
  const std::string_view whole = text;
  if (!text.starts_with('$')) return no_path(whole);
  text.remove_prefix(1);
  EventPath path;
  while (!text.empty()) {
    if (path.steps_.size() == kStepsMax) return no_path(whole);
    if (text[0] == '.') {
      const size_t end = std::min(text.find_first_of(".[", 1), text.size());
      const std::string_view name = text.substr(1, end - 1);
      if (name.empty() || name.find_first_of("]()?@'\" ") != std::string_view::npos)
        return no_path(whole);
      if (name == "*") {
        path.steps_.emplace_back(Every{});
      } else {
        path.steps_.emplace_back(std::string(name));
      }
      text.remove_prefix(end);
      continue;
    }
    if (text[0] != '[' || text.size() < 3) return no_path(whole);
    const char quote = text[1];
    if (quote == '\'' || quote == '"') {
      const size_t end = text.find(quote, 2);
      if (end == std::string_view::npos || text.substr(end + 1, 1) != "]") return no_path(whole);
      path.steps_.emplace_back(std::string(text.substr(2, end - 2)));
      text.remove_prefix(end + 2);
      continue;
    }
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return no_path(whole);
    const std::string_view inside = text.substr(1, end - 1);
    size_t index = 0;
    const auto [stop, failed] =
        std::from_chars(inside.data(), inside.data() + inside.size(), index);
    if (inside == "*") {
      path.steps_.emplace_back(Every{});
    } else if (failed == std::errc{} && stop == inside.data() + inside.size()) {
      path.steps_.emplace_back(index);
    } else {
      return no_path(whole);
    }
    text.remove_prefix(end + 1);
  }
  return path;
}

void EventPath::collect(const Value& value, size_t step, std::vector<Value>& out) const {
  if (step == steps_.size()) {
    out.push_back(value);
    return;
  }
  if (const auto* name = std::get_if<std::string>(&steps_[step])) {
    if (const Value* member = value.find(*name)) collect(*member, step + 1, out);
  } else if (const auto* index = std::get_if<size_t>(&steps_[step])) {
    if (value.is_array() && *index < value.size()) collect(value.items()[*index], step + 1, out);
  } else if (value.is_array()) {
    for (const Value& item : value.items()) collect(item, step + 1, out);
  } else if (value.is_object()) {
    for (const json::Member& member : value.members()) collect(member.value, step + 1, out);
  }
}

std::optional<Value> EventPath::select(const Value& event) const {
  std::vector<Value> found;
  collect(event, 0, found);
  if (found.empty()) return std::nullopt;
  const bool selects_many = std::any_of(steps_.begin(), steps_.end(), [](const Step& step) {
    return std::holds_alternative<Every>(step);
  });
  return selects_many ? Value::array(std::move(found)) : std::move(found[0]);
}

}  // namespace pawl::aws
