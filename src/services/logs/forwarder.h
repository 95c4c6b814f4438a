// SPDX-License-Identifier: Apache-2.0
// Forwarder: what filters make of new log events: metrics (metric filters), and batches of events
// for Lambda, Kinesis, Firehose (subscription filters). Best effort, as everything that logs do:
// nobody waits for it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "records/record_table.h"
#include "services/logs/filter_pattern.h"
#include "services/logs/log_store.h"

namespace pawl::logs {

/// The records' kinds; their names are the group's name, a zero byte, the filter's name.
inline constexpr std::string_view kMetricFilters = "metric-filter";
inline constexpr std::string_view kSubscriptionFilters = "subscription-filter";

/// Thread-safe. Filters are read from their records when the first lines come.
class Forwarder {
 public:
  /// All must outlive it; the loop's tasks must have ended before it does.
  Forwarder(LogStore& logs, records::RecordTable records, aws::ServiceLoop& loop,
            aws::Caller& caller)
      : logs_(logs), records_(records), loop_(loop), caller_(caller) {}

  /// Looks at what is appended from now on.
  void begin();
  /// The filters of the group have changed.
  void forget(const GroupName& group);

 private:
  struct MetricFilter {
    FilterPattern pattern;
    std::string name_space;
    std::string metric;
    std::string value;  ///< a number or a selector
    std::string unit;
    std::optional<double> default_value = {};
    std::map<std::string, std::string> dimensions = {};  ///< to selectors
  };
  struct SubscriptionFilter {
    FilterPattern pattern;
    std::string name;
    std::string destination_arn;
    std::string role_arn;
  };
  struct Filters {
    std::vector<MetricFilter> metrics;
    std::vector<SubscriptionFilter> subscriptions;
    bool empty() const { return metrics.empty() && subscriptions.empty(); }
  };
  struct Batch {
    GroupName group;
    std::string stream;
    std::vector<LogLine> lines;
    uint64_t first_sequence = 0;
  };

  void see(const GroupName& group, const std::string& stream, std::span<const LogLine> lines,
           uint64_t first_sequence);
  std::shared_ptr<const Filters> filters_of(const GroupName& group);
  base::Result<Filters> read_filters(const GroupName& group) const;
  void forward(const Filters& filters, const Batch& batch);
  void emit(const MetricFilter& filter, const Batch& batch);
  void deliver(const SubscriptionFilter& filter, const Batch& batch);
  void send(aws::Call call, int attempt);

  LogStore& logs_;
  records::RecordTable records_;
  aws::ServiceLoop& loop_;
  aws::Caller& caller_;
  std::mutex mutex_;
  /// Of groups that had lines; at most 10,000. Guarded by mutex_.
  std::map<GroupName, std::shared_ptr<const Filters>> filters_;
};

}  // namespace pawl::logs
