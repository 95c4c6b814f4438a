// SPDX-License-Identifier: Apache-2.0
// DeleteMessage, ChangeMessageVisibility and their batches.
#include "services/sqs/actions/batch.h"
#include "services/sqs/errors.h"
#include "services/sqs/input.h"
#include "services/sqs/sqs_service.h"

namespace pawl::sqs {
namespace {

using json::Value;

/// The entries of a batch whose members are there; of the rest, what is missing goes to `failed`.
struct HandleBatch {
  std::vector<HandleEntry> entries;
  std::vector<std::string> ids;  ///< of `entries`
  std::vector<Value> failed;
};

HandleBatch read_batch(const Value& input, const std::vector<std::string>& ids,
                       bool with_visibility) {
  HandleBatch batch;
  const Value& given = *input.find("Entries");
  for (size_t i = 0; i < ids.size(); ++i) {
    const Value& entry = given.items()[i];
    auto handle = required_text(entry, "ReceiptHandle");
    auto visibility =
        with_visibility ? required_number(entry, "VisibilityTimeout") : aws::ApiResult<int64_t>(0);
    if (!handle || !visibility) {
      batch.failed.push_back(failed_entry(ids[i], handle ? visibility.error() : handle.error()));
      continue;
    }
    batch.entries.push_back({std::move(*handle), *visibility});
    batch.ids.push_back(ids[i]);
  }
  return batch;
}

aws::ActionResult answer_batch(HandleBatch batch, const EntryResults<void>& results) {
  std::vector<Value> successful;
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i]) {
      successful.push_back(Value::object({{"Id", Value(batch.ids[i])}}));
    } else {
      batch.failed.push_back(failed_entry(batch.ids[i], results[i].error()));
    }
  }
  return batch_output(std::move(successful), std::move(batch.failed));
}

}  // namespace

aws::ActionResult SqsService::delete_message(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  EntryResults<void> results = PAWL_TRY(
      broker_->remove(name, {{PAWL_TRY(required_text(request.input, "ReceiptHandle")), 0}}));
  PAWL_TRY_VOID(std::move(results.front()));
  return Value::object();
}

aws::ActionResult SqsService::delete_message_batch(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  const std::vector<std::string> ids =
      PAWL_TRY(check_batch(request.input, "DeleteMessageBatchRequestEntry"));
  HandleBatch batch = read_batch(request.input, ids, false);
  const EntryResults<void> results = PAWL_TRY(broker_->remove(name, batch.entries));
  return answer_batch(std::move(batch), results);
}

aws::ActionResult SqsService::change_message_visibility(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  std::string handle = PAWL_TRY(required_text(request.input, "ReceiptHandle"));
  const int64_t seconds = PAWL_TRY(required_number(request.input, "VisibilityTimeout"));
  EntryResults<void> results =
      PAWL_TRY(broker_->change_visibility(name, {{std::move(handle), seconds}}));
  PAWL_TRY_VOID(std::move(results.front()));
  return Value::object();
}

aws::ActionResult SqsService::change_message_visibility_batch(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  const std::vector<std::string> ids =
      PAWL_TRY(check_batch(request.input, "ChangeMessageVisibilityBatchRequestEntry"));
  HandleBatch batch = read_batch(request.input, ids, true);
  const EntryResults<void> results = PAWL_TRY(broker_->change_visibility(name, batch.entries));
  return answer_batch(std::move(batch), results);
}

}  // namespace pawl::sqs
