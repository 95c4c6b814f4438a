// SPDX-License-Identifier: Apache-2.0
// MetricsReading: the numbers that GET /metrics of `pawl serve` answered, to be asked by name and
// labels. Prometheus' text format 0.0.4 as far as the server writes it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::app {

class MetricsReading {
 public:
  using Labels = std::map<std::string, std::string, std::less<>>;
  struct Sample {
    Labels labels;
    double value = 0;
  };

  /// Errors: InvalidSyntax naming the line.
  static base::Result<MetricsReading> parse(std::string_view text);

  /// All samples of a name; empty if there is none.
  const std::vector<Sample>& samples(std::string_view name) const;
  /// Their sum, of those that have all of `labels`.
  double sum(std::string_view name, const Labels& labels = {}) const;
  bool has(std::string_view name) const { return samples_.find(name) != samples_.end(); }

 private:
  std::map<std::string, std::vector<Sample>, std::less<>> samples_;
};

/// The value below which `quantile` (0 … 1) of what a histogram counted between two readings lies:
/// the upper bound of its bucket, infinity for the last; 0 if nothing was counted. `before` may be
/// null: since the start.
double histogram_quantile(const MetricsReading& now, const MetricsReading* before,
                          const std::string& name, double quantile,
                          const MetricsReading::Labels& labels = {});

}  // namespace pawl::app
