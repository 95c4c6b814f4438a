// SPDX-License-Identifier: Apache-2.0
// Any bytes are a step record or an error: never a crash, and what is read can be written again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "interpreter/stored/step_record.h"

using namespace pawl;
using namespace pawl::interpreter;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const base::Result<RecordHeader> header = read_record_header(bytes);
  if (!header) return 0;
  std::vector<HistoryEvent> events;
  const bool readable = read_record_events(bytes, INT64_MIN, INT64_MAX, events).has_value();
  ExecutionState state;
  state.next_event_id = header->first_event_id;
  if (!apply_step_record(bytes, state) || !readable) return 0;
  PAWL_ASSERT(events.size() == header->event_count);

  // Written again, it is another record of the same things, and a fixed point.
  StepDelta delta;
  delta.events = std::move(events);
  std::string first;
  encode_step_record(state, delta, RecordKind::Full, first);
  ExecutionState again;
  PAWL_ASSERT(apply_step_record(first, again).has_value());
  delta.events.clear();
  PAWL_ASSERT(read_record_events(first, INT64_MIN, INT64_MAX, delta.events).has_value());
  std::string second;
  encode_step_record(again, delta, RecordKind::Full, second);
  PAWL_ASSERT(second == first);
  return 0;
}
