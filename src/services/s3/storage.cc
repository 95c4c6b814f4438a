// SPDX-License-Identifier: Apache-2.0
#include "services/s3/storage.h"

#include <algorithm>
#include <utility>

#include "services/s3/errors.h"
#include "services/s3/version_id.h"

namespace pawl::s3 {

using aws::ApiResult;

bool is_locked(const ObjectVersion& version, base::Timestamp now, bool bypass_governance) {
  const Attributes& attributes = version.attributes;
  if (attributes.legal_hold == "ON") return true;
  if (attributes.lock_mode.empty() || attributes.retain_until <= now) return false;
  return attributes.lock_mode == "COMPLIANCE" || !bypass_governance;
}

base::Result<std::unique_ptr<Storage>> Storage::open(const Ports& ports) {
  std::unique_ptr<Storage> made(new Storage(ports));
  made->metadata_ = PAWL_TRY(MetadataStore::open(ports.store));
  made->contents_ = PAWL_TRY(ContentStore::open(ports.store, ports.folder));
  made->events_ = PAWL_TRY(EventQueue::open(ports.store, ports.loop, ports.caller));
  return made;
}

Storage::~Storage() = default;

ApiResult<Bucket> Storage::bucket(std::string_view name) const {
  auto found = PAWL_TRY(metadata_->find_bucket(name));
  if (!found) return no_such_bucket(name);
  return std::move(*found);
}

ApiResult<ObjectVersion> Storage::find(const Bucket& bucket, const std::string& key,
                                       const std::string& version_id,
                                       std::string_view method) const {
  if (version_id.empty()) {
    auto found = PAWL_TRY(metadata_->latest(bucket.name, key));
    if (!found) return no_such_key(key);
    if (found->is_delete_marker) {
      aws::ApiError gone = method == "PUT" ? delete_marker_not_allowed(method) : no_such_key(key);
      gone.headers = {{"x-amz-delete-marker", "true"}, {"x-amz-version-id", found->version_id}};
      return gone;
    }
    return std::move(*found);
  }
  const bool is_possible =
      version_id == "null" || (bucket.versioning != Versioning::Never && is_version_id(version_id));
  if (!is_possible)
    return invalid_argument("Invalid version id specified", "versionId", version_id);
  auto found = PAWL_TRY(metadata_->version(bucket.name, key, version_id));
  if (!found) return no_such_version(key, version_id);
  if (found->is_delete_marker) {
    aws::ApiError marker = delete_marker_not_allowed(method);
    marker.headers = {{"x-amz-delete-marker", "true"},
                      {"x-amz-version-id", found->version_id},
                      {"Allow", "DELETE"}};
    return marker;
  }
  return std::move(*found);
}

ApiResult<std::shared_ptr<aws::BodySource>> Storage::open_content(const ObjectVersion& version,
                                                                  uint64_t offset,
                                                                  uint64_t length) {
  auto source = contents_->read(version.pieces, offset, length);
  if (!source) {
    if (source.error().kind == base::ErrorKind::NotFound) return nullptr;
    return internal_error(source.error());
  }
  // Pinned now; if the record is still there, so were the files when they were pinned.
  if (!PAWL_TRY(metadata_->has(version))) return nullptr;
  return std::move(*source);
}

uint64_t Storage::next_sequence() {
  const uint64_t now = static_cast<uint64_t>(ports_.loop.now().ms) << 20;
  uint64_t last = last_sequence_.load();
  uint64_t next = 0;
  do {
    next = std::max(last + 1, now);
  } while (!last_sequence_.compare_exchange_weak(last, next));
  return next;
}

ApiResult<void> Storage::commit_locked(const store::Batch& batch) {
  return answered(ports_.store.commit(batch, store::Sync::No));
}

ApiResult<void> Storage::commit(const std::function<ApiResult<void>(store::Batch&)>& change) {
  store::Batch batch;
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(change(batch));
  return commit_locked(batch);
}

ApiResult<void> Storage::sync() {
  return answered(ports_.store.commit(store::Batch(), store::Sync::Yes));
}

void Storage::drop(store::Batch& batch, const Content& content,
                   std::vector<Content>& dropped) const {
  contents_->drop(batch, content);
  if (!content.is_inline) dropped.push_back(content);
}

void Storage::discard_after_sync(std::vector<Content> dropped) {
  if (dropped.empty()) return;
  ports_.syncs.after_sync([this, dropped = std::move(dropped)] {
    ports_.loop.work([this, dropped] {
      for (const Content& content : dropped) contents_->discard(content);
    });
  });
}

ApiResult<void> Storage::replace_null_version(const Bucket& bucket, std::string_view key,
                                              const std::optional<ObjectVersion>& latest,
                                              store::Batch& batch, std::vector<Content>& dropped) {
  if (!latest) return {};
  const auto old = latest->is_null_version() || bucket.versioning == Versioning::Never
                       ? latest
                       : PAWL_TRY(metadata_->version(bucket.name, key, "null"));
  if (!old) return {};
  metadata_->erase(batch, *old);
  for (const Piece& piece : old->pieces) drop(batch, piece.content, dropped);
  return {};
}

ApiResult<ObjectVersion> Storage::put(Draft draft, const Conditions& conditions) {
  ObjectVersion& version = draft.version;
  std::vector<Content> dropped;
  std::vector<uint64_t> events;
  {
    const std::lock_guard lock(mutex_);
    const Bucket bucket = PAWL_TRY(this->bucket(version.bucket));
    const auto latest = PAWL_TRY(metadata_->latest(version.bucket, version.key));
    PAWL_TRY_VOID(check_write(conditions, latest ? &*latest : nullptr, version.key));
    store::Batch batch;
    if (draft.also) PAWL_TRY_VOID(draft.also(batch));
    version.modified = now();
    version.sequence = std::max(next_sequence(), latest ? latest->sequence + 1 : 0);
    if (bucket.versioning == Versioning::Enabled) {
      version.version_id = make_version_id(version.sequence);
    } else {
      version.version_id = "null";
      PAWL_TRY_VOID(replace_null_version(bucket, version.key, latest, batch, dropped));
    }
    for (NewContent& content : draft.contents) content.keep(batch);
    metadata_->put(batch, version);
    events = PAWL_TRY(events_->add(batch, *metadata_, bucket, draft.event, version, draft.origin,
                                   next_sequence()));
    if (draft.before_commit) PAWL_TRY_VOID(draft.before_commit(version));
    PAWL_TRY_VOID(commit_locked(batch));
  }
  discard_after_sync(std::move(dropped));
  events_->deliver_after_sync(ports_.syncs, std::move(events));
  return std::move(version);
}

ApiResult<Deletion> Storage::erase_version(const Bucket& bucket, const std::string& key,
                                           const std::string& version_id, bool bypass_governance,
                                           store::Batch& batch, std::vector<Content>& dropped,
                                           ObjectVersion& removed) {
  const bool is_possible =
      version_id == "null" || (bucket.versioning != Versioning::Never && is_version_id(version_id));
  if (!is_possible)
    return invalid_argument("Invalid version id specified", "versionId", version_id);
  auto found = PAWL_TRY(metadata_->version(bucket.name, key, version_id));
  if (!found) {
    // Without versioning there is nothing that could have been meant.
    if (bucket.versioning == Versioning::Never) return Deletion{};
    return no_such_version(key, version_id);
  }
  if (is_locked(*found, now(), bypass_governance)) {
    return access_denied("Access Denied because object protected by object lock.");
  }
  metadata_->erase(batch, *found);
  for (const Piece& piece : found->pieces) drop(batch, piece.content, dropped);
  removed = std::move(*found);
  return Deletion{bucket.versioning == Versioning::Never ? "" : version_id,
                  removed.is_delete_marker, false};
}

ApiResult<Deletion> Storage::erase_latest(const Bucket& bucket, const std::string& key,
                                          store::Batch& batch, std::vector<Content>& dropped,
                                          ObjectVersion& removed) {
  const auto latest = PAWL_TRY(metadata_->latest(bucket.name, key));
  if (bucket.versioning == Versioning::Never) {
    if (!latest) return Deletion{};
    PAWL_TRY_VOID(replace_null_version(bucket, key, latest, batch, dropped));
    removed = *latest;
    return Deletion{};
  }
  ObjectVersion marker;
  marker.bucket = bucket.name;
  marker.key = key;
  marker.is_delete_marker = true;
  marker.modified = now();
  marker.account = bucket.account;
  marker.sequence = std::max(next_sequence(), latest ? latest->sequence + 1 : 0);
  if (bucket.versioning == Versioning::Enabled) {
    marker.version_id = make_version_id(marker.sequence);
  } else {
    marker.version_id = "null";
    PAWL_TRY_VOID(replace_null_version(bucket, key, latest, batch, dropped));
  }
  metadata_->put(batch, marker);
  removed = marker;
  return Deletion{marker.version_id, true, true};
}

ApiResult<Deletion> Storage::erase(const Bucket& asked, const std::string& key,
                                   const std::string& version_id, bool bypass_governance,
                                   const std::string& if_match, const EventOrigin& origin,
                                   std::string_view event_group) {
  std::vector<Content> dropped;
  std::vector<uint64_t> events;
  Deletion deletion;
  {
    const std::lock_guard lock(mutex_);
    const Bucket bucket = PAWL_TRY(this->bucket(asked.name));
    if (!if_match.empty()) {
      const auto latest = PAWL_TRY(metadata_->latest(bucket.name, key));
      Conditions conditions;
      conditions.if_match = if_match;
      PAWL_TRY_VOID(check_write(conditions, latest ? &*latest : nullptr, key));
    }
    store::Batch batch;
    ObjectVersion removed;
    deletion = version_id.empty()
                   ? PAWL_TRY(erase_latest(bucket, key, batch, dropped, removed))
                   : PAWL_TRY(erase_version(bucket, key, version_id, bypass_governance, batch,
                                            dropped, removed));
    if (batch.empty()) return deletion;
    const std::string event =
        std::string(event_group) + (deletion.made_marker ? ":DeleteMarkerCreated" : ":Delete");
    events =
        PAWL_TRY(events_->add(batch, *metadata_, bucket, event, removed, origin, next_sequence()));
    PAWL_TRY_VOID(commit_locked(batch));
  }
  discard_after_sync(std::move(dropped));
  events_->deliver_after_sync(ports_.syncs, std::move(events));
  return deletion;
}

ApiResult<ObjectVersion> Storage::amend(
    const ObjectVersion& version, std::string_view event, const EventOrigin& origin,
    const std::function<ApiResult<void>(ObjectVersion&)>& change) {
  std::vector<uint64_t> events;
  ObjectVersion changed;
  {
    const std::lock_guard lock(mutex_);
    const Bucket bucket = PAWL_TRY(this->bucket(version.bucket));
    auto now_there = PAWL_TRY(metadata_->version(version.bucket, version.key, version.version_id));
    if (!now_there || now_there->sequence != version.sequence) {
      return no_such_version(version.key, version.version_id);
    }
    changed = std::move(*now_there);
    PAWL_TRY_VOID(change(changed));
    store::Batch batch;
    metadata_->put(batch, changed);
    if (!event.empty()) {
      events = PAWL_TRY(
          events_->add(batch, *metadata_, bucket, event, changed, origin, next_sequence()));
    }
    PAWL_TRY_VOID(commit_locked(batch));
  }
  events_->deliver_after_sync(ports_.syncs, std::move(events));
  return changed;
}

void Storage::run() {
  ports_.loop.work([this] { contents_->sweep(); });
  events_->deliver_all();
}

}  // namespace pawl::s3
