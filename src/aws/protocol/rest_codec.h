// SPDX-License-Identifier: Apache-2.0
// What REST-JSON and REST-XML share: members bound to path, query, headers, status and payload.
// Smithy 2.0, "HTTP bindings".
#pragma once

#include "aws/protocol/protocol_codec.h"

namespace pawl::aws {

class RestCodec : public ProtocolCodec {
 public:
  base::Result<HttpRequest> encode_request(const OperationModel& operation,
                                           const json::Value& input) const override;
  ApiResult<json::Value> decode_response(const OperationModel& operation,
                                         const HttpResponse& response) const override;
  ApiResult<json::Value> decode_request(const OperationModel& operation,
                                        const HttpRequest& request) const override;
  HttpResponse encode_response(const OperationModel& operation, const json::Value& output,
                               const ResponseContext& context) const override;

 protected:
  /// A structure, list or map that is the whole body.
  virtual std::string write_payload(const OperationModel& operation, const Member& member,
                                    const json::Value& value) const = 0;
  virtual ApiResult<json::Value> read_payload(const Member& member,
                                              std::string_view body) const = 0;
  /// The members of the body; `is_request` tells where the root element's name comes from.
  virtual std::string write_body(const OperationModel& operation, const Shape& shape,
                                 const json::Value& value, bool is_request) const = 0;
  virtual ApiResult<json::Value> read_body(const Shape& shape, std::string_view body) const = 0;
  virtual std::string_view content_type() const = 0;
  virtual void set_request_id(const OperationModel& operation, const ResponseContext& context,
                              Headers& headers) const;
  virtual ApiError read_error(const OperationModel& operation,
                              const HttpResponse& response) const = 0;

 private:
  struct Body {
    std::string bytes;
    std::string_view content_type;
  };
  base::Result<Body> encode_body(const OperationModel& operation, const Shape& shape,
                                 const json::Value& value, bool is_request) const;
  ApiResult<json::Value> decode_body(const Shape& shape, std::string_view body,
                                     bool with_streams) const;
};

/// Writes the members bound to headers ("header" and, with a prefix, "headers").
void write_headers(const Shape& shape, const json::Value& value, Headers& headers);
/// Reads them.
ApiResult<void> read_headers(const Shape& shape, const Headers& headers, json::ObjectBuilder& out);

/// Whether any member stands in the body itself.
bool has_body_members(const Shape& shape);

}  // namespace pawl::aws
