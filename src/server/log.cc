// SPDX-License-Identifier: Apache-2.0
// {"time":"…","level":"info","message":"…",…} or "2024-… info message name=value …".
#include "server/log.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/time.h"
#include "json/write.h"
#include "server/wall_clock.h"

namespace pawl::server {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};

std::string_view level_name(LogLevel level) { return kLevels[static_cast<size_t>(level)]; }

std::string json_line(std::string_view time, LogLevel level, std::string_view message,
                      const Log::Fields& fields) {
  std::string line = "{\"time\":";
  json::write_string(time, line);
  line += ",\"level\":";
  json::write_string(level_name(level), line);
  line += ",\"message\":";
  json::write_string(message, line);
  for (const auto& [name, value] : fields) {
    line += ',';
    json::write_string(name, line);
    line += ':';
    json::write_string(value, line);
  }
  return line + "}\n";
}

std::string text_line(std::string_view time, LogLevel level, std::string_view message,
                      const Log::Fields& fields) {
  std::string line(time);
  line.append(" ").append(level_name(level)).append(" ").append(message);
  for (const auto& [name, value] : fields) {
    line.append(" ").append(name).append("=");
    // Only what could be mistaken for another field or line is quoted.
    const bool is_plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
      return c > ' ' && c != '"' && c != '=' && c != 0x7f;
    });
    if (is_plain) {
      line += value;
    } else {
      json::write_string(value, line);
    }
  }
  return line + "\n";
}

}  // namespace

std::optional<LogLevel> log_level_named(std::string_view name) {
  const auto found = std::find(kLevels.begin(), kLevels.end(), name);
  if (found == kLevels.end()) return std::nullopt;
  return static_cast<LogLevel>(found - kLevels.begin());
}

void Log::write(LogLevel level, std::string_view message, const Fields& fields) const {
  if (!writes(level)) return;
  const std::string time = base::format_iso8601(wall_clock_now());
  const std::string line = format_ == LogFormat::Json ? json_line(time, level, message, fields)
                                                      : text_line(time, level, message, fields);
  if (::write(descriptor_, line.data(), line.size()) < 0) {
    // Nobody reads: nothing to be done.
  }
}

}  // namespace pawl::server
