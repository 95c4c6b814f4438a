// SPDX-License-Identifier: Apache-2.0
// Watching a stack's operation: its events are asked for again and again and shown on stderr, as a
// tree that is redrawn in place on a terminal, as one line for each event elsewhere.
#pragma once

#include <future>
#include <set>
#include <string>

#include "app/interrupts.h"
#include "app/service_client.h"
#include "app/stack_progress.h"

namespace pawl::app {

struct WatchOptions {
  bool quiet = false;
  bool no_color = false;
};

/// How an operation ended.
struct WatchedEnd {
  std::string status;  ///< "CREATE_COMPLETE"; "" if Ctrl-C ended the watching, not the operation
  json::Value stack = json::Value::object();  ///< the last description
};

/// Of one operation of one stack. One thread.
class StackWatch {
 public:
  StackWatch(ServiceCalls& calls, std::string stack_id, WatchOptions options);

  /// Events from before the operation are not its own. To be called before it begins.
  base::Result<void> skip_past();
  /// Until the stack is at rest. Errors: what the server says, if it cannot be asked.
  base::Result<WatchedEnd> watch();
  const StackProgress& progress() const { return progress_; }

 private:
  base::Result<json::Value> describe();
  base::Result<void> read_events(const std::string& stack_id);
  base::Result<bool> poll();
  void draw(bool last);
  std::string header(base::Timestamp now) const;

  ServiceCalls& calls_;
  WatchOptions options_;
  Palette palette_;
  bool live_;
  StackProgress progress_;
  std::set<std::string> seen_;
  json::Value stack_ = json::Value::object();
  base::Timestamp began_at_;
  size_t lines_drawn_ = 0;
  size_t pictures_ = 0;
};

}  // namespace pawl::app
