// SPDX-License-Identifier: Apache-2.0
// Starts a server::Server and waits.
#include "app/serve_command.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <system_error>

#include "app/exit_code.h"
#include "app/interrupts.h"
#include "app/text_file.h"
#include "server/server.h"

namespace pawl::app {
namespace {

/// XDG Base Directory Specification: $XDG_DATA_HOME, ~/.local/share. "" if neither can be told.
std::string default_data_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && data[0] == '/') {
    return std::string(data) + "/pawl";
  }
  const char* home = std::getenv("HOME");
  return home == nullptr || home[0] != '/' ? "" : std::string(home) + "/.local/share/pawl";
}

int refuse(const std::string& message) {
  write_fully(STDERR_FILENO, "pawl serve: " + message + "\n");
  return kExitRefused;
}

}  // namespace

int run_serve(const ServeOptions& options) {
  server::ServerOptions served;
  served.host = options.host;
  served.port = options.port;
  served.fatal = [](const base::Error& error) {
    write_fully(STDERR_FILENO, "pawl serve: the store has failed: " + error.message + "\n");
    _exit(kExitFailed);
  };
  if (!options.in_memory) {
    const std::string folder =
        options.data_folder.empty() ? default_data_folder() : options.data_folder;
    if (folder.empty()) return refuse("no HOME: say with --data where to keep the data");
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return refuse("cannot make " + folder + ": " + error.message());
    served.data_folder = folder;
  }
  std::promise<void> stop;
  const Interrupts interrupts([&stop] { stop.set_value(); });
  const auto server = server::Server::start(served);
  if (!server) return refuse(server.error().message);
  write_fully(STDOUT_FILENO, "Pawl is ready on " + (*server)->url() + "\n");
  stop.get_future().wait();
  return kExitOk;
}

}  // namespace pawl::app
