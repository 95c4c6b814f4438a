// SPDX-License-Identifier: Apache-2.0
// `pawl env`: the environment that makes AWS clients call a Pawl on this computer.
#pragma once

#include <cstdint>
#include <string>

namespace pawl::app {

struct EnvOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 4566;
  std::string data_folder = {};  ///< "": the user's data folder
  std::string region = "us-east-1";
  bool tls = false;
  bool unset = false;
};

/// Prints commands for a POSIX shell, which may lose their line ends: eval $(pawl env).
int run_env(const EnvOptions& options);

}  // namespace pawl::app
