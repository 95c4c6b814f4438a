// SPDX-License-Identifier: Apache-2.0
// RegistryStore: repositories, images, tags, which blobs a repository has, and uploads under way,
// as keys of the store (docs/formats/ecr.md). No rules of the API, no files.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "services/ecr/records.h"
#include "store/store.h"

namespace pawl::ecr {

struct Upload {
  RepositoryName repository;
  base::Timestamp begun_at;
};

/// Thread-safe; who reads, changes and commits holds a lock of its own around that. Every read may
/// fail with ServerException.
class RegistryStore {
 public:
  static base::Result<RegistryStore> open(store::Store& store);

  aws::ApiResult<std::optional<Repository>> repository(const RepositoryName& name) const;
  void put(store::Batch& batch, const RepositoryName& name, const Repository& repository) const;
  /// With all its images, tags and blobs; uploads are others.
  void erase_repository(store::Batch& batch, const RepositoryName& name) const;
  /// In the order of names, from the first behind `after`, until the visitor answers false.
  using RepositoryVisitor = std::function<bool(const RepositoryName&, const Repository&)>;
  aws::ApiResult<void> visit_repositories(const Scope& scope, std::string_view after,
                                          const RepositoryVisitor& visitor) const;
  /// Of all accounts and regions.
  aws::ApiResult<void> visit_all_repositories(const RepositoryVisitor& visitor) const;

  aws::ApiResult<std::optional<Image>> image(const RepositoryName& name,
                                             std::string_view digest) const;
  void put(store::Batch& batch, const RepositoryName& name, const Image& image) const;
  void erase_image(store::Batch& batch, const RepositoryName& name, const Image& image) const;
  /// In the order of digests.
  using ImageVisitor = std::function<bool(const Image&)>;
  aws::ApiResult<void> visit_images(const RepositoryName& name, std::string_view after,
                                    const ImageVisitor& visitor) const;

  aws::ApiResult<std::optional<std::string>> manifest(const RepositoryName& name,
                                                      std::string_view digest) const;
  void put_manifest(store::Batch& batch, const RepositoryName& name, std::string_view digest,
                    std::string_view bytes) const;

  /// The digest that a tag stands for.
  aws::ApiResult<std::optional<std::string>> tag(const RepositoryName& name,
                                                 std::string_view tag) const;
  void put_tag(store::Batch& batch, const RepositoryName& name, std::string_view tag,
               std::string_view digest) const;
  void erase_tag(store::Batch& batch, const RepositoryName& name, std::string_view tag) const;
  /// In the order of tags.
  using TagVisitor = std::function<bool(const std::string& tag, const std::string& digest)>;
  aws::ApiResult<void> visit_tags(const RepositoryName& name, std::string_view after,
                                  const TagVisitor& visitor) const;

  /// The bytes of a blob that the repository has.
  aws::ApiResult<std::optional<uint64_t>> blob(const RepositoryName& name,
                                               std::string_view digest) const;
  void put_blob(store::Batch& batch, const RepositoryName& name, std::string_view digest,
                uint64_t bytes, base::Timestamp now) const;
  void erase_blob(store::Batch& batch, const RepositoryName& name, std::string_view digest) const;
  /// Whether any repository has it.
  aws::ApiResult<bool> is_blob_used(std::string_view digest) const;
  using BlobVisitor = std::function<bool(const std::string& digest, base::Timestamp put_at)>;
  aws::ApiResult<void> visit_blobs(const RepositoryName& name, const BlobVisitor& visitor) const;

  aws::ApiResult<std::optional<Upload>> upload(std::string_view id) const;
  void put_upload(store::Batch& batch, std::string_view id, const Upload& upload) const;
  void erase_upload(store::Batch& batch, std::string_view id) const;
  using UploadVisitor = std::function<bool(const std::string& id, const Upload&)>;
  aws::ApiResult<void> visit_uploads(const UploadVisitor& visitor) const;

  /// What a registry has besides: "policy", "scanning", "replication", "token-key".
  aws::ApiResult<std::optional<std::string>> setting(const Scope& scope,
                                                     std::string_view name) const;
  void put_setting(store::Batch& batch, const Scope& scope, std::string_view name,
                   std::string_view text) const;
  void erase_setting(store::Batch& batch, const Scope& scope, std::string_view name) const;

  aws::ApiResult<void> commit(const store::Batch& batch) const;

 private:
  struct Keyspaces {
    store::Keyspace repositories;
    store::Keyspace images;
    store::Keyspace manifests;
    store::Keyspace tags;
    store::Keyspace blobs;
    store::Keyspace blob_users;
    store::Keyspace uploads;
    store::Keyspace settings;
  };
  RegistryStore(store::Store& store, Keyspaces keys) : store_(&store), keys_(keys) {}

  aws::ApiResult<std::optional<std::string>> get(store::Keyspace keyspace,
                                                 std::string_view key) const;
  /// All of a range, the last part of the key given as text.
  aws::ApiResult<void> visit(
      store::Keyspace keyspace, const store::Range& range,
      const std::function<aws::ApiResult<bool>(std::string_view key, std::string_view value)>&
          visitor) const;

  store::Store* store_;
  Keyspaces keys_;
};

}  // namespace pawl::ecr
