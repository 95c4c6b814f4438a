// SPDX-License-Identifier: Apache-2.0
// What a store keeps of an execution: one record per batch of steps, holding the history events and
// the frames that changed (docs/formats/step-record.md). Pure bytes: where and when they are
// written is the engine's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"
#include "interpreter/step.h"

namespace pawl::interpreter {

/// Collects what the steps of one execution produced since its last record. The engine adds every
/// StepResult after step(), and clears it after each record (which keeps the capacity).
struct StepDelta {
  std::vector<HistoryEvent> events;  ///< in id order
  std::vector<FrameId> changed;      ///< frames to write, each once; may name frames removed since
  std::vector<FrameId> removed;      ///< each once
  std::vector<FrameChange> parts;    ///< the large parts of `changed` that changed

  /// Merges what one step produced; moves the events out of `result`.
  void add(StepResult& result);
  bool empty() const { return events.empty() && changed.empty() && removed.empty(); }
  void clear();
};

/// Full: header, all frames, events: a reader needs no earlier record to know the state. Delta:
/// header, changed and removed frames, events; it continues the record before it.
enum class RecordKind : uint8_t { Full, Delta };

/// Appends one record to `out`. Deterministic: equal states and deltas give equal bytes. A payload
/// or text that occurs several times in the record is written once. O(delta) for Delta, O(frames)
/// for Full.
void encode_step_record(const ExecutionState& state, const StepDelta& delta, RecordKind kind,
                        std::string& out);

/// What every record tells without reading its frames: the state after its steps.
struct RecordHeader {
  RecordKind kind = RecordKind::Full;
  ExecutionStatus status = ExecutionStatus::Running;
  int64_t first_event_id = 1;  ///< of this record's events; the next event's id if there are none
  uint32_t event_count = 0;
  base::Timestamp started_at;
  base::Timestamp stopped_at;  ///< 0 while running
  int64_t next_event_id = 1;
  int64_t redrive_count = 0;
  base::Timestamp redriven_at;  ///< 0 if never
};

// All readers below are total: any bytes give a value or an Error (Unsupported for another format
// version, else InvalidSyntax), in memory proportional to the record. The texts of payloads are
// trusted to be JSON, not parsed: the store's checksums guard them.

/// O(1).
base::Result<RecordHeader> read_record_header(std::string_view record);

/// Full replaces the state, Delta changes the state that the record before it gave. `state.info` is
/// left alone. After an Error the state is of no use. Payloads share their text again and are
/// parsed when somebody looks into them.
base::Result<void> apply_step_record(std::string_view record, ExecutionState& state);

/// Appends only the events of a record with first <= id <= last, without building frames.
base::Result<void> read_record_events(std::string_view record, int64_t first, int64_t last,
                                      std::vector<HistoryEvent>& out);
/// The same without texts, which cost nothing here, however large they are.
base::Result<void> read_record_outlines(std::string_view record, int64_t first, int64_t last,
                                        std::vector<EventOutline>& out);

}  // namespace pawl::interpreter
