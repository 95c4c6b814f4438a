// SPDX-License-Identifier: Apache-2.0
// Server: the composition root of `pawl serve`. It owns the store, the models, the services, the
// gateway before them and the port, and starts and ends them in the right order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"

namespace pawl::server {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 4566;          ///< 0 chooses
  std::string data_folder = {};  ///< "": in memory, everything is lost at the end
  uint32_t io_threads = 1;
  uint32_t partitions = 1;  ///< threads of the engine
  std::string mock_config_file = {};
  int64_t stop_timeout_ms = 10'000;  ///< for requests under way when it is to end
  /// The store has failed: what reached the disk is not known. Must end the process.
  std::function<void(const base::Error&)> fatal;
};

class Server {
 public:
  /// Returns when requests are answered. Errors: Io (the folder is in use or damaged, the port is
  /// taken), NotFound (no service models are installed).
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
