// SPDX-License-Identifier: Apache-2.0
#include "services/pipes/input_template.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::pipes {
namespace {

using base::Error;
using base::ErrorKind;
using json::Value;

constexpr std::array<std::string_view, 8> kVariables = {
    "aws.pipes.pipe-arn",       "aws.pipes.pipe-name",  "aws.pipes.source-arn",
    "aws.pipes.enrichment-arn", "aws.pipes.target-arn", "aws.pipes.event.ingestion-time",
    "aws.pipes.event",          "aws.pipes.event.json"};

std::string escaped(std::string_view text) {
  std::string literal;
  json::write_string(text, literal);
  return literal.substr(1, literal.size() - 2);
}

std::string plain_text(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::write(value);
}

}  // namespace

base::Result<InputTemplate> InputTemplate::compile(std::string_view text) {
  InputTemplate made;
  Part part;
  std::string sample;
  bool is_quoted = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const size_t end = text[at] == '<' ? text.find('>', at) : std::string_view::npos;
    const std::string_view inside =
        end == std::string_view::npos ? std::string_view() : text.substr(at + 1, end - at - 1);
    if (!inside.starts_with('$') && !inside.starts_with("aws.pipes.")) {
      if (text[at] == '"' && (at == 0 || text[at - 1] != '\\')) is_quoted = !is_quoted;
      part.text += text[at];
      sample += text[at];
      continue;
    }
    if (inside.starts_with('$')) {
      part.path = PAWL_TRY(aws::EventPath::compile(inside));
    } else if (std::find(kVariables.begin(), kVariables.end(), inside) != kVariables.end()) {
      part.variable = std::string(inside);
    } else {
      return Error(ErrorKind::InvalidSyntax,
                   "InputTemplate contains an unknown variable: <" + std::string(inside) + ">.");
    }
    part.is_quoted = is_quoted;
    if (!is_quoted) sample += "null";
    made.parts_.push_back(std::exchange(part, {}));
    at = end;
  }
  made.parts_.push_back(std::move(part));
  made.is_json_ = json::validate(sample).has_value();
  return made;
}

std::string InputTemplate::apply(const Value& event, const PipeVariables& variables) const {
  const Value parsed = with_body_parsed(event);
  const auto value_of = [&](const Part& part) -> std::optional<Value> {
    const std::string& name = part.variable;
    if (part.path) return part.path->select(parsed);
    if (name == "aws.pipes.pipe-arn") return Value(variables.pipe_arn);
    if (name == "aws.pipes.pipe-name") return Value(variables.pipe_name);
    if (name == "aws.pipes.source-arn") return Value(variables.source_arn);
    if (name == "aws.pipes.enrichment-arn") return Value(variables.enrichment_arn);
    if (name == "aws.pipes.target-arn") return Value(variables.target_arn);
    if (name == "aws.pipes.event.ingestion-time") return Value(variables.ingestion_time);
    return name == "aws.pipes.event.json" ? parsed : event;
  };
  std::string out;
  for (const Part& part : parts_) {
    out += part.text;
    if (!part.has_insertion()) continue;
    const std::optional<Value> value = value_of(part);
    if (!is_json_) {
      if (value) out += plain_text(*value);
    } else if (part.is_quoted) {
      if (value) out += escaped(plain_text(*value));
    } else {
      out += value ? json::write(*value) : "\"\"";
    }
  }
  return out;
}

Value with_body_parsed(const Value& event) {
  const Value* body = event.find("body");
  if (body == nullptr || !body->is_string()) return event;
  base::Result<Value> parsed = json::parse(body->as_string());
  return parsed ? event.with_member("body", *std::move(parsed)) : event;
}

std::string dynamic_parameter(const std::string& parameter, const Value& event) {
  if (!parameter.starts_with("$.") && !parameter.starts_with("$[")) return parameter;
  const auto path = aws::EventPath::compile(parameter);
  if (!path) return parameter;
  const std::optional<Value> value = path->select(with_body_parsed(event));
  return value ? plain_text(*value) : std::string();
}

}  // namespace pawl::pipes
