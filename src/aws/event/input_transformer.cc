// SPDX-License-Identifier: Apache-2.0
#include "aws/event/input_transformer.h"

#include <algorithm>

#include "json/jackson_error.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using base::Error;
using base::ErrorKind;
using json::Value;

constexpr std::string_view kEvent = "aws.events.event";
constexpr std::string_view kEventJson = "aws.events.event.json";
constexpr std::string_view kRuleArn = "aws.events.rule-arn";
constexpr std::string_view kRuleName = "aws.events.rule-name";
constexpr std::string_view kIngestionTime = "aws.events.event.ingestion-time";

bool is_predefined(std::string_view name) {
  return name == kEvent || name == kEventJson || name == kRuleArn || name == kRuleName ||
         name == kIngestionTime;
}

/// The event without what is its own; the name with a dash is written as one word.
Value event_without_detail(const Value& event) {
  json::ObjectBuilder out;
  for (const json::Member& member : event.members()) {
    if (member.name() == "detail") continue;
    out.set(member.name() == "detail-type" ? "detailType" : member.name(), member.value);
  }
  return std::move(out).build();
}

/// As it stands between quotes that are already there.
std::string quoted_text(const Value& value) {
  std::string text = json::write(value);
  if (value.is_string()) return text.substr(1, text.size() - 2);
  std::erase_if(text, [](char c) { return c == '"' || c == '\\'; });
  return text;
}

/// One JSON value, or strings one after the other (a template of several lines).
base::Result<void> check_json(std::string_view text) {
  const auto whole = json::validate(text);
  if (whole) return whole;
  size_t at = 0;
  size_t strings = 0;
  while (true) {
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    if (at == text.size()) break;
    if (text[at] != '"') return whole;
    size_t end = at + 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    if (end >= text.size() || !json::validate(text.substr(at, end + 1 - at))) return whole;
    at = end + 1;
    ++strings;
  }
  if (strings == 0) return whole;
  return {};
}

}  // namespace

std::vector<InputTransformer::Part> InputTransformer::split(std::string_view text) {
  std::vector<Part> parts;
  Part part;
  bool is_quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      part.text += text[i];
      part.text += text[++i];
      continue;
    }
    if (text[i] == '"') is_quoted = !is_quoted;
    const size_t end = text[i] == '<' ? text.find_first_of("<>", i + 1) : std::string_view::npos;
    if (end == std::string_view::npos || text[end] != '>' || end == i + 1) {
      part.text += text[i];
      continue;
    }
    part.variable = text.substr(i + 1, end - i - 1);
    part.is_quoted = is_quoted;
    parts.push_back(std::exchange(part, {}));
    i = end;
  }
  parts.push_back(std::move(part));
  return parts;
}

std::optional<std::string> InputTransformer::mistake(const Paths& paths, std::string_view text,
                                                     std::string_view target_id) {
  const std::string target = "target " + std::string(target_id);
  std::string sample;
  for (const Part& part : split(text)) {
    sample += part.text;
    if (part.variable.empty()) continue;
    const bool is_known = std::any_of(
        paths.begin(), paths.end(), [&](const auto& each) { return each.first == part.variable; });
    if (!is_known && !is_predefined(part.variable))
      return "InputTemplate for " + target + " contains invalid placeholder " + part.variable + ".";
    if (!part.is_quoted) sample += "null";
  }
  for (const auto& [name, path] : paths) {
    if (name.starts_with("aws."))
      return "InputPathsMap for " + target + " contains a reserved name: " + name + ".";
    if (!EventPath::compile(path)) return "Invalid InputPath for " + target + " : " + path + ".";
  }
  const auto valid = check_json(sample);
  if (valid) return std::nullopt;
  return "Invalid InputTemplate for " + target + " : " +
         json::jackson_error(sample, valid.error()).location + ".";
}

base::Result<InputTransformer> InputTransformer::compile(const Paths& paths,
                                                         std::string_view text) {
  if (auto wrong = mistake(paths, text, "")) return Error{ErrorKind::InvalidSyntax, *wrong};
  InputTransformer transformer;
  transformer.parts_ = split(text);
  for (const auto& [name, path] : paths)
    transformer.paths_.emplace_back(name, PAWL_TRY(EventPath::compile(path)));
  return transformer;
}

std::string InputTransformer::apply(const Value& event, const Predefined& predefined) const {
  const auto value_of = [&](const std::string& name) -> std::optional<Value> {
    if (name == kRuleArn) return Value(predefined.rule_arn);
    if (name == kRuleName) return Value(predefined.rule_name);
    if (name == kIngestionTime) return Value(predefined.ingestion_time);
    if (name == kEvent) return event_without_detail(event);
    if (name == kEventJson) return event;
    const auto path = std::find_if(paths_.begin(), paths_.end(),
                                   [&](const auto& each) { return each.first == name; });
    return path == paths_.end() ? std::nullopt : path->second.select(event);
  };
  std::string out;
  for (const Part& part : parts_) {
    out += part.text;
    if (part.variable.empty()) continue;
    const std::optional<Value> value = value_of(part.variable);
    if (part.is_quoted) {
      if (value) out += quoted_text(*value);
    } else {
      out += value ? json::write(*value) : "\"\"";
    }
  }
  return out;
}

}  // namespace pawl::aws
