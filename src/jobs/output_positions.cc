// SPDX-License-Identifier: Apache-2.0
#include "jobs/output_positions.h"

#include <charconv>
#include <system_error>

namespace pawl::jobs {

using base::Result;

Result<OutputPositions> OutputPositions::open(store::Store& store) {
  return OutputPositions(store, PAWL_TRY(store.keyspace(kKeyspace, kShape)));
}

Result<uint64_t> OutputPositions::find(const std::string& id) const {
  const auto text = PAWL_TRY(store_->get(keyspace_, completion_key(id)));
  uint64_t bytes = 0;
  if (!text) return bytes;
  const char* const end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, bytes);
  if (read.ec != std::errc() || read.ptr != end) {
    return base::Error(base::ErrorKind::Io, "the position of a container's output is damaged");
  }
  return bytes;
}

Result<void> OutputPositions::put(const std::string& id, uint64_t bytes) {
  store::Batch batch;
  batch.put(keyspace_, completion_key(id), std::to_string(bytes));
  return store_->commit(batch, store::Sync::No);
}

void OutputPositions::erase(store::Batch& batch, const std::string& id) const {
  batch.erase(keyspace_, completion_key(id));
}

}  // namespace pawl::jobs
