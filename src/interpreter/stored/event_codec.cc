// SPDX-License-Identifier: Apache-2.0
#include "interpreter/stored/event_codec.h"

#include <utility>
#include <variant>

#include "base/assert.h"

namespace pawl::interpreter {
namespace {

/// What an event's details are; the number is stored. Not the index in the variant, which may
/// change.
enum class DetailsKind : uint8_t {
  None = 0,
  ExecutionStarted = 1,
  StateEntered = 2,
  StateExited = 3,
  StateExitedAssigned = 4,
  Output = 5,
  Error = 6,
  MapStateStarted = 7,
  MapIteration = 8,
  Scheduled = 9,
  TaskScheduled = 10,
  Task = 11,
  ActivityStarted = 12,
  MapRunStarted = 13,
  EvaluationFailed = 14,
  ExecutionRedriven = 15,
  MapRunRedriven = 16,
};

class DetailsWriter {
 public:
  DetailsWriter(TextTableWriter& texts, std::string& out) : texts_(texts), out_(out) {}

  void operator()(const std::monostate&) { kind(DetailsKind::None); }

  void operator()(const ExecutionStartedDetails& details) {
    kind(DetailsKind::ExecutionStarted);
    texts_.add(out_, details.input);
  }

  void operator()(const StateEnteredDetails& details) {
    kind(DetailsKind::StateEntered);
    base::append_varint(out_, details.state);
    texts_.add(out_, details.input);
  }

  void operator()(const StateExitedDetails& details) {
    kind(details.assigned ? DetailsKind::StateExitedAssigned : DetailsKind::StateExited);
    base::append_varint(out_, details.state);
    texts_.add(out_, details.output);
    if (!details.assigned) return;
    base::append_varint(out_, details.assigned->size());
    for (const auto& [name, value] : *details.assigned) {
      texts_.add_text(out_, name);
      texts_.add(out_, value);
    }
  }

  void operator()(const OutputDetails& details) {
    kind(DetailsKind::Output);
    texts_.add(out_, details.output);
  }

  void operator()(const ErrorDetails& details) {
    kind(DetailsKind::Error);
    error(*details.error);
  }

  void operator()(const MapStateStartedDetails& details) {
    kind(DetailsKind::MapStateStarted);
    base::append_signed(out_, details.length);
  }

  void operator()(const MapIterationDetails& details) {
    kind(DetailsKind::MapIteration);
    base::append_varint(out_, details.state);
    base::append_signed(out_, details.index);
  }

  void operator()(const std::shared_ptr<const ScheduledDetails>& details) {
    kind(DetailsKind::Scheduled);
    texts_.add_text(out_, details->resource);
    texts_.add(out_, details->input);
    integer(details->timeout_in_seconds);
    integer(details->heartbeat_in_seconds);
    texts_.add_optional_text(out_, details->credentials_role_arn);
  }

  void operator()(const std::shared_ptr<const TaskScheduledDetails>& details) {
    kind(DetailsKind::TaskScheduled);
    base::append_varint(out_, details->state);
    texts_.add_text(out_, details->region);
    texts_.add(out_, details->parameters);
    integer(details->timeout_in_seconds);
    integer(details->heartbeat_in_seconds);
    texts_.add_optional_text(out_, details->credentials_role_arn);
  }

  void operator()(const std::shared_ptr<const TaskDetails>& details) {
    kind(DetailsKind::Task);
    base::append_varint(out_, details->state);
    out_ += static_cast<char>(details->output ? 1 : 0);
    if (details->output) texts_.add(out_, *details->output);
    error(details->error);
  }

  void operator()(const std::shared_ptr<const ActivityStartedDetails>& details) {
    kind(DetailsKind::ActivityStarted);
    texts_.add_text(out_, details->worker_name);
  }

  void operator()(const std::shared_ptr<const MapRunStartedDetails>& details) {
    kind(DetailsKind::MapRunStarted);
    texts_.add_text(out_, details->map_run_arn);
  }

  void operator()(const ExecutionRedrivenDetails& details) {
    kind(DetailsKind::ExecutionRedriven);
    base::append_signed(out_, details.redrive_count);
  }

  void operator()(const std::shared_ptr<const MapRunRedrivenDetails>& details) {
    kind(DetailsKind::MapRunRedriven);
    texts_.add_text(out_, details->map_run_arn);
    base::append_signed(out_, details->redrive_count);
  }

  void operator()(const std::shared_ptr<const EvaluationFailedDetails>& details) {
    kind(DetailsKind::EvaluationFailed);
    base::append_varint(out_, details->state);
    texts_.add_text(out_, details->error);
    texts_.add_text(out_, details->cause);
    texts_.add_text(out_, details->location);
  }

 private:
  void kind(DetailsKind kind) { out_ += static_cast<char>(kind); }

  void error(const asl::ExecutionError& error) {
    texts_.add_optional_text(out_, error.error);
    texts_.add_optional_text(out_, error.cause);
  }

  void integer(const std::optional<int64_t>& number) {
    out_ += static_cast<char>(number ? 1 : 0);
    if (number) base::append_signed(out_, *number);
  }

  TextTableWriter& texts_;
  std::string& out_;
};

}  // namespace

void encode_events(const std::vector<HistoryEvent>& events, base::Timestamp origin,
                   TextTableWriter& texts, std::string& out) {
  DetailsWriter details(texts, out);
  int64_t before = origin.ms;
  for (const HistoryEvent& event : events) {
    PAWL_ASSERT(event.id == events.front().id + (&event - events.data()));
    out += static_cast<char>(event.type);
    base::append_varint(out, static_cast<uint64_t>(event.id - event.previous_event_id));
    base::append_signed(out, base::wrapping_difference(event.timestamp.ms, before));
    before = event.timestamp.ms;
    std::visit(details, event.details);
  }
}

template <typename Event>
Event EventReader::head() {
  Event event;
  event.id = next_id_++;
  event.type = static_cast<HistoryEventType>(
      bytes_.at_most(bytes_.byte(), static_cast<uint8_t>(HistoryEventType::EvaluationFailed)));
  event.previous_event_id = event.id - static_cast<int64_t>(bytes_.at_most(
                                           bytes_.varint(), static_cast<uint64_t>(event.id)));
  time_.ms = base::wrapping_sum(time_.ms, bytes_.signed_varint());
  event.timestamp = time_;
  return event;
}

HistoryEvent EventReader::next() {
  auto event = head<HistoryEvent>();
  event.details = details();
  return event;
}

EventOutline EventReader::next_outline() {
  auto outline = head<EventOutline>();
  skip_details(outline);
  return outline;
}

void EventReader::skip_references(int count) {
  for (int i = 0; i < count; ++i) bytes_.varint();
}

void EventReader::skip_optional_integer() {
  if (bytes_.boolean()) bytes_.signed_varint();
}

/// As details() reads them.
void EventReader::skip_details(EventOutline& outline) {
  switch (static_cast<DetailsKind>(bytes_.byte())) {
    case DetailsKind::None: return;
    case DetailsKind::ExecutionStarted:
    case DetailsKind::Output:
    case DetailsKind::ActivityStarted:
    case DetailsKind::MapRunStarted: return skip_references(1);
    case DetailsKind::StateEntered:
    case DetailsKind::StateExited: outline.state = bytes_.varint32(); return skip_references(1);
    case DetailsKind::StateExitedAssigned: {
      outline.state = bytes_.varint32();
      skip_references(1);
      for (size_t left = bytes_.count(); left > 0; --left) skip_references(2);
      return;
    }
    case DetailsKind::Error: return skip_references(2);
    case DetailsKind::MapStateStarted:
    case DetailsKind::ExecutionRedriven: outline.number = bytes_.signed_varint(); return;
    case DetailsKind::MapIteration:
      outline.state = bytes_.varint32();
      outline.number = bytes_.signed_varint();
      return;
    case DetailsKind::TaskScheduled: outline.state = bytes_.varint32(); [[fallthrough]];
    case DetailsKind::Scheduled:
      skip_references(2);
      skip_optional_integer();
      skip_optional_integer();
      return skip_references(1);
    case DetailsKind::Task:
      outline.state = bytes_.varint32();
      if (bytes_.boolean()) skip_references(1);
      return skip_references(2);
    case DetailsKind::MapRunRedriven:
      skip_references(1);
      outline.number = bytes_.signed_varint();
      return;
    case DetailsKind::EvaluationFailed:
      outline.state = bytes_.varint32();
      return skip_references(3);
  }
  bytes_.fail();
}

HistoryEventDetails EventReader::details() {
  switch (static_cast<DetailsKind>(bytes_.byte())) {
    case DetailsKind::None: return {};
    case DetailsKind::ExecutionStarted: return ExecutionStartedDetails{texts_.payload(bytes_)};
    case DetailsKind::StateEntered: {
      const asl::StateIndex state = bytes_.varint32();
      return StateEnteredDetails{state, texts_.payload(bytes_)};
    }
    case DetailsKind::StateExited: {
      const asl::StateIndex state = bytes_.varint32();
      return StateExitedDetails{state, texts_.payload(bytes_), nullptr};
    }
    case DetailsKind::StateExitedAssigned: return exited_with_variables();
    case DetailsKind::Output: return OutputDetails{texts_.payload(bytes_)};
    case DetailsKind::Error:
      return ErrorDetails{std::make_shared<const asl::ExecutionError>(error())};
    case DetailsKind::MapStateStarted: return MapStateStartedDetails{bytes_.signed_varint()};
    case DetailsKind::MapIteration: {
      const asl::StateIndex state = bytes_.varint32();
      return MapIterationDetails{state, bytes_.signed_varint()};
    }
    case DetailsKind::Scheduled: return scheduled();
    case DetailsKind::TaskScheduled: return task_scheduled();
    case DetailsKind::Task: return task();
    case DetailsKind::ActivityStarted: return boxed(ActivityStartedDetails{texts_.text(bytes_)});
    case DetailsKind::MapRunStarted: return boxed(MapRunStartedDetails{texts_.text(bytes_)});
    case DetailsKind::ExecutionRedriven: return ExecutionRedrivenDetails{bytes_.signed_varint()};
    case DetailsKind::MapRunRedriven: {
      std::string arn = texts_.text(bytes_);
      return boxed(MapRunRedrivenDetails{std::move(arn), bytes_.signed_varint()});
    }
    case DetailsKind::EvaluationFailed: {
      EvaluationFailedDetails failed;
      failed.state = bytes_.varint32();
      failed.error = texts_.text(bytes_);
      failed.cause = texts_.text(bytes_);
      failed.location = texts_.text(bytes_);
      return boxed(std::move(failed));
    }
  }
  bytes_.fail();
  return {};
}

HistoryEventDetails EventReader::exited_with_variables() {
  StateExitedDetails exited{};
  exited.state = bytes_.varint32();
  exited.output = texts_.payload(bytes_);
  AssignedVariables assigned(bytes_.count());
  for (auto& [name, value] : assigned) {
    name = texts_.text(bytes_);
    value = texts_.value(bytes_);
  }
  exited.assigned = std::make_shared<const AssignedVariables>(std::move(assigned));
  return exited;
}

HistoryEventDetails EventReader::scheduled() {
  ScheduledDetails details;
  details.resource = texts_.text(bytes_);
  details.input = texts_.payload(bytes_);
  details.timeout_in_seconds = optional_integer();
  details.heartbeat_in_seconds = optional_integer();
  details.credentials_role_arn = texts_.optional_text(bytes_);
  return boxed(std::move(details));
}

HistoryEventDetails EventReader::task_scheduled() {
  TaskScheduledDetails details{};
  details.state = bytes_.varint32();
  details.region = texts_.text(bytes_);
  details.parameters = texts_.value(bytes_);
  details.timeout_in_seconds = optional_integer();
  details.heartbeat_in_seconds = optional_integer();
  details.credentials_role_arn = texts_.optional_text(bytes_);
  return boxed(std::move(details));
}

HistoryEventDetails EventReader::task() {
  TaskDetails details{};
  details.state = bytes_.varint32();
  if (bytes_.boolean()) details.output = texts_.payload(bytes_);
  details.error = error();
  return boxed(std::move(details));
}

asl::ExecutionError EventReader::error() {
  asl::ExecutionError error;
  error.error = texts_.optional_text(bytes_);
  error.cause = texts_.optional_text(bytes_);
  return error;
}

std::optional<int64_t> EventReader::optional_integer() {
  if (!bytes_.boolean()) return std::nullopt;
  return bytes_.signed_varint();
}

}  // namespace pawl::interpreter
