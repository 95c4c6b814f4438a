// SPDX-License-Identifier: Apache-2.0
// CallFacts: what a call needs that is not in its task.
#pragma once

#include <string>

#include "base/time.h"

namespace pawl::integration {

/// Drawn on the engine's thread.
struct CallFacts {
  std::string request_id;
  std::string trace_id;
  base::Timestamp date;
};

}  // namespace pawl::integration
