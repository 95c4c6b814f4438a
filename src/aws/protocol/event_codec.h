// SPDX-License-Identifier: Apache-2.0
// Events of operations whose output is a stream of them, by the model: Lambda's
// InvokeWithResponseStream, S3's SelectObjectContent, Kinesis' SubscribeToShard. Smithy 2.0, "Event
// streams". Events are values as everywhere: {"PayloadChunk": {"Payload": "…base64…"}}.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/model/service_model.h"
#include "json/value.h"

namespace pawl::aws {

/// The member that is a stream of events; null if there is none.
const Member* event_stream_member(const Shape* shape);

/// What an action pushes into its answer (PushedBody). `protocol` is the one of the request.
/// Thread-safe: all is immutable.
class EventWriter {
 public:
  /// The operation's output must have a stream of events.
  EventWriter(const OperationModel& operation, Protocol protocol)
      : operation_(operation), protocol_(protocol) {}

  /// The members of the output beside the stream. The server sends it by itself, first, where the
  /// protocol has no other place for them (JSON, CBOR).
  std::string initial_response(const json::Value& output) const;
  /// One event; `name` is a member of the stream's union: a broken invariant otherwise.
  std::string event(std::string_view name, const json::Value& value) const;
  /// Ends the stream: an exception if the union has it, else an error without a shape.
  std::string error(const ApiError& error) const;

 private:
  std::string document(const Shape& shape, const json::Value& value) const;
  std::string_view document_type() const;

  const OperationModel& operation_;
  const Protocol protocol_;
};

/// The whole body of such an answer: {STREAM: [{NAME: {…}}, …]} and the members of the initial
/// response. Errors: what the stream ended with; SerializationException if it is broken.
ApiResult<json::Value> read_events(const OperationModel& operation, Protocol protocol,
                                   std::string_view body);

}  // namespace pawl::aws
