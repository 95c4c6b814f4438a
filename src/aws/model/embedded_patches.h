// SPDX-License-Identifier: Apache-2.0
// The patches of models/ as they were at build time: the program finds them wherever it is started.
#pragma once

#include <span>
#include <string_view>

#include "aws/model/model_catalog.h"

namespace pawl::aws {

/// Sorted by service; of one service in the order of their application.
std::span<const EmbeddedPatch> embedded_patches();

/// Where the program looks: the folders of `first` (the user's, botocore's form), those of the
/// environment's PAWL_MODELS (":" between), Debian's python3-botocore; the embedded patches.
ModelSearchPath installed_search_path(const std::vector<std::string>& first = {});

}  // namespace pawl::aws
