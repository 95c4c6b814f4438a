// SPDX-License-Identifier: Apache-2.0
// API SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat, GetActivityTask.
#include <utility>

#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/execution_api.h"
#include "services/states/resource_arn.h"

namespace pawl::states {

using engine::TokenMessage;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kOutputBytesMax = 262'144;
constexpr int64_t kPollMs = 60'000;  ///< API GetActivityTask: "holds the connection open … 60 s"

void answer_empty(const std::shared_ptr<aws::Reply>& reply, const aws::ApiResult<void>& result) {
  if (!result) return (*reply)(tl::unexpected(result.error()));
  (*reply)(aws::Output());
}

}  // namespace

void ExecutionApi::answer_token(std::string token, engine::TaskSink::Answer event,
                                std::function<void(aws::ApiResult<void>)> done) {
  TokenMessage message;
  message.token = std::move(token);
  message.event = std::move(event);
  message.done = [done = std::move(done)](TokenMessage::Outcome outcome) {
    switch (outcome) {
      case TokenMessage::Outcome::Accepted: return done({});
      case TokenMessage::Outcome::TaskTimedOut:
        return done(aws::ApiError("TaskTimedOut",
                                  "Task Timed Out: 'Provided task does not exist anymore'"));
      case TokenMessage::Outcome::InvalidToken:
        return done(aws::ApiError("InvalidToken", "Invalid Token: 'Invalid token'"));
    }
  };
  ports_.engine.answer_token(std::move(message));
}

void ExecutionApi::send_task_success(aws::Request request, aws::Reply reply) {
  std::string output = text_member(request.input, "output");
  if (output.size() > kOutputBytesMax) {
    return reply(aws::ApiError("InvalidOutput", "Invalid Output: 'Output is longer than " +
                                                    std::to_string(kOutputBytesMax) + " bytes'"));
  }
  // The output is checked before the token is used up: a worker may correct it and answer again.
  auto payload = json::Payload::from_text(std::move(output));
  if (!payload) {
    return reply(
        aws::ApiError("InvalidOutput", "Invalid Output: '" + payload.error().message + "'"));
  }
  auto shared = std::make_shared<aws::Reply>(std::move(reply));
  answer_token(text_member(request.input, "taskToken"),
               interpreter::TaskSucceeded{{}, *std::move(payload)},
               [shared](const aws::ApiResult<void>& result) { answer_empty(shared, result); });
}

void ExecutionApi::send_task_failure(aws::Request request, aws::Reply reply) {
  interpreter::TaskFailed failed;
  failed.error = {.error = find_text(request.input, "error"),
                  .cause = find_text(request.input, "cause")};
  auto shared = std::make_shared<aws::Reply>(std::move(reply));
  answer_token(text_member(request.input, "taskToken"), std::move(failed),
               [shared](const aws::ApiResult<void>& result) { answer_empty(shared, result); });
}

void ExecutionApi::send_task_heartbeat(aws::Request request, aws::Reply reply) {
  auto shared = std::make_shared<aws::Reply>(std::move(reply));
  answer_token(text_member(request.input, "taskToken"), interpreter::TaskHeartbeat{},
               [shared](const aws::ApiResult<void>& result) { answer_empty(shared, result); });
}

void ExecutionApi::get_activity_task(aws::Request request, aws::Reply reply) {
  const std::string arn = text_member(request.input, "activityArn");
  const aws::ApiResult<ResourceKey> key = parse_activity_arn(arn);
  if (!key) return reply(tl::unexpected(key.error()));
  const auto known = ports_.machines.activity(*key);
  if (!known) return reply(tl::unexpected(known.error()));
  if (!*known) return reply(activity_does_not_exist(arn));
  const std::string worker = text_member(request.input, "workerName");
  auto shared = std::make_shared<aws::Reply>(std::move(reply));
  const base::Timestamp deadline{ports_.clock.now().ms + kPollMs};
  const bool accepted = ports_.activities.poll(
      arn, deadline,
      [this, shared, worker,
       is_wanted = std::move(request.is_wanted)](std::optional<engine::QueuedActivity> task) {
        if (!task) return (*shared)(aws::Output());
        // A worker that has gone would take the task with it: the next one gets it.
        if (is_wanted && !is_wanted()) {
          ports_.activities.schedule(*std::move(task));
          return (*shared)(aws::Output());
        }
        // The worker gets the task when ActivityStarted is on disk; a task that has gone meanwhile
        // leaves it with nothing, and it polls again.
        answer_token(task->task_token, interpreter::TaskStarted{{}, worker},
                     [shared, task = *task](const aws::ApiResult<void>& started) {
                       if (!started) return (*shared)(aws::Output());
                       ObjectBuilder out;
                       out.set("taskToken", Value(task.task_token)).set("input", Value(task.input));
                       (*shared)(aws::Output(std::move(out).build()));
                     });
      });
  if (!accepted) {
    (*shared)(
        aws::ApiError("ActivityWorkerLimitExceeded",
                      "Activity Worker Limit Exceeded: 'Too many workers poll for " + arn + "'"));
  }
}

}  // namespace pawl::states
