// SPDX-License-Identifier: Apache-2.0
// LocalFolder: an ObjectStore over a folder of the machine (--s3-folder DIR): the object KEY of
// BUCKET is the file DIR/BUCKET/KEY. Meant for the time without an S3, and for files that are at
// hand; not an S3: no versions, no owners, no permissions but the file system's.
#pragma once

#include <memory>
#include <string>

#include "items/object_store.h"

namespace pawl::items {

/// Stays below DIR whatever bucket and key say: parts of a key that are empty, "." or ".." name no
/// object, and symbolic links below DIR are not followed. Keys that a folder cannot hold ("a"
/// beside "a/b") are refused when written. Files appear whole (temporary file, sync, rename);
/// temporary files begin with ".pawl-" and are not listed.
///
/// ETags: the MD5 of a file up to 8 MiB; of a larger one a digest of size and time of change with
/// the suffix of a multipart upload, so that no listing reads gigabytes. Any VersionId but "null"
/// is NoSuchVersion; ExpectedBucketOwner is not looked at. list() walks the folder anew for each
/// page. Thread-safe.
class LocalFolder : public ObjectStore {
 public:
  explicit LocalFolder(std::string folder) : folder_(std::move(folder)) {}

  ObjectResult<std::unique_ptr<ObjectReader>> get(const ObjectAddress& address) override;
  ObjectResult<ListedPage> list(const ListRequest& request) override;
  ObjectResult<std::unique_ptr<ObjectWriter>> create(const ObjectAddress& address) override;

 private:
  std::string folder_;
};

}  // namespace pawl::items
