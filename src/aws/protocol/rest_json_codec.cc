// SPDX-License-Identifier: Apache-2.0
// JSON bodies; the error's name is in a header, not in the body.
#include "aws/protocol/rest_json_codec.h"

#include "aws/protocol/json_codec.h"
#include "aws/protocol/json_shape.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

ApiResult<json::Value> parse_body(std::string_view body) {
  auto parsed = json::parse(body);
  if (!parsed) return serialization_exception();
  return std::move(*parsed);
}

}  // namespace

std::string RestJsonCodec::write_payload(const OperationModel&, const Member& member,
                                         const json::Value& value) const {
  return json::write(write_json(member, value));
}

ApiResult<json::Value> RestJsonCodec::read_payload(const Member& member,
                                                   std::string_view body) const {
  return read_json(member, PAWL_TRY(parse_body(body)));
}

std::string RestJsonCodec::write_body(const OperationModel&, const Shape& shape,
                                      const json::Value& value, bool) const {
  return json::write(write_json_structure(shape, value, Members::BodyOnly));
}

ApiResult<json::Value> RestJsonCodec::read_body(const Shape& shape, std::string_view body) const {
  return read_json_structure(shape, PAWL_TRY(parse_body(body)), Members::BodyOnly);
}

ApiError RestJsonCodec::read_error(const OperationModel& operation,
                                   const HttpResponse& response) const {
  return read_json_error(*operation.service, operation, response);
}

HttpResponse RestJsonCodec::encode_error(const ServiceModel& service,
                                         const OperationModel* operation, const ApiError& error,
                                         const ResponseContext& context) const {
  const ResolvedError resolved = resolve_error(service, operation, error);
  HttpResponse response;
  response.status = resolved.status;
  response.headers.set("x-amzn-RequestId", context.request_id);
  response.headers.set("Content-Type", "application/json");
  response.headers.set("x-amzn-ErrorType",
                       resolved.shape == nullptr ? error.code : resolved.shape->name);
  ApiError body_error = error;
  if (resolved.shape != nullptr) {
    write_headers(*resolved.shape, error.members, response.headers);
    json::ObjectBuilder body_members;
    for (const json::Member& member : error.members.members()) {
      const Member* known = resolved.shape->find(member.name());
      if (known != nullptr && known->location == Location::Body) {
        body_members.set(member.key, member.value);
      }
    }
    body_error.members = std::move(body_members).build();
  }
  if (operation == nullptr || operation->http_method != "HEAD") {
    response.body = json::write(error_members(body_error, resolved.shape));
  }
  return response;
}

}  // namespace pawl::aws
