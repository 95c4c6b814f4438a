// SPDX-License-Identifier: Apache-2.0
#include "services/states/machine_store.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "base/assert.h"
#include "services/states/api_errors.h"

namespace pawl::states {

using base::Result;

/// The first byte of a key in keyspace "states/machines". Stored: never change a number.
enum class MachineStore::Kind : uint8_t {
  Machine = 1,
  Version = 2,  ///< then the number, u64
  Alias = 3,    ///< then the name
  Activity = 4,
  MachineByDate = 5,  ///< account, region, creation date, name; no value
  ActivityByDate = 6,
};

namespace {

constexpr std::string_view kNextRevision = "next-revision";
constexpr std::string_view kSecret = "secret";
constexpr size_t kSecretBytes = 32;

std::string random_bytes(size_t count) {
  std::string bytes(count, '\0');
  size_t filled = 0;
  while (filled < count) {
    const ssize_t got = getrandom(bytes.data() + filled, count - filled, 0);
    // getrandom(2): so few bytes fail only when a signal interrupts.
    PAWL_ASSERT(got >= 0 || errno == EINTR);
    if (got > 0) filled += static_cast<size_t>(got);
  }
  return bytes;
}

std::string revision_key(uint64_t number) { return store::KeyBuilder().u64(number).take(); }

/// PAWL_TRY for functions that answer ApiErrors.
template <typename T>
aws::ApiResult<T> as_api(Result<T> result) {
  if (!result) return store_failed(result.error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*result);
  }
}

}  // namespace

Result<std::unique_ptr<MachineStore>> MachineStore::open(store::Store& store) {
  std::unique_ptr<MachineStore> opened(new MachineStore(store));
  opened->machines_ = PAWL_TRY(store.keyspace("states/machines", store::Shape::Records));
  opened->revisions_ = PAWL_TRY(store.keyspace("states/revisions", store::Shape::Records));
  opened->meta_ = PAWL_TRY(store.keyspace("states/meta", store::Shape::Records));
  PAWL_TRY_VOID(opened->read_meta());
  return opened;
}

Result<void> MachineStore::read_meta() {
  const std::optional<std::string> next = PAWL_TRY(store_.get(meta_, kNextRevision));
  if (next) {
    const std::optional<uint64_t> number = store::KeyReader(*next).u64();
    if (!number) return base::Error(base::ErrorKind::Io, "states/meta: next-revision is damaged");
    next_revision_ = *number;
  }
  std::optional<std::string> secret = PAWL_TRY(store_.get(meta_, kSecret));
  if (!secret) {
    secret = random_bytes(kSecretBytes);
    store::Batch batch;
    batch.put(meta_, kSecret, *secret);
    PAWL_TRY_VOID(store_.commit(batch, store::Sync::Yes));
  }
  secret_ = std::move(*secret);
  return {};
}

std::string MachineStore::prefix_of(Kind kind, const ResourceKey& place) {
  store::KeyBuilder key;
  key.u8(static_cast<uint8_t>(kind)).text(place.account_id).text(place.region);
  return key.take();
}

std::string MachineStore::key_of(Kind kind, const ResourceKey& key) {
  return store::KeyBuilder(prefix_of(kind, key)).text(key.name).take();
}

std::string MachineStore::list_key(Kind kind, const ResourceKey& key, base::Timestamp created) {
  return store::KeyBuilder(prefix_of(kind, key)).i64(created.ms).text(key.name).take();
}

template <typename Record>
aws::ApiResult<std::optional<Record>> MachineStore::read(store::Keyspace keyspace,
                                                         std::string_view key) const {
  const std::optional<std::string> text = PAWL_TRY(as_api(store_.get(keyspace, key)));
  if (!text) return std::optional<Record>();
  return std::optional<Record>(PAWL_TRY(as_api(Record::from_text(*text))));
}

aws::ApiResult<std::optional<MachineRecord>> MachineStore::machine(const ResourceKey& key) const {
  return read<MachineRecord>(machines_, key_of(Kind::Machine, key));
}

aws::ApiResult<std::optional<VersionRecord>> MachineStore::version(const ResourceKey& key,
                                                                   uint64_t number) const {
  const std::string place = store::KeyBuilder(key_of(Kind::Version, key)).u64(number).take();
  return read<VersionRecord>(machines_, place);
}

aws::ApiResult<std::optional<AliasRecord>> MachineStore::alias(const ResourceKey& key,
                                                               std::string_view name) const {
  return read<AliasRecord>(machines_,
                           store::KeyBuilder(key_of(Kind::Alias, key)).text(name).take());
}

aws::ApiResult<std::optional<RevisionRecord>> MachineStore::revision(uint64_t number) const {
  return read<RevisionRecord>(revisions_, revision_key(number));
}

aws::ApiResult<std::optional<ActivityRecord>> MachineStore::activity(const ResourceKey& key) const {
  return read<ActivityRecord>(machines_, key_of(Kind::Activity, key));
}

template <typename Record>
aws::ApiResult<std::vector<Listed<Record>>> MachineStore::list(
    Kind kind, Kind index, const ResourceKey& place, const std::optional<ListPosition>& after,
    size_t count) const {
  const std::string prefix = prefix_of(index, place);
  const std::unique_ptr<store::Snapshot> snapshot = store_.snapshot();
  const auto cursor = snapshot->cursor(machines_, store::Range::prefix(prefix));
  std::vector<Listed<Record>> out;
  bool more = false;
  if (after) {
    const ResourceKey last{place.account_id, place.region, after->name};
    more = PAWL_TRY(as_api(cursor->seek_before(list_key(index, last, {after->creation_ms}))));
  } else {
    more = PAWL_TRY(as_api(cursor->last()));
  }
  while (more && out.size() < count) {
    store::KeyReader key(cursor->key().substr(prefix.size()));
    const std::optional<int64_t> created = key.i64();
    std::optional<std::string> name = key.text();
    if (!created || !name) return aws::internal_failure("states/machines: a key is damaged");
    const ResourceKey found{place.account_id, place.region, *name};
    const auto text = PAWL_TRY(as_api(snapshot->get(machines_, key_of(kind, found))));
    if (!text) return aws::internal_failure("states/machines: a list names what is not there");
    out.push_back({{*created, std::move(*name)}, PAWL_TRY(as_api(Record::from_text(*text)))});
    more = PAWL_TRY(as_api(cursor->prev()));
  }
  return out;
}

aws::ApiResult<std::vector<Listed<MachineRecord>>> MachineStore::machines(
    const ResourceKey& place, const std::optional<ListPosition>& after, size_t count) const {
  return list<MachineRecord>(Kind::Machine, Kind::MachineByDate, place, after, count);
}

aws::ApiResult<std::vector<Listed<ActivityRecord>>> MachineStore::activities(
    const ResourceKey& place, const std::optional<ListPosition>& after, size_t count) const {
  return list<ActivityRecord>(Kind::Activity, Kind::ActivityByDate, place, after, count);
}

aws::ApiResult<std::vector<std::pair<uint64_t, VersionRecord>>> MachineStore::versions(
    const ResourceKey& key, uint64_t below, size_t count) const {
  const std::string prefix = key_of(Kind::Version, key);
  const auto cursor = store_.cursor(machines_, store::Range::prefix(prefix));
  std::vector<std::pair<uint64_t, VersionRecord>> out;
  bool more = PAWL_TRY(
      as_api(below == 0 ? cursor->last()
                        : cursor->seek_before(store::KeyBuilder(prefix).u64(below).view())));
  while (more && out.size() < count) {
    const auto number = store::KeyReader(cursor->key().substr(prefix.size())).u64();
    if (!number) return aws::internal_failure("states/machines: a key is damaged");
    out.emplace_back(*number, PAWL_TRY(as_api(VersionRecord::from_text(cursor->value()))));
    more = PAWL_TRY(as_api(cursor->prev()));
  }
  return out;
}

aws::ApiResult<std::vector<std::pair<std::string, AliasRecord>>> MachineStore::aliases(
    const ResourceKey& key) const {
  const std::string prefix = key_of(Kind::Alias, key);
  const auto cursor = store_.cursor(machines_, store::Range::prefix(prefix));
  std::vector<std::pair<std::string, AliasRecord>> out;
  bool more = PAWL_TRY(as_api(cursor->first()));
  while (more) {
    auto name = store::KeyReader(cursor->key().substr(prefix.size())).text();
    if (!name) return aws::internal_failure("states/machines: a key is damaged");
    out.emplace_back(std::move(*name), PAWL_TRY(as_api(AliasRecord::from_text(cursor->value()))));
    more = PAWL_TRY(as_api(cursor->next()));
  }
  return out;
}

aws::ApiResult<std::vector<uint64_t>> MachineStore::revisions() const {
  const auto cursor = store_.cursor(revisions_, store::Range::all());
  std::vector<uint64_t> numbers;
  bool more = PAWL_TRY(as_api(cursor->first()));
  while (more) {
    const auto number = store::KeyReader(cursor->key()).u64();
    if (!number) return aws::internal_failure("states/revisions: a key is damaged");
    numbers.push_back(*number);
    more = PAWL_TRY(as_api(cursor->next()));
  }
  return numbers;
}

/// Calls `visit(key behind the kind, value)` for all records of a kind.
aws::ApiResult<void> MachineStore::for_each_of(
    Kind kind,
    const std::function<aws::ApiResult<void>(std::string_view, std::string_view)>& visit) const {
  const std::string prefix = store::KeyBuilder().u8(static_cast<uint8_t>(kind)).take();
  const auto cursor = store_.cursor(machines_, store::Range::prefix(prefix));
  bool more = PAWL_TRY(as_api(cursor->first()));
  while (more) {
    PAWL_TRY_VOID(visit(cursor->key().substr(prefix.size()), cursor->value()));
    more = PAWL_TRY(as_api(cursor->next()));
  }
  return {};
}

aws::ApiResult<std::unordered_set<uint64_t>> MachineStore::held_revisions() const {
  std::unordered_set<uint64_t> held;
  PAWL_TRY_VOID(for_each_of(
      Kind::Machine, [&](std::string_view, std::string_view value) -> aws::ApiResult<void> {
        held.insert(PAWL_TRY(as_api(MachineRecord::from_text(value))).revision);
        return {};
      }));
  PAWL_TRY_VOID(for_each_of(
      Kind::Version, [&](std::string_view, std::string_view value) -> aws::ApiResult<void> {
        held.insert(PAWL_TRY(as_api(VersionRecord::from_text(value))).revision);
        return {};
      }));
  return held;
}

aws::ApiResult<std::vector<ResourceKey>> MachineStore::deleting_machines() const {
  std::vector<ResourceKey> found;
  PAWL_TRY_VOID(for_each_of(
      Kind::Machine, [&](std::string_view key, std::string_view value) -> aws::ApiResult<void> {
        const MachineRecord machine = PAWL_TRY(as_api(MachineRecord::from_text(value)));
        if (machine.status != MachineStatus::Deleting) return {};
        store::KeyReader reader(key);
        auto account = reader.text();
        auto region = reader.text();
        auto name = reader.text();
        if (!account || !region || !name) {
          return aws::internal_failure("states/machines: a key is damaged");
        }
        found.push_back({std::move(*account), std::move(*region), std::move(*name)});
        return {};
      }));
  return found;
}

aws::ApiResult<size_t> MachineStore::Change::count(Kind index, const ResourceKey& place) {
  const std::string prefix = prefix_of(index, place);
  if (const auto known = store_.counts_.find(prefix); known != store_.counts_.end()) {
    return known->second;
  }
  const auto cursor = store_.store_.cursor(store_.machines_, store::Range::prefix(prefix));
  size_t count = 0;
  bool more = PAWL_TRY(as_api(cursor->first()));
  while (more) {
    ++count;
    more = PAWL_TRY(as_api(cursor->next()));
  }
  store_.counts_.emplace(prefix, count);
  return count;
}

aws::ApiResult<size_t> MachineStore::Change::count_machines(const ResourceKey& place) {
  return count(Kind::MachineByDate, place);
}

aws::ApiResult<size_t> MachineStore::Change::count_activities(const ResourceKey& place) {
  return count(Kind::ActivityByDate, place);
}

void MachineStore::Change::add(const ResourceKey& key, const MachineRecord& machine) {
  put(key, machine);
  batch_.put(store_.machines_, list_key(Kind::MachineByDate, key, machine.creation_date), "");
  count_changes_.emplace_back(prefix_of(Kind::MachineByDate, key), 1);
}

void MachineStore::Change::put(const ResourceKey& key, const MachineRecord& machine) {
  batch_.put(store_.machines_, key_of(Kind::Machine, key), machine.to_text());
  changed_.arns.push_back(state_machine_arn(key));
  if (machine.status != MachineStatus::Active) changed_.is_more = true;
}

void MachineStore::Change::put_version(const ResourceKey& key, uint64_t number,
                                       const VersionRecord& version) {
  batch_.put(store_.machines_, store::KeyBuilder(key_of(Kind::Version, key)).u64(number).view(),
             version.to_text());
}

void MachineStore::Change::put_alias(const ResourceKey& key, std::string_view name,
                                     const AliasRecord& alias) {
  batch_.put(store_.machines_, store::KeyBuilder(key_of(Kind::Alias, key)).text(name).view(),
             alias.to_text());
  changed_.arns.push_back(alias_arn(key, name));
}

void MachineStore::Change::add_activity(const ResourceKey& key, const ActivityRecord& activity) {
  put_activity(key, activity);
  batch_.put(store_.machines_, list_key(Kind::ActivityByDate, key, activity.creation_date), "");
  count_changes_.emplace_back(prefix_of(Kind::ActivityByDate, key), 1);
}

void MachineStore::Change::put_activity(const ResourceKey& key, const ActivityRecord& activity) {
  batch_.put(store_.machines_, key_of(Kind::Activity, key), activity.to_text());
}

uint64_t MachineStore::Change::add_revision(const RevisionRecord& revision) {
  const uint64_t number = store_.next_revision_ + revisions_added_++;
  batch_.put(store_.revisions_, revision_key(number), revision.to_text());
  batch_.put(store_.meta_, kNextRevision, store::KeyBuilder().u64(number + 1).view());
  return number;
}

void MachineStore::Change::erase_machine(const ResourceKey& key, const MachineRecord& machine) {
  batch_.erase(store_.machines_, key_of(Kind::Machine, key));
  batch_.erase(store_.machines_, list_key(Kind::MachineByDate, key, machine.creation_date));
  for (const Kind kind : {Kind::Version, Kind::Alias}) {
    batch_.erase_range(store_.machines_, store::Range::prefix(key_of(kind, key)));
  }
  count_changes_.emplace_back(prefix_of(Kind::MachineByDate, key), -1);
  changed_.arns.push_back(state_machine_arn(key));
  changed_.is_more = true;
}

void MachineStore::Change::erase_version(const ResourceKey& key, uint64_t number) {
  batch_.erase(store_.machines_, store::KeyBuilder(key_of(Kind::Version, key)).u64(number).view());
  changed_.arns.push_back(version_arn(key, number));
}

void MachineStore::Change::erase_alias(const ResourceKey& key, std::string_view name) {
  batch_.erase(store_.machines_, store::KeyBuilder(key_of(Kind::Alias, key)).text(name).view());
  changed_.arns.push_back(alias_arn(key, name));
}

void MachineStore::Change::erase_activity(const ResourceKey& key, const ActivityRecord& activity) {
  batch_.erase(store_.machines_, key_of(Kind::Activity, key));
  batch_.erase(store_.machines_, list_key(Kind::ActivityByDate, key, activity.creation_date));
  count_changes_.emplace_back(prefix_of(Kind::ActivityByDate, key), -1);
}

void MachineStore::Change::erase_revision(uint64_t number) {
  batch_.erase(store_.revisions_, revision_key(number));
}

aws::ApiResult<void> MachineStore::Change::commit() {
  PAWL_TRY_VOID(as_api(store_.store_.commit(batch_, store::Sync::Yes)));
  store_.next_revision_ += revisions_added_;
  for (const auto& [prefix, difference] : count_changes_) {
    const auto known = store_.counts_.find(prefix);
    if (known != store_.counts_.end()) known->second += static_cast<size_t>(difference);
  }
  store_.listener_(changed_);
  batch_.clear();
  revisions_added_ = 0;
  count_changes_.clear();
  changed_ = {};
  return {};
}

}  // namespace pawl::states
