// SPDX-License-Identifier: Apache-2.0
// What every action asks of its request first: which bucket, whose, and who is asking.
#pragma once

#include <string>
#include <string_view>

#include "aws/service/request.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

/// What an action needs of a bucket that belongs to another account.
enum class Access { Read, Write, Own };

/// The bucket that the request names. Errors: NoSuchBucket, InvalidBucketOwnerAWSAccountID,
/// AccessDenied (another owner than ExpectedBucketOwner; another account's).
aws::ApiResult<Bucket> open_bucket(const Storage& storage, const aws::Request& request,
                                   Access access);
/// A copy's source, by its own header for the owner that is expected.
aws::ApiResult<Bucket> open_source_bucket(const Storage& storage, const aws::Request& request,
                                          std::string_view name);

/// Whether the bucket takes the ACL: its ownership controls and public access block say so.
/// Errors: AccessControlListNotSupported, AccessDenied.
aws::ApiResult<void> check_acl_allowed(const Storage& storage, const Bucket& bucket,
                                       const json::Value& acl);

/// KeyTooLongError above 1,024 bytes.
aws::ApiResult<void> check_key(std::string_view key);

EventOrigin origin_of(const aws::Request& request);

/// The text of a header that the model may not know; inside the process, of the member's.
std::string header_or_member(const aws::Request& request, std::string_view header,
                             std::string_view member);

}  // namespace pawl::s3
