// SPDX-License-Identifier: Apache-2.0
#include "aws/service/kms_key.h"

#include <memory>
#include <utility>

#include "aws/service/input_members.h"

namespace pawl::aws {
namespace {

struct Asking {
  Caller& caller;
  KeyQuestion question;
  std::function<void(ApiResult<std::string>)> receiver;
  std::string arn = {};

  Principal service() const {
    return service_principal(question.principal.account_id, question.service);
  }
};

using Then = std::function<void(const std::shared_ptr<Asking>&, const json::Value&)>;

/// One call; an error is the answer to the question.
void ask(const std::shared_ptr<Asking>& asking, const std::string& operation, json::Value input,
         Principal principal, Then then) {
  Call call{.service = "kms",
            .operation = operation,
            .input = std::move(input),
            .region = asking->question.region,
            .principal = std::move(principal)};
  asking->caller.call(std::move(call),
                      [asking, then = std::move(then)](const ApiResult<json::Value>& answer) {
                        if (answer) {
                          then(asking, *answer);
                        } else {
                          asking->receiver(answer.error());
                        }
                      });
}

json::Value data_key_input(const std::string& arn) {
  json::ObjectBuilder input;
  input.set("KeyId", json::Value(arn)).set("KeySpec", json::Value("AES_256"));
  return std::move(input).build();
}

void answer(const std::shared_ptr<Asking>& asking, const json::Value&) {
  asking->receiver(asking->arn);
}

/// The service makes what its caller is to open.
void ask_to_open(const std::shared_ptr<Asking>& asking, const json::Value& made) {
  json::ObjectBuilder input;
  input.set("KeyId", json::Value(asking->arn))
      .set("CiphertextBlob", json::Value(text_member(made, "CiphertextBlob")));
  ask(asking, "Decrypt", std::move(input).build(), asking->question.principal, answer);
}

void ask_for_use(const std::shared_ptr<Asking>& asking, const json::Value& described) {
  const json::Value* metadata = described.find("KeyMetadata");
  if (metadata == nullptr) {
    asking->receiver(internal_failure("KMS described no key"));
    return;
  }
  asking->arn = text_member(*metadata, "Arn");
  const bool is_managed = text_member(*metadata, "KeyManager") == "AWS";
  if (is_managed || asking->question.use == KeyUse::Encrypt) {
    ask(asking, "GenerateDataKey", data_key_input(asking->arn),
        is_managed ? asking->service() : asking->question.principal, answer);
  } else {
    ask(asking, "GenerateDataKeyWithoutPlaintext", data_key_input(asking->arn), asking->service(),
        ask_to_open);
  }
}

}  // namespace

void check_kms_key(Caller& caller, KeyQuestion question,
                   std::function<void(ApiResult<std::string> arn)> receiver) {
  json::ObjectBuilder input;
  input.set("KeyId", json::Value(question.key_id));
  const auto asking =
      std::make_shared<Asking>(Asking{caller, std::move(question), std::move(receiver)});
  ask(asking, "DescribeKey", std::move(input).build(), asking->service(), ask_for_use);
}

}  // namespace pawl::aws
