// SPDX-License-Identifier: Apache-2.0
// StackReferences: what a template's expressions mean in a stack as it is by now: ids and
// attributes of its resources, exports, parameters of Parameter Store, secrets.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "formation/evaluator.h"
#include "services/cloudformation/state/stack_store.h"
#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

/// One thread. Blocks in dynamic_reference().
class StackReferences : public formation::References {
 public:
  /// All must outlive it.
  StackReferences(const StackStore& store, StackKey key, StackCalls& calls)
      : store_(store), key_(std::move(key)), calls_(calls) {}

  Answer ref(std::string_view logical_id) override;
  Answer get_att(std::string_view logical_id, std::string_view attribute) override;
  Answer import_value(std::string_view export_name) override;
  Answer dynamic_reference(const formation::DynamicReference& reference) override;

 protected:
  /// nullptr: not there yet.
  const ResourceRecord* find(std::string_view logical_id);
  const StackKey& key() const { return key_; }
  const StackStore& store() const { return store_; }

 private:
  const StackStore& store_;
  const StackKey key_;
  StackCalls& calls_;
  std::map<std::string, ResourceRecord, std::less<>> read_;
};

/// The attribute of that name, of "Outputs.X" and "A.B" too: a member, or members of members.
const json::Value* find_attribute(const json::Value& attributes, std::string_view name);

/// What "{{resolve:…}}" yields. Errors: AWS's words.
base::Result<json::Value> resolve_dynamic_reference(StackCalls& calls,
                                                    const formation::DynamicReference& reference);

}  // namespace pawl::cloudformation
