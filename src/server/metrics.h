// SPDX-License-Identifier: Apache-2.0
// Metrics: numbers of all layers in Prometheus' text format 0.0.4. Layers below count for
// themselves; a source writes down what they count when somebody asks.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::server {

/// Writes the text: a family, then all its samples.
class MetricsText {
 public:
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  void counter(std::string_view name, std::string_view help) { family(name, "counter", help); }
  void gauge(std::string_view name, std::string_view help) { family(name, "gauge", help); }
  void histogram(std::string_view name, std::string_view help) { family(name, "histogram", help); }
  void sample(const Labels& labels, uint64_t value);
  /// A counter or gauge with one sample.
  void counter(std::string_view name, std::string_view help, uint64_t value);
  void gauge(std::string_view name, std::string_view help, uint64_t value);
  /// `counts` has one more element than `bounds` and is not cumulative. Bounds and sum are in
  /// microseconds; they are written in seconds.
  void buckets(const Labels& labels, std::span<const uint64_t> bounds_us,
               std::span<const uint64_t> counts, uint64_t sum_us);

  std::string take() && { return std::move(text_); }

 private:
  void family(std::string_view name, std::string_view type, std::string_view help);
  void line(std::string_view suffix, const Labels& labels, std::string_view value);

  std::string name_;
  std::string text_;
};

/// Durations in buckets. Thread-safe, without locks.
class DurationHistogram {
 public:
  static constexpr std::array<uint64_t, 16> kBoundsUs = {
      50,     100,    250,     500,     1'000,   2'500,     5'000,     10'000,
      25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};

  void observe(uint64_t us);
  uint64_t count() const;
  uint64_t sum_us() const { return sum_us_.load(std::memory_order_relaxed); }
  void write(MetricsText& text, const MetricsText::Labels& labels) const;

 private:
  std::array<std::atomic<uint64_t>, kBoundsUs.size() + 1> counts_{};
  std::atomic<uint64_t> sum_us_{0};
};

/// Add every source before the first render(); then thread-safe if the sources are.
class Metrics {
 public:
  using Source = std::function<void(MetricsText&)>;
  void add(Source source) { sources_.push_back(std::move(source)); }
  std::string render() const;

 private:
  std::vector<Source> sources_;
};

}  // namespace pawl::server
