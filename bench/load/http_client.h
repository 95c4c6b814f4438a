// SPDX-License-Identifier: Apache-2.0
// HttpClient: one keep-alive connection to a server on this machine, as cheap as can be: requests
// are bytes made beforehand, answers must have a Content-Length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pawl::bench {

/// What went wrong goes to stderr, then the process ends: a figure would mean nothing.
[[noreturn]] void fail(const std::string& what);

class HttpClient {
 public:
  struct Answer {
    int status = 0;
    std::string_view body;  ///< until the next call
  };

  explicit HttpClient(uint16_t port);
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  int descriptor() const { return descriptor_; }
  void send(std::string_view request);
  /// Blocks until something comes. True when `answer` is whole.
  bool receive(Answer& answer);
  Answer call(std::string_view request);

 private:
  int descriptor_ = -1;
  std::string buffer_;
  size_t filled_ = 0;
  size_t expected_ = 0;  ///< of head and body; 0: the head is not whole yet
  size_t head_bytes_ = 0;
};

}  // namespace pawl::bench
