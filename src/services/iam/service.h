// SPDX-License-Identifier: Apache-2.0
// IamService: AWS Identity and Access Management (API reference 2010-05-08): users, groups, roles,
// policies, credentials, identity providers. What policies allow is asked of Authorizer
// (authorizer.h); who a key belongs to of IamIdentities (iam_identities.h).
#pragma once

#include <atomic>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/policy/policy_document.h"
#include "aws/service/action_table.h"
#include "services/iam/iam_store.h"
#include "services/iam/managed_policies.h"
#include "services/iam/members.h"

namespace pawl::iam {

/// What the service, the identities and the authorizer share. One for a server; thread-safe.
struct Directory {
  explicit Directory(IamStore opened) : store(opened) {}

  IamStore store;
  ManagedPolicies managed = {};
  std::mutex changing = {};              ///< held by whoever reads to write
  std::atomic<uint64_t> generation = 1;  ///< of everything stored; a change makes it another
};

class IamService;
using Action = aws::ActionResult (*)(IamService&, const aws::Request&);

struct Operation {
  std::string_view name;
  Action action;
  bool is_write = false;
};

/// Actions may run on any thread at once; those that write take Directory::changing.
/// Differences from AWS: docs/differences.md, "IAM".
class IamService final : public aws::Service {
 public:
  explicit IamService(std::shared_ptr<Directory> directory) : directory_(std::move(directory)) {}

  void bind(aws::ActionTable& table) override;

  const IamStore& store() const { return directory_->store; }
  ManagedPolicies& managed() { return directory_->managed; }
  Directory& directory() { return *directory_; }
  /// Commits, together with the answer that a workflow's task keeps.
  aws::ActionResult commit(const aws::Request& request, const store::Batch& batch,
                           aws::Output output = {});

 private:
  void bind(aws::ActionTable& table, std::span<const Operation> operations);

  std::shared_ptr<Directory> directory_;
};

// Each in actions/ or beside its subject.
std::span<const Operation> user_operations();
std::span<const Operation> group_operations();
std::span<const Operation> role_operations();
std::span<const Operation> service_linked_role_operations();
std::span<const Operation> managed_policy_operations();
std::span<const Operation> policy_listing_operations();
std::span<const Operation> attachment_operations();
std::span<const Operation> inline_policy_operations();
std::span<const Operation> instance_profile_operations();
std::span<const Operation> access_key_operations();
std::span<const Operation> user_credential_operations();
std::span<const Operation> user_key_operations();
std::span<const Operation> mfa_operations();
std::span<const Operation> provider_operations();
std::span<const Operation> certificate_operations();
std::span<const Operation> account_operations();
std::span<const Operation> authorization_detail_operations();
std::span<const Operation> simulation_operations();
std::span<const Operation> tag_operations();

}  // namespace pawl::iam
