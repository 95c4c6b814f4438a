// SPDX-License-Identifier: Apache-2.0
// Lifecycle rules (S3 User Guide, "Managing the lifecycle of objects"): their checks, and what they
// say of one version. Pure; lifecycle_run.h applies them.
#pragma once

#include <optional>
#include <string>

#include "aws/api_error.h"
#include "base/time.h"
#include "json/value.h"
#include "services/s3/records.h"

namespace pawl::s3 {

/// The rules as they are kept: ids are given to those without. Errors: MalformedXML,
/// InvalidArgument, InvalidRequest.
aws::ApiResult<json::Value> check_lifecycle(const json::Value& configuration);

/// When and by which rule the latest version of a key expires; nullopt: never.
struct Expiry {
  base::Timestamp time;
  std::string rule_id;
};
std::optional<Expiry> expiry_of(const json::Value& configuration, const ObjectVersion& version);
/// x-amz-expiration.
std::string expiration_header(const Expiry& expiry);

/// Days after which versions that are no longer the latest go, and how many newer ones of them
/// stay; nullopt: no enabled rule for this key says so.
struct NoncurrentRule {
  int64_t days = 0;
  int64_t kept = 0;
};
std::optional<NoncurrentRule> noncurrent_rule_of(const json::Value& configuration,
                                                 const ObjectVersion& version);
/// Whether a delete marker without any version below it goes.
bool removes_lone_markers(const json::Value& configuration, const ObjectVersion& marker);
/// Days after which an upload that has not been completed is aborted.
std::optional<int64_t> abort_days_of(const json::Value& configuration, const Upload& upload);

}  // namespace pawl::s3
