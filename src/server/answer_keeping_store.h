// SPDX-License-Identifier: Apache-2.0
// AnswerKeepingStore: the store as services see it. When a workflow's task calls a service, what it
// answers is committed together with what it does: the task finds it after a crash and does not
// call again (engine::ExecutionStore::outbox_key). The same for the calls that stacks make
// (cloudformation::AnswerLog), whose keys begin with "stack/", and for the lines of containers
// (jobs::OutputPositions), whose keys begin with "output/".
#pragma once

#include <string>

#include "json/value.h"
#include "store/store.h"

namespace pawl::server {

/// Thread-safe. Passes everything on to `store`, which must outlive it.
class AnswerKeepingStore final : public store::Store {
 public:
  /// Where the answers are kept: the engine's outbox, CloudFormation's log, the containers' places.
  struct Keyspaces {
    store::Keyspace of_tasks;
    store::Keyspace of_stacks;
    store::Keyspace of_outputs;
  };
  AnswerKeepingStore(store::Store& store, Keyspaces keyspaces)
      : store_(store), keyspaces_(keyspaces) {}

  /// While it lives, and once keep() was called, the next commit of its thread to any
  /// AnswerKeepingStore also puts the answer under `key`. One a thread at a time.
  class Call {
   public:
    /// `text` is kept instead of the answer, unless it is empty.
    explicit Call(std::string key, std::string text = {});
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// Of the calling thread's Call; nothing happens if it has none (any more).
    static void keep(const json::Value& answer);

   private:
    friend class AnswerKeepingStore;
    const std::string key_;
    const std::string text_;
    std::string answer_;  ///< "": nothing to keep, or kept already
  };

  base::Result<void> commit(const store::Batch& batch, store::Sync sync) override;

  base::Result<store::Keyspace> keyspace(std::string_view name, store::Shape shape) override {
    return store_.keyspace(name, shape);
  }
  std::unique_ptr<store::Snapshot> snapshot() const override { return store_.snapshot(); }
  base::Result<void> check() const override { return store_.check(); }
  base::Result<void> backup(const std::string& to) override { return store_.backup(to); }
  store::Statistics statistics() const override { return store_.statistics(); }
  base::Result<std::optional<std::string>> get(store::Keyspace keyspace,
                                               std::string_view key) const override {
    return store_.get(keyspace, key);
  }
  base::Result<std::vector<std::optional<std::string>>> multi_get(
      store::Keyspace keyspace, std::span<const std::string_view> keys) const override {
    return store_.multi_get(keyspace, keys);
  }
  std::unique_ptr<store::Cursor> cursor(store::Keyspace keyspace,
                                        const store::Range& range) const override {
    return store_.cursor(keyspace, range);
  }

 private:
  store::Keyspace keyspace_of(std::string_view key) const;

  store::Store& store_;
  const Keyspaces keyspaces_;
};

}  // namespace pawl::server
