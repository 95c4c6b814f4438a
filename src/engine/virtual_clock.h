// SPDX-License-Identifier: Apache-2.0
// VirtualClock: time that moves only when told to, for tests, the simulator and `pawl run
// --virtual-time`.
#pragma once

#include "base/assert.h"
#include "engine/ports.h"

namespace pawl::engine {

/// Never goes back. One thread.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(base::Timestamp start = {}) : now_(start) {}

  base::Timestamp now() override { return now_; }

  /// A time that is past already changes nothing.
  void advance_to(base::Timestamp time) {
    if (time > now_) now_ = time;
  }

  void advance_by_ms(int64_t ms) {
    PAWL_ASSERT(ms >= 0);
    now_.ms += ms;
  }

 private:
  base::Timestamp now_;
};

}  // namespace pawl::engine
