// SPDX-License-Identifier: Apache-2.0
// EngineRevisions: the registry's revisions as the engine wants them.
#pragma once

#include <memory>

#include "engine/ports.h"
#include "services/states/bounded_cache.h"
#include "services/states/machine_registry.h"

namespace pawl::states {

/// Thread-safe.
class EngineRevisions final : public engine::RevisionSource {
 public:
  explicit EngineRevisions(MachineRegistry& registry) : registry_(registry) {}

  base::Result<std::shared_ptr<const engine::MachineRevision>> find_revision(
      uint64_t revision) override;
  /// The same of a revision that is at hand: one look-up.
  std::shared_ptr<const engine::MachineRevision> of(const Revision& revision);

 private:
  MachineRegistry& registry_;
  BoundedCache<uint64_t, engine::MachineRevision> cache_{{.entries_max = 4'096}};
};

}  // namespace pawl::states
