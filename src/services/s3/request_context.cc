// SPDX-License-Identifier: Apache-2.0
#include "services/s3/request_context.h"

#include <algorithm>

#include "aws/signing/canonical_request.h"
#include "base/integer.h"
#include "json/parse.h"
#include "services/s3/acl.h"
#include "services/s3/bucket_policy.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"

namespace pawl::s3 {
namespace {

using aws::ApiResult;

constexpr size_t kKeyBytesMax = 1'024;
constexpr size_t kAccountDigits = 12;

ApiResult<void> check_owner(const Bucket& bucket, const std::string& expected) {
  if (expected.empty()) return {};
  const bool is_account =
      expected.size() == kAccountDigits &&
      std::all_of(expected.begin(), expected.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_account) {
    return error("InvalidBucketOwnerAWSAccountID",
                 "The value of the expected bucket owner parameter must be an AWS Account ID... [" +
                     expected + "]",
                 400);
  }
  if (expected != bucket.account) return access_denied();
  return {};
}

/// A presigned URL ends also where nobody's signatures are checked.
ApiResult<void> check_not_expired(const Storage& storage, const aws::Request& request) {
  constexpr std::string_view kExpires = "X-Amz-Expires";
  if (request.http == nullptr || request.http->query.find(kExpires) == std::string::npos) return {};
  const auto parameters = aws::parse_query(request.http->query, false);
  const std::string* seconds = aws::find_parameter(parameters, kExpires);
  const std::string* date = aws::find_parameter(parameters, "X-Amz-Date");
  const auto lifetime = seconds == nullptr ? std::nullopt : base::parse_int64(*seconds);
  const auto signed_at = date == nullptr ? std::nullopt : aws::parse_amz_date(*date);
  if (!lifetime || !signed_at) return {};
  const base::Timestamp now = storage.now();
  const base::Timestamp end{signed_at->ms + *lifetime * 1'000};
  if (now <= end) return {};
  return error("AccessDenied", "Request has expired", 403,
               {{kExpires, *seconds},
                {"Expires", base::format_iso8601(end)},
                {"ServerTime", base::format_iso8601(now)}});
}

/// Another account's bucket is open to what its ACL or policy grants.
ApiResult<void> check_access(const Storage& storage, const Bucket& bucket,
                             const aws::Request& request, Access access) {
  if (bucket.account == request.account_id()) return {};
  if (access == Access::Own) return access_denied();
  const auto acl = PAWL_TRY(storage.metadata().configuration(bucket.name, "acl"));
  if (acl) {
    const auto parsed = json::parse(*acl);
    if (parsed && grants_all(*parsed, access == Access::Read ? "READ" : "WRITE")) return {};
  }
  const auto policy = PAWL_TRY(storage.metadata().configuration(bucket.name, "policy"));
  if (policy) {
    const std::string key = Input(request.input).text("Key");
    const std::string resource = "arn:aws:s3:::" + bucket.name + (key.empty() ? "" : "/" + key);
    if (policy_allows(*policy, request.account_id(), "s3:" + request.operation->name, resource)) {
      return {};
    }
  }
  return access_denied();
}

}  // namespace

ApiResult<Bucket> open_bucket(const Storage& storage, const aws::Request& request, Access access) {
  const Input input(request.input);
  PAWL_TRY_VOID(check_not_expired(storage, request));
  Bucket bucket = PAWL_TRY(storage.bucket(input.text("Bucket")));
  PAWL_TRY_VOID(check_owner(bucket, input.text("ExpectedBucketOwner")));
  PAWL_TRY_VOID(check_access(storage, bucket, request, access));
  return bucket;
}

ApiResult<Bucket> open_source_bucket(const Storage& storage, const aws::Request& request,
                                     std::string_view name) {
  Bucket bucket = PAWL_TRY(storage.bucket(name));
  PAWL_TRY_VOID(check_owner(bucket, Input(request.input).text("ExpectedSourceBucketOwner")));
  PAWL_TRY_VOID(check_access(storage, bucket, request, Access::Read));
  return bucket;
}

ApiResult<void> check_acl_allowed(const Storage& storage, const Bucket& bucket,
                                  const json::Value& acl) {
  const auto controls =
      PAWL_TRY(storage.metadata().configuration(bucket.name, "ownership-controls"));
  if (controls && controls->find("BucketOwnerEnforced") != std::string::npos &&
      !is_owners_own(acl)) {
    return error("AccessControlListNotSupported", "The bucket does not allow ACLs", 400);
  }
  const auto block = PAWL_TRY(storage.metadata().configuration(bucket.name, "public-access-block"));
  const auto parsed = block ? json::parse(*block) : json::parse("{}");
  if (parsed && Input(*parsed).is_true("BlockPublicAcls") &&
      (grants_all(acl, "READ") || grants_all(acl, "WRITE"))) {
    return access_denied();
  }
  return {};
}

ApiResult<void> check_key(std::string_view key) {
  if (key.size() <= kKeyBytesMax) return {};
  return error(
      "KeyTooLongError", "Your key is too long", 400,
      {{"MaxSizeAllowed", std::to_string(kKeyBytesMax)}, {"Size", std::to_string(key.size())}});
}

EventOrigin origin_of(const aws::Request& request) {
  EventOrigin origin;
  origin.account = request.account_id();
  origin.principal_arn = request.principal.arn;
  origin.user_id = request.principal.user_id;
  origin.request_id = request.request_id;
  origin.reason = request.operation->name;
  return origin;
}

std::string header_or_member(const aws::Request& request, std::string_view header,
                             std::string_view member) {
  if (request.http != nullptr) return std::string(request.http->headers.get(header));
  return Input(request.input).text(member);
}

}  // namespace pawl::s3
