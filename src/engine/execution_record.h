// SPDX-License-Identifier: Apache-2.0
// ExecutionRecord: what the store keeps of an execution besides its steps: who it is, how it
// stands. docs/formats/executions.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "engine/ports.h"
#include "interpreter/execution_state.h"

namespace pawl::engine {

/// The task that started a nested execution: the same task calling again, after a crash, finds it.
struct TaskOrigin {
  ExecutionId execution = 0;  ///< 0: started by nobody's task
  interpreter::TaskId task;
  friend bool operator==(const TaskOrigin&, const TaskOrigin&) = default;
};

struct ExecutionRecord {
  ExecutionId id = 0;
  /// "REGION:ACCOUNT:MACHINE" or, for the children of a Map Run, "REGION:ACCOUNT:MACHINE/LABEL".
  /// Names are unique inside.
  std::string scope;
  std::string name;
  uint64_t revision = 0;  ///< of the definition that it runs
  interpreter::ExecutionStatus status = interpreter::ExecutionStatus::Running;
  base::Timestamp started_at;
  base::Timestamp stopped_at;
  std::string version;         ///< of the state machine, if it was started by version or alias
  std::string alias;           ///< its name, if it was started by one
  std::string trace_header;    ///< API traceHeader
  std::string mock_test_case;  ///< Step Functions Local's "#TestCase"
  std::string map_run_arn;     ///< of a Map Run's child
  uint64_t map_run = 0;        ///< 0: no child
  uint32_t map_run_child = 0;  ///< its number in the run
  uint64_t map_run_items = 0;  ///< how many items it processes
  asl::ScopeIndex start_scope = 0;
  std::optional<int64_t> map_item_index;
  std::string map_item;  ///< JSON text, with map_item_index
  TaskOrigin started_by;
  int64_t redrive_count = 0;
  base::Timestamp redriven_at;
};

void encode_execution_record(const ExecutionRecord& record, std::string& out);
/// `record.id` is the key's, not the value's. `rest` gets what follows the record: the step record
/// of an execution that began and ended in one batch, or nothing. Errors: TypeMismatch.
base::Result<ExecutionRecord> decode_execution_record(std::string_view bytes,
                                                      std::string_view& rest);

/// "arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME".
std::string execution_arn_of(const ExecutionRecord& record);
/// "arn:aws:states:REGION:ACCOUNT:stateMachine:MACHINE".
std::string state_machine_arn_of(const ExecutionRecord& record);
/// MACHINE or MACHINE/LABEL.
std::string_view machine_name_of(const ExecutionRecord& record);

/// Scope and name from an execution's ARN; nullopt if it is no ARN of a STANDARD execution.
struct ExecutionName {
  std::string scope;
  std::string name;
};
std::optional<ExecutionName> parse_execution_arn(std::string_view arn);
/// The scope of a state machine's executions, from its ARN without version and alias.
std::string scope_of_machine(std::string_view region, std::string_view account,
                             std::string_view machine);

/// What the interpreter wants to know of it.
std::shared_ptr<const interpreter::ExecutionInfo> make_execution_info(const ExecutionRecord& record,
                                                                      std::string role_arn);

}  // namespace pawl::engine
