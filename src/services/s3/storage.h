// SPDX-License-Identifier: Apache-2.0
// Storage: what all of this S3 stands on: metadata, contents, notifications, and the changes that
// touch several of them at once. No request, no XML.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "services/s3/conditions.h"
#include "services/s3/content_store.h"
#include "services/s3/event_queue.h"
#include "services/s3/metadata_store.h"
#include "services/s3/records.h"
#include "store/store.h"
#include "store/sync_queue.h"

namespace pawl::s3 {

/// A version to be made, with the contents that it brings.
struct Draft {
  ObjectVersion version;  ///< all but sequence, version id and time
  std::vector<NewContent> contents;
  std::string event;  ///< "ObjectCreated:Put"
  EventOrigin origin;
  /// More that is committed with it, once its conditions hold.
  std::function<aws::ApiResult<void>(store::Batch&)> also = {};
  /// Called right before the commit with the version as it will be.
  std::function<aws::ApiResult<void>(const ObjectVersion&)> before_commit = {};
};

struct Deletion {
  std::string version_id;  ///< of what was removed, or of the new delete marker; "": none
  bool is_delete_marker = false;
  bool made_marker = false;
};

/// Thread-safe. Errors: the API's. Commits do not wait for the disk: whoever answers does.
class Storage {
 public:
  struct Ports {
    store::Store& store;
    store::SyncQueue& syncs;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
    std::string folder = {};  ///< of files; "": a private one that goes at the end
  };

  static base::Result<std::unique_ptr<Storage>> open(const Ports& ports);
  ~Storage();

  const MetadataStore& metadata() const { return *metadata_; }
  ContentStore& contents() { return *contents_; }
  EventQueue& events() { return *events_; }
  aws::ServiceLoop& loop() { return ports_.loop; }
  aws::Caller& caller() { return ports_.caller; }
  store::SyncQueue& syncs() { return ports_.syncs; }
  base::Timestamp now() const { return ports_.loop.now(); }

  /// Errors: NoSuchBucket.
  aws::ApiResult<Bucket> bucket(std::string_view name) const;
  /// The version that was asked for, "" for the latest. Errors: NoSuchKey, NoSuchVersion,
  /// InvalidArgument (an id that is none), MethodNotAllowed (a delete marker, asked for by id);
  /// NoSuchKey for the latest that is a delete marker.
  aws::ApiResult<ObjectVersion> find(const Bucket& bucket, const std::string& key,
                                     const std::string& version_id, std::string_view method) const;
  /// The bytes of a version; null if the version has gone meanwhile.
  aws::ApiResult<std::shared_ptr<aws::BodySource>> open_content(const ObjectVersion& version,
                                                                uint64_t offset, uint64_t length);

  /// Makes the version the newest of its key; without versioning in place of the old one.
  /// Errors: those of check_write, NoSuchBucket.
  aws::ApiResult<ObjectVersion> put(Draft draft, const Conditions& conditions);
  /// `if_match`: "" or the entity tag that the latest version must have.
  /// Errors: AccessDenied (locked), NoSuchVersion, PreconditionFailed.
  aws::ApiResult<Deletion> erase(const Bucket& bucket, const std::string& key,
                                 const std::string& version_id, bool bypass_governance,
                                 const std::string& if_match, const EventOrigin& origin,
                                 std::string_view event_group = "ObjectRemoved");
  /// Changes what is recorded of a version: tags, access, locks. `event`: "" for none.
  /// `change` gets the version as it is now. Errors: NoSuchVersion if it has gone; those of change.
  aws::ApiResult<ObjectVersion> amend(
      const ObjectVersion& version, std::string_view event, const EventOrigin& origin,
      const std::function<aws::ApiResult<void>(ObjectVersion&)>& change);

  /// Runs `change` alone among all changes and commits its batch.
  aws::ApiResult<void> commit(const std::function<aws::ApiResult<void>(store::Batch&)>& change);
  /// Waits until all that was committed is on disk: for callers that are no service.
  aws::ApiResult<void> sync();
  /// Adds to the batch that a content goes, and to `dropped` what discard() needs.
  void drop(store::Batch& batch, const Content& content, std::vector<Content>& dropped) const;
  /// After the sync: removes the files.
  void discard_after_sync(std::vector<Content> dropped);

  /// Greater than all that went before.
  uint64_t next_sequence();
  /// Background work: leftovers are swept, undelivered events go out. Once.
  void run();

 private:
  explicit Storage(const Ports& ports) : ports_(ports) {}
  aws::ApiResult<void> commit_locked(const store::Batch& batch);
  aws::ApiResult<void> replace_null_version(const Bucket& bucket, std::string_view key,
                                            const std::optional<ObjectVersion>& latest,
                                            store::Batch& batch, std::vector<Content>& dropped);
  aws::ApiResult<Deletion> erase_version(const Bucket& bucket, const std::string& key,
                                         const std::string& version_id, bool bypass_governance,
                                         store::Batch& batch, std::vector<Content>& dropped,
                                         ObjectVersion& removed);
  aws::ApiResult<Deletion> erase_latest(const Bucket& bucket, const std::string& key,
                                        store::Batch& batch, std::vector<Content>& dropped,
                                        ObjectVersion& removed);

  const Ports ports_;
  std::unique_ptr<MetadataStore> metadata_;
  std::unique_ptr<ContentStore> contents_;
  std::unique_ptr<EventQueue> events_;
  std::mutex mutex_;  ///< orders changes
  std::atomic<uint64_t> last_sequence_ = 0;
};

/// Whether a lock keeps the version from being removed or loosened now.
bool is_locked(const ObjectVersion& version, base::Timestamp now, bool bypass_governance);

}  // namespace pawl::s3
