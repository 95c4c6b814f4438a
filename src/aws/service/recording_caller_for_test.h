// SPDX-License-Identifier: Apache-2.0
// RecordingCaller: a Caller for tests that keeps what it is asked and answers what it is told.
#pragma once

#include <utility>
#include <vector>

#include "aws/service/caller.h"

namespace pawl::aws {

/// One thread. Answers inside call().
class RecordingCaller final : public Caller {
 public:
  using Answers = std::function<ApiResult<json::Value>(const Call&)>;

  /// Without `answers` everything succeeds with an empty output.
  explicit RecordingCaller(Answers answers = {}) : answers_(std::move(answers)) {}

  void call(Call call, Receiver receiver) override {
    calls.push_back(call);
    receiver(answers_ ? answers_(call) : ApiResult<json::Value>(json::Value::object()));
  }

  std::vector<Call> calls;

 private:
  Answers answers_;
};

}  // namespace pawl::aws
