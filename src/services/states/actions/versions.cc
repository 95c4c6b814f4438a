// SPDX-License-Identifier: Apache-2.0
// API PublishStateMachineVersion, ListStateMachineVersions, DeleteStateMachineVersion.
#include "aws/protocol/timestamp_text.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/service.h"

namespace pawl::states {

using json::Value;

namespace {

/// What PublishStateMachineVersion calls the revision that a machine was created with.
constexpr std::string_view kInitialRevision = "INITIAL";

}  // namespace

aws::ApiResult<uint64_t> StatesService::publish(MachineStore::Change& change, Found& found,
                                                const std::string& description) {
  MachineRecord& machine = found.machine;
  if (machine.current_version != 0) return machine.current_version;
  const auto present = PAWL_TRY(machines_.versions(found.key, 0, limits_.versions_max));
  if (present.size() >= limits_.versions_max) {
    return service_quota_exceeded(
        "Maximum number of published versions (" + std::to_string(limits_.versions_max) +
        ") exceeded for state machine: '" + state_machine_arn(found.key) + "'");
  }
  machine.current_version = machine.next_version++;
  VersionRecord version;
  version.revision = machine.revision;
  version.creation_date = clock_.now();
  version.description = description;
  change.put_version(found.key, machine.current_version, version);
  return machine.current_version;
}

aws::ActionResult StatesService::publish_state_machine_version(const Request& request) {
  const std::string arn = text_member(request.input, "stateMachineArn");
  MachineStore::Change change(machines_);
  Found found = PAWL_TRY(changeable_machine(arn));
  if (const auto wanted = find_text(request.input, "revisionId")) {
    const auto revision = PAWL_TRY(machines_.revision(found.machine.revision));
    if (!revision) return aws::internal_failure("a machine's revision is not stored");
    const std::string current =
        revision->revision_id.empty() ? std::string(kInitialRevision) : revision->revision_id;
    if (*wanted != current) {
      return conflict("Failed to publish the State Machine version for revision " + *wanted +
                      ". The current State Machine revision is " + current + ".");
    }
  }
  const bool is_new = found.machine.current_version == 0;
  const uint64_t number =
      PAWL_TRY(publish(change, found, text_member(request.input, "description")));
  if (is_new) {
    change.put(found.key, found.machine);
    PAWL_TRY_VOID(change.commit());
  }
  const auto version = PAWL_TRY(machines_.version(found.key, number));
  if (!version) return aws::internal_failure("a published version is not stored");
  json::ObjectBuilder out;
  out.set("stateMachineVersionArn", Value(version_arn(found.key, number)));
  out.set("creationDate", aws::timestamp_value(version->creation_date));
  return aws::Output(std::move(out).build());
}

aws::ActionResult StatesService::list_state_machine_versions(const Request& request) {
  const std::string arn = text_member(request.input, "stateMachineArn");
  const StateMachineArn parsed = PAWL_TRY(parse_state_machine_arn(arn));
  if (!parsed.label.empty()) return labeled_arn_not_supported(arn);
  const bool is_there =
      !parsed.is_qualified() && PAWL_TRY(machines_.machine(parsed.key)).has_value();
  // The model declares no StateMachineDoesNotExist for this operation.
  if (!is_there) return invalid_arn(arn);
  const auto after = PAWL_TRY(list_position(request, {arn}));
  const uint64_t below = after ? static_cast<uint64_t>(after->creation_ms) : 0;
  const size_t count = page_size(request.input);
  auto found = PAWL_TRY(machines_.versions(parsed.key, below, count + 1));
  json::ObjectBuilder out;
  if (found.size() > count) {
    found.pop_back();
    const auto last = static_cast<int64_t>(found.back().first);
    out.set("nextToken", Value(next_token(request, {arn}, {last, ""})));
  }
  std::vector<Value> items;
  for (const auto& [number, version] : found) {
    items.push_back(
        Value::object({{"stateMachineVersionArn", Value(version_arn(parsed.key, number))},
                       {"creationDate", aws::timestamp_value(version.creation_date)}}));
  }
  out.set("stateMachineVersions", Value::array(std::move(items)));
  return aws::Output(std::move(out).build());
}

aws::ActionResult StatesService::delete_state_machine_version(const Request& request) {
  const std::string arn = text_member(request.input, "stateMachineVersionArn");
  const StateMachineArn parsed = PAWL_TRY(parse_state_machine_arn(arn));
  if (!parsed.version) return invalid_arn("Resource type not valid in this context: stateMachine");
  MachineStore::Change change(machines_);
  std::optional<MachineRecord> machine = PAWL_TRY(machines_.machine(parsed.key));
  if (!machine || !PAWL_TRY(machines_.version(parsed.key, *parsed.version))) return aws::Output();
  std::string names;
  for (const auto& [name, alias] : PAWL_TRY(machines_.aliases(parsed.key))) {
    if (alias.refers_to(*parsed.version)) names += (names.empty() ? "" : ", ") + name;
  }
  if (!names.empty()) {
    return conflict(
        "Version to be deleted must not be referenced by an alias. Current list of aliases "
        "referencing this version: [" +
        names + "]");
  }
  change.erase_version(parsed.key, *parsed.version);
  if (machine->current_version == *parsed.version) {
    machine->current_version = 0;
    change.put(parsed.key, *machine);
  }
  PAWL_TRY_VOID(change.commit());
  return aws::Output();
}

}  // namespace pawl::states
