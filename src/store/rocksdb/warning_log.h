// SPDX-License-Identifier: Apache-2.0
// WarningLog: RocksDB's own log, of which the warnings go to the caller and the rest nowhere: no
// LOG files in the folder. Internal to store/rocksdb.
#pragma once

#include <cstdarg>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include <rocksdb/env.h>

namespace pawl::store {

class WarningLog : public ::rocksdb::Logger {
 public:
  explicit WarningLog(std::function<void(std::string_view line)> warn);

  using Logger::Logv;
  void Logv(const ::rocksdb::InfoLogLevel level, const char* format, va_list arguments) override;

  /// What RocksDB said about the last damage it met in a write-ahead log: the file, the bytes
  /// dropped. Empty if it met none. Thread-safe.
  std::string log_damage() const;

 private:
  const std::function<void(std::string_view line)> warn_;
  mutable std::mutex mutex_;
  std::string log_damage_;
};

}  // namespace pawl::store
