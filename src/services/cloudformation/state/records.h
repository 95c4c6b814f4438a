// SPDX-License-Identifier: Apache-2.0
// What is stored of stacks: the stack, its resources, events, change sets and the operation that is
// under way. Described in docs/formats/cloudformation.md. JSON inside a record stands as text, so a
// record may go from thread to thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aws/service/request.h"
#include "records/record_table.h"
#include "services/cloudformation/state/record_fields.h"

namespace pawl::cloudformation {

/// A stack, deleted ones too: names are given again, the UUID at the end of its ARN is not.
struct StackKey {
  records::Owner owner;
  std::string uuid;
  friend auto operator<=>(const StackKey&, const StackKey&) = default;
};

struct ParameterRecord {
  std::string key = {};
  std::string value = {};     ///< as given, or the default
  std::string resolved = {};  ///< of AWS::SSM::Parameter::Value<…>: the parameter's value
  bool is_resolved = false;
  bool is_hidden = false;  ///< NoEcho

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Key", key);
    fields("Value", value);
    fields("Resolved", resolved);
    fields("IsResolved", is_resolved);
    fields("Hidden", is_hidden);
  }
};

struct OutputRecord {
  std::string key = {};
  std::string value = {};
  std::string description = {};
  std::string export_name = {};

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Key", key);
    fields("Value", value);
    fields("Description", description);
    fields("Export", export_name);
  }
};

/// What a user asks a stack to be; an update that fails goes back to the one before.
struct Configuration {
  int64_t template_number = 0;  ///< of the stack's templates; 0: there is none yet
  std::string description = {};
  std::vector<ParameterRecord> parameters = {};
  NamedTexts tags = {};
  std::vector<std::string> capabilities = {};
  std::vector<std::string> notification_arns = {};
  std::string rollback_configuration = {};  ///< JSON
  std::string role_arn = {};

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Template", template_number);
    fields("Description", description);
    fields("Parameters", parameters);
    fields("Tags", tags);
    fields("Capabilities", capabilities);
    fields("NotificationArns", notification_arns);
    fields("RollbackConfiguration", rollback_configuration);
    fields("RoleArn", role_arn);
  }
};

/// In whose name calls are made.
struct ActorRecord {
  std::string account_id = {};
  std::string arn = {};
  std::string user_id = {};
  std::string access_key_id = {};

  static ActorRecord of(const aws::Principal& principal);
  aws::Principal principal() const;

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Account", account_id);
    fields("Arn", arn);
    fields("UserId", user_id);
    fields("AccessKey", access_key_id);
  }
};

struct StackRecord {
  std::string uuid = {};
  std::string name = {};
  std::string id = {};  ///< ARN
  std::string status = {};
  std::string reason = {};
  std::string detailed_status = {};
  int64_t created_ms = 0;
  int64_t updated_ms = 0;
  int64_t deleted_ms = 0;
  Configuration current = {};
  Configuration previous = {};  ///< while an update may still go back to it
  std::vector<OutputRecord> outputs = {};
  std::string on_failure = "ROLLBACK";
  bool disables_rollback = false;
  bool is_protected = false;
  bool retains_except_on_create = false;
  int64_t timeout_minutes = 0;
  std::string parent_id = {};
  std::string root_id = {};
  std::string change_set_id = {};  ///< the last one executed
  std::string policy = {};
  std::string deletion_mode = {};
  std::string token = {};           ///< ClientRequestToken of the last operation
  std::string last_operation = {};  ///< the id of the last that made or changed resources
  std::string drift_status = "NOT_CHECKED";
  int64_t drift_checked_ms = 0;
  int64_t templates = 0;  ///< how many it has had

  bool is_deleted() const { return status == "DELETE_COMPLETE"; }
  bool is_in_progress() const { return status.ends_with("_IN_PROGRESS") && !is_in_review(); }
  bool is_in_review() const { return status == "REVIEW_IN_PROGRESS"; }

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Uuid", uuid);
    fields("Name", name);
    fields("Id", id);
    fields("Status", status);
    fields("Reason", reason);
    fields("DetailedStatus", detailed_status);
    fields("Created", created_ms);
    fields("Updated", updated_ms);
    fields("Deleted", deleted_ms);
    fields("Current", current);
    fields("Previous", previous);
    fields("Outputs", outputs);
    fields("OnFailure", on_failure);
    fields("DisablesRollback", disables_rollback);
    fields("Protected", is_protected);
    fields("RetainsExceptOnCreate", retains_except_on_create);
    fields("TimeoutMinutes", timeout_minutes);
    fields("Parent", parent_id);
    fields("Root", root_id);
    fields("ChangeSet", change_set_id);
    fields("Policy", policy);
    fields("DeletionMode", deletion_mode);
    fields("Token", token);
    fields("LastOperation", last_operation);
    fields("DriftStatus", drift_status);
    fields("DriftChecked", drift_checked_ms);
    fields("Templates", templates);
  }
};

/// A physical resource: what is needed to change, compare and delete it.
struct PhysicalResource {
  std::string id = {};
  std::string properties = {};  ///< JSON, resolved
  std::string shown = {};       ///< the same as events show them: nothing hidden in them
  std::string attributes = {};  ///< JSON
  NamedTexts tags = {};         ///< the stack's, when it was made or changed
  std::vector<std::string> depends_on = {};
  std::string deletion_policy = {};
  std::string update_replace_policy = {};
  std::string metadata = {};  ///< JSON

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Id", id);
    fields("Properties", properties);
    fields("Shown", shown);
    fields("Attributes", attributes);
    fields("Tags", tags);
    fields("DependsOn", depends_on);
    fields("DeletionPolicy", deletion_policy);
    fields("UpdateReplacePolicy", update_replace_policy);
    fields("Metadata", metadata);
  }
};

/// What the operation under way does with a resource.
enum class StepKind { None, Create, Update, Replace, Remove, Adopt };
std::string_view step_name(StepKind kind);
StepKind step_kind(std::string_view name);

struct ResourceRecord {
  std::string logical_id = {};
  std::string type = {};
  std::string status = {};
  std::string reason = {};
  int64_t updated_ms = 0;
  PhysicalResource now = {};
  /// As it was before the operation that touched it last; `existed` says whether it was there.
  PhysicalResource before = {};
  bool existed = false;
  // The step under way, or the last one.
  std::string stage = {};  ///< "operation/stage": whose step it is
  std::string step = {};   ///< step_name()
  bool is_finished = false;
  PhysicalResource next = {};  ///< what it is to become
  std::string memory = {};     ///< JSON: Progress::memory
  int64_t begun_ms = 0;
  bool is_made = false;        ///< waits for signals only
  int64_t signals_needed = 0;  ///< CreationPolicy
  int64_t signals_until_ms = 0;
  int64_t signals_wait_ms = 0;
  int64_t signals = 0;  ///< received
  std::vector<std::string> signal_ids = {};
  std::string failed_signal = {};  ///< the UniqueId of one that told of a failure

  StepKind kind() const { return step_kind(step); }
  /// There is a physical resource that belongs to the stack.
  bool is_there() const {
    return !now.id.empty() && status != "DELETE_COMPLETE" && status != "DELETE_SKIPPED";
  }
  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("LogicalId", logical_id);
    fields("Type", type);
    fields("Status", status);
    fields("Reason", reason);
    fields("Updated", updated_ms);
    fields("Now", now);
    fields("Before", before);
    fields("Existed", existed);
    fields("Stage", stage);
    fields("Step", step);
    fields("Finished", is_finished);
    fields("Next", next);
    fields("Memory", memory);
    fields("Begun", begun_ms);
    fields("Made", is_made);
    fields("SignalsNeeded", signals_needed);
    fields("SignalsUntil", signals_until_ms);
    fields("SignalsWait", signals_wait_ms);
    fields("Signals", signals);
    fields("SignalIds", signal_ids);
    fields("FailedSignal", failed_signal);
  }
};

/// A physical resource that an update left behind, to be deleted when it is over.
struct LeftoverRecord {
  std::string logical_id = {};
  std::string type = {};
  PhysicalResource physical = {};
  std::string policy = {};   ///< "Delete", "Retain", "Snapshot"
  bool is_replaced = false;  ///< by another physical resource of the same name
  std::string memory = {};
  bool is_begun = false;

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("LogicalId", logical_id);
    fields("Type", type);
    fields("Physical", physical);
    fields("Policy", policy);
    fields("Replaced", is_replaced);
    fields("Memory", memory);
    fields("Begun", is_begun);
  }
};

struct EventRecord {
  std::string id = {};
  std::string logical_id = {};
  std::string physical_id = {};
  std::string type = {};
  std::string status = {};
  std::string reason = {};
  std::string properties = {};  ///< JSON
  std::string token = {};
  std::string operation_id = {};
  std::string detailed_status = {};
  int64_t time_ms = 0;

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Id", id);
    fields("LogicalId", logical_id);
    fields("PhysicalId", physical_id);
    fields("Type", type);
    fields("Status", status);
    fields("Reason", reason);
    fields("Properties", properties);
    fields("Token", token);
    fields("Operation", operation_id);
    fields("DetailedStatus", detailed_status);
    fields("Time", time_ms);
  }
};

/// What a resource to be adopted is known by (ResourcesToImport).
struct ImportRecord {
  std::string logical_id = {};
  std::string type = {};
  NamedTexts identifier = {};

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("LogicalId", logical_id);
    fields("Type", type);
    fields("Identifier", identifier);
  }
};

struct OperationRecord {
  std::string id = {};
  std::string undone = {};  ///< the operation whose steps "undo" takes back; "": this one
  std::string kind = {};    ///< "CREATE", "UPDATE", "DELETE", "IMPORT"
  std::string stage = {};   ///< "apply", "undo", "clean-up", "delete"
  int64_t begun_ms = 0;
  std::string token = {};
  ActorRecord actor = {};
  std::string role_arn = {};
  std::string on_failure = {};  ///< "ROLLBACK", "DELETE", "DO_NOTHING"
  bool retains_except_on_create = false;
  std::vector<std::string> retained = {};  ///< RetainResources
  std::vector<std::string> skipped = {};   ///< ResourcesToSkip
  bool forces_deletion = false;
  bool is_cancelled = false;       ///< CancelUpdateStack
  bool is_deleted = false;         ///< DeleteStack came in the meantime
  std::string policy = {};         ///< StackPolicyDuringUpdate
  std::string status_before = {};  ///< of a deletion: the stack's, which a used export restores
  std::string failure = {};        ///< why it went over to undoing, for the stack's event
  std::string rollback_id = {};    ///< what events tell from then on; ""
  std::vector<ImportRecord> imports = {};
  std::string change_set_id = {};
  int64_t timeout_ms = 0;  ///< when TimeoutInMinutes is over; 0: never

  /// Undoing that is gone on with later is the same stage.
  std::string stage_key() const { return (stage == "undo" ? undone_id() : id) + "/" + stage; }
  /// OperationId of events: going back is an operation of its own.
  const std::string& told_id() const { return rollback_id.empty() ? id : rollback_id; }
  const std::string& undone_id() const { return undone.empty() ? id : undone; }
  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Id", id);
    fields("Undone", undone);
    fields("Kind", kind);
    fields("Stage", stage);
    fields("Begun", begun_ms);
    fields("Token", token);
    fields("Actor", actor);
    fields("RoleArn", role_arn);
    fields("OnFailure", on_failure);
    fields("RetainsExceptOnCreate", retains_except_on_create);
    fields("Retained", retained);
    fields("Skipped", skipped);
    fields("Forces", forces_deletion);
    fields("Cancelled", is_cancelled);
    fields("Deleted", is_deleted);
    fields("Policy", policy);
    fields("StatusBefore", status_before);
    fields("Failure", failure);
    fields("RollbackId", rollback_id);
    fields("Imports", imports);
    fields("ChangeSet", change_set_id);
    fields("Timeout", timeout_ms);
  }
};

/// A change set of a nested stack, made with that of its parent.
struct NestedChangeSetRecord {
  std::string stack_uuid = {};
  std::string uuid = {};

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Stack", stack_uuid);
    fields("Uuid", uuid);
  }
};

struct ChangeSetRecord {
  std::string uuid = {};
  std::string name = {};
  std::string id = {};  ///< ARN
  std::string stack_uuid = {};
  std::string stack_id = {};
  std::string stack_name = {};
  std::string kind = {};  ///< "CREATE", "UPDATE", "IMPORT"
  std::string description = {};
  std::string status = {};
  std::string reason = {};
  std::string execution_status = {};
  int64_t created_ms = 0;
  Configuration asked = {};
  std::string on_stack_failure = {};
  bool includes_nested = false;
  bool imports_existing = false;
  std::string parent_id = {};
  std::string root_id = {};
  std::vector<NestedChangeSetRecord> nested = {};
  std::vector<ImportRecord> imports = {};
  std::string token = {};
  std::string execution_token = {};
  std::string changes = {};         ///< JSON, the API's Changes with all contexts
  std::string values_warning = {};  ///< told when property values are asked for
  ActorRecord actor = {};
  std::string deployment_mode = {};

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Uuid", uuid);
    fields("Name", name);
    fields("Id", id);
    fields("StackUuid", stack_uuid);
    fields("StackId", stack_id);
    fields("StackName", stack_name);
    fields("Kind", kind);
    fields("Description", description);
    fields("Status", status);
    fields("Reason", reason);
    fields("ExecutionStatus", execution_status);
    fields("Created", created_ms);
    fields("Asked", asked);
    fields("OnStackFailure", on_stack_failure);
    fields("IncludesNested", includes_nested);
    fields("ImportsExisting", imports_existing);
    fields("Parent", parent_id);
    fields("Root", root_id);
    fields("Nested", nested);
    fields("Imports", imports);
    fields("Token", token);
    fields("ExecutionToken", execution_token);
    fields("Changes", changes);
    fields("ValuesWarning", values_warning);
    fields("Actor", actor);
    fields("DeploymentMode", deployment_mode);
  }
};

}  // namespace pawl::cloudformation
