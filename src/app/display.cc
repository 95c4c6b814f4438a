// SPDX-License-Identifier: Apache-2.0
#include "app/display.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <utility>
#include <variant>

#include "app/text_file.h"
#include "app/tree_lines.h"
#include "engine/system_ports.h"

namespace pawl::app {
namespace {

constexpr std::chrono::milliseconds kPictureInterval{80};
/// A function may print faster than a terminal shows; beyond so many lines a picture the rest is
/// counted only.
constexpr size_t kHeldBackMax = 2'000;
constexpr size_t kLogLineBytesMax = 4'096;

std::string_view status_color(interpreter::ExecutionStatus status, const Palette& palette) {
  switch (status) {
    case interpreter::ExecutionStatus::Running: return palette.blue;
    case interpreter::ExecutionStatus::Succeeded: return palette.green;
    case interpreter::ExecutionStatus::Failed:
    case interpreter::ExecutionStatus::TimedOut:
    case interpreter::ExecutionStatus::Aborted: return palette.red;
  }
  return {};
}

/// Keeps the last lines of a tree that is higher than the terminal.
void limit_height(std::vector<std::string>& lines, size_t rows) {
  if (lines.size() <= rows || rows < 2) return;
  const size_t hidden = lines.size() - rows + 1;
  lines.erase(lines.begin(), lines.begin() + static_cast<ptrdiff_t>(hidden));
  lines.insert(lines.begin(), "… " + std::to_string(hidden) + " lines above");
}

}  // namespace

Display::Display(Options options, std::shared_ptr<const asl::Program> program)
    : options_(std::move(options)),
      palette_(make_palette(options_.colors)),
      tree_(std::move(program)) {}

Display::~Display() { finish(); }

void Display::watch(const engine::LocalEngine& engine, engine::ExecutionId execution) {
  engine_ = &engine;
  execution_ = execution;
  if (options_.mode == Mode::Live) drawer_ = std::thread([this] { draw_until_finished(); });
}

void Display::on_step(engine::ExecutionId execution, const asl::Program&,
                      const interpreter::ExecutionState& state,
                      std::span<const interpreter::HistoryEvent> events) {
  const std::lock_guard lock(mutex_);
  if (execution == execution_) {
    tree_.apply(events, state);
    if (options_.mode == Mode::Lines) write_event_lines(events);
  }
  if (options_.mode != Mode::Live) return;
  for (const engine::MapRunProgress& run : engine_->map_runs(execution_)) {
    tree_.set_map_run_progress(run.state, run.items_total, run.items_succeeded, run.items_failed);
  }
}

void Display::log(const std::string& name, std::string_view line) {
  if (options_.mode == Mode::Quiet) return;
  std::string text(palette_.cyan);
  text += "[" + printable(name) + "]";
  text += palette_.reset;
  text += " " + printable(line.substr(0, kLogLineBytesMax));
  const std::lock_guard lock(mutex_);
  if (options_.mode == Mode::Lines || finished_) {
    write_fully(STDERR_FILENO, text + "\n");
  } else {
    hold_back(std::move(text));
  }
}

void Display::hold_back(std::string line) {
  if (held_back_.size() < kHeldBackMax) {
    held_back_.push_back(std::move(line));
  } else {
    ++held_back_dropped_;
  }
}

void Display::finish() {
  {
    std::unique_lock lock(mutex_);
    if (std::exchange(finished_, true)) return;
    changed_.notify_all();
  }
  if (drawer_.joinable()) drawer_.join();
}

void Display::draw_until_finished() {
  std::unique_lock lock(mutex_);
  while (!finished_) {
    changed_.wait_for(lock, kPictureInterval, [this] { return finished_; });
    draw(lock, finished_);
  }
}

/// Goes back to the first line of the picture before, writes what was held back, then the new
/// picture. The lock is not held while the terminal is written to.
void Display::draw(std::unique_lock<std::mutex>& lock, bool last) {
  const TerminalSize size = terminal_size(STDERR_FILENO);
  const base::Timestamp now =
      options_.virtual_time ? tree_.latest_at() : engine::SystemClock().now();
  const TreeStyle style{palette_, size.columns - 1, pictures_++, now};
  std::vector<std::string> lines = tree_lines(tree_, style);
  if (!last) limit_height(lines, size.rows > 3 ? size.rows - 3 : 1);
  std::string out;
  if (lines_drawn_ > 0) out += "\x1b[" + std::to_string(lines_drawn_) + "A\r";
  out += "\x1b[J";
  for (const std::string& line : held_back_) out += line + "\n";
  if (held_back_dropped_ > 0) out += "… " + std::to_string(held_back_dropped_) + " more lines\n";
  held_back_.clear();
  held_back_dropped_ = 0;
  out += header(now) + "\n";
  for (const std::string& line : lines) out += line + "\n";
  lines_drawn_ = lines.size() + 1;
  lock.unlock();
  write_fully(STDERR_FILENO, out);
  lock.lock();
}

std::string Display::header(base::Timestamp now) const {
  const interpreter::ExecutionStatus status = tree_.status();
  const base::Timestamp end =
      status == interpreter::ExecutionStatus::Running ? now : tree_.latest_at();
  std::string out(palette_.bold);
  out += cut_to_width(printable(options_.title), 40);
  out += palette_.reset;
  out += "  ";
  out += status_color(status, palette_);
  out += interpreter::execution_status_name(status);
  out += palette_.reset;
  out += palette_.dim;
  if (tree_.event_count() > 0)
    out += "  " + format_duration(std::max<int64_t>(0, end.ms - tree_.started_at().ms));
  out += "  " + std::to_string(tree_.event_count()) +
         (tree_.event_count() == 1 ? " event" : " events");
  out += palette_.reset;
  return out;
}

void Display::write_event_lines(std::span<const interpreter::HistoryEvent> events) {
  std::string out;
  for (const interpreter::HistoryEvent& event : events) {
    const std::string line = event_line(event);
    if (line.empty()) continue;
    char time[32];
    std::snprintf(time, sizeof time, "%9.3f s  ",
                  static_cast<double>(event.timestamp.ms - tree_.started_at().ms) / 1'000);
    out += time + line + "\n";
  }
  write_fully(STDERR_FILENO, out);
}

/// What of an event is worth a line: states entered and left, what failed, the end.
std::string Display::event_line(const interpreter::HistoryEvent& event) const {
  const auto state_name = [&](asl::StateIndex state) {
    return printable(tree_.program().states[state].name);
  };
  if (const auto* entered = std::get_if<interpreter::StateEnteredDetails>(&event.details)) {
    return "→ " + state_name(entered->state) + " (" +
           std::string(asl::state_type_name(tree_.program().states[entered->state].type)) + ")";
  }
  if (const auto* exited = std::get_if<interpreter::StateExitedDetails>(&event.details)) {
    return "✔ " + state_name(exited->state);
  }
  const std::string_view type = interpreter::history_event_type_name(event.type);
  if (event.type == interpreter::HistoryEventType::ExecutionSucceeded)
    return "✔ " + std::string(type);
  if (const auto* error = std::get_if<interpreter::ErrorDetails>(&event.details)) {
    return "✘ " + std::string(type) + " " + printable(error->error->error.value_or(""));
  }
  if (const auto* task =
          std::get_if<std::shared_ptr<const interpreter::TaskDetails>>(&event.details)) {
    if ((*task)->error.error)
      return "✘ " + std::string(type) + " " + printable(*(*task)->error.error);
  }
  return {};
}

}  // namespace pawl::app
