// SPDX-License-Identifier: Apache-2.0
// MetadataStore: buckets, their configurations, versions, uploads and parts as records of the
// store. Reads answer at once; writes go into a batch that others commit. It decides nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "services/s3/records.h"
#include "store/store.h"

namespace pawl::s3 {

/// Versions or uploads in the order of their keys; of one key the newest first, uploads the oldest
/// first. Over the state of the moment it was made. One thread.
template <typename Record>
class RecordScan {
 public:
  RecordScan(std::unique_ptr<store::Cursor> cursor, std::string bucket)
      : cursor_(std::move(cursor)), bucket_(std::move(bucket)) {}

  /// The record where the scan stands; nullopt at the end. It then stands behind it.
  aws::ApiResult<std::optional<Record>> next();
  /// To the first record of a key that is not less than `key`.
  void seek(std::string_view key);
  /// Behind all records of `key`.
  void seek_behind(std::string_view key);
  /// Behind all keys that begin with `prefix`.
  void seek_behind_prefix(std::string_view prefix);
  /// Behind the record of `key` with this sequence, whether it exists or not.
  void seek_behind(std::string_view key, uint64_t sequence);

 private:
  std::unique_ptr<store::Cursor> cursor_;
  std::string bucket_;
  std::optional<std::string> target_ = std::string();  ///< to be sought before the next record
};

using VersionScan = RecordScan<ObjectVersion>;
using UploadScan = RecordScan<Upload>;

/// Thread-safe. Errors: InternalError.
class MetadataStore {
 public:
  static base::Result<std::unique_ptr<MetadataStore>> open(store::Store& store);

  aws::ApiResult<std::optional<Bucket>> find_bucket(std::string_view name) const;
  /// Those behind `after` in the order of their names, all accounts', `count_max` at most.
  aws::ApiResult<std::vector<Bucket>> buckets(std::string_view after, size_t count_max) const;
  void put(store::Batch& batch, const Bucket& bucket) const;
  /// With its configurations and uploads; the parts' contents are the caller's to drop.
  void erase_bucket(store::Batch& batch, std::string_view name) const;

  /// JSON text; `id` is "" where a bucket has one configuration of the kind.
  aws::ApiResult<std::optional<std::string>> configuration(std::string_view bucket,
                                                           std::string_view kind,
                                                           std::string_view id = "") const;
  /// All of the kind behind the id `after`: id and text, in the order of ids.
  aws::ApiResult<Pairs> configurations(std::string_view bucket, std::string_view kind,
                                       std::string_view after, size_t count_max) const;
  void put_configuration(store::Batch& batch, std::string_view bucket, std::string_view kind,
                         std::string_view id, std::string_view text) const;
  void erase_configuration(store::Batch& batch, std::string_view bucket, std::string_view kind,
                           std::string_view id = "") const;

  /// The newest version of a key, also if it is a delete marker.
  aws::ApiResult<std::optional<ObjectVersion>> latest(std::string_view bucket,
                                                      std::string_view key) const;
  /// The version of that id, "null" among them.
  aws::ApiResult<std::optional<ObjectVersion>> version(std::string_view bucket,
                                                       std::string_view key,
                                                       std::string_view id) const;
  /// Whether this very record is still there.
  aws::ApiResult<bool> has(const ObjectVersion& version) const;
  /// Of keys that begin with `prefix`.
  VersionScan versions(std::string_view bucket, std::string_view prefix) const;
  void put(store::Batch& batch, const ObjectVersion& version) const;
  void erase(store::Batch& batch, const ObjectVersion& version) const;

  aws::ApiResult<std::optional<Upload>> upload(std::string_view bucket, std::string_view key,
                                               std::string_view id) const;
  UploadScan uploads(std::string_view bucket, std::string_view prefix) const;
  void put(store::Batch& batch, const Upload& upload) const;
  /// Without its parts.
  void erase(store::Batch& batch, const Upload& upload) const;

  aws::ApiResult<std::optional<Part>> part(const Upload& upload, uint32_t number) const;
  /// In the order of their numbers, those behind `after`.
  aws::ApiResult<std::vector<Part>> parts(const Upload& upload, uint32_t after,
                                          size_t count_max) const;
  void put(store::Batch& batch, const Upload& upload, const Part& part) const;
  void erase_parts(store::Batch& batch, const Upload& upload) const;

 private:
  explicit MetadataStore(store::Store& store) : store_(store) {}

  store::Store& store_;
  store::Keyspace buckets_;
  store::Keyspace configurations_;
  store::Keyspace versions_;
  store::Keyspace uploads_;
  store::Keyspace parts_;
};

}  // namespace pawl::s3
