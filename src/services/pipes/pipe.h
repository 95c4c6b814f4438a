// SPDX-License-Identifier: Apache-2.0
// Pipe and PipeStore: a pipe as it stands in the store (docs/formats/pipes.md), with how far its
// streams have been read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"
#include "store/store.h"

namespace pawl::pipes {

struct PipeName {
  std::string account;
  std::string region;
  std::string name;

  std::string arn() const;
  friend auto operator<=>(const PipeName&, const PipeName&) = default;
};

struct Pipe {
  PipeName name;
  /// Members of API DescribePipe that the user gives: Source, Target, … As JSON text.
  std::string settings;
  std::string tags = "{}";  ///< JSON text
  std::string desired;      ///< "RUNNING", "STOPPED", "DELETED"
  std::string current;      ///< "CREATING", "RUNNING", …
  std::string state_reason = {};
  int64_t created_ms = 0;
  int64_t modified_ms = 0;

  /// Between two states that last.
  bool is_changing() const { return current.ends_with("ING") && current != "RUNNING"; }
  std::string write() const;
  /// Errors: InternalException if the text is no record of a format that this version knows.
  static aws::ApiResult<Pipe> read(PipeName name, std::string_view record);
};

/// Thread-safe; who reads, changes and commits holds `mutex()`. Errors: InternalException if the
/// store cannot be read, or holds a record of an unknown format.
class PipeStore {
 public:
  static base::Result<PipeStore> open(store::Store& store);

  std::mutex& mutex() const { return *mutex_; }
  aws::ApiResult<void> commit(const store::Batch& batch);

  aws::ApiResult<std::optional<Pipe>> find(const PipeName& name) const;
  void put(store::Batch& batch, const Pipe& pipe) const;
  /// With its positions.
  void erase(store::Batch& batch, const PipeName& name) const;

  /// In the order of names, behind `after`, until the visitor answers false.
  using Visitor = std::function<bool(Pipe pipe)>;
  aws::ApiResult<void> visit(std::string_view account, std::string_view region,
                             std::string_view after, const Visitor& visitor) const;
  /// Of all accounts and regions; what cannot be read is left out.
  void visit_all(const std::function<void(Pipe pipe)>& visitor) const;

  /// "" if there is none.
  std::string load_position(const PipeName& name, std::string_view shard) const;
  /// Unsynced: should it be lost, a batch is run once more, as AWS may do too.
  void save_position(const PipeName& name, std::string_view shard, std::string_view position);

 private:
  explicit PipeStore(store::Store& store)
      : store_(&store), mutex_(std::make_unique<std::mutex>()) {}

  store::Store* store_;
  std::unique_ptr<std::mutex> mutex_;
  store::Keyspace pipes_;
  store::Keyspace positions_;
};

aws::ApiError internal_error(std::string message);

}  // namespace pawl::pipes
