// SPDX-License-Identifier: Apache-2.0
// service-2.json to ServiceModel: first every shape gets its place, then names become pointers.
#include <algorithm>

#include "aws/model/java_hash_order.h"
#include "aws/model/service_model.h"

namespace pawl::aws {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

std::string text_of(const Value& object, std::string_view key, std::string_view otherwise = "") {
  const Value* value = object.find(key);
  return std::string(value != nullptr && value->is_string() ? value->as_string() : otherwise);
}

std::vector<std::string> texts_of(const Value& object, std::string_view key) {
  std::vector<std::string> texts;
  const Value* value = object.find(key);
  if (value == nullptr || !value->is_array()) return texts;
  for (const Value& text : value->items()) {
    if (text.is_string()) texts.emplace_back(text.as_string());
  }
  return texts;
}

bool flag_of(const Value& object, std::string_view key) {
  const Value* value = object.find(key);
  return value != nullptr && value->is_boolean() && value->as_boolean();
}

std::optional<double> number_of(const Value& object, std::string_view key) {
  const Value* value = object.find(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->as_double();
}

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
  return XmlNamespace{text_of(*value, "prefix"), text_of(*value, "uri")};
}

ErrorTraits error_of(const Value& shape, const std::string& name) {
  ErrorTraits traits;
  const Value* error = shape.find("error");
  traits.code = error == nullptr ? name : text_of(*error, "code", name);
  traits.query_error = error == nullptr ? traits.code : text_of(*error, "queryCode", traits.code);
  traits.sender_fault = !flag_of(shape, "fault");
  if (error != nullptr) {
    if (const Value* fault = error->find("senderFault"); fault != nullptr && fault->is_boolean()) {
      traits.sender_fault = fault->as_boolean();
    }
    traits.status = static_cast<int>(number_of(*error, "httpStatusCode").value_or(0));
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
    metadata.service_id = text_of(*found, "serviceId", metadata.service_name);
    metadata.api_version = text_of(*found, "apiVersion");
    metadata.endpoint_prefix = text_of(*found, "endpointPrefix", metadata.service_name);
    metadata.signing_name = text_of(*found, "signingName", metadata.endpoint_prefix);
    metadata.target_prefix = text_of(*found, "targetPrefix");
    metadata.json_version = text_of(*found, "jsonVersion", "1.0");
    metadata.error_namespace = text_of(*found, "errorNamespace");
    if (const auto ns = xml_namespace_of(*found)) metadata.xml_namespace = ns->uri;
    metadata.query_compatible = found->find("awsQueryCompatible") != nullptr;
    metadata.bare_xml_errors = flag_of(*found, "bareXmlErrors");
    const auto protocol = protocol_of(text_of(*found, "protocol"));
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
    const std::string name = text_of(reference, "shape");
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
    member.location = location_of(text_of(reference, "location"));
    member.location_name = text_of(reference, "locationName");
    member.query_name = text_of(reference, "queryName");
    member.xml_namespace = xml_namespace_of(reference);
    member.timestamp_format = timestamp_format_of(text_of(reference, "timestampFormat"));
    member.flattened = flag_of(reference, "flattened");
    member.xml_attribute = flag_of(reference, "xmlAttribute");
    member.json_value = flag_of(reference, "jsonvalue");
    member.streaming = flag_of(reference, "streaming");
    member.idempotency_token = flag_of(reference, "idempotencyToken");
    member.host_label = flag_of(reference, "hostLabel");
    member.event_payload = flag_of(reference, "eventpayload");
    member.event_header = flag_of(reference, "eventheader");
    return member;
  }

  Result<void> read_shape(Shape& shape, const Value& definition) {
    const auto type = shape_type(text_of(definition, "type"));
    if (!type) {
      return Error(ErrorKind::InvalidSyntax, "model " + out_.metadata_.service_name + ": shape " +
                                                 shape.name + " has no known type");
    }
    shape.type = *type;
    shape.min = number_of(definition, "min");
    shape.max = number_of(definition, "max");
    shape.pattern = text_of(definition, "pattern");
    if (!shape.pattern.empty()) {
      auto regex = text::Regex::compile(shape.pattern);
      if (regex) shape.regex = std::move(*regex);
    }
    shape.enumeration = texts_of(definition, "enum");
    shape.enumeration_as_printed = texts_of(definition, "printedEnum");
    if (shape.enumeration_as_printed.empty()) {
      shape.enumeration_as_printed = java_hash_order(shape.enumeration);
    }
    shape.printed_members = texts_of(definition, "printedMembers");
    shape.location_name = text_of(definition, "locationName");
    shape.xml_namespace = xml_namespace_of(definition);
    shape.timestamp_format = timestamp_format_of(text_of(definition, "timestampFormat"));
    shape.flattened = flag_of(definition, "flattened");
    shape.sensitive = flag_of(definition, "sensitive");
    shape.is_union = flag_of(definition, "union");
    shape.document = flag_of(definition, "document");
    shape.event_stream = flag_of(definition, "eventstream");
    shape.event = flag_of(definition, "event");
    shape.streaming = flag_of(definition, "streaming");
    shape.sparse = flag_of(definition, "sparse");
    shape.unwrapped = flag_of(definition, "unwrapped");
    shape.box = flag_of(definition, "box");
    if (flag_of(definition, "exception") || definition.find("error") != nullptr) {
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
    shape.payload = shape.find(text_of(definition, "payload"));
    return {};
  }

  Result<void> read_operation(OperationModel& operation, const Value& definition) {
    operation.service = &out_;
    if (const Value* http = definition.find("http")) {
      operation.http_method = text_of(*http, "method", "POST");
      operation.uri = UriTemplate::parse(text_of(*http, "requestUri", "/"));
      operation.status = static_cast<int>(number_of(*http, "responseCode").value_or(200));
    }
    if (const Value* input = definition.find("input")) {
      operation.input = PAWL_TRY(shape_named(*input, operation.name));
      operation.input_location_name = text_of(*input, "locationName");
      operation.input_xml_namespace = xml_namespace_of(*input);
    }
    if (const Value* output = definition.find("output")) {
      operation.output = PAWL_TRY(shape_named(*output, operation.name));
      operation.result_wrapper = text_of(*output, "resultWrapper");
    }
    if (const Value* errors = definition.find("errors"); errors != nullptr && errors->is_array()) {
      for (const Value& error : errors->items()) {
        const Shape* shape = PAWL_TRY(shape_named(error, operation.name));
        operation.errors.push_back(shape);
        declare_error(shape->name);
      }
    }
    if (const Value* endpoint = definition.find("endpoint")) {
      operation.host_prefix = text_of(*endpoint, "hostPrefix");
    }
    const std::string auth = text_of(definition, "authtype");
    operation.unsigned_payload = auth == "v4-unsigned-body";
    operation.anonymous = auth == "none";
    operation.checksum_required = flag_of(definition, "httpChecksumRequired");
    if (const Value* checksum = definition.find("httpChecksum")) {
      operation.checksum_required |= flag_of(*checksum, "requestChecksumRequired");
    }
    operation.idempotent = flag_of(definition, "idempotent");
    operation.readonly = flag_of(definition, "readonly");
    operation.deprecated = flag_of(definition, "deprecated");
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
