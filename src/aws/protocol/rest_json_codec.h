// SPDX-License-Identifier: Apache-2.0
// REST-JSON (Smithy 2.0, "AWS restJson1 protocol").
#pragma once

#include "aws/protocol/rest_codec.h"

namespace pawl::aws {

class RestJsonCodec : public RestCodec {
 public:
  Protocol protocol() const override { return Protocol::RestJson; }
  HttpResponse encode_error(const ServiceModel& service, const OperationModel* operation,
                            const ApiError& error, const ResponseContext& context) const override;

 protected:
  std::string write_payload(const OperationModel& operation, const Member& member,
                            const json::Value& value) const override;
  ApiResult<json::Value> read_payload(const Member& member, std::string_view body) const override;
  std::string write_body(const OperationModel& operation, const Shape& shape,
                         const json::Value& value, bool is_request) const override;
  ApiResult<json::Value> read_body(const Shape& shape, std::string_view body) const override;
  std::string_view content_type() const override { return "application/json"; }
  ApiError read_error(const OperationModel& operation, const HttpResponse& response) const override;
};

}  // namespace pawl::aws
