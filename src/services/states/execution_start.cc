// SPDX-License-Identifier: Apache-2.0
// API StartExecution, StartSyncExecution, StopExecution, RedriveExecution.
#include <algorithm>
#include <utility>

#include "base/random.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/execution_api.h"
#include "services/states/execution_members.h"
#include "services/states/resource_arn.h"

namespace pawl::states {

using engine::StartOutcome;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kInputBytesMax = 262'144;  ///< "Maximum input or output size": 256 KiB

std::string qualifier_of(const std::string& arn) {
  return arn.empty() ? std::string() : arn.substr(arn.rfind(':') + 1);
}

aws::ApiError not_supported_by_type() {
  return {"StateMachineTypeNotSupported",
          "This operation is not supported by this type of state machine"};
}

aws::ActionResult started_output(const aws::ApiResult<ExecutionApi::Started>& started) {
  if (!started) return tl::unexpected(started.error());
  ObjectBuilder out;
  out.set("executionArn", Value(started->execution_arn))
      .set("startDate", seconds_of(started->start_date));
  return aws::Output(std::move(out).build());
}

/// API StartSyncExecution, billingDetails: "Billed duration, rounded up to the nearest 100 ms";
/// memory in steps of 64 MB.
Value billing_details(const interpreter::ExecutionState& state) {
  const int64_t ms = std::max<int64_t>(state.stopped_at.ms - state.started_at.ms, 1);
  ObjectBuilder out;
  out.set("billedMemoryUsedInMB", Value(int64_t{64}))
      .set("billedDurationInMilliseconds", Value((ms + 99) / 100 * 100));
  return std::move(out).build();
}

aws::Output sync_output(const interpreter::ExecutionState& state, const std::string& trace_header,
                        bool with_data) {
  const interpreter::ExecutionInfo& info = *state.info;
  ObjectBuilder out;
  out.set("executionArn", Value(info.execution_arn))
      .set("stateMachineArn", Value(info.state_machine_arn))
      .set("name", Value(info.execution_name))
      .set("startDate", seconds_of(state.started_at))
      .set("stopDate", seconds_of(state.stopped_at))
      .set("status", Value(state.status == interpreter::ExecutionStatus::Aborted
                               ? "FAILED"
                               : interpreter::execution_status_name(state.status)));
  if (state.error.error) out.set("error", Value(*state.error.error));
  if (state.error.cause) out.set("cause", Value(*state.error.cause));
  if (with_data) out.set("input", Value(state.input.text()));
  out.set("inputDetails", data_details(with_data));
  if (state.status == interpreter::ExecutionStatus::Succeeded) {
    if (with_data) out.set("output", Value(state.output.text()));
    out.set("outputDetails", data_details(with_data));
  }
  if (!trace_header.empty()) out.set("traceHeader", Value(trace_header));
  out.set("billingDetails", billing_details(state));
  return std::move(out).build();
}

}  // namespace

aws::ApiResult<ExecutionApi::Prepared> ExecutionApi::prepare(const Start& start) const {
  Prepared prepared;
  std::string_view arn = start.state_machine_arn;
  // Step Functions Local: "#TestCase" behind the ARN chooses a mocked test case.
  if (const size_t hash = arn.find('#'); hash != std::string_view::npos) {
    prepared.test_case = arn.substr(hash + 1);
    arn = arn.substr(0, hash);
  }
  prepared.resolution = PAWL_TRY(ports_.registry.resolve(arn, ports_.random()));
  if (prepared.resolution.target->status == MachineStatus::Deleting)
    return state_machine_deleting(arn);
  prepared.name_is_given = start.name.has_value();
  if (start.name) {
    if (!is_valid_resource_name(*start.name)) return invalid_name(*start.name);
    prepared.name = *start.name;
  } else {
    base::Random random(ports_.random());
    // A task that starts again after a crash makes the same name and so finds what it started.
    if (start.origin.execution != 0) {
      random = base::Random(
          start.origin.execution * 0x9e3779b97f4a7c15ULL ^
          (static_cast<uint64_t>(start.origin.task.frame) << 32 | start.origin.task.sequence));
    }
    prepared.name = base::make_uuid(random);
  }
  if (start.input.size() > kInputBytesMax) {
    return aws::ApiError("InvalidExecutionInput",
                         "Invalid State Machine Execution Input: 'Input is longer than " +
                             std::to_string(kInputBytesMax) + " bytes'");
  }
  auto input = json::Payload::from_text(start.input);
  if (!input) {
    return aws::ApiError("InvalidExecutionInput",
                         "Invalid State Machine Execution Input: '" + input.error().message + "'");
  }
  prepared.input = *std::move(input);
  prepared.trace_header = start.trace_header;
  return prepared;
}

void ExecutionApi::start(Start start, std::function<void(aws::ApiResult<Started>)> done) {
  aws::ApiResult<Prepared> prepared = prepare(start);
  if (!prepared) return done(tl::unexpected(std::move(prepared).error()));
  if (prepared->resolution.target->type == asl::StateMachineType::Standard)
    return start_standard(*std::move(prepared), start.origin, std::move(done));
  start_express(*std::move(prepared), {}, std::move(done));
}

void ExecutionApi::start_standard(Prepared prepared, engine::TaskOrigin origin,
                                  std::function<void(aws::ApiResult<Started>)> done) {
  const MachineTarget& target = *prepared.resolution.target;
  engine::StartMessage message;
  engine::ExecutionRecord& record = message.record;
  record.scope = engine::scope_of_machine(target.region, target.account_id, target.name);
  record.name = std::move(prepared.name);
  record.revision = prepared.resolution.revision->number;
  record.version = qualifier_of(target.version_arn);
  record.alias = qualifier_of(target.alias_arn);
  record.trace_header = std::move(prepared.trace_header);
  record.mock_test_case = std::move(prepared.test_case);
  record.started_by = origin;
  message.revision = ports_.revisions.of(*prepared.resolution.revision);
  message.input = std::move(prepared.input);
  message.name_is_given = prepared.name_is_given;
  message.done = [done = std::move(done)](const StartOutcome& outcome) {
    switch (outcome.kind) {
      case StartOutcome::Kind::Started:
      case StartOutcome::Kind::AlreadyRunning:
        return done(Started{outcome.id, outcome.execution_arn, outcome.started_at});
      case StartOutcome::Kind::AlreadyExists:
        return done(aws::ApiError("ExecutionAlreadyExists",
                                  "Execution Already Exists: '" + outcome.execution_arn + "'"));
      case StartOutcome::Kind::TooBusy: return done(aws::throttling("Rate exceeded"));
    }
  };
  ports_.engine.start(std::move(message));
}

void ExecutionApi::start_express(Prepared prepared,
                                 std::function<void(const interpreter::ExecutionState&)> ended,
                                 std::function<void(aws::ApiResult<Started>)> done) {
  const MachineTarget& target = *prepared.resolution.target;
  auto info = std::make_shared<interpreter::ExecutionInfo>();
  base::Random random(ports_.random());
  info->execution_name = std::move(prepared.name);
  info->state_machine_arn = target.state_machine_arn;
  info->state_machine_name = target.name;
  info->role_arn = prepared.resolution.revision->role_arn;
  info->region = target.region;
  info->account = target.account_id;
  info->mock_test_case = std::move(prepared.test_case);
  // arn:aws:states:REGION:ACCOUNT:express:MACHINE:EXECUTION:UUID
  info->execution_arn = target.state_machine_arn;
  constexpr std::string_view kType = ":stateMachine:";
  info->execution_arn.replace(info->execution_arn.find(kType), kType.size(), ":express:");
  info->execution_arn += ":" + info->execution_name + ":" + base::make_uuid(random);
  Started started{0, info->execution_arn, ports_.clock.now()};
  engine::ExpressStart start{.revision = ports_.revisions.of(*prepared.resolution.revision),
                             .info = std::move(info),
                             .input = std::move(prepared.input),
                             .ended = std::move(ended)};
  // Handed over whole: on its own thread it runs at once.
  auto shared = std::make_shared<engine::ExpressStart>(std::move(start));
  ports_.express_loop.dispatch([this, shared = std::move(shared), started = std::move(started),
                                done = std::move(done)]() mutable {
    if (!ports_.express.start(std::move(*shared))) return done(aws::throttling("Rate exceeded"));
    done(std::move(started));
  });
}

void ExecutionApi::start_execution(aws::Request request, aws::Reply reply) {
  if (!start_bucket_.take(ports_.clock.now())) return reply(aws::throttling("Rate exceeded"));
  Start wanted;
  wanted.state_machine_arn = text_member(request.input, "stateMachineArn");
  wanted.name = find_text(request.input, "name");
  wanted.input = find_text(request.input, "input").value_or("{}");
  wanted.trace_header = text_member(request.input, "traceHeader");
  auto shared = std::make_shared<aws::Reply>(std::move(reply));
  start(std::move(wanted),
        [shared](const aws::ApiResult<Started>& started) { (*shared)(started_output(started)); });
}

void ExecutionApi::start_sync_execution(aws::Request request, aws::Reply reply) {
  Start wanted;
  wanted.state_machine_arn = text_member(request.input, "stateMachineArn");
  wanted.name = find_text(request.input, "name");
  wanted.input = find_text(request.input, "input").value_or("{}");
  aws::ApiResult<Prepared> prepared = prepare(wanted);
  if (!prepared) return reply(tl::unexpected(std::move(prepared).error()));
  if (prepared->resolution.target->type != asl::StateMachineType::Express)
    return reply(not_supported_by_type());
  const std::string trace_header = text_member(request.input, "traceHeader");
  const bool with_data = text_member(request.input, "includedData") != "METADATA_ONLY";
  auto shared = std::make_shared<aws::Reply>(std::move(reply));
  start_express(
      *std::move(prepared),
      [shared, trace_header, with_data](const interpreter::ExecutionState& state) {
        (*shared)(sync_output(state, trace_header, with_data));
      },
      [shared](const aws::ApiResult<Started>& started) {
        if (!started) (*shared)(tl::unexpected(started.error()));
      });
}

void ExecutionApi::stop_execution(aws::Request request, aws::Reply reply) {
  const std::string arn = text_member(request.input, "executionArn");
  const aws::ApiResult<engine::ExecutionId> id = find(arn);
  if (!id) return reply(tl::unexpected(id.error()));
  auto shared = std::make_shared<aws::Reply>(std::move(reply));
  engine::StopMessage message;
  message.execution = *id;
  message.error = {.error = find_text(request.input, "error"),
                   .cause = find_text(request.input, "cause")};
  message.done = [shared, arn](const engine::StopOutcome& outcome) {
    if (!outcome.found) return (*shared)(execution_does_not_exist(arn));
    ObjectBuilder out;
    out.set("stopDate", seconds_of(outcome.stopped_at));
    (*shared)(aws::Output(std::move(out).build()));
  };
  ports_.engine.stop_execution(std::move(message));
}

void ExecutionApi::redrive_execution(aws::Request request, aws::Reply reply) {
  const std::string arn = text_member(request.input, "executionArn");
  const aws::ApiResult<engine::ExecutionId> id = find(arn);
  if (!id) return reply(tl::unexpected(id.error()));
  auto shared = std::make_shared<aws::Reply>(std::move(reply));
  engine::RedriveMessage message;
  message.execution = *id;
  message.done = [shared, arn](const engine::RedriveOutcome& outcome) {
    using Kind = engine::RedriveOutcome::Kind;
    if (outcome.kind == Kind::DoesNotExist) return (*shared)(execution_does_not_exist(arn));
    if (outcome.kind == Kind::NotRedrivable) {
      return (*shared)(aws::ApiError("ExecutionNotRedrivable", outcome.reason));
    }
    ObjectBuilder out;
    out.set("redriveDate", seconds_of(outcome.redriven_at));
    (*shared)(aws::Output(std::move(out).build()));
  };
  ports_.engine.redrive(std::move(message));
}

}  // namespace pawl::states
