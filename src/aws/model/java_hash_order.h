// SPDX-License-Identifier: Apache-2.0
// The order in which a java.util.HashSet of strings prints its elements. AWS's validation messages
// list an enum that way (recorded: Lambda's runtimes, KMS's MAC algorithms), so ours do.
#pragma once

#include <string>
#include <vector>

namespace pawl::aws {

/// `names` as a HashSet of default load factor iterates over them after they were added in order.
std::vector<std::string> java_hash_order(const std::vector<std::string>& names);

}  // namespace pawl::aws
