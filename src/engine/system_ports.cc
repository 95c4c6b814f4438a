// SPDX-License-Identifier: Apache-2.0
#include "engine/system_ports.h"

#include <sys/random.h>

#include <cerrno>
#include <chrono>

#include "base/assert.h"

namespace pawl::engine {

base::Timestamp SystemClock::now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

uint64_t SystemEntropy::next() {
  if (used_ == words_.size()) {
    auto* bytes = reinterpret_cast<unsigned char*>(words_.data());
    size_t filled = 0;
    while (filled < sizeof words_) {
      const ssize_t got = getrandom(bytes + filled, sizeof words_ - filled, 0);
      // getrandom(2): with these arguments only a signal can interrupt it.
      PAWL_ASSERT(got >= 0 || errno == EINTR);
      if (got > 0) filled += static_cast<size_t>(got);
    }
    used_ = 0;
  }
  return words_[used_++];
}

}  // namespace pawl::engine
