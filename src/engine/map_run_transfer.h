// SPDX-License-Identifier: Apache-2.0
// What a Map Run reads and writes outside the store, on threads that may block: the items of its
// ItemReader and the files of its ResultWriter. What goes back to the partition is handed over
// whole.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "asl/execution_error.h"
#include "asl/program.h"
#include "items/item_source.h"
#include "items/object_store.h"

namespace pawl::engine {

class ExecutionStore;

struct ReadItems {
  items::ItemBatch batch;
  std::string etag;  ///< of the object; "" if it has none
  std::optional<asl::ExecutionError> error;
};

/// An ItemReader under way. Made by the partition; next() by one thread at a time, never two.
class MapRunReading {
 public:
  /// `arguments`: Parameters or Arguments, evaluated, as JSON text.
  MapRunReading(items::ObjectStore& objects, std::shared_ptr<const asl::Program> program,
                asl::StateIndex state, std::string arguments, std::optional<int64_t> max_items);
  /// About 1 MiB of items, at most 5,000. Opens the source at the first call. Blocks.
  ReadItems next();

 private:
  std::optional<asl::ExecutionError> open();

  items::ObjectStore& objects_;
  std::shared_ptr<const asl::Program> program_;
  asl::StateIndex state_;
  std::string arguments_;
  std::optional<int64_t> max_items_;
  std::unique_ptr<items::ItemSource> source_;
  size_t items_next_ = 100;
};

struct WrittenResults {
  std::string output;  ///< the Map state's result as JSON text
  uint64_t children = 0;
  std::optional<asl::ExecutionError> error;
};

/// Writes the results that the store has of run `id`. Blocks.
WrittenResults write_map_run_results(const ExecutionStore& executions, items::ObjectStore& objects,
                                     uint64_t id, std::string_view arn,
                                     const asl::ResultWriter& writer, std::string_view arguments);

}  // namespace pawl::engine
