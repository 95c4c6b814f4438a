// SPDX-License-Identifier: Apache-2.0
// "Exposition formats" of the Prometheus documentation, the text format.
#include "server/metrics.h"

#include <algorithm>

#include "base/assert.h"

namespace pawl::server {
namespace {

/// Microseconds as seconds, without a needless zero: "0.00005", "2.5", "10".
std::string seconds(uint64_t us) {
  std::string text = std::to_string(us / 1'000'000);
  std::string fraction = std::to_string(us % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return fraction.empty() ? text : text + "." + fraction;
}

void append_label_value(std::string_view value, std::string& out) {
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
}

}  // namespace

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void MetricsText::line(std::string_view suffix, const Labels& labels, std::string_view value) {
  text_.append(name_).append(suffix);
  char separator = '{';
  for (const auto& [name, content] : labels) {
    text_ += std::exchange(separator, ',');
    text_.append(name).append("=\"");
    append_label_value(content, text_);
    text_ += '"';
  }
  text_.append(labels.empty() ? " " : "} ").append(value).append("\n");
}

void MetricsText::sample(const Labels& labels, uint64_t value) {
  line("", labels, std::to_string(value));
}

void MetricsText::counter(std::string_view name, std::string_view help, uint64_t value) {
  counter(name, help);
  sample({}, value);
}

void MetricsText::gauge(std::string_view name, std::string_view help, uint64_t value) {
  gauge(name, help);
  sample({}, value);
}

void MetricsText::buckets(const Labels& labels, std::span<const uint64_t> bounds_us,
                          std::span<const uint64_t> counts, uint64_t sum_us) {
  PAWL_ASSERT(counts.size() == bounds_us.size() + 1);
  uint64_t cumulative = 0;
  Labels bucket = labels;
  bucket.emplace_back("le", "");
  for (size_t i = 0; i < counts.size(); ++i) {
    cumulative += counts[i];
    const std::string bound = i < bounds_us.size() ? seconds(bounds_us[i]) : "+Inf";
    bucket.back().second = bound;
    line("_bucket", bucket, std::to_string(cumulative));
  }
  line("_sum", labels, seconds(sum_us));
  line("_count", labels, std::to_string(cumulative));
}

void DurationHistogram::observe(uint64_t us) {
  const auto bound = std::lower_bound(kBoundsUs.begin(), kBoundsUs.end(), us);
  counts_[static_cast<size_t>(bound - kBoundsUs.begin())].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(us, std::memory_order_relaxed);
}

uint64_t DurationHistogram::count() const {
  uint64_t count = 0;
  for (const auto& bucket : counts_) count += bucket.load(std::memory_order_relaxed);
  return count;
}

void DurationHistogram::write(MetricsText& text, const MetricsText::Labels& labels) const {
  std::array<uint64_t, kBoundsUs.size() + 1> counts{};
  for (size_t i = 0; i < counts.size(); ++i) {
    counts[i] = counts_[i].load(std::memory_order_relaxed);
  }
  text.buckets(labels, kBoundsUs, counts, sum_us_.load(std::memory_order_relaxed));
}

std::string Metrics::render() const {
  MetricsText text;
  for (const Source& source : sources_) source(text);
  return std::move(text).take();
}

}  // namespace pawl::server
