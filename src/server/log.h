// SPDX-License-Identifier: Apache-2.0
// Log: what the server says of itself, a line each on standard error, as text or JSON. Payloads do
// not belong here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::server {

enum class LogLevel { Debug, Info, Warning, Error };
enum class LogFormat { Text, Json };

/// "debug", "info", "warning", "error".
std::optional<LogLevel> log_level_named(std::string_view name);

/// Thread-safe: a line is one write.
class Log {
 public:
  /// Names and values; values of numbers as text.
  using Fields = std::vector<std::pair<std::string_view, std::string>>;

  Log(int descriptor, LogFormat format, LogLevel level)
      : descriptor_(descriptor), format_(format), level_(level) {}

  bool writes(LogLevel level) const { return level >= level_; }
  void write(LogLevel level, std::string_view message, const Fields& fields = {}) const;

 private:
  const int descriptor_;
  const LogFormat format_;
  const LogLevel level_;
};

}  // namespace pawl::server
