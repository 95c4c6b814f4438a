// SPDX-License-Identifier: Apache-2.0
// ArchiveStore: the events that archives keep, by their time (API CreateArchive; "Archiving and
// replaying events" in the EventBridge User Guide). The archives themselves are records elsewhere.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/time.h"
#include "services/events/names.h"
#include "store/store.h"

namespace pawl::events {

struct ArchiveName {
  Scope scope;
  std::string name;

  store::KeyBuilder key() const;
  std::string arn() const { return scope.arn("archive/" + name); }
};

/// Thread-safe. In memory: two numbers an archive that was used.
class ArchiveStore {
 public:
  struct Counts {
    int64_t events = 0;
    int64_t bytes = 0;
  };

  static base::Result<std::unique_ptr<ArchiveStore>> open(store::Store& store);

  /// Keeps an event; on the way, a few that are older than `retention_days` (0: for ever) go.
  aws::ApiResult<void> add(store::Batch& batch, const ArchiveName& archive, base::Timestamp time,
                           std::string_view event_text, int64_t retention_days,
                           base::Timestamp now);
  aws::ApiResult<Counts> counts(const ArchiveName& archive);
  void erase(store::Batch& batch, const ArchiveName& archive);

  struct Chunk {
    std::vector<std::string> events;
    std::string next = {};      ///< where the next chunk begins; "": there is none
    base::Timestamp last = {};  ///< time of the last event
  };
  /// At most `limit` events from `from` to before `until`, in the order of their times, from the
  /// key `next` on ("": from the first).
  aws::ApiResult<Chunk> read(const ArchiveName& archive, base::Timestamp from,
                             base::Timestamp until, std::string_view next, size_t limit) const;

 private:
  explicit ArchiveStore(store::Store& store) : store_(store) {}
  /// To be called under mutex_.
  aws::ApiResult<Counts*> counts_of(const ArchiveName& archive);

  store::Store& store_;
  store::Keyspace events_;
  store::Keyspace counts_;
  std::mutex mutex_;
  uint64_t next_number_ = 0;                            ///< guarded by mutex_, as all below
  std::map<std::string, Counts, std::less<>> counted_;  ///< by key
};

}  // namespace pawl::events
