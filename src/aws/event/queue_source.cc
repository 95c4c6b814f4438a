// SPDX-License-Identifier: Apache-2.0
#include "aws/event/queue_source.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

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
      .set("dataType", Value(text_member(given, "DataType")));
  return std::move(out).build();
}

/// The pattern for a body that is JSON looks into it.
Value with_body_parsed(const Value& record, const std::vector<EventPattern>& filters) {
  const bool looks_inside =
      std::any_of(filters.begin(), filters.end(),
                  [](const EventPattern& filter) { return filter.looks_below("body"); });
  if (!looks_inside) return record;
  base::Result<Value> body = json::parse(text_member(record, "body"));
  return body && body->is_object() ? record.with_member("body", *std::move(body)) : record;
}

}  // namespace

Value queue_record(const Value& message, const std::string& queue_arn, const std::string& region) {
  ObjectBuilder attributes;
  const Value given = object_member(message, "MessageAttributes");
  for (const json::Member& each : given.members()) {
    attributes.set(each.name(), attribute(each.value));
  }
  const Value* md5 = message.find("MD5OfMessageAttributes");
  ObjectBuilder out;
  out.set("messageId", Value(text_member(message, "MessageId")))
      .set("receiptHandle", Value(text_member(message, "ReceiptHandle")))
      .set("body", Value(text_member(message, "Body")))
      .set("attributes", object_member(message, "Attributes"))
      .set("messageAttributes", std::move(attributes).build())
      .set("md5OfMessageAttributes", md5 != nullptr ? *md5 : Value())
      .set("md5OfBody", Value(text_member(message, "MD5OfBody")))
      .set("eventSource", Value("aws:sqs"))
      .set("eventSourceARN", Value(queue_arn))
      .set("awsRegion", Value(region));
  return std::move(out).build();
}

BatchOutcome read_item_failures(std::string_view answer) {
  constexpr auto kFailed = BatchOutcome::Kind::Failed;
  const base::Result<Value> parsed = json::parse(answer);
  if (!parsed) return {.kind = kFailed};
  const Value* failures = parsed->is_object() ? parsed->find("batchItemFailures") : nullptr;
  if (failures == nullptr || failures->is_null()) return {};
  if (!failures->is_array()) return {.kind = kFailed};
  BatchOutcome outcome;
  for (const Value& failure : failures->items()) {
    std::string id = failure.is_object() ? text_member(failure, "itemIdentifier") : std::string();
    if (id.empty()) return {.kind = kFailed};
    outcome.failed.push_back(std::move(id));
  }
  return outcome;
}

void QueueSource::call(const char* operation, Value input, Caller::Receiver receiver) {
  call_as(settings_.principal, operation, std::move(input), std::move(receiver));
}

void QueueSource::call_as(Principal principal, const char* operation, Value input,
                          Caller::Receiver receiver) {
  const std::optional<Arn> arn = Arn::parse(settings_.arn);
  ports_.caller.call({.service = "sqs",
                      .operation = operation,
                      .input = std::move(input),
                      .region = arn ? arn->region : settings_.region,
                      .principal = std::move(principal)},
                     std::move(receiver));
}

/// For steps of our own, which AWS does not ask a role's policies to allow: looking up the queue's
/// URL, giving messages back.
Principal QueueSource::own_principal() const {
  const std::optional<Arn> arn = Arn::parse(settings_.arn);
  return service_principal(arn ? arn->account_id : settings_.principal.account_id,
                           "sqs.amazonaws.com");
}

void QueueSource::start() { look_up_queue(); }

void QueueSource::stop() {
  is_stopped_ = true;
  ports_.loop.cancel(window_timer_);
  release(std::exchange(waiting_, {}));
}

void QueueSource::try_again_later(void (QueueSource::*what)()) {
  const int64_t pause_ms = std::min(kPauseMs << std::min<int64_t>(failures_++, 6), kPauseMsMax);
  ports_.loop.run_at({ports_.loop.now().ms + pause_ms}, [source = self(), what] {
    if (!source->is_stopped_) (*source.*what)();
  });
}

void QueueSource::look_up_queue() {
  const std::optional<Arn> arn = Arn::parse(settings_.arn);
  if (!arn) return;
  ObjectBuilder input;
  input.set("QueueName", Value(arn->resource))
      .set("QueueOwnerAWSAccountId", Value(arn->account_id));
  call_as(own_principal(), "GetQueueUrl", std::move(input).build(),
          [source = self()](const ApiResult<Value>& found) {
            if (source->is_stopped_) return;
            if (!found) return source->try_again_later(&QueueSource::look_up_queue);
            source->failures_ = 0;
            source->queue_url_ = text_member(*found, "QueueUrl");
            source->receive();
          });
}

void QueueSource::receive() {
  if (is_stopped_ || is_receiving_ || in_flight_ >= settings_.concurrency_max) return;
  is_receiving_ = true;
  const size_t wanted = std::min(kReceivedMax, settings_.batch_size - waiting_.size());
  // While a window is open nobody waits longer than it is.
  const int64_t wait_s =
      waiting_.empty() ? kPollSeconds : std::min(kPollSeconds, settings_.window_ms / 1'000);
  ObjectBuilder input;
  input.set("QueueUrl", Value(queue_url_))
      .set("MaxNumberOfMessages", Value(static_cast<int64_t>(wanted)))
      .set("WaitTimeSeconds", Value(wait_s))
      .set("AttributeNames", Value::array({Value("All")}))
      .set("MessageAttributeNames", Value::array({Value("All")}));
  call("ReceiveMessage", std::move(input).build(),
       [source = self()](const ApiResult<Value>& answer) { source->received(answer); });
}

bool QueueSource::is_wanted(const Value& record) const {
  if (settings_.filters.empty()) return true;
  const Value event = with_body_parsed(record, settings_.filters);
  return std::any_of(settings_.filters.begin(), settings_.filters.end(),
                     [&](const EventPattern& filter) { return filter.matches(event); });
}

void QueueSource::received(const ApiResult<Value>& answer) {
  is_receiving_ = false;
  if (!answer) {
    if (!is_stopped_) try_again_later(&QueueSource::look_up_queue);
    return;
  }
  failures_ = 0;
  Messages unwanted;
  Messages wanted;
  const Value* messages = answer->find("Messages");
  if (messages != nullptr && messages->is_array()) {
    for (const Value& message : messages->items()) {
      const Value record = queue_record(message, settings_.arn, settings_.region);
      Message made{text_member(message, "ReceiptHandle"),
                   {text_member(message, "MessageId"), json::write(record)}};
      (is_wanted(record) ? wanted : unwanted).push_back(std::move(made));
    }
  }
  if (is_stopped_) return release(wanted);
  forget(unwanted);
  if (waiting_.empty() && !wanted.empty()) begin_window();
  for (Message& message : wanted) {
    // The window is longer than the visibility timeout: the newer receipt is the one that counts.
    const auto same = std::find_if(waiting_.begin(), waiting_.end(), [&](const Message& each) {
      return each.record.id == message.record.id;
    });
    if (same != waiting_.end()) {
      same->receipt = std::move(message.receipt);
      continue;
    }
    if (waiting_bytes_ + message.record.text.size() > kBatchBytesMax) consume_batch();
    waiting_bytes_ += message.record.text.size();
    waiting_.push_back(std::move(message));
  }
  consume_if_due();
  receive();
}

void QueueSource::begin_window() {
  is_window_over_ = settings_.window_ms == 0;
  if (is_window_over_) return;
  window_timer_ =
      ports_.loop.run_at({ports_.loop.now().ms + settings_.window_ms}, [source = self()] {
        source->is_window_over_ = true;
        source->consume_if_due();
      });
}

void QueueSource::consume_if_due() {
  if (waiting_.empty() || is_stopped_) return;
  if (is_window_over_ || waiting_.size() >= settings_.batch_size) consume_batch();
}

void QueueSource::consume_batch() {
  if (waiting_.empty()) return;
  ports_.loop.cancel(window_timer_);
  ++in_flight_;
  waiting_bytes_ = 0;
  const auto batch = std::make_shared<const Messages>(std::exchange(waiting_, {}));
  std::vector<SourceRecord> records;
  for (const Message& message : *batch) records.push_back(message.record);
  ports_.consume(records, [source = self(), batch](BatchOutcome outcome) {
    source->ports_.loop.post(
        [source, batch, outcome = std::move(outcome)] { source->batch_done(*batch, outcome); });
  });
}

void QueueSource::batch_done(const Messages& batch, const BatchOutcome& outcome) {
  --in_flight_;
  const std::vector<std::string>& failed = outcome.failed;
  const auto has_id = [](const std::string& id) {
    return [&id](const Message& message) { return message.record.id == id; };
  };
  const bool knows_all = std::all_of(failed.begin(), failed.end(), [&](const std::string& id) {
    return std::any_of(batch.begin(), batch.end(), has_id(id));
  });
  if (outcome.kind == BatchOutcome::Kind::Done && knows_all) {
    Messages done;
    std::copy_if(batch.begin(), batch.end(), std::back_inserter(done), [&](const Message& message) {
      return std::find(failed.begin(), failed.end(), message.record.id) == failed.end();
    });
    forget(done);
  }
  receive();
}

/// Deletes them.
void QueueSource::forget(const Messages& messages) {
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
void QueueSource::release(const Messages& messages) {
  for (const Message& message : messages) {
    ObjectBuilder input;
    input.set("QueueUrl", Value(queue_url_))
        .set("ReceiptHandle", Value(message.receipt))
        .set("VisibilityTimeout", Value(0));
    call_as(own_principal(), "ChangeMessageVisibility", std::move(input).build(),
            [](const ApiResult<Value>&) {});
  }
}

}  // namespace pawl::aws
