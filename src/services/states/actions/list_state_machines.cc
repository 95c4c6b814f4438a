// SPDX-License-Identifier: Apache-2.0
// API ListStateMachines, DeleteStateMachine.
#include "aws/protocol/timestamp_text.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/service.h"

namespace pawl::states {

using json::Value;

aws::ActionResult StatesService::list_state_machines(const Request& request) {
  const ResourceKey place{request.account_id(), request.region, ""};
  const std::vector<std::string> parameters{place.account_id, place.region};
  const auto after = PAWL_TRY(list_position(request, parameters));
  const size_t count = page_size(request.input);
  auto found = PAWL_TRY(machines_.machines(place, after, count + 1));
  json::ObjectBuilder out;
  if (found.size() > count) {
    found.pop_back();
    out.set("nextToken", Value(next_token(request, parameters, found.back().position)));
  }
  std::vector<Value> items;
  for (const Listed<MachineRecord>& each : found) {
    json::ObjectBuilder item;
    const ResourceKey key{place.account_id, place.region, each.position.name};
    item.set("stateMachineArn", Value(state_machine_arn(key)));
    item.set("name", Value(key.name));
    item.set("type", Value(type_name(each.record.type)));
    item.set("creationDate", aws::timestamp_value(each.record.creation_date));
    items.push_back(std::move(item).build());
  }
  out.set("stateMachines", Value::array(std::move(items)));
  return aws::Output(std::move(out).build());
}

/// Versions and aliases go with their machine. A machine that is not there, a version and an alias
/// are no error, and nothing happens to them.
aws::ActionResult StatesService::delete_state_machine(const Request& request) {
  const std::string arn = text_member(request.input, "stateMachineArn");
  const StateMachineArn parsed = PAWL_TRY(parse_state_machine_arn(arn));
  if (!parsed.label.empty()) return labeled_arn_not_supported(arn);
  if (!parsed.is_qualified()) PAWL_TRY_VOID(registry_.delete_machine(parsed.key));
  return aws::Output();
}

}  // namespace pawl::states
