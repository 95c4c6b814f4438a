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
#include "console/console.h"
#include "server/log.h"
#include "server/server.h"
#include "server/service_notification.h"

namespace pawl::app {
namespace {

int refuse(const std::string& message) {
  write_fully(STDERR_FILENO, "pawl serve: " + message + "\n");
  return kExitRefused;
}

server::ServerOptions to_server(const ServeOptions& options, const server::Log& log) {
  server::ServerOptions made;
  made.host = options.host;
  made.port = options.port;
  made.io_threads = options.io_threads;
  made.partitions = options.partitions;
  made.start_throttle = {options.start_bucket, options.start_rate};
  made.mock_config_file = options.mock_config_file;
  made.s3_folder = options.s3_folder;
  made.batch_runner = options.batch_runner;
  made.endpoints = options.endpoints;
  made.remote_profile = options.remote_profile;
  made.remote_ca_file = options.remote_ca_file;
  made.smtp_relay = options.smtp_relay;
  made.mail_from = options.mail_from;
  made.credentials_file = options.credentials_file;
  made.enforces_policies = options.enforces_policies;
  made.cors_origins = options.cors_origins;
  made.console_site = options.console_site;
  made.body_bytes_max = options.body_bytes_max;
  made.connections_max = options.connections_max;
  made.log = &log;
  made.stop_timeout_ms = int64_t{options.stop_timeout_seconds} * 1'000;
  made.fatal = [&log](const base::Error& error) {
    log.write(server::LogLevel::Error, "the store has failed", {{"detail", error.message}});
    _exit(kExitFailed);
  };
  return made;
}

}  // namespace

std::string default_data_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && data[0] == '/') {
    return std::string(data) + "/pawl";
  }
  const char* home = std::getenv("HOME");
  return home == nullptr || home[0] != '/' ? "" : std::string(home) + "/.local/share/pawl";
}

int run_serve(const ServeOptions& options) {
  const server::Log log(
      STDERR_FILENO,
      options.log_format == "json" ? server::LogFormat::Json : server::LogFormat::Text,
      server::log_level_named(options.log_level).value());
  server::ServerOptions served = to_server(options, log);
  const std::string folder =
      options.data_folder.empty() ? default_data_folder() : options.data_folder;
  if (!options.in_memory) {
    if (folder.empty()) return refuse("no HOME: say with --data where to keep the data");
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return refuse("cannot make " + folder + ": " + error.message());
    served.data_folder = folder;
  }
  // Clients trust the certificates, so these stay even if nothing else does.
  if (!options.no_tls && !folder.empty()) served.tls_folder = folder + "/tls";
  std::promise<void> stop;
  const Interrupts interrupts([&stop] { stop.set_value(); });
  const auto server = server::Server::start(served);
  if (!server) return refuse(server.error().message);
  std::string ready = "Pawl is ready on " + (*server)->url() + "\n";
  if (!options.console_site.empty()) {
    ready += "The console is at " + (*server)->url() + std::string(console::Console::kPath) + "\n";
  }
  write_fully(STDOUT_FILENO, ready);
  log.write(server::LogLevel::Info, "ready", {{"url", (*server)->url()}});
  server::notify_service_state("READY=1");
  stop.get_future().wait();
  server::notify_service_state("STOPPING=1");
  log.write(server::LogLevel::Info, "stopping");
  return kExitOk;
}

}  // namespace pawl::app
