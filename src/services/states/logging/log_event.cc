// SPDX-License-Identifier: Apache-2.0
#include "services/states/logging/log_event.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "interpreter/history_json.h"
#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"

namespace pawl::states {
namespace {

using interpreter::HistoryEventType;
using json::Value;

/// "If escaped input or escaped output exceeds 248 KB, it will be truncated."
constexpr size_t kPayloadBytesMax = size_t{248} * 1024;

constexpr std::array<std::pair<std::string_view, LogLevel>, 4> kLevels{{{"ALL", LogLevel::All},
                                                                        {"ERROR", LogLevel::Error},
                                                                        {"FATAL", LogLevel::Fatal},
                                                                        {"OFF", LogLevel::Off}}};

base::Error bad_configuration(std::string_view member) {
  return {base::ErrorKind::InvalidSyntax,
          "a stored logging configuration has no valid \"" + std::string(member) + "\""};
}

size_t escaped_bytes(std::string_view text) {
  std::string escaped;
  json::write_string(text, escaped);
  return escaped.size() - 2;
}

/// The longest beginning of `text` that is at most kPayloadBytesMax long when it is escaped and
/// ends between characters; nullopt if that is all of it.
std::optional<std::string_view> cut(std::string_view text) {
  constexpr size_t kLongestEscape = 6;  // \u001F
  if (text.size() * kLongestEscape <= kPayloadBytesMax || escaped_bytes(text) <= kPayloadBytesMax)
    return std::nullopt;
  size_t fits = 0;
  size_t too_long = std::min(text.size(), kPayloadBytesMax + 1);
  while (fits + 1 < too_long) {
    const size_t middle = fits + (too_long - fits) / 2;
    (escaped_bytes(text.substr(0, middle)) <= kPayloadBytesMax ? fits : too_long) = middle;
  }
  while (fits > 0 && (static_cast<unsigned char>(text[fits]) & 0xc0) == 0x80) --fits;
  return text.substr(0, fits);
}

bool is_execution_data(std::string_view member) {
  constexpr std::string_view kData[] = {"input",
                                        "inputDetails",
                                        "output",
                                        "outputDetails",
                                        "parameters",
                                        "assignedVariables",
                                        "assignedVariablesDetails"};
  return std::find(std::begin(kData), std::end(kData), member) != std::end(kData);
}

/// AWS sorts the members by name.
Value log_details(const Value& api_details, bool include_execution_data) {
  std::vector<json::Member> members;
  std::string truncated;  // "inputDetails" if the input was cut
  for (const json::Member& member : api_details.members()) {
    const std::string name(member.name());
    if (!include_execution_data && is_execution_data(name)) continue;
    Value value = member.value;
    if (is_execution_data(name) && value.is_string()) {
      if (const auto shorter = cut(member.value.as_string())) {
        value = Value(*shorter);
        truncated = name + "Details";
      }
    }
    members.emplace_back(member.key, std::move(value));
  }
  for (json::Member& member : members) {
    if (member.name() == truncated)
      member.value = member.value.with_member("truncated", Value(true));
  }
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  return Value::object(std::move(members));
}

}  // namespace

base::Result<LoggingConfiguration> LoggingConfiguration::parse(std::string_view json_text) {
  const Value value = PAWL_TRY(json::parse(json_text));
  LoggingConfiguration configuration;
  const Value* level = value.find("level");
  if (level == nullptr || !level->is_string()) return bad_configuration("level");
  const auto found = std::find_if(kLevels.begin(), kLevels.end(), [&](const auto& known) {
    return known.first == level->as_string();
  });
  if (found == kLevels.end()) return bad_configuration("level");
  configuration.level = found->second;
  const Value* data = value.find("includeExecutionData");
  configuration.include_execution_data =
      data != nullptr && data->is_boolean() && data->as_boolean();
  if (configuration.level == LogLevel::Off) return configuration;
  const Value* destinations = value.find("destinations");
  if (destinations == nullptr || !destinations->is_array() || destinations->size() == 0)
    return bad_configuration("destinations");
  const Value* group = destinations->items()[0].find("cloudWatchLogsLogGroup");
  const Value* arn = group == nullptr ? nullptr : group->find("logGroupArn");
  if (arn == nullptr || !arn->is_string()) return bad_configuration("logGroupArn");
  configuration.log_group_arn = std::string(arn->as_string());
  return configuration;
}

bool is_logged(HistoryEventType type, LogLevel level) {
  const std::string_view name = interpreter::history_event_type_name(type);
  switch (level) {
    case LogLevel::All: return true;
    case LogLevel::Error:
      return name.ends_with("Failed") || name.ends_with("Aborted") || name.ends_with("TimedOut") ||
             type == HistoryEventType::FailStateEntered;
    case LogLevel::Fatal:
      return type == HistoryEventType::ExecutionFailed ||
             type == HistoryEventType::ExecutionAborted ||
             type == HistoryEventType::ExecutionTimedOut;
    case LogLevel::Off: return false;
  }
  return false;
}

std::string render_log_event(const interpreter::HistoryEvent& event, const asl::Program& program,
                             const interpreter::ExecutionInfo& info, int64_t redrive_count,
                             bool include_execution_data) {
  const Value rendered =
      interpreter::render(event, program, info, {.include_execution_data = include_execution_data});
  Value details = Value::object();
  for (const json::Member& member : rendered.members()) {
    if (member.name().ends_with("EventDetails"))
      details = log_details(member.value, include_execution_data);
  }
  json::ObjectBuilder line;
  line.set("details", std::move(details))
      .set("redrive_count", Value(std::to_string(redrive_count)))
      .set("id", Value(std::to_string(event.id)))
      .set("type", Value(interpreter::history_event_type_name(event.type)))
      .set("previous_event_id", Value(std::to_string(event.previous_event_id)))
      .set("event_timestamp", Value(std::to_string(event.timestamp.ms)))
      .set("execution_arn", Value(info.execution_arn));
  return json::write(std::move(line).build());
}

std::string log_stream_name(std::string_view state_machine_name, base::Timestamp time) {
  std::string hour = base::format_iso8601(time).substr(0, 13);  // 2026-08-24T03
  std::replace(hour.begin(), hour.end(), 'T', '-');
  return "states/" + std::string(state_machine_name) + "/" + hour + "/00000000";
}

}  // namespace pawl::states
