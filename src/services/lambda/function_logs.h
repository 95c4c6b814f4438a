// SPDX-License-Identifier: Apache-2.0
// FunctionLogs: what functions print, to CloudWatch Logs: a group of the function, a stream of each
// worker. Best effort, as on AWS: nothing waits for it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "base/time.h"
#include "services/lambda/function_config.h"

namespace pawl::lambda {

/// Thread-safe.
class FunctionLogs {
 public:
  /// Both must outlive it; the loop's tasks must have ended before it does.
  FunctionLogs(aws::ServiceLoop& loop, aws::Caller& caller) : loop_(loop), caller_(caller) {}

  /// The caller may be used. What is appended before waits.
  void begin();
  /// Does not block. Beyond 16 MiB that are not sent yet, lines are dropped.
  void append(const FunctionConfig& function, const std::string& stream, std::string_view line);

 private:
  /// Account, region, group, stream.
  using StreamKey = std::tuple<std::string, std::string, std::string, std::string>;
  struct Line {
    base::Timestamp time;
    std::string text;
  };
  struct Stream {
    std::deque<Line> lines;
    bool is_sending = false;
  };

  void flush_soon();
  void flush();
  void send(const StreamKey& key, const std::vector<Line>& lines, bool may_create);
  void create_and_send(const StreamKey& key, const std::vector<Line>& lines);
  void sent(const StreamKey& key);
  aws::Call call_for(const StreamKey& key, const char* operation, json::Value input) const;

  aws::ServiceLoop& loop_;
  aws::Caller& caller_;
  std::mutex mutex_;
  std::map<StreamKey, Stream> streams_;  ///< guarded by mutex_, as all below
  size_t waiting_bytes_ = 0;
  bool has_begun_ = false;
  bool is_flush_due_ = false;
};

}  // namespace pawl::lambda
