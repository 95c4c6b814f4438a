// SPDX-License-Identifier: Apache-2.0
// AWS::CloudFormation::Stack: a stack as a resource of another.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
#pragma once

#include <string>

#include "services/cloudformation/operations/resource_handler.h"
#include "services/cloudformation/state/stack_store.h"

namespace pawl::cloudformation {

/// The input of CreateStack and UpdateStack that a nested stack's properties ask for; its name is
/// left to the caller, or its ARN. The parent's tags go to the child, whose own win.
json::ObjectBuilder nested_stack_input(const json::Value& properties, const NamedTexts& stack_tags);

/// Calls CloudFormation's own API, and waits for the other stack by Progress::again.
class NestedStackHandler final : public ResourceHandler {
 public:
  explicit NestedStackHandler(StackStore& store) : store_(store) {}

  aws::ApiResult<Progress> create(StackCalls& calls, const ResourceRequest& request) const override;
  aws::ApiResult<Progress> update(StackCalls& calls, const ResourceRequest& request) const override;
  aws::ApiResult<Progress> remove(StackCalls& calls, const ResourceRequest& request) const override;
  bool replaces(const json::Value&, const json::Value&) const override { return false; }
  bool always_updates() const override { return true; }

 private:
  aws::ApiResult<StackRecord> child(const ResourceRequest& request, const std::string& id) const;
  aws::ApiResult<void> name_parent(const ResourceRequest& request, const std::string& id) const;
  /// Why the child's last operation failed: its reason is in an event when it is over.
  std::string failure_of(const ResourceRequest& request, const StackRecord& child) const;

  StackStore& store_;
};

}  // namespace pawl::cloudformation
