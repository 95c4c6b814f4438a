// SPDX-License-Identifier: Apache-2.0
#include "app/history_output.h"

#include <cstdio>
#include <variant>

#include "app/terminal.h"
#include "interpreter/history_json.h"
#include "json/write.h"

namespace pawl::app {
namespace {

constexpr size_t kDetailColumnsMax = 60;

std::string named(const std::string& error, const std::string& cause) {
  if (cause.empty()) return error;
  return error.empty() ? cause : error + ": " + cause;
}

std::string describe(const asl::ExecutionError& error) {
  return named(error.error.value_or(""), error.cause.value_or(""));
}

/// What the table's last column says of an event: its state, index or error.
struct Describer {
  const asl::Program& program;

  std::string name(asl::StateIndex state) const { return program.states[state].name; }
  std::string operator()(const interpreter::StateEnteredDetails& details) const {
    return name(details.state);
  }
  std::string operator()(const interpreter::StateExitedDetails& details) const {
    return name(details.state);
  }
  std::string operator()(const interpreter::ErrorDetails& details) const {
    return describe(*details.error);
  }
  std::string operator()(const interpreter::MapIterationDetails& details) const {
    return name(details.state) + " #" + std::to_string(details.index);
  }
  std::string operator()(const interpreter::MapStateStartedDetails& details) const {
    return std::to_string(details.length) + (details.length == 1 ? " item" : " items");
  }
  std::string operator()(
      const std::shared_ptr<const interpreter::ScheduledDetails>& details) const {
    return details->resource;
  }
  std::string operator()(
      const std::shared_ptr<const interpreter::TaskScheduledDetails>& details) const {
    return std::get<asl::TaskState>(program.states[details->state].detail).resource.arn;
  }
  std::string operator()(const std::shared_ptr<const interpreter::TaskDetails>& details) const {
    return describe(details->error);
  }
  std::string operator()(
      const std::shared_ptr<const interpreter::MapRunStartedDetails>& details) const {
    return details->map_run_arn;
  }
  std::string operator()(
      const std::shared_ptr<const interpreter::EvaluationFailedDetails>& details) const {
    return named(details->error, details->cause);
  }
  template <typename Other>
  std::string operator()(const Other&) const {
    return {};
  }
};

}  // namespace

std::string history_as_json(std::span<const interpreter::HistoryEvent> events,
                            const asl::Program& program, const interpreter::ExecutionInfo& info) {
  std::string out = "{\"events\":[";
  bool first = true;
  for (const interpreter::HistoryEvent& event : events) {
    out += first ? "\n" : ",\n";
    first = false;
    json::write(interpreter::render(event, program, info), out);
  }
  out += "\n]}\n";
  return out;
}

std::string history_as_table(std::span<const interpreter::HistoryEvent> events,
                             const asl::Program& program) {
  std::string out = "    ID  PREV       SECONDS  TYPE                         STATE OR ERROR\n";
  if (events.empty()) return out;
  const base::Timestamp start = events.front().timestamp;
  for (const interpreter::HistoryEvent& event : events) {
    char line[120];
    const std::string type(interpreter::history_event_type_name(event.type));
    std::snprintf(line, sizeof line, "%6lld %5lld %13.3f  %-28s ", static_cast<long long>(event.id),
                  static_cast<long long>(event.previous_event_id),
                  static_cast<double>(event.timestamp.ms - start.ms) / 1'000, type.c_str());
    out += line;
    out +=
        cut_to_width(printable(std::visit(Describer{program}, event.details)), kDetailColumnsMax);
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  }
  return out;
}

}  // namespace pawl::app
