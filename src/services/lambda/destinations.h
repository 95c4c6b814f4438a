// SPDX-License-Identifier: Apache-2.0
// Destinations: sends what has become of an invocation or a batch to a queue, topic, function,
// event bus or bucket, by its ARN. Used by asynchronous invocations and event source mappings.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "aws/service/caller.h"

namespace pawl::lambda {

/// One thing to send. Text only: it goes from thread to thread.
struct Letter {
  std::string target_arn;
  std::string body;         ///< JSON text
  std::string detail_type;  ///< for event buses
  std::string source_arn;   ///< the function; for event buses
  std::string object_key;   ///< for buckets
  std::string region;       ///< of the function
  std::string account;
  struct Attribute {
    std::string name;
    std::string type;  ///< "String", "Number"
    std::string value;
  };
  std::vector<Attribute> attributes;  ///< of the message, for queues and topics
};

/// Thread-safe.
class Destinations {
 public:
  using Done = std::function<void(aws::ApiResult<void>)>;

  /// `caller` must outlive it.
  explicit Destinations(aws::Caller& caller) : caller_(caller) {}

  /// `done` is called once, on the loop's thread, or at once if the ARN names nothing that can be
  /// a destination (InvalidParameterValueException).
  void send(const Letter& letter, Done done) const;

 private:
  void call(aws::Call call, const Letter& letter, Done done) const;

  aws::Caller& caller_;
};

/// In whose name Lambda calls for an account (aws::service_principal).
inline constexpr std::string_view kServicePrincipal = "lambda.amazonaws.com";

}  // namespace pawl::lambda
