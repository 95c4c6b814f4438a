// SPDX-License-Identifier: Apache-2.0
// Sandboxes that an earlier process left. They die with their parent, but for one moment:
// bubblewrap's child asks for that only when its parent has made its user namespace, and waits for
// ever if the parent was killed before.
#pragma once

#include <cstddef>
#include <string>

namespace pawl::container {

/// Ends every bubblewrap whose arguments name something below `folder`, and says how many. To be
/// called before this process starts any, while nobody else uses the folder (the store's lock).
size_t end_left_sandboxes(const std::string& folder);

}  // namespace pawl::container
