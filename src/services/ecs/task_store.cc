// SPDX-License-Identifier: Apache-2.0
#include "services/ecs/task_store.h"

#include "jobs/records.h"
#include "json/members.h"
#include "store/key.h"

namespace pawl::ecs {

using base::Result;
using json::Value;
using store::KeyBuilder;
using store::KeyReader;
using store::Range;

namespace {

enum class Kind : uint8_t { Cluster = 1, Definition = 2 };
/// First byte of the keys of "ecs/index".
enum class Index : uint8_t {
  Desired = 1,  ///< cluster, desired status, id
  Active = 2,
  Stopped = 3,  ///< by the time
};

KeyBuilder resource_prefix(Kind kind, const Scope& scope) {
  KeyBuilder key;
  key.u8(static_cast<uint8_t>(kind)).text(scope.account).text(scope.region);
  return key;
}

std::string cluster_key(const Scope& scope, std::string_view name) {
  return resource_prefix(Kind::Cluster, scope).text(name).take();
}

std::string definition_key(const Scope& scope, std::string_view family, uint32_t revision) {
  return resource_prefix(Kind::Definition, scope).text(family).u32(revision).take();
}

std::string task_key(const Scope& scope, std::string_view cluster, std::string_view id) {
  return KeyBuilder().text(scope.account).text(scope.region).text(cluster).text(id).take();
}

KeyBuilder desired_prefix(const Scope& scope, std::string_view cluster, std::string_view status) {
  KeyBuilder key;
  key.u8(static_cast<uint8_t>(Index::Desired)).text(scope.account).text(scope.region);
  key.text(cluster).text(status);
  return key;
}

std::string desired_key(const Task& task) {
  return desired_prefix(task.scope, task.cluster, task.desired_status).text(task.id).take();
}

KeyBuilder named(KeyBuilder key, const Task& task) {
  key.text(task.scope.account).text(task.scope.region).text(task.cluster).text(task.id);
  return key;
}

std::string active_key(const Task& task) {
  return named(KeyBuilder().u8(static_cast<uint8_t>(Index::Active)), task).take();
}

std::string stopped_key(const Task& task) {
  KeyBuilder key;
  key.u8(static_cast<uint8_t>(Index::Stopped)).u64(static_cast<uint64_t>(task.stopped_ms));
  return named(std::move(key), task).take();
}

base::Error damaged() {
  return {base::ErrorKind::InvalidSyntax, "stored key of a task: malformed"};
}

Result<TaskStore::TaskName> name_in(std::string_view key) {
  KeyReader reader(key);
  auto account = reader.text();
  auto region = reader.text();
  auto cluster = reader.text();
  auto id = reader.text();
  if (!account || !region || !cluster || !id) return damaged();
  return TaskStore::TaskName{
      {*std::move(account), *std::move(region)}, *std::move(cluster), *std::move(id)};
}

Result<std::optional<Value>> decoded(const std::optional<std::string>& text) {
  if (!text) return std::optional<Value>();
  return std::optional<Value>(PAWL_TRY(jobs::decode_record(*text)));
}

}  // namespace

Result<TaskStore> TaskStore::open(store::Store& store) {
  const auto resources = PAWL_TRY(store.keyspace("ecs/resources", store::Shape::Records));
  const auto tasks = PAWL_TRY(store.keyspace("ecs/tasks", store::Shape::Records));
  const auto index = PAWL_TRY(store.keyspace("ecs/index", store::Shape::Queue));
  return TaskStore(store, resources, tasks, index);
}

Result<std::optional<Value>> TaskStore::cluster(const Scope& scope, std::string_view name) const {
  return decoded(PAWL_TRY(store_->get(resources_, cluster_key(scope, name))));
}

void TaskStore::put_cluster(store::Batch& batch, const Scope& scope, std::string_view name,
                            const Value& record) const {
  batch.put(resources_, cluster_key(scope, name), jobs::encode_record(record));
}

Result<void> TaskStore::list_clusters(const Scope& scope, const std::string& after,
                                      const Visitor& visit) const {
  const std::string prefix = resource_prefix(Kind::Cluster, scope).take();
  Range range = Range::prefix(prefix);
  if (!after.empty()) range.begin = prefix + after + '\0';
  const auto cursor = store_->cursor(resources_, range);
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    Value record = PAWL_TRY(jobs::decode_record(cursor->value()));
    if (!visit(std::string(cursor->key().substr(prefix.size())), std::move(record))) break;
  }
  return {};
}

Result<std::optional<Value>> TaskStore::definition(const Scope& scope, std::string_view family,
                                                   uint32_t revision) const {
  return decoded(PAWL_TRY(store_->get(resources_, definition_key(scope, family, revision))));
}

Result<std::optional<Value>> TaskStore::newest_definition(const Scope& scope,
                                                          std::string_view family,
                                                          bool active_only) const {
  const std::string prefix = resource_prefix(Kind::Definition, scope).text(family).take();
  const auto cursor = store_->cursor(resources_, Range::prefix(prefix));
  for (bool more = PAWL_TRY(cursor->last()); more; more = PAWL_TRY(cursor->prev())) {
    Value record = PAWL_TRY(jobs::decode_record(cursor->value()));
    if (!active_only || text_member(record, "status") == "ACTIVE") {
      return std::optional<Value>(std::move(record));
    }
  }
  return std::optional<Value>();
}

void TaskStore::put_definition(store::Batch& batch, const Scope& scope, std::string_view family,
                               uint32_t revision, const Value& record) const {
  batch.put(resources_, definition_key(scope, family, revision), jobs::encode_record(record));
}

void TaskStore::erase_definition(store::Batch& batch, const Scope& scope, std::string_view family,
                                 uint32_t revision) const {
  batch.erase(resources_, definition_key(scope, family, revision));
}

Result<void> TaskStore::list_definitions(const Scope& scope, std::string_view family, bool is_whole,
                                         bool descending, const std::string& after,
                                         const Visitor& visit) const {
  const std::string shared = resource_prefix(Kind::Definition, scope).take();
  const std::string prefix =
      is_whole ? KeyBuilder(shared).text(family).take() : shared + std::string(family);
  Range range = Range::prefix(prefix);
  if (!after.empty()) {
    if (descending) {
      range.end = shared + after;
    } else {
      range.begin = shared + after + '\0';
    }
  }
  const auto cursor = store_->cursor(resources_, range);
  bool more = PAWL_TRY(descending ? cursor->last() : cursor->first());
  while (more) {
    Value record = PAWL_TRY(jobs::decode_record(cursor->value()));
    if (!visit(std::string(cursor->key().substr(shared.size())), std::move(record))) break;
    more = PAWL_TRY(descending ? cursor->prev() : cursor->next());
  }
  return {};
}

Result<std::optional<Task>> TaskStore::task(const Scope& scope, const std::string& cluster,
                                            const std::string& id) const {
  const auto text = PAWL_TRY(store_->get(tasks_, task_key(scope, cluster, id)));
  if (!text) return std::optional<Task>();
  return std::optional<Task>(PAWL_TRY(decode_task(scope, cluster, id, *text)));
}

void TaskStore::put_task(store::Batch& batch, const Task* before, const Task& task) const {
  if (before != nullptr) {
    batch.erase(index_, desired_key(*before));
    if (!before->has_stopped()) batch.erase(index_, active_key(*before));
  }
  KeyBuilder labels;
  labels.text(task.family()).text(task.started_by).text(task.launch_type);
  batch.put(index_, desired_key(task), labels.view());
  batch.put(index_, task.has_stopped() ? stopped_key(task) : active_key(task), "");
  batch.put(tasks_, task_key(task.scope, task.cluster, task.id), encode_task(task));
}

Result<void> TaskStore::list_tasks(const Scope& scope, const std::string& cluster,
                                   std::string_view desired_status, const std::string& after,
                                   const std::function<bool(const Labels&)>& visit) const {
  const std::string prefix = desired_prefix(scope, cluster, desired_status).take();
  Range range = Range::prefix(prefix);
  if (!after.empty()) range.begin = prefix + after + '\0';
  const auto cursor = store_->cursor(index_, range);
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    Labels labels;
    labels.place = cursor->key().substr(prefix.size());
    auto id = KeyReader(labels.place).text();
    KeyReader value(cursor->value());
    auto family = value.text();
    auto started_by = value.text();
    auto launch_type = value.text();
    if (!id || !family || !started_by || !launch_type) return damaged();
    labels.id = *std::move(id);
    labels.family = *std::move(family);
    labels.started_by = *std::move(started_by);
    labels.launch_type = *std::move(launch_type);
    if (!visit(labels)) break;
  }
  return {};
}

Result<size_t> TaskStore::count_tasks(const Scope& scope, const std::string& cluster,
                                      size_t limit) const {
  size_t count = 0;
  PAWL_TRY_VOID(
      list_tasks(scope, cluster, "RUNNING", "", [&](const Labels&) { return ++count < limit; }));
  return count;
}

Result<std::vector<TaskStore::TaskName>> TaskStore::active() const {
  const std::string prefix(1, static_cast<char>(Index::Active));
  const auto cursor = store_->cursor(index_, Range::prefix(prefix));
  std::vector<TaskName> names;
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    names.push_back(PAWL_TRY(name_in(cursor->key().substr(1))));
  }
  return names;
}

Result<size_t> TaskStore::purge(int64_t time_ms, size_t limit) {
  Range range;
  const auto kind = static_cast<uint8_t>(Index::Stopped);
  range.begin = KeyBuilder().u8(kind).take();
  range.end = KeyBuilder().u8(kind).u64(static_cast<uint64_t>(time_ms)).take();
  std::vector<std::pair<std::string, TaskName>> found;
  {
    const auto cursor = store_->cursor(index_, range);
    for (bool more = PAWL_TRY(cursor->first()); more && found.size() < limit;
         more = PAWL_TRY(cursor->next())) {
      found.emplace_back(std::string(cursor->key()), PAWL_TRY(name_in(cursor->key().substr(9))));
    }
  }
  store::Batch batch;
  for (const auto& [key, name] : found) {
    batch.erase(index_, key);
    const std::optional<Task> old = PAWL_TRY(task(name.scope, name.cluster, name.id));
    if (!old) continue;
    batch.erase(index_, desired_key(*old));
    batch.erase(tasks_, task_key(name.scope, name.cluster, name.id));
  }
  if (!batch.empty()) PAWL_TRY_VOID(store_->commit(batch, store::Sync::No));
  return found.size();
}

}  // namespace pawl::ecs
