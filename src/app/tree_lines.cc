// SPDX-License-Identifier: Apache-2.0
#include "app/tree_lines.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "app/line_builder.h"

namespace pawl::app {
namespace {

constexpr size_t kNameColumnsMax = 44;
constexpr size_t kBarColumns = 20;
constexpr size_t kIterationsShownMax = 5;  ///< running ones, and as many failed ones
constexpr size_t kNestingShownMax = 12;

bool runs(const StateRun& run) {
  return run.status == RunStatus::Running || run.status == RunStatus::Retrying;
}

class TreeWriter {
 public:
  TreeWriter(const ExecutionTree& tree, const TreeStyle& style) : tree_(tree), style_(style) {}

  std::vector<std::string> write() && {
    add_lane(tree_.root(), "", 0);
    return std::move(lines_);
  }

 private:
  /// The widths of a lane's columns.
  struct Columns {
    size_t name = 0;
    size_t type = 0;
  };

  void widen(Columns& columns, const StateRun& run) const {
    columns.name = std::max(columns.name,
                            std::min(display_width(printable(state(run).name)), kNameColumnsMax));
    columns.type = std::max(columns.type, asl::state_type_name(state(run).type).size());
  }

  void add_lane(const Lane& lane, const std::string& indent, size_t nesting) {
    Columns columns;
    for (const StateRun& run : lane.runs) widen(columns, run);
    for (const StateRun& run : lane.runs) {
      add_run(run, indent, columns);
      if (nesting < kNestingShownMax) add_lanes(run, indent, nesting);
    }
  }

  void add_run(const StateRun& run, const std::string& indent, const Columns& columns) {
    const Palette& palette = style_.palette;
    LineBuilder line(style_.columns);
    line.add(indent, palette.dim, palette.reset);
    const size_t name_column = line.used() + 2;
    const size_t type_column = name_column + columns.name + 2;
    line.add(mark(run.status), mark_color(run.status), palette.reset).add(" ");
    line.add(cut_to_width(printable(state(run).name), kNameColumnsMax),
             runs(run) ? palette.bold : "", palette.reset);
    line.pad_to(type_column).add(asl::state_type_name(state(run).type), palette.dim, palette.reset);
    line.pad_to(type_column + columns.type + 2);
    if (state(run).type == asl::StateType::Map && run.items_total > 0) add_bar(line, run);
    const base::Timestamp end = runs(run) ? style_.now : run.exited_at;
    const int64_t elapsed = std::max<int64_t>(0, end.ms - run.entered_at.ms);
    if (runs(run) || elapsed > 0) line.add(format_duration(elapsed));
    if (run.retries > 0) {
      line.add("  ↻ " + std::to_string(run.retries) + (run.retries == 1 ? " retry" : " retries"),
               palette.yellow, palette.reset);
    }
    if (run.visits > 1) line.add("  ×" + std::to_string(run.visits), palette.cyan, palette.reset);
    if (run.status == RunStatus::Caught) line.add("  caught", palette.yellow, palette.reset);
    if (run.status == RunStatus::Aborted) line.add("  aborted", palette.dim, palette.reset);
    lines_.push_back(std::move(line).take());
  }

  void add_bar(LineBuilder& line, const StateRun& run) {
    const Palette& palette = style_.palette;
    const auto share = [&](int64_t items) {
      return static_cast<size_t>(items * static_cast<int64_t>(kBarColumns) / run.items_total);
    };
    const size_t done = std::min(share(run.items_succeeded), kBarColumns);
    size_t failed = std::min(share(run.items_failed), kBarColumns - done);
    if (run.items_failed > 0 && failed == 0 && done < kBarColumns) failed = 1;
    const auto blocks = [](size_t count, std::string_view block) {
      std::string out;
      for (size_t index = 0; index < count; ++index) out += block;
      return out;
    };
    line.add(blocks(done, "█"), palette.green, palette.reset);
    line.add(blocks(failed, "█"), palette.red, palette.reset);
    line.add(blocks(kBarColumns - done - failed, "░"), palette.dim, palette.reset);
    line.add(" " + std::to_string(run.items_succeeded) + "/" + std::to_string(run.items_total));
    if (run.items_failed > 0)
      line.add(", " + std::to_string(run.items_failed) + " failed", palette.red, palette.reset);
    line.add("  ");
  }

  void add_lanes(const StateRun& run, const std::string& indent, size_t nesting) {
    if (state(run).type == asl::StateType::Map) {
      add_iterations(run, indent, nesting);
      return;
    }
    for (const auto& [index, id] : run.lanes) {
      add_note(indent + "├ branch " + std::to_string(index + 1));
      add_lane(tree_.lane(id), indent + "│  ", nesting + 1);
    }
  }

  /// Of each iteration only where it stands.
  void add_iterations(const StateRun& run, const std::string& indent, size_t nesting) {
    std::vector<const Lane*> shown;
    size_t running_shown = 0;
    size_t running_hidden = 0;
    size_t failed_shown = 0;
    Columns columns;
    for (const auto& [index, id] : run.lanes) {
      const Lane& lane = tree_.lane(id);
      if (lane.current >= lane.runs.size()) continue;
      const StateRun& current = lane.runs[lane.current];
      size_t& count = runs(current) ? running_shown : failed_shown;
      if (count >= kIterationsShownMax) {
        if (runs(current)) ++running_hidden;
        continue;
      }
      ++count;
      shown.push_back(&lane);
      widen(columns, current);
    }
    for (const Lane* lane : shown) {
      const StateRun& current = lane->runs[lane->current];
      const std::string number = "#" + std::to_string(lane->index);
      add_run(current,
              indent + "├ " + number + std::string(number.size() < 6 ? 6 - number.size() : 1, ' '),
              columns);
      if (nesting < kNestingShownMax) add_lanes(current, indent + "│  ", nesting + 1);
    }
    if (running_hidden > 0)
      add_note(indent + "├ " + std::to_string(running_hidden) + " more running");
  }

  void add_note(const std::string& text) {
    LineBuilder line(style_.columns);
    line.add(text, style_.palette.dim, style_.palette.reset);
    lines_.push_back(std::move(line).take());
  }

  std::string_view mark(RunStatus status) const {
    switch (status) {
      case RunStatus::Running: return kSpinner[style_.spinner % kSpinner.size()];
      case RunStatus::Retrying: return "↻";
      case RunStatus::Succeeded: return "✔";
      case RunStatus::Failed: return "✘";
      case RunStatus::Caught: return "⚠";
      case RunStatus::Aborted: return "■";
    }
    return " ";
  }

  std::string_view mark_color(RunStatus status) const {
    const Palette& palette = style_.palette;
    switch (status) {
      case RunStatus::Running: return palette.blue;
      case RunStatus::Retrying:
      case RunStatus::Caught: return palette.yellow;
      case RunStatus::Succeeded: return palette.green;
      case RunStatus::Failed: return palette.red;
      case RunStatus::Aborted: return palette.dim;
    }
    return {};
  }

  const asl::State& state(const StateRun& run) const { return tree_.program().states[run.state]; }

  const ExecutionTree& tree_;
  const TreeStyle& style_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> tree_lines(const ExecutionTree& tree, const TreeStyle& style) {
  return TreeWriter(tree, style).write();
}

}  // namespace pawl::app
