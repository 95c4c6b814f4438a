// SPDX-License-Identifier: Apache-2.0
#include "aws/service/kms_key.h"

#include "aws/service/input_members.h"

namespace pawl::aws {

void check_kms_key(Caller& caller, const Principal& principal, const std::string& region,
                   const std::string& key_id,
                   std::function<void(ApiResult<std::string> arn)> receiver) {
  json::ObjectBuilder input;
  input.set("KeyId", json::Value(key_id)).set("KeySpec", json::Value("AES_256"));
  Call call{.service = "kms",
            .operation = "GenerateDataKeyWithoutPlaintext",
            .input = std::move(input).build(),
            .region = region,
            .principal = principal};
  caller.call(std::move(call), [receiver = std::move(receiver)](ApiResult<json::Value> made) {
    if (made) {
      receiver(text_member(*made, "KeyId"));
    } else {
      receiver(std::move(made).error());
    }
  });
}

}  // namespace pawl::aws
