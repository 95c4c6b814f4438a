// SPDX-License-Identifier: Apache-2.0
// Conditional requests (RFC 9110 section 13; S3 User Guide "Conditional requests"): for reads,
// for sources of copies, for writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/time.h"
#include "services/s3/records.h"

namespace pawl::s3 {

struct Conditions {
  std::string if_match;
  std::string if_none_match;
  std::optional<base::Timestamp> if_modified_since;
  std::optional<base::Timestamp> if_unmodified_since;
};

/// Whether `list` ("*", "\"a\", \"b\"", also without quotes) names the tag.
bool names_etag(std::string_view list, std::string_view etag);

enum class ReadVerdict { Go, NotModified };

/// GetObject, HeadObject. If-Match true hides If-Unmodified-Since, If-None-Match present hides
/// If-Modified-Since (RFC 9110 section 13.2.2); one that is later than `now` is none.
/// Errors: PreconditionFailed.
aws::ApiResult<ReadVerdict> check_read(const Conditions& conditions, const ObjectVersion& version,
                                       base::Timestamp now);

/// The x-amz-copy-source-if- headers; all that fail are PreconditionFailed.
aws::ApiResult<void> check_copy_source(const Conditions& conditions, const ObjectVersion& version,
                                       base::Timestamp now);

/// PutObject, CopyObject, CompleteMultipartUpload: If-None-Match may only be "*", If-Match only an
/// entity tag. Errors: NotImplemented.
aws::ApiResult<void> check_write_form(const Conditions& conditions);
/// `latest`: null if there is no object. Errors: PreconditionFailed, NoSuchKey.
aws::ApiResult<void> check_write(const Conditions& conditions, const ObjectVersion* latest,
                                 std::string_view key);

/// The bytes that a Range header asks for.
struct ByteRange {
  uint64_t first = 0;
  uint64_t length = 0;
};

/// nullopt: the header is no single range and is ignored (RFC 9110 section 14.2).
/// Errors: InvalidRange.
aws::ApiResult<std::optional<ByteRange>> parse_range(std::string_view header, uint64_t size);

/// x-amz-copy-source-range: "bytes=first-last" only. Errors: InvalidArgument, InvalidRequest.
aws::ApiResult<ByteRange> parse_copy_range(std::string_view header, uint64_t size);

}  // namespace pawl::s3
