// SPDX-License-Identifier: Apache-2.0
// ObjectStore: the port through which items are read and results are written: just what ItemReader
// and ResultWriter ask of Amazon S3 (GetObject, ListObjectsV2, PutObject). Implementations:
// local_folder/; the embedded S3 and real AWS come with those services.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "base/error.h"
#include "base/time.h"

namespace pawl::items {

/// What S3 answers instead of a result ("Error responses", S3 API Reference): `code` as on the
/// wire (NoSuchKey, NoSuchBucket, AccessDenied, …), `message` S3's own text.
struct ObjectError {
  std::string code;
  std::string message;
  int http_status = 400;
  std::string request_id = {};
  std::string extended_request_id = {};
};

/// A T or an ObjectError. T may be void.
template <typename T>
class [[nodiscard]] ObjectResult : public tl::expected<T, ObjectError> {
 public:
  using tl::expected<T, ObjectError>::expected;
  ObjectResult(ObjectError error) : tl::expected<T, ObjectError>(tl::unexpect, std::move(error)) {}
  ObjectResult(tl::unexpected<ObjectError> error)
      : tl::expected<T, ObjectError>(std::move(error)) {}
};

ObjectError no_such_bucket();
ObjectError no_such_key();
ObjectError no_such_version();
ObjectError access_denied();
/// 500 InternalError with what the operating system said.
ObjectError internal_error(std::string message);

/// The error as an optimized integration tells it to a workflow (dialect of the Java SDK 1, as
/// recorded for others): "MESSAGE (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey;
/// Request ID: ID; S3 Extended Request ID: ID; Proxy: null)".
std::string cause_of(const ObjectError& error);

/// The bytes of one object, in order.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  /// Up to `bytes` (> 0) into `buffer`; 0 is the end. May block. A failed reader stays failed.
  virtual ObjectResult<size_t> read(char* buffer, size_t bytes) = 0;
  /// With its quotes, as in the header: "\"d41d8cd98f00b204e9800998ecf8427e\"". "" if unknown.
  virtual std::string etag() const { return {}; }
};

/// One object while it is written. What is not committed leaves no trace.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual ObjectResult<void> append(std::string_view bytes) = 0;
  /// Makes the object visible, whole, in place of an older one; once, as the last call.
  virtual ObjectResult<void> commit() = 0;
};

struct ObjectAddress {
  std::string bucket;
  std::string key;
  std::string version_id = {};             ///< VersionId; "" is the latest
  std::string expected_bucket_owner = {};  ///< ExpectedBucketOwner; "" is any
};

/// An entry of ListObjectsV2.
struct ListedObject {
  std::string key;
  std::string etag;  ///< with quotes
  base::Timestamp last_modified;
  uint64_t size_bytes = 0;
  std::string storage_class = "STANDARD";
};

struct ListRequest {
  std::string bucket;
  std::string prefix = {};
  std::string start_after = {};
  std::string continuation = {};  ///< ListedPage::continuation of the page before; "": the first
  std::string expected_bucket_owner = {};
  size_t objects_max = 1'000;  ///< per page; S3 gives no more than 1,000
};

struct ListedPage {
  std::vector<ListedObject> objects;  ///< in the order of the UTF-8 bytes of their keys
  std::optional<std::string> continuation;
};

/// Thread-safe; the readers and writers it hands out belong to one thread at a time and do not
/// outlive the store. Every call may block on disk or network: not for an engine's thread.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  /// Errors: NoSuchBucket, NoSuchKey, NoSuchVersion, AccessDenied.
  virtual ObjectResult<std::unique_ptr<ObjectReader>> get(const ObjectAddress& address) = 0;
  /// Errors: NoSuchBucket, AccessDenied.
  virtual ObjectResult<ListedPage> list(const ListRequest& request) = 0;
  /// Errors: NoSuchBucket, AccessDenied, KeyTooLongError; those of a full disk come from append()
  /// or commit().
  virtual ObjectResult<std::unique_ptr<ObjectWriter>> create(const ObjectAddress& address) = 0;
  /// The whole object at once.
  ObjectResult<void> put(const ObjectAddress& address, std::string_view bytes);
};

}  // namespace pawl::items
