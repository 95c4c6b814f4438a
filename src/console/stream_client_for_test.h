// SPDX-License-Identifier: Apache-2.0
// StreamClient: asks the console's API without a network and reads what is streamed.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "console/api_table.h"
#include "json/parse.h"
#include "net/http_server.h"

namespace pawl::console {

/// One request; one thread.
class StreamClient {
 public:
  struct Event {
    std::string event;
    std::string data;
    std::string id;
  };

  StreamClient() = default;
  StreamClient(const ApiTable& table, std::string_view name, std::string_view body,
               ApiRequest request = {}) {
    request.body = *json::parse(body);
    request.principal.account_id = "000000000000";
    (*table.find(name))(std::move(request), reply());
  }

  net::HttpReply reply() { return net::HttpReply(channel_); }
  int status() const { return channel_->response.status; }
  const std::string& body() const { return channel_->response.body; }
  /// At most `bytes_max`, as the client takes them.
  std::string read(size_t bytes_max = SIZE_MAX) {
    std::string text;
    const auto& source = channel_->response.source;
    while (source && text.size() < bytes_max && source->ready_or_call([] {})) {
      char piece[4'096];
      const size_t bytes = *source->read(piece, std::min(sizeof piece, bytes_max - text.size()));
      if (bytes == 0) {
        has_ended_ = true;
        break;
      }
      text.append(piece, bytes);
    }
    return text;
  }
  /// All that have come, but for comments.
  std::vector<Event> events() {
    unread_ += read();
    std::vector<Event> events;
    for (size_t end = 0; (end = unread_.find("\n\n")) != std::string::npos;) {
      Event event;
      std::string_view block = std::string_view(unread_).substr(0, end + 1);
      while (!block.empty()) {
        const std::string_view line = block.substr(0, block.find('\n'));
        block.remove_prefix(line.size() + 1);
        if (line.starts_with("event: ")) event.event = line.substr(7);
        if (line.starts_with("id: ")) event.id = line.substr(4);
        if (line.starts_with("data: ")) event.data += line.substr(6);
      }
      unread_.erase(0, end + 2);
      if (!event.event.empty()) events.push_back(std::move(event));
    }
    return events;
  }
  /// "history execution", …
  std::string names() {
    std::string names;
    for (const Event& event : events()) names += (names.empty() ? "" : " ") + event.event;
    return names;
  }
  void go() { channel_->response.source = nullptr; }
  bool has_ended() const { return has_ended_; }

 private:
  struct Channel final : net::HttpReply::Channel {
    void answer(net::HttpResponse given) override { response = std::move(given); }
    net::HttpResponse response{0, {}, {}};
  };
  std::shared_ptr<Channel> channel_ = std::make_shared<Channel>();
  std::string unread_;
  bool has_ended_ = false;
};

}  // namespace pawl::console
