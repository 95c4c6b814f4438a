// SPDX-License-Identifier: Apache-2.0
// Query and EC2: parameters in (Action=…), XML out.
#pragma once

#include "aws/protocol/protocol_codec.h"

namespace pawl::aws {

class QueryCodec : public ProtocolCodec {
 public:
  /// `protocol` is Query or Ec2.
  explicit QueryCodec(Protocol protocol) : protocol_(protocol) {}

  Protocol protocol() const override { return protocol_; }
  base::Result<HttpRequest> encode_request(const OperationModel& operation,
                                           const json::Value& input) const override;
  ApiResult<json::Value> decode_response(const OperationModel& operation,
                                         const HttpResponse& response) const override;
  ApiResult<json::Value> decode_request(const OperationModel& operation,
                                        const HttpRequest& request) const override;
  HttpResponse encode_response(const OperationModel& operation, const json::Value& output,
                               const ResponseContext& context) const override;
  HttpResponse encode_error(const ServiceModel& service, const OperationModel* operation,
                            const ApiError& error, const ResponseContext& context) const override;

 private:
  bool is_ec2() const { return protocol_ == Protocol::Ec2; }

  Protocol protocol_;
};

/// The parameters of a Query request: those of the target, then those of the form in the body.
QueryParameters query_request_parameters(const HttpRequest& request);

/// What Query and REST-XML call an error that coral's JSON services name otherwise:
/// ValidationException is ValidationError, AccessDeniedException AccessDenied.
std::string_view xml_error_code(const ApiError& error, const Shape* shape);

/// The error in <Error> somewhere below the root, as Query, EC2 and REST-XML write it.
ApiError read_xml_error(const ServiceModel& service, const OperationModel& operation,
                        const HttpResponse& response);

}  // namespace pawl::aws
