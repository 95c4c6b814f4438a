// SPDX-License-Identifier: Apache-2.0
// RPC-v2-CBOR (Smithy 2.0, "Smithy RPC v2 CBOR protocol"): POST /service/X/operation/Y.
#pragma once

#include "aws/protocol/protocol_codec.h"

namespace pawl::aws {

class CborCodec : public ProtocolCodec {
 public:
  Protocol protocol() const override { return Protocol::RpcV2Cbor; }
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

}  // namespace pawl::aws
