// SPDX-License-Identifier: Apache-2.0
// HttpTrace: what an HTTP task sent and got, for API TestState with inspectionLevel TRACE.
#pragma once

#include <mutex>
#include <string>
#include <utility>

namespace pawl::engine {

/// Made by who wants to see it, written by who sends. Thread-safe.
class HttpTrace {
 public:
  /// `with_secrets`: what the EventBridge connection adds is shown too (API revealSecrets).
  explicit HttpTrace(bool with_secrets) : with_secrets_(with_secrets) {}

  bool with_secrets() const { return with_secrets_; }
  /// JSON of API InspectionDataRequest and InspectionDataResponse.
  void sent(std::string request) {
    const std::lock_guard lock(mutex_);
    request_ = std::move(request);
  }
  void received(std::string response) {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }
  /// "" if nothing was sent or received.
  std::pair<std::string, std::string> texts() const {
    const std::lock_guard lock(mutex_);
    return {request_, response_};
  }

 private:
  const bool with_secrets_;
  mutable std::mutex mutex_;
  std::string request_;
  std::string response_;
};

}  // namespace pawl::engine
