// SPDX-License-Identifier: Apache-2.0
#include "app/stack_watch.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "app/artifact_bucket.h"
#include "app/text_file.h"
#include "engine/system_ports.h"
#include "json/members.h"

namespace pawl::app {
namespace {

using json::Value;

constexpr std::chrono::milliseconds kPictureInterval{100};
constexpr size_t kPicturesPerPoll = 3;

Value named(const std::string& stack) {
  json::ObjectBuilder input;
  input.set("StackName", Value(stack));
  return std::move(input).build();
}

base::Timestamp now() { return engine::SystemClock().now(); }

}  // namespace

StackWatch::StackWatch(ServiceCalls& calls, std::string stack_id, WatchOptions options)
    : calls_(calls),
      options_(options),
      palette_(make_palette(wants_colors(STDERR_FILENO, options.no_color))),
      live_(!options.quiet && is_terminal(STDERR_FILENO)),
      progress_(std::move(stack_id)),
      began_at_(now()) {}

base::Result<Value> StackWatch::describe() {
  const auto answer = calls_.call("cloudformation", "DescribeStacks", named(progress_.root()));
  if (!answer) return as_error(answer.error());
  const std::span<const Value> stacks = json::items_member(*answer, "Stacks");
  if (stacks.empty()) return base::Error(base::ErrorKind::NotFound, "there is no such stack");
  return stacks.front();
}

base::Result<void> StackWatch::skip_past() {
  Value input = named(progress_.root());
  while (true) {
    const auto answer = calls_.call("cloudformation", "DescribeStackEvents", input);
    if (!answer) return as_error(answer.error());
    for (const Value& event : json::items_member(*answer, "StackEvents"))
      seen_.insert(json::text_member(event, "EventId"));
    const std::string token = json::text_member(*answer, "NextToken");
    if (token.empty()) return {};
    input = input.with_member("NextToken", Value(token));
  }
}

/// Newest first, page by page, until what is known already.
base::Result<void> StackWatch::read_events(const std::string& stack_id) {
  std::vector<Value> fresh;
  Value input = named(stack_id);
  const bool is_root = stack_id == progress_.root();
  for (bool more = true; more;) {
    const auto answer = calls_.call("cloudformation", "DescribeStackEvents", input);
    if (!answer) return as_error(answer.error());
    const std::string token = json::text_member(*answer, "NextToken");
    more = !token.empty();
    for (const Value& event : json::items_member(*answer, "StackEvents")) {
      const double seconds = json::find_number(event, "Timestamp").value_or(0);
      const bool is_old = !is_root && static_cast<int64_t>(seconds * 1'000) < began_at_.ms - 1'000;
      if (is_old || !seen_.insert(json::text_member(event, "EventId")).second) {
        more = false;
        break;
      }
      fresh.push_back(event);
    }
    input = input.with_member("NextToken", Value(token));
  }
  std::reverse(fresh.begin(), fresh.end());
  for (const Value& event : fresh) {
    progress_.apply(event);
    if (!live_ && !options_.quiet)
      write_fully(STDERR_FILENO, progress_.event_line(event, palette_) + "\n");
  }
  return {};
}

base::Result<bool> StackWatch::poll() {
  // The description first: what it calls ended has all its events.
  stack_ = PAWL_TRY(describe());
  PAWL_TRY_VOID(read_events(progress_.root()));
  for (const std::string& nested : progress_.nested_stacks()) {
    // A nested stack may be gone when it is asked for: its parent's events tell how it ended.
    [[maybe_unused]] const base::Result<void> ignored = read_events(nested);
  }
  return !is_running(json::text_member(stack_, "StackStatus"));
}

std::string StackWatch::header(base::Timestamp at) const {
  const std::string status = json::text_member(stack_, "StackStatus");
  const bool bad = is_failure(status) || status.find("ROLLBACK") != std::string::npos;
  std::string line(palette_.bold);
  line += printable(json::text_member(stack_, "StackName")) + std::string(palette_.reset) + "  ";
  line += std::string(bad ? palette_.red : is_running(status) ? palette_.blue : palette_.green);
  line += printable(status) + std::string(palette_.reset) + "  ";
  return line + format_duration(std::max<int64_t>(0, at.ms - began_at_.ms));
}

/// Goes back to the first line of the picture before, and draws the new one over it.
void StackWatch::draw(bool last) {
  if (!live_) return;
  const TerminalSize size = terminal_size(STDERR_FILENO);
  const base::Timestamp at = now();
  std::vector<std::string> lines = progress_.lines({palette_, size.columns - 1, pictures_++, at});
  const size_t rows = size.rows > 3 ? size.rows - 3 : 1;
  if (!last && lines.size() > rows) {
    const size_t hidden = lines.size() - rows + 1;
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(hidden));
    lines.insert(lines.begin(), "… " + std::to_string(hidden) + " lines above");
  }
  std::string out;
  if (lines_drawn_ > 0) out += "\x1b[" + std::to_string(lines_drawn_) + "A\r";
  out += "\x1b[J" + header(at) + "\n";
  for (const std::string& line : lines) out += line + "\n";
  lines_drawn_ = lines.size() + 1;
  write_fully(STDERR_FILENO, out);
}

base::Result<WatchedEnd> StackWatch::watch() {
  std::promise<void> stop;
  const std::future<void> stopped = stop.get_future();
  const Interrupts interrupts([&stop] { stop.set_value(); });
  while (!PAWL_TRY(poll())) {
    for (size_t picture = 0; picture < kPicturesPerPoll; ++picture) {
      draw(false);
      if (stopped.wait_for(kPictureInterval) == std::future_status::ready)
        return WatchedEnd{"", stack_};
    }
  }
  draw(true);
  return WatchedEnd{json::text_member(stack_, "StackStatus"), stack_};
}

}  // namespace pawl::app
