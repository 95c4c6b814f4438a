// SPDX-License-Identifier: Apache-2.0
// EventStream: an answer of server-sent events (WHATWG HTML, section 9.2 "Server-sent events"):
// what happens is sent when it happens. EventStreams bounds how many there are and keeps them
// alive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/service_loop.h"
#include "net/http_server.h"
#include "net/http_stream.h"

namespace pawl::console {

/// Appends one event. `data` may have several lines; `id` 0 is none.
void write_event(std::string_view event, std::string_view data, int64_t id, std::string& out);

/// Thread-safe; its end ends the answer.
class EventStream {
 public:
  explicit EventStream(net::HttpStream stream) : stream_(std::move(stream)) {}

  /// False if nothing was sent: the client is gone, or it does not read; then `changed` of
  /// on_change is called when it does, and the sender says what is true then.
  bool send(std::string_view event, std::string_view data, int64_t id = 0);
  /// A comment, so that client and proxies see that we live. What does not fit is left out.
  void send_heartbeat();
  void close() { stream_.close(); }
  bool is_gone() const { return stream_.is_gone(); }
  /// net::HttpStream::on_change.
  void on_change(std::function<void()> changed) { stream_.on_change(std::move(changed)); }

 private:
  net::HttpStream stream_;
};

/// Thread-safe. Must outlive the loop's tasks.
class EventStreams {
 public:
  static constexpr int64_t kHeartbeatMs = 10'000;

  explicit EventStreams(aws::ServiceLoop& loop, size_t streams_max = 200)
      : loop_(loop), streams_max_(streams_max) {}

  /// Null if there are too many: then `reply` has been answered with 503.
  std::shared_ptr<EventStream> open(net::HttpReply reply);
  /// Ends all; open() gives none any more.
  void close();

 private:
  void beat();
  void forget_gone();

  aws::ServiceLoop& loop_;
  const size_t streams_max_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<EventStream>> streams_;  ///< guarded by mutex_
  bool is_beating_ = false;                          ///< guarded by mutex_
  bool is_closed_ = false;                           ///< guarded by mutex_
};

}  // namespace pawl::console
