// SPDX-License-Identifier: Apache-2.0
// An action runs on one thread from its call to its commit, so the thread knows whose commit it is.
#include "server/answer_keeping_store.h"

#include <utility>

#include "base/assert.h"
#include "jobs/output_positions.h"
#include "json/write.h"

namespace pawl::server {
namespace {

thread_local AnswerKeepingStore::Call* current_call = nullptr;

/// No execution's id begins so: they begin with the time.
constexpr std::string_view kStacks = "stack/";

}  // namespace

AnswerKeepingStore::Call::Call(std::string key, std::string text)
    : key_(std::move(key)), text_(std::move(text)) {
  PAWL_ASSERT(current_call == nullptr);
  current_call = this;
}

AnswerKeepingStore::Call::~Call() { current_call = nullptr; }

void AnswerKeepingStore::Call::keep(const json::Value& answer) {
  if (current_call == nullptr) return;
  current_call->answer_ = current_call->text_.empty() ? json::write(answer) : current_call->text_;
}

store::Keyspace AnswerKeepingStore::keyspace_of(std::string_view key) const {
  if (key.starts_with(kStacks)) return keyspaces_.of_stacks;
  if (key.starts_with(jobs::OutputPositions::kPrefix)) return keyspaces_.of_outputs;
  return keyspaces_.of_tasks;
}

base::Result<void> AnswerKeepingStore::commit(const store::Batch& batch, store::Sync sync) {
  if (current_call == nullptr || current_call->answer_.empty()) return store_.commit(batch, sync);
  store::Batch both;
  both.append(batch);
  const std::string& key = current_call->key_;
  both.put(keyspace_of(key), key, std::exchange(current_call->answer_, {}));
  return store_.commit(both, sync);
}

}  // namespace pawl::server
