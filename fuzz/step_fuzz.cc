// SPDX-License-Identifier: Apache-2.0
// The first line is an input, the second a script of events, the rest a definition: whatever comes
// in whatever order, step() holds its invariants and a stored state can be read back.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "asl/compile.h"
#include "base/assert.h"
#include "interpreter/history_json.h"
#include "interpreter/step.h"
#include "interpreter/stored/step_record.h"

namespace {

using namespace pawl;
using namespace pawl::interpreter;

std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

decltype(InputEvent::event) event_of(char c, uint32_t number) {
  const WaitId id{number % 5, 1 + number / 5 % 4};
  const auto answer = json::Payload::from_text(R"({"a":[1]})").value();
  switch (c % 9) {
    case 0: return TaskStarted{id, "w"};
    case 1: return TaskSubmitted{id, answer};
    case 2: return TaskSucceeded{id, answer};
    case 3: return TaskFailed{TaskFailed::Phase::Run, id, {"E", "c"}};
    case 4: return TimerFired{id};
    case 5: return TaskHeartbeat{id};
    case 6: return MapRunEnded{id, answer, std::nullopt};
    case 7: return RedriveRequested{};
    default: return Resumed{};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const base::Result<json::Payload> input = json::Payload::from_text(std::string(take_line(rest)));
  const std::string_view script = take_line(rest);
  const asl::Compilation compilation = asl::compile(rest);
  if (!input || !compilation.program) return 0;
  auto info = std::make_shared<ExecutionInfo>();
  info->limits.history_events_max = 200;
  ExecutionState state = make_execution(info, *input);
  StepResult result;
  step(*compilation.program, state, {base::Timestamp{1}, 1, ExecutionStarted{}}, result);
  for (size_t i = 0; i < std::min<size_t>(script.size(), 50); ++i) {
    const auto byte = static_cast<unsigned char>(script[i]);
    step(*compilation.program, state,
         {base::Timestamp{static_cast<int64_t>(i) + 2}, i, event_of(script[i], byte / 8U)}, result);
    for (const HistoryEvent& event : result.events) render(event, *compilation.program, *info);
    StepDelta delta;
    delta.add(result);
    std::string record;
    encode_step_record(state, delta, RecordKind::Full, record);
    ExecutionState again;
    PAWL_ASSERT(apply_step_record(record, again).has_value());
  }
  return 0;
}
