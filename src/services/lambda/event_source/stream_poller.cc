// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/event_source/stream_poller.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "base/time.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/lambda/event_source/queue_poller.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/stored_json.h"

namespace pawl::lambda {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

/// "Lambda polls shards in your DynamoDB stream for records at a base rate of 4 times per second."
constexpr int64_t kPollPauseMs = 250;
constexpr int64_t kDescribePauseMs = 10'000;
constexpr int64_t kRetryPauseMs = 1'000;
constexpr int64_t kRetryPauseMsMax = 60'000;
constexpr size_t kRecordsMax = 1'000;  // API GetRecords
constexpr std::string_view kAtEnd = "end";

int64_t retry_pause_ms(int64_t failures) {
  return std::min(kRetryPauseMs << std::min<int64_t>(failures, 6), kRetryPauseMsMax);
}

int64_t created_ms(const Value& record) {
  const Value change = object_of(record, "dynamodb");
  const Value* created = change.find("ApproximateCreationDateTime");
  return created != nullptr && created->is_number()
             ? static_cast<int64_t>(created->as_double() * 1'000)
             : 0;
}

}  // namespace

void StreamPoller::call(const char* operation, Value input, aws::Caller::Receiver receiver) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(mapping_.source_arn);
  context_.caller.call(
      {.service = "dynamodbstreams",
       .operation = operation,
       .input = std::move(input),
       .region = arn ? arn->region : mapping_.scope.region,
       .principal = aws::service_principal(mapping_.scope.account, kServicePrincipal)},
      std::move(receiver));
}

void StreamPoller::later(int64_t pause_ms, std::function<void()> what) {
  context_.loop.run_at({context_.loop.now().ms + pause_ms},
                       [poller = self(), what = std::move(what)] {
                         if (!poller->is_stopped_) what();
                       });
}

// ---- shards ----

void StreamPoller::describe() {
  ObjectBuilder input;
  input.set("StreamArn", Value(mapping_.source_arn));
  call("DescribeStream", std::move(input).build(),
       [poller = self()](const ApiResult<Value>& answer) {
         if (poller->is_stopped_) return;
         if (answer) poller->described(*answer);
         // Shards are closed and split all the time.
         poller->later(kDescribePauseMs, [p = poller.get()] { p->describe(); });
       });
}

void StreamPoller::described(const Value& answer) {
  const Value description = object_of(answer, "StreamDescription");
  const Value* shards = description.find("Shards");
  if (shards == nullptr || !shards->is_array()) return;
  for (const Value& each : shards->items()) {
    ShardPointer& shard = shards_[text_of(each, "ShardId")];
    if (shard) continue;
    shard = std::make_shared<Shard>();
    shard->id = text_of(each, "ShardId");
    shard->parent = text_of(each, "ParentShardId");
  }
  begin_shards();
}

/// Those whose parents have been read to their end, or are not there any more.
void StreamPoller::begin_shards() {
  for (const auto& [id, shard] : shards_) {
    if (std::exchange(shard->is_polled, true)) continue;
    const auto parent = shards_.find(shard->parent);
    if (parent == shards_.end() || parent->second->is_at_end) {
      find_iterator(shard);
    } else {
      shard->is_polled = false;
    }
  }
}

void StreamPoller::find_iterator(const ShardPointer& shard) {
  const std::string key = store::KeyBuilder().text(mapping_.uuid).text(shard->id).take();
  const auto stored = context_.store.get(context_.positions, key);
  ObjectBuilder input;
  input.set("StreamArn", Value(mapping_.source_arn)).set("ShardId", Value(shard->id));
  if (stored && *stored) {
    const ApiResult<Value> position = decode_record(**stored);
    const std::string number = position ? text_of(*position, "sequenceNumber") : "";
    if (number == kAtEnd) {
      shard->is_at_end = true;
      return begin_shards();
    }
    input.set("ShardIteratorType", Value("AFTER_SEQUENCE_NUMBER"))
        .set("SequenceNumber", Value(number));
  } else {
    // The child of a shard that was read begins where that ended.
    const bool from_the_beginning = mapping_.from_the_beginning || shards_.contains(shard->parent);
    input.set("ShardIteratorType", Value(from_the_beginning ? "TRIM_HORIZON" : "LATEST"));
  }
  call("GetShardIterator", std::move(input).build(),
       [poller = self(), shard](const ApiResult<Value>& answer) {
         if (poller->is_stopped_) return;
         if (!answer) {
           return poller->later(kRetryPauseMs,
                                [p = poller.get(), shard] { p->find_iterator(shard); });
         }
         shard->iterator = text_of(*answer, "ShardIterator");
         poller->poll(shard);
       });
}

void StreamPoller::poll(const ShardPointer& shard) {
  // One that still has work reads nothing ahead.
  if (shard->is_running || shard->iterator.empty()) return;
  ObjectBuilder input;
  input.set("ShardIterator", Value(shard->iterator))
      .set("Limit", Value(static_cast<int64_t>(std::min(
                        kRecordsMax, mapping_.batch_size - shard->gathering.records.size()))));
  call("GetRecords", std::move(input).build(),
       [poller = self(), shard](const ApiResult<Value>& answer) {
         if (poller->is_stopped_) return;
         if (answer) return poller->polled(shard, *answer);
         // Also for an iterator that is too old.
         poller->later(kRetryPauseMs, [p = poller.get(), shard] {
           shard->gathering = {};
           p->find_iterator(shard);
         });
       });
}

bool StreamPoller::is_wanted(const Value& record) const {
  return mapping_.filters.empty() ||
         std::any_of(mapping_.filters.begin(), mapping_.filters.end(),
                     [&](const aws::EventPattern& filter) { return filter.matches(record); });
}

void StreamPoller::polled(const ShardPointer& shard, const Value& answer) {
  shard->iterator = text_of(answer, "NextShardIterator");
  const Value* records = answer.find("Records");
  bool has_read = false;
  if (records != nullptr && records->is_array()) {
    for (const Value& each : records->items()) {
      has_read = true;
      const std::string number = text_of(object_of(each, "dynamodb"), "SequenceNumber");
      const Value record = each.with_member("eventSourceARN", Value(mapping_.source_arn));
      if (!is_wanted(record)) {
        shard->skipped_to = number;
        continue;
      }
      if (shard->gathering.records.empty()) {
        shard->window_ends_ms = context_.loop.now().ms + mapping_.window_ms;
      }
      shard->gathering.records.push_back({number, created_ms(record), json::write(record)});
    }
  }
  const bool is_full = shard->gathering.records.size() >= mapping_.batch_size;
  const bool is_due =
      !shard->gathering.records.empty() && context_.loop.now().ms >= shard->window_ends_ms;
  if (is_full || is_due || (shard->iterator.empty() && !shard->gathering.records.empty())) {
    return take_batch(shard);
  }
  if (shard->gathering.records.empty() && !shard->skipped_to.empty()) {
    store_position(shard, std::exchange(shard->skipped_to, {}));
  }
  if (shard->iterator.empty()) {
    store_position(shard, std::string(kAtEnd));
    shard->is_at_end = true;
    return begin_shards();
  }
  later(has_read ? 0 : kPollPauseMs, [this, shard] { poll(shard); });
}

// ---- batches ----

void StreamPoller::take_batch(const ShardPointer& shard) {
  shard->skipped_to.clear();
  shard->batches.push_back(std::exchange(shard->gathering, {}));
  run_next(shard);
}

void StreamPoller::run_next(const ShardPointer& shard) {
  if (is_stopped_) return;
  if (shard->batches.empty()) {
    shard->is_running = false;
    if (shard->iterator.empty()) return polled(shard, Value::object());
    return poll(shard);
  }
  shard->is_running = true;
  InvokeCall call;
  call.function = mapping_.function;
  call.payload = "{\"Records\":[";
  for (const Record& record : shard->batches.front().records) {
    if (call.payload.back() == '}') call.payload += ',';
    call.payload += record.text;
  }
  call.payload += "]}";
  call.request_id = new_uuid();
  context_.invoke(std::move(call), [poller = self(), shard](ApiResult<InvokeOutcome> outcome) {
    auto held = std::make_shared<ApiResult<InvokeOutcome>>(std::move(outcome));
    poller->context_.loop.post([poller, shard, held] {
      if (!poller->is_stopped_) poller->ran(shard, *held);
    });
  });
}

void StreamPoller::ran(const ShardPointer& shard, const ApiResult<InvokeOutcome>& outcome) {
  Batch& batch = shard->batches.front();
  if (!outcome) {
    return later(retry_pause_ms(batch.refusals++), [this, shard] { run_next(shard); });
  }
  if (outcome->function_error) return failed(shard, *outcome, 0);
  if (mapping_.reports_item_failures) {
    const auto ids = failed_items(outcome->payload);
    if (!ids) return failed(shard, *outcome, 0);
    const auto first =
        std::find_if(batch.records.begin(), batch.records.end(), [&](const Record& record) {
          return std::find(ids->begin(), ids->end(), record.sequence_number) != ids->end();
        });
    // "Lambda uses the lowest sequence number as the checkpoint."
    if (!ids->empty()) {
      const bool is_known = first != batch.records.end();
      return failed(shard, *outcome,
                    is_known ? static_cast<size_t>(first - batch.records.begin()) : 0);
    }
  }
  store_position(shard, batch.records.back().sequence_number);
  shard->batches.pop_front();
  run_next(shard);
}

void StreamPoller::failed(const ShardPointer& shard, const InvokeOutcome& outcome,
                          size_t first_failed) {
  Batch& batch = shard->batches.front();
  if (first_failed > 0) {
    store_position(shard, batch.records[first_failed - 1].sequence_number);
    batch.records.erase(batch.records.begin(),
                        batch.records.begin() + static_cast<std::ptrdiff_t>(first_failed));
  }
  const int64_t age_ms = context_.loop.now().ms - batch.records.front().created_ms;
  if (mapping_.age_ms_max >= 0 && age_ms > mapping_.age_ms_max) {
    return give_up(shard, outcome, "RecordAgeExceeded");
  }
  if (mapping_.bisects && batch.records.size() > 1) {
    // "Bisecting … doesn't count towards the retry quota."
    const auto middle =
        batch.records.begin() + static_cast<std::ptrdiff_t>(batch.records.size() / 2);
    Batch second{{middle, batch.records.end()}, batch.attempts, 0};
    batch.records.erase(middle, batch.records.end());
    shard->batches.insert(shard->batches.begin() + 1, std::move(second));
    return later(kRetryPauseMs, [this, shard] { run_next(shard); });
  }
  if (mapping_.retries_max >= 0 && batch.attempts >= mapping_.retries_max) {
    return give_up(shard, outcome, "RetryAttemptsExhausted");
  }
  later(retry_pause_ms(batch.attempts++), [this, shard] { run_next(shard); });
}

/// "Lambda sends the destination a document with details of the batch", and goes on behind it.
void StreamPoller::give_up(const ShardPointer& shard, const InvokeOutcome& outcome,
                           const char* condition) {
  const Batch batch = std::move(shard->batches.front());
  shard->batches.pop_front();
  const Record& first = batch.records.front();
  const Record& last = batch.records.back();
  const auto go_on = [poller = self(), shard, number = last.sequence_number] {
    poller->store_position(shard, number);
    poller->run_next(shard);
  };
  if (mapping_.on_failure.empty()) return go_on();
  const base::Timestamp now = context_.loop.now();
  const std::string id = new_uuid();
  const std::string arn = mapping_.function.arn();
  ObjectBuilder context;
  context.set("requestId", Value(id))
      .set("functionArn", Value(arn))
      .set("condition", Value(condition))
      .set("approximateInvokeCount", Value(batch.attempts + 1));
  ObjectBuilder response;
  response.set("statusCode", Value(200))
      .set("executedVersion", Value(outcome.executed_version))
      .set("functionError", Value("Unhandled"));
  ObjectBuilder info;
  info.set("shardId", Value(shard->id))
      .set("startSequenceNumber", Value(first.sequence_number))
      .set("endSequenceNumber", Value(last.sequence_number))
      .set("approximateArrivalOfFirstRecord", Value(base::format_iso8601({first.created_ms})))
      .set("approximateArrivalOfLastRecord", Value(base::format_iso8601({last.created_ms})))
      .set("batchSize", Value(static_cast<int64_t>(batch.records.size())))
      .set("streamArn", Value(mapping_.source_arn));
  ObjectBuilder out;
  out.set("requestContext", std::move(context).build())
      .set("responseContext", std::move(response).build())
      .set("version", Value("1.0"))
      .set("timestamp", Value(base::format_iso8601(now)))
      .set("DDBStreamBatchInfo", std::move(info).build());
  Letter letter;
  letter.target_arn = mapping_.on_failure;
  letter.body = json::write(std::move(out).build());
  letter.source_arn = arn;
  letter.detail_type = "Lambda Function Invocation Result - Failure";
  letter.object_key =
      "aws/lambda/" + mapping_.uuid + "/" + shard->id + "/" + base::format_iso8601(now) + "-" + id;
  letter.region = mapping_.scope.region;
  letter.account = mapping_.scope.account;
  context_.destinations.send(letter, [go_on](const ApiResult<void>&) { go_on(); });
}

void StreamPoller::store_position(const ShardPointer& shard, const std::string& sequence_number) {
  ObjectBuilder record;
  record.set("sequenceNumber", Value(sequence_number));
  store::Batch batch;
  batch.put(context_.positions, store::KeyBuilder().text(mapping_.uuid).text(shard->id).take(),
            encode_record(std::move(record).build()));
  // Unsynced: should it be lost, a batch is run once more, as AWS may do too.
  static_cast<void>(context_.store.commit(batch, store::Sync::No));
}

}  // namespace pawl::lambda
