// SPDX-License-Identifier: Apache-2.0
// docs/formats/step-record.md: head, texts, events, frames, tail.
#include "interpreter/stored/step_record.h"

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <utility>

#include "base/assert.h"
#include "interpreter/stored/event_codec.h"
#include "interpreter/stored/frame_codec.h"
#include "interpreter/stored/text_table.h"
#include "base/wire.h"

namespace pawl::interpreter {
namespace {

constexpr uint8_t kFormat = 1;
constexpr size_t kHeadBytes = 14;

void set_fixed32(std::string& out, size_t at, size_t value) {
  PAWL_ASSERT(value <= UINT32_MAX);
  for (int shift = 0; shift < 32; shift += 8) out[at++] = static_cast<char>(value >> shift & 0xff);
}

/// The sections of one record, cut apart.
struct Sections {
  RecordKind kind = RecordKind::Full;
  std::string_view texts;
  std::string_view events;
  std::string_view frames;
  std::string_view tail;
};

base::Result<Sections> cut(std::string_view record) {
  base::ByteReader head(record);
  const uint8_t format = head.byte();
  if (head.ok() && format != kFormat) {
    return base::Error(base::ErrorKind::Unsupported,
                       "stored record: format " + std::to_string(format));
  }
  Sections sections;
  sections.kind =
      static_cast<RecordKind>(head.at_most(head.byte(), static_cast<uint8_t>(RecordKind::Delta)));
  const uint32_t texts = head.fixed32();
  const uint32_t events = head.fixed32();
  const uint32_t frames = head.fixed32();
  sections.texts = head.bytes(texts);
  sections.events = head.bytes(events);
  sections.frames = head.bytes(frames);
  sections.tail = head.rest();
  if (!head.ok()) return base::malformed_record("head");
  return sections;
}

bool has_ended(ExecutionStatus status) { return status != ExecutionStatus::Running; }

void encode_tail(const ExecutionState& state, const StepDelta& delta, RecordKind kind,
                 TextTableWriter& texts, std::string& out) {
  out += static_cast<char>(state.status);
  base::append_varint(out, static_cast<uint64_t>(state.next_event_id) - delta.events.size());
  base::append_varint(out, delta.events.size());
  base::append_signed(out, state.started_at.ms);
  base::append_signed(out, state.stopped_at.ms);
  base::append_signed(out, state.redrive_count);
  base::append_signed(out, state.redriven_at.ms);
  base::append_varint(out, state.next_frame_id);
  base::append_varint(out, state.timeout_timer);
  base::append_signed(out, state.variable_bytes);
  if (kind == RecordKind::Full) texts.add(out, state.input);
  if (has_ended(state.status)) {
    texts.add(out, state.output);
    texts.add_optional_text(out, state.error.error);
    texts.add_optional_text(out, state.error.cause);
  }
  texts.append_lengths(out);
}

RecordHeader read_header(base::ByteReader& tail, RecordKind kind) {
  RecordHeader header;
  header.kind = kind;
  header.status = static_cast<ExecutionStatus>(
      tail.at_most(tail.byte(), static_cast<uint8_t>(ExecutionStatus::Aborted)));
  header.first_event_id = tail.positive();
  header.event_count = tail.varint32();
  if (header.first_event_id > INT64_MAX - header.event_count) tail.fail();
  header.next_event_id = tail.ok() ? header.first_event_id + header.event_count : 0;
  header.started_at.ms = tail.signed_varint();
  header.stopped_at.ms = tail.signed_varint();
  header.redrive_count = tail.signed_varint();
  header.redriven_at.ms = tail.signed_varint();
  return header;
}

/// What stands in the tail between header and lengths; references, as the lengths come last.
struct TailReferences {
  uint32_t next_frame_id = 0;
  uint32_t timeout_timer = 0;
  int64_t variable_bytes = 0;
  std::string_view texts;  ///< the references themselves
};

TailReferences skip_to_lengths(base::ByteReader& tail, const RecordHeader& header) {
  TailReferences references;
  references.next_frame_id = tail.varint32();
  references.timeout_timer = tail.varint32();
  references.variable_bytes = tail.signed_varint();
  references.texts = tail.rest();
  const int count = (header.kind == RecordKind::Full ? 1 : 0) + (has_ended(header.status) ? 3 : 0);
  for (int i = 0; i < count; ++i) tail.varint();
  return references;
}

}  // namespace

void StepDelta::add(StepResult& result) {
  // Not swapped: `result` serves many steps and keeps its room, this one gets what it needs.
  events.insert(events.end(), std::make_move_iterator(result.events.begin()),
                std::make_move_iterator(result.events.end()));
  result.events.clear();
  const auto merge = [](auto& into, const auto& from) {
    if (from.empty() || into == from) return;
    into.insert(into.end(), from.begin(), from.end());
    std::sort(into.begin(), into.end());
    into.erase(std::unique(into.begin(), into.end()), into.end());
  };
  merge(changed, result.changed);
  merge(removed, result.removed);
  merge(parts, result.parts);
}

void StepDelta::clear() {
  events.clear();
  changed.clear();
  removed.clear();
  parts.clear();
}

void encode_step_record(const ExecutionState& state, const StepDelta& delta, RecordKind kind,
                        std::string& out) {
  PAWL_ASSERT(delta.events.empty() || delta.events.back().id == state.next_event_id - 1);
  const size_t head = out.size();
  out += static_cast<char>(kFormat);
  out += static_cast<char>(kind);
  out.append(kHeadBytes - 2, '\0');
  TextTableWriter texts(out);
  constexpr size_t kEventBytes = 16;  // most have less
  std::string rest;
  rest.reserve(kEventBytes * delta.events.size() + 256);
  encode_events(delta.events, state.started_at, texts, rest);
  const size_t events_end = rest.size();
  if (kind == RecordKind::Full) {
    encode_all_frames(state, texts, rest);
  } else {
    encode_changed_frames(state, delta, texts, rest);
  }
  const size_t frames_end = rest.size();
  encode_tail(state, delta, kind, texts, rest);
  set_fixed32(out, head + 2, out.size() - head - kHeadBytes);
  set_fixed32(out, head + 6, events_end);
  set_fixed32(out, head + 10, frames_end - events_end);
  out += rest;
}

base::Result<RecordHeader> read_record_header(std::string_view record) {
  const Sections sections = PAWL_TRY(cut(record));
  base::ByteReader tail(sections.tail);
  const RecordHeader header = read_header(tail, sections.kind);
  if (!tail.ok()) return base::malformed_record("header");
  return header;
}

base::Result<void> apply_step_record(std::string_view record, ExecutionState& state) {
  const Sections sections = PAWL_TRY(cut(record));
  base::ByteReader tail(sections.tail);
  const RecordHeader header = read_header(tail, sections.kind);
  const TailReferences references = skip_to_lengths(tail, header);
  TextTableReader texts(sections.texts, tail);
  if (!tail.ok() || !tail.at_end()) return base::malformed_record("tail");
  base::ByteReader refs(references.texts);
  if (header.kind == RecordKind::Full) {
    ExecutionState fresh;
    fresh.info = std::move(state.info);
    state = std::move(fresh);
    state.input = texts.payload(refs);
  } else if (header.first_event_id != state.next_event_id) {
    return base::Error(base::ErrorKind::InvalidSyntax,
                       "stored record: begins with event " + std::to_string(header.first_event_id) +
                           ", expected " + std::to_string(state.next_event_id));
  }
  state.output = {};
  state.error = {};
  if (has_ended(header.status)) {
    state.output = texts.payload(refs);
    state.error.error = texts.optional_text(refs);
    state.error.cause = texts.optional_text(refs);
  }
  if (!refs.ok()) return base::malformed_record("tail");
  state.status = header.status;
  state.started_at = header.started_at;
  state.stopped_at = header.stopped_at;
  state.next_event_id = header.next_event_id;
  state.redrive_count = header.redrive_count;
  state.redriven_at = header.redriven_at;
  state.next_frame_id = references.next_frame_id;
  state.timeout_timer = references.timeout_timer;
  state.variable_bytes = references.variable_bytes;
  base::ByteReader frames(sections.frames);
  return apply_frames(frames, texts, state);
}

namespace {

/// Appends the events first..last to `out`, each as `next` reads it.
template <typename Event, typename Next>
base::Result<void> read_events(std::string_view record, int64_t first, int64_t last,
                               const Next& next, std::vector<Event>& out) {
  const Sections sections = PAWL_TRY(cut(record));
  base::ByteReader tail(sections.tail);
  const RecordHeader header = read_header(tail, sections.kind);
  if (!tail.ok()) return base::malformed_record("header");
  if (last < header.first_event_id || first >= header.next_event_id) return {};
  skip_to_lengths(tail, header);
  constexpr bool kReadsTexts = std::is_same_v<Event, HistoryEvent>;
  TextTableReader texts = kReadsTexts ? TextTableReader(sections.texts, tail) : TextTableReader();
  if (!tail.ok() || (kReadsTexts && !tail.at_end())) return base::malformed_record("tail");
  base::ByteReader events(sections.events);
  EventReader reader(events, texts, header.first_event_id, header.started_at);
  for (uint32_t i = 0; i < header.event_count; ++i) {
    const int64_t id = header.first_event_id + i;
    if (id > last) return {};
    if (id < first) {
      reader.next_outline();  // without its payloads
    } else {
      out.push_back(next(reader));
    }
    if (!events.ok()) return base::malformed_record("event");
  }
  if (!events.at_end()) return base::malformed_record("events section");
  return {};
}

}  // namespace

base::Result<void> read_record_events(std::string_view record, int64_t first, int64_t last,
                                      std::vector<HistoryEvent>& out) {
  return read_events(
      record, first, last, [](EventReader& reader) { return reader.next(); }, out);
}

base::Result<void> read_record_outlines(std::string_view record, int64_t first, int64_t last,
                                        std::vector<EventOutline>& out) {
  return read_events(
      record, first, last, [](EventReader& reader) { return reader.next_outline(); }, out);
}

}  // namespace pawl::interpreter
