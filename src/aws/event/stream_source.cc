// SPDX-License-Identifier: Apache-2.0
#include "aws/event/stream_source.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "aws/arn.h"
#include "aws/event/json_members.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using json::ObjectBuilder;
using json::Value;

/// "Lambda polls shards in your DynamoDB stream for records at a base rate of 4 times per second."
constexpr int64_t kPollPauseMs = 250;
constexpr int64_t kDescribePauseMs = 10'000;
constexpr int64_t kRetryPauseMs = 1'000;
constexpr int64_t kRetryPauseMsMax = 60'000;
constexpr size_t kRecordsMax = 1'000;  // API GetRecords
// Positions: a sequence number, or one of these.
constexpr std::string_view kAtEnd = "end";
constexpr std::string_view kSince = "since:";  ///< milliseconds: what is older was there before

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

void StreamSource::call(const char* operation, Value input, Caller::Receiver receiver) {
  const std::optional<Arn> arn = Arn::parse(settings_.arn);
  ports_.caller.call({.service = "dynamodbstreams",
                      .operation = operation,
                      .input = std::move(input),
                      .region = arn ? arn->region : settings_.region,
                      .principal = settings_.principal},
                     std::move(receiver));
}

void StreamSource::later(int64_t pause_ms, std::function<void()> what) {
  ports_.loop.run_at({ports_.loop.now().ms + pause_ms}, [source = self(), what = std::move(what)] {
    if (!source->is_stopped_) what();
  });
}

// ---- shards ----

void StreamSource::describe() {
  ObjectBuilder input;
  input.set("StreamArn", Value(settings_.arn));
  call("DescribeStream", std::move(input).build(),
       [source = self()](const ApiResult<Value>& answer) {
         if (source->is_stopped_) return;
         if (answer) source->described(*answer);
         // Shards are closed and split all the time.
         source->later(kDescribePauseMs, [p = source.get()] { p->describe(); });
       });
}

void StreamSource::described(const Value& answer) {
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
void StreamSource::begin_shards() {
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

void StreamSource::find_iterator(const ShardPointer& shard) {
  ObjectBuilder input;
  input.set("StreamArn", Value(settings_.arn)).set("ShardId", Value(shard->id));
  const std::string position = ports_.load_position(shard->id);
  if (position == kAtEnd) {
    shard->is_at_end = true;
    return begin_shards();
  }
  if (position.starts_with(kSince)) {
    shard->since_ms = std::strtoll(position.c_str() + kSince.size(), nullptr, 10);
    input.set("ShardIteratorType", Value("TRIM_HORIZON"));
  } else if (!position.empty()) {
    input.set("ShardIteratorType", Value("AFTER_SEQUENCE_NUMBER"))
        .set("SequenceNumber", Value(position));
  } else if (settings_.from_the_beginning || shards_.contains(shard->parent)) {
    // The child of a shard that was read begins where that ended.
    input.set("ShardIteratorType", Value("TRIM_HORIZON"));
  } else {
    input.set("ShardIteratorType", Value("LATEST"));
    // After a restart nothing is left out that came in between.
    ports_.save_position(shard->id, std::string(kSince) + std::to_string(ports_.loop.now().ms));
  }
  call("GetShardIterator", std::move(input).build(),
       [source = self(), shard](const ApiResult<Value>& answer) {
         if (source->is_stopped_) return;
         if (!answer) {
           return source->later(kRetryPauseMs,
                                [p = source.get(), shard] { p->find_iterator(shard); });
         }
         shard->iterator = text_of(*answer, "ShardIterator");
         source->poll(shard);
       });
}

void StreamSource::poll(const ShardPointer& shard) {
  // One that still has work reads nothing ahead.
  if (shard->is_running || shard->iterator.empty()) return;
  ObjectBuilder input;
  input.set("ShardIterator", Value(shard->iterator))
      .set("Limit", Value(static_cast<int64_t>(std::min(
                        kRecordsMax, settings_.batch_size - shard->gathering.records.size()))));
  call("GetRecords", std::move(input).build(),
       [source = self(), shard](const ApiResult<Value>& answer) {
         if (source->is_stopped_) return;
         if (answer) return source->polled(shard, *answer);
         // Also for an iterator that is too old.
         source->later(kRetryPauseMs, [p = source.get(), shard] {
           shard->gathering = {};
           p->find_iterator(shard);
         });
       });
}

bool StreamSource::is_wanted(const Value& record) const {
  return settings_.filters.empty() ||
         std::any_of(settings_.filters.begin(), settings_.filters.end(),
                     [&](const EventPattern& filter) { return filter.matches(record); });
}

void StreamSource::polled(const ShardPointer& shard, const Value& answer) {
  shard->iterator = text_of(answer, "NextShardIterator");
  const Value* records = answer.find("Records");
  bool has_read = false;
  if (records != nullptr && records->is_array()) {
    for (const Value& each : records->items()) {
      has_read = true;
      const std::string number = text_of(object_of(each, "dynamodb"), "SequenceNumber");
      const Value record = each.with_member("eventSourceARN", Value(settings_.arn));
      // Their time is in whole seconds.
      const bool is_old = created_ms(record) / 1'000 < shard->since_ms / 1'000;
      if (is_old || !is_wanted(record)) {
        shard->skipped_to = number;
        continue;
      }
      if (shard->gathering.records.empty()) {
        shard->window_ends_ms = ports_.loop.now().ms + settings_.window_ms;
      }
      shard->gathering.records.push_back({{number, json::write(record)}, created_ms(record)});
    }
  }
  const bool is_full = shard->gathering.records.size() >= settings_.batch_size;
  const bool is_due =
      !shard->gathering.records.empty() && ports_.loop.now().ms >= shard->window_ends_ms;
  if (is_full || is_due || (shard->iterator.empty() && !shard->gathering.records.empty())) {
    return take_batch(shard);
  }
  if (shard->gathering.records.empty() && !shard->skipped_to.empty()) {
    ports_.save_position(shard->id, std::exchange(shard->skipped_to, {}));
  }
  if (shard->iterator.empty()) {
    ports_.save_position(shard->id, std::string(kAtEnd));
    shard->is_at_end = true;
    return begin_shards();
  }
  later(has_read ? 0 : kPollPauseMs, [this, shard] { poll(shard); });
}

// ---- batches ----

void StreamSource::take_batch(const ShardPointer& shard) {
  shard->skipped_to.clear();
  shard->batches.push_back(std::exchange(shard->gathering, {}));
  run_next(shard);
}

void StreamSource::run_next(const ShardPointer& shard) {
  if (is_stopped_) return;
  if (shard->batches.empty()) {
    shard->is_running = false;
    if (shard->iterator.empty()) return polled(shard, Value::object());
    return poll(shard);
  }
  shard->is_running = true;
  std::vector<SourceRecord> records;
  for (const Record& record : shard->batches.front().records) records.push_back(record.record);
  ports_.consume(records, [source = self(), shard](BatchOutcome outcome) {
    source->ports_.loop.post([source, shard, outcome = std::move(outcome)] {
      if (!source->is_stopped_) source->ran(shard, outcome);
    });
  });
}

void StreamSource::ran(const ShardPointer& shard, const BatchOutcome& outcome) {
  Batch& batch = shard->batches.front();
  if (outcome.kind == BatchOutcome::Kind::Refused)
    return later(retry_pause_ms(batch.refusals++), [this, shard] { run_next(shard); });
  if (outcome.kind == BatchOutcome::Kind::Failed) return failed(shard, outcome, 0);
  // "Lambda uses the lowest sequence number as the checkpoint."
  if (!outcome.failed.empty()) {
    const std::vector<std::string>& ids = outcome.failed;
    const auto first =
        std::find_if(batch.records.begin(), batch.records.end(), [&](const Record& each) {
          return std::find(ids.begin(), ids.end(), each.record.id) != ids.end();
        });
    const bool is_known = first != batch.records.end();
    return failed(shard, outcome,
                  is_known ? static_cast<size_t>(first - batch.records.begin()) : 0);
  }
  ports_.save_position(shard->id, batch.records.back().record.id);
  shard->batches.pop_front();
  run_next(shard);
}

void StreamSource::failed(const ShardPointer& shard, const BatchOutcome& outcome,
                          size_t first_failed) {
  Batch& batch = shard->batches.front();
  if (first_failed > 0) {
    ports_.save_position(shard->id, batch.records[first_failed - 1].record.id);
    batch.records.erase(batch.records.begin(),
                        batch.records.begin() + static_cast<std::ptrdiff_t>(first_failed));
  }
  const int64_t age_ms = ports_.loop.now().ms - batch.records.front().created_ms;
  if (settings_.age_ms_max >= 0 && age_ms > settings_.age_ms_max) {
    return give_up(shard, outcome, "RecordAgeExceeded");
  }
  if (settings_.bisects && batch.records.size() > 1) {
    // "Bisecting … doesn't count towards the retry quota."
    const auto middle =
        batch.records.begin() + static_cast<std::ptrdiff_t>(batch.records.size() / 2);
    Batch second{{middle, batch.records.end()}, batch.attempts, 0};
    batch.records.erase(middle, batch.records.end());
    shard->batches.insert(shard->batches.begin() + 1, std::move(second));
    return later(kRetryPauseMs, [this, shard] { run_next(shard); });
  }
  if (settings_.retries_max >= 0 && batch.attempts >= settings_.retries_max) {
    return give_up(shard, outcome, "RetryAttemptsExhausted");
  }
  later(retry_pause_ms(batch.attempts++), [this, shard] { run_next(shard); });
}

/// And goes on behind it.
void StreamSource::give_up(const ShardPointer& shard, const BatchOutcome& outcome,
                           const char* condition) {
  const Batch batch = std::move(shard->batches.front());
  shard->batches.pop_front();
  const Record& first = batch.records.front();
  const Record& last = batch.records.back();
  const auto go_on = [source = self(), shard, number = last.record.id] {
    source->ports_.save_position(shard->id, number);
    source->run_next(shard);
  };
  if (!ports_.give_up) return go_on();
  GivenUpBatch given_up;
  given_up.condition = condition;
  given_up.detail = outcome.detail;
  given_up.shard_id = shard->id;
  given_up.first_id = first.record.id;
  given_up.last_id = last.record.id;
  given_up.first_created_ms = first.created_ms;
  given_up.last_created_ms = last.created_ms;
  given_up.records = static_cast<int64_t>(batch.records.size());
  given_up.attempts = batch.attempts + 1;
  ports_.give_up(given_up, go_on);
}

}  // namespace pawl::aws
