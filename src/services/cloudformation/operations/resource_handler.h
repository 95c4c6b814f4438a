// SPDX-License-Identifier: Apache-2.0
// ResourceHandler: what the operations engine asks of a resource type, be it a row of the types'
// tables (types/resource_type.h) or one of CloudFormation's own: nested stacks, custom resources,
// wait conditions, macros.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

/// Thread-safe. See ResourceType for what the functions answer.
class ResourceHandler {
 public:
  virtual ~ResourceHandler() = default;
  virtual aws::ApiResult<Progress> create(StackCalls& calls,
                                          const ResourceRequest& request) const = 0;
  virtual aws::ApiResult<Progress> update(StackCalls& calls,
                                          const ResourceRequest& request) const = 0;
  virtual aws::ApiResult<Progress> remove(StackCalls& calls,
                                          const ResourceRequest& request) const = 0;
  /// Takes what is there already into the stack: `memory` has its identifier ("QueueUrl"), the
  /// properties are what the template says of it. Answers as update() does.
  virtual aws::ApiResult<Progress> adopt(StackCalls& calls, const ResourceRequest& request) const;
  /// Whether a change of these properties needs another physical resource.
  virtual bool replaces(const json::Value& previous, const json::Value& next) const = 0;
  /// What lies behind the same properties may have changed: nested templates.
  virtual bool always_updates() const { return false; }
};

class HandlerRegistry {
 public:
  virtual ~HandlerRegistry() = default;
  /// nullptr: there is no such type.
  virtual std::shared_ptr<const ResourceHandler> find(std::string_view type) const = 0;
};

/// Of the tables of types.
std::shared_ptr<const ResourceHandler> table_handler(std::string_view type);

}  // namespace pawl::cloudformation
