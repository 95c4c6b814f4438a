// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/operations_engine.h"

#include <utility>

#include "services/cloudformation/operations/stack_run.h"

namespace pawl::cloudformation {

void OperationsEngine::go_on(const StackKey& key) {
  std::shared_ptr<StackRun> run;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<StackRun>& known = runs_[key];
    if (known == nullptr) known = std::make_shared<StackRun>(*this, key);
    run = known;
  }
  ports_.executor.run([run] { run->advance(); });
}

void OperationsEngine::wake(const StackKey& key, const std::string& logical_id) {
  std::shared_ptr<StackRun> run;
  {
    const std::lock_guard lock(mutex_);
    const auto found = runs_.find(key);
    if (found == runs_.end()) return;
    run = found->second;
  }
  ports_.executor.run([run, logical_id] { run->wake(logical_id); });
}

aws::ApiResult<void> OperationsEngine::go_on_all() {
  for (const StackKey& key : PAWL_TRY(ports_.store.stacks_in_operation())) go_on(key);
  return {};
}

void OperationsEngine::forget(const StackKey& key, const StackRun* run) {
  const std::lock_guard lock(mutex_);
  const auto found = runs_.find(key);
  if (found == runs_.end() || found->second.get() != run) return;
  // Who has recorded another operation since then has asked this run, or will ask a new one.
  const auto operation = ports_.store.operation(key);
  if (operation && !*operation) runs_.erase(found);
}

}  // namespace pawl::cloudformation
