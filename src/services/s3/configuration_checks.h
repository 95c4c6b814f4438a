// SPDX-License-Identifier: Apache-2.0
// What S3 demands of each configuration of a bucket, and what it makes of it. One function a kind.
#pragma once

#include <functional>
#include <string_view>

#include "aws/service/request.h"
#include "json/value.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

/// A configuration as it was put.
struct PutContext {
  Storage& storage;
  const Bucket& bucket;
  const aws::Request& request;
};

/// The configuration as it is to be kept; null: it goes. Errors: S3's.
using ConfigurationCheck = aws::ApiResult<json::Value> (*)(const PutContext& context,
                                                           const json::Value& given);

aws::ApiResult<json::Value> check_cors(const PutContext& context, const json::Value& given);
aws::ApiResult<json::Value> check_tagging(const PutContext& context, const json::Value& given);
aws::ApiResult<json::Value> check_encryption(const PutContext& context, const json::Value& given);
aws::ApiResult<json::Value> check_lifecycle_put(const PutContext& context,
                                                const json::Value& given);
aws::ApiResult<json::Value> check_public_access(const PutContext& context,
                                                const json::Value& given);
aws::ApiResult<json::Value> check_ownership_controls(const PutContext& context,
                                                     const json::Value& given);
aws::ApiResult<json::Value> check_website(const PutContext& context, const json::Value& given);
aws::ApiResult<json::Value> check_logging(const PutContext& context, const json::Value& given);
aws::ApiResult<json::Value> check_acceleration(const PutContext& context, const json::Value& given);
aws::ApiResult<json::Value> check_request_payment(const PutContext& context,
                                                  const json::Value& given);
aws::ApiResult<json::Value> check_replication(const PutContext& context, const json::Value& given);
aws::ApiResult<json::Value> check_object_lock(const PutContext& context, const json::Value& given);
/// Analytics, intelligent tiering, inventory, metrics: the id is the request's.
aws::ApiResult<json::Value> check_with_id(const PutContext& context, const json::Value& given);

}  // namespace pawl::s3
