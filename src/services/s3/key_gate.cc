// SPDX-License-Identifier: Apache-2.0
#include "services/s3/key_gate.h"

#include <memory>
#include <utility>

#include "aws/service/kms_key.h"
#include "services/s3/encryption.h"
#include "services/s3/input.h"
#include "services/s3/request_context.h"

namespace pawl::s3 {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

struct Held {
  aws::Request request;
  aws::Reply reply;
};

aws::KeyQuestion question(const aws::Principal& principal, const std::string& region,
                          const std::string& key, aws::KeyUse use) {
  return {"s3.amazonaws.com", principal, region, key, use};
}

ApiError as_s3_error(const ApiError& of_kms) {
  if (of_kms.code == "AccessDeniedException")
    return {"AccessDenied", of_kms.message.value_or("Access Denied"), 403};
  return {"KMS." + of_kms.code, of_kms.message.value_or(""), 400};
}

}  // namespace

void KeyGate::write(aws::Request request, aws::Reply reply, const Action& action) const {
  // What is wrong with the request the action says.
  const ApiResult<Bucket> bucket = open_bucket(storage_, request, Access::Write);
  if (!bucket) return action(std::move(request), std::move(reply));
  const ApiResult<KeyWish> wish = read_key_wish(storage_, request, *bucket);
  if (!wish || wish->key_id.empty()) return action(std::move(request), std::move(reply));
  const aws::Principal principal = request.principal;
  auto held = std::make_shared<Held>(Held{std::move(request), std::move(reply)});
  aws::check_kms_key(storage_.caller(),
                     question(principal, bucket->region, wish->key_id, aws::KeyUse::Encrypt),
                     [held, action, wish = *wish](const ApiResult<std::string>& arn) {
                       if (!arn) {
                         held->reply(as_s3_error(arn.error()));
                         return;
                       }
                       Value& input = held->request.input;
                       input = input.with_member("ServerSideEncryption", Value(wish.algorithm))
                                   .with_member("SSEKMSKeyId", Value(*arn))
                                   .with_member("BucketKeyEnabled", Value(wish.bucket_key));
                       action(std::move(held->request), std::move(held->reply));
                     });
}

void KeyGate::read(aws::Request request, aws::Reply reply, const Action& action) const {
  const ApiResult<Bucket> bucket = open_bucket(storage_, request, Access::Read);
  if (!bucket) return action(std::move(request), std::move(reply));
  const Input input(request.input);
  const auto version = storage_.find(*bucket, input.text("Key"), input.text("VersionId"), "GET");
  const std::string key = version ? version->attributes.encryption.kms_key : "";
  if (key.empty()) return action(std::move(request), std::move(reply));
  const aws::Principal principal = request.principal;
  auto held = std::make_shared<Held>(Held{std::move(request), std::move(reply)});
  aws::check_kms_key(storage_.caller(),
                     question(principal, bucket->region, key, aws::KeyUse::Decrypt),
                     [held, action](const ApiResult<std::string>& arn) {
                       if (arn) {
                         action(std::move(held->request), std::move(held->reply));
                       } else {
                         held->reply(as_s3_error(arn.error()));
                       }
                     });
}

}  // namespace pawl::s3
