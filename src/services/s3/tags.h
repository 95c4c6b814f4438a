// SPDX-License-Identifier: Apache-2.0
// Tag sets of buckets and objects: S3's rules for them.
#pragma once

#include "aws/api_error.h"
#include "json/value.h"
#include "services/s3/records.h"

namespace pawl::s3 {

/// SystemBucket: as Bucket, by a service that may give "aws:…" tags.
enum class TagOwner { Bucket, NewBucket, Object, SystemBucket };

/// The pairs of a list of {"Key","Value"}. Errors: MalformedXML, InvalidTag, BadRequest (too many).
aws::ApiResult<Pairs> read_tags(std::span<const json::Value> list, TagOwner owner);
/// x-amz-tagging. Errors: InvalidArgument, InvalidTag, BadRequest.
aws::ApiResult<Pairs> read_tagging_header(std::string_view text);
/// [{"Key":…,"Value":…}].
json::Value tag_list(const Pairs& tags);

}  // namespace pawl::s3
