// SPDX-License-Identifier: Apache-2.0
// Keyspace "logs/groups": 1 account region name -> JSON {number, creationTime, and what is set:
// retentionInDays, kmsKeyId, logGroupClass, deletionProtectionEnabled, tags}; 2 number stream ->
// i64 creation time; 3 -> u64 the first sequence that no process has used. Keyspace "logs/events":
// number i64 timestamp u64 sequence -> stream, i64 ingestion time, message.
#include "services/logs/log_store.h"

#include <algorithm>

#include "aws/arn.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"

namespace pawl::logs {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;
using store::KeyBuilder;
using store::KeyReader;
using store::Sync;

constexpr uint8_t kGroupRecord = 1;
constexpr uint8_t kStreamRecord = 2;
constexpr uint8_t kSequenceRecord = 3;

/// Each process takes a block of so many sequence numbers: none is used twice, whatever crashed.
constexpr uint64_t kSequencesPerProcess = uint64_t{1} << 40;
constexpr size_t kKnownStreamsMax = 100'000;
constexpr int64_t kMsPerDay = 86'400'000;

std::string group_key(const GroupName& name) {
  return KeyBuilder().u8(kGroupRecord).text(name.account).text(name.region).text(name.name).take();
}

std::string stream_key(uint64_t group, std::string_view stream) {
  return KeyBuilder().u8(kStreamRecord).u64(group).raw(stream).take();
}

std::string event_key(uint64_t group, LogPosition position) {
  return KeyBuilder().u64(group).i64(position.timestamp_ms).u64(position.sequence).take();
}

std::string group_prefix(uint64_t group) { return KeyBuilder().u64(group).take(); }

Error damaged(std::string_view what) {
  return {ErrorKind::Io, "a stored " + std::string(what) + " of the logs cannot be read"};
}

Error no_group(const GroupName& name) {
  return {ErrorKind::NotFound, "The specified log group does not exist: " + name.name};
}

LogGroup settings_from(const Value& record, const GroupName& name) {
  LogGroup group{.name = name, .created_at = {integer_member(record, "creationTime")}};
  if (const int64_t days = integer_member(record, "retentionInDays"); days > 0)
    group.retention_days = days;
  const auto text = [&](std::string_view member, std::string& out) {
    const Value* value = record.find(member);
    if (value != nullptr && value->is_string()) out = value->as_string();
  };
  text("kmsKeyId", group.kms_key_id);
  text("logGroupClass", group.group_class);
  group.is_protected = record.find("deletionProtectionEnabled") != nullptr;
  if (const Value* tags = record.find("tags"); tags != nullptr && tags->is_object()) {
    for (const json::Member& tag : tags->members())
      group.tags[std::string(tag.name())] = tag.value.as_string();
  }
  return group;
}

Result<LogEvent> decode_event(std::string_view key, std::string_view value) {
  KeyReader key_reader(key);
  KeyReader value_reader(value);
  const auto group = key_reader.u64();
  const auto timestamp = key_reader.i64();
  const auto sequence = key_reader.u64();
  auto stream = value_reader.text();
  const auto ingested = value_reader.i64();
  if (!group || !timestamp || !sequence || !stream || !ingested) return damaged("event");
  return LogEvent{
      {*timestamp, *sequence}, *std::move(stream), std::string(value_reader.rest()), {*ingested}};
}

/// The keys of a group that a query may look at.
store::Range range_of(uint64_t group, const LogQuery& query) {
  store::Range range = store::Range::prefix(group_prefix(group));
  const auto from = [&](std::string key) { range.begin = std::max(range.begin, std::move(key)); };
  const auto until = [&](std::string key) { range.end = std::min(range.end, std::move(key)); };
  if (query.start) from(event_key(group, {query.start->ms, 0}));
  if (query.end) until(event_key(group, {query.end->ms, 0}));
  // A key with one byte more is the first behind.
  if (query.after) from(event_key(group, *query.after) + '\0');
  if (query.before) until(event_key(group, *query.before));
  return range;
}

}  // namespace

std::optional<GroupName> parse_group_arn(std::string_view arn) {
  const std::optional<aws::Arn> parsed = aws::Arn::parse(arn);
  if (!parsed || parsed->service != "logs" || parsed->resource_type() != "log-group")
    return std::nullopt;
  std::string_view name = parsed->resource_id();
  name = name.substr(0, name.find(':'));
  if (name.empty()) return std::nullopt;
  return GroupName{parsed->account_id, parsed->region, std::string(name)};
}

std::string group_arn(const GroupName& name) {
  return "arn:" + std::string(aws::partition_of(name.region)) + ":logs:" + name.region + ":" +
         name.account + ":log-group:" + name.name;
}

Result<std::unique_ptr<LogStore>> LogStore::open(store::Store& store) {
  const store::Keyspace groups = PAWL_TRY(store.keyspace("logs/groups", store::Shape::Records));
  const store::Keyspace events = PAWL_TRY(store.keyspace("logs/events", store::Shape::Records));
  std::unique_ptr<LogStore> opened(new LogStore(store, groups, events));
  PAWL_TRY_VOID(opened->load());
  return opened;
}

Result<void> LogStore::load() {
  const std::lock_guard lock(mutex_);
  const auto cursor =
      store_.cursor(groups_keyspace_, store::Range::prefix(KeyBuilder().u8(kGroupRecord).take()));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    KeyReader reader(cursor->key());
    reader.u8();
    auto account = reader.text();
    auto region = reader.text();
    auto name = reader.text();
    const Result<Value> record = json::parse(cursor->value());
    if (!account || !region || !name || !record) return damaged("group");
    const GroupName group_name{*account, *region, *name};
    const auto number = static_cast<uint64_t>(integer_member(*record, "number"));
    groups_.emplace(group_name, Group{number, settings_from(*record, group_name)});
    next_number_ = std::max(next_number_, number + 1);
  }
  const std::string key = KeyBuilder().u8(kSequenceRecord).take();
  if (const auto stored = PAWL_TRY(store_.get(groups_keyspace_, key))) {
    const auto sequence = KeyReader(*stored).u64();
    if (!sequence) return damaged("sequence number");
    next_sequence_ = *sequence;
  }
  // A number of a deleted group, or of one whose creation a power failure took, is not given again:
  // events may stand under it.
  next_number_ = std::max(next_number_, (next_sequence_ / kSequencesPerProcess) << 32 | 1);
  store::Batch batch;
  batch.put(groups_keyspace_, key, KeyBuilder().u64(next_sequence_ + kSequencesPerProcess).view());
  return store_.commit(batch, Sync::No);
}

Result<uint64_t> LogStore::number_of(const GroupName& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(name);
  if (found == groups_.end()) return no_group(name);
  return found->second.number;
}

Result<void> LogStore::put_group_locked(const Group& group) {
  const LogGroup& settings = group.settings;
  json::ObjectBuilder record;
  record.set("number", Value(static_cast<int64_t>(group.number)))
      .set("creationTime", Value(settings.created_at.ms));
  if (settings.retention_days) record.set("retentionInDays", Value(*settings.retention_days));
  if (!settings.kms_key_id.empty()) record.set("kmsKeyId", Value(settings.kms_key_id));
  if (settings.group_class != "STANDARD") record.set("logGroupClass", Value(settings.group_class));
  if (settings.is_protected) record.set("deletionProtectionEnabled", Value(true));
  if (!settings.tags.empty()) {
    json::ObjectBuilder tags;
    for (const auto& [key, value] : settings.tags) tags.set(key, Value(value));
    record.set("tags", std::move(tags).build());
  }
  store::Batch batch;
  batch.put(groups_keyspace_, group_key(settings.name), json::write(std::move(record).build()));
  return store_.commit(batch, Sync::No);
}

Result<uint64_t> LogStore::make_group_locked(LogGroup settings) {
  Group group{next_number_++, std::move(settings)};
  PAWL_TRY_VOID(put_group_locked(group));
  const uint64_t number = group.number;
  GroupName name = group.settings.name;
  groups_.emplace(std::move(name), std::move(group));
  return number;
}

Result<bool> LogStore::make_stream_locked(uint64_t group, const std::string& stream,
                                          base::Timestamp now) {
  if (known_streams_.contains({group, stream})) return false;
  if (known_streams_.size() >= kKnownStreamsMax) known_streams_.clear();
  const std::string key = stream_key(group, stream);
  const bool exists = PAWL_TRY(store_.get(groups_keyspace_, key)).has_value();
  if (!exists) {
    store::Batch batch;
    batch.put(groups_keyspace_, key, KeyBuilder().i64(now.ms).view());
    PAWL_TRY_VOID(store_.commit(batch, Sync::No));
  }
  known_streams_.emplace(group, stream);
  return !exists;
}

Result<bool> LogStore::create_group(const LogGroup& group) {
  const std::lock_guard lock(mutex_);
  if (groups_.contains(group.name)) return false;
  PAWL_TRY(make_group_locked(group));
  return true;
}

Result<void> LogStore::delete_group(const GroupName& name) {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(name);
  if (found == groups_.end()) return no_group(name);
  const uint64_t number = found->second.number;
  store::Batch batch;
  batch.erase(groups_keyspace_, group_key(name));
  batch.erase_range(groups_keyspace_, store::Range::prefix(stream_key(number, "")));
  batch.erase_range(events_keyspace_, store::Range::prefix(group_prefix(number)));
  PAWL_TRY_VOID(store_.commit(batch, Sync::No));
  groups_.erase(found);
  return {};
}

Result<void> LogStore::change_group(const GroupName& name,
                                    const std::function<void(LogGroup& group)>& change) {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(name);
  if (found == groups_.end()) return no_group(name);
  Group changed = found->second;
  change(changed.settings);
  PAWL_TRY_VOID(put_group_locked(changed));
  found->second = std::move(changed);
  return {};
}

std::optional<LogGroup> LogStore::find_group(const GroupName& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(name);
  if (found == groups_.end()) return std::nullopt;
  return found->second.settings;
}

std::vector<LogGroup> LogStore::groups(const std::string& account,
                                       const std::string& region) const {
  const std::lock_guard lock(mutex_);
  std::vector<LogGroup> found;
  for (auto group = groups_.lower_bound({account, region, ""});
       group != groups_.end() && group->first.account == account && group->first.region == region;
       ++group) {
    found.push_back(group->second.settings);
  }
  return found;
}

Result<bool> LogStore::create_stream(const GroupName& group, const std::string& stream,
                                     base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(group);
  if (found == groups_.end()) return no_group(group);
  return make_stream_locked(found->second.number, stream, now);
}

Result<bool> LogStore::delete_stream(const GroupName& group, const std::string& stream) {
  constexpr size_t kErasedAtOnce = 10'000;
  const uint64_t number = PAWL_TRY(number_of(group));
  std::unique_ptr<store::Cursor> cursor;
  {
    const std::lock_guard lock(mutex_);
    // Made here: what a stream of the same name gets afterwards is not seen.
    cursor = store_.cursor(events_keyspace_, store::Range::prefix(group_prefix(number)));
    const std::string key = stream_key(number, stream);
    if (!PAWL_TRY(store_.get(groups_keyspace_, key))) return false;
    store::Batch batch;
    batch.erase(groups_keyspace_, key);
    PAWL_TRY_VOID(store_.commit(batch, Sync::No));
    known_streams_.erase({number, stream});
  }
  store::Batch batch;
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    if (KeyReader(cursor->value()).text() != stream) continue;
    batch.erase(events_keyspace_, cursor->key());
    if (batch.size() < kErasedAtOnce) continue;
    PAWL_TRY_VOID(store_.commit(batch, Sync::No));
    batch.clear();
  }
  if (!batch.empty()) PAWL_TRY_VOID(store_.commit(batch, Sync::No));
  return true;
}

Result<bool> LogStore::has_stream(const GroupName& group, const std::string& stream) const {
  const uint64_t number = PAWL_TRY(number_of(group));
  return PAWL_TRY(store_.get(groups_keyspace_, stream_key(number, stream))).has_value();
}

Result<std::vector<LogStream>> LogStore::streams(const GroupName& group, const std::string& prefix,
                                                 const std::string& after, size_t max) const {
  const uint64_t number = PAWL_TRY(number_of(group));
  store::Range range = store::Range::prefix(stream_key(number, prefix));
  if (!after.empty()) range.begin = std::max(range.begin, stream_key(number, after) + '\0');
  std::vector<LogStream> found;
  if (range.begin >= range.end) return found;
  const auto cursor = store_.cursor(groups_keyspace_, range);
  for (bool more = PAWL_TRY(cursor->first()); more && found.size() < max;
       more = PAWL_TRY(cursor->next())) {
    const auto created_at = KeyReader(cursor->value()).i64();
    if (!created_at) return damaged("stream");
    found.push_back(
        {std::string(cursor->key().substr(stream_key(number, "").size())), {*created_at}});
  }
  return found;
}

Result<void> LogStore::append(const GroupName& group, const std::string& stream,
                              std::span<const LogLine> lines, base::Timestamp now,
                              store::Batch& batch) {
  if (lines.empty()) return {};
  uint64_t number = 0;
  uint64_t sequence = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = groups_.find(group);
    number = found != groups_.end()
                 ? found->second.number
                 : PAWL_TRY(make_group_locked({.name = group, .created_at = now}));
    PAWL_TRY(make_stream_locked(number, stream, now));
    sequence = next_sequence_;
    next_sequence_ += lines.size();
  }
  const std::string head = KeyBuilder().text(stream).i64(now.ms).take();
  for (const LogLine& line : lines) {
    batch.put(events_keyspace_, event_key(number, {line.timestamp.ms, sequence++}),
              head + line.message);
  }
  if (observer_) observer_(group, stream, lines, sequence - lines.size());
  return {};
}

Result<void> LogStore::append_and_commit(const GroupName& group, const std::string& stream,
                                         std::span<const LogLine> lines, base::Timestamp now) {
  store::Batch batch;
  PAWL_TRY_VOID(append(group, stream, lines, now, batch));
  return batch.empty() ? Result<void>() : store_.commit(batch, Sync::No);
}

Result<LogPage> LogStore::read(const GroupName& group, const LogQuery& query) const {
  const store::Range range = range_of(PAWL_TRY(number_of(group)), query);
  LogPage page;
  if (range.begin >= range.end) return page;
  const auto cursor = store_.cursor(events_keyspace_, range);
  size_t looked_at = 0;
  size_t bytes = 0;
  std::optional<LogPosition> last;
  for (bool more = PAWL_TRY(query.newest_first ? cursor->last() : cursor->first()); more;
       more = PAWL_TRY(query.newest_first ? cursor->prev() : cursor->next())) {
    if (page.events.size() >= query.events_max || looked_at++ >= query.looked_at_max) {
      page.stopped_at = last;
      break;
    }
    LogEvent event = PAWL_TRY(decode_event(cursor->key(), cursor->value()));
    if (!query.wanted || query.wanted(event.stream, event.message)) {
      if (!page.events.empty() && bytes + event.message.size() > query.bytes_max) {
        page.stopped_at = last;
        break;
      }
      bytes += event.message.size();
      page.events.push_back(std::move(event));
      last = page.events.back().position;
    } else {
      last = event.position;
    }
  }
  return page;
}

Result<void> LogStore::expire(base::Timestamp now) {
  // The cursor first: a group that has events there and is not known afterwards has been deleted.
  const auto cursor = store_.cursor(events_keyspace_, store::Range::all());
  std::map<uint64_t, std::optional<int64_t>> retention;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, group] : groups_)
      retention[group.number] = group.settings.retention_days;
  }
  store::Batch batch;
  for (bool more = PAWL_TRY(cursor->first()); more;) {
    const auto number = KeyReader(cursor->key()).u64();
    if (!number) return damaged("event");
    store::Range range = store::Range::prefix(group_prefix(*number));
    more = !range.end.empty() && PAWL_TRY(cursor->seek(range.end));
    const auto group = retention.find(*number);
    if (group != retention.end()) {
      if (!group->second) continue;
      range.end = event_key(*number, {now.ms - *group->second * kMsPerDay, 0});
    }
    batch.erase_range(events_keyspace_, range);
  }
  return batch.empty() ? Result<void>() : store_.commit(batch, Sync::No);
}

}  // namespace pawl::logs
