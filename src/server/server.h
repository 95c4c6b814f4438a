// SPDX-License-Identifier: Apache-2.0
// Server: the composition root of `pawl serve`. It owns the store, the models, the services, the
// gateway before them and the port, and starts and ends them in the right order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "console/site.h"
#include "services/states/token_bucket.h"
#include "server/log.h"

namespace pawl::server {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 4566;          ///< 0 chooses
  std::string data_folder = {};  ///< "": in memory, everything is lost at the end
  uint32_t io_threads = 1;
  uint32_t partitions = 1;                      ///< threads of the engine
  states::TokenBucketSize start_throttle = {};  ///< of StartExecution; by default none
  std::string mock_config_file = {};
  std::string s3_folder = {};  ///< what ItemReaders and ResultWriters see; "": the embedded S3
  std::string batch_runner = "local";  ///< or "slurm", "slurm=PARTITION"
  /// Where services live that are called from here: EndpointSettings.
  std::vector<std::string> endpoints = {};
  std::string remote_profile = {};  ///< of ~/.aws/credentials, to sign such calls; "": environment
  std::string remote_ca_file = {};  ///< trusted instead of the system's certificates; "": these
  std::string smtp_relay = {};      ///< net::SmtpRelay's URL; "": e-mail stays in the mailbox
  std::string mail_from = {};       ///< who such e-mail is from
  std::string credentials_file = {};  ///< "": any credentials will do, on a loopback address
  /// Whether the policies of IAM decide what callers may do who are not an account's root.
  bool enforces_policies = false;
  std::vector<std::string> cors_origins = {};
  /// The pages of the console; they live as long as the program. Empty: it was built without them.
  std::span<const console::SiteFile> console_site = {};
  /// Where certificates are kept; made if missing. "": no TLS.
  std::string tls_folder = {};
  size_t body_bytes_max = 8 * 1024 * 1024;
  size_t connections_max = 20'000;
  const Log* log = nullptr;          ///< may be null; must outlive the server
  int64_t stop_timeout_ms = 10'000;  ///< for requests under way when it is to end
  /// The store has failed: what reached the disk is not known. Must end the process.
  std::function<void(const base::Error&)> fatal;
};

class Server {
 public:
  /// Returns when requests are answered. Errors: Io (the folder is in use or damaged, the port is
  /// taken, no file of credentials), InvalidSyntax (of that file or an endpoint), NotFound (no
  /// service models are installed), Unsupported (an address that others reach, without
  /// credentials).
  static base::Result<std::unique_ptr<Server>> start(const ServerOptions& options);
  /// Takes no more requests, answers those under way within stop_timeout_ms, then ends everything.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// "http://127.0.0.1:4566".
  const std::string& url() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pawl::server
