// SPDX-License-Identifier: Apache-2.0
// QueueCatalog: the records of queues, of names deleted a moment ago and of message move tasks in
// the store; docs/formats/sqs.md. No messages (message_store.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "services/sqs/queue_attributes.h"
#include "services/sqs/queue_name.h"
#include "store/store.h"

namespace pawl::sqs {

using TagMap = std::map<std::string, std::string>;

struct QueueRecord {
  uint64_t number = 0;  ///< leads the keys of its messages; never reused
  QueueName name;
  int64_t created_ms = 0;
  int64_t modified_ms = 0;
  int64_t purged_ms = 0;  ///< last; 0: never
  /// NOTE: recorded: setting DeduplicationScope later does not change what a FIFO queue does.
  bool deduplicates_by_group = false;
  AttributeMap attributes;
  TagMap tags;
};

/// API StartMessageMoveTask.
struct MoveTask {
  enum class Status : uint8_t { Running, Completed, Cancelling, Cancelled, Failed };

  std::string id;
  uint64_t source = 0;  ///< number of the queue
  std::string source_arn;
  std::string destination_arn;  ///< "": each to the queue it came from
  uint32_t per_second_max = 0;  ///< 0: as fast as it goes
  Status status = Status::Running;
  uint64_t moved = 0;
  uint64_t to_move = 0;
  int64_t started_ms = 0;
  std::string failure;
};

/// "RUNNING", …
std::string_view status_name(MoveTask::Status status);

struct LoadedCatalog {
  std::vector<QueueRecord> queues;
  std::map<QueueName, int64_t> deleted;  ///< when
  std::vector<MoveTask> move_tasks;
  uint64_t next_number = 1;
};

/// Thread-safe; no cache. Errors: the store's, InvalidSyntax for damaged records.
class QueueCatalog {
 public:
  static base::Result<QueueCatalog> open(store::Store& store);

  base::Result<LoadedCatalog> load() const;
  void put(store::Batch& batch, const QueueRecord& queue) const;
  void erase(store::Batch& batch, const QueueName& name) const;
  void put_next_number(store::Batch& batch, uint64_t number) const;
  void put_deleted(store::Batch& batch, const QueueName& name, int64_t deleted_ms) const;
  void erase_deleted(store::Batch& batch, const QueueName& name) const;
  void put(store::Batch& batch, const MoveTask& task) const;
  void erase(store::Batch& batch, const MoveTask& task) const;

 private:
  QueueCatalog(store::Store& store, store::Keyspace keyspace)
      : store_(&store), keyspace_(keyspace) {}

  store::Store* store_;
  store::Keyspace keyspace_;
};

}  // namespace pawl::sqs
