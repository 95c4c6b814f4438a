// SPDX-License-Identifier: Apache-2.0
// API CreateStateMachine.
#include "aws/protocol/timestamp_text.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/configuration.h"
#include "services/states/definition.h"
#include "services/states/service.h"
#include "services/states/tags.h"

namespace pawl::states {

namespace {

using json::Value;

aws::ActionResult answer(const ResourceKey& key, const MachineRecord& machine) {
  json::ObjectBuilder out;
  out.set("stateMachineArn", Value(state_machine_arn(key)));
  out.set("creationDate", aws::timestamp_value(machine.creation_date));
  if (machine.created_with_publish) {
    out.set("stateMachineVersionArn", Value(version_arn(key, 1)));
  }
  return aws::Output(std::move(out).build());
}

/// "idempotency check is based on the state machine name, definition, type, LoggingConfiguration,
/// TracingConfiguration, and EncryptionConfiguration. The check is also based on the publish and
/// versionDescription parameters." A different roleArn or tags are ignored.
bool is_repetition(const MachineRecord& machine, const MachineRecord& wanted,
                   RevisionRecord current, const RevisionRecord& wanted_revision) {
  current.role_arn = wanted_revision.role_arn;
  return machine.type == wanted.type && current.same_content(wanted_revision) &&
         machine.created_with_publish == wanted.created_with_publish &&
         machine.created_with_description == wanted.created_with_description;
}

aws::ApiResult<RevisionRecord> requested_revision(const ResourceKey& key, const Value& input,
                                                  const asl::ResourceCatalog* resources) {
  RevisionRecord revision;
  revision.state_machine_arn = state_machine_arn(key);
  revision.name = key.name;
  revision.type = type_named(text_member(input, "type"));
  revision.definition = text_member(input, "definition");
  revision.role_arn = text_member(input, "roleArn");
  PAWL_TRY_VOID(check_role_arn(revision.role_arn));
  revision.logging = PAWL_TRY(complete_logging_configuration(input.find("loggingConfiguration")));
  revision.tracing = complete_tracing_configuration(input.find("tracingConfiguration"));
  revision.encryption =
      PAWL_TRY(complete_encryption_configuration(input.find("encryptionConfiguration")));
  PAWL_TRY_VOID(check_definition(revision.definition, revision.type, resources));
  return revision;
}

}  // namespace

aws::ActionResult StatesService::create_state_machine(const Request& request) {
  const Value& input = request.input;
  const ResourceKey key{request.account_id(), request.region, text_member(input, "name")};
  const std::string arn = state_machine_arn(key);
  if (!is_valid_resource_name(key.name)) return invalid_name(key.name);
  MachineRecord machine;
  machine.type = type_named(text_member(input, "type"));
  machine.created_with_publish = flag_member(input, "publish");
  machine.created_with_description = text_member(input, "versionDescription");
  PAWL_TRY_VOID(check_version_description(input));
  RevisionRecord revision = PAWL_TRY(requested_revision(key, input, resources_));
  machine.tags = PAWL_TRY(with_tags(Value::array(), input.find("tags"), arn, request.principal));

  MachineStore::Change change(machines_);
  if (const auto present = PAWL_TRY(machines_.machine(key))) {
    if (present->status == MachineStatus::Deleting) return state_machine_deleting(arn);
    const auto current = PAWL_TRY(machines_.revision(present->revision));
    if (!current || !is_repetition(*present, machine, *current, revision)) {
      return state_machine_already_exists(arn);
    }
    return answer(key, *present);
  }
  if (PAWL_TRY(change.count_machines(key)) >= limits_.machines_max) {
    return state_machine_limit_exceeded(limits_.machines_max);
  }
  machine.creation_date = clock_.now();
  revision.update_date = machine.creation_date;
  machine.revision = change.add_revision(revision);
  Found made{key, std::move(machine)};
  if (made.machine.created_with_publish) {
    PAWL_TRY(publish(change, made, made.machine.created_with_description));
  }
  change.add(key, made.machine);
  PAWL_TRY_VOID(change.commit());
  return answer(key, made.machine);
}

}  // namespace pawl::states
