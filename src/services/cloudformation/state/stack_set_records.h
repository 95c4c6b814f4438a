// SPDX-License-Identifier: Apache-2.0
// What is stored of stack sets. See records.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/cloudformation/state/records.h"

namespace pawl::cloudformation {

struct StackSetRecord {
  std::string uuid = {};
  std::string name = {};
  std::string description = {};
  std::string template_text = {};
  std::string status = "ACTIVE";
  std::string permission_model = "SELF_MANAGED";
  std::string administration_role = {};
  std::string execution_role = {};
  Configuration asked = {};
  ActorRecord actor = {};

  std::string id() const { return name + ":" + uuid; }
  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Uuid", uuid);
    fields("Name", name);
    fields("Description", description);
    fields("Template", template_text);
    fields("Status", status);
    fields("PermissionModel", permission_model);
    fields("AdministrationRole", administration_role);
    fields("ExecutionRole", execution_role);
    fields("Asked", asked);
    fields("Actor", actor);
  }
};

struct StackInstanceRecord {
  std::string account = {};
  std::string region = {};
  std::string stack_id = {};
  std::string status = "OUTDATED";  ///< CURRENT, OUTDATED, INOPERABLE
  std::string detailed_status = "PENDING";
  std::string reason = {};
  std::string operation_id = {};  ///< the last one
  std::vector<ParameterRecord> overrides = {};

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Account", account);
    fields("Region", region);
    fields("StackId", stack_id);
    fields("Status", status);
    fields("DetailedStatus", detailed_status);
    fields("Reason", reason);
    fields("Operation", operation_id);
    fields("Overrides", overrides);
  }
};

struct StackSetResultRecord {
  std::string account = {};
  std::string region = {};
  std::string status = "PENDING";
  std::string reason = {};

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Account", account);
    fields("Region", region);
    fields("Status", status);
    fields("Reason", reason);
  }
};

struct StackSetOperationRecord {
  std::string id = {};
  std::string action = {};  ///< CREATE, UPDATE, DELETE
  std::string status = "RUNNING";
  bool retains_stacks = false;
  int64_t created_ms = 0;
  int64_t ended_ms = 0;
  std::vector<StackSetResultRecord> results = {};

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Id", id);
    fields("Action", action);
    fields("Status", status);
    fields("RetainsStacks", retains_stacks);
    fields("Created", created_ms);
    fields("Ended", ended_ms);
    fields("Results", results);
  }
};

}  // namespace pawl::cloudformation
