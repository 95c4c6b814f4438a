// SPDX-License-Identifier: Apache-2.0
// What a process and its descendants hold, read from proc(5).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pawl::container {

/// The children of a process, of all its threads; empty if it has ended or the kernel does not say.
std::vector<pid_t> children_of(pid_t pid);

struct TreeUsage {
  /// Anonymous and shared memory; pages that several processes share count once if the sum passes
  /// `exact_above`, for each of them below: the exact look costs more.
  int64_t memory_bytes = 0;
  size_t processes = 0;  ///< at most 65,536 are looked at
};

TreeUsage usage_of_tree(pid_t pid, int64_t exact_above);

}  // namespace pawl::container
