// SPDX-License-Identifier: Apache-2.0
// Identities and Authorizer: who an access key is, and what that one may do. Ports: services/iam
// implements them; the gateway, the server's caller, STS and Lambda ask.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "base/time.h"

namespace pawl::aws {

/// What signs requests. `session_token` is "" for long-term keys.
struct AccessKey {
  std::string id = {};
  std::string secret = {};
  std::string session_token = {};
  base::Timestamp expires = {};  ///< 0: never
};

/// A session that temporary credentials stand for.
struct Session {
  std::string account_id = {};
  std::string arn = {};       ///< "arn:aws:sts::123456789012:assumed-role/role/name"
  std::string user_id = {};   ///< "AROA…:name"
  std::string base_arn = {};  ///< of the role or user whose policies count
  /// Session policies: what they do not allow is not allowed. nullopt: there are none.
  std::optional<std::vector<std::string>> policies = {};
  std::map<std::string, std::string> tags = {};  ///< in the spelling they were given
  std::vector<std::string> transitive_tags = {};
  std::string source_identity = {};
};

/// A role as STS needs it.
struct AssumableRole {
  std::string arn = {};
  std::string id = {};
  std::string trust_policy = {};
  int64_t max_session_seconds = 3'600;
};

/// Who has which keys. Thread-safe; answers from memory or the store.
class Identities {
 public:
  struct Identity {
    Principal principal;
    AccessKey key;
    bool is_active = true;
    std::optional<Session> session = {};
  };

  virtual ~Identities() = default;

  /// nullopt if the key is not one of ours. Cheap for what cannot be one.
  virtual ApiResult<std::optional<Identity>> find_key(std::string_view access_key_id) = 0;
  /// Temporary credentials for a session, on disk with the next sync.
  virtual ApiResult<AccessKey> issue(const Session& session, base::Timestamp now,
                                     int64_t seconds) = 0;
  /// The credentials of a role's session that a service holds for as long as it lives, the same
  /// for the same role and name: those of a function.
  virtual ApiResult<AccessKey> standing_session(const std::string& role_arn,
                                                const std::string& name) = 0;
  virtual ApiResult<std::optional<AssumableRole>> find_role(const std::string& role_arn) = 0;
};

/// Whether the caller of a request may make it. Thread-safe.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  /// Of a decoded request. Errors: AWS's for its service: AccessDeniedException, AccessDenied, …
  virtual ApiResult<void> authorize(const Request& request) = 0;
  /// The same of an action by itself: "lambda:InvokeFunction" on an ARN.
  /// Errors: AccessDeniedException.
  virtual ApiResult<void> authorize_action(const Principal& principal, const std::string& region,
                                           const std::string& action, const std::string& resource,
                                           base::Timestamp now) = 0;
  /// Whether `principal` may assume the role: by the role's trust policy, and by its own policies
  /// where that leaves it to the account. `action` is "sts:AssumeRole" …, `federated` the identity
  /// provider's ARN or host.
  virtual ApiResult<void> authorize_assumption(const Principal& principal,
                                               const AssumableRole& role, const std::string& action,
                                               const std::string& federated) = 0;
};

}  // namespace pawl::aws
