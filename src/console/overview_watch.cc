// SPDX-License-Identifier: Apache-2.0
#include "console/overview_watch.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <utility>

#include "engine/execution_record.h"
#include "json/write.h"

namespace pawl::console {

using interpreter::ExecutionStatus;
using json::ObjectBuilder;
using json::Value;

struct OverviewWatch::Watcher {
  std::shared_ptr<EventStream> stream;
  std::string place;
  bool has_series = false;
};

namespace {

constexpr int64_t kSecondMs = 1'000;

Value number(uint64_t value) { return Value(static_cast<int64_t>(value)); }

uint64_t cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

/// proc(5), /proc/self/statm: sizes in pages, the second is the resident one.
uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  unsigned long long size = 0;
  unsigned long long resident = 0;
  const int read = std::fscanf(file, "%llu %llu", &size, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

/// Without "." and "..".
uint64_t entries_of(const char* folder) {
  DIR* opened = opendir(folder);
  if (opened == nullptr) return 0;
  uint64_t entries = 0;
  while (readdir(opened) != nullptr) ++entries;
  closedir(opened);
  return entries - std::min<uint64_t>(entries, 2);
}

/// The bound of the bucket that the percentile lies in; beyond the last bound, this.
uint64_t percentile_us(const std::array<uint64_t, store::kSyncBucketsUs.size() + 1>& counts,
                       uint64_t percent) {
  uint64_t total = 0;
  for (const uint64_t count : counts) total += count;
  if (total == 0) return 0;
  uint64_t left = (total * percent + 99) / 100;
  for (size_t i = 0; i < store::kSyncBucketsUs.size(); ++i) {
    if (counts[i] >= left) return store::kSyncBucketsUs[i];
    left -= counts[i];
  }
  return store::kSyncBucketsUs.back();
}

Value machine_value(const ExecutionBoard::Machine& machine) {
  engine::ExecutionRecord record;
  record.scope = machine.scope;
  record.name = machine.last_failed;
  ObjectBuilder out;
  out.set("stateMachineArn", Value(state_machine_arn_of(record)))
      .set("name", Value(machine_name_of(record)))
      .set("type", Value(machine.is_express ? "EXPRESS" : "STANDARD"))
      .set("count", number(machine.durations.count()))
      .set("p50", number(machine.durations.percentile_ms(50)))
      .set("p95", number(machine.durations.percentile_ms(95)))
      .set("max", number(machine.durations.max_ms()))
      .set("failures", number(machine.failures));
  if (machine.failures == 0) return std::move(out).build();
  out.set("lastError", Value(machine.last_error))
      .set("lastFailedAt", Value(machine.last_failed_at.ms));
  // Of an EXPRESS execution nothing is kept.
  if (!machine.is_express) out.set("lastFailedExecutionArn", Value(execution_arn_of(record)));
  return std::move(out).build();
}

/// The first kMachinesMax by `before`, of those that `is_shown`.
template <typename Before, typename Shown>
Value machine_list(std::vector<const ExecutionBoard::Machine*> machines, const Before& before,
                   const Shown& is_shown) {
  std::erase_if(machines, [&](const auto* machine) { return !is_shown(*machine); });
  const size_t shown = std::min(machines.size(), OverviewWatch::kMachinesMax);
  std::partial_sort(machines.begin(), machines.begin() + static_cast<long>(shown), machines.end(),
                    [&](const auto* a, const auto* b) { return before(*a, *b); });
  std::vector<Value> list;
  for (size_t i = 0; i < shown; ++i) list.push_back(machine_value(*machines[i]));
  return Value::array(std::move(list));
}

Value counts_value(const engine::StatusCounts& counts) {
  ObjectBuilder out;
  for (size_t i = 0; i < counts.size(); ++i) {
    out.set(interpreter::execution_status_name(static_cast<ExecutionStatus>(i)),
            Value(std::max<int64_t>(counts[i], 0)));
  }
  return std::move(out).build();
}

}  // namespace

void OverviewWatch::add_to(ApiTable& table) {
  table.on("overview/watch", [this](const ApiRequest& request, net::HttpReply reply) {
    open(request, std::move(reply));
  });
}

void OverviewWatch::open(const ApiRequest& request, net::HttpReply reply) {
  for (const char* action : {"states:ListStateMachines", "states:ListExecutions"}) {
    const auto allowed = request.may(action, "*");
    if (!allowed) return reply.send(error_answer(allowed.error()));
  }
  auto watcher = std::make_shared<Watcher>();
  watcher->place = request.region + ":" + request.principal.account_id;
  watcher->stream = ports_.streams.open(std::move(reply));
  if (!watcher->stream) return;
  ports_.loop.post([this, watcher] {
    if (watchers_.empty()) {
      // Nobody looked: what was before is long ago.
      process_before_ = {};
      services_before_.clear();
      store_before_ = {};
    }
    watchers_.push_back(watcher);
    tell_all();
  });
}

void OverviewWatch::run() {
  ports_.loop.post([this] {
    open_since_ = ports_.loop.now();
    tick();
  });
}

/// On the second, so that samples are those of seconds.
void OverviewWatch::tick() {
  const base::Timestamp now = ports_.loop.now();
  totals_ = ports_.totals();
  sampler_.add(now, totals_);
  if (!watchers_.empty()) tell_all();
  ports_.loop.run_at({(now.ms / kSecondMs + 1) * kSecondMs}, [this] { tick(); });
}

void OverviewWatch::tell_all() {
  std::erase_if(watchers_, [](const auto& watcher) { return watcher->stream->is_gone(); });
  if (watchers_.empty()) return;
  const Value common = this->common();
  for (const auto& watcher : watchers_) {
    ObjectBuilder out;
    if (watcher->has_series)
      out.set("sample", sampler_.last());
    else
      out.set("series", sampler_.series());
    out.set("counts", counts_value(ports_.board.counts_of_place(watcher->place)));
    for (const json::Member& member : common.members())
      out.set(member.key.as_string(), member.value);
    const bool is_sent = watcher->stream->send("overview", json::write(std::move(out).build()));
    // Who has missed seconds gets them all again.
    watcher->has_series = is_sent;
  }
}

Value OverviewWatch::common() {
  const base::Timestamp now = ports_.loop.now();
  ObjectBuilder out;
  out.set("now", Value(now.ms))
      .set("openSince", Value(open_since_.ms))
      .set("running", number(totals_.running))
      .set("totals", totals())
      .set("store", store_health())
      .set("process", process_health(now))
      .set("services", services(now));
  set_machines(out);
  return std::move(out).build();
}

Value OverviewWatch::totals() const {
  ObjectBuilder out;
  out.set("started", number(totals_.started))
      .set("succeeded", number(totals_.succeeded))
      .set("failed", number(totals_.failed))
      .set("transitions", number(totals_.transitions))
      .set("requests", number(totals_.requests));
  return std::move(out).build();
}

void OverviewWatch::set_machines(ObjectBuilder& out) const {
  using Machine = ExecutionBoard::Machine;
  const std::vector<Machine> machines = ports_.board.machines(ports_.loop.now());
  std::vector<const Machine*> all;
  all.reserve(machines.size());
  for (const Machine& machine : machines) all.push_back(&machine);
  out.set("slowest", machine_list(
                         all,
                         [](const Machine& a, const Machine& b) {
                           return a.durations.percentile_ms(95) > b.durations.percentile_ms(95);
                         },
                         [](const Machine&) { return true; }))
      .set("failing", machine_list(
                          all,
                          [](const Machine& a, const Machine& b) {
                            return a.failures != b.failures ? a.failures > b.failures
                                                            : a.last_failed_at > b.last_failed_at;
                          },
                          [](const Machine& machine) { return machine.failures > 0; }));
}

Value OverviewWatch::store_health() {
  const store::Statistics now = ports_.store.statistics();
  auto syncs = now.syncs_by_time;
  if (now.syncs > store_before_.syncs) {
    for (size_t i = 0; i < syncs.size(); ++i) syncs[i] -= store_before_.syncs_by_time[i];
  }
  store_before_ = now;
  ObjectBuilder out;
  out.set("isDurable", Value(now.disk_bytes > 0 || now.log_bytes > 0))
      .set("diskBytes", number(now.disk_bytes))
      .set("memtableBytes", number(now.memtable_bytes))
      .set("cacheBytes", number(now.cache_bytes))
      .set("pendingCompactionBytes", number(now.compaction_bytes))
      .set("logBytes", number(now.log_bytes))
      .set("bytesWritten", number(now.bytes_written))
      .set("commits", number(now.commits))
      .set("syncs", number(now.syncs))
      .set("syncP50Us", number(percentile_us(syncs, 50)))
      .set("syncP99Us", number(percentile_us(syncs, 99)))
      .set("writesStopped", Value(now.writes_stopped))
      .set("failed", Value(now.failed));
  return std::move(out).build();
}

Value OverviewWatch::process_health(base::Timestamp now) {
  const Process process{cpu_us(), now};
  const int64_t ms = now.ms - process_before_.at.ms;
  const bool has_before = process_before_.at.ms != 0 && ms > 0;
  const double percent = has_before ? static_cast<double>(process.cpu_us - process_before_.cpu_us) /
                                          static_cast<double>(ms) / 10.0
                                    : 0.0;
  process_before_ = process;
  ObjectBuilder out;
  out.set("residentBytes", number(resident_bytes()))
      .set("cpuPercent", Value(percent))
      .set("threads", number(entries_of("/proc/self/task")))
      .set("openFiles", number(entries_of("/proc/self/fd")));
  return std::move(out).build();
}

Value OverviewWatch::services(base::Timestamp now) {
  std::vector<ServiceRequests> all = ports_.requests();
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.requests > b.requests; });
  const double seconds = static_cast<double>(now.ms - services_at_.ms) / 1'000.0;
  std::vector<Value> list;
  for (const ServiceRequests& each : all) {
    const auto before =
        std::find_if(services_before_.begin(), services_before_.end(),
                     [&](const auto& other) { return other.service == each.service; });
    const bool has_before = before != services_before_.end() && seconds > 0.1;
    const auto rate = [&](uint64_t ServiceRequests::*member) {
      return has_before ? static_cast<double>(each.*member - (*before).*member) / seconds : 0.0;
    };
    ObjectBuilder out;
    out.set("service", Value(each.service))
        .set("requests", number(each.requests))
        .set("errors", number(each.errors))
        .set("requestsPerSecond", Value(rate(&ServiceRequests::requests)))
        .set("errorsPerSecond", Value(rate(&ServiceRequests::errors)))
        .set("averageUs", number(each.us / std::max<uint64_t>(each.requests, 1)));
    list.push_back(std::move(out).build());
  }
  services_before_ = std::move(all);
  services_at_ = now;
  return Value::array(std::move(list));
}

}  // namespace pawl::console
