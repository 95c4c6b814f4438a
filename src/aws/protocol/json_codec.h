// SPDX-License-Identifier: Apache-2.0
// AWS JSON 1.0 and 1.1 (Smithy 2.0, "AWS JSON 1.0 protocol"): POST /, X-Amz-Target, a JSON body.
#pragma once

#include "aws/protocol/protocol_codec.h"

namespace pawl::aws {

class JsonCodec : public ProtocolCodec {
 public:
  Protocol protocol() const override { return Protocol::Json; }
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
};

/// The members of an error's body, without __type: the message under its name and those of the
/// shape.
json::Value error_members(const ApiError& error, const Shape* shape);

/// The error that a JSON body and its headers tell; shared with REST-JSON.
ApiError read_json_error(const ServiceModel& service, const OperationModel& operation,
                         const HttpResponse& response);

}  // namespace pawl::aws
