// SPDX-License-Identifier: Apache-2.0
// LogStore: log groups, their streams and events in the store (CloudWatch Logs). Knows no API: that
// is another file's.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/store.h"

namespace pawl::logs {

struct GroupName {
  std::string account;
  std::string region;
  std::string name;
  friend auto operator<=>(const GroupName&, const GroupName&) = default;
};

/// The group that an ARN names, with or without ":*" behind; nullopt if it names none.
std::optional<GroupName> parse_group_arn(std::string_view arn);
/// arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME, without ":*".
std::string group_arn(const GroupName& name);

struct LogGroup {
  GroupName name;
  base::Timestamp created_at;
  std::optional<int64_t> retention_days = {};  ///< none: for ever
  std::string kms_key_id = {};
  std::string group_class = "STANDARD";
  bool is_protected = false;  ///< against deletion
  std::map<std::string, std::string> tags = {};
};

struct LogStream {
  std::string name;
  base::Timestamp created_at;
};

/// One line to store. "PutLogEvents: the event's bytes and 26 more" are at most 256 KiB on AWS; the
/// store does not look.
struct LogLine {
  base::Timestamp timestamp;
  std::string message;
};

/// Where an event stands in its group: by time, then as they were appended. Never reused.
struct LogPosition {
  int64_t timestamp_ms = 0;
  uint64_t sequence = 0;
  friend auto operator<=>(const LogPosition&, const LogPosition&) = default;
};

struct LogEvent {
  LogPosition position;
  std::string stream;
  std::string message;
  base::Timestamp ingested_at;
};

struct LogQuery {
  std::optional<LogPosition> after = {};   ///< exclusive
  std::optional<LogPosition> before = {};  ///< exclusive
  std::optional<base::Timestamp> start = {};
  std::optional<base::Timestamp> end = {};  ///< exclusive
  bool newest_first = false;
  /// Which events are wanted; empty: all.
  std::function<bool(std::string_view stream, std::string_view message)> wanted = {};
  size_t events_max = 10'000;
  size_t bytes_max = size_t{1} << 20;  ///< of messages; one event is always given
  size_t looked_at_max = 100'000;      ///< events read, wanted or not
};

struct LogPage {
  std::vector<LogEvent> events;  ///< in the query's order
  /// Set if there may be more: the last event that was looked at, to go on behind it.
  std::optional<LogPosition> stopped_at;
};

/// Thread-safe. Groups are held in memory, events in the store's keyspace "logs/events". Errors:
/// the store's, and NotFound for a group that does not exist.
class LogStore {
 public:
  static base::Result<std::unique_ptr<LogStore>> open(store::Store& store);

  /// Sees what is appended, before it is committed. Set before the first append.
  using Observer = std::function<void(const GroupName& group, const std::string& stream,
                                      std::span<const LogLine> lines, uint64_t first_sequence)>;
  void observe(Observer observer) { observer_ = std::move(observer); }

  /// False if it exists already. Changes are visible at once, durable with the next sync.
  base::Result<bool> create_group(const LogGroup& group);
  /// With its streams and events.
  base::Result<void> delete_group(const GroupName& name);
  /// `change` gets the group under the store's mutex; its name and creation stay.
  base::Result<void> change_group(const GroupName& name,
                                  const std::function<void(LogGroup& group)>& change);
  std::optional<LogGroup> find_group(const GroupName& name) const;
  /// Of one account and region, by name.
  std::vector<LogGroup> groups(const std::string& account, const std::string& region) const;

  /// False if it exists already.
  base::Result<bool> create_stream(const GroupName& group, const std::string& stream,
                                   base::Timestamp now);
  /// With its events: O(events of the group). False if there is none.
  base::Result<bool> delete_stream(const GroupName& group, const std::string& stream);
  base::Result<bool> has_stream(const GroupName& group, const std::string& stream) const;
  /// By name, those behind `after`, at most `max`.
  base::Result<std::vector<LogStream>> streams(const GroupName& group, const std::string& prefix,
                                               const std::string& after, size_t max) const;

  /// Adds the lines to `batch`, which the caller commits. Makes group and stream if they are not
  /// there, with a commit of its own before (without sync: a power failure that takes them takes
  /// the batch too). Does not block on readers.
  base::Result<void> append(const GroupName& group, const std::string& stream,
                            std::span<const LogLine> lines, base::Timestamp now,
                            store::Batch& batch);

  /// The same, committed without sync.
  base::Result<void> append_and_commit(const GroupName& group, const std::string& stream,
                                       std::span<const LogLine> lines, base::Timestamp now);

  /// Reads a part of a group. O(events looked at).
  base::Result<LogPage> read(const GroupName& group, const LogQuery& query) const;

  /// Erases what is older than its group's retention, and what was appended to groups while they
  /// were being deleted.
  base::Result<void> expire(base::Timestamp now);

 private:
  struct Group {
    uint64_t number = 0;  ///< leads the keys of its streams and events; never reused
    LogGroup settings;
  };

  LogStore(store::Store& store, store::Keyspace groups, store::Keyspace events)
      : store_(store), groups_keyspace_(groups), events_keyspace_(events) {}
  base::Result<void> load();
  base::Result<uint64_t> number_of(const GroupName& name) const;
  base::Result<uint64_t> make_group_locked(LogGroup settings);
  base::Result<bool> make_stream_locked(uint64_t group, const std::string& stream,
                                        base::Timestamp now);
  base::Result<void> put_group_locked(const Group& group);

  store::Store& store_;
  store::Keyspace groups_keyspace_;
  store::Keyspace events_keyspace_;
  mutable std::mutex mutex_;
  std::map<GroupName, Group> groups_;                         ///< guarded by mutex_
  std::set<std::pair<uint64_t, std::string>> known_streams_;  ///< a cache; guarded by mutex_
  uint64_t next_number_ = 1;                                  ///< guarded by mutex_
  uint64_t next_sequence_ = 0;                                ///< guarded by mutex_
  Observer observer_;                                         ///< constant once lines come
};

}  // namespace pawl::logs
