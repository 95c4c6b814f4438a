// SPDX-License-Identifier: Apache-2.0
// A folder or file as a ZIP archive whose bytes depend on names, contents and executable bits only:
// the same code is the same archive, wherever and whenever it was made.
#pragma once

#include <string>

#include "base/error.h"

namespace pawl::app {

struct FolderZip {
  std::string bytes;
  std::string digest;  ///< hexadecimal, over the entries: the same on every computer
};

/// Entries are sorted; times are 1980-01-01; files are 0644 or 0755. Symbolic links are followed.
/// Left out: .git, .aws-sam, __pycache__. Errors: NotFound, Io; LimitExceeded above 250 MiB of
/// files.
base::Result<FolderZip> zip_folder(const std::string& path);

}  // namespace pawl::app
