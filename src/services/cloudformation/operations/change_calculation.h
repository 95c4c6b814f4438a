// SPDX-License-Identifier: Apache-2.0
// What an update would do to the resources of a stack: the Changes of a change set. Nothing is done
// and nothing is kept.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "services/cloudformation/operations/template_preparation.h"
#include "services/cloudformation/state/stack_store.h"

namespace pawl::cloudformation {

struct CalculatedChanges {
  /// Both forms of the API's Changes: shown_changes() makes one of them.
  json::Value changes = json::Value::array();
  /// Why values may be missing: "ChangeSet creation failed for resource [A] because: …"; "".
  std::string warning = {};
  bool has_unchanged_nested = false;  ///< nested stacks of which it is known
};

/// What a change set of a nested stack has found.
struct NestedChange {
  std::string change_set_id = {};  ///< "": there is none
  bool has_changes = true;
};

/// A resource that is a stack; `record` is null if it is still to be made.
using NestedQuestion = std::function<aws::ApiResult<NestedChange>(
    const std::string& logical_id, const ResourceRecord* record, const json::Value& properties)>;

struct ChangeQuestion {
  const StackStore& store;
  const HandlerRegistry& handlers;
  StackCalls& calls;
  StackKey key;
  const StackRecord& stack;  ///< as it is
  const Configuration& asked;
  const PreparedTemplate& prepared;
  const std::vector<ImportRecord>& imports;
  /// Empty: nobody looks into nested stacks; all of them might change.
  NestedQuestion nested = {};
};

/// One thread; blocks. Errors: the store's, those of `nested`.
aws::ApiResult<CalculatedChanges> calculate_changes(const ChangeQuestion& question);

/// Changes as DescribeChangeSet shows them, with the members that IncludePropertyValues asks for or
/// without. Without, there is also what changes only if an attribute of another resource does.
json::Value shown_changes(const json::Value& changes, bool with_values);

}  // namespace pawl::cloudformation
