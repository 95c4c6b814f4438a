// SPDX-License-Identifier: Apache-2.0
#include "app/top_command.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <future>
#include <utility>
#include <vector>

#include "app/exit_code.h"
#include "app/http_call.h"
#include "app/interrupts.h"
#include "app/text_file.h"

namespace pawl::app {
namespace {

using Clock = std::chrono::steady_clock;
using Labels = MetricsReading::Labels;

constexpr size_t kOperationsShown = 12;

std::string number(double value, const char* format = "%.0f") {
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

std::string padded(std::string text, size_t columns) {
  const size_t width = display_width(text);
  if (width < columns) text.insert(0, columns - width, ' ');
  return text;
}

/// "12.3 MB".
std::string bytes(double count) {
  constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  while (count >= 1'000 && unit + 1 < kUnits.size()) {
    count /= 1'000;
    ++unit;
  }
  return number(count, unit == 0 ? "%.0f " : "%.1f ") + kUnits[unit];
}

/// "≤ 250 µs": a histogram only knows between which bounds it was.
std::string duration(double seconds) {
  if (seconds == 0) return "-";
  if (std::isinf(seconds)) return "> longest";
  if (seconds < 0.001) return "≤ " + number(seconds * 1e6) + " µs";
  if (seconds < 1) return "≤ " + number(seconds * 1e3) + " ms";
  return "≤ " + number(seconds, "%.1f") + " s";
}

class Frame {
 public:
  Frame(const MetricsReading& before, const MetricsReading& now, double seconds,
        const Palette& palette)
      : before_(before), now_(now), seconds_(seconds), palette_(palette) {}

  std::string text(const std::string& endpoint) {
    line(std::string(palette_.bold) + "pawl top" + std::string(palette_.reset) + "  " + endpoint +
         "  " + number(now_.sum("pawl_connections")) + " connections");
    executions();
    engine();
    store();
    requests();
    return std::move(text_);
  }

 private:
  void line(const std::string& text) { text_ += text + "\n"; }
  void title(const std::string& text) {
    line("");
    line(std::string(palette_.cyan) + text + std::string(palette_.reset));
  }
  double rate(const std::string& name, const Labels& labels = {}) const {
    // A server that has started again counts from 0.
    return std::max(0.0, now_.sum(name, labels) - before_.sum(name, labels)) / seconds_;
  }
  std::string rate_text(const std::string& name, const Labels& labels = {}) const {
    return padded(number(rate(name, labels), "%.1f"), 12);
  }
  std::string gauge_text(const std::string& name, const Labels& labels = {}) const {
    return padded(number(now_.sum(name, labels)), 12);
  }

  void executions() {
    title("executions      started/s     ended/s    failed/s     running   in memory");
    for (const char* type : {"STANDARD", "EXPRESS"}) {
      const std::string ended = "pawl_executions_ended_total";
      double failed = 0;
      for (const char* status : {"FAILED", "TIMED_OUT", "ABORTED"})
        failed += rate(ended, {{"type", type}, {"status", status}});
      std::string name = type;
      name.resize(13, ' ');
      line(name + rate_text("pawl_executions_started_total", {{"type", type}}) +
           rate_text(ended, {{"type", type}}) + padded(number(failed, "%.1f"), 12) +
           gauge_text("pawl_executions_running", {{"type", type}}) +
           gauge_text("pawl_executions_in_memory", {{"type", type}}));
    }
  }

  void engine() {
    title("partition   transitions/s    events/s   batches/s     tasks/s      queued      timers");
    for (const MetricsReading::Sample& sample : now_.samples("pawl_queue_depth")) {
      const auto partition = sample.labels.find("partition");
      if (partition == sample.labels.end()) continue;
      std::string name = partition->second;
      name.resize(13, ' ');
      line(name + rate_text("pawl_state_transitions_total", sample.labels) +
           rate_text("pawl_history_events_total", sample.labels) +
           rate_text("pawl_batches_total", sample.labels) +
           rate_text("pawl_tasks_dispatched_total", sample.labels) +
           gauge_text("pawl_queue_depth", sample.labels) +
           gauge_text("pawl_timers", sample.labels));
    }
  }

  void store() {
    const std::string syncs = "pawl_store_sync_duration_seconds";
    title("store");
    line("commits/s " + number(rate("pawl_store_commits_total"), "%.1f") + "   syncs/s " +
         number(rate(syncs + "_count"), "%.1f") + "   sync p50 " +
         duration(histogram_quantile(now_, &before_, syncs, 0.5)) + ", p99 " +
         duration(histogram_quantile(now_, &before_, syncs, 0.99)) + "   log " +
         bytes(rate("pawl_store_log_bytes_total")) + "/s");
    line("on disk " + bytes(now_.sum("pawl_store_disk_bytes")) + "   not flushed " +
         bytes(now_.sum("pawl_store_memtable_bytes")) + "   cache " +
         bytes(now_.sum("pawl_store_cache_bytes")) + "   to compact " +
         bytes(now_.sum("pawl_store_compaction_pending_bytes")));
    if (now_.sum("pawl_store_writes_stopped") > 0)
      line(std::string(palette_.yellow) + "commits wait for flushes" + std::string(palette_.reset));
    if (now_.sum("pawl_store_failed") > 0)
      line(std::string(palette_.red) + "the store has failed" + std::string(palette_.reset));
  }

  /// The busiest first.
  void requests() {
    title("requests                                   /s    errors/s          p50          p99");
    std::vector<std::pair<double, Labels>> busy;
    const std::string durations = "pawl_request_duration_seconds";
    for (const MetricsReading::Sample& sample : now_.samples(durations + "_count")) {
      const double per_second = rate(durations + "_count", sample.labels);
      if (per_second > 0) busy.emplace_back(per_second, sample.labels);
    }
    std::sort(busy.rbegin(), busy.rend());
    if (busy.empty()) line("none");
    for (size_t i = 0; i < std::min(busy.size(), kOperationsShown); ++i) {
      const Labels& labels = busy[i].second;
      Labels successes = labels;
      successes["code"] = "";
      const double errors =
          rate("pawl_requests_total", labels) - rate("pawl_requests_total", successes);
      std::string name =
          cut_to_width(printable(labels.at("service") + " " + labels.at("operation")), 32);
      name.resize(name.size() + 33 - display_width(name), ' ');
      line(name + padded(number(busy[i].first, "%.1f"), 12) + padded(number(errors, "%.1f"), 12) +
           padded(duration(histogram_quantile(now_, &before_, durations, 0.5, labels)), 13) +
           padded(duration(histogram_quantile(now_, &before_, durations, 0.99, labels)), 13));
    }
  }

  const MetricsReading& before_;
  const MetricsReading& now_;
  const double seconds_;
  const Palette& palette_;
  std::string text_;
};

base::Result<MetricsReading> read_metrics(const Endpoint& endpoint, const std::string& url) {
  HttpCall call;
  call.target = "/metrics";
  const HttpAnswer answer = PAWL_TRY(call_http(endpoint, call));
  if (answer.status != 200)
    return base::Error(base::ErrorKind::Io,
                       url + "/metrics answers " + std::to_string(answer.status));
  MetricsReading reading = PAWL_TRY(MetricsReading::parse(answer.body));
  if (!reading.has("pawl_connections"))
    return base::Error(base::ErrorKind::Io, url + " is no server of Pawl");
  return reading;
}

int fail(ExitCode code, const std::string& message) {
  write_fully(STDERR_FILENO, "pawl top: " + message + "\n");
  return code;
}

}  // namespace

std::string top_frame(const MetricsReading& before, const MetricsReading& now, double seconds,
                      const std::string& endpoint, const Palette& palette) {
  return Frame(before, now, seconds, palette).text(endpoint);
}

int run_top(const TopOptions& options) {
  const auto endpoint = parse_endpoint(options.endpoint);
  if (!endpoint) return fail(kExitRefused, endpoint.error().message);
  const Palette palette = make_palette(wants_colors(STDOUT_FILENO, options.no_color));
  const bool redraws = !options.once && is_terminal(STDOUT_FILENO);
  std::promise<void> stop;
  const std::future<void> stopped = stop.get_future();
  const Interrupts interrupts([&stop] { stop.set_value(); });
  auto before = read_metrics(*endpoint, options.endpoint);
  if (!before) return fail(kExitFailed, before.error().message);
  Clock::time_point read_at = Clock::now();
  const auto interval = std::chrono::duration<double>(options.interval_seconds);
  while (stopped.wait_for(interval) == std::future_status::timeout) {
    auto now = read_metrics(*endpoint, options.endpoint);
    if (!now) return fail(kExitFailed, now.error().message);
    const Clock::time_point at = Clock::now();
    const double seconds = std::chrono::duration<double>(at - read_at).count();
    // Home, then each line, then what is left of the former frame away.
    const std::string frame = top_frame(*before, *now, seconds, options.endpoint, palette);
    write_fully(STDOUT_FILENO, redraws ? "\x1b[H\x1b[2J" + frame : frame);
    if (options.once) return kExitOk;
    *before = *std::move(now);
    read_at = at;
  }
  return kExitOk;
}

}  // namespace pawl::app
