// SPDX-License-Identifier: Apache-2.0
#include "integration/task_answer.h"

#include "integration/task_tokens.h"

namespace pawl::integration {

void TaskAnswer::failed(asl::ExecutionError error) const {
  if (tokens_ != nullptr) tokens_->close(execution_, task_);
  sink_->post(execution_, interpreter::TaskFailed{interpreter::TaskFailed::Phase::Run, task_,
                                                  std::move(error)});
}

}  // namespace pawl::integration
