// SPDX-License-Identifier: Apache-2.0
// Deployment packages: a zip of foreign origin to a folder of files. Lambda Developer Guide,
// "Lambda quotas" and ".zip file archives".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::lambda {

struct PackageLimits {
  size_t unzipped_bytes_max = 262'144'000;  ///< "Deployment package size": 250 MB unzipped
  size_t entries_max = 65'536;
  /// Beyond 16 MiB, unzipped bytes for one of the package: what packs better is a bomb.
  size_t ratio_max = 400;
};

/// Unpacks `zip` into the folder `to`, which must not exist and appears whole or not at all. Files
/// get mode 644, or 755 if the package says that somebody may execute them. Symbolic links are made
/// last and must lead to something
/// inside. Blocks for as long as writing the files takes.
/// Errors: InvalidSyntax (no zip, damaged, or a name or link that leads outside), NotFound (no file
/// in it), LimitExceeded, Io. Thread-safe.
base::Result<void> unpack_package(std::string_view zip, const std::string& to,
                                  const PackageLimits& limits = {});

/// Makes the folder `to`, which appears whole or not at all, of hard links to the files of
/// `folders`; of files of the same name the last one counts. Nothing to do if it is there. Errors:
/// Io.
base::Result<void> merge_folders(const std::vector<std::string>& folders, const std::string& to);

/// Changes when a file below `folder` is changed, made or removed. Blocks for a look at each of
/// them, up to 20,000.
uint64_t folder_stamp(const std::string& folder);

}  // namespace pawl::lambda
