// SPDX-License-Identifier: Apache-2.0
#include "app/metrics_reading.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace pawl::app {
namespace {

/// One line: NAME, {LABEL="VALUE",…} if there are any, a space, the number.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  bool read(std::string& name, MetricsReading::Sample& sample) {
    name = take_until("{ ");
    if (name.empty() || rest_.empty()) return false;
    if (rest_.front() == '{') {
      do {
        rest_.remove_prefix(1);
        if (!read_label(sample.labels)) return false;
      } while (rest_.starts_with(','));
      if (!rest_.starts_with('}')) return false;
      rest_.remove_prefix(1);
    }
    if (!rest_.starts_with(' ')) return false;
    const std::string number(rest_.substr(1));
    char* end = nullptr;
    sample.value = std::strtod(number.c_str(), &end);
    return end != number.c_str() && *end == '\0';
  }

 private:
  std::string take_until(std::string_view stops) {
    const size_t end = std::min(rest_.find_first_of(stops), rest_.size());
    std::string taken(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return taken;
  }

  bool read_label(MetricsReading::Labels& labels) {
    const std::string name = take_until("=}");
    if (!rest_.starts_with("=\"")) return false;
    rest_.remove_prefix(2);
    std::string value;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      value += rest_.front();
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) return false;
    rest_.remove_prefix(1);
    labels[name] = std::move(value);
    return true;
  }

  std::string_view rest_;
};

bool has_all(const MetricsReading::Labels& labels, const MetricsReading::Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&labels](const auto& each) {
    const auto found = labels.find(each.first);
    return found != labels.end() && found->second == each.second;
  });
}

}  // namespace

base::Result<MetricsReading> MetricsReading::parse(std::string_view text) {
  MetricsReading reading;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    std::string name;
    Sample sample;
    if (!LineReader(line).read(name, sample))
      return base::Error(base::ErrorKind::InvalidSyntax, "no metric: " + std::string(line));
    reading.samples_[name].push_back(std::move(sample));
  }
  return reading;
}

const std::vector<MetricsReading::Sample>& MetricsReading::samples(std::string_view name) const {
  static const std::vector<Sample> kNone;
  const auto found = samples_.find(name);
  return found == samples_.end() ? kNone : found->second;
}

double MetricsReading::sum(std::string_view name, const Labels& labels) const {
  double total = 0;
  for (const Sample& sample : samples(name)) {
    if (has_all(sample.labels, labels)) total += sample.value;
  }
  return total;
}

double histogram_quantile(const MetricsReading& now, const MetricsReading* before,
                          const std::string& name, double quantile,
                          const MetricsReading::Labels& labels) {
  // Cumulative counts by upper bound.
  std::map<double, double> buckets;
  const auto add = [&](const MetricsReading& reading, double sign) {
    for (const MetricsReading::Sample& sample : reading.samples(name + "_bucket")) {
      const auto bound = sample.labels.find("le");
      if (bound == sample.labels.end() || !has_all(sample.labels, labels)) continue;
      buckets[std::strtod(bound->second.c_str(), nullptr)] += sign * sample.value;
    }
  };
  add(now, 1);
  if (before != nullptr) add(*before, -1);
  if (buckets.empty() || buckets.rbegin()->second <= 0) return 0;
  const double wanted = quantile * buckets.rbegin()->second;
  for (const auto& [bound, count] : buckets) {
    if (count >= wanted && count > 0) return bound;
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace pawl::app
