// SPDX-License-Identifier: Apache-2.0
// Gateway: from an HTTP request to the embedded service it is for, and back: who may call, where
// to, what the answer was. Not sockets (net), not the parts it is put together from (server.h).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/model/service_model.h"
#include "aws/service/http_site.h"
#include "aws/service/identities.h"
#include "aws/service/request_router.h"
#include "aws/service/service_endpoint.h"
#include "aws/signing/verify.h"
#include "console/console.h"
#include "base/error.h"
#include "net/http_message.h"
#include "net/http_server.h"
#include "net/large_bodies.h"
#include "server/credentials_file.h"
#include "server/console_gate.h"
#include "server/cross_origin.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/request_metrics.h"
#include "server/served_service.h"
#include "store/sync_queue.h"

namespace pawl::server {

/// Add every service first; after that handle() is thread-safe. Must outlive the answers.
class Gateway {
 public:
  struct Options {
    /// Then every request must be signed by one of them; else any credentials, or none, will do.
    std::optional<CredentialsFile> credentials = {};
    CrossOriginRules origins{};
    const Log* log = nullptr;           ///< may be null
    store::SyncQueue* syncs = nullptr;  ///< must be there if a service answers after a sync
  };

  explicit Gateway(Options options);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Binds a service to its model, which must outlive the gateway.
  /// Errors: InvalidSyntax if the service names operations that the model does not have.
  /// Returns its actions, which live as long as the gateway.
  base::Result<const aws::ActionTable*> add(std::unique_ptr<aws::Service> service,
                                            const aws::ServiceModel& model);
  /// The same when the first request for it has come: `read` gives the model that `card` is of.
  /// What goes wrong then is logged, and every request for it answered InternalFailure. Lives as
  /// long as the gateway.
  ServedService& add(std::unique_ptr<aws::Service> service, aws::ServiceCard card,
                     ServedService::ModelReader read);
  /// Is asked before any service, after the sites added earlier. Must outlive the gateway.
  void add(aws::HttpSite& site) { sites_.push_back(&site); }

  /// POST `path` (below /_pawl/) is answered by `action`, which gets the body, on the calling
  /// thread; what runs in a browser is refused.
  using OwnAction = std::function<void(std::string body, net::HttpReply reply)>;
  void add_own_action(std::string path, OwnAction action);

  /// Everything below /_pawl/console is answered by it, for whoever may call. Must outlive the
  /// gateway.
  void add(const console::Console& console) { console_ = &console; }

  /// Who has keys besides those of the file, and who is asked about every call to services added
  /// from now on; either may be null. They must outlive the gateway.
  void ask(aws::Identities* identities, aws::Authorizer* authorizer) {
    identities_ = identities;
    authorizer_ = authorizer;
  }

  /// What GET /metrics answers; that of requests is in it already.
  Metrics& metrics() { return metrics_; }
  const RequestMetrics& requests() const { return requests_; }

  /// Answers every request exactly once: with the service's answer, or as AWS's framework does when
  /// the request names no operation or is not signed as it should be. Actions run on the calling
  /// thread.
  void handle(net::HttpRequest& request, net::HttpReply reply);

  /// What this request's body may hold beyond the usual limit.
  net::BodyBound body_bound(const net::HttpRequest& head) const;

  /// The answer to a request that could not be read: one of the framework's common errors ("Common
  /// Errors" of every AWS API reference) in the form of the protocol that the request speaks, JSON
  /// if that cannot be told. `status` is net::HttpServer's.
  net::HttpResponse refuse_unread(int status, const net::HttpRequest* head) const;

  /// Whether somebody who may call has signed a request that a site answers, for a service of that
  /// signing name. Everybody may where there are no credentials.
  bool is_signed(const aws::HttpRequest& request, std::string_view signing_name) const;

 private:
  struct Exchange;

  bool handle_our_own(const net::HttpRequest& request, net::HttpReply& reply) const;
  bool handle_own_action(net::HttpRequest& request, net::HttpReply& reply) const;
  bool handle_console(net::HttpRequest& request, net::HttpReply& reply) const;
  aws::ApiResult<console::ApiRequest> admit_to_console(const net::HttpRequest& request,
                                                       const aws::HttpRequest& http) const;
  bool handle_origin(const net::HttpRequest& request, net::HttpReply& reply) const;
  void route(const std::shared_ptr<Exchange>& exchange);
  aws::ApiResult<aws::SignedRequest> verify(const aws::HttpRequest& request,
                                            aws::VerifyOptions options) const;
  aws::ApiResult<void> authenticate(const Exchange& exchange, const aws::Route& route,
                                    aws::Request& request) const;
  aws::ApiResult<aws::Principal> signer(const aws::SignedRequest& verified,
                                        const aws::Route& route) const;
  aws::ApiResult<aws::Principal> anybody(const std::string& access_key_id,
                                         const aws::Route& route) const;
  using Identity = aws::Identities::Identity;
  std::optional<Identity> identity_of(std::string_view access_key_id) const;
  static aws::ApiResult<void> check_usable(const Identity& identity, const aws::Route& route);
  const ServedService* find(const aws::ServiceModel* model) const;
  std::string health() const;
  std::string operations() const;
  bool is_taken_by_site(const net::HttpRequest& request) const;
  /// The site that serves it; null: none.
  const aws::HttpSite* site_of(const aws::HttpRequest& head) const;
  bool handle_site(const std::shared_ptr<Exchange>& exchange) const;
  void note(const Exchange& exchange, const aws::HttpResponse& response);

  const Options options_;
  const ConsoleGate console_gate_;
  const console::Console* console_ = nullptr;
  std::unique_ptr<const aws::ServiceModel> nobody_;
  aws::RequestRouter router_;
  aws::Identities* identities_ = nullptr;
  aws::Authorizer* authorizer_ = nullptr;
  std::vector<std::unique_ptr<ServedService>> services_;
  std::vector<aws::HttpSite*> sites_;
  std::map<std::string, OwnAction, std::less<>> own_actions_;
  RequestMetrics requests_;
  Metrics metrics_;
};

}  // namespace pawl::server
