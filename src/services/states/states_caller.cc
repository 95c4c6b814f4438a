// SPDX-License-Identifier: Apache-2.0
#include "services/states/states_caller.h"

#include <utility>

#include "aws/arn.h"
#include "services/states/execution_members.h"

namespace pawl::states {
namespace {

using integration::ExecutionDescription;
using integration::ServiceError;
using integration::StartedExecution;

ServiceError service_error(const aws::ApiError& error) {
  return {error.code, error.message.value_or(""), error.status == 0 ? 400 : error.status};
}

std::function<void(aws::ApiResult<void>)> pass_on(integration::StatesApi::Done<void> done) {
  return [done = std::move(done)](const aws::ApiResult<void>& result) {
    if (!result) return done(tl::unexpected(service_error(result.error())));
    done({});
  };
}

ExecutionDescription describe(const engine::ExecutionRecord& record) {
  ExecutionDescription out;
  out.execution_arn = execution_arn_of(record);
  out.state_machine_arn = state_machine_arn_of(record);
  out.name = record.name;
  out.status = record.status;
  out.start_date = record.started_at;
  if (record.status != interpreter::ExecutionStatus::Running) out.stop_date = record.stopped_at;
  out.redrive_count = record.redrive_count;
  return out;
}

/// A time-out of the machine shows no error (recorded).
asl::ExecutionError shown_error(const asl::ExecutionError& error,
                                interpreter::ExecutionStatus status) {
  return status == interpreter::ExecutionStatus::TimedOut ? asl::ExecutionError{} : error;
}

}  // namespace

void StatesCaller::start_execution(integration::StartExecutionRequest request,
                                   Done<StartedExecution> done, Ended ended) {
  if (authorizer_ != nullptr) {
    const auto machine = aws::Arn::parse(request.state_machine_arn);
    const auto allowed = authorizer_->authorize_action(
        request.principal, machine ? machine->region : "us-east-1", "states:StartExecution",
        request.state_machine_arn, loop_->now());
    if (!allowed) return done(tl::unexpected(service_error(allowed.error())));
  }
  ExecutionApi::Start start{.state_machine_arn = std::move(request.state_machine_arn),
                            .name = std::move(request.name),
                            .input = std::move(request.input),
                            .trace_header = request.trace_header.value_or(""),
                            .origin = {request.origin_execution, request.origin_task}};
  api_->start(std::move(start),
              [engine = engine_, done = std::move(done),
               ended = std::move(ended)](const aws::ApiResult<ExecutionApi::Started>& started) {
                if (!started) return done(tl::unexpected(service_error(started.error())));
                done(StartedExecution{started->execution_arn, started->start_date});
                if (!ended || started->id == 0) return;
                engine->await({started->id, [ended](const engine::EndedExecution& execution) {
                                 ExecutionDescription out = describe(execution.record);
                                 out.input = execution.state.input.text();
                                 if (out.status == interpreter::ExecutionStatus::Succeeded)
                                   out.output = execution.state.output.text();
                                 out.error = shown_error(execution.state.error, out.status);
                                 ended(std::move(out));
                               }});
              });
}

void StatesCaller::describe_execution(const std::string& execution_arn,
                                      Done<ExecutionDescription> done) {
  const auto id = api_->find(execution_arn);
  if (!id) return done(tl::unexpected(service_error(id.error())));
  const auto summary = engine_->executions().summary(*id);
  if (!summary || !*summary) {
    return done(tl::unexpected(service_error(execution_does_not_exist(execution_arn))));
  }
  ExecutionDescription out = describe((*summary)->record);
  out.input = (*summary)->input;
  out.output = (*summary)->output;
  out.error = shown_error((*summary)->error, out.status);
  done(std::move(out));
}

void StatesCaller::stop_execution(const std::string& execution_arn) {
  if (const auto id = api_->find(execution_arn))
    engine_->stop_execution({.execution = *id, .error = {}, .done = {}});
}

void StatesCaller::send_task_success(const std::string& task_token, const std::string& output,
                                     Done<void> done) {
  auto payload = json::Payload::from_text(output);
  if (!payload) {
    return done(tl::unexpected(
        ServiceError{"InvalidOutput", "Invalid Output: '" + payload.error().message + "'", 400}));
  }
  api_->answer_token(task_token, interpreter::TaskSucceeded{{}, *std::move(payload)},
                     pass_on(std::move(done)));
}

void StatesCaller::send_task_failure(const std::string& task_token, asl::ExecutionError error,
                                     Done<void> done) {
  interpreter::TaskFailed failed;
  failed.error = std::move(error);
  api_->answer_token(task_token, std::move(failed), pass_on(std::move(done)));
}

void StatesCaller::send_task_heartbeat(const std::string& task_token, Done<void> done) {
  api_->answer_token(task_token, interpreter::TaskHeartbeat{}, pass_on(std::move(done)));
}

}  // namespace pawl::states
