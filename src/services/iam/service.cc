// SPDX-License-Identifier: Apache-2.0
#include "services/iam/service.h"

#include "aws/service/validation.h"
#include "services/iam/entity.h"

namespace pawl::iam {

namespace {

/// Names and paths have a check of their own before those of the model, and words of their own.
aws::ApiResult<void> check_input(const aws::Request& request) {
  for (const char* member : {"UserName", "GroupName", "RoleName", "PolicyName",
                             "InstanceProfileName", "ServerCertificateName"}) {
    if (const auto name = find_text(request.input, member))
      PAWL_TRY_VOID(check_name(member, *name));
  }
  for (const char* member : {"Path", "NewPath"}) PAWL_TRY_VOID(path_member(request.input, member));
  const aws::Shape* input = request.operation->input;
  return input == nullptr ? aws::ApiResult<void>() : aws::validate(request.input, *input, false);
}

}  // namespace

void IamService::bind(aws::ActionTable& table, std::span<const Operation> operations) {
  for (const Operation& operation : operations) {
    table.on_async(operation.name, [this, action = operation.action, writes = operation.is_write](
                                       const aws::Request& request, aws::Reply reply) {
      if (auto valid = check_input(request); !valid) return reply(std::move(valid).error());
      if (!writes) return reply(action(*this, request));
      aws::ActionResult result = aws::Output();
      {
        const std::lock_guard lock(directory_->changing);
        result = action(*this, request);
      }
      if (result) result->after_sync = true;
      reply(std::move(result));
    });
  }
}

void IamService::bind(aws::ActionTable& table) {
  table.without_validation();  // check_input() does it
  for (const auto operations :
       {user_operations(), group_operations(), role_operations(), service_linked_role_operations(),
        managed_policy_operations(), policy_listing_operations(), attachment_operations(),
        inline_policy_operations(), instance_profile_operations(), access_key_operations(),
        user_credential_operations(), user_key_operations(), mfa_operations(),
        provider_operations(), certificate_operations(), account_operations(),
        authorization_detail_operations(), simulation_operations(), tag_operations()})
    bind(table, operations);
}

aws::ActionResult IamService::commit(const aws::Request& request, const store::Batch& batch,
                                     aws::Output output) {
  request.keep_answer(output.value);
  PAWL_TRY_VOID(store().commit(batch));
  ++directory_->generation;
  return output;
}

}  // namespace pawl::iam
