// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/blocking_calls.h"

#include <optional>
#include <utility>

#include "json/write.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/types/shape_input.h"

namespace pawl::cloudformation {

void AnswerGate::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  changed_.notify_all();
}

bool AnswerGate::is_closed() const {
  const std::lock_guard lock(mutex_);
  return is_closed_;
}

aws::ApiResult<json::Value> BlockingCalls::call(std::string_view service,
                                                std::string_view operation, json::Value input) {
  return call_in(scope_.region, service, operation, std::move(input));
}

aws::ApiResult<json::Value> BlockingCalls::call_in(std::string_view region,
                                                   std::string_view service,
                                                   std::string_view operation, json::Value input) {
  using Answer = aws::ApiResult<json::Value>;
  // The gate stays with the receiver: an answer may come after the service is gone.
  const auto answer = std::make_shared<std::optional<Answer>>();
  aws::Principal principal = scope_.principal;
  principal.via_service = "cloudformation.amazonaws.com";
  std::string kept_at;
  std::string kept;
  if (answers_.store != nullptr) {
    kept_at = answers_.key + uuid_from(std::string(service) + "." + std::string(operation) + "@" +
                                       std::string(region) + json::write(input));
    if (answers_.is_repeated) kept = PAWL_TRY(answers_.store->answer(kept_at));
  }
  caller_.call({.service = std::string(service),
                .operation = std::string(operation),
                .input = std::move(input),
                .region = std::string(region),
                .principal = std::move(principal),
                .completion_key = std::move(kept_at),
                .completed = std::move(kept),
                .role_arn = scope_.role_arn},
               [answer, gate = gate_](Answer given) {
                 const std::lock_guard lock(gate->mutex_);
                 // Nobody reads it any more: it is destroyed here, by the thread that has it.
                 if (gate->is_closed_) return;
                 answer->emplace(std::move(given));
                 gate->changed_.notify_all();
               });
  std::unique_lock lock(gate_->mutex_);
  gate_->changed_.wait(lock, [&] { return gate_->is_closed_ || answer->has_value(); });
  if (!answer->has_value()) return aws::service_unavailable("the service is ending");
  return std::move(**answer);
}

json::Value BlockingCalls::shape(std::string_view service, std::string_view operation,
                                 const json::Value& properties) {
  const auto model = models_.find(service);
  if (!model) return properties;
  const aws::OperationModel* found = (*model)->find_operation(operation);
  if (found == nullptr || found->input == nullptr) return json::Value::object();
  return shape_input(*found->input, properties);
}

}  // namespace pawl::cloudformation
