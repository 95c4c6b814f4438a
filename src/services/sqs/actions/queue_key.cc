// SPDX-License-Identifier: Apache-2.0
// The KMS key of a queue. Messages are not encrypted with it: KMS is asked whether it may be used.
#include <array>
#include <memory>
#include <utility>

#include "aws/service/kms_key.h"
#include "services/sqs/errors.h"
#include "services/sqs/sqs_service.h"

namespace pawl::sqs {
namespace {

struct ErrorName {
  std::string_view of_kms;
  std::string_view ours;
};
/// API SendMessage, "Errors".
constexpr std::array<ErrorName, 5> kErrors = {{{"NotFoundException", "KmsNotFound"},
                                               {"DisabledException", "KmsDisabled"},
                                               {"KMSInvalidStateException", "KmsInvalidState"},
                                               {"InvalidKeyUsageException", "KmsInvalidKeyUsage"},
                                               {"ThrottlingException", "KmsThrottled"}}};

aws::ApiError as_sqs_error(const aws::ApiError& of_kms) {
  std::string code = "KmsAccessDenied";
  for (const ErrorName& each : kErrors)
    if (each.of_kms == of_kms.code) code = each.ours;
  return {code, of_kms.message.value_or("")};
}

struct Held {
  aws::Request request;
  aws::Reply reply;
};

}  // namespace

void SqsService::with_queue_key(Request request, aws::Reply reply, const Action& action) {
  std::string key;
  if (options_.caller != nullptr) {
    if (const auto name = queue_of(request)) key = broker_->kms_key(*name);
  }
  if (key.empty()) {
    action(std::move(request), std::move(reply));
    return;
  }
  const aws::KeyUse use =
      request.operation->name == "ReceiveMessage" ? aws::KeyUse::Decrypt : aws::KeyUse::Encrypt;
  const aws::Principal principal = request.principal;
  const std::string region = request.region;
  auto held = std::make_shared<Held>(Held{std::move(request), std::move(reply)});
  aws::check_kms_key(*options_.caller, {"sqs.amazonaws.com", principal, region, key, use},
                     [held, action](const aws::ApiResult<std::string>& arn) {
                       if (arn) {
                         action(std::move(held->request), std::move(held->reply));
                         return;
                       }
                       aws::ApiError error = as_sqs_error(arn.error());
                       if (is_query(held->request))
                         dress_for_query(*held->request.operation, error);
                       held->reply(std::move(error));
                     });
}

}  // namespace pawl::sqs
