// SPDX-License-Identifier: Apache-2.0
#include "services/batch/job_store.h"

#include <utility>

#include "jobs/records.h"
#include "store/key.h"

namespace pawl::batch {

using base::Result;
using json::Value;
using store::KeyBuilder;
using store::KeyReader;
using store::Range;

namespace {

/// First byte of the keys of "batch/index".
enum class Index : uint8_t {
  QueueStatus = 1,   ///< queue, status, newest first
  ParentStatus = 2,  ///< parent, status, index
  QueueAll = 3,      ///< queue, newest first
  Runnable = 4,      ///< queue, in the order of running
  Active = 5,
  Dependents = 6,
  Finished = 7,  ///< by the time of the end
  Blocked = 8,   ///< as Runnable
};

KeyBuilder scoped(Index index, const Scope& scope) {
  KeyBuilder key;
  key.u8(static_cast<uint8_t>(index)).text(scope.account).text(scope.region);
  return key;
}

std::string job_key(const Scope& scope, std::string_view id) {
  return KeyBuilder().text(scope.account).text(scope.region).text(id).take();
}

KeyBuilder queue_status_prefix(const Scope& scope, std::string_view queue, Status status) {
  KeyBuilder key = scoped(Index::QueueStatus, scope);
  key.text(queue).u8(static_cast<uint8_t>(status));
  return key;
}

KeyBuilder parent_status_prefix(const Scope& scope, std::string_view parent, Status status) {
  KeyBuilder key = scoped(Index::ParentStatus, scope);
  key.text(parent).u8(static_cast<uint8_t>(status));
  return key;
}

KeyBuilder turn_prefix(Index index, const Scope& scope, std::string_view queue) {
  KeyBuilder key = scoped(index, scope);
  key.text(queue);
  return key;
}

std::string turn_key(const Job& job) {
  KeyBuilder key =
      turn_prefix(job.is_blocked ? Index::Blocked : Index::Runnable, job.scope, job.queue);
  return key.i64(-job.priority).u64(job.order).u32(job.index).text(job.id).take();
}

std::string active_key(const Job& job) {
  KeyBuilder key = scoped(Index::Active, job.scope);
  return key.text(job.id).take();
}

std::string finished_key(const Job& job) {
  KeyBuilder key;
  key.u8(static_cast<uint8_t>(Index::Finished)).u64(static_cast<uint64_t>(job.stopped_ms));
  return key.text(job.scope.account).text(job.scope.region).text(job.id).take();
}

std::string listing_key(const Job& job) {
  if (job.is_child()) {
    return parent_status_prefix(job.scope, job.parent, job.status).u32(job.index).take();
  }
  KeyBuilder key = queue_status_prefix(job.scope, job.queue, job.status);
  return key.u64(~job.order).text(job.id).take();
}

std::string queue_all_key(const Job& job) {
  KeyBuilder key = scoped(Index::QueueAll, job.scope);
  return key.text(job.queue).u64(~job.order).text(job.id).take();
}

base::Error damaged() { return {base::ErrorKind::InvalidSyntax, "stored key of a job: malformed"}; }

/// The rest of a key behind its prefix, which is a place in the list.
Range from_behind(const std::string& prefix, const std::string& after) {
  Range range = Range::prefix(prefix);
  if (!after.empty()) range.begin = prefix + after + '\0';
  return range;
}

}  // namespace

Result<JobStore> JobStore::open(store::Store& store) {
  const auto jobs = PAWL_TRY(store.keyspace("batch/jobs", store::Shape::Records));
  const auto specs = PAWL_TRY(store.keyspace("batch/specs", store::Shape::Records));
  const auto index = PAWL_TRY(store.keyspace("batch/index", store::Shape::Queue));
  return JobStore(store, jobs, specs, index);
}

Result<std::optional<Job>> JobStore::find(const Scope& scope, std::string_view id) const {
  const auto text = PAWL_TRY(store_->get(jobs_, job_key(scope, id)));
  if (!text) return std::optional<Job>();
  return std::optional<Job>(PAWL_TRY(decode_job(scope, std::string(id), *text)));
}

Result<Value> JobStore::spec(const Scope& scope, std::string_view spec_id) const {
  const auto text = PAWL_TRY(store_->get(specs_, job_key(scope, spec_id)));
  if (!text) return Value::object();
  return jobs::decode_record(*text);
}

Result<void> JobStore::list_queue(const Scope& scope, std::string_view queue, Status status,
                                  const std::string& after, const Visitor& visit) const {
  const std::string prefix = queue_status_prefix(scope, queue, status).take();
  const auto cursor = store_->cursor(index_, from_behind(prefix, after));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    const std::string_view place = cursor->key().substr(prefix.size());
    KeyReader reader(place);
    reader.u64();
    std::optional<std::string> id = reader.text();
    if (!id) return damaged();
    if (!visit(std::string(place), *std::move(id))) break;
  }
  return {};
}

Result<void> JobStore::list_children(const Scope& scope, std::string_view parent, Status status,
                                     const std::string& after, const Visitor& visit) const {
  const std::string prefix = parent_status_prefix(scope, parent, status).take();
  const auto cursor = store_->cursor(index_, from_behind(prefix, after));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    const std::string_view place = cursor->key().substr(prefix.size());
    const std::optional<uint32_t> index = KeyReader(place).u32();
    if (!index) return damaged();
    if (!visit(std::string(place), std::string(parent) + ":" + std::to_string(*index))) break;
  }
  return {};
}

Result<void> JobStore::list_all(const Scope& scope, std::string_view queue,
                                const std::string& after,
                                const std::function<bool(const Labels&)>& visit) const {
  KeyBuilder key = scoped(Index::QueueAll, scope);
  const std::string prefix = key.text(queue).take();
  const auto cursor = store_->cursor(index_, from_behind(prefix, after));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    Labels labels;
    labels.place = cursor->key().substr(prefix.size());
    KeyReader reader(labels.place);
    reader.u64();
    std::optional<std::string> id = reader.text();
    KeyReader value(cursor->value());
    const auto created = value.i64();
    auto name = value.text();
    auto definition = value.text();
    if (!id || !created || !name || !definition) return damaged();
    labels.id = *std::move(id);
    labels.created_ms = *created;
    labels.name = *std::move(name);
    labels.definition = *std::move(definition);
    if (!visit(labels)) break;
  }
  return {};
}

Result<std::optional<std::string>> JobStore::first_runnable(const Scope& scope,
                                                            std::string_view queue) const {
  const std::string prefix = turn_prefix(Index::Runnable, scope, queue).take();
  const auto cursor = store_->cursor(index_, Range::prefix(prefix));
  if (!PAWL_TRY(cursor->first())) return std::optional<std::string>();
  return std::optional<std::string>(std::string(cursor->value()));
}

Result<std::vector<std::string>> JobStore::blocked(const Scope& scope, std::string_view queue,
                                                   size_t limit) const {
  const std::string prefix = turn_prefix(Index::Blocked, scope, queue).take();
  const auto cursor = store_->cursor(index_, Range::prefix(prefix));
  std::vector<std::string> ids;
  for (bool more = PAWL_TRY(cursor->first()); more && ids.size() < limit;
       more = PAWL_TRY(cursor->next())) {
    ids.emplace_back(cursor->value());
  }
  return ids;
}

bool JobStore::has_unfinished(const Scope& scope, std::string_view queue) const {
  for (size_t i = 0; i < kStatuses; ++i) {
    const auto status = static_cast<Status>(i);
    if (has_ended(status)) continue;
    const auto cursor =
        store_->cursor(index_, Range::prefix(queue_status_prefix(scope, queue, status).take()));
    const Result<bool> found = cursor->first();
    if (!found || *found) return true;
  }
  return false;
}

Result<std::vector<std::pair<Scope, std::string>>> JobStore::active() const {
  const std::string prefix(1, static_cast<char>(Index::Active));
  const auto cursor = store_->cursor(index_, Range::prefix(prefix));
  std::vector<std::pair<Scope, std::string>> found;
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    KeyReader reader(cursor->key().substr(1));
    auto account = reader.text();
    auto region = reader.text();
    auto id = reader.text();
    if (!account || !region || !id) return damaged();
    found.emplace_back(Scope{*std::move(account), *std::move(region)}, *std::move(id));
  }
  return found;
}

Result<std::vector<JobStore::Dependent>> JobStore::dependents(const Scope& scope,
                                                              std::string_view id) const {
  KeyBuilder key = scoped(Index::Dependents, scope);
  const std::string prefix = key.text(id).take();
  const auto cursor = store_->cursor(index_, Range::prefix(prefix));
  std::vector<Dependent> found;
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    auto dependent = KeyReader(cursor->key().substr(prefix.size())).text();
    if (!dependent || cursor->value().size() != 1) return damaged();
    found.push_back({*std::move(dependent), static_cast<DependencyType>(cursor->value()[0])});
  }
  return found;
}

void JobStore::put_index(store::Batch& batch, const Job& job) const {
  batch.put(index_, listing_key(job), "");
  if (job.status == Status::Runnable) batch.put(index_, turn_key(job), job.id);
  if (is_active(job.status)) batch.put(index_, active_key(job), "");
  if (has_ended(job.status) && !job.is_child()) batch.put(index_, finished_key(job), "");
}

void JobStore::erase_index(store::Batch& batch, const Job& job) const {
  batch.erase(index_, listing_key(job));
  if (job.status == Status::Runnable) batch.erase(index_, turn_key(job));
  if (is_active(job.status)) batch.erase(index_, active_key(job));
  if (has_ended(job.status) && !job.is_child()) batch.erase(index_, finished_key(job));
}

Result<void> JobStore::purge_job(store::Batch& batch, const Job& job) const {
  erase_index(batch, job);
  batch.erase(index_, queue_all_key(job));
  batch.erase(jobs_, job_key(job.scope, job.id));
  batch.erase(specs_, job_key(job.scope, job.id));
  const auto erase_dependents = [&](const std::string& id) {
    KeyBuilder key = scoped(Index::Dependents, job.scope);
    batch.erase_range(index_, Range::prefix(key.text(id).take()));
  };
  erase_dependents(job.id);
  for (uint32_t i = 0; i < job.size; ++i) {
    const std::string id = job.id + ":" + std::to_string(i);
    batch.erase(jobs_, job_key(job.scope, id));
    erase_dependents(id);
  }
  if (job.is_array()) {
    KeyBuilder children = scoped(Index::ParentStatus, job.scope);
    batch.erase_range(index_, Range::prefix(children.text(job.id).take()));
  }
  return {};
}

Result<size_t> JobStore::purge(int64_t time_ms, size_t limit) {
  Range range;
  const auto kind = static_cast<uint8_t>(Index::Finished);
  range.begin = KeyBuilder().u8(kind).take();
  range.end = KeyBuilder().u8(kind).u64(static_cast<uint64_t>(time_ms)).take();
  std::vector<std::pair<Scope, std::string>> ended;
  {
    const auto cursor = store_->cursor(index_, range);
    for (bool more = PAWL_TRY(cursor->first()); more && ended.size() < limit;
         more = PAWL_TRY(cursor->next())) {
      KeyReader reader(cursor->key().substr(9));
      auto account = reader.text();
      auto region = reader.text();
      auto id = reader.text();
      if (!account || !region || !id) return damaged();
      ended.emplace_back(Scope{*std::move(account), *std::move(region)}, *std::move(id));
    }
  }
  store::Batch batch;
  for (const auto& [scope, id] : ended) {
    const std::optional<Job> job = PAWL_TRY(find(scope, id));
    if (job) PAWL_TRY_VOID(purge_job(batch, *job));
  }
  if (!batch.empty()) PAWL_TRY_VOID(store_->commit(batch, store::Sync::No));
  return ended.size();
}

Result<Job*> JobChanges::find(const Scope& scope, const std::string& id) {
  const auto key = std::pair(scope, id);
  if (const auto found = entries_.find(key); found != entries_.end()) return &found->second->now;
  std::optional<Job> job = PAWL_TRY(store_.find(scope, id));
  if (!job) return static_cast<Job*>(nullptr);
  auto entry = std::make_unique<Entry>(Entry{*job, *job});
  order_.push_back(entry.get());
  return &entries_.emplace(key, std::move(entry)).first->second->now;
}

Job& JobChanges::add(Job job) {
  const auto key = std::pair(job.scope, job.id);
  auto entry = std::make_unique<Entry>(Entry{std::nullopt, std::move(job)});
  order_.push_back(entry.get());
  return entries_.emplace(key, std::move(entry)).first->second->now;
}

Result<Value> JobChanges::spec(const Scope& scope, const std::string& id) const {
  const auto found = specs_.find({scope, id});
  return found == specs_.end() ? store_.spec(scope, id) : Result<Value>(found->second);
}

void JobChanges::put_spec(const Scope& scope, const std::string& id, const Value& spec) {
  specs_.insert_or_assign({scope, id}, spec);
  more_.put(store_.specs_, job_key(scope, id), jobs::encode_record(spec));
}

void JobChanges::put_dependency(const Scope& scope, std::string_view on, std::string_view dependent,
                                DependencyType type) {
  KeyBuilder key = scoped(Index::Dependents, scope);
  more_.put(store_.index_, key.text(on).text(dependent).take(),
            std::string(1, static_cast<char>(type)));
}

void JobChanges::for_each_changed(const std::function<void(const Job& job)>& visit) const {
  for (const Entry* entry : order_) {
    if (!entry->before || entry->before->status != entry->now.status) visit(entry->now);
  }
}

store::Batch JobChanges::batch() const {
  store::Batch batch;
  for (const Entry* entry : order_) {
    const Job& job = entry->now;
    if (entry->before) {
      store_.erase_index(batch, *entry->before);
    } else if (!job.is_child()) {
      KeyBuilder value;
      value.i64(job.created_ms).text(job.name).text(job.definition);
      batch.put(store_.index_, queue_all_key(job), value.view());
    }
    store_.put_index(batch, job);
    batch.put(store_.jobs_, job_key(job.scope, job.id), encode_job(job));
  }
  batch.append(more_);
  return batch;
}

}  // namespace pawl::batch
