// SPDX-License-Identifier: Apache-2.0
// What an update would do to the resources of a stack: the Changes of a change set. Nothing is done
// and nothing is kept.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
#pragma once

#include <string>
#include <vector>

#include "services/cloudformation/operations/template_preparation.h"
#include "services/cloudformation/state/stack_store.h"

namespace pawl::cloudformation {

struct CalculatedChanges {
  /// The API's Changes, with the members that IncludePropertyValues asks for.
  json::Value changes = json::Value::array();
  /// Why values may be missing: "ChangeSet creation failed for resource [A] because: …"; "".
  std::string warning = {};
};

struct ChangeQuestion {
  const StackStore& store;
  const HandlerRegistry& handlers;
  StackCalls& calls;
  StackKey key;
  const StackRecord& stack;  ///< as it is
  const Configuration& asked;
  const PreparedTemplate& prepared;
  const std::vector<ImportRecord>& imports;
};

/// One thread; blocks. Errors: the store's.
aws::ApiResult<CalculatedChanges> calculate_changes(const ChangeQuestion& question);

/// Changes as DescribeChangeSet shows them unless values are asked for.
json::Value without_values(const json::Value& changes);

}  // namespace pawl::cloudformation
