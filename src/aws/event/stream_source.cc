// SPDX-License-Identifier: Apache-2.0
#include "aws/event/stream_source.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <utility>

#include "aws/arn.h"
#include "json/members.h"
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
  const Value change = object_member(record, "dynamodb");
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
  const Value description = object_member(answer, "StreamDescription");
  const Value* shards = description.find("Shards");
  if (shards == nullptr || !shards->is_array()) return;
  for (const Value& each : shards->items()) {
    ShardPointer& shard = shards_[text_member(each, "ShardId")];
    if (shard) continue;
    shard = std::make_shared<Shard>();
    shard->id = text_member(each, "ShardId");
    shard->parent = text_member(each, "ParentShardId");
  }
  begin_shards();
}

/// Those whose parents have been read to their end, or are not there any more.
void StreamSource::begin_shards() {
  for (const auto& [id, shard] : shards_) {
    const auto parent = shards_.find(shard->parent);
    if (shard->is_begun || (parent != shards_.end() && !parent->second->is_at_end)) continue;
    shard->is_begun = true;
    shard->is_polling = true;
    shard->lanes.resize(std::max<size_t>(settings_.lanes, 1));
    find_iterator(shard);
  }
}

void StreamSource::find_iterator(const ShardPointer& shard) {
  ObjectBuilder input;
  input.set("StreamArn", Value(settings_.arn)).set("ShardId", Value(shard->id));
  const std::string position =
      shard->last_read.empty() ? ports_.load_position(shard->id) : shard->last_read;
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
         shard->iterator = text_member(*answer, "ShardIterator");
         source->poll(shard);
       });
}

void StreamSource::poll(const ShardPointer& shard) {
  const size_t room = settings_.batch_size * shard->lanes.size() - shard->waiting;
  ObjectBuilder input;
  input.set("ShardIterator", Value(shard->iterator))
      .set("Limit", Value(static_cast<int64_t>(std::min(kRecordsMax, room))));
  call("GetRecords", std::move(input).build(),
       [source = self(), shard](const ApiResult<Value>& answer) {
         if (source->is_stopped_) return;
         if (answer) return source->polled(shard, *answer);
         // Also for an iterator that is too old.
         source->later(kRetryPauseMs, [p = source.get(), shard] { p->find_iterator(shard); });
       });
}

bool StreamSource::is_wanted(const Value& record) const {
  return settings_.filters.empty() ||
         std::any_of(settings_.filters.begin(), settings_.filters.end(),
                     [&](const EventPattern& filter) { return filter.matches(record); });
}

void StreamSource::polled(const ShardPointer& shard, const Value& answer) {
  shard->iterator = text_member(answer, "NextShardIterator");
  const Value* records = answer.find("Records");
  const bool has_read = records != nullptr && records->is_array() && records->size() != 0;
  if (has_read) {
    for (const Value& each : records->items()) take_record(shard, each);
    save_progress(shard);
  }
  later(has_read ? 0 : kPollPauseMs, [this, shard] {
    shard->is_polling = false;
    go_on(shard);
  });
  for (size_t lane = 0; lane < shard->lanes.size(); ++lane) run_first(shard, lane);
}

void StreamSource::take_record(const ShardPointer& shard, const Value& given) {
  const Value change = object_member(given, "dynamodb");
  const std::string number = text_member(change, "SequenceNumber");
  const Value record = given.with_member("eventSourceARN", Value(settings_.arn));
  // Their time is in whole seconds.
  const bool is_old = created_ms(record) / 1'000 < shard->since_ms / 1'000;
  const bool is_unwanted = is_old || !is_wanted(record);
  const uint64_t order = shard->first_open + shard->open.size();
  shard->open.push_back({number, is_unwanted});
  shard->last_read = number;
  if (is_unwanted) return;
  size_t index = 0;
  if (shard->lanes.size() > 1) {
    const std::string keys = json::write(object_member(change, "Keys"));
    index = std::hash<std::string>{}(keys) % shard->lanes.size();
  }
  Lane& lane = shard->lanes[index];
  if (lane.gathering.records.empty())
    lane.window_ends_ms = ports_.loop.now().ms + settings_.window_ms;
  lane.gathering.records.push_back({{number, json::write(record)}, created_ms(record), order});
  ++shard->waiting;
  if (lane.gathering.records.size() >= settings_.batch_size)
    lane.batches.push_back(std::exchange(lane.gathering, {}));
}

void StreamSource::go_on(const ShardPointer& shard) {
  if (is_stopped_ || shard->is_at_end) return;
  for (size_t lane = 0; lane < shard->lanes.size(); ++lane) run_first(shard, lane);
  if (shard->is_polling) return;
  if (!shard->iterator.empty()) {
    // One that has work for all its lanes reads nothing ahead.
    const bool is_busy = std::all_of(shard->lanes.begin(), shard->lanes.end(),
                                     [](const Lane& lane) { return lane.is_running; });
    if (is_busy || shard->waiting >= settings_.batch_size * shard->lanes.size()) return;
    shard->is_polling = true;
    return poll(shard);
  }
  if (shard->waiting != 0) return;
  ports_.save_position(shard->id, std::string(kAtEnd));
  shard->is_at_end = true;
  begin_shards();
}

// ---- batches ----

/// If the lane is idle and has a batch that is full, or whose window is over.
void StreamSource::run_first(const ShardPointer& shard, size_t index) {
  Lane& lane = shard->lanes[index];
  if (is_stopped_ || lane.is_running) return;
  const bool is_due = ports_.loop.now().ms >= lane.window_ends_ms || shard->iterator.empty();
  if (lane.batches.empty() && is_due && !lane.gathering.records.empty())
    lane.batches.push_back(std::exchange(lane.gathering, {}));
  if (lane.batches.empty()) return;
  lane.is_running = true;
  std::vector<SourceRecord> records;
  for (const Record& record : lane.batches.front().records) records.push_back(record.record);
  ports_.consume(records, [source = self(), shard, index](BatchOutcome outcome) {
    source->ports_.loop.post([source, shard, index, outcome = std::move(outcome)] {
      if (!source->is_stopped_) source->ran(shard, index, outcome);
    });
  });
}

void StreamSource::run_later(const ShardPointer& shard, size_t index, int64_t pause_ms) {
  later(pause_ms, [this, shard, index] {
    shard->lanes[index].is_running = false;
    run_first(shard, index);
  });
}

bool StreamSource::is_too_old(const Batch& batch) const {
  return settings_.age_ms_max >= 0 &&
         ports_.loop.now().ms - batch.records.front().created_ms > settings_.age_ms_max;
}

void StreamSource::ran(const ShardPointer& shard, size_t index, const BatchOutcome& outcome) {
  Batch& batch = shard->lanes[index].batches.front();
  if (outcome.kind == BatchOutcome::Kind::Refused) {
    if (is_too_old(batch)) return give_up(shard, index, outcome, "RecordAgeExceeded");
    return run_later(shard, index, retry_pause_ms(batch.refusals++));
  }
  if (outcome.kind == BatchOutcome::Kind::Failed) return failed(shard, index, outcome, 0);
  // "Lambda uses the lowest sequence number as the checkpoint."
  if (!outcome.failed.empty()) {
    const std::vector<std::string>& ids = outcome.failed;
    const auto first =
        std::find_if(batch.records.begin(), batch.records.end(), [&](const Record& each) {
          return std::find(ids.begin(), ids.end(), each.record.id) != ids.end();
        });
    const bool is_known = first != batch.records.end();
    return failed(shard, index, outcome,
                  is_known ? static_cast<size_t>(first - batch.records.begin()) : 0);
  }
  finish_first(shard, index);
}

/// The lane's first batch is done, one way or the other.
void StreamSource::finish_first(const ShardPointer& shard, size_t index) {
  Lane& lane = shard->lanes[index];
  set_done(shard, lane.batches.front().records);
  lane.batches.pop_front();
  lane.is_running = false;
  go_on(shard);
}

void StreamSource::set_done(const ShardPointer& shard, const std::vector<Record>& records) {
  for (const Record& record : records)
    shard->open[static_cast<size_t>(record.order - shard->first_open)].is_done = true;
  shard->waiting -= records.size();
  save_progress(shard);
}

void StreamSource::save_progress(const ShardPointer& shard) {
  std::string position;
  for (; !shard->open.empty() && shard->open.front().is_done; ++shard->first_open) {
    position = std::move(shard->open.front().id);
    shard->open.pop_front();
  }
  if (!position.empty()) ports_.save_position(shard->id, position);
}

void StreamSource::failed(const ShardPointer& shard, size_t index, const BatchOutcome& outcome,
                          size_t first_failed) {
  Lane& lane = shard->lanes[index];
  Batch& batch = lane.batches.front();
  if (first_failed > 0) {
    const auto end = batch.records.begin() + static_cast<std::ptrdiff_t>(first_failed);
    set_done(shard, {batch.records.begin(), end});
    batch.records.erase(batch.records.begin(), end);
  }
  if (is_too_old(batch)) return give_up(shard, index, outcome, "RecordAgeExceeded");
  if (settings_.bisects && batch.records.size() > 1) {
    // "Bisecting … doesn't count towards the retry quota."
    const auto middle =
        batch.records.begin() + static_cast<std::ptrdiff_t>(batch.records.size() / 2);
    Batch second{{middle, batch.records.end()}, batch.attempts, 0};
    batch.records.erase(middle, batch.records.end());
    lane.batches.insert(lane.batches.begin() + 1, std::move(second));
    return run_later(shard, index, kRetryPauseMs);
  }
  if (settings_.retries_max >= 0 && batch.attempts >= settings_.retries_max)
    return give_up(shard, index, outcome, "RetryAttemptsExhausted");
  run_later(shard, index, retry_pause_ms(batch.attempts++));
}

/// And goes on behind it.
void StreamSource::give_up(const ShardPointer& shard, size_t index, const BatchOutcome& outcome,
                           const char* condition) {
  const Batch& batch = shard->lanes[index].batches.front();
  const auto finish = [source = self(), shard, index] {
    if (!source->is_stopped_) source->finish_first(shard, index);
  };
  if (!ports_.give_up) return finish();
  const Record& first = batch.records.front();
  const Record& last = batch.records.back();
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
  ports_.give_up(given_up, finish);
}

}  // namespace pawl::aws
