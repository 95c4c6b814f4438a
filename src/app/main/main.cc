// SPDX-License-Identifier: Apache-2.0
// The program `pawl`.
#include "app/command_line.h"
#include "app/interrupts.h"

int main(int argc, char** argv) {
  pawl::app::survive_broken_pipes();  // `pawl run … | head`
  return pawl::app::run_command_line(argc, argv);
}
