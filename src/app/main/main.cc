// SPDX-License-Identifier: Apache-2.0
// The program `pawl`; called by the name `pawl-docker` (a link) it is that.
#include <string_view>

#include "app/command_line.h"
#include "app/docker_command.h"
#include "app/interrupts.h"
#include "console/embedded_site.h"

int main(int argc, char** argv) {
  pawl::app::survive_broken_pipes();  // `pawl run … | head`
  const std::string_view name = argc > 0 ? argv[0] : "";
  if (name.substr(name.rfind('/') + 1) == "pawl-docker") {
    return pawl::app::run_docker({argv + 1, argv + argc});
  }
  return pawl::app::run_command_line(argc, argv, pawl::console::embedded_site());
}
