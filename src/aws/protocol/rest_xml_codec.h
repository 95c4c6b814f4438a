// SPDX-License-Identifier: Apache-2.0
// REST-XML (Smithy 2.0, "AWS restXml protocol"), with S3's own ways.
#pragma once

#include "aws/protocol/rest_codec.h"
#include "aws/protocol/xml_shape.h"

namespace pawl::aws {

class RestXmlCodec : public RestCodec {
 public:
  Protocol protocol() const override { return Protocol::RestXml; }
  HttpResponse encode_error(const ServiceModel& service, const OperationModel* operation,
                            const ApiError& error, const ResponseContext& context) const override;

 protected:
  std::string write_payload(const OperationModel& operation, const Member& member,
                            const json::Value& value) const override;
  ApiResult<json::Value> read_payload(const Member& member, std::string_view body) const override;
  std::string write_body(const OperationModel& operation, const Shape& shape,
                         const json::Value& value, bool is_request) const override;
  ApiResult<json::Value> read_body(const Shape& shape, std::string_view body) const override;
  std::string_view content_type() const override { return "application/xml"; }
  void set_request_id(const OperationModel& operation, const ResponseContext& context,
                      Headers& headers) const override;
  ApiError read_error(const OperationModel& operation, const HttpResponse& response) const override;
};

}  // namespace pawl::aws
