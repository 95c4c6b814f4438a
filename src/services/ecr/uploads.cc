// SPDX-License-Identifier: Apache-2.0
// Blobs, uploads under way, and what the registry does by itself.
#include <random>
#include <utility>

#include "base/random.h"
#include "container/blob_digest.h"
#include "services/ecr/errors.h"
#include "services/ecr/registry.h"

namespace pawl::ecr {

using aws::ApiError;
using aws::ApiResult;

namespace {

constexpr int64_t kHouseKeepingMs = 3600 * 1000;

std::string new_id() {
  std::random_device device;
  base::Random random((uint64_t{device()} << 32) | device());
  return base::make_uuid(random);
}

bool is_id(std::string_view text) {
  return text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

}  // namespace

/// Marks the upload as busy for as long as it lives.
class Registry::UploadHold {
 public:
  UploadHold(Registry& registry, std::string id) : registry_(registry), id_(std::move(id)) {}
  UploadHold(const UploadHold&) = delete;
  UploadHold& operator=(const UploadHold&) = delete;
  ~UploadHold() {
    const std::lock_guard lock(registry_.mutex_);
    registry_.busy_uploads_.erase(id_);
  }

 private:
  Registry& registry_;
  const std::string id_;
};

ApiResult<std::unique_ptr<Registry::UploadHold>> Registry::hold(const RepositoryName& name,
                                                                const std::string& id) {
  const std::lock_guard lock(mutex_);
  PAWL_TRY(require(name));
  if (!is_id(id)) return upload_not_found(name, id);
  const std::optional<Upload> upload = PAWL_TRY(records_.upload(id));
  const bool is_ours = upload && upload->repository.account == name.account &&
                       upload->repository.region == name.region &&
                       upload->repository.name == name.name;
  if (!is_ours) return upload_not_found(name, id);
  if (!busy_uploads_.insert(id).second) {
    return ApiError("InvalidLayerPartException", "Another request writes to this upload.");
  }
  return std::make_unique<UploadHold>(*this, id);
}

ApiResult<bool> Registry::mount(const RepositoryName& from, const RepositoryName& to,
                                const std::string& digest) {
  const std::lock_guard lock(mutex_);
  PAWL_TRY(require(to));
  if (PAWL_TRY(records_.blob(to, digest))) return true;
  const std::optional<uint64_t> bytes = PAWL_TRY(records_.blob(from, digest));
  if (!bytes) return false;
  store::Batch batch;
  records_.put_blob(batch, to, digest, *bytes, now());
  PAWL_TRY_VOID(records_.commit(batch));
  return true;
}

ApiResult<std::string> Registry::begin_upload(const RepositoryName& name) {
  const std::lock_guard lock(mutex_);
  PAWL_TRY(require(name));
  const std::string id = new_id();
  PAWL_TRY_VOID(of_store(files_.begin_upload(id)));
  store::Batch batch;
  records_.put_upload(batch, id, {name, now()});
  PAWL_TRY_VOID(records_.commit(batch));
  return id;
}

ApiResult<uint64_t> Registry::upload_bytes(const RepositoryName& name, const std::string& id) {
  const auto held = PAWL_TRY(hold(name, id));
  return of_store(files_.upload_bytes(id));
}

ApiResult<uint64_t> Registry::append(const RepositoryName& name, const std::string& id,
                                     std::optional<uint64_t> offset, std::string_view body,
                                     aws::BodySource* stream) {
  const auto held = PAWL_TRY(hold(name, id));
  const uint64_t before = PAWL_TRY(of_store(files_.upload_bytes(id)));
  if (offset && *offset != before) {
    return ApiError("InvalidLayerPartException",
                    "The layer part's first byte is " + std::to_string(*offset) +
                        "; the upload has bytes up to " + std::to_string(before) + ".");
  }
  base::Result<uint64_t> size = files_.append(id, body, stream, ports_.layer_bytes_max);
  if (!size && size.error().kind == base::ErrorKind::LimitExceeded) {
    return ApiError("LimitExceededException", size.error().message);
  }
  return of_store(std::move(size));
}

ApiResult<uint64_t> Registry::finish_upload(const RepositoryName& name, const std::string& id,
                                            const std::string& digest) {
  const auto held = PAWL_TRY(hold(name, id));
  const std::string path = files_.upload_path(id);
  const uint64_t bytes = PAWL_TRY(of_store(files_.upload_bytes(id)));
  const std::string found = PAWL_TRY(of_store(container::digest_of_file(path)));
  store::Batch batch;
  records_.erase_upload(batch, id);
  if (found != digest) {
    files_.remove_upload(id);
    PAWL_TRY_VOID(records_.commit(batch));
    return ApiError("InvalidLayerException", "The layer's digest is '" + found +
                                                 "', not the provided digest '" + digest + "'.");
  }
  {
    const std::lock_guard lock(mutex_);
    ++pinned_[digest];
  }
  const base::Result<void> kept = files_.keep(id, digest);
  const std::lock_guard lock(mutex_);
  if (--pinned_[digest] == 0) pinned_.erase(digest);
  PAWL_TRY_VOID(of_store(kept));
  PAWL_TRY(require(name));  // it may have gone meanwhile
  records_.put_blob(batch, name, digest, bytes, now());
  PAWL_TRY_VOID(records_.commit(batch));
  return bytes;
}

ApiResult<void> Registry::cancel_upload(const RepositoryName& name, const std::string& id) {
  const auto held = PAWL_TRY(hold(name, id));
  files_.remove_upload(id);
  store::Batch batch;
  records_.erase_upload(batch, id);
  return records_.commit(batch);
}

/// Files go when it is on disk that nobody names them: a name without its file would be an image
/// that is lost.
void Registry::collect_later(std::vector<std::string> digests) {
  if (digests.empty()) return;
  after_sync([self = weak_from_this(), digests = std::move(digests)] {
    const auto registry = self.lock();
    if (!registry) return;
    registry->work([self, digests] {
      const auto collecting = self.lock();
      if (!collecting) return;
      for (const std::string& digest : digests) {
        const std::lock_guard lock(collecting->mutex_);
        const ApiResult<bool> is_used = collecting->records_.is_blob_used(digest);
        if (!is_used || *is_used || collecting->pinned_.contains(digest)) continue;
        collecting->files_.remove_blob(digest);
      }
    });
  });
}

void Registry::expire_soon(const RepositoryName& name) {
  work([self = weak_from_this(), name] {
    if (const auto registry = self.lock()) registry->expire(name);
  });
}

void Registry::expire(const RepositoryName& name) {
  const ApiResult<Repository> repository = require(name);
  if (!repository || repository->lifecycle_policy.empty()) return;
  const ApiResult<std::vector<Image>> all = images(name);
  if (!all) return;
  for (const ExpiredImage& expired : preview(*all, repository->lifecycle_policy)) {
    static_cast<void>(delete_image(name, {.digest = expired.image.digest}));  // next time, then
  }
  static_cast<void>(change(name, [this](Repository& changed) -> ApiResult<void> {
    changed.lifecycle_run_at = now();
    return {};
  }));
}

void Registry::remove_old_uploads() {
  std::vector<std::pair<std::string, RepositoryName>> old;
  static_cast<void>(records_.visit_uploads([&](const std::string& id, const Upload& upload) {
    if (now().ms - upload.begun_at.ms > ports_.upload_expires_ms)
      old.emplace_back(id, upload.repository);
    return true;
  }));
  for (const auto& [id, name] : old) {
    if (cancel_upload(name, id)) continue;
    // Its repository is gone.
    if (require(name)) continue;
    files_.remove_upload(id);
    store::Batch batch;
    records_.erase_upload(batch, id);
    static_cast<void>(records_.commit(batch));
  }
}

/// What was pushed for an image that never came.
void Registry::remove_unnamed_blobs(const RepositoryName& name) {
  std::vector<std::string> gone;
  {
    const std::lock_guard lock(mutex_);
    std::set<std::string> named;
    const auto all_named = records_.visit_images(name, "", [&named](const Image& image) {
      named.insert(image.blobs.begin(), image.blobs.end());
      return true;
    });
    if (!all_named) return;  // a name that was not read is not one that is not there
    store::Batch batch;
    const auto seen =
        records_.visit_blobs(name, [&](const std::string& digest, base::Timestamp at) {
          if (named.contains(digest) || now().ms - at.ms <= ports_.upload_expires_ms) return true;
          gone.push_back(digest);
          records_.erase_blob(batch, name, digest);
          return true;
        });
    if (!seen || gone.empty() || !records_.commit(batch)) return;
  }
  collect_later(std::move(gone));
}

void Registry::keep_house() {
  remove_old_uploads();
  std::vector<RepositoryName> names;
  static_cast<void>(
      records_.visit_all_repositories([&](const RepositoryName& name, const Repository&) {
        names.push_back(name);
        return true;
      }));
  for (const RepositoryName& name : names) {
    remove_unnamed_blobs(name);
    expire(name);
  }
}

void Registry::run() {
  ports_.loop.run_at({now().ms + kHouseKeepingMs}, [self = weak_from_this()] {
    const auto registry = self.lock();
    if (!registry) return;
    registry->work([self] {
      if (const auto keeping = self.lock()) keeping->keep_house();
    });
    registry->run();
  });
}

}  // namespace pawl::ecr
