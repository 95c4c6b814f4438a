// SPDX-License-Identifier: Apache-2.0
// API DescribeStateMachine: of a machine, a version, or an alias (the version its first route
// leads to).
#include "aws/protocol/timestamp_text.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/machine_description.h"
#include "services/states/service.h"

namespace pawl::states {

using json::Value;

aws::ActionResult StatesService::describe_state_machine(const Request& request) {
  const std::string arn = text_member(request.input, "stateMachineArn");
  StateMachineArn parsed = PAWL_TRY(parse_state_machine_arn(arn));
  if (!parsed.label.empty()) return labeled_arn_not_supported(arn);
  const std::optional<MachineRecord> machine = PAWL_TRY(machines_.machine(parsed.key));
  if (!machine) return state_machine_does_not_exist(arn);
  if (!parsed.alias.empty()) {
    const auto alias = PAWL_TRY(machines_.alias(parsed.key, parsed.alias));
    if (!alias) return state_machine_does_not_exist(arn);
    parsed.version = alias->routes.front().version;
  }
  base::Timestamp creation_date = machine->creation_date;
  uint64_t number = machine->revision;
  json::ObjectBuilder out;
  if (parsed.version) {
    const auto version = PAWL_TRY(machines_.version(parsed.key, *parsed.version));
    if (!version) return state_machine_does_not_exist(arn);
    number = version->revision;
    creation_date = version->creation_date;
    out.set("stateMachineArn", Value(version_arn(parsed.key, *parsed.version)));
    if (!version->description.empty()) out.set("description", Value(version->description));
  } else {
    out.set("stateMachineArn", Value(state_machine_arn(parsed.key)));
  }
  const auto revision = PAWL_TRY(registry_.revision(number));
  const bool metadata_only = text_member(request.input, "includedData") == "METADATA_ONLY";
  set_revision_members(*revision, metadata_only, out);
  out.set("status", Value(status_name(machine->status)));
  out.set("type", Value(type_name(machine->type)));
  out.set("creationDate", aws::timestamp_value(creation_date));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::states
