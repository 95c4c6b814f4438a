// SPDX-License-Identifier: Apache-2.0
// What the program ends with; the same for every command.
#pragma once

namespace pawl::app {

enum ExitCode : int {
  kExitOk = 0,      ///< done; the execution succeeded; the definition is valid
  kExitFailed = 1,  ///< the execution failed, timed out or was aborted; a file could not be written
  kExitRefused = 2,   ///< wrong usage, definition, input or function
  kExitNotRun = 125,  ///< `pawl-docker run`, as Docker: the container did not even begin
};

}  // namespace pawl::app
