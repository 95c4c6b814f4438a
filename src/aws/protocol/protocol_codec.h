// SPDX-License-Identifier: Apache-2.0
// ProtocolCodec: one AWS protocol in both directions, driven by the model. Values on this side of
// it are JSON whatever the protocol: blobs are base64 text, timestamps numbers (seconds since
// 1970), NaN and the infinities the texts "NaN", "Infinity", "-Infinity".
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/http_message.h"
#include "aws/model/service_model.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::aws {

/// What an answer carries besides its result.
struct ResponseContext {
  std::string request_id;
  std::string host_id = {};  ///< S3's x-amz-id-2; "" elsewhere
};

/// The words "Sender" and "Receiver", "Client" and "Server" of <Type> and x-amzn-query-error.
std::string_view fault_name(Fault fault);

/// Stateless and thread-safe. A server uses decode_request, encode_response, encode_error; a client
/// the other two.
///
/// A payload that the model marks as streaming is not in the Value: a server finds it in
/// HttpRequest::body and puts it in HttpResponse::body itself; a client may give it as base64 text
/// in the input, and gets it as base64 text in the output. A stream of events (event_codec.h) is
/// pushed by a server into HttpResponse::stream, behind what encode_response() has put into the
/// body; a client gets it as an array, as a whole.
class ProtocolCodec {
 public:
  virtual ~ProtocolCodec() = default;

  virtual Protocol protocol() const = 0;

  /// Method, path, query, headers and body; neither host nor signature. `input` is an object.
  /// Errors: InvalidSyntax if a label of the path is missing, TypeMismatch if a value has not its
  /// shape's type.
  virtual base::Result<HttpRequest> encode_request(const OperationModel& operation,
                                                   const json::Value& input) const = 0;

  /// The output, an object; or what the service answered as an error, code and status filled in.
  virtual ApiResult<json::Value> decode_response(const OperationModel& operation,
                                                 const HttpResponse& response) const = 0;

  /// The input, an object with the model's member names; what the model does not know is dropped,
  /// null is absent. Errors: SerializationException and its like; not what validate() finds.
  virtual ApiResult<json::Value> decode_request(const OperationModel& operation,
                                                const HttpRequest& request) const = 0;

  /// `output` is an object; members that are null or not in the model are left out.
  virtual HttpResponse encode_response(const OperationModel& operation, const json::Value& output,
                                       const ResponseContext& context) const = 0;

  /// `operation` is null if the request names none.
  virtual HttpResponse encode_error(const ServiceModel& service, const OperationModel* operation,
                                    const ApiError& error,
                                    const ResponseContext& context) const = 0;
};

/// The codec of a protocol; lives as long as the process.
const ProtocolCodec& codec(Protocol protocol);

/// The status, fault and shape that an error gets from the model.
struct ResolvedError {
  int status;
  Fault fault;
  const Shape* shape;  ///< null if the model does not know it
};
ResolvedError resolve_error(const ServiceModel& service, const OperationModel* operation,
                            const ApiError& error);

/// The name of an error shape's message member: "message", "Message" or other; "message" without
/// shape.
std::string_view message_member(const Shape* shape);

}  // namespace pawl::aws
