// SPDX-License-Identifier: Apache-2.0
// IamAuthorizer: whether a caller's policies allow a request, and AWS's words when they do not.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "aws/service/identities.h"
#include "services/iam/principal_policies.h"

namespace pawl::iam {

/// The root of an account and services that act by themselves may do everything; whoever has no
/// policies nothing. Resource policies are not asked (docs/differences.md, "IAM").
class IamAuthorizer final : public aws::Authorizer {
 public:
  /// `identities` tells the sessions of keys. It must outlive this.
  IamAuthorizer(std::shared_ptr<Directory> directory, aws::Identities& identities)
      : directory_(std::move(directory)), identities_(identities) {}

  aws::ApiResult<void> authorize(const aws::Request& request) override;
  aws::ApiResult<void> authorize_action(const aws::Principal& principal, const std::string& region,
                                        const std::string& action, const std::string& resource,
                                        base::Timestamp now) override;
  aws::ApiResult<void> authorize_assumption(const aws::Principal& principal,
                                            const aws::AssumableRole& role,
                                            const std::string& action,
                                            const std::string& federated) override;

 private:
  /// Who a principal is to policies, and which decide.
  struct Caller {
    std::string base_arn = {};
    std::shared_ptr<const PrincipalPolicies> policies = {};
    std::shared_ptr<const PrincipalPolicies> session = {};  ///< null: no session policies
    aws::RequestContext context = {};
  };

  aws::ApiResult<Caller> find_caller(const aws::Principal& principal, std::string_view region,
                                     base::Timestamp now);
  aws::ApiResult<std::shared_ptr<const PrincipalPolicies>> policies_of_arn(const std::string& arn);
  static aws::PolicySet set_of(const Caller& caller);
  aws::ApiResult<void> check_access(const aws::Request& request);
  /// Whether the service that is to work under a role may assume it. Errors: the service's own.
  aws::ApiResult<void> check_trust(const aws::Request& request);

  std::shared_ptr<Directory> directory_;
  aws::Identities& identities_;
  std::mutex mutex_;
  uint64_t generation_ = 0;  ///< of what is known; guarded by mutex_, as what follows
  std::map<std::string, std::shared_ptr<const PrincipalPolicies>, std::less<>> known_;
};

}  // namespace pawl::iam
