// SPDX-License-Identifier: Apache-2.0
// Reading of AssumeRole's output, and the cache.
#include "aws/client/assumed_roles.h"
#include "json/members.h"

#include <algorithm>
#include <utility>

namespace pawl::aws {
namespace {

/// As botocore: with less left, new ones are asked for.
constexpr int64_t kRefreshMs = 300'000;
constexpr size_t kRolesMax = 1'000;

}  // namespace

void AssumedRoles::get(const std::string& role_arn, base::Timestamp now, const Assume& assume,
                       Receiver receiver) {
  const auto found = roles_.find(role_arn);
  if (found != roles_.end() && found->second.waiting.empty() &&
      found->second.expires.ms - kRefreshMs > now.ms) {
    return receiver(found->second.credentials);
  }
  if (found == roles_.end()) make_room();
  std::vector<Receiver>& waiting = roles_[role_arn].waiting;
  waiting.push_back(std::move(receiver));
  if (waiting.size() > 1) return;
  assume([this, role_arn](const ApiResult<json::Value>& output) { take(role_arn, output); });
}

void AssumedRoles::take(const std::string& role_arn, const ApiResult<json::Value>& output) {
  Role& role = roles_[role_arn];
  ApiResult<Credentials> result = Credentials();
  const json::Value* given = output ? output->find("Credentials") : nullptr;
  double expires = 0;
  if (!output) {
    result = output.error();
  } else if (given == nullptr || !given->is_object() ||
             text_member(*given, "AccessKeyId").empty()) {
    result = ApiError("SdkClientException", "AssumeRole has answered without credentials.");
  } else {
    result->access_key_id = text_member(*given, "AccessKeyId");
    result->secret_access_key = text_member(*given, "SecretAccessKey");
    result->session_token = text_member(*given, "SessionToken");
    if (const json::Value* at = given->find("Expiration"); at != nullptr && at->is_number()) {
      expires = at->as_double();
    }
  }
  const std::vector<Receiver> waiting = std::exchange(role.waiting, {});
  if (result) {
    role.credentials = *result;
    role.expires = {static_cast<int64_t>(expires * 1'000)};
  } else {
    roles_.erase(role_arn);
  }
  for (const Receiver& receiver : waiting) receiver(result);
}

/// What expires first goes first; what is being asked for stays.
void AssumedRoles::make_room() {
  if (roles_.size() < kRolesMax) return;
  auto oldest = roles_.end();
  for (auto role = roles_.begin(); role != roles_.end(); ++role) {
    if (!role->second.waiting.empty()) continue;
    if (oldest == roles_.end() || role->second.expires < oldest->second.expires) oldest = role;
  }
  if (oldest != roles_.end()) roles_.erase(oldest);
}

}  // namespace pawl::aws
