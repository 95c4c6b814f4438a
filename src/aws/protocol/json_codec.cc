// SPDX-License-Identifier: Apache-2.0
// Bodies through json_shape; here are targets, headers and errors.
#include "aws/protocol/json_codec.h"

#include "aws/protocol/event_codec.h"
#include "aws/protocol/event_stream.h"
#include "aws/protocol/json_shape.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using base::Result;
using json::Value;

std::string content_type(const ServiceModel& service) {
  return "application/x-amz-json-" + service.metadata().json_version;
}

/// What stands in __type. Services of JSON 1.0 print the namespace, those of 1.1 only the name.
std::string type_text(const ServiceModel& service, const ApiError& error, const Shape* shape) {
  const ServiceMetadata& metadata = service.metadata();
  const std::string name = shape != nullptr ? shape->name : error.code;
  if (metadata.json_version == "1.1") return name;
  const std::string& type_namespace =
      error.type_namespace.empty() ? metadata.error_namespace : error.type_namespace;
  return type_namespace.empty() ? name : type_namespace + "#" + name;
}

ApiResult<Value> parse_body(std::string_view body) {
  auto parsed = json::parse(body);
  if (!parsed) return serialization_exception();
  return std::move(*parsed);
}

}  // namespace

Value error_members(const ApiError& error, const Shape* shape) {
  json::ObjectBuilder members;
  if (error.message) {
    // NOTE: coral spells the message of this one error with a capital (DynamoDB, Athena).
    const bool capital = shape == nullptr && error.code == "SerializationException";
    members.set(capital ? "Message" : message_member(shape), Value(*error.message));
  }
  const Value more = shape == nullptr ? error.members : write_json(*shape, error.members);
  for (const json::Member& member : more.members()) members.set(member.key, member.value);
  return std::move(members).build();
}

ApiError read_json_error(const ServiceModel& service, const OperationModel& operation,
                         const HttpResponse& response) {
  const auto parsed = json::parse(response.body);
  const Value body = parsed && parsed->is_object() ? *parsed : Value::object();
  std::string code(response.headers.get("x-amzn-errortype"));
  for (const char* name : {"__type", "code", "Code"}) {
    const Value* found = body.find(name);
    if (code.empty() && found != nullptr && found->is_string()) code = found->as_string();
  }
  ApiError error(std::string(bare_error_code(code)), std::nullopt);
  if (error.code.empty()) error.code = "UnknownError";
  error.status = response.status;
  error.fault = response.status >= 500 ? Fault::Receiver : Fault::Sender;
  for (const char* name : {"message", "Message", "errorMessage"}) {
    const Value* found = body.find(name);
    if (!error.message && found != nullptr && found->is_string()) {
      error.message = std::string(found->as_string());
    }
  }
  const Shape* shape = operation.find_error(error.code);
  if (shape == nullptr) shape = service.find_error(error.code);
  if (shape != nullptr) {
    auto members = read_json(*shape, body);
    if (members) error.members = members->without_member(message_member(shape));
  }
  return error;
}

Result<HttpRequest> JsonCodec::encode_request(const OperationModel& operation,
                                              const Value& input) const {
  HttpRequest request;
  request.method = "POST";
  request.headers.set("X-Amz-Target",
                      operation.service->metadata().target_prefix + "." + operation.name);
  request.headers.set("Content-Type", content_type(*operation.service));
  if (operation.service->metadata().query_compatible) {
    request.headers.set("x-amzn-query-mode", "true");
  }
  request.body =
      operation.input == nullptr ? "{}" : json::write(write_json(*operation.input, input));
  return request;
}

ApiResult<Value> JsonCodec::decode_response(const OperationModel& operation,
                                            const HttpResponse& response) const {
  if (response.status >= 300) return read_json_error(*operation.service, operation, response);
  if (operation.output == nullptr || response.body.empty()) return Value::object();
  if (event_stream_member(operation.output) != nullptr) {
    return read_events(operation, protocol(), response.body);
  }
  return read_json(*operation.output, PAWL_TRY(parse_body(response.body)));
}

ApiResult<Value> JsonCodec::decode_request(const OperationModel& operation,
                                           const HttpRequest& request) const {
  const Value body = PAWL_TRY(parse_body(request.body));
  if (body.is_array()) return serialization_exception("Start of list found where not expected");
  if (!body.is_object()) return serialization_exception();
  if (operation.input == nullptr) return Value::object();
  return read_json(*operation.input, body);
}

HttpResponse JsonCodec::encode_response(const OperationModel& operation, const Value& output,
                                        const ResponseContext& context) const {
  HttpResponse response;
  response.headers.set("x-amzn-RequestId", context.request_id);
  if (event_stream_member(operation.output) != nullptr) {
    response.headers.set("Content-Type", kEventStreamType);
    response.body = EventWriter(operation, protocol()).initial_response(output);
    return response;
  }
  response.headers.set("Content-Type", content_type(*operation.service));
  if (operation.output != nullptr) {
    response.body = json::write(write_json(*operation.output, output));
  }
  return response;
}

HttpResponse JsonCodec::encode_error(const ServiceModel& service, const OperationModel* operation,
                                     const ApiError& error, const ResponseContext& context) const {
  const ResolvedError resolved = resolve_error(service, operation, error);
  HttpResponse response;
  response.status = resolved.status;
  response.headers.set("x-amzn-RequestId", context.request_id);
  response.headers.set("Content-Type", content_type(service));
  if (service.metadata().query_compatible) {
    const std::string code =
        resolved.shape == nullptr ? error.code : resolved.shape->error->query_error;
    response.headers.set("x-amzn-query-error",
                         code + ";" + std::string(fault_name(resolved.fault)));
  }
  json::ObjectBuilder body;
  body.set("__type", Value(type_text(service, error, resolved.shape)));
  const Value members = error_members(error, resolved.shape);
  for (const json::Member& member : members.members()) body.set(member.key, member.value);
  response.body = json::write(std::move(body).build());
  return response;
}

}  // namespace pawl::aws
