// SPDX-License-Identifier: Apache-2.0
// StackSetRunner: operations of stack sets: the same stack in several regions of the account. Each
// instance is a stack as any other, made by CreateStack in its region.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/cloudformation/operations/operations_engine.h"
#include "services/cloudformation/state/stack_set_records.h"

namespace pawl::cloudformation {

/// Thread-safe; works on stack threads. Records are those of the region the set lives in.
class StackSetRunner {
 public:
  template <typename T>
  using Result = aws::ApiResult<T>;

  explicit StackSetRunner(const EnginePorts& ports) : ports_(ports) {}

  Result<std::optional<StackSetRecord>> find(const records::Owner& owner,
                                             const std::string& name_or_id) const;
  Result<std::vector<StackSetRecord>> list(const records::Owner& owner) const;
  Result<void> put(const records::Owner& owner, const StackSetRecord& set) const;
  Result<void> erase(const records::Owner& owner, const StackSetRecord& set) const;
  Result<std::vector<StackInstanceRecord>> instances(const records::Owner& owner,
                                                     const StackSetRecord& set) const;
  Result<void> put_instance(const records::Owner& owner, const StackSetRecord& set,
                            const StackInstanceRecord& instance) const;
  Result<std::vector<StackSetOperationRecord>> operations(const records::Owner& owner,
                                                          const StackSetRecord& set) const;
  /// Records it and begins it.
  Result<void> begin(const records::Owner& owner, const StackSetRecord& set,
                     const StackSetOperationRecord& operation);
  /// Those that the last process left.
  Result<void> go_on_all();

 private:
  void go_on(const records::Owner& owner, const std::string& set_uuid, const std::string& id);
  /// False if there is nothing more to wait for.
  Result<bool> advance(const records::Owner& owner, const std::string& set_uuid,
                       const std::string& id);
  Result<void> step(const StackSetRecord& set, const StackSetOperationRecord& operation,
                    StackInstanceRecord& instance, StackSetResultRecord& result);
  Result<void> start(const StackSetRecord& set, const StackSetOperationRecord& operation,
                     StackInstanceRecord& instance, StackSetResultRecord& result);
  Result<void> erase_instance(const records::Owner& owner, const StackSetRecord& set,
                              const StackInstanceRecord& instance) const;

  const EnginePorts& ports_;
};

}  // namespace pawl::cloudformation
