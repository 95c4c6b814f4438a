// SPDX-License-Identifier: Apache-2.0
// RocksDB's own log.
#include "store/rocksdb/warning_log.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace pawl::store {

WarningLog::WarningLog(std::function<void(std::string_view line)> warn)
    : Logger(::rocksdb::WARN_LEVEL), warn_(std::move(warn)) {}

void WarningLog::Logv(const ::rocksdb::InfoLogLevel level, const char* format, va_list arguments) {
  // HEADER_LEVEL is above the errors: options and versions, told at every opening.
  if (level < ::rocksdb::WARN_LEVEL || level >= ::rocksdb::HEADER_LEVEL) return;
  std::array<char, 1'024> buffer;
  const int bytes = std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
  if (bytes <= 0) return;
  std::string_view line(buffer.data(), std::min(static_cast<size_t>(bytes), buffer.size() - 1));
  while (line.ends_with('\n')) line.remove_suffix(1);
  if (line.find(".log: dropping ") != std::string_view::npos) {
    const std::scoped_lock lock(mutex_);
    log_damage_ = line;
  }
  if (warn_) warn_(line);
}

std::string WarningLog::log_damage() const {
  const std::scoped_lock lock(mutex_);
  return log_damage_;
}

}  // namespace pawl::store
