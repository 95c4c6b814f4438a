// SPDX-License-Identifier: Apache-2.0
// CreationPolicy: a resource is there when it has been told so (SignalResource).
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html
#include <utility>

#include "json/members.h"
#include "json/write.h"
#include "services/cloudformation/operations/failure_text.h"
#include "services/cloudformation/operations/iso_duration.h"
#include "services/cloudformation/operations/stack_run.h"

namespace pawl::cloudformation {
namespace {

constexpr int64_t kDefaultWaitMs = 300'000;

int64_t count_of(const json::Value& signal) {
  if (const auto number = json::find_integer(signal, "Count")) return *number;
  const std::string text = json::text_member(signal, "Count");
  return text.empty() ? 1 : std::strtoll(text.c_str(), nullptr, 10);
}

}  // namespace

StackRun::Result<void> StackRun::read_creation_policy(
    const formation::ResourceDeclaration& declaration, formation::References& references,
    ResourceRecord& record) {
  record.signals_needed = 0;
  if (declaration.creation_policy.is_null()) return {};
  const auto policy = evaluator_->resolve(declaration.creation_policy, references);
  if (!policy) return aws::ApiError(std::string(kPlainFailure), policy.error().message);
  const json::Value* const signal = json::member_of(*policy, "ResourceSignal");
  if (signal == nullptr) return {};
  record.signals_needed = count_of(*signal);
  record.signals_wait_ms =
      parse_iso_duration(json::text_member(*signal, "Timeout")).value_or(kDefaultWaitMs);
  return {};
}

StackRun::Result<void> StackRun::await_signals(Batch& batch, ResourceRecord record,
                                               const Progress& progress) {
  if (!record.failed_signal.empty()) {
    const std::string reason = "Received FAILURE signal with UniqueId " + record.failed_signal;
    return record_failure(std::move(record), reason);
  }
  if (!record.is_made) {
    record.is_made = true;
    record.signals_until_ms = now_ms() + record.signals_wait_ms;
    record.next.attributes = json::write(progress.attributes);
  } else if (now_ms() >= record.signals_until_ms) {
    const int64_t missing = record.signals_needed - record.signals;
    return record_failure(std::move(record), "Failed to receive " + std::to_string(missing) +
                                                 " resource signal(s) within the specified "
                                                 "duration");
  }
  const std::string name = record.logical_id;
  const int64_t wait_ms = record.signals_until_ms - now_ms();
  ports_.store.put_resource(batch, key_, record);
  PAWL_TRY_VOID(commit(batch));
  wait_for(name, static_cast<uint64_t>(wait_ms));
  return {};
}

}  // namespace pawl::cloudformation
