// SPDX-License-Identifier: Apache-2.0
// Names end in the unit; totals in _total (Prometheus, "Metric and label naming").
#include "server/server_metrics.h"

#include <atomic>
#include <string>

namespace pawl::server {
namespace {

using engine::DurableEngine;
using engine::ExpressStatistics;
using engine::PartitionStatistics;

uint64_t sum(const DurableEngine& engine, std::atomic<uint64_t> PartitionStatistics::*member) {
  uint64_t total = 0;
  for (size_t i = 0; i < engine.partition_count(); ++i) {
    total += (engine.statistics(i).*member).load(std::memory_order_relaxed);
  }
  return total;
}

void write_executions(MetricsText& text, const DurableEngine& engine,
                      const ExpressStatistics& express) {
  text.counter("pawl_executions_started_total", "Executions started.");
  text.sample({{"type", "STANDARD"}}, sum(engine, &PartitionStatistics::started));
  text.sample({{"type", "EXPRESS"}}, express.started);
  text.counter("pawl_executions_ended_total", "Executions ended, by status.");
  text.sample({{"type", "STANDARD"}, {"status", "SUCCEEDED"}},
              sum(engine, &PartitionStatistics::succeeded));
  text.sample({{"type", "STANDARD"}, {"status", "FAILED"}},
              sum(engine, &PartitionStatistics::failed));
  text.sample({{"type", "STANDARD"}, {"status", "TIMED_OUT"}},
              sum(engine, &PartitionStatistics::timed_out));
  text.sample({{"type", "STANDARD"}, {"status", "ABORTED"}},
              sum(engine, &PartitionStatistics::aborted));
  text.sample({{"type", "EXPRESS"}, {"status", "SUCCEEDED"}}, express.succeeded);
  text.sample({{"type", "EXPRESS"}, {"status", "FAILED"}}, express.failed);
  text.sample({{"type", "EXPRESS"}, {"status", "TIMED_OUT"}}, express.timed_out);
  text.sample({{"type", "EXPRESS"}, {"status", "ABORTED"}}, express.aborted);
  text.gauge("pawl_executions_running", "Executions that have not ended.");
  text.sample({{"type", "STANDARD"}}, sum(engine, &PartitionStatistics::running));
  text.sample({{"type", "EXPRESS"}}, express.running);
  text.gauge("pawl_executions_in_memory", "Executions that a thread holds ready.");
  text.sample({{"type", "STANDARD"}}, sum(engine, &PartitionStatistics::live));
  text.sample({{"type", "EXPRESS"}}, express.running);
}

void write_partitions(MetricsText& text, const DurableEngine& engine) {
  struct Family {
    const char* name;
    const char* help;
    std::atomic<uint64_t> PartitionStatistics::*member;
    bool is_total;
  };
  static constexpr Family kFamilies[] = {
      {"pawl_state_transitions_total", "States entered.", &PartitionStatistics::transitions, true},
      {"pawl_history_events_total", "History events written.", &PartitionStatistics::events, true},
      {"pawl_batches_total", "Batches committed.", &PartitionStatistics::batches, true},
      {"pawl_tasks_dispatched_total", "Tasks given to integrations.",
       &PartitionStatistics::tasks_dispatched, true},
      {"pawl_queue_depth", "Messages that wait for the partition's thread.",
       &PartitionStatistics::queued, false},
      {"pawl_timers", "Timers that are set.", &PartitionStatistics::timers, false}};
  for (const Family& family : kFamilies) {
    family.is_total ? text.counter(family.name, family.help) : text.gauge(family.name, family.help);
    for (size_t i = 0; i < engine.partition_count(); ++i) {
      text.sample({{"partition", std::to_string(i)}}, (engine.statistics(i).*family.member).load());
    }
  }
}

void write_store(MetricsText& text, const store::Statistics& of) {
  text.counter("pawl_store_commits_total", "Batches acknowledged.", of.commits);
  text.counter("pawl_store_synced_commits_total", "Of them, on disk before.", of.synced_commits);
  text.histogram("pawl_store_sync_duration_seconds", "Syncs of the log.");
  text.buckets({}, store::kSyncBucketsUs, of.syncs_by_time, of.sync_us);
  text.counter("pawl_store_log_bytes_total", "Bytes written to the log.", of.log_bytes);
  text.counter("pawl_store_written_bytes_total", "Bytes written to all files.", of.bytes_written);
  text.gauge("pawl_store_memtable_bytes", "Not flushed yet.", of.memtable_bytes);
  text.gauge("pawl_store_cache_bytes", "Of the block cache.", of.cache_bytes);
  text.gauge("pawl_store_disk_bytes", "Of tables and blobs.", of.disk_bytes);
  text.gauge("pawl_store_compaction_pending_bytes", "To be compacted.", of.compaction_bytes);
  text.gauge("pawl_store_writes_stopped", "1 while commits wait for flushes.",
             of.writes_stopped ? 1 : 0);
  text.gauge("pawl_store_failed", "1 after a failed commit.", of.failed ? 1 : 0);
}

}  // namespace

void add_http_metrics(Metrics& metrics,
                      const std::vector<std::unique_ptr<net::HttpServer>>& servers) {
  metrics.add([&servers](MetricsText& text) {
    net::HttpStatistics total;
    for (const auto& server : servers) {
      const net::HttpStatistics one = server->statistics();
      total.connections_open += one.connections_open;
      total.connections_accepted += one.connections_accepted;
      total.connections_refused += one.connections_refused;
      total.requests += one.requests;
      total.requests_refused += one.requests_refused;
    }
    text.gauge("pawl_connections", "Connections that are open.", total.connections_open);
    text.counter("pawl_connections_accepted_total", "Connections accepted.",
                 total.connections_accepted);
    text.counter("pawl_connections_refused_total", "Closed at once: there were too many.",
                 total.connections_refused);
    text.counter("pawl_http_requests_total", "Requests read.", total.requests);
    text.counter("pawl_http_requests_refused_total", "Malformed, too large or too slow.",
                 total.requests_refused);
  });
}

void add_store_metrics(Metrics& metrics, const store::Store& store) {
  metrics.add([&store](MetricsText& text) { write_store(text, store.statistics()); });
}

void add_engine_metrics(Metrics& metrics, const engine::DurableEngine& engine,
                        const engine::ExpressStatistics& express) {
  metrics.add([&engine, &express](MetricsText& text) {
    write_executions(text, engine, express);
    write_partitions(text, engine);
  });
}

console::ServerTotals totals_of(const DurableEngine& engine, const ExpressStatistics& express,
                                const std::vector<std::unique_ptr<net::HttpServer>>& servers) {
  console::ServerTotals totals;
  totals.started = sum(engine, &PartitionStatistics::started) + express.started;
  totals.succeeded = sum(engine, &PartitionStatistics::succeeded) + express.succeeded;
  for (const auto member : {&PartitionStatistics::failed, &PartitionStatistics::timed_out,
                            &PartitionStatistics::aborted})
    totals.failed += sum(engine, member);
  totals.failed += express.failed + express.timed_out + express.aborted;
  totals.transitions = sum(engine, &PartitionStatistics::transitions);
  totals.running = sum(engine, &PartitionStatistics::running) + express.running;
  for (const auto& server : servers) totals.requests += server->statistics().requests;
  return totals;
}

}  // namespace pawl::server
