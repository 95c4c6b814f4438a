// SPDX-License-Identifier: Apache-2.0
#include "console/event_stream.h"

#include <algorithm>
#include <utility>

#include "console/api_table.h"

namespace pawl::console {

void write_event(std::string_view event, std::string_view data, int64_t id, std::string& out) {
  out.reserve(out.size() + event.size() + data.size() + 48);
  if (id != 0) out.append("id: ").append(std::to_string(id)).append("\n");
  out.append("event: ").append(event).append("\n");
  // A line break of any kind would end the field.
  for (;;) {
    const size_t end = std::min(data.find_first_of("\r\n"), data.size());
    out.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == data.size()) break;
    data.remove_prefix(data.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  out += '\n';
}

bool EventStream::send(std::string_view event, std::string_view data, int64_t id) {
  std::string text;
  write_event(event, data, id, text);
  return stream_.write(text);
}

void EventStream::send_heartbeat() {
  // Whoever does not read has enough to read.
  static_cast<void>(stream_.write(":\n\n"));
}

std::shared_ptr<EventStream> EventStreams::open(net::HttpReply reply) {
  const std::lock_guard lock(mutex_);
  forget_gone();
  if (is_closed_ || streams_.size() >= streams_max_) {
    reply.send(error_answer(
        {"TooManyStreamsException",
         is_closed_ ? "The server is about to end."
                    : "So many pages already watch this server that no more may: close some.",
         503}));
    return nullptr;
  }
  auto stream =
      std::make_shared<EventStream>(reply.stream({200, answer_headers("text/event-stream"), {}}));
  streams_.push_back(stream);
  if (!std::exchange(is_beating_, true))
    loop_.run_at({loop_.now().ms + kHeartbeatMs}, [this] { beat(); });
  return stream;
}

void EventStreams::close() {
  std::vector<std::weak_ptr<EventStream>> streams;
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    streams.swap(streams_);
  }
  for (const auto& each : streams) {
    if (const auto stream = each.lock()) stream->close();
  }
}

/// On the loop's thread, while there are any.
void EventStreams::beat() {
  std::vector<std::weak_ptr<EventStream>> streams;
  {
    const std::lock_guard lock(mutex_);
    forget_gone();
    streams = streams_;
    is_beating_ = !streams.empty();
  }
  for (const auto& each : streams) {
    if (const auto stream = each.lock()) stream->send_heartbeat();
  }
  if (!streams.empty()) loop_.run_at({loop_.now().ms + kHeartbeatMs}, [this] { beat(); });
}

void EventStreams::forget_gone() {
  std::erase_if(streams_, [](const std::weak_ptr<EventStream>& each) {
    const auto stream = each.lock();
    return !stream || stream->is_gone();
  });
}

}  // namespace pawl::console
