// SPDX-License-Identifier: Apache-2.0
// Root elements, namespaces and the two kinds of error documents.
#include "aws/protocol/rest_xml_codec.h"

#include "aws/protocol/query_codec.h"
#include "aws/protocol/scalar_text.h"

namespace pawl::aws {
namespace {

using json::Value;

constexpr std::string_view kProlog = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr XmlOptions kBody = {XmlNames::Location, true, true};

XmlWriter::Attributes service_namespace(const ServiceModel& service) {
  const std::string& uri = service.metadata().xml_namespace;
  if (uri.empty()) return {};
  return {{"xmlns", uri}};
}

void set_ids(const ServiceModel& service, const ResponseContext& context, Headers& headers) {
  // S3 has names of its own for both, and tells its server (recorded).
  const bool is_s3 = service.metadata().bare_xml_errors;
  if (is_s3) headers.set("Server", "AmazonS3");
  headers.set(is_s3 ? "x-amz-request-id" : "x-amzn-RequestId", context.request_id);
  if (!context.host_id.empty()) headers.set("x-amz-id-2", context.host_id);
}

}  // namespace

void RestXmlCodec::set_request_id(const OperationModel& operation, const ResponseContext& context,
                                  Headers& headers) const {
  set_ids(*operation.service, context, headers);
}

std::string RestXmlCodec::write_payload(const OperationModel& operation, const Member& member,
                                        const Value& value) const {
  const Shape& shape = *member.shape;
  const std::string& name = !member.location_name.empty()  ? member.location_name
                            : !shape.location_name.empty() ? shape.location_name
                                                           : shape.name;
  XmlWriter out(kProlog);
  const bool has_namespace = member.xml_namespace || shape.xml_namespace;
  write_xml_element(
      out, name, member, value, kBody,
      has_namespace ? XmlWriter::Attributes{} : service_namespace(*operation.service));
  return std::move(out).take();
}

ApiResult<Value> RestXmlCodec::read_payload(const Member& member, std::string_view body) const {
  const XmlElement root = PAWL_TRY(parse_xml(body));
  XmlOptions options = kBody;
  options.body_only = false;
  return read_xml_structure(*member.shape, root, options);
}

std::string RestXmlCodec::write_body(const OperationModel& operation, const Shape& shape,
                                     const Value& value, bool is_request) const {
  XmlWriter out(kProlog);
  std::string name = shape.location_name.empty() ? shape.name : shape.location_name;
  XmlWriter::Attributes attributes = service_namespace(*operation.service);
  if (is_request) {
    if (!operation.input_location_name.empty()) name = operation.input_location_name;
    if (operation.input_xml_namespace) {
      attributes = {{"xmlns", operation.input_xml_namespace->uri}};
    }
  }
  if (shape.unwrapped) {
    // Smithy "s3UnwrappedXmlOutput": the only member is the root element.
    for (const Member& member : shape.members) {
      const Value* found = value.find(member.name);
      out.open(member.wire_name(), attributes);
      if (found != nullptr && !found->is_null()) out.text(scalar_to_text(member, *found));
      out.close(member.wire_name());
    }
    return std::move(out).take();
  }
  out.open(name, attributes);
  write_xml_members(out, shape, value, kBody);
  out.close(name);
  return std::move(out).take();
}

ApiResult<Value> RestXmlCodec::read_body(const Shape& shape, std::string_view body) const {
  const XmlElement root = PAWL_TRY(parse_xml(body));
  if (!shape.unwrapped) return read_xml_structure(shape, root, kBody);
  json::ObjectBuilder out;
  for (const Member& member : shape.members) {
    if (root.text.empty()) continue;
    out.set(member.name, PAWL_TRY(scalar_from_text(member, root.text)));
  }
  return std::move(out).build();
}

ApiError RestXmlCodec::read_error(const OperationModel& operation,
                                  const HttpResponse& response) const {
  return read_xml_error(*operation.service, operation, response);
}

HttpResponse RestXmlCodec::encode_error(const ServiceModel& service,
                                        const OperationModel* operation, const ApiError& error,
                                        const ResponseContext& context) const {
  const ResolvedError resolved = resolve_error(service, operation, error);
  HttpResponse response;
  response.status = resolved.status;
  set_ids(service, context, response.headers);
  if (resolved.shape != nullptr) write_headers(*resolved.shape, error.members, response.headers);
  for (const auto& [name, value] : error.headers) response.headers.set(name, value);
  // An answer to HEAD, and one that is not modified, has no body.
  if ((operation != nullptr && operation->http_method == "HEAD") || resolved.status == 304) {
    return response;
  }
  response.headers.set("Content-Type", "application/xml");
  const bool bare = service.metadata().bare_xml_errors;
  XmlWriter out(kProlog);
  if (!bare) out.open("ErrorResponse", service_namespace(service));
  out.open("Error");
  if (!bare) out.element("Type", fault_name(resolved.fault));
  out.element("Code", xml_error_code(error, resolved.shape));
  if (error.message) out.element("Message", *error.message);
  // S3 says more than its model does ("<BucketName>…"): members without a shape are texts.
  for (const json::Member& member : error.members.members()) {
    const Member* known = resolved.shape == nullptr ? nullptr : resolved.shape->find(member.name());
    if (known != nullptr && known->location == Location::Body) {
      write_xml_element(out, known->wire_name(), *known, member.value, kBody);
    } else if (known == nullptr && member.value.is_string()) {
      out.element(member.name(), member.value.as_string());
    }
  }
  if (bare) {
    out.element("RequestId", context.request_id);
    out.element("HostId", context.host_id);
    out.close("Error");
  } else {
    out.close("Error");
    out.element("RequestId", context.request_id);
    out.close("ErrorResponse");
  }
  response.body = std::move(out).take();
  return response;
}

}  // namespace pawl::aws
