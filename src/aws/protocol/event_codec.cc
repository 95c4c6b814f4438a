// SPDX-License-Identifier: Apache-2.0
// Members of an event are bound to headers, to the payload, or stand in a document.
#include "aws/protocol/event_codec.h"

#include <algorithm>
#include <cmath>

#include "aws/protocol/cbor.h"
#include "aws/protocol/event_stream.h"
#include "aws/protocol/json_shape.h"
#include "aws/protocol/protocol_codec.h"
#include "aws/protocol/scalar_text.h"
#include "aws/protocol/xml_shape.h"
#include "base/assert.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using json::Value;

constexpr std::string_view kMessageType = ":message-type";
constexpr std::string_view kEventType = ":event-type";
constexpr std::string_view kExceptionType = ":exception-type";
constexpr std::string_view kContentType = ":content-type";
constexpr std::string_view kInitialResponse = "initial-response";

EventHeader header_of(const Member& member, const Value& value) {
  EventHeader header{member.name, EventHeaderType::String};
  switch (member.shape->type) {
    case ShapeType::Boolean:
      header.type = EventHeaderType::Boolean;
      header.number = value.is_boolean() && value.as_boolean() ? 1 : 0;
      break;
    case ShapeType::Integer:
    case ShapeType::Long:
      header.type =
          member.shape->type == ShapeType::Long ? EventHeaderType::Long : EventHeaderType::Integer;
      if (value.is_number()) static_cast<void>(value.to_int64(header.number));
      break;
    case ShapeType::Timestamp:
      header.type = EventHeaderType::Timestamp;
      if (value.is_number()) header.number = std::llround(value.as_double() * 1'000);
      break;
    case ShapeType::Blob:
      header.type = EventHeaderType::Bytes;
      if (value.is_string()) header.text = base::base64_decode(value.as_string()).value_or("");
      break;
    default: header.text = scalar_to_text(member, value);
  }
  return header;
}

Value value_of(const Member& member, const EventHeader& header) {
  switch (header.type) {
    case EventHeaderType::Boolean: return Value(header.number != 0);
    case EventHeaderType::Timestamp: return Value(static_cast<double>(header.number) / 1'000);
    case EventHeaderType::Bytes:
    case EventHeaderType::Uuid: return Value(base::base64_encode(header.text));
    case EventHeaderType::String:
      return member.shape->type == ShapeType::Blob ? Value(base::base64_encode(header.text))
                                                   : Value(header.text);
    default: return Value(header.number);
  }
}

const Member* payload_of(const Shape& event) {
  const auto found = std::find_if(event.members.begin(), event.members.end(),
                                  [](const Member& member) { return member.event_payload; });
  return found == event.members.end() ? nullptr : &*found;
}

bool has_document(const Shape& event) {
  return payload_of(event) == nullptr &&
         std::any_of(event.members.begin(), event.members.end(),
                     [](const Member& member) { return !member.event_header; });
}

ApiResult<Value> read_document(const Shape& shape, Protocol protocol, std::string_view body) {
  if (body.empty()) return Value::object();
  if (protocol == Protocol::RestXml) {
    const XmlElement root = PAWL_TRY(parse_xml(body));
    return read_xml_structure(shape, root, {});
  }
  if (protocol == Protocol::RpcV2Cbor) return read_cbor(shape, body);
  const auto parsed = json::parse(body);
  if (!parsed || !parsed->is_object()) return serialization_exception();
  return read_json(shape, *parsed);
}

ApiResult<Value> read_event(const Shape& event, Protocol protocol, const EventMessage& message) {
  json::ObjectBuilder out;
  for (const Member& member : event.members) {
    if (!member.event_header) continue;
    for (const EventHeader& header : message.headers) {
      if (header.name == member.name) out.set(member.name, value_of(member, header));
    }
  }
  if (const Member* payload = payload_of(event)) {
    if (payload->shape->type == ShapeType::Blob) {
      out.set(payload->name, Value(base::base64_encode(message.payload)));
    } else if (payload->shape->is_scalar()) {
      out.set(payload->name, Value(message.payload));
    } else {
      out.set(payload->name, PAWL_TRY(read_document(*payload->shape, protocol, message.payload)));
    }
  } else {
    const Value document = PAWL_TRY(read_document(event, protocol, message.payload));
    for (const json::Member& member : document.members()) out.set(member.key, member.value);
  }
  return std::move(out).build();
}

ApiError read_exception(const Shape& stream, Protocol protocol, const EventMessage& message) {
  const std::string name(message.text(kExceptionType));
  ApiError error(name, std::nullopt);
  const Member* member = stream.find(name);
  if (member == nullptr) return error;
  const Shape& shape = *member->shape;
  if (shape.error) {
    error.code = shape.error->code;
    error.status = shape.error->status;
    error.fault = shape.error->sender_fault ? Fault::Sender : Fault::Receiver;
  }
  const auto members = read_document(shape, protocol, message.payload);
  if (!members) return error;
  const std::string_view text = message_member(&shape);
  if (const Value* found = members->find(text); found != nullptr && found->is_string()) {
    error.message = std::string(found->as_string());
  }
  error.members = members->without_member(text);
  return error;
}

}  // namespace

const Member* event_stream_member(const Shape* shape) {
  if (shape == nullptr) return nullptr;
  const auto found = std::find_if(shape->members.begin(), shape->members.end(),
                                  [](const Member& member) { return member.shape->event_stream; });
  return found == shape->members.end() ? nullptr : &*found;
}

std::string_view EventWriter::document_type() const {
  switch (protocol_) {
    case Protocol::RestXml: return "text/xml";
    case Protocol::RpcV2Cbor: return "application/cbor";
    default: return "application/json";
  }
}

std::string EventWriter::document(const Shape& shape, const Value& value) const {
  if (protocol_ == Protocol::RpcV2Cbor) return write_cbor(shape, value);
  if (protocol_ != Protocol::RestXml) return json::write(write_json(shape, value));
  const std::string& name = shape.location_name.empty() ? shape.name : shape.location_name;
  XmlWriter out;
  out.open(name);
  write_xml_members(out, shape, value, {});
  out.close(name);
  return std::move(out).take();
}

std::string EventWriter::initial_response(const Value& output) const {
  const Member* stream = event_stream_member(operation_.output);
  EventMessage message;
  message.add(kMessageType, "event");
  message.add(kEventType, kInitialResponse);
  message.add(kContentType, document_type());
  message.payload = document(*operation_.output, output.without_member(stream->name));
  return write_event_message(message);
}

std::string EventWriter::event(std::string_view name, const Value& value) const {
  const Member* stream = event_stream_member(operation_.output);
  const Member* event = stream == nullptr ? nullptr : stream->shape->find(name);
  PAWL_ASSERT(event != nullptr);
  EventMessage message;
  message.add(kMessageType, "event");
  message.add(kEventType, name);
  for (const Member& member : event->shape->members) {
    const Value* found = value.find(member.name);
    if (!member.event_header || found == nullptr || found->is_null()) continue;
    message.headers.push_back(header_of(member, *found));
  }
  if (const Member* payload = payload_of(*event->shape)) {
    const Value* found = value.find(payload->name);
    const bool is_blob = payload->shape->type == ShapeType::Blob;
    message.add(kContentType, is_blob                       ? "application/octet-stream"
                              : payload->shape->is_scalar() ? "text/plain"
                                                            : document_type());
    if (found != nullptr && !found->is_null()) {
      message.payload = is_blob && found->is_string()
                            ? base::base64_decode(found->as_string()).value_or("")
                        : payload->shape->is_scalar() ? scalar_to_text(*payload, *found)
                                                      : document(*payload->shape, *found);
    }
  } else if (has_document(*event->shape)) {
    message.add(kContentType, document_type());
    message.payload = document(*event->shape, value);
  }
  return write_event_message(message);
}

std::string EventWriter::error(const ApiError& error) const {
  EventMessage message;
  const Member* stream = event_stream_member(operation_.output);
  const Member* exception = nullptr;
  for (const Member& member : stream->shape->members) {
    if (member.shape->error && member.shape->error->code == error.code) exception = &member;
  }
  if (exception == nullptr) {
    message.add(kMessageType, "error");
    message.add(":error-code", error.code);
    message.add(":error-message", error.message.value_or(""));
    return write_event_message(message);
  }
  message.add(kMessageType, "exception");
  message.add(kExceptionType, exception->name);
  message.add(kContentType, document_type());
  json::ObjectBuilder members;
  if (error.message) members.set(message_member(exception->shape), Value(*error.message));
  for (const json::Member& member : error.members.members()) members.set(member.key, member.value);
  message.payload = document(*exception->shape, std::move(members).build());
  return write_event_message(message);
}

ApiResult<Value> read_events(const OperationModel& operation, Protocol protocol,
                             std::string_view body) {
  const Member* stream = event_stream_member(operation.output);
  EventMessageReader reader;
  reader.feed(body);
  json::ObjectBuilder out;
  std::vector<Value> events;
  for (;;) {
    auto next = reader.next();
    if (!next) return serialization_exception(next.error().message);
    if (!*next) break;
    const EventMessage& message = **next;
    const std::string_view type = message.text(kMessageType);
    if (type == "error") {
      return ApiError(std::string(message.text(":error-code")),
                      std::string(message.text(":error-message")));
    }
    if (type == "exception") return read_exception(*stream->shape, protocol, message);
    const std::string_view name = message.text(kEventType);
    if (name == kInitialResponse) {
      const Value first = PAWL_TRY(read_document(*operation.output, protocol, message.payload));
      for (const json::Member& member : first.members()) out.set(member.key, member.value);
      continue;
    }
    // Events that a newer service has are passed over.
    const Member* member = stream->shape->find(name);
    if (member == nullptr) continue;
    Value event = PAWL_TRY(read_event(*member->shape, protocol, message));
    events.push_back(Value::object({json::Member(member->name, std::move(event))}));
  }
  if (!reader.is_at_end()) return serialization_exception("The stream of events is cut off.");
  out.set(stream->name, Value::array(std::move(events)));
  return std::move(out).build();
}

}  // namespace pawl::aws
