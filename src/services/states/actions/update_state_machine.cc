// SPDX-License-Identifier: Apache-2.0
// API UpdateStateMachine.
#include "aws/protocol/timestamp_text.h"
#include "base/random.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/configuration.h"
#include "services/states/definition.h"
#include "services/states/service.h"

namespace pawl::states {

namespace {

using json::Value;

/// The revision with what `input` gives in place of what was.
aws::ApiResult<RevisionRecord> updated(RevisionRecord revision, const Value& input,
                                       const asl::ResourceCatalog* resources) {
  if (auto role = find_text(input, "roleArn")) {
    PAWL_TRY_VOID(check_role_arn(*role));
    revision.role_arn = std::move(*role);
  }
  if (const Value* logging = input.find("loggingConfiguration")) {
    revision.logging = PAWL_TRY(complete_logging_configuration(logging));
  }
  if (const Value* tracing = input.find("tracingConfiguration")) {
    revision.tracing = complete_tracing_configuration(tracing);
  }
  if (const Value* encryption = input.find("encryptionConfiguration")) {
    revision.encryption = PAWL_TRY(complete_encryption_configuration(encryption));
  }
  if (auto definition = find_text(input, "definition")) {
    PAWL_TRY_VOID(check_definition(*definition, revision.type, resources));
    revision.definition = std::move(*definition);
  }
  return revision;
}

bool is_anything_given(const Value& input) {
  for (const std::string_view name : {"definition", "roleArn", "loggingConfiguration",
                                      "tracingConfiguration", "encryptionConfiguration"}) {
    if (input.find(name) != nullptr) return true;
  }
  return false;
}

}  // namespace

aws::ActionResult StatesService::update_state_machine(const Request& request) {
  const Value& input = request.input;
  const std::string arn = text_member(input, "stateMachineArn");
  MachineStore::Change change(machines_);
  Found found = PAWL_TRY(changeable_machine(arn));
  if (!is_anything_given(input)) {
    return aws::ApiError("MissingRequiredParameter",
                         "Either the definition, the role ARN, the LoggingConfiguration, or the "
                         "TracingConfiguration must be specified");
  }
  PAWL_TRY_VOID(check_version_description(input));
  const auto current = PAWL_TRY(machines_.revision(found.machine.revision));
  if (!current) return aws::internal_failure("a machine's revision is not stored");
  RevisionRecord revision = PAWL_TRY(updated(*current, input, resources_));
  const base::Timestamp now = clock_.now();
  // What changes nothing makes no revision (recorded: no revisionId where none was).
  if (!revision.same_content(*current)) {
    base::Random random(entropy_.next());
    revision.revision_id = base::make_uuid(random);
    revision.update_date = now;
    found.machine.revision = change.add_revision(revision);
    found.machine.current_version = 0;
  }
  json::ObjectBuilder out;
  out.set("updateDate", aws::timestamp_value(now));
  if (!revision.revision_id.empty()) out.set("revisionId", Value(revision.revision_id));
  if (flag_member(input, "publish")) {
    const uint64_t version =
        PAWL_TRY(publish(change, found, text_member(input, "versionDescription")));
    out.set("stateMachineVersionArn", Value(version_arn(found.key, version)));
  }
  change.put(found.key, found.machine);
  PAWL_TRY_VOID(change.commit());
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::states
