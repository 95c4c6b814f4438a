// SPDX-License-Identifier: Apache-2.0
// Registry: repositories and what they hold, by ECR's rules: what both its API and the OCI
// distribution API do. Errors are those of the API (errors.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/body_source.h"
#include "aws/service/service_loop.h"
#include "services/ecr/blob_files.h"
#include "services/ecr/lifecycle_policy.h"
#include "services/ecr/records.h"
#include "services/ecr/registry_store.h"

namespace pawl::ecr {

/// What happened to an image: EventBridge's "ECR Image Action".
struct ImageAction {
  RepositoryName repository;
  std::string type;  ///< "PUSH", "DELETE"
  std::string digest;
  std::string tag;
  std::string media_type;
};

struct ImageId {
  std::string digest = {};
  std::string tag = {};
};

struct NewImage {
  std::string bytes;
  std::string media_type = {};  ///< "": the document's
  std::string tag = {};
  std::string digest = {};  ///< "": whatever it is
};

struct PushedImage {
  Image image;
  bool is_new = true;  ///< neither the image nor its tag was there as it is now
};

/// Thread-safe. What reads or writes files blocks (said at each); the rest takes a mutex for the
/// time of a commit without a sync.
class Registry : public std::enable_shared_from_this<Registry> {
 public:
  struct Ports {
    store::Store& store;
    aws::ServiceLoop& loop;
    std::function<void(std::function<void()>)> after_sync;
    std::string folder;  ///< of blobs; made. "": a temporary one, which goes with the registry
    std::function<void(const ImageAction&)> on_action = {};  ///< after it was committed
    uint64_t layer_bytes_max = uint64_t{52} << 30;           ///< ECR "Service quotas": 52 GB
    int64_t upload_expires_ms = int64_t{24} * 3600 * 1000;
  };
  static base::Result<std::shared_ptr<Registry>> open(Ports ports);
  ~Registry();

  /// Begins what it does by itself: expired uploads, blobs that nobody names, lifecycle policies.
  void run();

  const RegistryStore& records() const { return records_; }
  base::Timestamp now() { return ports_.loop.now(); }
  void work(std::function<void()> task) { ports_.loop.work(std::move(task)); }
  void after_sync(std::function<void()> task) { ports_.after_sync(std::move(task)); }

  // ---- repositories ----
  /// Called with the result right before the commit (Request::keep_answer).
  template <typename T>
  using Before = std::function<void(const T&)>;

  aws::ApiResult<void> create(const RepositoryName& name, const Repository& repository,
                              const Before<Repository>& before = {});
  aws::ApiResult<Repository> require(const RepositoryName& name) const;
  using Change = std::function<aws::ApiResult<void>(Repository&)>;
  aws::ApiResult<Repository> change(const RepositoryName& name, const Change& change,
                                    const Before<Repository>& before = {});
  aws::ApiResult<Repository> remove(const RepositoryName& name, bool is_forced,
                                    const Before<Repository>& before = {});
  aws::ApiResult<void> put_setting(const Scope& scope, std::string_view name,
                                   std::string_view text);  ///< "" erases
  /// The key that tokens of this server are signed with; made on first use.
  aws::ApiResult<std::string> token_key();

  // ---- images ----
  aws::ApiResult<PushedImage> put_image(const RepositoryName& name, const NewImage& image,
                                        const Before<PushedImage>& before = {});
  /// By digest, by tag, or by both, which must agree.
  aws::ApiResult<Image> find_image(const RepositoryName& name, const ImageId& id) const;
  aws::ApiResult<std::string> manifest(const RepositoryName& name, std::string_view digest) const;
  aws::ApiResult<std::vector<Image>> images(const RepositoryName& name) const;
  /// A tag alone takes the tag off, and the image with the last one; a digest takes the image.
  /// nullopt: no such image.
  struct DeletedImage {
    std::vector<ImageId> ids;
    bool is_referenced = false;  ///< by an index: it stays
  };
  aws::ApiResult<std::optional<DeletedImage>> delete_image(const RepositoryName& name,
                                                           const ImageId& id);
  void record_pull(const RepositoryName& name, const std::string& digest);
  /// Lets the repository's lifecycle policy expire images, on another thread.
  void expire_soon(const RepositoryName& name);
  std::vector<ExpiredImage> preview(const std::vector<Image>& images, const std::string& policy);

  // ---- blobs and uploads ----
  /// The file of a blob that the repository has.
  std::string blob_path(std::string_view digest) const { return files_.blob_path(digest); }
  aws::ApiResult<bool> mount(const RepositoryName& from, const RepositoryName& to,
                             const std::string& digest);
  /// An upload's id. Blocks for making a file.
  aws::ApiResult<std::string> begin_upload(const RepositoryName& name);
  aws::ApiResult<uint64_t> upload_bytes(const RepositoryName& name, const std::string& id);
  /// Appends at `offset`, if given, which must be what is there; the size after it. Blocks.
  aws::ApiResult<uint64_t> append(const RepositoryName& name, const std::string& id,
                                  std::optional<uint64_t> offset, std::string_view body,
                                  aws::BodySource* stream);
  /// Makes it a blob if it has this digest, else it is thrown away. Blocks for reading it.
  aws::ApiResult<uint64_t> finish_upload(const RepositoryName& name, const std::string& id,
                                         const std::string& digest);
  aws::ApiResult<void> cancel_upload(const RepositoryName& name, const std::string& id);

 private:
  Registry(Ports ports, RegistryStore records, BlobFiles files)
      : ports_(std::move(ports)), records_(std::move(records)), files_(std::move(files)) {}

  aws::ApiResult<void> check_references(const RepositoryName& name, const Image& image) const;
  aws::ApiResult<void> move_tag(store::Batch& batch, const RepositoryName& name,
                                const Repository& repository, const std::string& tag, Image& image);
  /// Takes the image and what only it needed out of the repository; the digests of those blobs.
  aws::ApiResult<std::vector<std::string>> take_out(store::Batch& batch, const RepositoryName& name,
                                                    const Image& image);
  void collect_later(std::vector<std::string> digests);
  void tell(const ImageAction& action);
  void expire(const RepositoryName& name);
  void keep_house();
  void remove_old_uploads();
  void remove_unnamed_blobs(const RepositoryName& name);

  /// An upload that one request uses; another is refused meanwhile.
  class UploadHold;
  friend class UploadHold;
  aws::ApiResult<std::unique_ptr<UploadHold>> hold(const RepositoryName& name,
                                                   const std::string& id);

  const Ports ports_;
  std::string temporary_folder_;  ///< "": it has one that stays
  const RegistryStore records_;
  const BlobFiles files_;
  mutable std::mutex mutex_;            ///< of reading, changing and committing
  std::set<std::string> busy_uploads_;  ///< guarded by mutex_
  std::map<std::string, int> pinned_;   ///< blobs whose file is about to be named; by mutex_
};

}  // namespace pawl::ecr
