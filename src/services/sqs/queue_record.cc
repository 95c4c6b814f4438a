// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/queue_record.h"

#include <array>

#include "base/wire.h"
#include "store/key.h"

namespace pawl::sqs {
namespace {

constexpr uint8_t kNumber = 0;
constexpr uint8_t kQueues = 1;
constexpr uint8_t kDeleted = 2;
constexpr uint8_t kMoveTasks = 3;
constexpr uint8_t kVersion = 1;

std::string name_key(uint8_t kind, const QueueName& name) {
  return store::KeyBuilder().u8(kind).text(name.account).text(name.region).text(name.name).take();
}

std::string task_key(const MoveTask& task) {
  return store::KeyBuilder().u8(kMoveTasks).u64(task.source).raw(task.id).take();
}

void write_map(base::ByteWriter& out, const std::map<std::string, std::string>& map) {
  out.varint(map.size());
  for (const auto& [name, value] : map) {
    out.sized(name);
    out.sized(value);
  }
}

std::map<std::string, std::string> read_map(base::ByteReader& in) {
  std::map<std::string, std::string> map;
  for (size_t left = in.count(); left > 0; --left) {
    std::string name(in.sized());
    map[std::move(name)] = in.sized();
  }
  return map;
}

std::string encode(const QueueRecord& queue) {
  std::string record;
  base::ByteWriter out(record);
  out.byte(kVersion);
  out.varint(queue.number);
  out.signed_varint(queue.created_ms);
  out.signed_varint(queue.modified_ms);
  out.signed_varint(queue.purged_ms);
  out.boolean(queue.deduplicates_by_group);
  write_map(out, queue.attributes);
  write_map(out, queue.tags);
  return record;
}

base::Result<QueueRecord> decode_queue(QueueName name, std::string_view record) {
  base::ByteReader in(record);
  QueueRecord queue;
  queue.name = std::move(name);
  if (in.byte() != kVersion) in.fail();
  queue.number = in.varint();
  queue.created_ms = in.signed_varint();
  queue.modified_ms = in.signed_varint();
  queue.purged_ms = in.signed_varint();
  queue.deduplicates_by_group = in.boolean();
  queue.attributes = read_map(in);
  queue.tags = read_map(in);
  if (!in.ok() || !in.at_end()) return base::malformed_record("queue");
  return queue;
}

std::string encode(const MoveTask& task) {
  std::string record;
  base::ByteWriter out(record);
  out.byte(kVersion);
  out.sized(task.source_arn);
  out.sized(task.destination_arn);
  out.varint(task.per_second_max);
  out.byte(static_cast<uint8_t>(task.status));
  out.varint(task.moved);
  out.varint(task.to_move);
  out.signed_varint(task.started_ms);
  out.sized(task.failure);
  return record;
}

base::Result<MoveTask> decode_task(uint64_t source, std::string_view id, std::string_view record) {
  base::ByteReader in(record);
  MoveTask task;
  task.source = source;
  task.id = id;
  if (in.byte() != kVersion) in.fail();
  task.source_arn = in.sized();
  task.destination_arn = in.sized();
  task.per_second_max = in.varint32();
  task.status = static_cast<MoveTask::Status>(in.at_most(in.byte(), 4));
  task.moved = in.varint();
  task.to_move = in.varint();
  task.started_ms = in.signed_varint();
  task.failure = in.sized();
  if (!in.ok() || !in.at_end()) return base::malformed_record("message move task");
  return task;
}

base::Result<void> load_one(uint8_t kind, store::KeyReader key, std::string_view value,
                            LoadedCatalog& loaded) {
  if (kind == kMoveTasks) {
    const auto source = key.u64();
    if (!source) return base::malformed_record("key of a message move task");
    loaded.move_tasks.push_back(PAWL_TRY(decode_task(*source, key.rest(), value)));
    return {};
  }
  base::ByteReader in(value);
  if (kind == kNumber) {
    loaded.next_number = in.varint();
    if (!in.ok()) return base::malformed_record("number of queues");
    return {};
  }
  auto account = key.text();
  auto region = key.text();
  auto name = key.text();
  if (!account || !region || !name) return base::malformed_record("key of a queue");
  QueueName queue{std::move(*account), std::move(*region), std::move(*name)};
  if (kind == kDeleted) {
    loaded.deleted[std::move(queue)] = in.signed_varint();
    if (!in.ok()) return base::malformed_record("deleted queue");
    return {};
  }
  loaded.queues.push_back(PAWL_TRY(decode_queue(std::move(queue), value)));
  return {};
}

}  // namespace

std::string_view status_name(MoveTask::Status status) {
  static constexpr std::array<std::string_view, 5> kNames = {"RUNNING", "COMPLETED", "CANCELLING",
                                                             "CANCELLED", "FAILED"};
  return kNames[static_cast<size_t>(status)];
}

base::Result<QueueCatalog> QueueCatalog::open(store::Store& store) {
  return QueueCatalog(store, PAWL_TRY(store.keyspace("sqs/queues", store::Shape::Records)));
}

base::Result<LoadedCatalog> QueueCatalog::load() const {
  LoadedCatalog loaded;
  const auto cursor = store_->cursor(keyspace_, store::Range::all());
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    store::KeyReader key(cursor->key());
    const auto kind = key.u8();
    if (!kind || *kind > kMoveTasks) return base::malformed_record("key of a queue");
    PAWL_TRY_VOID(load_one(*kind, key, cursor->value(), loaded));
  }
  return loaded;
}

void QueueCatalog::put(store::Batch& batch, const QueueRecord& queue) const {
  batch.put(keyspace_, name_key(kQueues, queue.name), encode(queue));
}

void QueueCatalog::erase(store::Batch& batch, const QueueName& name) const {
  batch.erase(keyspace_, name_key(kQueues, name));
}

void QueueCatalog::put_next_number(store::Batch& batch, uint64_t number) const {
  std::string record;
  base::append_varint(record, number);
  batch.put(keyspace_, store::KeyBuilder().u8(kNumber).view(), record);
}

void QueueCatalog::put_deleted(store::Batch& batch, const QueueName& name,
                               int64_t deleted_ms) const {
  std::string record;
  base::append_signed(record, deleted_ms);
  batch.put(keyspace_, name_key(kDeleted, name), record);
}

void QueueCatalog::erase_deleted(store::Batch& batch, const QueueName& name) const {
  batch.erase(keyspace_, name_key(kDeleted, name));
}

void QueueCatalog::put(store::Batch& batch, const MoveTask& task) const {
  batch.put(keyspace_, task_key(task), encode(task));
}

void QueueCatalog::erase(store::Batch& batch, const MoveTask& task) const {
  batch.erase(keyspace_, task_key(task));
}

}  // namespace pawl::sqs
