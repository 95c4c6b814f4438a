// SPDX-License-Identifier: Apache-2.0
// ExecutionState: where one execution stands. A tree of Frames: the machine, Parallel branches, Map
// iterations. Only step() changes it; the engine stores it. Contains no pointers into the Program:
// states are indexes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "asl/execution_error.h"
#include "asl/program.h"
#include "base/limits.h"
#include "base/time.h"
#include "json/payload.h"
#include "json/value.h"

namespace pawl::interpreter {

/// API ExecutionStatus.
enum class ExecutionStatus : uint8_t { Running, Succeeded, Failed, TimedOut, Aborted };
std::string_view execution_status_name(ExecutionStatus status);

/// What names an execution; fixed for its life; shared by it and its children's renderings.
struct ExecutionInfo {
  uint64_t execution_id = 0;  ///< the engine's own; part of the task tokens
  std::string execution_arn;
  std::string execution_name;
  std::string state_machine_arn;
  std::string state_machine_name;
  std::string role_arn;
  std::string region = "us-east-1";
  std::string account = "000000000000";
  std::string mock_test_case;  ///< of the mock file, from stateMachineArn#CASE; empty: none
  base::Limits limits = base::Limits::strict();
  /// scopes[0], or the ItemProcessor of a Distributed Map whose child execution this is.
  asl::ScopeIndex scope = 0;
  /// A Distributed Map child's $$.Map.Item.Index; none otherwise.
  std::optional<int64_t> map_item_index;
  json::Value map_item_value;
  /// API TestState: stands for the whole Context Object, to which a Map still adds its item.
  std::shared_ptr<const json::FrozenValue> context_object = nullptr;
};

/// Never reused within an execution.
using FrameId = uint32_t;
inline constexpr FrameId kNoFrame = UINT32_MAX;
inline constexpr FrameId kRootFrame = 0;

/// A task or timer: its frame and a number that the frame never gives twice. A result or alarm for
/// an id that the frame no longer waits for is dropped.
struct WaitId {
  FrameId frame = kNoFrame;
  uint32_t sequence = 0;
  friend bool operator==(const WaitId&, const WaitId&) = default;
};
using TaskId = WaitId;
using TimerId = WaitId;

/// What a frame does next, or waits for.
enum class Phase : uint8_t {
  Enter,       ///< write …StateEntered, then execute
  Execute,     ///< run the state
  Task,        ///< a task is out
  WaitTimer,   ///< a Wait state's alarm
  RetryTimer,  ///< a Retrier's interval
  Children,    ///< branches or iterations run
  MapRun,      ///< a Distributed Map's items are read, its children run, or its results are written
};

/// Parallel and inline Map: what came of the children so far.
struct Children {
  json::Value items;                 ///< Map: the array of items; null for Parallel
  json::Payload selector_input;      ///< Map: the effective input, which ItemSelector sees as `$`
  std::vector<json::Value> results;  ///< by branch or iteration index
  uint32_t total = 0;
  uint32_t next = 0;  ///< the next iteration to start
  uint32_t running = 0;
  uint32_t concurrency = 0;  ///< 0: all at once
};

/// One line of execution.
struct Frame {
  FrameId id = kRootFrame;
  FrameId parent = kNoFrame;
  uint32_t index = 0;  ///< branch or iteration index
  asl::StateIndex state = asl::kEnd;
  Phase phase = Phase::Enter;
  bool changed = false;  ///< is listed in StepResult::changed; false between steps
  /// It failed or was aborted inside a Parallel or Map, and is kept for a redrive until that state
  /// retries, catches or ends.
  bool halted = false;
  json::Payload input;  ///< raw input of `state`
  base::Timestamp entered_at;
  int64_t entered_event_id = 0;
  int64_t last_event_id = 0;      ///< previousEventId of this chain's next event
  uint32_t next_sequence = 1;     ///< of WaitIds
  std::vector<uint32_t> retries;  ///< by Retrier of `state`; empty: none yet
  std::vector<std::pair<std::string, json::Value>> variables;  ///< this scope's own
  // What it waits for; sequence 0: nothing.
  uint32_t task = 0;
  uint32_t timer = 0;  ///< Wait or Retry
  uint32_t timeout_timer = 0;
  uint32_t heartbeat_timer = 0;
  bool task_started = false;    ///< the …Started event is written
  bool task_submitted = false;  ///< the TaskSubmitted event is written
  int64_t heartbeat_seconds = 0;
  std::string task_token;
  std::string continuation;  ///< what the dispatcher wants back after a crash (TaskSubmitted)
  std::unique_ptr<Children> children;
  // A Distributed Map whose Map Run has begun and did not succeed (phase MapRun).
  std::string map_run_arn;
  int64_t map_started_event_id = 0;  ///< what MapRunStarted and every MapRunRedriven follow
  uint32_t map_run_redrives = 0;
};

/// Move-only value. An execution that did not succeed keeps its frames, so that it can be redriven.
struct ExecutionState {
  std::shared_ptr<const ExecutionInfo> info;
  ExecutionStatus status = ExecutionStatus::Running;
  base::Timestamp started_at;
  base::Timestamp stopped_at;
  json::Payload input;
  json::Payload output;       ///< when Succeeded
  asl::ExecutionError error;  ///< when Failed, TimedOut or Aborted
  int64_t next_event_id = 1;
  FrameId next_frame_id = kRootFrame;
  uint32_t timeout_timer = 0;  ///< the machine's TimeoutSeconds: TimerId{kNoFrame, timeout_timer}
  int64_t redrive_count = 0;
  base::Timestamp redriven_at;  ///< the last time, if any
  int64_t variable_bytes = 0;   ///< of all frames' variables, as JSON text
  std::unordered_map<FrameId, std::unique_ptr<Frame>> frames;
  std::deque<FrameId> ready;  ///< frames in Enter or Execute, in turn

  Frame* find(FrameId id) {
    const auto found = frames.find(id);
    return found == frames.end() ? nullptr : found->second.get();
  }
  const Frame* find(FrameId id) const { return const_cast<ExecutionState*>(this)->find(id); }
};

/// As JSON text.
int64_t bytes_of_variables(const Frame& frame);

/// A new execution that has not taken its first step.
ExecutionState make_execution(std::shared_ptr<const ExecutionInfo> info, json::Payload input);

}  // namespace pawl::interpreter
