// SPDX-License-Identifier: Apache-2.0
#include "services/scheduler/schedule_store.h"

#include <utility>

#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "store/key.h"

namespace pawl::scheduler {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;
using store::Batch;
using store::KeyBuilder;
using store::KeyReader;

constexpr int kFormat = 1;

template <typename T>
ApiResult<T> of_store(base::Result<T> result) {
  if (!result) return internal_error(result.error().message);
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

KeyBuilder scope_key(const Scope& scope) {
  KeyBuilder key;
  key.text(scope.account).text(scope.region);
  return key;
}

std::string schedule_key(const ScheduleName& name) {
  return scope_key(name.scope).text(name.group).text(name.name).take();
}

std::string due_key(const Due& due, const ScheduleName& name) {
  KeyBuilder key;
  key.i64(due.at.ms).text(name.scope.account).text(name.scope.region);
  return key.text(name.group).text(name.name).take();
}

ScheduleName read_name(KeyReader& key) {
  ScheduleName name;
  name.scope.account = key.text().value_or("");
  name.scope.region = key.text().value_or("");
  name.group = key.text().value_or("");
  name.name = key.text().value_or("");
  return name;
}

std::string write_group(const Group& group) {
  ObjectBuilder out;
  out.set("format", Value(kFormat))
      .set("tags", Value(group.tags))
      .set("clientToken", Value(group.client_token))
      .set("created", Value(group.created_ms))
      .set("modified", Value(group.modified_ms));
  return json::write(std::move(out).build());
}

ApiResult<Group> read_group(std::string name, std::string_view record) {
  const base::Result<Value> parsed = json::parse(record);
  if (!parsed || integer_member(*parsed, "format") != kFormat)
    return internal_error("A stored group has a format that this version does not know.");
  return Group{.name = std::move(name),
               .tags = text_member(*parsed, "tags"),
               .client_token = text_member(*parsed, "clientToken"),
               .created_ms = integer_member(*parsed, "created"),
               .modified_ms = integer_member(*parsed, "modified")};
}

/// Calls `each(key, value)` for what is behind `after` in the range until it answers false.
template <typename Each>
ApiResult<void> walk(const store::Store& store, store::Keyspace keyspace, const std::string& prefix,
                     std::string_view after, const Each& each) {
  const auto cursor = store.cursor(keyspace, store::Range::prefix(prefix));
  bool more = PAWL_TRY(of_store(after.empty() ? cursor->first() : cursor->seek(after)));
  if (more && !after.empty() && cursor->key() == after) more = PAWL_TRY(of_store(cursor->next()));
  for (; more; more = PAWL_TRY(of_store(cursor->next()))) {
    if (!PAWL_TRY(each(cursor->key(), cursor->value()))) break;
  }
  return {};
}

}  // namespace

base::Result<ScheduleStore> ScheduleStore::open(store::Store& store) {
  ScheduleStore made(store);
  made.groups_ = PAWL_TRY(store.keyspace("scheduler/groups", store::Shape::Records));
  made.schedules_ = PAWL_TRY(store.keyspace("scheduler/schedules", store::Shape::Records));
  made.due_ = PAWL_TRY(store.keyspace("scheduler/due", store::Shape::Queue));
  made.deliveries_ = PAWL_TRY(store.keyspace("scheduler/deliveries", store::Shape::Queue));
  return made;
}

ApiResult<void> ScheduleStore::commit(const Batch& batch) {
  return of_store(store_->commit(batch, store::Sync::No));
}

ApiResult<std::optional<Schedule>> ScheduleStore::find(const ScheduleName& name) const {
  const auto record = PAWL_TRY(of_store(store_->get(schedules_, schedule_key(name))));
  if (!record) return std::optional<Schedule>();
  return std::optional<Schedule>(PAWL_TRY(Schedule::read(name, *record)));
}

void ScheduleStore::put(Batch& batch, const Schedule& schedule) const {
  batch.put(schedules_, schedule_key(schedule.name), schedule.write());
  if (!schedule.due) return;
  batch.put(due_, due_key(*schedule.due, schedule.name),
            KeyBuilder().i64(schedule.due->scheduled.ms).view());
}

void ScheduleStore::erase(Batch& batch, const Schedule& schedule) const {
  batch.erase(schedules_, schedule_key(schedule.name));
  erase_due(batch, schedule);
}

void ScheduleStore::erase_due(Batch& batch, const Schedule& schedule) const {
  if (schedule.due) batch.erase(due_, due_key(*schedule.due, schedule.name));
}

ApiResult<std::optional<Group>> ScheduleStore::find_group(const Scope& scope,
                                                          std::string_view name) const {
  const auto record = PAWL_TRY(of_store(store_->get(groups_, scope_key(scope).text(name).view())));
  if (record) return std::optional<Group>(PAWL_TRY(read_group(std::string(name), *record)));
  if (name == "default") return std::optional<Group>(Group{.name = "default"});
  return std::optional<Group>();
}

void ScheduleStore::put_group(Batch& batch, const Scope& scope, const Group& group) const {
  batch.put(groups_, scope_key(scope).text(group.name).view(), write_group(group));
}

void ScheduleStore::erase_group(Batch& batch, const Scope& scope, std::string_view name) const {
  batch.erase(groups_, scope_key(scope).text(name).view());
}

ApiResult<void> ScheduleStore::visit(const Scope& scope, std::string_view group,
                                     std::string_view after, const Visitor& visitor) const {
  KeyBuilder prefix = scope_key(scope);
  if (!group.empty()) prefix.text(group);
  return walk(*store_, schedules_, prefix.take(), after,
              [&](std::string_view key, std::string_view value) -> ApiResult<bool> {
                KeyReader reader(key);
                return visitor(std::string(key),
                               PAWL_TRY(Schedule::read(read_name(reader), value)));
              });
}

ApiResult<void> ScheduleStore::visit_groups(const Scope& scope, std::string_view after,
                                            const GroupVisitor& visitor) const {
  return walk(*store_, groups_, scope_key(scope).take(), after,
              [&](std::string_view key, std::string_view value) -> ApiResult<bool> {
                KeyReader reader(key);
                reader.text();
                reader.text();
                return visitor(std::string(key),
                               PAWL_TRY(read_group(reader.text().value_or(""), value)));
              });
}

ApiResult<std::optional<ScheduleStore::DueName>> ScheduleStore::first_due() const {
  const auto cursor = store_->cursor(due_, store::Range::all());
  if (!PAWL_TRY(of_store(cursor->first()))) return std::optional<DueName>();
  DueName first;
  KeyReader key(cursor->key());
  first.due.at.ms = key.i64().value_or(0);
  first.name = read_name(key);
  first.due.scheduled.ms = KeyReader(cursor->value()).i64().value_or(first.due.at.ms);
  return std::optional<DueName>(std::move(first));
}

void ScheduleStore::erase_due(Batch& batch, const DueName& due) const {
  batch.erase(due_, due_key(due.due, due.name));
}

void ScheduleStore::put_delivery(Batch& batch, std::string_view id, std::string_view record) const {
  batch.put(deliveries_, id, record);
}

void ScheduleStore::erase_delivery(Batch& batch, std::string_view id) const {
  batch.erase(deliveries_, id);
}

ApiResult<std::optional<std::string>> ScheduleStore::find_delivery(std::string_view id) const {
  return of_store(store_->get(deliveries_, id));
}

ApiResult<void> ScheduleStore::visit_deliveries(
    const std::function<void(std::string)>& visitor) const {
  return walk(*store_, deliveries_, "", "",
              [&](std::string_view key, std::string_view) -> ApiResult<bool> {
                visitor(std::string(key));
                return true;
              });
}

}  // namespace pawl::scheduler
