// SPDX-License-Identifier: Apache-2.0
// Routing is aws::RequestRouter's, protocols are aws::ServiceEndpoint's: here they meet a request.
#include "server/gateway.h"

#include <algorithm>
#include <utility>

#include "aws/protocol/protocol_codec.h"
#include "base/assert.h"
#include "json/parse.h"
#include "json/write.h"
#include "server/request_id.h"
#include "server/wall_clock.h"

namespace pawl::server {
namespace {

constexpr std::string_view kDefaultRegion = "us-east-1";

/// In whose name requests are refused that are for no service of ours.
constexpr std::string_view kModelOfNobody =
    R"({"metadata":{"protocol":"json","jsonVersion":"1.0"},"operations":{},"shapes":{}})";

aws::HttpRequest to_aws(net::HttpRequest& request) {
  aws::HttpRequest made;
  made.method = request.method;
  const size_t question = std::min(request.target.find('?'), request.target.size());
  made.path = request.target.substr(0, question);
  if (question < request.target.size()) made.query = request.target.substr(question + 1);
  for (const auto& [name, value] : request.headers) made.headers.add(name, value);
  made.body = std::move(request.body);
  return made;
}

net::HttpResponse to_net(aws::HttpResponse&& response) {
  net::HttpResponse made;
  made.status = response.status;
  made.headers.assign(response.headers.begin(), response.headers.end());
  made.body = std::move(response.body);
  return made;
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Without verified credentials everybody is the default account's root; an access key of twelve
/// digits chooses another account.
aws::Principal principal_of(const aws::RequestTarget& target) {
  aws::Principal principal;
  principal.access_key_id = target.access_key_id;
  if (is_account(target.access_key_id)) {
    principal.account_id = target.access_key_id;
    principal.user_id = target.access_key_id;
    principal.arn = "arn:aws:iam::" + target.access_key_id + ":root";
  }
  return principal;
}

}  // namespace

net::HttpResponse refuse_unread_request(int status) {
  struct Refusal {
    int status;
    std::string_view code;
    std::string_view message;
  };
  static constexpr Refusal kRefusals[] = {
      {400, "MalformedHttpRequestException", "The request is not HTTP as RFC 9112 has it."},
      {408, "RequestTimeoutException", "The request did not arrive in time."},
      {413, "RequestEntityTooLargeException", "The request entity is too large."},
      {431, "MalformedHttpRequestException", "The header fields are too large."},
      {501, "MalformedHttpRequestException", "The transfer coding is not known."},
      {503, "ServiceUnavailable", "The server has too many requests under way."},
      {505, "MalformedHttpRequestException", "The version of HTTP is not known."}};
  for (const Refusal& refusal : kRefusals) {
    if (refusal.status != status) continue;
    return {
        status,
        {{"x-amzn-RequestId", make_request_id()}, {"Content-Type", "application/x-amz-json-1.0"}},
        "{\"__type\":\"com.amazon.coral.service#" + std::string(refusal.code) +
            "\",\"message\":\"" + std::string(refusal.message) + "\"}"};
  }
  return {status, {}, {}};
}

struct Gateway::Served {
  Served(std::unique_ptr<aws::Service> given, const aws::ServiceModel& model)
      : service(std::move(given)), actions(*service, model), endpoint(actions) {}

  std::unique_ptr<aws::Service> service;
  aws::ActionTable actions;
  aws::ServiceEndpoint endpoint;
};

/// One request until it is answered.
struct Gateway::Exchange {
  Exchange(net::HttpRequest& request, net::HttpReply&& given)
      : http(to_aws(request)), reply(std::move(given)), request_id(make_request_id()) {}

  void answer(aws::HttpResponse response) {
    if (!response.headers.has("x-amzn-RequestId")) {
      response.headers.add("x-amzn-RequestId", request_id);
    }
    reply.send(to_net(std::move(response)));
  }

  const aws::HttpRequest http;
  net::HttpReply reply;
  const std::string request_id;
};

Gateway::Gateway() {
  auto model = aws::ServiceModel::compile("pawl", *json::parse(kModelOfNobody));
  PAWL_ASSERT(model);
  nobody_ = std::move(*model);
}
Gateway::~Gateway() = default;

base::Result<void> Gateway::add(std::unique_ptr<aws::Service> service,
                                const aws::ServiceModel& model) {
  auto served = std::make_unique<Served>(std::move(service), model);
  served->service->bind(served->actions);
  PAWL_TRY_VOID(served->actions.check());
  router_.add(model);
  services_.push_back(std::move(served));
  return {};
}

const Gateway::Served* Gateway::find(const aws::ServiceModel* model) const {
  for (const auto& served : services_) {
    if (&served->actions.model() == model) return served.get();
  }
  return nullptr;
}

void Gateway::handle(net::HttpRequest& request, net::HttpReply reply) const {
  if (request.target == "/_pawl/health") {
    reply.send({.status = 200,
                .headers = {{"Content-Type", "application/json"}},
                .body = health() + "\n"});
    return;
  }
  route(std::make_shared<Exchange>(request, std::move(reply)));
}

void Gateway::route(const std::shared_ptr<Exchange>& exchange) const {
  const aws::Route route = router_.route(exchange->http);
  const aws::ResponseContext context{exchange->request_id};
  const auto refuse = [&](const aws::ServiceModel& model, const aws::ApiError& error) {
    exchange->answer(aws::codec(route.protocol).encode_error(model, nullptr, error, context));
  };
  const Served* served = find(route.service);
  if (served == nullptr) {
    return refuse(*nobody_,
                  route.target.signing_name.empty()
                      ? aws::no_such_operation(route)
                      : aws::not_implemented(route.target.signing_name, route.target.operation));
  }
  if (route.operation == nullptr) return refuse(*route.service, aws::no_such_operation(route));
  aws::Request request;
  request.operation = route.operation;
  request.principal = principal_of(route.target);
  request.region = route.target.region.empty() ? std::string(kDefaultRegion) : route.target.region;
  request.request_id = exchange->request_id;
  request.received = wall_clock_now();
  request.host = exchange->http.headers.get("Host");
  served->endpoint.handle(
      route.protocol, exchange->http, std::move(request), "",
      [exchange](aws::HttpResponse response) { exchange->answer(std::move(response)); });
}

std::string Gateway::health() const {
  json::ObjectBuilder services;
  for (const auto& served : services_) {
    services.set(served->actions.model().metadata().service_name, json::Value("running"));
  }
  json::ObjectBuilder health;
  health.set("status", json::Value("running"))
      .set("version", json::Value(PAWL_VERSION))
      .set("services", std::move(services).build());
  return json::write(std::move(health).build());
}

}  // namespace pawl::server
