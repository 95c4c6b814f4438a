// SPDX-License-Identifier: Apache-2.0
// BodySource: bytes that are read in pieces and need not fit into memory: a file, an object, events
// as they happen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/error.h"

namespace pawl::base {

/// Read once, from beginning to end, by one thread at a time. Owned by the message that carries it.
class BodySource {
 public:
  virtual ~BodySource() = default;

  /// Bytes in all, if known before they are read.
  virtual std::optional<uint64_t> size() const = 0;

  /// Up to `bytes_max` (> 0) bytes into `out`; 0 at the end. Errors: Io; then the message is broken
  /// off. Waits if it is not ready.
  virtual Result<size_t> read(char* out, size_t bytes_max) = 0;

  /// True if read() has something to say now: bytes, the end or an error. Else false, and `ready`
  /// is called once, from any thread, when it has; only the last one given is. What is read from a
  /// file is always ready.
  virtual bool ready_or_call(std::function<void()> ready) {
    static_cast<void>(ready);
    return true;
  }

  /// Asks it to end soon: the client says nothing more, or the server ends. From any thread. What
  /// has an end of its own does not care.
  virtual void stop() {}
};

}  // namespace pawl::base
