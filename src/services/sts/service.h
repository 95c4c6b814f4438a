// SPDX-License-Identifier: Apache-2.0
// StsService: AWS Security Token Service (API reference 2011-06-15): who asks, and credentials for
// a while. Who has which keys and may become what is asked of ports (aws/service/identities.h).
#pragma once

#include "aws/service/action_table.h"
#include "aws/service/identities.h"

namespace pawl::sts {

/// Actions may run on any thread at once. Differences from AWS: docs/differences.md, "STS".
class StsService final : public aws::Service {
 public:
  /// All must outlive the service.
  struct Options {
    aws::Identities& identities;
    /// Null: nobody is kept from assuming a role, nor is the role looked for.
    aws::Authorizer* authorizer = nullptr;
    /// Whether identity tokens are believed, whose signatures are not checked here.
    bool believes_tokens = false;
  };

  explicit StsService(const Options& options) : options_(options) {}

  void bind(aws::ActionTable& table) override;

 private:
  aws::ActionResult get_caller_identity(const aws::Request& request);
  aws::ActionResult get_access_key_info(const aws::Request& request);
  aws::ActionResult decode_authorization_message(const aws::Request& request);
  aws::ActionResult assume_role(const aws::Request& request);
  aws::ActionResult assume_role_with_web_identity(const aws::Request& request);
  aws::ActionResult get_session_token(const aws::Request& request);
  aws::ActionResult get_federation_token(const aws::Request& request);

  /// The role, if it is there or must be. Errors: AccessDenied, ValidationError.
  aws::ApiResult<aws::AssumableRole> find_role(const aws::Request& request,
                                               const std::string& action,
                                               const std::string& federated);
  aws::ActionResult issue_for_role(const aws::Request& request, const aws::AssumableRole& role,
                                   aws::Session session, json::ObjectBuilder output);

  Options options_;
};

}  // namespace pawl::sts
