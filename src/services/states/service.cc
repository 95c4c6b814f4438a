// SPDX-License-Identifier: Apache-2.0
#include "services/states/service.h"

#include "json/members.h"
#include "services/states/api_errors.h"
#include "store/key.h"

namespace pawl::states {

void StatesService::bind(aws::ActionTable& t) {
  t.on("CreateStateMachine", &StatesService::create_state_machine);
  t.on("DescribeStateMachine", &StatesService::describe_state_machine);
  t.on("UpdateStateMachine", &StatesService::update_state_machine);
  t.on("DeleteStateMachine", &StatesService::delete_state_machine);
  t.on("ListStateMachines", &StatesService::list_state_machines);
  t.on("PublishStateMachineVersion", &StatesService::publish_state_machine_version);
  t.on("DeleteStateMachineVersion", &StatesService::delete_state_machine_version);
  t.on("ListStateMachineVersions", &StatesService::list_state_machine_versions);
  t.on("CreateStateMachineAlias", &StatesService::create_state_machine_alias);
  t.on("DescribeStateMachineAlias", &StatesService::describe_state_machine_alias);
  t.on("UpdateStateMachineAlias", &StatesService::update_state_machine_alias);
  t.on("DeleteStateMachineAlias", &StatesService::delete_state_machine_alias);
  t.on("ListStateMachineAliases", &StatesService::list_state_machine_aliases);
  t.on("CreateActivity", &StatesService::create_activity);
  t.on("DescribeActivity", &StatesService::describe_activity);
  t.on("DeleteActivity", &StatesService::delete_activity);
  t.on("ListActivities", &StatesService::list_activities);
  t.on("TagResource", &StatesService::tag_resource);
  t.on("UntagResource", &StatesService::untag_resource);
  t.on("ListTagsForResource", &StatesService::list_tags_for_resource);
  t.on("ValidateStateMachineDefinition", &StatesService::validate_state_machine_definition);
  if (executions_ != nullptr) bind_executions(t);
  if (test_state_ == nullptr) return;
  t.on_async("TestState", [action = test_state_](Request request, aws::Reply reply) {
    action->run(std::move(request), std::move(reply));
  });
}

void StatesService::bind_executions(aws::ActionTable& t) {
  using Later = void (ExecutionApi::*)(Request, aws::Reply);
  using AtOnce = ActionResult (ExecutionApi::*)(const Request&);
  const auto later = [&](std::string_view operation, Later method) {
    t.on_async(operation, [api = executions_, method](Request request, aws::Reply reply) {
      (api->*method)(std::move(request), std::move(reply));
    });
  };
  const auto at_once = [&](std::string_view operation, AtOnce method) {
    t.on_async(operation, [api = executions_, method](Request request, aws::Reply reply) {
      reply((api->*method)(request));
    });
  };
  later("StartExecution", &ExecutionApi::start_execution);
  later("StartSyncExecution", &ExecutionApi::start_sync_execution);
  later("StopExecution", &ExecutionApi::stop_execution);
  later("RedriveExecution", &ExecutionApi::redrive_execution);
  later("SendTaskSuccess", &ExecutionApi::send_task_success);
  later("SendTaskFailure", &ExecutionApi::send_task_failure);
  later("SendTaskHeartbeat", &ExecutionApi::send_task_heartbeat);
  later("GetActivityTask", &ExecutionApi::get_activity_task);
  later("UpdateMapRun", &ExecutionApi::update_map_run);
  at_once("DescribeMapRun", &ExecutionApi::describe_map_run);
  at_once("ListMapRuns", &ExecutionApi::list_map_runs);
  at_once("DescribeExecution", &ExecutionApi::describe_execution);
  at_once("ListExecutions", &ExecutionApi::list_executions);
  at_once("GetExecutionHistory", &ExecutionApi::get_execution_history);
  at_once("DescribeStateMachineForExecution", &ExecutionApi::describe_state_machine_for_execution);
}

aws::ApiResult<StatesService::Found> StatesService::changeable_machine(std::string_view arn) const {
  StateMachineArn parsed = PAWL_TRY(parse_state_machine_arn(arn));
  if (!parsed.label.empty()) return labeled_arn_not_supported(arn);
  if (parsed.is_qualified()) return state_machine_does_not_exist(arn);
  std::optional<MachineRecord> machine = PAWL_TRY(machines_.machine(parsed.key));
  if (!machine) return state_machine_does_not_exist(arn);
  if (machine->status == MachineStatus::Deleting) return state_machine_deleting(arn);
  return Found{std::move(parsed.key), std::move(*machine)};
}

aws::ApiResult<std::optional<ListPosition>> StatesService::list_position(
    const Request& request, const std::vector<std::string>& parameters) const {
  const std::optional<std::string> token = find_text(request.input, "nextToken");
  if (!token) return std::optional<ListPosition>();
  const std::string text =
      PAWL_TRY(page_tokens_.position(*token, request.operation->name, parameters, clock_.now()));
  store::KeyReader reader(text);
  const std::optional<int64_t> created = reader.i64();
  if (!created) return invalid_token();
  return std::optional<ListPosition>({*created, std::string(reader.rest())});
}

std::string StatesService::next_token(const Request& request,
                                      const std::vector<std::string>& parameters,
                                      const ListPosition& position) const {
  const std::string text = store::KeyBuilder().i64(position.creation_ms).raw(position.name).take();
  return page_tokens_.make(request.operation->name, parameters, text, clock_.now());
}

}  // namespace pawl::states
