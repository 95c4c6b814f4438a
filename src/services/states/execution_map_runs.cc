// SPDX-License-Identifier: Apache-2.0
// API DescribeMapRun, ListMapRuns, UpdateMapRun.
#include <memory>
#include <utility>

#include "base/integer.h"
#include "engine/map_run_record.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/execution_api.h"
#include "services/states/execution_members.h"
#include "services/states/map_run_members.h"
#include "services/states/resource_arn.h"

namespace pawl::states {

using engine::MapRunRecord;
using engine::MapRunStatus;
using engine::MapRunStore;
using json::ObjectBuilder;
using json::Value;

namespace {

Value list_item(const MapRunRecord& record) {
  ObjectBuilder out;
  out.set("executionArn", Value(record.execution_arn))
      .set("mapRunArn", Value(record.arn))
      .set("stateMachineArn", Value(record.state_machine_arn))
      .set("startDate", seconds_of(record.started_at));
  if (record.status != MapRunStatus::Running) out.set("stopDate", seconds_of(record.stopped_at));
  return std::move(out).build();
}

}  // namespace

aws::ApiResult<MapRunRecord> ExecutionApi::find_map_run(const std::string& arn) const {
  PAWL_TRY(parse_states_arn(arn, {"mapRun"}));
  const MapRunStore map_runs(ports_.engine.executions());
  const auto id = map_runs.find(arn);
  if (!id) return store_failed(id.error());
  if (!*id) return resource_not_found(arn);
  auto record = map_runs.record(**id);
  if (!record) return store_failed(record.error());
  if (!*record) return resource_not_found(arn);
  return **std::move(record);
}

aws::ActionResult ExecutionApi::describe_map_run(const aws::Request& request) {
  const MapRunRecord record = PAWL_TRY(find_map_run(text_member(request.input, "mapRunArn")));
  return aws::Output(map_run_description(record));
}

aws::ActionResult ExecutionApi::list_map_runs(const aws::Request& request) {
  const Value& input = request.input;
  const std::string execution_arn = text_member(input, "executionArn");
  const engine::ExecutionId parent = PAWL_TRY(find(execution_arn));
  uint64_t before = UINT64_MAX;
  if (const auto token = find_text(input, "nextToken")) {
    const std::string position = PAWL_TRY(
        ports_.page_tokens.position(*token, "ListMapRuns", {execution_arn}, ports_.clock.now()));
    before = static_cast<uint64_t>(base::parse_int64(position).value_or(0));
  }
  const size_t runs_max = page_size(input);
  // One more than asked for tells whether there is a next page.
  const auto records = MapRunStore(ports_.engine.executions()).list(parent, before, runs_max + 1);
  if (!records) return store_failed(records.error());
  std::vector<Value> runs;
  for (const MapRunRecord& record : *records) {
    if (runs.size() < runs_max) runs.push_back(list_item(record));
  }
  ObjectBuilder out;
  out.set("mapRuns", Value::array(std::move(runs)));
  if (records->size() > runs_max) {
    const auto last = static_cast<int64_t>((*records)[runs_max - 1].id);
    out.set("nextToken", Value(ports_.page_tokens.make("ListMapRuns", {execution_arn},
                                                       std::to_string(last), ports_.clock.now())));
  }
  return aws::Output(std::move(out).build());
}

void ExecutionApi::update_map_run(aws::Request request, aws::Reply reply) {
  const Value& input = request.input;
  const auto record = find_map_run(text_member(input, "mapRunArn"));
  if (!record) return reply(tl::unexpected(record.error()));
  engine::UpdateMapRunMessage message;
  message.map_run = record->id;
  if (input.find("maxConcurrency") != nullptr)
    message.max_concurrency = static_cast<uint32_t>(integer_member(input, "maxConcurrency"));
  if (input.find("toleratedFailureCount") != nullptr)
    message.tolerated_failure_count = integer_member(input, "toleratedFailureCount");
  if (const Value* percentage = input.find("toleratedFailurePercentage"))
    message.tolerated_failure_percentage = percentage->as_double();
  const auto shared = std::make_shared<aws::Reply>(std::move(reply));
  message.done = [shared](bool found) {
    if (found) return (*shared)(aws::Output());
    (*shared)(aws::validation_exception("The Map Run is not running: it cannot be updated"));
  };
  ports_.engine.update_map_run(std::move(message));
}

}  // namespace pawl::states
