// SPDX-License-Identifier: Apache-2.0
// Console: what answers below /_pawl/console: the pages and the API that only they use. It puts the
// parts together; who may call has been decided before (server/console_gate.h).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asl/task_resource.h"
#include "aws/model/model_catalog.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "console/api_table.h"
#include "console/execution_board.h"
#include "console/overview_watch.h"
#include "console/site.h"
#include "engine/execution_store.h"
#include "engine/ports.h"
#include "net/http_message.h"
#include "net/http_server.h"
#include "store/store.h"

namespace pawl::console {

/// What the parts are made of. All of it outlives the console. Widen it by what a part needs.
struct ConsolePorts {
  std::string version;             ///< of the program
  bool signs = false;              ///< whether requests must be signed
  std::span<const SiteFile> site;  ///< the pages; empty: the program was built without them
  aws::Caller& caller;             ///< any operation of any service
  aws::ModelCatalog& models;
  aws::ServiceLoop& loop;
  const asl::ResourceCatalog& resources;  ///< which Resources a definition may name
  store::Store& store;
  const engine::ExecutionStore& executions;
  engine::RevisionSource& revisions;
  ExecutionBoard& board;                                   ///< which the engine tells
  std::function<ServerTotals()> totals;                    ///< LivePorts'
  std::function<std::vector<ServiceRequests>()> requests;  ///< the same
};

/// Thread-safe. Its answers may come while and after it ends no longer: end it after the loops.
class Console {
 public:
  /// Where it lives; api requests are below kPath + "api/".
  static constexpr std::string_view kPath = "/_pawl/console/";

  explicit Console(const ConsolePorts& ports);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// It begins to sample what the server does. Once, when requests are answered.
  void run();

  /// GET and HEAD of pages and what they are made of. `request` is for kPath or below, or kPath
  /// without its last slash.
  net::HttpResponse page(const net::HttpRequest& request) const;

  /// POST kPath + "api/" + `name`. `body` is the text that came; `request` knows who asks.
  /// Answers 404 UnknownOperationException to names that are not there, 400
  /// SerializationException to what is no JSON object.
  void call(std::string_view name, const std::string& body, ApiRequest request,
            net::HttpReply reply) const;

 private:
  class Parts;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace pawl::console
