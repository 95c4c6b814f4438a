// SPDX-License-Identifier: Apache-2.0
// MachineStore: the records of machines, versions, aliases, revisions and activities in the durable
// store. Knows keys and forms, not the rules of the API (actions/).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "aws/api_error.h"
#include "services/states/machine_record.h"
#include "services/states/resource_arn.h"
#include "store/store.h"

namespace pawl::states {

/// What a list is walked by: newest first, and among those of one millisecond by name downwards.
struct ListPosition {
  int64_t creation_ms = 0;
  std::string name;
};

template <typename Record>
struct Listed {
  ListPosition position;
  Record record;
};

/// Reads are thread-safe. Errors of all: InternalFailure with the store's words.
class MachineStore {
 public:
  class Change;

  /// Errors: Io and what else the store may answer.
  static base::Result<std::unique_ptr<MachineStore>> open(store::Store& store);

  aws::ApiResult<std::optional<MachineRecord>> machine(const ResourceKey& key) const;
  aws::ApiResult<std::optional<VersionRecord>> version(const ResourceKey& key,
                                                       uint64_t number) const;
  aws::ApiResult<std::optional<AliasRecord>> alias(const ResourceKey& key,
                                                   std::string_view name) const;
  aws::ApiResult<std::optional<RevisionRecord>> revision(uint64_t number) const;
  aws::ApiResult<std::optional<ActivityRecord>> activity(const ResourceKey& key) const;

  /// At most `count` machines of an account and region, from behind `after` or from the first on.
  aws::ApiResult<std::vector<Listed<MachineRecord>>> machines(
      const ResourceKey& place, const std::optional<ListPosition>& after, size_t count) const;
  aws::ApiResult<std::vector<Listed<ActivityRecord>>> activities(
      const ResourceKey& place, const std::optional<ListPosition>& after, size_t count) const;
  /// At most `count` versions below number `below` (0: all), the highest first.
  aws::ApiResult<std::vector<std::pair<uint64_t, VersionRecord>>> versions(const ResourceKey& key,
                                                                           uint64_t below,
                                                                           size_t count) const;
  /// All aliases of a machine (kAliasesMax at most) by name.
  aws::ApiResult<std::vector<std::pair<std::string, AliasRecord>>> aliases(
      const ResourceKey& key) const;

  /// Of everything that is stored, in all accounts and regions:
  aws::ApiResult<std::vector<uint64_t>> revisions() const;
  /// The revisions that a machine or a version has.
  aws::ApiResult<std::unordered_set<uint64_t>> held_revisions() const;
  aws::ApiResult<std::vector<ResourceKey>> deleting_machines() const;

  /// 32 bytes made when the store was: what page tokens are signed with.
  const std::string& secret() const { return secret_; }

  /// What a commit changed of what ARNs lead to.
  struct Changed {
    std::vector<std::string> arns;
    bool is_more = false;  ///< also versions and aliases that are not named
  };
  /// Called after each commit, before it answers, inside the Change.
  void on_change(std::function<void(const Changed&)> listener) { listener_ = std::move(listener); }

 private:
  enum class Kind : uint8_t;

  explicit MachineStore(store::Store& store) : store_(store) {}
  base::Result<void> read_meta();
  static std::string key_of(Kind kind, const ResourceKey& key);
  static std::string prefix_of(Kind kind, const ResourceKey& place);
  static std::string list_key(Kind kind, const ResourceKey& key, base::Timestamp created);
  aws::ApiResult<void> for_each_of(
      Kind kind,
      const std::function<aws::ApiResult<void>(std::string_view, std::string_view)>& visit) const;
  template <typename Record>
  aws::ApiResult<std::optional<Record>> read(store::Keyspace keyspace, std::string_view key) const;
  template <typename Record>
  aws::ApiResult<std::vector<Listed<Record>>> list(Kind kind, Kind index, const ResourceKey& place,
                                                   const std::optional<ListPosition>& after,
                                                   size_t count) const;

  store::Store& store_;
  store::Keyspace machines_;   ///< machines, versions, aliases, activities and the order of lists
  store::Keyspace revisions_;  ///< by number
  store::Keyspace meta_;       ///< next revision's number, the secret
  std::string secret_;
  std::mutex change_mutex_;
  uint64_t next_revision_ = 1;                      ///< under change_mutex_
  std::unordered_map<std::string, size_t> counts_;  ///< by prefix of an index; under change_mutex_
  std::function<void(const Changed&)> listener_ = [](const Changed&) {};
};

/// One change: what it reads stays as it is until it ends, for there is one Change at a time. Not
/// committed, it leaves nothing. One thread.
class MachineStore::Change {
 public:
  explicit Change(MachineStore& store) : store_(store), lock_(store.change_mutex_) {}

  /// How many machines, or activities, this account and region has. O(1) but for the first call.
  aws::ApiResult<size_t> count_machines(const ResourceKey& place);
  aws::ApiResult<size_t> count_activities(const ResourceKey& place);

  /// A machine that was not there, and one that was.
  void add(const ResourceKey& key, const MachineRecord& machine);
  void put(const ResourceKey& key, const MachineRecord& machine);
  void put_version(const ResourceKey& key, uint64_t number, const VersionRecord& version);
  void put_alias(const ResourceKey& key, std::string_view name, const AliasRecord& alias);
  void add_activity(const ResourceKey& key, const ActivityRecord& activity);
  void put_activity(const ResourceKey& key, const ActivityRecord& activity);
  /// Stores a new revision; answers its number.
  uint64_t add_revision(const RevisionRecord& revision);
  /// With its versions and aliases. Revisions stay: executions may need them.
  void erase_machine(const ResourceKey& key, const MachineRecord& machine);
  void erase_version(const ResourceKey& key, uint64_t number);
  void erase_alias(const ResourceKey& key, std::string_view name);
  void erase_activity(const ResourceKey& key, const ActivityRecord& activity);
  void erase_revision(uint64_t number);

  /// Durable when it returns; more may be changed and committed after it. Errors: InternalFailure.
  aws::ApiResult<void> commit();

 private:
  MachineStore& store_;
  std::unique_lock<std::mutex> lock_;
  aws::ApiResult<size_t> count(Kind index, const ResourceKey& place);

  store::Batch batch_;
  uint64_t revisions_added_ = 0;
  Changed changed_;
  std::vector<std::pair<std::string, int>> count_changes_;  ///< prefix of an index, +1 or -1
};

}  // namespace pawl::states
