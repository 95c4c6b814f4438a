// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/event_source/queue_poller.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/lambda/stored_json.h"

namespace pawl::lambda {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kReceivedMax = 10;  // API ReceiveMessage
constexpr int64_t kPollSeconds = 10;
constexpr size_t kBatchBytesMax = 6'000'000;
constexpr int64_t kPauseMs = 1'000;
constexpr int64_t kPauseMsMax = 60'000;

Value attribute(const Value& given) {
  ObjectBuilder out;
  for (const auto& [from, to] :
       {std::pair("StringValue", "stringValue"), std::pair("BinaryValue", "binaryValue")}) {
    if (const Value* value = given.find(from)) out.set(to, *value);
  }
  out.set("stringListValues", Value::array())
      .set("binaryListValues", Value::array())
      .set("dataType", Value(text_of(given, "DataType")));
  return std::move(out).build();
}

/// The pattern for a body that is JSON looks into it.
Value with_body_parsed(const Value& record, const std::vector<aws::EventPattern>& filters) {
  const bool looks_inside =
      std::any_of(filters.begin(), filters.end(),
                  [](const aws::EventPattern& filter) { return filter.looks_below("body"); });
  if (!looks_inside) return record;
  base::Result<Value> body = json::parse(text_of(record, "body"));
  return body && body->is_object() ? record.with_member("body", *std::move(body)) : record;
}

}  // namespace

Value queue_record(const Value& message, const std::string& queue_arn, const std::string& region) {
  ObjectBuilder attributes;
  const Value given = object_of(message, "MessageAttributes");
  for (const json::Member& each : given.members()) {
    attributes.set(each.name(), attribute(each.value));
  }
  const Value* md5 = message.find("MD5OfMessageAttributes");
  ObjectBuilder out;
  out.set("messageId", Value(text_of(message, "MessageId")))
      .set("receiptHandle", Value(text_of(message, "ReceiptHandle")))
      .set("body", Value(text_of(message, "Body")))
      .set("attributes", object_of(message, "Attributes"))
      .set("messageAttributes", std::move(attributes).build())
      .set("md5OfMessageAttributes", md5 != nullptr ? *md5 : Value())
      .set("md5OfBody", Value(text_of(message, "MD5OfBody")))
      .set("eventSource", Value("aws:sqs"))
      .set("eventSourceARN", Value(queue_arn))
      .set("awsRegion", Value(region));
  return std::move(out).build();
}

std::optional<std::vector<std::string>> failed_items(std::string_view answer) {
  const base::Result<Value> parsed = json::parse(answer);
  if (!parsed) return std::nullopt;
  const Value* failures = parsed->is_object() ? parsed->find("batchItemFailures") : nullptr;
  if (failures == nullptr || failures->is_null()) return std::vector<std::string>();
  if (!failures->is_array()) return std::nullopt;
  std::vector<std::string> ids;
  for (const Value& failure : failures->items()) {
    std::string id = failure.is_object() ? text_of(failure, "itemIdentifier") : std::string();
    if (id.empty()) return std::nullopt;
    ids.push_back(std::move(id));
  }
  return ids;
}

void QueuePoller::call(const char* operation, Value input, aws::Caller::Receiver receiver) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(mapping_.source_arn);
  context_.caller.call(
      {.service = "sqs",
       .operation = operation,
       .input = std::move(input),
       .region = arn ? arn->region : mapping_.scope.region,
       .principal = aws::service_principal(mapping_.scope.account, kServicePrincipal)},
      std::move(receiver));
}

void QueuePoller::start() { look_up_queue(); }

void QueuePoller::stop() {
  is_stopped_ = true;
  context_.loop.cancel(window_timer_);
  release(std::exchange(waiting_, {}));
}

void QueuePoller::try_again_later(void (QueuePoller::*what)()) {
  const int64_t pause_ms = std::min(kPauseMs << std::min<int64_t>(failures_++, 6), kPauseMsMax);
  context_.loop.run_at({context_.loop.now().ms + pause_ms}, [poller = self(), what] {
    if (!poller->is_stopped_) (*poller.*what)();
  });
}

void QueuePoller::look_up_queue() {
  const std::optional<aws::Arn> arn = aws::Arn::parse(mapping_.source_arn);
  if (!arn) return;
  ObjectBuilder input;
  input.set("QueueName", Value(arn->resource))
      .set("QueueOwnerAWSAccountId", Value(arn->account_id));
  call("GetQueueUrl", std::move(input).build(), [poller = self()](const ApiResult<Value>& found) {
    if (poller->is_stopped_) return;
    if (!found) return poller->try_again_later(&QueuePoller::look_up_queue);
    poller->failures_ = 0;
    poller->queue_url_ = text_of(*found, "QueueUrl");
    poller->receive();
  });
}

void QueuePoller::receive() {
  if (is_stopped_ || is_receiving_ || in_flight_ >= mapping_.concurrency_max) return;
  is_receiving_ = true;
  const size_t wanted = std::min(kReceivedMax, mapping_.batch_size - waiting_.size());
  // While a window is open nobody waits longer than it is.
  const int64_t wait_s =
      waiting_.empty() ? kPollSeconds : std::min(kPollSeconds, mapping_.window_ms / 1'000);
  ObjectBuilder input;
  input.set("QueueUrl", Value(queue_url_))
      .set("MaxNumberOfMessages", Value(static_cast<int64_t>(wanted)))
      .set("WaitTimeSeconds", Value(wait_s))
      .set("AttributeNames", Value::array({Value("All")}))
      .set("MessageAttributeNames", Value::array({Value("All")}));
  call("ReceiveMessage", std::move(input).build(),
       [poller = self()](const ApiResult<Value>& answer) { poller->received(answer); });
}

bool QueuePoller::is_wanted(const Value& record) const {
  if (mapping_.filters.empty()) return true;
  const Value event = with_body_parsed(record, mapping_.filters);
  return std::any_of(mapping_.filters.begin(), mapping_.filters.end(),
                     [&](const aws::EventPattern& filter) { return filter.matches(event); });
}

void QueuePoller::received(const ApiResult<Value>& answer) {
  is_receiving_ = false;
  if (!answer) {
    if (!is_stopped_) try_again_later(&QueuePoller::look_up_queue);
    return;
  }
  failures_ = 0;
  Messages unwanted;
  Messages wanted;
  const Value* messages = answer->find("Messages");
  if (messages != nullptr && messages->is_array()) {
    for (const Value& message : messages->items()) {
      const Value record = queue_record(message, mapping_.source_arn, mapping_.scope.region);
      Message made{text_of(message, "MessageId"), text_of(message, "ReceiptHandle"),
                   json::write(record)};
      (is_wanted(record) ? wanted : unwanted).push_back(std::move(made));
    }
  }
  if (is_stopped_) return release(wanted);
  forget(unwanted);
  if (waiting_.empty() && !wanted.empty()) begin_window();
  for (Message& message : wanted) {
    if (waiting_bytes_ + message.record.size() > kBatchBytesMax) invoke_batch();
    waiting_bytes_ += message.record.size();
    waiting_.push_back(std::move(message));
  }
  invoke_if_due();
  receive();
}

void QueuePoller::begin_window() {
  is_window_over_ = mapping_.window_ms == 0;
  if (is_window_over_) return;
  window_timer_ =
      context_.loop.run_at({context_.loop.now().ms + mapping_.window_ms}, [poller = self()] {
        poller->is_window_over_ = true;
        poller->invoke_if_due();
      });
}

void QueuePoller::invoke_if_due() {
  if (waiting_.empty() || is_stopped_) return;
  if (is_window_over_ || waiting_.size() >= mapping_.batch_size) invoke_batch();
}

void QueuePoller::invoke_batch() {
  if (waiting_.empty()) return;
  context_.loop.cancel(window_timer_);
  ++in_flight_;
  waiting_bytes_ = 0;
  const auto batch = std::make_shared<const Messages>(std::exchange(waiting_, {}));
  InvokeCall call;
  call.function = mapping_.function;
  call.payload = "{\"Records\":[";
  for (const Message& message : *batch) {
    if (call.payload.back() == '}') call.payload += ',';
    call.payload += message.record;
  }
  call.payload += "]}";
  context_.invoke(std::move(call), [poller = self(), batch](ApiResult<InvokeOutcome> outcome) {
    auto held = std::make_shared<ApiResult<InvokeOutcome>>(std::move(outcome));
    poller->context_.loop.post([poller, batch, held] { poller->batch_done(*batch, *held); });
  });
}

void QueuePoller::batch_done(const Messages& batch, const ApiResult<InvokeOutcome>& outcome) {
  --in_flight_;
  if (outcome && !outcome->function_error) {
    const auto failed = mapping_.reports_item_failures ? failed_items(outcome->payload)
                                                       : std::vector<std::string>();
    const bool knows_all =
        failed && std::all_of(failed->begin(), failed->end(), [&](const std::string& id) {
          return std::any_of(batch.begin(), batch.end(),
                             [&](const Message& message) { return message.id == id; });
        });
    if (knows_all) {
      Messages done;
      std::copy_if(batch.begin(), batch.end(), std::back_inserter(done),
                   [&](const Message& message) {
                     return std::find(failed->begin(), failed->end(), message.id) == failed->end();
                   });
      forget(done);
    }
  }
  receive();
}

/// Deletes them.
void QueuePoller::forget(const Messages& messages) {
  for (size_t start = 0; start < messages.size(); start += kReceivedMax) {
    std::vector<Value> entries;
    for (size_t i = start; i < std::min(messages.size(), start + kReceivedMax); ++i) {
      ObjectBuilder entry;
      entry.set("Id", Value(std::to_string(i))).set("ReceiptHandle", Value(messages[i].receipt));
      entries.push_back(std::move(entry).build());
    }
    ObjectBuilder input;
    input.set("QueueUrl", Value(queue_url_)).set("Entries", Value::array(std::move(entries)));
    call("DeleteMessageBatch", std::move(input).build(), [](const ApiResult<Value>&) {});
  }
}

/// Makes them visible to others at once.
void QueuePoller::release(const Messages& messages) {
  for (const Message& message : messages) {
    ObjectBuilder input;
    input.set("QueueUrl", Value(queue_url_))
        .set("ReceiptHandle", Value(message.receipt))
        .set("VisibilityTimeout", Value(0));
    call("ChangeMessageVisibility", std::move(input).build(), [](const ApiResult<Value>&) {});
  }
}

}  // namespace pawl::lambda
