// SPDX-License-Identifier: Apache-2.0
// API Invoke, InvokeAsync, InvokeWithResponseStream. The payload does not pass through JSON values:
// it is the body of both messages.
#include <utility>

#include "aws/protocol/event_codec.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::ObjectBuilder;
using json::Value;

namespace {

InvocationType invocation_type(const Value& input) {
  const std::string type = text_member(input, "InvocationType");
  if (type == "Event") return InvocationType::Event;
  return type == "DryRun" ? InvocationType::DryRun : InvocationType::RequestResponse;
}

aws::Output answer(InvokeOutcome outcome, bool over_http) {
  ObjectBuilder out;
  out.set("StatusCode", Value(outcome.status));
  if (outcome.function_error) out.set("FunctionError", Value("Unhandled"));
  if (!outcome.log_result.empty()) out.set("LogResult", Value(outcome.log_result));
  if (!outcome.executed_version.empty()) {
    out.set("ExecutedVersion", Value(outcome.executed_version));
  }
  if (!over_http) out.set("Payload", Value(base::base64_encode(outcome.payload)));
  aws::Output output(std::move(out).build());
  if (over_http) {
    output.headers.set("Content-Type", "application/json");
    output.streamed_body = std::move(outcome.payload);
  }
  return output;
}

/// Events: what the function has written in pieces, and how it has ended.
aws::Output streamed_answer(const InvokeOutcome& outcome, const aws::EventWriter& writer) {
  constexpr size_t kChunkBytes = size_t{64} << 10;
  ObjectBuilder out;
  out.set("StatusCode", Value(outcome.status));
  if (!outcome.executed_version.empty()) {
    out.set("ExecutedVersion", Value(outcome.executed_version));
  }
  out.set("ResponseStreamContentType",
          Value(outcome.content_type.empty() ? "application/octet-stream" : outcome.content_type));
  aws::Output output(std::move(out).build());
  ObjectBuilder complete;
  if (outcome.function_error) {
    const base::Result<Value> error = json::parse(outcome.payload);
    const Value details = error ? *error : Value::object();
    complete.set("ErrorCode", Value(text_member(details, "errorType")))
        .set("ErrorDetails", Value(text_member(details, "errorMessage")));
  } else {
    for (size_t at = 0; at < outcome.payload.size(); at += kChunkBytes) {
      ObjectBuilder chunk;
      chunk.set("Payload", Value(base::base64_encode(outcome.payload.substr(at, kChunkBytes))));
      output.streamed_body += writer.event("PayloadChunk", std::move(chunk).build());
    }
  }
  if (!outcome.log_result.empty()) complete.set("LogResult", Value(outcome.log_result));
  output.streamed_body += writer.event("InvokeComplete", std::move(complete).build());
  return output;
}

}  // namespace

void LambdaService::invoke_function(Request request, aws::Reply reply) {
  const Value& input = request.input;
  aws::ApiResult<FunctionReference> reference = function_reference(request);
  if (!reference) return reply(std::move(reference).error());
  InvokeCall call;
  call.function = *std::move(reference);
  call.type = invocation_type(input);
  call.client_context = text_member(input, "ClientContext");
  call.tail_log = text_member(input, "LogType") == "Tail";
  const bool over_http = request.http != nullptr;
  if (over_http) {
    call.payload = request.http->body;
  } else {
    call.payload = base::base64_decode(text_member(input, "Payload")).value_or("");
  }
  // std::function wants what can be copied; a Reply cannot.
  auto once = std::make_shared<aws::Reply>(std::move(reply));
  invoke(std::move(call), [once, over_http](aws::ApiResult<InvokeOutcome> outcome) {
    if (!outcome) return (*once)(std::move(outcome).error());
    (*once)(answer(*std::move(outcome), over_http));
  });
}

/// NOTE: the events leave when the function has ended: what it writes meanwhile is held.
void LambdaService::invoke_with_stream(Request request, aws::Reply reply) {
  const Value& input = request.input;
  aws::ApiResult<FunctionReference> reference = function_reference(request);
  if (!reference) return reply(std::move(reference).error());
  InvokeCall call;
  call.function = *std::move(reference);
  call.type = invocation_type(input);
  call.client_context = text_member(input, "ClientContext");
  call.tail_log = text_member(input, "LogType") == "Tail";
  call.payload = request.http != nullptr
                     ? request.http->body
                     : base::base64_decode(text_member(input, "Payload")).value_or("");
  auto once = std::make_shared<aws::Reply>(std::move(reply));
  const aws::EventWriter writer(*request.operation, aws::Protocol::RestJson);
  invoke(std::move(call), [once, writer](aws::ApiResult<InvokeOutcome> outcome) {
    if (!outcome) return (*once)(std::move(outcome).error());
    (*once)(streamed_answer(*outcome, writer));
  });
}

/// The old way to invoke a function: always an Event.
void LambdaService::invoke_async(Request request, aws::Reply reply) {
  aws::ApiResult<FunctionReference> reference = function_reference(request);
  if (!reference) return reply(std::move(reference).error());
  InvokeCall call;
  call.function = *std::move(reference);
  call.type = InvocationType::Event;
  call.payload = request.http != nullptr
                     ? request.http->body
                     : base::base64_decode(text_member(request.input, "InvokeArgs")).value_or("");
  auto once = std::make_shared<aws::Reply>(std::move(reply));
  invoke(std::move(call), [once](aws::ApiResult<InvokeOutcome> outcome) {
    if (!outcome) return (*once)(std::move(outcome).error());
    ObjectBuilder out;
    out.set("Status", Value(outcome->status));
    (*once)(aws::Output(std::move(out).build()));
  });
}

}  // namespace pawl::lambda
