// SPDX-License-Identifier: Apache-2.0
#include "formation/dynamic_references.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formation/resolver.h"
#include "formation/words.h"

namespace pawl::formation {
namespace {

constexpr std::string_view kOpen = "{{resolve:";
constexpr std::string_view kClose = "}}";

struct Found {
  size_t start;
  size_t end;
  DynamicReference reference;
};

std::optional<Found> find_reference(std::string_view text, size_t from) {
  while (true) {
    const size_t start = text.find(kOpen, from);
    if (start == std::string_view::npos) return std::nullopt;
    const size_t end = text.find(kClose, start);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view inner = text.substr(start + kOpen.size(), end - start - kOpen.size());
    const size_t colon = inner.find(':');
    const std::string_view service = inner.substr(0, colon);
    if (colon != std::string_view::npos &&
        (service == "ssm" || service == "ssm-secure" || service == "secretsmanager")) {
      return Found{
          start, end + kClose.size(), {std::string(service), std::string(inner.substr(colon + 1))}};
    }
    from = start + kOpen.size();
  }
}

base::Result<json::Value> resolve_text(const json::Value& value, References& references) {
  const std::string_view text = value.as_string();
  std::string result;
  size_t done = 0;
  while (const auto found = find_reference(text, done)) {
    std::optional<json::Value> answer = PAWL_TRY(references.dynamic_reference(found->reference));
    if (!answer) return unknown_value();
    const std::optional<std::string> replacement = scalar_text(*answer);
    if (!replacement) {
      return template_error("Dynamic reference {{resolve:" + found->reference.service + ":" +
                            found->reference.reference + "}} is not a string");
    }
    result += text.substr(done, found->start - done);
    result += *replacement;
    done = found->end;
  }
  if (done == 0) return value;
  result += text.substr(done);
  return json::Value(result);
}

}  // namespace

base::Result<json::Value> resolve_dynamic_references(const json::Value& value,
                                                     References& references) {
  if (value.is_string()) return resolve_text(value, references);
  if (count_dynamic_references(value) == 0) return value;
  if (value.is_array()) {
    std::vector<json::Value> items;
    for (const json::Value& item : value.items()) {
      items.push_back(PAWL_TRY(resolve_dynamic_references(item, references)));
    }
    return json::Value::array(std::move(items));
  }
  std::vector<json::Member> members;
  for (const json::Member& member : members_of(value)) {
    members.emplace_back(member.key,
                         PAWL_TRY(resolve_dynamic_references(member.value, references)));
  }
  return json::Value::object(std::move(members));
}

size_t count_dynamic_references(const json::Value& value) {
  size_t count = 0;
  if (value.is_string()) {
    size_t from = 0;
    while (const auto found = find_reference(value.as_string(), from)) {
      from = found->end;
      ++count;
    }
  }
  for (const json::Value& item : items_of(value)) count += count_dynamic_references(item);
  for (const json::Member& member : members_of(value)) {
    count += count_dynamic_references(member.value);
  }
  return count;
}

}  // namespace pawl::formation
