// SPDX-License-Identifier: Apache-2.0
// Removing trees that others have written into: closed directories, any depth, links that lead
// elsewhere.
#pragma once

#include <string>

namespace pawl::container {

/// Removes `path` and what is below, never through a symbolic link; it may be missing. False if
/// something is left. Blocks.
bool remove_tree(const std::string& path);

/// The same for `name`, one component, in the open directory `folder`.
bool remove_at(int folder, const std::string& name);

/// Removes all that is in the open directory `folder`.
bool empty_folder(int folder);

}  // namespace pawl::container
