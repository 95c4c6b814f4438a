// SPDX-License-Identifier: Apache-2.0
// AdminActions: what `pawl admin` asks of a running server, because the server holds the store.
// Not AWS's API.
#pragma once

#include <string>

#include "engine/blocking_work.h"
#include "net/http_server.h"
#include "server/gateway.h"
#include "store/store.h"

namespace pawl::server {

/// POST /_pawl/admin/backup {"to": "/folder/that/does/not/exist"} answers 200 {"to": …} when the
/// copy is complete, else {"message": …} with 400 for a wrong request, 500 for the store's errors.
/// POST /_pawl/admin/replay {"executionArn": …, "until": 7} answers 200 with replay_as_json's
/// object (execution_replay.h), else {"message": …} with 400 or, for what is not there, 404.
/// One at a time, on a thread of its own. Must end before the gateway's loops and the store.
class AdminActions {
 public:
  explicit AdminActions(store::Store& store) : store_(store) {}

  void add_to(Gateway& gateway);
  /// Waits for what is under way. Idempotent.
  void stop() { work_.stop(); }

 private:
  void backup(const std::string& body, net::HttpReply reply);
  void replay(const std::string& body, net::HttpReply reply);

  store::Store& store_;
  engine::BlockingWork work_{1};
};

}  // namespace pawl::server
