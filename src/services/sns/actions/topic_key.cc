// SPDX-License-Identifier: Apache-2.0
// The KMS key of a topic. Messages are not encrypted with it: KMS is asked whether it may be used.
#include <array>
#include <memory>
#include <utility>

#include "aws/service/kms_key.h"
#include "services/sns/service.h"
#include "services/sns/topic_attributes.h"

namespace pawl::sns {
namespace {

struct ErrorName {
  std::string_view of_kms;
  std::string_view ours;
};
/// API Publish, "Errors".
constexpr std::array<ErrorName, 4> kErrors = {{{"NotFoundException", "KMSNotFound"},
                                               {"DisabledException", "KMSDisabled"},
                                               {"KMSInvalidStateException", "KMSInvalidState"},
                                               {"ThrottlingException", "KMSThrottling"}}};

aws::ApiError as_sns_error(const aws::ApiError& of_kms) {
  std::string code = "KMSAccessDenied";
  for (const ErrorName& each : kErrors)
    if (each.of_kms == of_kms.code) code = each.ours;
  return {code, of_kms.message.value_or(""), 400};
}

struct Held {
  aws::Request request;
  aws::Reply reply;
};

}  // namespace

void SnsService::with_topic_key(aws::Request request, aws::Reply reply, Action action) {
  const auto answer = [this, action](const aws::Request& asked, aws::Reply& to) {
    aws::ActionResult result = (this->*action)(asked);
    if (result) result->after_sync = true;
    to(std::move(result));
  };
  const char* const member = request.input.find("TopicArn") != nullptr ? "TopicArn" : "TargetArn";
  const bool has_topic = request.input.find(member) != nullptr;
  std::string key;
  if (has_topic) {
    if (const auto topic = find_topic(request, member))
      key = attribute(topic->attributes, "KmsMasterKeyId");
  }
  if (key.empty()) {
    answer(request, reply);
    return;
  }
  const aws::Principal principal = request.principal;
  const std::string region = request.region;
  auto held = std::make_shared<Held>(Held{std::move(request), std::move(reply)});
  aws::check_kms_key(options_.caller,
                     {"sns.amazonaws.com", principal, region, key, aws::KeyUse::Encrypt},
                     [held, answer](const aws::ApiResult<std::string>& arn) {
                       if (arn) {
                         answer(held->request, held->reply);
                       } else {
                         held->reply(as_sns_error(arn.error()));
                       }
                     });
}

}  // namespace pawl::sns
