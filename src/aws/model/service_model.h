// SPDX-License-Identifier: Apache-2.0
// ServiceModel: the API of one AWS service as data, compiled from botocore's service-2.json: its
// operations, shapes, errors and protocol. Not where models come from (model_catalog.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "aws/model/shape.h"
#include "aws/model/uri_template.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::aws {

enum class Protocol { Json, RestJson, RestXml, Query, Ec2, RpcV2Cbor };

/// The word of the model's metadata: "json", "rest-json", "rest-xml", "query", "ec2",
/// "smithy-rpc-v2-cbor".
std::string_view protocol_name(Protocol protocol);

/// `metadata` of a model.
struct ServiceMetadata {
  std::string service_name;  ///< the folder's name, as AWS CLI and boto3 call it: "stepfunctions"
  std::string service_id;    ///< "SFN"
  std::string api_version;   ///< "2016-11-23"
  std::string endpoint_prefix;  ///< "states"
  std::string signing_name;     ///< "states"; the endpoint prefix unless told otherwise
  std::string target_prefix;    ///< "AWSStepFunctions"; "" if the protocol has no X-Amz-Target
  std::string json_version;     ///< "1.0" or "1.1"
  std::string xml_namespace;
  std::string error_namespace;  ///< ours (overlays): what AWS prints before "#" in __type
  Protocol protocol = Protocol::Json;
  std::vector<Protocol> protocols;  ///< all it speaks, the preferred first
  bool query_compatible = false;    ///< trait awsQueryCompatible
  bool bare_xml_errors = false;     ///< ours (overlays): <Error> without <ErrorResponse> (S3)
};

class ServiceModel;

/// One operation. Immutable; owned by its ServiceModel.
struct OperationModel {
  std::string name;
  const ServiceModel* service = nullptr;
  std::string http_method = "POST";
  UriTemplate uri;
  int status = 200;
  const Shape* input = nullptr;   ///< null: takes nothing
  const Shape* output = nullptr;  ///< null: answers nothing
  std::vector<const Shape*> errors;
  std::string result_wrapper;       ///< Query
  std::string input_location_name;  ///< REST-XML: the request's root element
  std::optional<XmlNamespace> input_xml_namespace;
  std::string host_prefix;        ///< "sync-"; may hold labels "{AccountId}."
  bool unsigned_payload = false;  ///< authtype v4-unsigned-body
  bool anonymous = false;         ///< authtype none
  bool checksum_required = false;
  bool idempotent = false;
  bool readonly = false;
  bool deprecated = false;

  /// The error shape that goes by this code on the wire or by this name; null if not declared here.
  const Shape* find_error(std::string_view code) const;
};

/// Thread-safe: nothing changes after compile().
class ServiceModel {
 public:
  /// From the parsed text of a service-2.json. `service_name` is the name of its folder.
  /// Errors: InvalidSyntax naming what the model lacks or what it refers to in vain.
  static base::Result<std::unique_ptr<const ServiceModel>> compile(std::string service_name,
                                                                   const json::Value& model);

  ServiceModel(const ServiceModel&) = delete;
  ServiceModel& operator=(const ServiceModel&) = delete;

  const ServiceMetadata& metadata() const { return metadata_; }
  /// In the model's order.
  const std::vector<OperationModel>& operations() const { return operations_; }
  const OperationModel* find_operation(std::string_view name) const;
  const Shape* find_shape(std::string_view name) const;
  const std::vector<Shape>& shapes() const { return shapes_; }
  /// An error of any operation, by code on the wire or by name.
  const Shape* find_error(std::string_view code) const;
  bool speaks(Protocol protocol) const;

 private:
  friend class ModelCompiler;
  ServiceModel() = default;

  ServiceMetadata metadata_;
  std::vector<Shape> shapes_;
  std::unordered_map<std::string_view, const Shape*> shape_index_;
  std::vector<OperationModel> operations_;
  std::unordered_map<std::string_view, const OperationModel*> operation_index_;
  std::unordered_map<std::string_view, const Shape*> error_index_;
};

}  // namespace pawl::aws
