// SPDX-License-Identifier: Apache-2.0
// An action runs on one thread from its call to its commit, so the thread knows whose commit it is.
#include "server/answer_keeping_store.h"

#include <utility>

#include "base/assert.h"
#include "json/write.h"

namespace pawl::server {
namespace {

thread_local AnswerKeepingStore::Call* current_call = nullptr;

/// No execution's id begins so: they begin with the time.
constexpr std::string_view kStacks = "stack/";

}  // namespace

AnswerKeepingStore::Call::Call(std::string key) : key_(std::move(key)) {
  PAWL_ASSERT(current_call == nullptr);
  current_call = this;
}

AnswerKeepingStore::Call::~Call() { current_call = nullptr; }

void AnswerKeepingStore::Call::keep(const json::Value& answer) {
  if (current_call != nullptr) current_call->answer_ = json::write(answer);
}

base::Result<void> AnswerKeepingStore::commit(const store::Batch& batch, store::Sync sync) {
  if (current_call == nullptr || current_call->answer_.empty()) return store_.commit(batch, sync);
  store::Batch both;
  both.append(batch);
  const std::string& key = current_call->key_;
  both.put(key.starts_with(kStacks) ? of_stacks_ : of_tasks_, key,
           std::exchange(current_call->answer_, {}));
  return store_.commit(both, sync);
}

}  // namespace pawl::server
