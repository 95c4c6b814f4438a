// SPDX-License-Identifier: Apache-2.0
// Display: shows an execution on stderr while it runs: a tree that is redrawn in place on a
// terminal, one line for each thing that happens elsewhere. Nothing is ever written to stdout.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "app/execution_tree.h"
#include "app/terminal.h"
#include "engine/local_engine.h"
#include "engine/ports.h"

namespace pawl::app {

/// on_step on the engine's thread, log from any thread; draws on a thread of its own, so that a
/// slow terminal does not slow the execution down.
class Display final : public engine::ExecutionObserver {
 public:
  enum class Mode { Live, Lines, Quiet };
  struct Options {
    Mode mode = Mode::Live;
    bool colors = true;
    bool virtual_time = false;  ///< what runs is timed by its events, not by the clock
    std::string title;
  };

  Display(Options options, std::shared_ptr<const asl::Program> program);
  ~Display() override;

  /// Which execution to show, and where its Map Runs can be asked for. Once, before the engine
  /// runs; drawing begins.
  void watch(const engine::LocalEngine& engine, engine::ExecutionId execution);
  void on_step(engine::ExecutionId execution, const asl::Program& program,
               const interpreter::ExecutionState& state,
               std::span<const interpreter::HistoryEvent> events) override;
  /// A line that function `name` printed. Thread-safe; nothing in Quiet mode.
  void log(const std::string& name, std::string_view line);
  /// Draws the last picture and leaves it there.
  void finish();
  /// ExecutionTree::failed_path(), once the engine has stopped.
  std::vector<std::string> failed_path() const { return tree_.failed_path(); }

 private:
  void draw_until_finished();
  void draw(std::unique_lock<std::mutex>& lock, bool last);
  void write_event_lines(std::span<const interpreter::HistoryEvent> events);
  std::string event_line(const interpreter::HistoryEvent& event) const;
  void hold_back(std::string line);
  std::string header(base::Timestamp now) const;

  Options options_;
  Palette palette_;
  const engine::LocalEngine* engine_ = nullptr;
  engine::ExecutionId execution_ = 0;

  std::mutex mutex_;  ///< guards all below
  std::condition_variable changed_;
  ExecutionTree tree_;
  std::vector<std::string> held_back_;  ///< lines to write above the tree
  size_t held_back_dropped_ = 0;
  size_t lines_drawn_ = 0;
  size_t pictures_ = 0;
  bool finished_ = false;
  std::thread drawer_;  ///< Live only
};

}  // namespace pawl::app
