// SPDX-License-Identifier: Apache-2.0
// service-2.json to ServiceModel: first every shape gets its place, then names become pointers.
#include <algorithm>

#include "aws/model/java_hash_order.h"
#include "aws/model/service_model.h"
#include "json/members.h"

namespace pawl::aws {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

std::optional<ShapeType> shape_type(std::string_view name) {
  constexpr std::pair<std::string_view, ShapeType> kTypes[] = {{"structure", ShapeType::Structure},
                                                               {"list", ShapeType::List},
                                                               {"map", ShapeType::Map},
                                                               {"string", ShapeType::String},
                                                               {"character", ShapeType::String},
                                                               {"integer", ShapeType::Integer},
                                                               {"short", ShapeType::Integer},
                                                               {"byte", ShapeType::Integer},
                                                               {"long", ShapeType::Long},
                                                               {"bigInteger", ShapeType::Long},
                                                               {"float", ShapeType::Float},
                                                               {"double", ShapeType::Double},
                                                               {"bigDecimal", ShapeType::Double},
                                                               {"boolean", ShapeType::Boolean},
                                                               {"blob", ShapeType::Blob},
                                                               {"timestamp", ShapeType::Timestamp}};
  for (const auto& [word, type] : kTypes) {
    if (word == name) return type;
  }
  return std::nullopt;
}

std::optional<Protocol> protocol_of(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(Protocol::RpcV2Cbor); ++i) {
    if (protocol_name(static_cast<Protocol>(i)) == name) return static_cast<Protocol>(i);
  }
  return std::nullopt;
}

Location location_of(std::string_view name) {
  if (name == "uri") return Location::Uri;
  if (name == "querystring") return Location::QueryString;
  if (name == "header") return Location::Header;
  if (name == "headers") return Location::Headers;
  if (name == "statusCode") return Location::StatusCode;
  return Location::Body;
}

TimestampFormat timestamp_format_of(std::string_view name) {
  if (name == "iso8601") return TimestampFormat::Iso8601;
  if (name == "unixTimestamp") return TimestampFormat::UnixTimestamp;
  if (name == "rfc822") return TimestampFormat::Rfc822;
  return TimestampFormat::Unset;
}

std::optional<XmlNamespace> xml_namespace_of(const Value& object) {
  const Value* value = object.find("xmlNamespace");
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return XmlNamespace{"", std::string(value->as_string())};
  return XmlNamespace{text_member(*value, "prefix"), text_member(*value, "uri")};
}

ErrorTraits error_of(const Value& shape, const std::string& name) {
  ErrorTraits traits;
  const Value* error = shape.find("error");
  traits.code = error == nullptr ? name : find_text(*error, "code").value_or(name);
  traits.query_error =
      error == nullptr ? traits.code : find_text(*error, "queryCode").value_or(traits.code);
  traits.sender_fault = !flag_member(shape, "fault");
  if (error != nullptr) {
    if (const Value* fault = error->find("senderFault"); fault != nullptr && fault->is_boolean()) {
      traits.sender_fault = fault->as_boolean();
    }
    traits.status = static_cast<int>(find_number(*error, "httpStatusCode").value_or(0));
  }
  if (traits.status == 0) traits.status = traits.sender_fault ? 400 : 500;
  return traits;
}

}  // namespace

/// Fills one ServiceModel; the model's JSON need not outlive it.
class ModelCompiler {
 public:
  ModelCompiler(ServiceModel& out, const Value& model) : out_(out), model_(model) {}

  Result<void> run(std::string service_name) {
    PAWL_TRY_VOID(read_metadata(std::move(service_name)));
    const Value* shapes = model_.find("shapes");
    if (shapes == nullptr || !shapes->is_object()) return missing("shapes");
    const Value* operations = model_.find("operations");
    if (operations == nullptr || !operations->is_object()) return missing("operations");
    // Both vectors get their final size first: pointers into them stay.
    out_.shapes_.resize(shapes->size());
    for (size_t i = 0; i < shapes->size(); ++i) {
      out_.shapes_[i].name = shapes->members()[i].name();
      out_.shape_index_.emplace(out_.shapes_[i].name, &out_.shapes_[i]);
    }
    for (size_t i = 0; i < shapes->size(); ++i) {
      PAWL_TRY_VOID(read_shape(out_.shapes_[i], shapes->members()[i].value));
    }
    out_.operations_.resize(operations->size());
    for (size_t i = 0; i < operations->size(); ++i) {
      OperationModel& operation = out_.operations_[i];
      operation.name = operations->members()[i].name();
      PAWL_TRY_VOID(read_operation(operation, operations->members()[i].value));
      out_.operation_index_.emplace(operation.name, &operation);
    }
    return {};
  }

 private:
  Error missing(std::string_view what) const {
    return {ErrorKind::InvalidSyntax,
            "model " + out_.metadata_.service_name + ": no " + std::string(what)};
  }

  Result<void> read_metadata(std::string service_name) {
    ServiceMetadata& metadata = out_.metadata_;
    metadata.service_name = std::move(service_name);
    const Value* found = model_.find("metadata");
    if (found == nullptr || !found->is_object()) return missing("metadata");
    metadata.service_id = find_text(*found, "serviceId").value_or(metadata.service_name);
    metadata.api_version = text_member(*found, "apiVersion");
    metadata.endpoint_prefix = find_text(*found, "endpointPrefix").value_or(metadata.service_name);
    metadata.signing_name = find_text(*found, "signingName").value_or(metadata.endpoint_prefix);
    metadata.target_prefix = text_member(*found, "targetPrefix");
    metadata.json_version = find_text(*found, "jsonVersion").value_or("1.0");
    metadata.error_namespace = text_member(*found, "errorNamespace");
    if (const auto ns = xml_namespace_of(*found)) metadata.xml_namespace = ns->uri;
    metadata.query_compatible = found->find("awsQueryCompatible") != nullptr;
    metadata.bare_xml_errors = flag_member(*found, "bareXmlErrors");
    const auto protocol = protocol_of(text_member(*found, "protocol"));
    if (!protocol) return missing("known protocol");
    metadata.protocol = *protocol;
    metadata.protocols.push_back(*protocol);
    if (const Value* all = found->find("protocols"); all != nullptr && all->is_array()) {
      for (const Value& name : all->items()) {
        const auto other = name.is_string() ? protocol_of(name.as_string()) : std::nullopt;
        if (other && !out_.speaks(*other)) metadata.protocols.push_back(*other);
      }
    }
    if (metadata.query_compatible && !out_.speaks(Protocol::Query)) {
      metadata.protocols.push_back(Protocol::Query);
    }
    return {};
  }

  Result<const Shape*> shape_named(const Value& reference, std::string_view user) {
    const std::string name = text_member(reference, "shape");
    const Shape* shape = out_.find_shape(name);
    if (shape == nullptr) {
      return Error(ErrorKind::InvalidSyntax, "model " + out_.metadata_.service_name + ": " +
                                                 std::string(user) + " refers to shape '" + name +
                                                 "', which is not there");
    }
    return shape;
  }

  Result<Member> read_member(std::string name, const Value& reference, std::string_view user) {
    Member member;
    member.name = std::move(name);
    member.shape = PAWL_TRY(shape_named(reference, user));
    member.location = location_of(text_member(reference, "location"));
    member.location_name = text_member(reference, "locationName");
    member.query_name = text_member(reference, "queryName");
    member.xml_namespace = xml_namespace_of(reference);
    member.timestamp_format = timestamp_format_of(text_member(reference, "timestampFormat"));
    member.flattened = flag_member(reference, "flattened");
    member.xml_attribute = flag_member(reference, "xmlAttribute");
    member.json_value = flag_member(reference, "jsonvalue");
    member.streaming = flag_member(reference, "streaming");
    member.idempotency_token = flag_member(reference, "idempotencyToken");
    member.host_label = flag_member(reference, "hostLabel");
    member.event_payload = flag_member(reference, "eventpayload");
    member.event_header = flag_member(reference, "eventheader");
    return member;
  }

  Result<void> read_shape(Shape& shape, const Value& definition) {
    const auto type = shape_type(text_member(definition, "type"));
    if (!type) {
      return Error(ErrorKind::InvalidSyntax, "model " + out_.metadata_.service_name + ": shape " +
                                                 shape.name + " has no known type");
    }
    shape.type = *type;
    shape.min = find_number(definition, "min");
    shape.max = find_number(definition, "max");
    shape.pattern = text_member(definition, "pattern");
    if (!shape.pattern.empty()) {
      auto regex = text::Regex::compile(shape.pattern);
      if (regex) shape.regex = std::move(*regex);
    }
    shape.enumeration = texts_member(definition, "enum");
    shape.enumeration_as_printed = texts_member(definition, "printedEnum");
    if (shape.enumeration_as_printed.empty()) {
      shape.enumeration_as_printed = java_hash_order(shape.enumeration);
    }
    shape.printed_members = texts_member(definition, "printedMembers");
    shape.location_name = text_member(definition, "locationName");
    shape.xml_namespace = xml_namespace_of(definition);
    shape.timestamp_format = timestamp_format_of(text_member(definition, "timestampFormat"));
    shape.flattened = flag_member(definition, "flattened");
    shape.sensitive = flag_member(definition, "sensitive");
    shape.is_union = flag_member(definition, "union");
    shape.document = flag_member(definition, "document");
    shape.event_stream = flag_member(definition, "eventstream");
    shape.event = flag_member(definition, "event");
    shape.streaming = flag_member(definition, "streaming");
    shape.sparse = flag_member(definition, "sparse");
    shape.unwrapped = flag_member(definition, "unwrapped");
    shape.box = flag_member(definition, "box");
    if (flag_member(definition, "exception") || definition.find("error") != nullptr) {
      shape.error = error_of(definition, shape.name);
      out_.error_index_.emplace(shape.name, &shape);
      out_.error_index_.emplace(shape.error->code, &shape);
    }
    if (*type == ShapeType::List) return read_item(shape.item, definition, "member", shape.name);
    if (*type == ShapeType::Map) {
      PAWL_TRY_VOID(read_item(shape.key, definition, "key", shape.name));
      return read_item(shape.value, definition, "value", shape.name);
    }
    if (*type == ShapeType::Structure) return read_members(shape, definition);
    return {};
  }

  Result<void> read_item(Member& item, const Value& definition, std::string_view key,
                         const std::string& user) {
    const Value* reference = definition.find(key);
    if (reference == nullptr) return missing(std::string(key) + " in shape " + user);
    item = PAWL_TRY(read_member(std::string(key), *reference, user));
    return {};
  }

  Result<void> read_members(Shape& shape, const Value& definition) {
    const Value* members = definition.find("members");
    if (members == nullptr || !members->is_object()) return {};
    shape.members.reserve(members->size());
    for (const json::Member& member : members->members()) {
      shape.members.push_back(
          PAWL_TRY(read_member(std::string(member.name()), member.value, shape.name)));
    }
    for (size_t i = 0; i < shape.members.size(); ++i) {
      shape.member_index.emplace(shape.members[i].name, i);
    }
    if (const Value* required = definition.find("required");
        required != nullptr && required->is_array()) {
      for (const Value& name : required->items()) {
        const auto found =
            name.is_string() ? shape.member_index.find(name.as_string()) : shape.member_index.end();
        if (found != shape.member_index.end()) shape.members[found->second].required = true;
      }
    }
    shape.payload = shape.find(text_member(definition, "payload"));
    return {};
  }

  Result<void> read_operation(OperationModel& operation, const Value& definition) {
    operation.service = &out_;
    if (const Value* http = definition.find("http")) {
      operation.http_method = find_text(*http, "method").value_or("POST");
      operation.uri = UriTemplate::parse(find_text(*http, "requestUri").value_or("/"));
      operation.status = static_cast<int>(find_number(*http, "responseCode").value_or(200));
    }
    if (const Value* input = definition.find("input")) {
      operation.input = PAWL_TRY(shape_named(*input, operation.name));
      operation.input_location_name = text_member(*input, "locationName");
      operation.input_xml_namespace = xml_namespace_of(*input);
    }
    if (const Value* output = definition.find("output")) {
      operation.output = PAWL_TRY(shape_named(*output, operation.name));
      operation.result_wrapper = text_member(*output, "resultWrapper");
    }
    if (const Value* errors = definition.find("errors"); errors != nullptr && errors->is_array()) {
      for (const Value& error : errors->items()) {
        const Shape* shape = PAWL_TRY(shape_named(error, operation.name));
        operation.errors.push_back(shape);
        declare_error(shape->name);
      }
    }
    if (const Value* endpoint = definition.find("endpoint")) {
      operation.host_prefix = text_member(*endpoint, "hostPrefix");
    }
    const std::string auth = text_member(definition, "authtype");
    operation.unsigned_payload = auth == "v4-unsigned-body";
    operation.anonymous = auth == "none";
    operation.checksum_required = flag_member(definition, "httpChecksumRequired");
    if (const Value* checksum = definition.find("httpChecksum")) {
      operation.checksum_required |= flag_member(*checksum, "requestChecksumRequired");
    }
    operation.idempotent = flag_member(definition, "idempotent");
    operation.readonly = flag_member(definition, "readonly");
    operation.deprecated = flag_member(definition, "deprecated");
    return {};
  }

  /// Some models leave out the exception trait of what they list as an error.
  void declare_error(const std::string& name) {
    const auto found = out_.shape_index_.find(name);
    Shape& shape = out_.shapes_[static_cast<size_t>(found->second - out_.shapes_.data())];
    if (shape.error) return;
    shape.error = ErrorTraits{shape.name, 400, true, shape.name};
    out_.error_index_.emplace(shape.name, &shape);
  }

  ServiceModel& out_;
  const Value& model_;
};

Result<std::unique_ptr<const ServiceModel>> ServiceModel::compile(std::string service_name,
                                                                  const Value& model) {
  std::unique_ptr<ServiceModel> compiled(new ServiceModel());
  PAWL_TRY_VOID(ModelCompiler(*compiled, model).run(std::move(service_name)));
  return std::unique_ptr<const ServiceModel>(std::move(compiled));
}

}  // namespace pawl::aws
