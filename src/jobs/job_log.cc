// SPDX-License-Identifier: Apache-2.0
#include "jobs/job_log.h"

#include <utility>

#include "jobs/service_events.h"

namespace pawl::jobs {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr int64_t kFlushPauseMs = 250;
constexpr size_t kWaitingBytesMax = size_t{16} << 20;
// API PutLogEvents: "the maximum batch size is 1,048,576 bytes", each event 26 more than its text;
// an event has 256 KiB at most.
constexpr size_t kBatchBytesMax = 1'048'576;
constexpr size_t kBatchLinesMax = 10'000;
constexpr size_t kLineOverhead = 26;
constexpr size_t kLineBytesMax = (size_t{256} << 10) - kLineOverhead;

ObjectBuilder stream_input(const LogStream& key) {
  ObjectBuilder input;
  input.set("logGroupName", Value(key.group)).set("logStreamName", Value(key.stream));
  return input;
}

}  // namespace

aws::Call JobLog::call_of(const LogStream& key, const char* operation, Value input) const {
  return {.service = "logs",
          .operation = operation,
          .input = std::move(input),
          .region = key.scope.region,
          .principal = account_principal(key.scope.account)};
}

void JobLog::call(const LogStream& key, const char* operation, Value input,
                  aws::Caller::Receiver receiver) {
  caller_.call(call_of(key, operation, std::move(input)), std::move(receiver));
}

base::Result<uint64_t> JobLog::position(const std::string& id) const {
  return positions_ ? positions_->find(id) : base::Result<uint64_t>(uint64_t{0});
}

void JobLog::open(const LogStream& key, const std::string& id) {
  // A store that fails ends the process.
  const base::Result<uint64_t> begin = position(id);
  {
    const std::lock_guard lock(mutex_);
    Stream& stream = streams_[key];
    if (std::exchange(stream.is_open, true)) return;
    stream.is_sending = true;
    if (positions_) stream.id = id;
    if (begin) stream.end = *begin;
  }
  loop_.post([this, key] { create(key, [this, key] { sent(key); }); });
}

void JobLog::create(const LogStream& key, std::function<void()> then) {
  call(key, "CreateLogStream", stream_input(key).build(),
       [this, key, then = std::move(then)](const ApiResult<Value>& made) {
         if (made || made.error().code != "ResourceNotFoundException") return then();
         ObjectBuilder group;
         group.set("logGroupName", Value(key.group));
         call(key, "CreateLogGroup", std::move(group).build(),
              [this, key, then](const ApiResult<Value>&) {
                call(key, "CreateLogStream", stream_input(key).build(),
                     [then](const ApiResult<Value>&) { then(); });
              });
       });
}

/// The mutex is held.
void JobLog::add_line(Stream& stream, std::string text) {
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty() || waiting_bytes_ + text.size() > kWaitingBytesMax) return;
  waiting_bytes_ += text.size();
  stream.lines.push_back({loop_.now(), std::move(text), stream.end});
}

void JobLog::append(const LogStream& key, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  Stream& stream = streams_[key];
  while (!bytes.empty()) {
    const size_t room = kLineBytesMax - stream.rest.size();
    const size_t end = bytes.substr(0, room).find('\n');
    const bool is_whole = end != std::string_view::npos;
    stream.rest += bytes.substr(0, is_whole ? end : room);
    const size_t taken = std::min(bytes.size(), is_whole ? end + 1 : room);
    bytes.remove_prefix(taken);
    stream.end += taken;
    if (is_whole || stream.rest.size() >= kLineBytesMax) {
      add_line(stream, std::exchange(stream.rest, {}));
    }
  }
  if (!stream.lines.empty()) flush_soon(kFlushPauseMs);
}

void JobLog::close(const LogStream& key, std::function<void()> done) {
  {
    const std::lock_guard lock(mutex_);
    Stream& stream = streams_[key];
    if (!stream.rest.empty()) add_line(stream, std::exchange(stream.rest, {}));
    stream.done = std::move(done);
  }
  loop_.post([this, key] { flush_stream(key); });
}

/// The mutex is held.
void JobLog::flush_soon(int64_t pause_ms) {
  if (std::exchange(is_flush_due_, true)) return;
  loop_.run_at({loop_.now().ms + pause_ms}, [this] { flush(); });
}

void JobLog::flush() {
  std::vector<LogStream> ready;
  {
    const std::lock_guard lock(mutex_);
    is_flush_due_ = false;
    for (const auto& [key, stream] : streams_) {
      if (!stream.is_sending && !stream.lines.empty()) ready.push_back(key);
    }
  }
  for (const LogStream& key : ready) flush_stream(key);
}

void JobLog::flush_stream(const LogStream& key) {
  std::vector<Value> events;
  std::string id;
  uint64_t end = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(key);
    if (found == streams_.end() || found->second.is_sending) return;
    Stream& stream = found->second;
    stream.is_sending = true;
    id = stream.id;
    size_t bytes = 0;
    while (!stream.lines.empty() && events.size() < kBatchLinesMax) {
      Line& line = stream.lines.front();
      bytes += line.text.size() + kLineOverhead;
      if (bytes > kBatchBytesMax && !events.empty()) break;
      ObjectBuilder event;
      event.set("timestamp", Value(line.time.ms)).set("message", Value(line.text));
      events.push_back(std::move(event).build());
      waiting_bytes_ -= line.text.size();
      end = line.end;
      stream.lines.pop_front();
    }
  }
  if (events.empty()) return sent(key);
  ObjectBuilder input = stream_input(key);
  input.set("logEvents", Value::array(std::move(events)));
  aws::Call put = call_of(key, "PutLogEvents", std::move(input).build());
  if (!id.empty()) {
    put.completion_key = OutputPositions::completion_key(id);
    put.kept_text = std::to_string(end);
  }
  // What cannot be sent is dropped: nothing waits for a log for ever.
  caller_.call(std::move(put), [this, key, id, end](const ApiResult<Value>& answer) {
    if (answer && !id.empty()) keep_position(id, end);
    sent(key);
  });
}

void JobLog::keep_position(const std::string& id, uint64_t end) {
  const base::Result<uint64_t> kept = positions_->find(id);
  // An embedded service has kept it with the lines. A store that fails ends the process.
  if (kept && *kept != end) (void)positions_->put(id, end);
}

void JobLog::sent(const LogStream& key) {
  std::function<void()> done;
  bool has_more = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(key);
    if (found == streams_.end()) return;
    found->second.is_sending = false;
    has_more = !found->second.lines.empty();
    if (!has_more && found->second.done) {
      done = std::move(found->second.done);
      streams_.erase(found);
    }
  }
  if (has_more) return flush_stream(key);
  if (done) done();
}

}  // namespace pawl::jobs
