// SPDX-License-Identifier: Apache-2.0
// Envelopes around query_parameters and xml_shape.
#include "aws/protocol/query_codec.h"

#include "aws/protocol/query_parameters.h"
#include "aws/protocol/xml_shape.h"

namespace pawl::aws {
namespace {

using base::Result;
using json::Value;

XmlOptions xml_options(bool ec2) {
  XmlOptions options;
  options.names = ec2 ? XmlNames::Location : XmlNames::Query;
  options.milliseconds_always = ec2;
  return options;
}

HttpResponse xml_response(int status, std::string body, const ResponseContext& context) {
  HttpResponse response;
  response.status = status;
  response.headers.set("x-amzn-RequestId", context.request_id);
  response.headers.set("Content-Type", "text/xml");
  response.body = std::move(body);
  return response;
}

}  // namespace

QueryParameters query_request_parameters(const HttpRequest& request) {
  QueryParameters parameters = parse_query(request.query);
  const std::string_view type = request.headers.get("Content-Type");
  if (type.empty() || type.starts_with("application/x-www-form-urlencoded")) {
    for (auto& parameter : parse_query(request.body)) parameters.push_back(std::move(parameter));
  }
  return parameters;
}

std::string_view xml_error_code(const ApiError& error, const Shape* shape) {
  if (shape != nullptr) return shape->error->query_error;
  constexpr std::pair<std::string_view, std::string_view> kCodes[] = {
      {"ValidationException", "ValidationError"},
      {"SerializationException", "MalformedInput"},
      {"UnknownOperationException", "InvalidAction"},
      {"AccessDeniedException", "AccessDenied"},
      {"ThrottlingException", "Throttling"},
      {"InvalidSignatureException", "SignatureDoesNotMatch"},
      {"UnrecognizedClientException", "InvalidClientTokenId"},
      {"MissingAuthenticationTokenException", "MissingAuthenticationToken"},
      {"ExpiredTokenException", "ExpiredToken"},
      {"IncompleteSignatureException", "IncompleteSignature"}};
  for (const auto& [json_code, xml_code] : kCodes) {
    if (error.code == json_code) return xml_code;
  }
  return error.code;
}

ApiError read_xml_error(const ServiceModel& service, const OperationModel& operation,
                        const HttpResponse& response) {
  ApiError error(std::to_string(response.status), std::nullopt);
  error.status = response.status;
  error.fault = response.status >= 500 ? Fault::Receiver : Fault::Sender;
  const auto root = parse_xml(response.body);
  if (!root) return error;
  const XmlElement* found = &*root;
  if (const XmlElement* errors = found->find("Errors")) found = errors;
  if (const XmlElement* inner = found->find("Error")) found = inner;
  if (const XmlElement* code = found->find("Code")) error.code = code->text;
  for (const char* name : {"Message", "message"}) {
    const XmlElement* message = found->find(name);
    if (!error.message && message != nullptr) error.message = message->text;
  }
  const Shape* shape = operation.find_error(error.code);
  if (shape == nullptr) shape = service.find_error(error.code);
  if (shape != nullptr) {
    auto members = read_xml_structure(*shape, *found, {});
    if (members) error.members = members->without_member(message_member(shape));
  }
  return error;
}

Result<HttpRequest> QueryCodec::encode_request(const OperationModel& operation,
                                               const Value& input) const {
  QueryParameters parameters;
  parameters.emplace_back("Action", operation.name);
  parameters.emplace_back("Version", operation.service->metadata().api_version);
  if (operation.input != nullptr) {
    write_query_parameters(*operation.input, input, protocol_, parameters);
  }
  HttpRequest request;
  request.method = "POST";
  request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.body = write_query(parameters);
  return request;
}

ApiResult<Value> QueryCodec::decode_response(const OperationModel& operation,
                                             const HttpResponse& response) const {
  if (response.status >= 300) return read_xml_error(*operation.service, operation, response);
  if (operation.output == nullptr || response.body.empty()) return Value::object();
  const XmlElement root = PAWL_TRY(parse_xml(response.body));
  const XmlElement* result = &root;
  if (!is_ec2() && !operation.result_wrapper.empty()) {
    result = root.find(operation.result_wrapper);
    if (result == nullptr) return Value::object();
  }
  return read_xml_structure(*operation.output, *result, xml_options(is_ec2()));
}

ApiResult<Value> QueryCodec::decode_request(const OperationModel& operation,
                                            const HttpRequest& request) const {
  if (operation.input == nullptr) return Value::object();
  return read_query_parameters(*operation.input, query_request_parameters(request), protocol_);
}

HttpResponse QueryCodec::encode_response(const OperationModel& operation, const Value& output,
                                         const ResponseContext& context) const {
  const std::string root = operation.name + "Response";
  const XmlOptions options = xml_options(is_ec2());
  XmlWriter out(is_ec2() ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : "");
  out.open(root, {{"xmlns", operation.service->metadata().xml_namespace}});
  if (is_ec2()) {
    out.element("requestId", context.request_id);
    if (operation.output != nullptr) write_xml_members(out, *operation.output, output, options);
    out.close(root);
    return xml_response(200, std::move(out).take(), context);
  }
  if (operation.output != nullptr) {
    if (!operation.result_wrapper.empty()) out.open(operation.result_wrapper);
    write_xml_members(out, *operation.output, output, options);
    if (!operation.result_wrapper.empty()) out.close(operation.result_wrapper);
  }
  out.open("ResponseMetadata");
  out.element("RequestId", context.request_id);
  out.close("ResponseMetadata");
  out.close(root);
  return xml_response(200, std::move(out).take(), context);
}

HttpResponse QueryCodec::encode_error(const ServiceModel& service, const OperationModel* operation,
                                      const ApiError& error, const ResponseContext& context) const {
  const ResolvedError resolved = resolve_error(service, operation, error);
  const std::string_view code = xml_error_code(error, resolved.shape);
  XmlWriter out(is_ec2() ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : "");
  if (is_ec2()) {
    out.open("Response");
    out.open("Errors");
    out.open("Error");
  } else {
    out.open("ErrorResponse", {{"xmlns", service.metadata().xml_namespace}});
    out.open("Error");
    out.element("Type", fault_name(resolved.fault));
  }
  out.element("Code", code);
  if (error.message) out.element("Message", *error.message);
  if (resolved.shape != nullptr) {
    const Value members = error.members.without_member(message_member(resolved.shape));
    write_xml_members(out, *resolved.shape, members, xml_options(is_ec2()));
  }
  out.close("Error");
  if (is_ec2()) {
    out.close("Errors");
    out.element("RequestID", context.request_id);
    out.close("Response");
  } else {
    out.element("RequestId", context.request_id);
    out.close("ErrorResponse");
  }
  return xml_response(resolved.status, std::move(out).take(), context);
}

}  // namespace pawl::aws
