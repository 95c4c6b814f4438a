// SPDX-License-Identifier: Apache-2.0
// Requests and answers put together from bindings; the bodies' format is the subclasses'.
#include "aws/protocol/rest_codec.h"

#include "aws/protocol/event_codec.h"
#include "aws/protocol/event_stream.h"
#include "aws/protocol/scalar_text.h"
#include "aws/protocol/utf8.h"
#include "base/bytes.h"

namespace pawl::aws {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

/// The query parameters of one member: lists repeat, maps give their own names.
void write_query_member(const Member& member, const Value& value, QueryParameters& out) {
  if (value.is_array()) {
    for (const Value& item : value.items()) {
      out.emplace_back(member.wire_name(), scalar_to_text(member.shape->item, item));
    }
  } else if (value.is_object() && member.shape->type == ShapeType::Map) {
    for (const json::Member& entry : value.members()) {
      const std::string name(entry.name());
      if (!entry.value.is_array()) {
        out.emplace_back(name, scalar_to_text(member.shape->value, entry.value));
        continue;
      }
      for (const Value& item : entry.value.items()) {
        out.emplace_back(name, scalar_to_text(member.shape->value.shape->item, item));
      }
    }
  } else {
    out.emplace_back(member.wire_name(), scalar_to_text(member, value));
  }
}

/// A map bound to the query takes all parameters that no other member and no fixed one takes.
ApiResult<Value> read_query_map(const OperationModel& operation, const Member& map,
                                const QueryParameters& parameters) {
  json::ObjectBuilder entries;
  for (const auto& [name, text] : parameters) {
    bool taken = find_parameter(operation.uri.query(), name) != nullptr;
    for (const Member& member : operation.input->members) {
      taken = taken || (member.location == Location::QueryString && &member != &map &&
                        member.wire_name() == name);
    }
    if (taken) continue;
    if (!is_utf8(name)) return serialization_exception();
    if (map.shape->value.shape->type != ShapeType::List) {
      entries.set(name, PAWL_TRY(scalar_from_text(map.shape->value, text)));
      continue;
    }
    std::vector<Value> items;
    for (const auto& [other, other_text] : parameters) {
      if (other != name) continue;
      items.push_back(PAWL_TRY(scalar_from_text(map.shape->value.shape->item, other_text)));
    }
    entries.set(name, Value::array(std::move(items)));
  }
  return std::move(entries).build();
}

/// A number of S3's: none if there is no text; what is none is refused in S3's words.
ApiResult<Value> query_scalar(const OperationModel& operation, const Member& member,
                              std::string_view text) {
  const bool is_number =
      member.shape->type == ShapeType::Integer || member.shape->type == ShapeType::Long;
  if (!is_number || !operation.service->metadata().bare_xml_errors) {
    return scalar_from_text(member, text);
  }
  if (text.empty()) return Value();
  auto number = scalar_from_text(member, text);
  if (number) return number;
  ApiError error("InvalidArgument",
                 "Provided " + member.wire_name() + " not an integer or within integer range", 400);
  json::ObjectBuilder members;
  members.set("ArgumentName", Value(member.wire_name())).set("ArgumentValue", Value(text));
  error.members = std::move(members).build();
  return error;
}

ApiResult<void> read_query_members(const OperationModel& operation,
                                   const QueryParameters& parameters, json::ObjectBuilder& out) {
  for (const Member& member : operation.input->members) {
    if (member.location != Location::QueryString) continue;
    if (member.shape->type == ShapeType::Map) {
      Value map = PAWL_TRY(read_query_map(operation, member, parameters));
      if (map.size() != 0) out.set(member.name, std::move(map));
      continue;
    }
    std::vector<Value> items;
    for (const auto& [name, text] : parameters) {
      if (name != member.wire_name()) continue;
      const Member& scalar = member.shape->type == ShapeType::List ? member.shape->item : member;
      items.push_back(PAWL_TRY(query_scalar(operation, scalar, text)));
    }
    if (items.empty()) continue;
    out.set(member.name, member.shape->type == ShapeType::List ? Value::array(std::move(items))
                                                               : std::move(items.front()));
  }
  return {};
}

void append_members(const Value& object, json::ObjectBuilder& out) {
  for (const json::Member& member : object.members()) out.set(member.key, member.value);
}

bool is_streaming(const Member& payload) {
  return payload.streaming || payload.shape->streaming || payload.shape->event_stream;
}

}  // namespace

void RestCodec::set_request_id(const OperationModel&, const ResponseContext& context,
                               Headers& headers) const {
  headers.set("x-amzn-RequestId", context.request_id);
}

Result<RestCodec::Body> RestCodec::encode_body(const OperationModel& operation, const Shape& shape,
                                               const Value& value, bool is_request) const {
  if (shape.payload == nullptr) {
    if (!has_body_members(shape)) return Body{"", ""};
    return Body{write_body(operation, shape, value, is_request), content_type()};
  }
  const Member& payload = *shape.payload;
  const Value* found = value.find(payload.name);
  if (found == nullptr || found->is_null()) return Body{"", ""};
  if (payload.shape->type == ShapeType::Blob) {
    auto bytes = found->is_string() ? base::base64_decode(found->as_string()) : std::nullopt;
    if (!bytes) return Error(ErrorKind::TypeMismatch, payload.name + " is not base64 text");
    return Body{std::move(*bytes), "application/octet-stream"};
  }
  if (payload.shape->is_scalar()) return Body{scalar_to_text(payload, *found), "text/plain"};
  return Body{write_payload(operation, payload, *found), content_type()};
}

ApiResult<Value> RestCodec::decode_body(const Shape& shape, std::string_view body,
                                        bool with_streams) const {
  if (shape.payload == nullptr) {
    if (body.empty() || !has_body_members(shape)) return Value::object();
    return read_body(shape, body);
  }
  const Member& payload = *shape.payload;
  if (is_streaming(payload) && (!with_streams || payload.shape->event_stream)) {
    return Value::object();
  }
  json::ObjectBuilder out;
  if (payload.shape->type == ShapeType::Blob) {
    // An empty payload of a request is none; an answer always has one.
    if (with_streams || !body.empty()) out.set(payload.name, Value(base::base64_encode(body)));
  } else if (!body.empty()) {
    out.set(payload.name, payload.shape->is_scalar() ? PAWL_TRY(scalar_from_text(payload, body))
                                                     : PAWL_TRY(read_payload(payload, body)));
  }
  return std::move(out).build();
}

Result<HttpRequest> RestCodec::encode_request(const OperationModel& operation,
                                              const Value& input) const {
  HttpRequest request;
  request.method = operation.http_method;
  const Shape* shape = operation.input;
  request.path = PAWL_TRY(operation.uri.fill([&](const std::string& label) {
    for (const Member& member : shape == nullptr ? std::vector<Member>() : shape->members) {
      if (member.location != Location::Uri || member.wire_name() != label) continue;
      const Value* found = input.find(member.name);
      if (found == nullptr || found->is_null()) break;
      return std::optional<std::string>(scalar_to_text(member, *found));
    }
    return std::optional<std::string>();
  }));
  QueryParameters parameters = operation.uri.query();
  if (shape != nullptr) {
    for (const Member& member : shape->members) {
      const Value* found = input.find(member.name);
      if (member.location != Location::QueryString || found == nullptr || found->is_null())
        continue;
      write_query_member(member, *found, parameters);
    }
    Body body = PAWL_TRY(encode_body(operation, *shape, input, true));
    if (!body.content_type.empty()) request.headers.set("Content-Type", body.content_type);
    request.body = std::move(body.bytes);
    write_headers(*shape, input, request.headers);
  }
  request.query = write_query(parameters);
  return request;
}

ApiResult<Value> RestCodec::decode_request(const OperationModel& operation,
                                           const HttpRequest& request) const {
  if (operation.input == nullptr) return Value::object();
  const Shape& shape = *operation.input;
  json::ObjectBuilder out;
  const auto labels = operation.uri.match(request.path);
  if (!labels) return unknown_operation();
  for (const UriTemplate::Label& label : *labels) {
    for (const Member& member : shape.members) {
      if (member.location != Location::Uri || member.wire_name() != label.name) continue;
      out.set(member.name, PAWL_TRY(scalar_from_text(member, label.value)));
    }
  }
  PAWL_TRY_VOID(read_query_members(operation, parse_query(request.query), out));
  PAWL_TRY_VOID(read_headers(shape, request.headers, out));
  append_members(PAWL_TRY(decode_body(shape, request.body, false)), out);
  return std::move(out).build();
}

HttpResponse RestCodec::encode_response(const OperationModel& operation, const Value& output,
                                        const ResponseContext& context) const {
  HttpResponse response;
  response.status = operation.status;
  set_request_id(operation, context, response.headers);
  if (operation.output == nullptr) return response;
  const Shape& shape = *operation.output;
  for (const Member& member : shape.members) {
    const Value* found = output.find(member.name);
    int64_t status = 0;
    if (member.location == Location::StatusCode && found != nullptr && found->is_number() &&
        found->to_int64(status) && status >= 100 && status <= 599) {
      response.status = static_cast<int>(status);
    }
  }
  auto body = encode_body(operation, shape, output, false);
  // A service that returns a blob that is none has a bug; what it meant cannot be guessed.
  PAWL_ASSERT(body.has_value());
  if (!body->content_type.empty()) response.headers.set("Content-Type", body->content_type);
  if (event_stream_member(&shape) != nullptr)
    response.headers.set("Content-Type", kEventStreamType);
  response.body = std::move(body->bytes);
  write_headers(shape, output, response.headers);
  return response;
}

ApiResult<Value> RestCodec::decode_response(const OperationModel& operation,
                                            const HttpResponse& response) const {
  if (response.status >= 300 && response.status != operation.status) {
    return read_error(operation, response);
  }
  if (operation.output == nullptr) return Value::object();
  const Shape& shape = *operation.output;
  json::ObjectBuilder out;
  PAWL_TRY_VOID(read_headers(shape, response.headers, out));
  for (const Member& member : shape.members) {
    if (member.location == Location::StatusCode) out.set(member.name, Value(response.status));
  }
  const bool has_events = event_stream_member(&shape) != nullptr;
  append_members(has_events ? PAWL_TRY(read_events(operation, protocol(), response.body))
                            : PAWL_TRY(decode_body(shape, response.body, true)),
                 out);
  return std::move(out).build();
}

}  // namespace pawl::aws
