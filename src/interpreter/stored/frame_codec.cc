// SPDX-License-Identifier: Apache-2.0
#include "interpreter/stored/frame_codec.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace pawl::interpreter {
namespace {

/// Stored bits: which parts of a frame follow its counters.
enum FrameBit : uint32_t {
  kHasInput = 1 << 0,
  kHasVariables = 1 << 1,
  kHasAllChildren = 1 << 2,
  kHasChildCounters = 1 << 3,  ///< with the results set since the last record
  kHasWaits = 1 << 4,
  kHasNoChildren = 1 << 5,
  kTaskStarted = 1 << 6,
  kTaskSubmitted = 1 << 7,
  kHalted = 1 << 8,
  kHasMapRun = 1 << 9,
};
constexpr uint64_t kFrameBits = (1 << 10) - 1;

bool has_waits(const Frame& frame) {
  return frame.task != 0 || frame.timer != 0 || frame.timeout_timer != 0 ||
         frame.heartbeat_timer != 0 || frame.heartbeat_seconds != 0 || !frame.task_token.empty() ||
         !frame.continuation.empty();
}

/// `parts`: the frame's own, sorted; all: everything is written.
uint32_t bits_of(const Frame& frame, bool all, std::span<const FrameChange> parts) {
  const auto has = [&](FramePart part) {
    return all || std::any_of(parts.begin(), parts.end(),
                              [&](const FrameChange& change) { return change.part == part; });
  };
  uint32_t bits = 0;
  if (has(FramePart::Input)) bits |= kHasInput;
  if (has(FramePart::Variables)) bits |= kHasVariables;
  if (frame.children == nullptr) {
    bits |= kHasNoChildren;
  } else {
    bits |= has(FramePart::Children) ? kHasAllChildren : kHasChildCounters;
  }
  if (has_waits(frame)) bits |= kHasWaits;
  if (frame.task_started) bits |= kTaskStarted;
  if (frame.task_submitted) bits |= kTaskSubmitted;
  if (frame.halted) bits |= kHalted;
  if (!frame.map_run_arn.empty()) bits |= kHasMapRun;
  return bits;
}

class FrameWriter {
 public:
  FrameWriter(TextTableWriter& texts, std::string& out) : texts_(texts), out_(out) {}

  void write(const Frame& frame, base::Timestamp origin, uint32_t bits,
             std::span<const FrameChange> parts) {
    base::append_varint(out_, frame.id);
    base::append_varint(out_, bits);
    base::append_varint(out_, static_cast<uint32_t>(frame.parent + 1));  // kNoFrame: 0
    base::append_varint(out_, frame.index);
    base::append_varint(out_, static_cast<uint32_t>(frame.state + 1));  // kEnd: 0
    out_ += static_cast<char>(frame.phase);
    base::append_signed(out_, base::wrapping_difference(frame.entered_at.ms, origin.ms));
    base::append_signed(out_, frame.entered_event_id);
    base::append_signed(out_, frame.last_event_id);
    base::append_varint(out_, frame.next_sequence);
    base::append_varint(out_, frame.retries.size());
    for (const uint32_t attempts : frame.retries) base::append_varint(out_, attempts);
    if ((bits & kHasInput) != 0) texts_.add(out_, frame.input);
    if ((bits & kHasVariables) != 0) variables(frame);
    if ((bits & kHasWaits) != 0) waits(frame);
    if ((bits & kHasAllChildren) != 0) all_children(*frame.children);
    if ((bits & kHasChildCounters) != 0) changed_children(*frame.children, parts);
    if ((bits & kHasMapRun) != 0) map_run(frame);
  }

 private:
  void variables(const Frame& frame) {
    base::append_varint(out_, frame.variables.size());
    for (const auto& [name, value] : frame.variables) {
      texts_.add_text(out_, name);
      texts_.add(out_, value);
    }
  }

  void waits(const Frame& frame) {
    base::append_varint(out_, frame.task);
    base::append_varint(out_, frame.timer);
    base::append_varint(out_, frame.timeout_timer);
    base::append_varint(out_, frame.heartbeat_timer);
    base::append_signed(out_, frame.heartbeat_seconds);
    texts_.add_text(out_, frame.task_token);
    texts_.add_text(out_, frame.continuation);
  }

  void map_run(const Frame& frame) {
    texts_.add_text(out_, frame.map_run_arn);
    base::append_signed(out_, frame.map_started_event_id);
    base::append_varint(out_, frame.map_run_redrives);
  }

  void counters(const Children& children) {
    base::append_varint(out_, children.total);
    base::append_varint(out_, children.next);
    base::append_varint(out_, children.running);
    base::append_varint(out_, children.concurrency);
  }

  void all_children(const Children& children) {
    counters(children);
    texts_.add(out_, children.items);
    texts_.add(out_, children.selector_input);
    base::append_varint(out_, children.results.size());
    for (const json::Value& result : children.results) texts_.add(out_, result);
  }

  void changed_children(const Children& children, std::span<const FrameChange> parts) {
    counters(children);
    const auto results = std::find_if(parts.begin(), parts.end(), [](const FrameChange& change) {
      return change.part == FramePart::Result;
    });  // the last kind of part: all behind it are results
    base::append_varint(out_, static_cast<uint64_t>(parts.end() - results));
    for (auto result = results; result != parts.end(); ++result) {
      base::append_varint(out_, result->index);
      texts_.add(out_, children.results[result->index]);
    }
  }

  TextTableWriter& texts_;
  std::string& out_;
};

template <typename T>
std::vector<T> sorted(std::vector<T> items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

void encode_ready(const ExecutionState& state, std::string& out) {
  base::append_varint(out, state.ready.size());
  for (const FrameId id : state.ready) base::append_varint(out, id);
}

class FrameReader {
 public:
  FrameReader(base::ByteReader& bytes, TextTableReader& texts, ExecutionState& state)
      : bytes_(bytes), texts_(texts), state_(state) {}

  /// nullptr, with the bytes failed, if they give no frame.
  const Frame* read() {
    const FrameId id = bytes_.varint32();
    std::unique_ptr<Frame>& slot = state_.frames[id];
    const bool is_new = slot == nullptr;
    if (is_new) slot = std::make_unique<Frame>();
    Frame& frame = *slot;
    frame.id = id;
    const auto bits = static_cast<uint32_t>(bytes_.at_most(bytes_.varint(), kFrameBits));
    if (is_new && (bits & kHasInput) == 0) bytes_.fail();
    frame.parent = bytes_.varint32() - 1;
    frame.index = bytes_.varint32();
    frame.state = bytes_.varint32() - 1;
    frame.phase =
        static_cast<Phase>(bytes_.at_most(bytes_.byte(), static_cast<uint8_t>(Phase::MapRun)));
    frame.entered_at.ms = base::wrapping_sum(bytes_.signed_varint(), state_.started_at.ms);
    frame.entered_event_id = bytes_.signed_varint();
    frame.last_event_id = bytes_.signed_varint();
    frame.next_sequence = bytes_.varint32();
    frame.retries.resize(bytes_.count());
    for (uint32_t& attempts : frame.retries) attempts = bytes_.varint32();
    if ((bits & kHasInput) != 0) frame.input = texts_.payload(bytes_);
    if ((bits & kHasVariables) != 0) variables(frame);
    frame.task_started = (bits & kTaskStarted) != 0;
    frame.task_submitted = (bits & kTaskSubmitted) != 0;
    waits(frame, (bits & kHasWaits) != 0);
    children(frame, bits);
    frame.halted = (bits & kHalted) != 0;
    map_run(frame, (bits & kHasMapRun) != 0);
    return bytes_.ok() ? &frame : nullptr;
  }

 private:
  void variables(Frame& frame) {
    frame.variables.clear();
    frame.variables.resize(bytes_.count());
    for (auto& [name, value] : frame.variables) {
      name = texts_.text(bytes_);
      value = texts_.value(bytes_);
    }
  }

  void waits(Frame& frame, bool present) {
    frame.task = present ? bytes_.varint32() : 0;
    frame.timer = present ? bytes_.varint32() : 0;
    frame.timeout_timer = present ? bytes_.varint32() : 0;
    frame.heartbeat_timer = present ? bytes_.varint32() : 0;
    frame.heartbeat_seconds = present ? bytes_.signed_varint() : 0;
    frame.task_token = present ? texts_.text(bytes_) : std::string();
    frame.continuation = present ? texts_.text(bytes_) : std::string();
  }

  void map_run(Frame& frame, bool present) {
    frame.map_run_arn = present ? texts_.text(bytes_) : std::string();
    frame.map_started_event_id = present ? bytes_.signed_varint() : 0;
    frame.map_run_redrives = present ? bytes_.varint32() : 0;
  }

  void children(Frame& frame, uint32_t bits) {
    const uint32_t kind = bits & (kHasNoChildren | kHasAllChildren | kHasChildCounters);
    switch (kind) {
      case kHasNoChildren: frame.children.reset(); return;
      case kHasAllChildren: all_children(frame); return;
      case kHasChildCounters: changed_children(frame); return;
      default: bytes_.fail();
    }
  }

  void counters(Children& children) {
    children.total = bytes_.varint32();
    children.next = bytes_.varint32();
    children.running = bytes_.varint32();
    children.concurrency = bytes_.varint32();
  }

  void all_children(Frame& frame) {
    frame.children = std::make_unique<Children>();
    Children& children = *frame.children;
    counters(children);
    children.items = texts_.value(bytes_);
    children.selector_input = texts_.payload(bytes_);
    children.results.resize(bytes_.count());
    for (json::Value& result : children.results) result = texts_.value(bytes_);
    // Iterations read items and set results by their index.
    const bool fits = children.items.is_null() || children.items.size() == children.total;
    if (!fits || children.results.size() != children.total || children.next > children.total)
      bytes_.fail();
  }

  void changed_children(Frame& frame) {
    if (frame.children == nullptr) return bytes_.fail();
    Children& children = *frame.children;
    counters(children);
    for (size_t count = bytes_.count(); count > 0; --count) {
      const uint32_t index = bytes_.varint32();
      json::Value result = texts_.value(bytes_);
      if (index >= children.results.size()) return bytes_.fail();
      children.results[index] = std::move(result);
    }
    if (children.results.size() != children.total || children.next > children.total) bytes_.fail();
  }

  base::ByteReader& bytes_;
  TextTableReader& texts_;
  ExecutionState& state_;
};

/// The tree holds together: a parent is older than its child, and has a place for its result.
bool is_placed(const Frame& frame, const ExecutionState& state) {
  if (frame.id >= state.next_frame_id) return false;
  if (frame.parent == kNoFrame) return true;
  const Frame* parent = frame.parent < frame.id ? state.find(frame.parent) : nullptr;
  return parent != nullptr && parent->children != nullptr &&
         frame.index < parent->children->results.size();
}

}  // namespace

void encode_all_frames(const ExecutionState& state, TextTableWriter& texts, std::string& out) {
  encode_ready(state, out);
  base::append_varint(out, 0);  // none removed
  std::vector<FrameId> ids;
  ids.reserve(state.frames.size());
  for (const auto& [id, frame] : state.frames) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  base::append_varint(out, ids.size());
  FrameWriter writer(texts, out);
  for (const FrameId id : ids) {
    const Frame& frame = *state.find(id);
    writer.write(frame, state.started_at, bits_of(frame, true, {}), {});
  }
}

void encode_changed_frames(const ExecutionState& state, const StepDelta& delta,
                           TextTableWriter& texts, std::string& out) {
  encode_ready(state, out);
  const std::vector<FrameId> removed = sorted(delta.removed);
  base::append_varint(out, removed.size());
  for (const FrameId id : removed) base::append_varint(out, id);
  std::vector<const Frame*> frames;
  for (const FrameId id : sorted(delta.changed)) {
    if (const Frame* frame = state.find(id)) frames.push_back(frame);
  }
  base::append_varint(out, frames.size());
  const std::vector<FrameChange> parts = sorted(delta.parts);
  FrameWriter writer(texts, out);
  auto at = parts.begin();
  for (const Frame* frame : frames) {
    at = std::find_if(at, parts.end(), [&](const auto& part) { return part.frame >= frame->id; });
    const auto end =
        std::find_if(at, parts.end(), [&](const auto& part) { return part.frame > frame->id; });
    const std::span<const FrameChange> own(at, end);
    writer.write(*frame, state.started_at, bits_of(*frame, false, own), own);
    at = end;
  }
}

base::Result<void> apply_frames(base::ByteReader& bytes, TextTableReader& texts,
                                ExecutionState& state) {
  state.ready.clear();
  for (size_t count = bytes.count(); count > 0; --count) state.ready.push_back(bytes.varint32());
  for (size_t count = bytes.count(); count > 0; --count) state.frames.erase(bytes.varint32());
  std::vector<const Frame*> frames(bytes.count());
  FrameReader reader(bytes, texts, state);
  for (const Frame*& frame : frames) {
    frame = reader.read();
    if (frame == nullptr) return base::malformed_record("frame");
  }
  if (!bytes.ok() || !bytes.at_end()) return base::malformed_record("frames section");
  for (const Frame* frame : frames) {
    if (!is_placed(*frame, state)) return base::malformed_record("tree of frames");
  }
  return {};
}

}  // namespace pawl::interpreter
