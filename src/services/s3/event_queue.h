// SPDX-License-Identifier: Apache-2.0
// EventQueue: notifications of a bucket (S3 User Guide, "Amazon S3 Event Notifications"): which
// destinations want an event, the event's JSON, and its way out. An event is a record that is
// committed with the change it tells of, and goes when it has been delivered: at least once.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "services/s3/metadata_store.h"
#include "services/s3/records.h"
#include "store/store.h"
#include "store/sync_queue.h"

namespace pawl::s3 {

/// Who caused an event.
struct EventOrigin {
  std::string account = "000000000000";
  std::string principal_arn;
  std::string user_id;
  std::string request_id;
  std::string source_ip = "127.0.0.1";
  std::string reason;  ///< the operation, for EventBridge: "PutObject"
};

/// One that a configuration names.
struct Destination {
  enum class Kind : uint8_t { Queue = 0, Topic = 1, Function = 2, EventBridge = 3 };
  Kind kind = Kind::Queue;
  std::string arn;  ///< "" for EventBridge
};

/// The notification configuration's kind in the metadata.
inline constexpr std::string_view kNotificationKind = "notification";

/// Thread-safe.
class EventQueue {
 public:
  static base::Result<std::unique_ptr<EventQueue>> open(store::Store& store, aws::ServiceLoop& loop,
                                                        aws::Caller& caller);

  /// Adds to the batch a record for each destination that wants the event; gives their numbers.
  /// `event`: "ObjectCreated:Put"; "" wants none.
  aws::ApiResult<std::vector<uint64_t>> add(store::Batch& batch, const MetadataStore& metadata,
                                            const Bucket& bucket, std::string_view event,
                                            const ObjectVersion& version, const EventOrigin& origin,
                                            uint64_t sequence);
  /// Adds s3:TestEvent for queues and topics.
  std::vector<uint64_t> add_test(store::Batch& batch, const Bucket& bucket,
                                 const std::vector<Destination>& destinations,
                                 const EventOrigin& origin, uint64_t sequence);
  /// Sends them when all that was committed is on disk.
  void deliver_after_sync(store::SyncQueue& syncs, std::vector<uint64_t> numbers);
  /// What a former process has not delivered.
  void deliver_all();

  /// Asks the destination's service whether it exists: nullopt if so, else what S3 says then.
  void check(const Destination& destination, const Bucket& bucket,
             std::function<void(std::optional<std::string>)> answer);

 private:
  struct Record;

  EventQueue(store::Store& store, aws::ServiceLoop& loop, aws::Caller& caller)
      : store_(store), loop_(loop), caller_(caller) {}
  void put(store::Batch& batch, const Record& record);
  void deliver(uint64_t number);
  void send(uint64_t number, const Record& record);
  void call(uint64_t number, const Record& record, aws::Call call);
  void delivered(uint64_t number);
  void failed(uint64_t number, const Record& record);

  store::Store& store_;
  aws::ServiceLoop& loop_;
  aws::Caller& caller_;
  store::Keyspace events_;
  std::mutex mutex_;
  uint64_t last_number_ = 0;  ///< guarded by mutex_
};

}  // namespace pawl::s3
