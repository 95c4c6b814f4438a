// SPDX-License-Identifier: Apache-2.0
// An embedded call runs on the loop's thread, like the requests of the first I/O thread.
#include "server/service_caller.h"

#include <memory>
#include <optional>
#include <utility>

#include "aws/protocol/protocol_codec.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "server/answer_keeping_store.h"
#include "server/request_id.h"

namespace pawl::server {
namespace {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::Call;
using aws::OperationModel;
using json::Value;

/// The member that is the message's body and streams; null if there is none.
const aws::Member* streaming_member(const aws::Shape* shape) {
  const aws::Member* member = shape == nullptr ? nullptr : shape->payload;
  return member != nullptr && (member->streaming || member->shape->streaming) ? member : nullptr;
}

ApiError too_large(uint64_t bytes_max) {
  return ApiError(
      "RequestEntityTooLargeException",
      "The answer is too large to be passed on: more than " + std::to_string(bytes_max) + " bytes.",
      413);
}

/// May block.
ApiResult<std::string> read_whole(aws::BodySource& source, uint64_t bytes_max) {
  if (source.size().value_or(0) > bytes_max) return too_large(bytes_max);
  std::string body;
  char piece[16 * 1024];
  while (true) {
    const auto read = source.read(piece, sizeof piece);
    if (!read) return aws::internal_failure(read.error().message);
    if (*read == 0) return body;
    body.append(piece, *read);
    if (body.size() > bytes_max) return too_large(bytes_max);
  }
}

/// One embedded call until it is answered.
class EmbeddedCall : public std::enable_shared_from_this<EmbeddedCall> {
 public:
  EmbeddedCall(aws::ServiceLoop& loop, const OperationModel& operation, uint64_t streamed_bytes_max,
               aws::Caller::Receiver receiver)
      : loop_(loop),
        operation_(operation),
        streamed_bytes_max_(streamed_bytes_max),
        receiver_(std::move(receiver)) {}

  aws::HttpRequest http = {};  ///< of operations whose input streams

  void fail(ApiError error) {
    if (error.status == 0) {
      error.status = aws::resolve_error(*operation_.service, &operation_, error).status;
    }
    answer(std::move(error));
  }

  void succeed(aws::Output output) {
    output_ = std::move(output);
    if (output_.stream == nullptr) {
      if (output_.streamed_body.size() > streamed_bytes_max_) {
        return answer(too_large(streamed_bytes_max_));
      }
      return answer_with(std::move(output_.streamed_body));
    }
    loop_.work([self = shared_from_this()] {
      ApiResult<std::string> body = read_whole(*self->output_.stream, self->streamed_bytes_max_);
      if (!body) return self->answer(std::move(body).error());
      self->answer_with(*std::move(body));
    });
  }

 private:
  void answer_with(std::string body) {
    loop_.post([self = shared_from_this(), body = std::move(body)] {
      Value value = std::move(self->output_.value);
      if (const aws::Member* member = streaming_member(self->operation_.output)) {
        json::ObjectBuilder whole;
        for (const json::Member& each : value.members()) whole.set(each.key, each.value);
        whole.set(member->name, Value(base::base64_encode(body)));
        value = std::move(whole).build();
      }
      self->receiver_(std::move(value));
    });
  }

  void answer(ApiError error) {
    loop_.post([self = shared_from_this(), held = std::make_shared<ApiError>(std::move(error))] {
      self->receiver_(std::move(*held));
    });
  }

  aws::ServiceLoop& loop_;
  const OperationModel& operation_;
  const uint64_t streamed_bytes_max_;
  const aws::Caller::Receiver receiver_;
  aws::Output output_;
};

}  // namespace

void ServiceCaller::add(std::string service, Actions actions) {
  services_.emplace(std::move(service), std::move(actions));
}

void ServiceCaller::call(Call call, Receiver receiver) {
  // std::function wants what can be copied; the call goes with it whole.
  options_.loop.post([this, held = std::make_shared<Call>(std::move(call)),
                      receiver = std::move(receiver)]() mutable {
    if (!held->completed.empty()) {
      const auto answer = json::parse(held->completed);
      if (answer) return receiver(*answer);
    }
    aws::Endpoint endpoint;
    if (options_.endpoints != nullptr) {
      const auto model = options_.models.find(held->service);
      if (model) endpoint = options_.endpoints->resolve(**model, held->region);
    }
    if (endpoint.kind != aws::Endpoint::Kind::Embedded && options_.remote != nullptr) {
      return options_.remote->call(std::move(*held), std::move(receiver));
    }
    const auto found = services_.find(held->service);
    if (found == services_.end()) {
      return receiver(ApiError("NotImplemented",
                               "Pawl embeds no service " + held->service +
                                   ": say with pawl serve --endpoint " + held->service +
                                   "=URL where it is.",
                               501, aws::Fault::Receiver));
    }
    const auto actions = found->second();
    if (!actions) return receiver(aws::internal_failure(actions.error().message));
    call_embedded(**actions, std::move(*held), std::move(receiver));
  });
}

void ServiceCaller::call_embedded(const aws::ActionTable& actions, Call call, Receiver receiver) {
  const OperationModel* operation = actions.model().find_operation(call.operation);
  if (operation == nullptr) {
    return receiver(aws::not_implemented(call.service, call.operation));
  }
  const auto under_way = std::make_shared<EmbeddedCall>(
      options_.loop, *operation, options_.streamed_bytes_max, std::move(receiver));
  aws::Request request;
  request.operation = operation;
  request.principal = std::move(call.principal);
  request.region = std::move(call.region);
  request.request_id = call.request_id.empty() ? make_request_id() : std::move(call.request_id);
  request.received = options_.loop.now();
  if (streaming_member(operation->input) != nullptr) {
    // As it would have come over the wire: a service looks at its headers, checksums among them.
    auto message =
        aws::codec(operation->service->metadata().protocol).encode_request(*operation, call.input);
    if (!message) return under_way->fail(aws::validation_exception(message.error().message));
    under_way->http = *std::move(message);
    request.http = &under_way->http;
  }
  request.input = std::move(call.input);
  std::optional<AnswerKeepingStore::Call> kept;
  if (!call.completion_key.empty()) {
    request.before_commit = AnswerKeepingStore::Call::keep;
    kept.emplace(std::move(call.completion_key), std::move(call.kept_text));
  }
  actions.call(std::move(request), aws::Reply([this, under_way](ActionResult result) {
                 if (!result) return under_way->fail(std::move(result).error());
                 if (!result->after_sync) return under_way->succeed(*std::move(result));
                 options_.syncs.after_sync(
                     [under_way, output = std::make_shared<aws::Output>(*std::move(result))] {
                       under_way->succeed(std::move(*output));
                     });
               }));
}

}  // namespace pawl::server
