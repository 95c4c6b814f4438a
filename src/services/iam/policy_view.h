// SPDX-License-Identifier: Apache-2.0
// How answers show managed policies, a customer's or AWS's.
#pragma once

#include "services/iam/entity.h"

namespace pawl::iam {

json::Value shown_policy(const json::Value& record, int64_t attachments, int64_t boundaries);
/// The record that AWS's policy would have.
json::Value managed_record(const ManagedPolicy& policy);
/// With how often the account uses it.
aws::ApiResult<json::Value> counted_policy(IamService& service, const std::string& account,
                                           const json::Value& record);
json::Value shown_version(const json::Value& policy, const json::Value& version, bool has_document);

}  // namespace pawl::iam
