// SPDX-License-Identifier: Apache-2.0
// `pawl serve`: the server until a signal ends it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "console/site.h"

namespace pawl::app {

struct ServeOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 4566;
  std::string data_folder = {};  ///< "": the user's data folder
  bool in_memory = false;
  std::string credentials_file = {};
  bool enforces_policies = false;
  std::vector<std::string> cors_origins = {};
  bool no_tls = false;
  uint32_t io_threads = 1;
  uint32_t partitions = 1;
  int64_t start_bucket = 0;  ///< StartExecution calls at once; 0: as many as come
  int64_t start_rate = 300;  ///< and a second, with start_bucket
  uint64_t body_bytes_max = 8 * 1024 * 1024;
  uint64_t connections_max = 20'000;
  uint32_t stop_timeout_seconds = 10;
  std::string mock_config_file = {};
  std::string s3_folder = {};
  std::string batch_runner = "local";       ///< or slurm, slurm=PARTITION
  std::vector<std::string> endpoints = {};  ///< SERVICE=WHERE
  std::string remote_profile = {};
  std::string remote_ca_file = {};
  std::string smtp_relay = {};  ///< smtp://HOST:PORT; "": e-mail stays in the mailbox
  std::string mail_from = "no-reply@sns.amazonaws.com";
  std::span<const console::SiteFile> console_site = {};  ///< server::ServerOptions
  std::string log_format = "text";
  std::string log_level = "info";
};

/// XDG Base Directory Specification: $XDG_DATA_HOME/pawl, ~/.local/share/pawl. "" if neither can be
/// told.
std::string default_data_folder();

/// Prints "Pawl is ready on URL" on stdout once requests are answered, and where the console is if
/// the program has its pages; returns after SIGTERM,
/// SIGINT or SIGHUP. A second signal ends the program at once.
int run_serve(const ServeOptions& options);

}  // namespace pawl::app
