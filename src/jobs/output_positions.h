// SPDX-License-Identifier: Apache-2.0
// OutputPositions: how much of a container's output stands in its log, for containers that outlive
// this process. Whoever follows one again reads on from there: nothing is lost, nothing comes
// twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "store/store.h"

namespace pawl::jobs {

/// Thread-safe. The store must outlive it. Errors: those of the store.
class OutputPositions {
 public:
  /// Keys of calls that begin so keep their text in kKeyspace (aws::Call::completion_key): an
  /// embedded CloudWatch Logs commits lines and position together.
  static constexpr std::string_view kPrefix = "output/";
  static constexpr const char* kKeyspace = "jobs/output";
  static constexpr store::Shape kShape = store::Shape::Queue;

  static base::Result<OutputPositions> open(store::Store& store);

  /// Bytes; 0 if nothing is known of this container.
  base::Result<uint64_t> find(const std::string& id) const;
  /// For logs that live elsewhere. Without sync.
  base::Result<void> put(const std::string& id, uint64_t bytes);
  /// To be committed with the end of the container, not before: what has no position begins anew.
  void erase(store::Batch& batch, const std::string& id) const;

  static std::string completion_key(const std::string& id) { return std::string(kPrefix) + id; }

 private:
  OutputPositions(store::Store& store, store::Keyspace keyspace)
      : store_(&store), keyspace_(keyspace) {}

  store::Store* store_;
  store::Keyspace keyspace_;
};

}  // namespace pawl::jobs
