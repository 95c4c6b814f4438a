// SPDX-License-Identifier: Apache-2.0
// Targets, the Smithy-Protocol header and errors; bodies are cbor.h's.
#include "aws/protocol/cbor_codec.h"

#include "aws/protocol/cbor.h"
#include "aws/protocol/event_codec.h"
#include "aws/protocol/event_stream.h"
#include "aws/protocol/json_codec.h"

namespace pawl::aws {
namespace {

using base::Result;
using json::Value;

constexpr std::string_view kProtocolHeader = "smithy-protocol";
constexpr std::string_view kProtocolName = "rpc-v2-cbor";

HttpResponse cbor_response(int status, const ResponseContext& context) {
  HttpResponse response;
  response.status = status;
  response.headers.set(kProtocolHeader, kProtocolName);
  response.headers.set("x-amzn-RequestId", context.request_id);
  response.headers.set("Content-Type", "application/cbor");
  return response;
}

}  // namespace

Result<HttpRequest> CborCodec::encode_request(const OperationModel& operation,
                                              const Value& input) const {
  HttpRequest request;
  request.method = "POST";
  request.path =
      "/service/" + operation.service->metadata().target_prefix + "/operation/" + operation.name;
  request.headers.set(kProtocolHeader, kProtocolName);
  request.headers.set("Accept", "application/cbor");
  if (operation.input != nullptr) {
    request.headers.set("Content-Type", "application/cbor");
    request.body = write_cbor(*operation.input, input);
  }
  return request;
}

ApiResult<Value> CborCodec::decode_response(const OperationModel& operation,
                                            const HttpResponse& response) const {
  if (response.status < 300) {
    if (operation.output == nullptr || response.body.empty()) return Value::object();
    if (event_stream_member(operation.output) != nullptr) {
      return read_events(operation, protocol(), response.body);
    }
    return read_cbor(*operation.output, response.body);
  }
  ApiError error(std::string(bare_error_code(cbor_text_member(response.body, "__type"))),
                 std::nullopt);
  if (error.code.empty()) error.code = std::to_string(response.status);
  error.status = response.status;
  error.fault = response.status >= 500 ? Fault::Receiver : Fault::Sender;
  const Shape* shape = operation.find_error(error.code);
  if (shape == nullptr) shape = operation.service->find_error(error.code);
  std::string message = cbor_text_member(response.body, message_member(shape));
  if (!message.empty()) error.message = std::move(message);
  if (shape != nullptr) {
    auto members = read_cbor(*shape, response.body);
    if (members) error.members = members->without_member(message_member(shape));
  }
  return error;
}

ApiResult<Value> CborCodec::decode_request(const OperationModel& operation,
                                           const HttpRequest& request) const {
  if (operation.input == nullptr || request.body.empty()) return Value::object();
  return read_cbor(*operation.input, request.body);
}

HttpResponse CborCodec::encode_response(const OperationModel& operation, const Value& output,
                                        const ResponseContext& context) const {
  HttpResponse response = cbor_response(200, context);
  if (event_stream_member(operation.output) != nullptr) {
    response.headers.set("Content-Type", kEventStreamType);
    response.body = EventWriter(operation, protocol()).initial_response(output);
  } else if (operation.output != nullptr) {
    response.body = write_cbor(*operation.output, output);
  } else {
    response.headers.remove("Content-Type");
  }
  return response;
}

HttpResponse CborCodec::encode_error(const ServiceModel& service, const OperationModel* operation,
                                     const ApiError& error, const ResponseContext& context) const {
  const ResolvedError resolved = resolve_error(service, operation, error);
  HttpResponse response = cbor_response(resolved.status, context);
  json::ObjectBuilder members;
  if (error.message) members.set(message_member(resolved.shape), Value(*error.message));
  for (const json::Member& member : error.members.members()) members.set(member.key, member.value);
  response.body = write_cbor_error(resolved.shape == nullptr ? error.code : resolved.shape->name,
                                   resolved.shape, std::move(members).build());
  if (service.metadata().query_compatible) {
    const std::string code =
        resolved.shape == nullptr ? error.code : resolved.shape->error->query_error;
    response.headers.set("x-amzn-query-error",
                         code + ";" + std::string(fault_name(resolved.fault)));
  }
  return response;
}

}  // namespace pawl::aws
