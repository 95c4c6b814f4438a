// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/api_gateway.h"

#include <utility>

#include "services/apigateway/http/http_gateway.h"
#include "services/apigateway/http/http_service.h"
#include "services/apigateway/outgoing_calls.h"
#include "services/apigateway/request_target.h"
#include "services/apigateway/rest/rest_gateway.h"
#include "services/apigateway/rest/rest_service.h"

namespace pawl::apigateway {

namespace {

/// Who calls an API says only its id: the record of its home says whose it is.
class GatewaySite final : public aws::HttpSite {
 public:
  GatewaySite(const RecordStore& records, HttpGateway& http, RestGateway& rest)
      : records_(records), http_(http), rest_(rest) {}

  bool serves(const aws::HttpRequest& request) const override {
    return request_target(request).has_value();
  }
  /// Only of APIs that are here: others are AWS's.
  bool claims(const aws::HttpRequest& request) const {
    const std::optional<RequestTarget> target = request_target(request);
    if (!target || request.path.starts_with("/_")) return false;
    const aws::ApiResult<std::optional<ApiHome>> home = records_.home(target->api_id);
    return home && home->has_value();
  }
  /// APIs are there for the world; which pages may read them says their CORS configuration.
  bool allows_origin(const aws::HttpRequest& request) const override { return serves(request); }

  bool answers_origins() const override { return true; }
  uint64_t body_bytes_max() const override { return kPayloadBytesMax; }
  std::optional<aws::HttpResponse> refusal(int status) const override {
    if (status == 413) return message_response(413, "Request Entity Too Large");
    if (status == 408) return message_response(408, "Request Timeout");
    return std::nullopt;
  }

  void serve(const aws::HttpRequest& request, Answer answer) override {
    const RequestTarget target = *request_target(request);
    const aws::ApiResult<std::optional<ApiHome>> home = records_.home(target.api_id);
    if (!home) return answer(message_response(500, "Internal Server Error"));
    if (!*home) return answer(message_response(403, "Forbidden"));
    if ((*home)->is_rest) {
      rest_.serve((*home)->scope, target, request, std::move(answer));
    } else {
      http_.serve((*home)->scope, target, request, std::move(answer));
    }
  }

 private:
  const RecordStore& records_;
  HttpGateway& http_;
  RestGateway& rest_;
};

}  // namespace

class ApiGateway::Parts {
 public:
  Parts(RecordStore given, const GatewayPorts& given_ports)
      : records(given),
        ports(given_ports),
        http(records, ports),
        rest(records, ports),
        site(records, http, rest) {}

  RecordStore records;
  GatewayPorts ports;
  HttpGateway http;
  RestGateway rest;
  GatewaySite site;
};

ApiGateway::ApiGateway(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ApiGateway::~ApiGateway() = default;

base::Result<std::shared_ptr<ApiGateway>> ApiGateway::open(store::Store& store,
                                                           GatewayPorts ports) {
  const RecordStore records = PAWL_TRY(RecordStore::open(store));
  return std::shared_ptr<ApiGateway>(
      new ApiGateway(std::make_unique<Parts>(records, std::move(ports))));
}

std::unique_ptr<aws::Service> ApiGateway::make_http_service() {
  return std::make_unique<HttpApiService>(parts_->records, parts_->http, parts_->ports,
                                          shared_from_this());
}

std::unique_ptr<aws::Service> ApiGateway::make_rest_service() {
  return std::make_unique<RestApiService>(parts_->records, parts_->rest, parts_->ports,
                                          shared_from_this());
}

aws::HttpSite& ApiGateway::site() { return parts_->site; }

bool ApiGateway::claims(const aws::HttpRequest& request) const {
  return parts_->site.claims(request);
}

}  // namespace pawl::apigateway
