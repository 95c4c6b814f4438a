// SPDX-License-Identifier: Apache-2.0
// `pawl serve`: the server until a signal ends it.
#pragma once

#include <cstdint>
#include <string>

namespace pawl::app {

struct ServeOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 4566;
  std::string data_folder = {};  ///< "": the user's data folder
  bool in_memory = false;
  std::string mock_config_file = {};  ///< Step Functions Local's; "": none
};

/// Prints "Pawl is ready on URL" on stdout once requests are answered; returns after SIGTERM,
/// SIGINT or SIGHUP. A second signal ends the program at once.
int run_serve(const ServeOptions& options);

}  // namespace pawl::app
