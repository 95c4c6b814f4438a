// SPDX-License-Identifier: Apache-2.0
// What a partition is told: starts, answers of tasks, stops. Each owns what it carries: a message
// is handed over whole from thread to thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "asl/execution_error.h"
#include "base/error.h"
#include "base/time.h"
#include "engine/execution_record.h"
#include "engine/map_run_transfer.h"
#include "engine/ports.h"
#include "interpreter/execution_state.h"
#include "json/payload.h"

namespace pawl::engine {

// All callbacks are called once, on the partition's thread, after what they report is on disk.

struct StartOutcome {
  enum class Kind {
    Started,
    AlreadyRunning,  ///< the same name and input: API StartExecution is idempotent
    AlreadyExists,   ///< the name belongs to another input or to an ended execution
    TooBusy,         ///< the queue is full; nothing happened
  };
  Kind kind = Kind::Started;
  ExecutionId id = 0;
  std::string execution_arn;
  base::Timestamp started_at;
};

struct StartMessage {
  ExecutionRecord record;  ///< scope, name, revision …; id and times are the partition's
  std::shared_ptr<const MachineRevision> revision;
  json::Payload input;
  /// False if the name was made up and can exist only if the same task starts again.
  bool name_is_given = true;
  std::function<void(StartOutcome)> done;  ///< may be empty
};

struct EventMessage {
  ExecutionId execution = 0;
  TaskSink::Answer event;
};

struct StopOutcome {
  bool found = false;
  base::Timestamp stopped_at;
};
struct StopMessage {
  ExecutionId execution = 0;
  asl::ExecutionError error;
  std::function<void(StopOutcome)> done;  ///< may be empty
};

/// API SendTaskSuccess, -Failure, -Heartbeat, and a worker taking an activity's task. The event's
/// task id is filled in from the token.
struct TokenMessage {
  enum class Outcome { Accepted, InvalidToken, TaskTimedOut };
  std::string token;
  ExecutionId execution = 0;  ///< as the token says
  interpreter::TaskId task;
  TaskSink::Answer event;
  std::function<void(Outcome)> done;
};

/// How an execution stands once it has ended; views live during the call.
struct EndedExecution {
  const ExecutionRecord& record;
  const interpreter::ExecutionState& state;
};
struct AwaitMessage {
  ExecutionId execution = 0;
  std::function<void(const EndedExecution&)> ended;
};

struct RedriveOutcome {
  enum class Kind { Redriven, DoesNotExist, NotRedrivable };
  Kind kind = Kind::Redriven;
  std::string reason;
  base::Timestamp redriven_at;
};
struct RedriveMessage {
  ExecutionId execution = 0;
  std::function<void(RedriveOutcome)> done;
};

/// API UpdateMapRun; absent members stay.
struct UpdateMapRunMessage {
  uint64_t map_run = 0;
  std::optional<uint32_t> max_concurrency;
  std::optional<int64_t> tolerated_failure_count;
  std::optional<double> tolerated_failure_percentage;
  std::function<void(bool found)> done;
};

/// What a Map Run's ItemReader gave next.
struct MapRunItemsMessage {
  uint64_t map_run = 0;
  ReadItems read;
};
/// A Map Run's ResultWriter is done.
struct MapRunWrittenMessage {
  uint64_t map_run = 0;
  WrittenResults written;
};

/// A crash left tasks dispatched or a step yielded: go on.
struct RecoverMessage {
  ExecutionId execution = 0;
};

using PartitionMessage = std::variant<StartMessage, EventMessage, StopMessage, TokenMessage,
                                      AwaitMessage, RedriveMessage, UpdateMapRunMessage,
                                      MapRunItemsMessage, MapRunWrittenMessage, RecoverMessage>;

}  // namespace pawl::engine
