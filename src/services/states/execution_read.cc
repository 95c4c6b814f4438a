// SPDX-License-Identifier: Apache-2.0
// API DescribeExecution, ListExecutions, GetExecutionHistory, DescribeStateMachineForExecution.
#include <utility>

#include "base/integer.h"
#include "interpreter/history_json.h"
#include "interpreter/redrive.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/execution_api.h"
#include "services/states/execution_members.h"
#include "services/states/resource_arn.h"
#include "services/states/machine_description.h"

namespace pawl::states {

using engine::ExecutionRecord;
using engine::ExecutionStore;
using engine::ExecutionSummary;
using interpreter::ExecutionStatus;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageBytesMax = size_t{8} << 20;  ///< of histories; the rest is the next page's

void set_qualifiers(const ExecutionRecord& record, ObjectBuilder& out) {
  const std::string machine = state_machine_arn_of(record);
  if (!record.version.empty())
    out.set("stateMachineVersionArn", Value(machine + ":" + record.version));
  if (!record.alias.empty()) out.set("stateMachineAliasArn", Value(machine + ":" + record.alias));
}

/// What a list and a description begin with.
ObjectBuilder identity_members(const ExecutionRecord& record) {
  ObjectBuilder out;
  out.set("executionArn", Value(execution_arn_of(record)))
      .set("stateMachineArn", Value(state_machine_arn_of(record)))
      .set("name", Value(record.name))
      .set("status", Value(interpreter::execution_status_name(record.status)))
      .set("startDate", seconds_of(record.started_at));
  if (record.status != ExecutionStatus::Running) out.set("stopDate", seconds_of(record.stopped_at));
  return out;
}

Value list_item(const ExecutionRecord& record) {
  ObjectBuilder out = identity_members(record);
  if (record.map_run != 0) {
    out.set("mapRunArn", Value(record.map_run_arn))
        .set("itemCount", Value(static_cast<int64_t>(record.map_run_items)));
  }
  set_qualifiers(record, out);
  // Children of Map Runs are redriven by their parent only; AWS shows their count too.
  out.set("redriveCount", Value(record.redrive_count));
  if (record.redrive_count > 0) out.set("redriveDate", seconds_of(record.redriven_at));
  return std::move(out).build();
}

std::optional<ExecutionStatus> status_named(std::string_view name) {
  for (const auto status :
       {ExecutionStatus::Running, ExecutionStatus::Succeeded, ExecutionStatus::Failed,
        ExecutionStatus::TimedOut, ExecutionStatus::Aborted}) {
    if (interpreter::execution_status_name(status) == name) return status;
  }
  return std::nullopt;
}

}  // namespace

aws::ApiResult<engine::ExecutionId> ExecutionApi::find(std::string_view execution_arn) const {
  PAWL_TRY(parse_states_arn(execution_arn, {"execution"}));
  const auto name = engine::parse_execution_arn(execution_arn);
  if (!name) return execution_does_not_exist(execution_arn);
  const auto id = ports_.engine.executions().find(name->scope, name->name);
  if (!id) return store_failed(id.error());
  if (!*id) return execution_does_not_exist(execution_arn);
  return **id;
}

aws::ActionResult ExecutionApi::describe_execution(const aws::Request& request) {
  const std::string arn = text_member(request.input, "executionArn");
  const engine::ExecutionId id = PAWL_TRY(find(arn));
  const auto stored = ports_.engine.executions().summary(id);
  if (!stored) return store_failed(stored.error());
  if (!*stored) return execution_does_not_exist(arn);
  const ExecutionSummary& summary = **stored;
  const ExecutionRecord& record = summary.record;
  const bool with_data = text_member(request.input, "includedData") != "METADATA_ONLY";
  ObjectBuilder out = identity_members(record);
  if (with_data) out.set("input", Value(summary.input));
  out.set("inputDetails", data_details(with_data));
  if (summary.output) {
    if (with_data) out.set("output", Value(*summary.output));
    out.set("outputDetails", data_details(with_data));
  }
  if (!record.trace_header.empty()) out.set("traceHeader", Value(record.trace_header));
  if (record.map_run != 0) out.set("mapRunArn", Value(record.map_run_arn));
  // A time-out of the machine shows no error (recorded).
  if (record.status != ExecutionStatus::TimedOut) {
    if (summary.error.error) out.set("error", Value(*summary.error.error));
    if (summary.error.cause) out.set("cause", Value(*summary.error.cause));
  }
  set_qualifiers(record, out);
  out.set("redriveCount", Value(record.redrive_count));
  if (record.redrive_count > 0) out.set("redriveDate", seconds_of(record.redriven_at));
  const auto redrive = interpreter::judge_redrive({.status = record.status,
                                                   .started_at = record.started_at,
                                                   .stopped_at = record.stopped_at,
                                                   .event_count = summary.events,
                                                   .is_map_run_child = record.map_run != 0},
                                                  ports_.clock.now());
  out.set("redriveStatus", Value(redrive_status_name(redrive.status)));
  if (!redrive.reason.empty()) out.set("redriveStatusReason", Value(redrive.reason));
  return aws::Output(std::move(out).build());
}

aws::ActionResult ExecutionApi::list_executions(const aws::Request& request) {
  const Value& input = request.input;
  const std::string machine = text_member(input, "stateMachineArn");
  const std::string map_run = text_member(input, "mapRunArn");
  if (machine.empty() == map_run.empty()) {
    return aws::validation_exception(
        machine.empty() ? "Must provide either State Machine ARN or Map Run ARN"
                        : "Only one of State Machine ARN or Map Run ARN may be provided");
  }
  ExecutionStore::ListQuery query;
  if (machine.empty()) {
    PAWL_TRY(find_map_run(map_run));
    query.list = map_run;
  } else {
    const StateMachineArn arn = PAWL_TRY(parse_state_machine_arn(machine));
    const Resolution resolution = PAWL_TRY(ports_.registry.resolve(machine, 0));
    if (resolution.target->type == asl::StateMachineType::Express) {
      return aws::ApiError("StateMachineTypeNotSupported",
                           "This operation is not supported by this type of state machine");
    }
    query.list = engine::scope_of_machine(arn.key.region, arn.key.account_id, arn.key.name);
    if (arn.version) query.version = std::to_string(*arn.version);
    query.alias = arn.alias;
  }
  const std::string status = text_member(input, "statusFilter");
  const std::string redriven = text_member(input, "redriveFilter");
  if (!status.empty()) query.status = status_named(status);
  if (status == "PENDING_REDRIVE") {
    ObjectBuilder none;
    none.set("executions", Value::array({}));
    return aws::Output(std::move(none).build());
  }
  if (!redriven.empty()) query.redriven = redriven == "REDRIVEN";
  query.records_max = page_size(input);
  const std::vector<std::string> parameters = {machine, map_run, status, redriven};
  if (const auto token = find_text(input, "nextToken")) {
    const std::string position = PAWL_TRY(
        ports_.page_tokens.position(*token, "ListExecutions", parameters, ports_.clock.now()));
    query.before = static_cast<uint64_t>(base::parse_int64(position).value_or(0));
  }
  const auto page = ports_.engine.executions().list(query);
  if (!page) return store_failed(page.error());
  std::vector<Value> executions;
  executions.reserve(page->records.size());
  for (const ExecutionRecord& record : page->records) executions.push_back(list_item(record));
  ObjectBuilder out;
  out.set("executions", Value::array(std::move(executions)));
  if (page->next) {
    out.set("nextToken",
            Value(ports_.page_tokens.make("ListExecutions", parameters,
                                          std::to_string(static_cast<int64_t>(*page->next)),
                                          ports_.clock.now())));
  }
  return aws::Output(std::move(out).build());
}

aws::ActionResult ExecutionApi::get_execution_history(const aws::Request& request) {
  const Value& input = request.input;
  const std::string arn = text_member(input, "executionArn");
  const engine::ExecutionId id = PAWL_TRY(find(arn));
  const ExecutionStore& executions = ports_.engine.executions();
  const auto record = executions.record(id);
  if (!record) return store_failed(record.error());
  if (!*record) return execution_does_not_exist(arn);
  const auto revision = ports_.revisions.find_revision((*record)->revision);
  if (!revision) return store_failed(revision.error());
  const bool reverse = flag_member(input, "reverseOrder");
  const Value* data = input.find("includeExecutionData");
  interpreter::HistoryRendering rendering;
  rendering.include_execution_data = data == nullptr || data->as_boolean();
  const std::vector<std::string> parameters = {arn, reverse ? "reverse" : ""};
  int64_t first = 1;
  int64_t last = INT64_MAX - 1;
  if (const auto token = find_text(input, "nextToken")) {
    const std::string position = PAWL_TRY(
        ports_.page_tokens.position(*token, "GetExecutionHistory", parameters, ports_.clock.now()));
    (reverse ? last : first) = base::parse_int64(position).value_or(1);
  } else if (reverse) {
    last = PAWL_TRY(last_event(id));
  }
  const size_t events_max = page_size(input);
  // One more than asked for tells whether there is a next page.
  const auto events = executions.history(id, first, last, events_max + 1, reverse);
  if (!events) return store_failed(events.error());
  const auto info = engine::make_execution_info(**record, (*revision)->role_arn);
  std::vector<Value> rendered;
  size_t bytes = 0;
  for (const interpreter::HistoryEvent& event : *events) {
    if (rendered.size() == events_max || bytes > kPageBytesMax) break;
    rendered.push_back(interpreter::render(event, *(*revision)->program, *info, rendering));
    bytes += rendered.back().text_bytes();
  }
  const size_t shown = rendered.size();
  ObjectBuilder out;
  out.set("events", Value::array(std::move(rendered)));
  if (shown < events->size()) {
    out.set("nextToken", Value(ports_.page_tokens.make("GetExecutionHistory", parameters,
                                                       std::to_string((*events)[shown].id),
                                                       ports_.clock.now())));
  }
  return aws::Output(std::move(out).build());
}

aws::ApiResult<int64_t> ExecutionApi::last_event(engine::ExecutionId id) const {
  const auto last = ports_.engine.executions().last_event_id(id);
  if (!last) return store_failed(last.error());
  return *last;
}

aws::ActionResult ExecutionApi::describe_state_machine_for_execution(const aws::Request& request) {
  const std::string arn = text_member(request.input, "executionArn");
  const engine::ExecutionId id = PAWL_TRY(find(arn));
  const auto record = ports_.engine.executions().record(id);
  if (!record) return store_failed(record.error());
  if (!*record) return execution_does_not_exist(arn);
  const auto revision = PAWL_TRY(ports_.registry.revision((*record)->revision));
  const bool metadata_only = text_member(request.input, "includedData") == "METADATA_ONLY";
  ObjectBuilder out;
  out.set("stateMachineArn", Value(revision->state_machine_arn));
  set_revision_members(*revision, metadata_only, out);
  out.set("updateDate", seconds_of(revision->update_date));
  if ((*record)->map_run != 0) {
    const std::string_view machine = machine_name_of(**record);
    out.set("mapRunArn", Value((*record)->map_run_arn))
        .set("label", Value(machine.substr(machine.find('/') + 1)));
  }
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::states
