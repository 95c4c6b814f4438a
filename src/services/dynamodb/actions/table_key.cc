// SPDX-License-Identifier: Apache-2.0
// The KMS key of a table. Items are not encrypted with it: KMS is asked whether it may be used.
#include <memory>
#include <utility>

#include "aws/service/kms_key.h"
#include "services/dynamodb/service.h"

namespace pawl::dynamodb {

using json::Value;

namespace {

constexpr const char* kManagedKey = "alias/aws/dynamodb";

struct Held {
  aws::Request request;
  aws::Reply reply;
};

/// The key that SSESpecification wants; "" if it wants none, or is to be refused without KMS.
std::string wanted_key(const Value& input) {
  const Value* sse = input.find("SSESpecification");
  if (sse == nullptr) return "";
  const Value* enabled = sse->find("Enabled");
  const Value* type = sse->find("SSEType");
  const Value* key = sse->find("KMSMasterKeyId");
  if (enabled == nullptr || !enabled->is_boolean() || !enabled->as_boolean()) return "";
  const bool is_kms = type != nullptr && type->is_string() && type->as_string() == "KMS";
  if (key != nullptr && key->is_string()) return is_kms ? std::string(key->as_string()) : "";
  return is_kms || type == nullptr ? kManagedKey : "";
}

}  // namespace

void DynamoDbService::with_table_key(Request request, aws::Reply reply, Action then) {
  const auto answer = [this, then](const Request& asked, aws::Reply& to) {
    ActionResult result = (this->*then)(asked);
    if (result) result->after_sync = true;
    to(std::move(result));
  };
  const std::string key = caller_ != nullptr ? wanted_key(request.input) : "";
  if (key.empty()) {
    answer(request, reply);
    return;
  }
  const aws::Principal principal = request.principal;
  const std::string region = request.region;
  auto held = std::make_shared<Held>(Held{std::move(request), std::move(reply)});
  aws::check_kms_key(
      *caller_, {"dynamodb.amazonaws.com", principal, region, key, aws::KeyUse::Encrypt},
      [held, answer](const aws::ApiResult<std::string>& arn) {
        if (!arn) {
          held->reply(aws::validation_exception("One or more parameter values were invalid: " +
                                                arn.error().message.value_or(arn.error().code)));
          return;
        }
        Value& input = held->request.input;
        const Value named = input.find("SSESpecification")
                                ->with_member("SSEType", Value("KMS"))
                                .with_member("KMSMasterKeyId", Value(*arn));
        input = input.with_member("SSESpecification", named);
        answer(held->request, held->reply);
      });
}

}  // namespace pawl::dynamodb
