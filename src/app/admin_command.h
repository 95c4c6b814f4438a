// SPDX-License-Identifier: Apache-2.0
// `pawl admin`: look after a data folder: check it, back it up, restore it.
#pragma once

#include <string>

namespace pawl::app {

struct AdminOptions {
  std::string action;            ///< "check", "backup" or "restore"
  std::string folder = {};       ///< backup: where to; restore: where from
  std::string data_folder = {};  ///< "": the user's data folder
  std::string endpoint = {};     ///< backup: of the server that uses the data; "": none does
};

/// check: verifies every checksum and every record; prints counts and, a line each, the faults.
/// Exit code 0: all is well. 1: faults, or the copy failed. 2: wrong usage, or a server uses it.
int run_admin(const AdminOptions& options);

}  // namespace pawl::app
