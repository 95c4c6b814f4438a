// SPDX-License-Identifier: Apache-2.0
// Broker: all queues and what is done with them: SQS without its API's JSON. One mutex guards
// everything; under it there are commits without sync and reads of the store, nothing slower.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "base/random.h"
#include "services/sqs/queue.h"
#include "services/sqs/queue_record.h"
#include "store/store.h"

namespace pawl::sqs {

/// One message to send, checked but for what the queue decides.
struct SendEntry {
  std::string body;
  std::vector<MessageAttribute> attributes;
  std::string trace_header;
  size_t system_attribute_bytes = 0;
  std::optional<int64_t> delay_seconds;
  std::optional<std::string> group_id;
  std::optional<std::string> deduplication_id;
  std::string sender_id;
};

struct Sent {
  std::string message_id;
  std::optional<uint64_t> sequence;  ///< of FIFO queues
};

/// A receipt handle, and for ChangeMessageVisibility the new timeout.
struct HandleEntry {
  std::string handle;
  int64_t visibility_seconds = 0;
};

/// One answer for each entry of a request.
template <typename T>
using EntryResults = std::vector<aws::ApiResult<T>>;

/// Thread-safe. Changes are visible when a call returns, durable after the store's next sync.
/// Replies of receive() are given on any thread, and only then is a message marked as received.
/// Hold it in a shared_ptr: what waits in the loop does not keep it alive.
class Broker : public std::enable_shared_from_this<Broker> {
 public:
  /// Both must outlive the broker. Reads the queues, not their messages.
  static base::Result<std::shared_ptr<Broker>> open(store::Store& store, aws::ServiceLoop& loop,
                                                    uint64_t seed);
  /// Goes on with message move tasks, and begins to let old messages go.
  void start();

  // broker_queues.cc. Errors: those of the API's operations.
  aws::ApiResult<void> create_queue(const QueueName& name, const AttributeMap& attributes,
                                    const TagMap& tags);
  aws::ApiResult<void> delete_queue(const QueueName& name);
  bool has_queue(const QueueName& name);
  /// Of an account and region, with names behind `after`, at most `max`.
  std::vector<QueueName> list_queues(const QueueName& after, const std::string& prefix, size_t max);
  /// What GetQueueAttributes has under "All".
  aws::ApiResult<AttributeMap> attributes(const QueueName& name);
  aws::ApiResult<void> set_attributes(const QueueName& name, const AttributeMap& changes);
  /// "" if there is none.
  aws::ApiResult<std::string> policy(const QueueName& name);
  /// KmsMasterKeyId; "" if there is none, or no queue.
  std::string kms_key(const QueueName& name);
  aws::ApiResult<TagMap> tags(const QueueName& name);
  aws::ApiResult<void> tag(const QueueName& name, const TagMap& tags);
  aws::ApiResult<void> untag(const QueueName& name, const std::vector<std::string>& keys);
  aws::ApiResult<void> purge(const QueueName& name);
  /// By name; those whose RedrivePolicy names the queue.
  aws::ApiResult<std::vector<QueueName>> dead_letter_sources(const QueueName& name);

  // broker_send.cc
  using BeforeCommit = std::function<void(const EntryResults<Sent>&)>;
  /// An error is one that AWS answers for all entries. `is_batch`: SendMessageBatch's words.
  /// `before_commit` hears what will be answered, if anything is to be stored.
  aws::ApiResult<EntryResults<Sent>> send(const QueueName& name, std::vector<SendEntry> entries,
                                          bool is_batch, const BeforeCommit& before_commit = {});

  // broker_receive.cc
  void receive(const QueueName& name, ReceiveCall call, aws::Reply reply);

  // broker_handles.cc
  aws::ApiResult<EntryResults<void>> remove(const QueueName& name,
                                            const std::vector<HandleEntry>& entries);
  aws::ApiResult<EntryResults<void>> change_visibility(const QueueName& name,
                                                       const std::vector<HandleEntry>& entries);

  // broker_move_tasks.cc
  struct MoveRequest {
    QueueName source;
    std::optional<QueueName> destination;
    uint32_t per_second_max = 0;
  };
  aws::ApiResult<MoveTask> start_move_task(const MoveRequest& request);
  aws::ApiResult<std::vector<MoveTask>> move_tasks(const QueueName& source, size_t max);
  /// How many messages it had moved.
  aws::ApiResult<uint64_t> cancel_move_task(const QueueName& source, const std::string& id);

 private:
  /// A receive to be answered when the mutex is free.
  struct Delivery {
    aws::Reply reply;
    ReceiveCall call;
    std::optional<MessageStore> store;  ///< of what was received; none: nothing was
    uint64_t queue = 0;
    bool is_fifo = false;
    std::vector<MessageState> states;
    std::optional<aws::ApiError> error;
  };
  /// Answers its deliveries when it ends: declare it before the lock.
  struct Deliveries : std::vector<Delivery> {
    ~Deliveries();
  };
  static void complete(Delivery& delivery);

  Broker(store::Store& store, store::Keyspace messages, const QueueCatalog& catalog,
         aws::ServiceLoop& loop, uint64_t seed)
      : store_(store), messages_(messages), catalog_(catalog), loop_(loop), random_(seed) {}

  int64_t now_ms() { return loop_.now().ms; }
  void insert(QueueRecord record);
  Queue* find(const QueueName& name);
  /// With its messages. Errors: QueueDoesNotExist, and the store's.
  aws::ApiResult<Queue*> loaded(const QueueName& name);
  aws::ApiResult<void> commit(const store::Batch& batch);
  aws::ApiResult<void> check_redrive(const QueueName& source, const AttributeMap& attributes);
  void forget_deleted_names(store::Batch& batch, int64_t now);

  /// One SendMessageBatch on its way, or SendMessage.
  struct Sending {
    bool is_batch = false;
    store::Batch batch;
    std::map<std::string, Sent> sent;  ///< in this batch, by deduplication
  };
  aws::ApiResult<Sent> send_one(Queue& queue, SendEntry& entry, Sending& sending);
  aws::ApiResult<std::optional<Sent>> sent_before(const Queue& queue, const std::string& key);
  aws::ApiResult<std::vector<MessageState>> take(Queue& queue, const ReceiveCall& call,
                                                 std::vector<Queue*>& touched);
  aws::ApiResult<std::vector<MessageState>> take_again(Queue& queue, const ReceiveCall& call);
  aws::ApiResult<bool> settle(Queue& queue, const MessageState& state, store::Batch& batch,
                              std::vector<Queue*>& touched);
  Queue* dead_letter_queue(const Queue& queue);
  aws::ApiResult<void> move_dead_letter(Queue& from, const MessageState& state, Queue& to,
                                        store::Batch& batch);
  aws::ApiResult<MessageState> state_of(Queue& queue, const std::string& handle, bool or_older);
  aws::ApiResult<void> change_one(Queue& queue, const HandleEntry& entry, store::Batch& batch);
  /// Answers who waits for what is there now, and sets the timer for the rest.
  void wake(Queue& queue, Deliveries& deliveries, bool all = false);
  void schedule(Queue& queue, int64_t at_ms);
  void on_timer(uint64_t number, int64_t at_ms);
  static Delivery delivery_of(Queue& queue, ReceiveCall call, aws::Reply reply,
                              aws::ApiResult<std::vector<MessageState>> taken);

  void sweep();
  void schedule_sweep();
  aws::ApiResult<void> expire(Queue& queue);

  MoveTask* find_task(uint64_t source, const std::string& id);
  void schedule_move(uint64_t source, const std::string& id, int64_t at_ms);
  void move_some(uint64_t source, const std::string& id);
  aws::ApiResult<bool> move_batch(MoveTask& task, Queue& source, size_t max,
                                  Deliveries& deliveries);

  store::Store& store_;
  const store::Keyspace messages_;
  const QueueCatalog catalog_;
  aws::ServiceLoop& loop_;

  std::mutex mutex_;  ///< guards all that follows
  base::Random random_;
  std::map<QueueName, std::unique_ptr<Queue>> queues_;
  std::unordered_map<uint64_t, Queue*> by_number_;
  std::map<QueueName, int64_t> deleted_;  ///< names deleted within the last minute, and when
  std::map<uint64_t, std::vector<MoveTask>> move_tasks_;  ///< by source; oldest first
  uint64_t next_number_ = 1;
};

}  // namespace pawl::sqs
