// SPDX-License-Identifier: Apache-2.0
// Whether an execution can be redriven (API RedriveExecution, Developer Guide "Redrive eligibility
// for unsuccessful executions"). The redrive itself is InputEvent RedriveRequested.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "interpreter/execution_state.h"

namespace pawl::interpreter {

/// API ExecutionRedriveStatus.
enum class RedriveStatus : uint8_t { Redrivable, NotRedrivable, RedrivableByMapRun };
std::string_view redrive_status_name(RedriveStatus status);

/// What of an execution decides.
struct RedriveFacts {
  ExecutionStatus status = ExecutionStatus::Running;
  base::Timestamp started_at;
  base::Timestamp stopped_at;
  int64_t event_count = 0;
  int64_t history_events_max = 25'000;  ///< Limits::history_events_max
  bool is_map_run_child = false;        ///< of a Distributed Map: only its Map Run redrives it
  bool machine_is_deleting = false;
};

struct RedriveJudgement {
  RedriveStatus status = RedriveStatus::NotRedrivable;
  std::string_view reason;  ///< redriveStatusReason; empty unless NotRedrivable
};

/// Standard executions only. Pure; thread-safe.
RedriveJudgement judge_redrive(const RedriveFacts& facts, base::Timestamp now);

}  // namespace pawl::interpreter
