// SPDX-License-Identifier: Apache-2.0
// ObjectAccess: objects of the embedded S3 for other parts of this process: read, listed, written
// as streams, without HTTP. Every call may block on the disk.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/body_source.h"
#include "services/s3/checksums.h"
#include "services/s3/content_store.h"
#include "services/s3/listing.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

struct ObjectName {
  std::string bucket;
  std::string key;
  std::string version_id = {};      ///< "": the latest
  std::string expected_owner = {};  ///< an account; "": any
};

/// An object that is being written; without commit() it leaves no trace. One thread.
class ObjectWriting {
 public:
  ObjectWriting(Storage& storage, ObjectVersion version);

  aws::ApiResult<void> append(std::string_view bytes);
  /// Makes it the latest version of its key; it is on disk when this returns. Once, as the last
  /// call. Errors: NoSuchBucket.
  aws::ApiResult<void> commit();

 private:
  Storage& storage_;
  ObjectVersion version_;
  ContentWriter writer_;
  Digester md5_;
  Digester checksum_;
};

/// Thread-safe. Must not outlive its Storage.
class ObjectAccess {
 public:
  explicit ObjectAccess(Storage& storage) : storage_(storage) {}

  struct Opened {
    ObjectVersion version;
    std::shared_ptr<aws::BodySource> bytes;
  };
  /// Errors: NoSuchBucket, NoSuchKey, NoSuchVersion, AccessDenied.
  aws::ApiResult<Opened> open(const ObjectName& name);
  /// Errors: NoSuchBucket, AccessDenied.
  aws::ApiResult<ObjectPage> list(std::string_view bucket, const ObjectListing& listing,
                                  const std::string& expected_owner);
  /// Errors: NoSuchBucket, AccessDenied, KeyTooLongError.
  aws::ApiResult<std::unique_ptr<ObjectWriting>> create(const ObjectName& name);

 private:
  aws::ApiResult<Bucket> bucket(std::string_view name, const std::string& expected_owner) const;

  Storage& storage_;
};

}  // namespace pawl::s3
