// SPDX-License-Identifier: Apache-2.0
// The table of codecs, and what their errors share.
#include "aws/protocol/protocol_codec.h"

#include "aws/protocol/cbor_codec.h"
#include "aws/protocol/json_codec.h"
#include "aws/protocol/query_codec.h"
#include "aws/protocol/rest_json_codec.h"
#include "aws/protocol/rest_xml_codec.h"
#include "base/assert.h"

namespace pawl::aws {

std::string_view fault_name(Fault fault) { return fault == Fault::Sender ? "Sender" : "Receiver"; }

const ProtocolCodec& codec(Protocol protocol) {
  static const JsonCodec json;
  static const RestJsonCodec rest_json;
  static const RestXmlCodec rest_xml;
  static const QueryCodec query(Protocol::Query);
  static const QueryCodec ec2(Protocol::Ec2);
  static const CborCodec cbor;
  switch (protocol) {
    case Protocol::Json: return json;
    case Protocol::RestJson: return rest_json;
    case Protocol::RestXml: return rest_xml;
    case Protocol::Query: return query;
    case Protocol::Ec2: return ec2;
    case Protocol::RpcV2Cbor: return cbor;
  }
  PAWL_ASSERT(false);
}

ResolvedError resolve_error(const ServiceModel& service, const OperationModel* operation,
                            const ApiError& error) {
  const Shape* shape = operation == nullptr ? nullptr : operation->find_error(error.code);
  if (shape == nullptr) shape = service.find_error(error.code);
  ResolvedError resolved{error.status, error.fault, shape};
  if (shape != nullptr && error.status == 0) {
    resolved.status = shape->error->status;
    resolved.fault = shape->error->sender_fault ? Fault::Sender : Fault::Receiver;
  }
  if (resolved.status == 0) resolved.status = resolved.fault == Fault::Sender ? 400 : 500;
  return resolved;
}

std::string_view message_member(const Shape* shape) {
  if (shape == nullptr) return "message";
  for (const Member& member : shape->members) {
    if (equals_ignoring_case(member.name, "message")) return member.name;
  }
  for (const Member& member : shape->members) {
    if (equals_ignoring_case(member.name, "errormessage")) return member.name;
  }
  return "message";
}

}  // namespace pawl::aws
