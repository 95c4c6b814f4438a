// SPDX-License-Identifier: Apache-2.0
// Routing is aws::RequestRouter's, protocols are aws::ServiceEndpoint's: here they meet a request.
#include "server/gateway.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "aws/protocol/protocol_codec.h"
#include "aws/signing/verify.h"
#include "aws/spooled_body.h"
#include "base/assert.h"
#include "aws/signing/credential_scope.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "server/foreign_content.h"
#include "server/large_requests.h"
#include "server/request_id.h"
#include "server/wall_clock.h"

namespace pawl::server {

using Release = aws::ServiceEndpoint::Release;

namespace {

/// The addresses that services hand out, below "/_pawl/", end with what nobody can guess and
/// whoever knows may use: "/_pawl/cloudformation/responses/…".
std::string logged_path(const std::string& path) {
  if (!path.starts_with("/_pawl/")) return path;
  constexpr int kSegmentsShown = 3;
  size_t end = 0;
  for (int i = 0; i < kSegmentsShown && end != std::string::npos; ++i)
    end = path.find('/', end + 1);
  return end == std::string::npos ? path : path.substr(0, end) + "/…";
}

constexpr std::string_view kDefaultRegion = "us-east-1";
/// In the scope of signatures of the console's API.
constexpr std::string_view kConsoleSigningName = "pawl";
/// S3 "Authenticating Requests": within 15 minutes.
constexpr int64_t kS3SkewMs = 900'000;

/// In whose name requests are refused that are for no service of ours.
constexpr std::string_view kModelOfNobody =
    R"({"metadata":{"protocol":"json","jsonVersion":"1.0"},"operations":{},"shapes":{}})";

aws::HttpRequest head_to_aws(const net::HttpRequest& request) {
  aws::HttpRequest made;
  made.method = request.method;
  const size_t question = std::min(request.target.find('?'), request.target.size());
  made.path = request.target.substr(0, question);
  if (question < request.target.size()) made.query = request.target.substr(question + 1);
  made.headers.reserve(request.headers.size());
  for (const auto& [name, value] : request.headers) made.headers.add(name, value);
  return made;
}

aws::HttpRequest to_aws(net::HttpRequest& request) {
  aws::HttpRequest made = head_to_aws(request);
  made.body = std::move(request.body);
  if (request.spooled) {
    made.stream = std::make_shared<aws::SpooledBody>(request.spooled->path(),
                                                     request.spooled->size(), request.spooled);
  }
  return made;
}

net::HttpResponse to_net(aws::HttpResponse&& response) {
  net::HttpResponse made;
  made.status = response.status;
  made.headers = std::move(response.headers).take();
  made.body = std::move(response.body);
  made.source = std::move(response.stream);
  return made;
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Without verified credentials everybody is the default account's root; an access key of twelve
/// digits chooses another account.
aws::Principal root_of(std::string_view account, std::string_view access_key_id) {
  aws::Principal principal;
  principal.access_key_id = access_key_id;
  if (is_account(account)) {
    principal.account_id = account;
    principal.user_id = account;
    principal.arn = "arn:aws:iam::" + principal.account_id + ":root";
  }
  return principal;
}

/// S3's second id of a request, which names the host that answered; "" for other services.
std::string host_id_of(const aws::ServiceModel& model, std::string_view request_id) {
  return model.metadata().endpoint_prefix == "s3" ? base::base64_encode(request_id) : "";
}

/// What the client will take for the error's name, whatever the protocol; "" for a success.
std::string_view error_code_of(const aws::HttpResponse& response) {
  if (response.status < 400) return {};
  if (const std::string_view type = response.headers.get("x-amzn-ErrorType"); !type.empty()) {
    return aws::bare_error_code(type);
  }
  struct Mark {
    std::string_view begin;
    std::string_view end;
  };
  const std::string_view body = response.body;
  for (const Mark& mark : {Mark{R"("__type":")", "\""}, Mark{"<Code>", "<"}}) {
    const size_t at = body.find(mark.begin);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = body.substr(at + mark.begin.size());
    return aws::bare_error_code(rest.substr(0, rest.find(mark.end)));
  }
  return "Unknown";
}

/// A refusal of ours, before any service is asked.
net::HttpResponse json_refusal(int status, std::string_view code, std::string_view message) {
  json::ObjectBuilder body;
  body.set("__type", json::Value("com.amazon.coral.service#" + std::string(code)))
      .set("message", json::Value(message));
  return {status,
          {{"x-amzn-RequestId", make_request_id()}, {"Content-Type", "application/x-amz-json-1.0"}},
          json::write(std::move(body).build())};
}

/// Why net::HttpServer refused a request, in the framework's words and in S3's.
struct Refusal {
  int status;
  std::string_view code;
  std::string_view message;
  std::string_view s3_code = "";
  std::string_view s3_message = "";
  int s3_status = 0;
};

constexpr Refusal kRefusals[] = {
    {400, "MalformedHttpRequestException", "The request is not HTTP as RFC 9112 has it."},
    {408, "RequestTimeoutException", "The request did not arrive in time.", "RequestTimeout",
     "Your socket connection to the server was not read from or written to within the timeout "
     "period. Idle connections will be closed.",
     400},
    {413, "RequestEntityTooLargeException", "The request entity is too large.", "EntityTooLarge",
     "Your proposed upload exceeds the maximum allowed size", 400},
    {431, "MalformedHttpRequestException", "The header fields are too large."},
    {500, "InternalFailure", "The request could not be kept.", "InternalError",
     "We encountered an internal error. Please try again.", 500},
    {501, "MalformedHttpRequestException", "The transfer coding is not known."},
    {503, "ServiceUnavailable", "The server has too many requests under way.", "SlowDown",
     "Please reduce your request rate.", 503},
    {505, "MalformedHttpRequestException", "The version of HTTP is not known."},
    {507, "InternalFailure", "There is no room on the disk for the request.", "InternalError",
     "We encountered an internal error. Please try again.", 507},
};

}  // namespace

net::BodyBound Gateway::body_bound(const net::HttpRequest& head) const {
  if (console_ != nullptr && ConsoleGate::is_for(head)) return {};
  const aws::HttpRequest request = head_to_aws(head);
  if (const aws::HttpSite* site = site_of(request); site != nullptr && site->body_bytes_max() > 0) {
    return {site->body_bytes_max(), /*is_spooled=*/false};
  }
  return large_body_bound(router_.route(request), request, router_.has_signing_name("s3"));
}

const aws::HttpSite* Gateway::site_of(const aws::HttpRequest& head) const {
  const auto found = std::find_if(sites_.begin(), sites_.end(),
                                  [&](const aws::HttpSite* site) { return site->serves(head); });
  return found == sites_.end() ? nullptr : *found;
}

net::HttpResponse Gateway::refuse_unread(int status, const net::HttpRequest* head) const {
  if (const aws::HttpSite* site = head == nullptr ? nullptr : site_of(head_to_aws(*head))) {
    if (std::optional<aws::HttpResponse> own = site->refusal(status)) {
      return to_net(*std::move(own));
    }
  }
  const auto* refusal = std::find_if(std::begin(kRefusals), std::end(kRefusals),
                                     [status](const Refusal& r) { return r.status == status; });
  if (refusal == std::end(kRefusals)) return {status, {}, {}};
  if (head != nullptr && console_ != nullptr && ConsoleGate::is_for(*head)) {
    return console::error_answer(
        {std::string(refusal->code), std::string(refusal->message), status});
  }
  const aws::Route route = head == nullptr ? aws::Route() : router_.route(head_to_aws(*head));
  if (route.service == nullptr) return json_refusal(status, refusal->code, refusal->message);
  const bool is_s3 = route.service->metadata().signing_name == "s3" && !refusal->s3_code.empty();
  const aws::ApiError error(std::string(is_s3 ? refusal->s3_code : refusal->code),
                            std::string(is_s3 ? refusal->s3_message : refusal->message),
                            is_s3 ? refusal->s3_status : status);
  const std::string request_id = make_request_id();
  aws::HttpResponse response =
      aws::codec(route.protocol).encode_error(*route.service, route.operation, error, {request_id});
  if (!response.headers.has("x-amzn-RequestId")) {
    response.headers.add("x-amzn-RequestId", request_id);
  }
  return to_net(std::move(response));
}

/// One request until it is answered.
struct Gateway::Exchange {
  Exchange(Gateway& owner, net::HttpRequest& request, net::HttpReply&& given)
      : gateway(owner),
        began(std::chrono::steady_clock::now()),
        http(to_aws(request)),
        reply(std::move(given)),
        request_id(make_request_id()) {}

  void answer(aws::HttpResponse response) {
    // S3 has a name of its own for it.
    if (!response.headers.has("x-amzn-RequestId") && !response.headers.has("x-amz-request-id")) {
      response.headers.add("x-amzn-RequestId", request_id);
    }
    gateway.note(*this, response);
    net::HttpResponse sent = to_net(std::move(response));
    if (is_document_beside_console(http)) {
      sent.headers.emplace_back("Content-Security-Policy", kForeignContentPolicy);
    }
    // Whoever may not ask has been refused.
    if (const std::string* origin = http.headers.find("Origin"); origin && exposes_origin) {
      CrossOriginRules::expose(sent.headers, *origin);
    }
    reply.send(std::move(sent));
  }

  Gateway& gateway;
  const std::chrono::steady_clock::time_point began;
  aws::HttpRequest http;
  net::HttpReply reply;
  const std::string request_id;
  bool exposes_origin = true;
  const aws::OperationModel* operation = nullptr;  ///< null: none is known
};

Gateway::Gateway(Options options)
    : options_(std::move(options)),
      console_gate_(options_.origins, options_.credentials.has_value()) {
  auto model = aws::ServiceModel::compile("pawl", *json::parse(kModelOfNobody));
  PAWL_ASSERT(model);
  nobody_ = std::move(*model);
  metrics_.add([this](MetricsText& text) { requests_.write(text); });
}
Gateway::~Gateway() = default;

base::Result<const aws::ActionTable*> Gateway::add(std::unique_ptr<aws::Service> service,
                                                   const aws::ServiceModel& model) {
  return add(std::move(service), aws::card_of(model), [&model] { return &model; }).actions();
}

ServedService& Gateway::add(std::unique_ptr<aws::Service> service, aws::ServiceCard card,
                            ServedService::ModelReader read) {
  const auto opened =
      [this, name = card.service_name](const base::Result<const aws::ServiceModel*>& model) {
        if (model) return requests_.add(**model);
        if (options_.log == nullptr) return;
        options_.log->write(LogLevel::Error, "a service cannot be opened",
                            {{"service", name}, {"reason", model.error().message}});
      };
  services_.push_back(std::make_unique<ServedService>(std::move(service), card, std::move(read),
                                                      opened, authorizer_));
  ServedService& served = *services_.back();
  router_.add(std::move(card), [&served]() -> const aws::ServiceModel* {
    return served.actions() ? served.model() : nullptr;
  });
  return served;
}

void Gateway::add_own_action(std::string path, OwnAction action) {
  own_actions_.emplace(std::move(path), std::move(action));
}

const ServedService* Gateway::find(const aws::ServiceModel* model) const {
  if (model == nullptr) return nullptr;
  for (const auto& served : services_) {
    if (served->model() == model) return served.get();
  }
  return nullptr;
}

void Gateway::handle(net::HttpRequest& request, net::HttpReply reply) {
  if (handle_our_own(request, reply) || handle_own_action(request, reply) ||
      handle_console(request, reply) ||
      (!is_taken_by_site(request) && handle_origin(request, reply)))
    return;
  const auto exchange = std::make_shared<Exchange>(*this, request, std::move(reply));
  if (!handle_site(exchange)) route(exchange);
}

/// Whether a site has been told, by its users, to let pages of this origin in.
bool Gateway::is_taken_by_site(const net::HttpRequest& request) const {
  if (sites_.empty() || request.header("Origin").empty()) return false;
  const aws::HttpRequest head = head_to_aws(request);
  return std::any_of(sites_.begin(), sites_.end(),
                     [&](const aws::HttpSite* site) { return site->allows_origin(head); });
}

bool Gateway::handle_site(const std::shared_ptr<Exchange>& exchange) const {
  for (aws::HttpSite* site : sites_) {
    if (!site->serves(exchange->http)) continue;
    exchange->exposes_origin = !site->answers_origins();
    site->serve(exchange->http,
                [exchange](aws::HttpResponse response) { exchange->answer(std::move(response)); });
    return true;
  }
  return false;
}

/// What is no AWS API: true if it was answered.
bool Gateway::handle_our_own(const net::HttpRequest& request, net::HttpReply& reply) const {
  if (request.method != "GET" && request.method != "HEAD") return false;
  if (request.target == "/_pawl/health") {
    reply.send({200, {{"Content-Type", "application/json"}}, health() + "\n"});
    return true;
  }
  if (request.target == "/_pawl/services") {
    reply.send({200, {{"Content-Type", "application/json"}}, operations() + "\n"});
    return true;
  }
  if (request.target == "/metrics") {
    reply.send({200, {{"Content-Type", "text/plain; version=0.0.4"}}, metrics_.render()});
    return true;
  }
  return false;
}

bool Gateway::handle_own_action(net::HttpRequest& request, net::HttpReply& reply) const {
  if (request.method != "POST" || own_actions_.empty()) return false;
  const auto found = own_actions_.find(request.target);
  if (found == own_actions_.end()) return false;
  // Every browser sends it with a POST.
  if (!request.header("Origin").empty()) {
    reply.send(json_refusal(403, "AccessDeniedException", "Not for web pages."));
  } else {
    found->second(std::move(request.body), std::move(reply));
  }
  return true;
}

bool Gateway::handle_console(net::HttpRequest& request, net::HttpReply& reply) const {
  if (console_ == nullptr || !ConsoleGate::is_for(request)) return false;
  const std::string_view name = ConsoleGate::api_name(request);
  if (name.empty() || request.method != "POST") {
    reply.send(name.empty()
                   ? console_->page(request)
                   : console::error_answer({"MethodNotAllowedException",
                                            "The console's API is called with POST.", 405}));
    return true;
  }
  const aws::HttpRequest http = to_aws(request);
  aws::ApiResult<console::ApiRequest> admitted = admit_to_console(request, http);
  if (admitted) {
    console_->call(name, http.body, *std::move(admitted), std::move(reply));
  } else {
    const aws::ApiError& error = admitted.error();
    if (options_.log != nullptr && options_.log->writes(LogLevel::Info)) {
      options_.log->write(LogLevel::Info, "a call of the console was refused",
                          {{"host", std::string(request.header("Host"))},
                           {"origin", std::string(request.header("Origin"))},
                           {"code", error.code}});
    }
    reply.send(console::error_answer(error));
  }
  return true;
}

/// From where it may come, then who asks.
aws::ApiResult<console::ApiRequest> Gateway::admit_to_console(const net::HttpRequest& request,
                                                              const aws::HttpRequest& http) const {
  PAWL_TRY_VOID(console_gate_.admit(request));
  aws::Route route;
  route.protocol = aws::Protocol::RestJson;
  console::ApiRequest made;
  made.received = wall_clock_now();
  made.authorizer = authorizer_;
  if (options_.credentials) {
    aws::VerifyOptions options;
    options.protocol = route.protocol;
    options.signing_name = kConsoleSigningName;
    const aws::SignedRequest verified = PAWL_TRY(verify(http, options));
    made.principal = PAWL_TRY(signer(verified, route));
    made.region = verified.scope.region;
    return made;
  }
  const auto scope = aws::credential_scope_of(http);
  if (scope && !scope->region.empty()) made.region = scope->region;
  made.principal = PAWL_TRY(anybody(scope ? scope->access_key_id : "", route));
  return made;
}

/// A page of another origin is refused, and not only kept from reading the answer: a form can be
/// posted without asking.
bool Gateway::handle_origin(const net::HttpRequest& request, net::HttpReply& reply) const {
  const std::string_view origin = request.header("Origin");
  if (origin.empty()) return false;
  if (!options_.origins.allows(origin)) {
    reply.send(json_refusal(403, "AccessDeniedException",
                            "Pages of this origin may not call; see pawl serve --cors-origin."));
    return true;
  }
  if (!CrossOriginRules::is_preflight(request)) return false;
  reply.send(CrossOriginRules::answer_preflight(request, origin));
  return true;
}

aws::ApiResult<aws::SignedRequest> Gateway::verify(const aws::HttpRequest& request,
                                                   aws::VerifyOptions options) const {
  const CredentialsFile& credentials = *options_.credentials;
  const aws::SecretLookup secret_of = [this, &credentials](
                                          std::string_view id,
                                          std::string_view token) -> std::optional<std::string> {
    if (const CredentialsFile::Entry* entry = credentials.find(id)) {
      if (entry->session_token != token) return std::nullopt;
      return entry->secret_access_key;
    }
    const std::optional<Identity> identity = identity_of(id);
    if (!identity || !identity->is_active || identity->key.session_token != token)
      return std::nullopt;
    return identity->key.secret;
  };
  options.now = wall_clock_now();
  return aws::verify_request(request, secret_of, options);
}

bool Gateway::is_signed(const aws::HttpRequest& request, std::string_view signing_name) const {
  if (!options_.credentials) return true;
  aws::VerifyOptions options;
  options.protocol = aws::Protocol::RestJson;
  options.signing_name = signing_name;
  return verify(request, options).has_value();
}

std::optional<Gateway::Identity> Gateway::identity_of(std::string_view access_key_id) const {
  if (identities_ == nullptr) return std::nullopt;
  auto found = identities_->find_key(access_key_id);
  return found ? *std::move(found) : std::nullopt;
}

/// A key that was switched off is nobody's; a session ends.
aws::ApiResult<void> Gateway::check_usable(const Identity& identity, const aws::Route& route) {
  const bool is_xml = route.protocol == aws::Protocol::Query ||
                      route.protocol == aws::Protocol::Ec2 ||
                      route.protocol == aws::Protocol::RestXml;
  const bool is_s3 = route.protocol == aws::Protocol::RestXml;
  const auto refuse = [&](const char* code, const char* message) {
    const bool is_coral =
        route.protocol == aws::Protocol::Json || route.protocol == aws::Protocol::RpcV2Cbor;
    aws::ApiError error(code, message, is_coral || is_s3 ? 400 : 403);
    error.type_namespace = "com.amazon.coral.service";
    return error;
  };
  if (!identity.is_active) {
    return refuse("UnrecognizedClientException",
                  "The security token included in the request is invalid.");
  }
  if (identity.key.expires.ms != 0 && identity.key.expires < wall_clock_now()) {
    return refuse(is_xml ? "ExpiredToken" : "ExpiredTokenException",
                  is_s3 ? "The provided token has expired."
                        : "The security token included in the request is expired");
  }
  return {};
}

/// Who has signed a request that is verified.
aws::ApiResult<aws::Principal> Gateway::signer(const aws::SignedRequest& verified,
                                               const aws::Route& route) const {
  const std::string& id = verified.scope.access_key_id;
  if (const CredentialsFile::Entry* entry = options_.credentials->find(id)) {
    return root_of(entry->account_id, id);
  }
  const std::optional<Identity> identity = identity_of(id);
  if (!identity) return aws::Principal();
  PAWL_TRY_VOID(check_usable(*identity, route));
  return identity->principal;
}

/// Who a key stands for where signatures are not looked at.
aws::ApiResult<aws::Principal> Gateway::anybody(const std::string& access_key_id,
                                                const aws::Route& route) const {
  const std::optional<Identity> identity = identity_of(access_key_id);
  if (!identity) return root_of(access_key_id, access_key_id);
  PAWL_TRY_VOID(check_usable(*identity, route));
  return identity->principal;
}

/// Tells the request who asks.
aws::ApiResult<void> Gateway::authenticate(const Exchange& exchange, const aws::Route& route,
                                           aws::Request& request) const {
  if (!options_.credentials) {
    request.principal = PAWL_TRY(anybody(route.target.access_key_id, route));
    return {};
  }
  if (route.operation != nullptr && route.operation->anonymous) return {};
  aws::VerifyOptions options;
  options.protocol = route.protocol;
  options.signing_name = route.service->metadata().signing_name;
  options.has_body = exchange.http.stream == nullptr;
  if (options.signing_name == "s3") options.skew_ms_max = kS3SkewMs;
  aws::SignedRequest verified = PAWL_TRY(verify(exchange.http, options));
  request.principal = PAWL_TRY(signer(verified, route));
  request.signature = std::make_shared<const aws::SignedRequest>(std::move(verified));
  return {};
}

void Gateway::route(const std::shared_ptr<Exchange>& exchange) {
  const aws::Route route = router_.route(exchange->http);
  const auto refuse = [&](const aws::ServiceModel& model, const aws::ApiError& error) {
    exchange->answer(
        aws::codec(route.protocol)
            .encode_error(model, route.operation, error,
                          {exchange->request_id, host_id_of(model, exchange->request_id)}));
  };
  const ServedService* served = find(route.service);
  if (served == nullptr) {
    return refuse(*nobody_,
                  route.target.signing_name.empty()
                      ? aws::no_such_operation(route)
                      : aws::not_implemented(route.target.signing_name, route.target.operation));
  }
  exchange->operation = route.operation;
  aws::Request request;
  const auto authentic = authenticate(*exchange, route, request);
  if (!authentic) return refuse(*route.service, authentic.error());
  if (route.operation == nullptr) return refuse(*route.service, aws::no_such_operation(route));
  request.operation = route.operation;
  request.region = route.target.region.empty() ? std::string(kDefaultRegion) : route.target.region;
  request.request_id = exchange->request_id;
  request.received = wall_clock_now();
  request.host = exchange->http.headers.get("Host");
  request.is_wanted = [exchange] { return !exchange->reply.is_client_gone(); };
  if (!route.path.empty()) exchange->http.path = route.path;  // the signature was over the other
  served->endpoint().handle(
      route.protocol, exchange->http, std::move(request),
      host_id_of(*route.service, exchange->request_id),
      [exchange, syncs = options_.syncs](aws::HttpResponse response, Release release) {
        if (release == Release::Now) return exchange->answer(std::move(response));
        PAWL_ASSERT(syncs != nullptr);
        syncs->after_sync([exchange, held = std::make_shared<aws::HttpResponse>(std::move(
                                         response))] { exchange->answer(std::move(*held)); });
      });
}

/// Counts the answer, and logs it if it is an error.
void Gateway::note(const Exchange& exchange, const aws::HttpResponse& response) {
  const auto took = std::chrono::steady_clock::now() - exchange.began;
  const int64_t us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  const std::string_view code = error_code_of(response);
  requests_.record(exchange.operation, code, static_cast<uint64_t>(us));
  LogLevel level = LogLevel::Debug;
  if (response.status >= 400) level = LogLevel::Info;
  if (response.status >= 500) level = LogLevel::Warning;
  if (options_.log == nullptr || !options_.log->writes(level)) return;
  Log::Fields fields;
  if (exchange.operation != nullptr) {
    fields.emplace_back("service", exchange.operation->service->metadata().service_name);
    fields.emplace_back("operation", exchange.operation->name);
  } else {
    fields.emplace_back("target", exchange.http.headers.get("X-Amz-Target"));
    fields.emplace_back("path", logged_path(exchange.http.path));
  }
  fields.emplace_back("status", std::to_string(response.status));
  if (!code.empty()) fields.emplace_back("code", code);
  fields.emplace_back("duration_us", std::to_string(us));
  fields.emplace_back("request_id", exchange.request_id);
  if (const std::string* trace = exchange.http.headers.find("traceparent")) {
    fields.emplace_back("traceparent", *trace);  // W3C Trace Context
  }
  options_.log->write(level, response.status >= 400 ? "request failed" : "request answered",
                      fields);
}

std::string Gateway::health() const {
  json::ObjectBuilder services;
  for (const auto& served : services_) {
    services.set(served->card().service_name, json::Value("running"));
  }
  json::ObjectBuilder health;
  health.set("status", json::Value("running"))
      .set("version", json::Value(PAWL_VERSION))
      .set("services", std::move(services).build());
  return json::write(std::move(health).build());
}

/// {"sqs":{"implemented":["AddPermission",…],"missing":[…]},…}, in the order of the models.
std::string Gateway::operations() const {
  json::ObjectBuilder services;
  for (const auto& served : services_) {
    std::vector<json::Value> implemented;
    std::vector<json::Value> missing;
    const auto actions = served->actions();
    if (!actions) continue;
    for (const aws::OperationModel& operation : (*actions)->model().operations()) {
      auto& list = (*actions)->implements(operation) ? implemented : missing;
      list.emplace_back(operation.name);
    }
    json::ObjectBuilder service;
    service.set("implemented", json::Value::array_of(implemented))
        .set("missing", json::Value::array_of(missing));
    services.set(served->card().service_name, std::move(service).build());
  }
  return json::write(std::move(services).build());
}

}  // namespace pawl::server
