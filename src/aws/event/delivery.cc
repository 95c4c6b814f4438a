// SPDX-License-Identifier: Apache-2.0
#include "aws/event/delivery.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "aws/client/retry.h"
#include "base/random.h"
#include "json/members.h"

namespace pawl::aws {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr int64_t kFirstPauseMs = 1'000;
constexpr int64_t kPauseMsMax = 480'000;
constexpr int64_t kDoublingsMax = 10;

Value text_attribute(const std::string& text, const char* type = "String") {
  ObjectBuilder out;
  out.set("DataType", Value(type)).set("StringValue", Value(text));
  return std::move(out).build();
}

}  // namespace

std::optional<ApiError> failure_inside(const Value& answer) {
  if (integer_member(answer, "FailedEntryCount") == 0) return std::nullopt;
  const std::span<const Value> entries = items_member(answer, "Entries");
  if (entries.empty()) return internal_failure("The event was not put.");
  return ApiError(find_text(entries.front(), "ErrorCode").value_or("InternalFailure"),
                  text_member(entries.front(), "ErrorMessage"));
}

bool is_worth_retrying(const ApiError& error) {
  const std::string_view code = bare_error_code(error.code);
  if (error.status == 501 || code == "NotImplemented") return false;
  // No answer came: aws::Caller.
  if (code == "SdkClientException" && error.status == 0) return true;
  return retry_kind(error) != RetryKind::No || error.fault == Fault::Receiver;
}

int64_t Delivery::pause_ms(int64_t attempts, uint64_t seed) {
  const int64_t whole =
      std::min(kFirstPauseMs << std::clamp<int64_t>(attempts - 1, 0, kDoublingsMax), kPauseMsMax);
  base::Random random(seed ^ (static_cast<uint64_t>(attempts) << 32));
  return whole / 2 + static_cast<int64_t>(static_cast<double>(whole) / 2 * random.next_double());
}

Delivery::Delivery(const Ports& ports, Order order, Done done)
    : ports_(ports), order_(std::move(order)), done_(std::move(done)) {}

std::shared_ptr<Delivery> Delivery::start(const Ports& ports, Order order, Done done,
                                          base::Timestamp not_before) {
  std::shared_ptr<Delivery> delivery(new Delivery(ports, std::move(order), std::move(done)));
  if (not_before > ports.loop.now()) {
    delivery->timer_ = ports.loop.run_at(not_before, [delivery] { delivery->attempt(); });
  } else {
    ports.loop.post([delivery] { delivery->attempt(); });
  }
  return delivery;
}

void Delivery::stop() {
  is_stopped_ = true;
  if (timer_ != 0) ports_.loop.cancel(std::exchange(timer_, 0));
}

void Delivery::attempt() {
  if (is_stopped_) return;
  timer_ = 0;
  if (order_.before_attempt) order_.before_attempt(order_.target, order_.attempts + 1);
  call([delivery = shared_from_this()](ApiResult<Value> answer) {
    if (!delivery->is_stopped_) delivery->answered(std::move(answer));
  });
}

void Delivery::call(std::function<void(ApiResult<Value>)> then) {
  const std::optional<TargetKind> kind = target_kind(order_.target.arn);
  if (ports_.call_http && (kind == TargetKind::Api || kind == TargetKind::ApiDestination))
    return ports_.call_http(order_.target, order_.principal, order_.region, std::move(then));
  ApiResult<Call> made = target_call(order_.target, order_.principal, order_.region);
  if (made && kind == TargetKind::SdkOperation) {
    made = ports_.resolve
               ? ports_.resolve(*std::move(made))
               : ApiResult<Call>(validation_exception(order_.target.arn + " cannot be called."));
  }
  if (!made) return then(ApiResult<Value>(std::move(made).error()));
  ports_.caller.call(*std::move(made), std::move(then));
}

void Delivery::answered(ApiResult<Value> answer) {
  if (!answer) return failed(answer.error());
  if (const std::optional<ApiError> inside = failure_inside(*answer)) return failed(*inside);
  finish({.outcome = Outcome::Delivered, .answer = *std::move(answer)});
}

void Delivery::failed(const ApiError& error) {
  // An attempt before, which got no answer, has started it.
  if (!order_.target.execution_name.empty() &&
      bare_error_code(error.code) == "ExecutionAlreadyExists") {
    return finish({.outcome = Outcome::Delivered, .error = error});
  }
  if (!std::exchange(has_prepared_, true)) {
    if (auto before = call_before_retry(order_.target, error, order_.principal, order_.region)) {
      // That it exists by now is as good; anything else shows in the attempt that follows.
      return ports_.caller.call(*std::move(before),
                                [delivery = shared_from_this()](const ApiResult<Value>&) {
                                  if (!delivery->is_stopped_) delivery->attempt();
                                });
    }
  }
  ++order_.attempts;
  if (!is_worth_retrying(error)) return give_up(error, nullptr);
  if (order_.attempts > order_.retry.retries_max) return give_up(error, "MaximumRetryAttempts");
  const int64_t now_ms = ports_.loop.now().ms;
  const base::Timestamp next{now_ms + pause_ms(order_.attempts, order_.seed)};
  if (next.ms - order_.accepted.ms > order_.retry.age_ms_max)
    return give_up(error, "MaximumEventAgeInSeconds");
  if (order_.will_retry) order_.will_retry(order_.attempts, next);
  if (is_stopped_) return;
  timer_ = ports_.loop.run_at(next, [delivery = shared_from_this()] { delivery->attempt(); });
}

void Delivery::give_up(const ApiError& error, const char* exhausted) {
  const DeadLetter& letter = order_.dead_letter;
  const std::optional<Arn> queue = Arn::parse(letter.queue_arn);
  if (!queue) return finish({.outcome = Outcome::Dropped, .error = error});
  ObjectBuilder attributes;
  for (const auto& [name, text] : letter.attributes) attributes.set(name, text_attribute(text));
  attributes.set("TARGET_ARN", text_attribute(order_.target.arn))
      .set("ERROR_CODE", text_attribute(std::string(bare_error_code(error.code))));
  if (error.message && !error.message->empty())
    attributes.set("ERROR_MESSAGE", text_attribute(*error.message));
  attributes.set(
      "RETRY_ATTEMPTS",
      text_attribute(std::to_string(std::max<int64_t>(order_.attempts - 1, 0)), "Number"));
  if (exhausted != nullptr) attributes.set("EXHAUSTED_RETRY_CONDITION", text_attribute(exhausted));
  ObjectBuilder input;
  input.set("QueueUrl", Value(queue_url(letter.queue_arn)))
      .set("MessageBody", Value(letter.body.empty() ? order_.target.payload : letter.body))
      .set("MessageAttributes", std::move(attributes).build());
  ports_.caller.call(
      {.service = "sqs",
       .operation = "SendMessage",
       .input = std::move(input).build(),
       .region = queue->region,
       .principal = order_.principal},
      [delivery = shared_from_this(), error](const ApiResult<Value>& answer) {
        if (delivery->is_stopped_) return;
        if (!answer)
          return delivery->finish({.outcome = Outcome::Dropped, .error = answer.error()});
        delivery->finish({.outcome = Outcome::DeadLettered, .error = error});
      });
}

void Delivery::finish(Result result) {
  is_stopped_ = true;
  if (const Done done = std::exchange(done_, nullptr)) done(std::move(result));
}

}  // namespace pawl::aws
