// SPDX-License-Identifier: Apache-2.0
// The one place where the console is put together: a part is a member and a line.
#include "console/console.h"

#include <utility>

#include "console/call_api.h"
#include "console/evaluate_api.h"
#include "console/graph_api.h"
#include "console/live_api.h"
#include "console/site.h"
#include "console/time_travel_api.h"
#include "json/parse.h"

namespace pawl::console {

using json::Value;

class Console::Parts {
 public:
  explicit Parts(const ConsolePorts& ports)
      : site_(ports.site),
        call_(ports.caller, ports.models),
        graph_(ports.loop, ports.resources),
        live_({ports.loop, ports.caller, ports.store, ports.executions, ports.revisions,
               ports.board, ports.totals, ports.requests}),
        time_travel_(ports.store, ports.executions) {
    api_.on_result("config", [version = ports.version, signs = ports.signs,
                              is_built = !site_.is_empty()](const ApiRequest& request) {
      return config(version, signs, is_built, request);
    });
    call_.add_to(api_);
    graph_.add_to(api_);
    live_.add_to(api_);
    time_travel_.add_to(api_);
    evaluate_.add_to(api_);
  }

  const Site& site() const { return site_; }
  const ApiTable& api() const { return api_; }
  void run() { live_.run(); }

 private:
  static Value config(const std::string& version, bool signs, bool is_built,
                      const ApiRequest& request) {
    json::ObjectBuilder out;
    out.set("version", Value(version))
        .set("region", Value(request.region))
        .set("account", Value(request.principal.account_id))
        .set("principal", Value(request.principal.arn))
        .set("signs", Value(signs))
        .set("enforcesPolicies", Value(request.authorizer != nullptr))
        .set("isBuilt", Value(is_built));
    return std::move(out).build();
  }

  const Site site_;
  ApiTable api_;
  CallApi call_;
  GraphApi graph_;
  LiveApi live_;
  TimeTravelApi time_travel_;
  EvaluateApi evaluate_;
};

Console::Console(const ConsolePorts& ports) : parts_(std::make_unique<Parts>(ports)) {}
Console::~Console() = default;

void Console::run() { parts_->run(); }

net::HttpResponse Console::page(const net::HttpRequest& request) const {
  const std::string_view path = request.target.substr(0, request.target.find('?'));
  if (!path.starts_with(kPath)) return redirect_to_site();
  return parts_->site().answer(request, path.substr(kPath.size()));
}

void Console::call(std::string_view name, const std::string& body, ApiRequest request,
                   net::HttpReply reply) const {
  const ApiTable::Handler* handler = parts_->api().find(name);
  if (handler == nullptr) {
    // Its bytes are the path's: they need not be text.
    return reply.send(error_answer(
        {"UnknownOperationException", "The console's API has no such operation.", 404}));
  }
  if (!body.empty()) {
    auto read = json::parse(body);
    if (!read || !read->is_object()) {
      return reply.send(error_answer(aws::serialization_exception(
          read ? "The body must be a JSON object." : read.error().message)));
    }
    request.body = *std::move(read);
  }
  (*handler)(std::move(request), std::move(reply));
}

}  // namespace pawl::console
