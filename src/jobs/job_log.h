// SPDX-License-Identifier: Apache-2.0
// JobLog: what containers print, line by line, to CloudWatch Logs, as the awslogs driver does.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "base/time.h"
#include "jobs/output_positions.h"
#include "jobs/scope.h"

namespace pawl::jobs {

struct LogStream {
  Scope scope;
  std::string group;
  std::string stream;

  friend auto operator<=>(const LogStream&, const LogStream&) = default;
};

/// Thread-safe. Both ports must outlive it; the loop's tasks must have ended before it does.
class JobLog {
 public:
  /// `positions`: of containers that outlive this process; none: they all end with it.
  JobLog(aws::ServiceLoop& loop, aws::Caller& caller, std::optional<OutputPositions> positions = {})
      : loop_(loop), caller_(caller), positions_(positions) {}

  /// Makes the stream, and its group if it is not there. What is appended is the output of the
  /// container `id` from its position on, if positions are kept; that moves with the lines, in one
  /// batch with them if CloudWatch Logs is embedded. If it lives elsewhere it moves once they are
  /// answered for: a crash in between sends these again.
  void open(const LogStream& key, const std::string& id = {});
  /// Where the output of this container goes on. 0 if no positions are kept.
  base::Result<uint64_t> position(const std::string& id) const;
  /// Does not block. A line ends at a line feed or at 256 KiB. Beyond 16 MiB that are not sent yet,
  /// lines are dropped.
  void append(const LogStream& key, std::string_view bytes);
  /// What is there is a last line. `done` is called on the loop's thread once everything was sent,
  /// or cannot be.
  void close(const LogStream& key, std::function<void()> done);

 private:
  struct Line {
    base::Timestamp time;
    std::string text;
    uint64_t end = 0;  ///< bytes of output up to here
  };
  struct Stream {
    std::deque<Line> lines;
    std::string rest;  ///< a line that has not ended
    std::string id;    ///< whose position is kept; "": nobody's
    uint64_t end = 0;  ///< of what was appended
    bool is_open = false;
    bool is_sending = false;
    std::function<void()> done;
  };

  void add_line(Stream& stream, std::string text);
  void flush_soon(int64_t pause_ms);
  void flush();
  void flush_stream(const LogStream& key);
  void create(const LogStream& key, std::function<void()> then);
  void sent(const LogStream& key);
  void keep_position(const std::string& id, uint64_t end);
  aws::Call call_of(const LogStream& key, const char* operation, json::Value input) const;
  void call(const LogStream& key, const char* operation, json::Value input,
            aws::Caller::Receiver receiver);

  aws::ServiceLoop& loop_;
  aws::Caller& caller_;
  std::optional<OutputPositions> positions_;
  std::mutex mutex_;
  std::map<LogStream, Stream> streams_;  ///< guarded by mutex_, as all below
  size_t waiting_bytes_ = 0;
  bool is_flush_due_ = false;
};

}  // namespace pawl::jobs
