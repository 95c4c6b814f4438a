// SPDX-License-Identifier: Apache-2.0
// BlockingCalls: calls to other services from stack threads, which wait for the answers.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "aws/model/model_catalog.h"
#include "aws/service/caller.h"
#include "services/cloudformation/state/stack_store.h"
#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

/// Wakes whoever waits for an answer when the process ends. Thread-safe.
class AnswerGate {
 public:
  /// From now on nobody waits: every call answers "ServiceUnavailable".
  void close();
  bool is_closed() const;

 private:
  friend class BlockingCalls;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_closed_ = false;
};

/// In whose name, where.
struct CallScope {
  aws::Principal principal = {};
  std::string region = {};
  std::string role_arn = {};
};

/// Of the calls of one step: their answers are kept, and given again if the step is repeated after
/// a crash.
struct AnswerScope {
  const StackStore* store = nullptr;  ///< null: nothing is kept
  std::string key = {};               ///< the same when the step is repeated in the same state
  bool is_repeated = false;
};

/// Used by one thread.
class BlockingCalls final : public StackCalls {
 public:
  BlockingCalls(aws::Caller& caller, aws::ModelCatalog& models, std::shared_ptr<AnswerGate> gate,
                CallScope scope, AnswerScope answers = {})
      : caller_(caller),
        models_(models),
        gate_(std::move(gate)),
        scope_(std::move(scope)),
        answers_(std::move(answers)) {}

  aws::ApiResult<json::Value> call(std::string_view service, std::string_view operation,
                                   json::Value input) override;
  aws::ApiResult<json::Value> call_in(std::string_view region, std::string_view service,
                                      std::string_view operation, json::Value input) override;
  json::Value shape(std::string_view service, std::string_view operation,
                    const json::Value& properties) override;
  const CallScope& scope() const { return scope_; }

 private:
  aws::Caller& caller_;
  aws::ModelCatalog& models_;
  const std::shared_ptr<AnswerGate> gate_;
  const CallScope scope_;
  const AnswerScope answers_;
};

}  // namespace pawl::cloudformation
