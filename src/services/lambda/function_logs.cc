// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/function_logs.h"

#include <utility>
#include <vector>

#include "services/lambda/destinations.h"

namespace pawl::lambda {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr int64_t kFlushPauseMs = 200;
constexpr size_t kWaitingBytesMax = size_t{16} << 20;
// API PutLogEvents: "the maximum batch size is 1,048,576 bytes", each event 26 more than its text.
constexpr size_t kBatchBytesMax = 1'048'576;
constexpr size_t kBatchLinesMax = 10'000;
constexpr size_t kLineOverhead = 26;

Value stream_input(const std::string& group, const std::string& stream) {
  ObjectBuilder input;
  input.set("logGroupName", Value(group)).set("logStreamName", Value(stream));
  return std::move(input).build();
}

}  // namespace

void FunctionLogs::begin() {
  const std::lock_guard lock(mutex_);
  has_begun_ = true;
  if (!streams_.empty()) flush_soon();
}

void FunctionLogs::append(const FunctionConfig& function, const std::string& stream,
                          std::string_view line) {
  if (line.empty()) return;  // API PutLogEvents takes no empty message
  const std::string group =
      function.log_group.empty() ? "/aws/lambda/" + function.name : function.log_group;
  const std::lock_guard lock(mutex_);
  if (waiting_bytes_ + line.size() > kWaitingBytesMax) return;
  waiting_bytes_ += line.size();
  streams_[{function.account, function.region, group, stream}].lines.push_back(
      {loop_.now(), std::string(line)});
  flush_soon();
}

/// The mutex is held.
void FunctionLogs::flush_soon() {
  if (!has_begun_ || std::exchange(is_flush_due_, true)) return;
  loop_.run_at({loop_.now().ms + kFlushPauseMs}, [this] { flush(); });
}

void FunctionLogs::flush() {
  std::vector<std::pair<StreamKey, std::vector<Line>>> batches;
  {
    const std::lock_guard lock(mutex_);
    is_flush_due_ = false;
    for (auto& [key, stream] : streams_) {
      if (stream.is_sending || stream.lines.empty()) continue;
      stream.is_sending = true;
      std::vector<Line> lines;
      size_t bytes = 0;
      while (!stream.lines.empty() && lines.size() < kBatchLinesMax) {
        bytes += stream.lines.front().text.size() + kLineOverhead;
        if (bytes > kBatchBytesMax && !lines.empty()) break;
        waiting_bytes_ -= stream.lines.front().text.size();
        lines.push_back(std::move(stream.lines.front()));
        stream.lines.pop_front();
      }
      batches.emplace_back(key, std::move(lines));
    }
  }
  for (const auto& [key, lines] : batches) send(key, lines, true);
}

aws::Call FunctionLogs::call_for(const StreamKey& key, const char* operation, Value input) const {
  return {.service = "logs",
          .operation = operation,
          .input = std::move(input),
          .region = std::get<1>(key),
          .principal = aws::service_principal(std::get<0>(key), kServicePrincipal)};
}

void FunctionLogs::send(const StreamKey& key, const std::vector<Line>& lines, bool may_create) {
  std::vector<Value> events;
  for (const Line& line : lines) {
    ObjectBuilder event;
    event.set("timestamp", Value(line.time.ms)).set("message", Value(line.text));
    events.push_back(std::move(event).build());
  }
  Value input = stream_input(std::get<2>(key), std::get<3>(key))
                    .with_member("logEvents", Value::array(std::move(events)));
  caller_.call(call_for(key, "PutLogEvents", std::move(input)),
               [this, key, lines, may_create](const ApiResult<Value>& answer) {
                 if (!answer && may_create && answer.error().code == "ResourceNotFoundException") {
                   return create_and_send(key, lines);
                 }
                 sent(key);  // what failed is dropped
               });
}

void FunctionLogs::create_and_send(const StreamKey& key, const std::vector<Line>& lines) {
  ObjectBuilder group;
  group.set("logGroupName", Value(std::get<2>(key)));
  caller_.call(
      call_for(key, "CreateLogGroup", std::move(group).build()),
      [this, key, lines](const ApiResult<Value>&) {
        caller_.call(
            call_for(key, "CreateLogStream", stream_input(std::get<2>(key), std::get<3>(key))),
            [this, key, lines](const ApiResult<Value>&) { send(key, lines, false); });
      });
}

void FunctionLogs::sent(const StreamKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(key);
  if (found == streams_.end()) return;
  found->second.is_sending = false;
  if (found->second.lines.empty()) {
    streams_.erase(found);
  } else {
    flush_soon();
  }
}

}  // namespace pawl::lambda
