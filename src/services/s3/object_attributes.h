// SPDX-License-Identifier: Apache-2.0
// What requests say of an object besides its bytes, and what answers tell of it: system headers,
// user metadata, tags, storage class, encryption, access, locks.
#pragma once

#include <string>

#include "aws/service/request.h"
#include "json/value.h"
#include "services/s3/request_context.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

/// Of PutObject, CreateMultipartUpload, CopyObject. What the request does not say comes from the
/// bucket (encryption, default retention).
aws::ApiResult<Attributes> read_attributes(Storage& storage, const aws::Request& request,
                                           const Bucket& bucket);
/// Only the encryption: that of UploadPart and of reads. SSE-C parameters are checked.
struct CustomerKey {
  bool is_given = false;
  std::string md5;
};
aws::ApiResult<CustomerKey> read_customer_key(const aws::Request& request);
/// A read of `version` must bring the key it was encrypted with. Errors: InvalidRequest,
/// AccessDenied.
aws::ApiResult<void> check_customer_key(const aws::Request& request, const ObjectVersion& version);

/// x-amz-object-lock-mode and its like. Errors: InvalidArgument, InvalidRequest.
aws::ApiResult<void> read_lock(Storage& storage, const aws::Request& request, const Bucket& bucket,
                               Attributes& attributes);

/// ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled, SSECustomer….
void tell_encryption(const Encryption& encryption, json::ObjectBuilder& out);
/// Checksum… and ChecksumType.
void tell_checksum(const Checksum& checksum, json::ObjectBuilder& out);
/// VersionId, if the bucket's versioning shows it.
void tell_version(const Bucket& bucket, const ObjectVersion& version, json::ObjectBuilder& out);
/// All of GetObject and HeadObject but what depends on a range. Headers that the model types too
/// narrowly go into `headers`.
aws::ApiResult<void> tell_object(Storage& storage, const Bucket& bucket,
                                 const ObjectVersion& version, json::ObjectBuilder& out,
                                 aws::Headers& headers);
/// Expiration, if a lifecycle rule says so.
aws::ApiResult<void> tell_expiration(Storage& storage, const ObjectVersion& version,
                                     json::ObjectBuilder& out);

/// The entity tag of a new object of one part: its MD5, or under KMS and SSE-C none that could be
/// computed.
std::string etag_of(const std::string& md5, const Encryption& encryption);

/// "\"…\"".
std::string quoted(std::string_view etag);

}  // namespace pawl::s3
