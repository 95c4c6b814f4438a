// SPDX-License-Identifier: Apache-2.0
// IamIdentities: who an access key is, by the store; and keys for sessions.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "aws/service/identities.h"
#include "services/iam/service.h"

namespace pawl::iam {

class IamIdentities final : public aws::Identities {
 public:
  explicit IamIdentities(std::shared_ptr<Directory> directory) : directory_(std::move(directory)) {}

  aws::ApiResult<std::optional<Identity>> find_key(std::string_view access_key_id) override;
  aws::ApiResult<aws::AccessKey> issue(const aws::Session& session, base::Timestamp now,
                                       int64_t seconds) override;
  aws::ApiResult<aws::AccessKey> standing_session(const std::string& role_arn,
                                                  const std::string& name) override;
  aws::ApiResult<std::optional<aws::AssumableRole>> find_role(const std::string& role_arn) override;

 private:
  aws::ApiResult<std::optional<Identity>> read_key(std::string_view access_key_id) const;

  std::shared_ptr<Directory> directory_;
  std::mutex mutex_;
  uint64_t generation_ = 0;  ///< of what is known; guarded by mutex_, as what follows
  std::map<std::string, Identity, std::less<>> known_;
};

/// The session of a role by its ARN and name, whether or not the role is there.
aws::Session role_session(const std::string& role_arn, const std::string& role_id,
                          const std::string& name);

}  // namespace pawl::iam
