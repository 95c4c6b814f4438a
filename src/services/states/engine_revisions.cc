// SPDX-License-Identifier: Apache-2.0
#include "services/states/engine_revisions.h"

#include "json/members.h"
#include "json/parse.h"

namespace pawl::states {

base::Result<std::shared_ptr<const engine::MachineRevision>> EngineRevisions::find_revision(
    uint64_t revision) {
  if (auto cached = cache_.find(revision)) return cached;
  const auto stored = registry_.revision(revision);
  if (!stored) {
    return base::Error(base::ErrorKind::NotFound, "revision " + std::to_string(revision) +
                                                      " of a state machine is not stored");
  }
  return of(**stored);
}

std::shared_ptr<const engine::MachineRevision> EngineRevisions::of(const Revision& revision) {
  if (auto cached = cache_.find(revision.number)) return cached;
  const uint64_t generation = cache_.generation();
  auto made = std::make_shared<engine::MachineRevision>();
  made->id = revision.number;
  made->program = revision.program;
  made->role_arn = revision.role_arn;
  const auto logging = json::parse(revision.logging_configuration);
  made->logs_history = logging && text_member(*logging, "level") != "OFF" &&
                       logging->find("destinations") != nullptr;
  cache_.put(revision.number, made, generation);
  return made;
}

}  // namespace pawl::states
