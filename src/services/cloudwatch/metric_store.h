// SPDX-License-Identifier: Apache-2.0
// MetricStore: metrics and their data in the store: what was put within a minute (or a second, for
// high resolution) is one record: count, sum, least, most, and how often each value came.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "records/record_table.h"
#include "store/store.h"

namespace pawl::cloudwatch {

/// Name and value, by name.
using Dimensions = std::vector<std::pair<std::string, std::string>>;

struct MetricName {
  records::Owner owner;
  std::string name_space;
  std::string name;
  Dimensions dimensions;
  friend auto operator<=>(const MetricName&, const MetricName&) = default;
};

/// Values of some time together.
struct Aggregate {
  double count = 0;
  double sum = 0;
  double least = 0;
  double most = 0;
  /// Each value and how often it came. Empty when the values are not known: of statistic sets, or
  /// of more than 1,000 different ones.
  std::map<double, double> values = {};
  bool has_values = true;

  void add(double value, double times);
  void add(const Aggregate& other);
  /// "SampleCount", "Sum", "Average", "Minimum", "Maximum", "p99.9". nullopt: not known.
  std::optional<double> statistic(std::string_view name) const;
};
/// Whether statistic() knows the name.
bool is_statistic(std::string_view name);

/// A datum to be put.
struct Datum {
  MetricName metric;
  base::Timestamp time;
  std::string unit;
  Aggregate aggregate;
  bool is_high_resolution = false;
};

/// Of one metric: period's beginning, and unit, to what came in it.
using Series = std::map<std::pair<int64_t, std::string>, Aggregate>;

/// Thread-safe. Data are kept for 63 days by the minute, 3 hours by the second; a metric without
/// data is forgotten. Errors: the store's.
class MetricStore {
 public:
  /// `store` must outlive it.
  static base::Result<std::unique_ptr<MetricStore>> open(store::Store& store,
                                                         records::RecordTable records);

  /// All or none; visible at once, on disk with the next sync.
  base::Result<void> put(const std::vector<Datum>& data, base::Timestamp now);
  /// From `start` up to, not including, `end`, in periods that begin at `start`. Below a minute of
  /// `period_ms` only what was put in high resolution.
  base::Result<Series> read(const MetricName& metric, int64_t start_ms, int64_t end_ms,
                            int64_t period_ms) const;
  struct Listed {
    MetricName metric;
    int64_t last_put_ms;
    std::string token;  ///< to go on behind it
  };
  base::Result<std::vector<Listed>> list(const records::Owner& owner, const std::string& name_space,
                                         const std::string& after) const;
  base::Result<void> expire(base::Timestamp now);

 private:
  struct Known {
    uint64_t number = 0;
    int64_t last_put_ms = 0;  ///< as stored, in whole hours
  };
  MetricStore(store::Store& store, records::RecordTable records, store::Keyspace data)
      : store_(&store), records_(records), data_(data) {}
  base::Result<uint64_t> number_of(const MetricName& metric, base::Timestamp now,
                                   store::Batch& batch);

  store::Store* store_;
  records::RecordTable records_;
  store::Keyspace data_;
  std::mutex mutex_;
  std::map<MetricName, Known> known_;  ///< a cache; guarded by mutex_
  uint64_t next_number_ = 0;           ///< 0: not read yet; guarded by mutex_
};

}  // namespace pawl::cloudwatch
