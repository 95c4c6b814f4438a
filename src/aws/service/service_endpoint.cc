// SPDX-License-Identifier: Apache-2.0
// The way of one call through the layer.
#include "aws/service/service_endpoint.h"

#include "aws/pushed_body.h"
#include "base/assert.h"

namespace pawl::aws {

void ServiceEndpoint::handle(Protocol protocol, const HttpRequest& http, Request request,
                             std::string host_id,
                             std::function<void(HttpResponse, Release)> receiver) const {
  PAWL_ASSERT(request.operation != nullptr);
  const OperationModel& operation = *request.operation;
  const ProtocolCodec& wire = codec(protocol);
  ResponseContext context{request.request_id, std::move(host_id)};
  auto input = wire.decode_request(operation, http);
  if (!input) {
    receiver(wire.encode_error(*operation.service, &operation, input.error(), context),
             Release::Now);
    return;
  }
  request.input = std::move(*input);
  request.http = &http;
  actions_.call(
      std::move(request), Reply([&wire, &operation, context = std::move(context),
                                 receiver = std::move(receiver)](ActionResult result) {
        if (!result) {
          receiver(wire.encode_error(*operation.service, &operation, result.error(), context),
                   Release::Now);
          return;
        }
        HttpResponse response = wire.encode_response(operation, result->value, context);
        if (!result->streamed_body.empty()) {
          response.body = std::move(result->streamed_body);
        }
        if (result->stream) {
          // The body is the first event of a stream of events, or empty.
          response.stream =
              with_prefix(std::exchange(response.body, {}), std::move(result->stream));
        }
        if (result->status != 0) response.status = result->status;
        for (const auto& [name, value] : result->headers) response.headers.set(name, value);
        receiver(std::move(response), result->after_sync ? Release::AfterSync : Release::Now);
      }));
}

}  // namespace pawl::aws
