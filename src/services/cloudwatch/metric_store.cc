// SPDX-License-Identifier: Apache-2.0
// Records: kind "metric" -> {number, namespace, name, dimensions, last}; kind "state", "numbers" ->
// the next number. Keyspace "cloudwatch/data": u64 number, u8 resolution (0 minutes, 1 seconds),
// i64 time, unit -> version, count, sum, least, most, values.
#include "services/cloudwatch/metric_store.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/wire.h"
#include "json/value.h"
#include "services/cloudwatch/members.h"
#include "store/key.h"
#include "text/number.h"

namespace pawl::cloudwatch {
namespace {

using base::Result;
using json::ObjectBuilder;
using json::Value;
using store::KeyBuilder;
using store::KeyReader;

constexpr std::string_view kMetric = "metric";
constexpr std::string_view kState = "state";
constexpr size_t kValuesMax = 1'000;
constexpr size_t kKnownMax = 50'000;
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kSecondMs = 1'000;
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kMinutesKeptMs = int64_t{63} * 24 * kHourMs;
constexpr int64_t kSecondsKeptMs = 3 * kHourMs;
constexpr uint8_t kVersion = 1;

const records::Owner kEverybody{"", ""};

/// Percentiles: "p0" to "p100", with decimals.
std::optional<double> percentile_of(std::string_view name) {
  if (!name.starts_with('p')) return std::nullopt;
  const std::optional<double> value = text::parse_double(name.substr(1));
  if (!value || *value < 0 || *value > 100) return std::nullopt;
  return value;
}

void append_double(std::string& out, double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(bits >> shift);
}

double read_double(base::ByteReader& reader) {
  uint64_t bits = 0;
  for (int shift = 0; shift < 64; shift += 8) bits |= uint64_t{reader.byte()} << shift;
  return std::bit_cast<double>(bits);
}

std::string encode(const Aggregate& aggregate) {
  std::string out(1, static_cast<char>(kVersion));
  for (const double number : {aggregate.count, aggregate.sum, aggregate.least, aggregate.most})
    append_double(out, number);
  out += aggregate.has_values ? '\1' : '\0';
  base::append_varint(out, aggregate.values.size());
  for (const auto& [value, times] : aggregate.values) {
    append_double(out, value);
    append_double(out, times);
  }
  return out;
}

Result<Aggregate> decode(std::string_view text) {
  base::ByteReader reader(text);
  if (reader.byte() != kVersion) return base::malformed_record("metric data");
  Aggregate aggregate;
  for (double* number : {&aggregate.count, &aggregate.sum, &aggregate.least, &aggregate.most})
    *number = read_double(reader);
  aggregate.has_values = reader.boolean();
  const size_t values = reader.count();
  for (size_t i = 0; i < values && reader.ok(); ++i) {
    const double value = read_double(reader);
    aggregate.values[value] = read_double(reader);
  }
  if (!reader.ok() || !reader.at_end()) return base::malformed_record("metric data");
  return aggregate;
}

std::string record_name(const MetricName& metric) {
  KeyBuilder key;
  key.text(metric.name_space).text(metric.name);
  for (const auto& [name, value] : metric.dimensions) key.text(name).text(value);
  return key.take();
}

int64_t floor_to(int64_t time, int64_t step) {
  return (time >= 0 ? time : time - step + 1) / step * step;
}

std::string data_key(uint64_t number, uint8_t resolution, int64_t time, std::string_view unit) {
  return KeyBuilder().u64(number).u8(resolution).i64(time).raw(unit).take();
}

}  // namespace

void Aggregate::add(double value, double times) {
  Aggregate one;
  one.count = times;
  one.sum = value * times;
  one.least = one.most = value;
  one.values[value] = times;
  add(one);
}

void Aggregate::add(const Aggregate& other) {
  if (other.count == 0) return;
  least = count == 0 ? other.least : std::min(least, other.least);
  most = count == 0 ? other.most : std::max(most, other.most);
  count += other.count;
  sum += other.sum;
  has_values = has_values && other.has_values;
  for (const auto& [value, times] : other.values) values[value] += times;
  if (values.size() > kValuesMax) has_values = false;
  if (!has_values) values.clear();
}

std::optional<double> Aggregate::statistic(std::string_view name) const {
  if (count == 0) return std::nullopt;
  if (name == "SampleCount") return count;
  if (name == "Sum") return sum;
  if (name == "Average") return sum / count;
  if (name == "Minimum") return least;
  if (name == "Maximum") return most;
  const std::optional<double> percentile = percentile_of(name);
  // Of a set of statistics AWS knows percentiles if all its values are the same.
  if (percentile && !has_values && least == most) return least;
  if (!percentile || !has_values) return std::nullopt;
  const double rank = std::max(1.0, std::ceil(*percentile / 100 * count));
  double seen = 0;
  for (const auto& [value, times] : values) {
    seen += times;
    if (seen >= rank) return value;
  }
  return most;
}

bool is_statistic(std::string_view name) {
  constexpr std::string_view kNames[] = {"SampleCount", "Sum", "Average", "Minimum", "Maximum"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
         percentile_of(name).has_value();
}

Result<std::unique_ptr<MetricStore>> MetricStore::open(store::Store& store,
                                                       records::RecordTable records) {
  const store::Keyspace data = PAWL_TRY(store.keyspace("cloudwatch/data", store::Shape::Records));
  return std::unique_ptr<MetricStore>(new MetricStore(store, records, data));
}

/// With mutex_ held. A metric's record is written anew once an hour, for ListMetrics and expire().
Result<uint64_t> MetricStore::number_of(const MetricName& metric, base::Timestamp now,
                                        store::Batch& batch) {
  const int64_t hour = floor_to(now.ms, kHourMs);
  auto known = known_.find(metric);
  if (known != known_.end() && known->second.last_put_ms == hour) return known->second.number;
  const std::string name = record_name(metric);
  const auto record = PAWL_TRY(records_.get(metric.owner, kMetric, name));
  uint64_t number = 0;
  if (record) {
    number = static_cast<uint64_t>(integer_member(*record, "number"));
  } else {
    if (next_number_ == 0) {
      const auto state = PAWL_TRY(records_.get(kEverybody, kState, "numbers"));
      next_number_ = state ? static_cast<uint64_t>(integer_member(*state, "next", 1)) : 1;
    }
    number = next_number_++;
    records_.put(batch, kEverybody, kState, "numbers",
                 Value::object().with_member("next", Value(static_cast<int64_t>(next_number_))));
  }
  std::vector<Value> dimensions;
  for (const auto& [dimension, value] : metric.dimensions) {
    ObjectBuilder one;
    one.set("Name", Value(dimension)).set("Value", Value(value));
    dimensions.push_back(std::move(one).build());
  }
  ObjectBuilder out;
  out.set("number", Value(static_cast<int64_t>(number)))
      .set("namespace", Value(metric.name_space))
      .set("name", Value(metric.name))
      .set("dimensions", Value::array(std::move(dimensions)))
      .set("last", Value(hour));
  records_.put(batch, metric.owner, kMetric, name, std::move(out).build());
  if (known_.size() >= kKnownMax) known_.clear();
  known_[metric] = {number, hour};
  return number;
}

Result<void> MetricStore::put(const std::vector<Datum>& data, base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  store::Batch batch;
  std::map<std::string, Aggregate> changed;
  for (const Datum& datum : data) {
    const uint64_t number = PAWL_TRY(number_of(datum.metric, now, batch));
    for (const uint8_t resolution : {uint8_t{0}, uint8_t{1}}) {
      if (resolution == 1 && !datum.is_high_resolution) continue;
      const int64_t time = floor_to(datum.time.ms, resolution == 0 ? kMinuteMs : kSecondMs);
      const std::string key = data_key(number, resolution, time, datum.unit);
      auto aggregate = changed.find(key);
      if (aggregate == changed.end()) {
        const auto stored = PAWL_TRY(store_->get(data_, key));
        aggregate = changed.emplace(key, stored ? PAWL_TRY(decode(*stored)) : Aggregate()).first;
      }
      aggregate->second.add(datum.aggregate);
    }
  }
  for (const auto& [key, aggregate] : changed) batch.put(data_, key, encode(aggregate));
  return store_->commit(batch, store::Sync::No);
}

Result<Series> MetricStore::read(const MetricName& metric, int64_t start_ms, int64_t end_ms,
                                 int64_t period_ms) const {
  Series series;
  const auto record = PAWL_TRY(records_.get(metric.owner, kMetric, record_name(metric)));
  if (!record || start_ms >= end_ms) return series;
  const auto number = static_cast<uint64_t>(integer_member(*record, "number"));
  const uint8_t resolution = period_ms < kMinuteMs ? 1 : 0;
  const auto cursor = store_->cursor(data_, {data_key(number, resolution, start_ms, ""),
                                             data_key(number, resolution, end_ms, "")});
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    KeyReader key(cursor->key());
    key.u64();
    key.u8();
    const auto time = key.i64();
    if (!time) return base::malformed_record("key of metric data");
    const int64_t begin = start_ms + (*time - start_ms) / period_ms * period_ms;
    series[{begin, std::string(key.rest())}].add(PAWL_TRY(decode(cursor->value())));
  }
  return series;
}

Result<std::vector<MetricStore::Listed>> MetricStore::list(const records::Owner& owner,
                                                           const std::string& name_space,
                                                           const std::string& after) const {
  constexpr size_t kLookedAt = 100'000;
  const std::string prefix = name_space.empty() ? "" : KeyBuilder().text(name_space).take();
  std::vector<Listed> found;
  for (const auto& record : PAWL_TRY(records_.list(owner, kMetric, prefix, after, kLookedAt))) {
    Listed listed{
        {owner, text_member(record.value, "namespace"), text_member(record.value, "name"), {}},
        integer_member(record.value, "last"),
        record.name};
    for (const Value& dimension : items_member(record.value, "dimensions")) {
      listed.metric.dimensions.emplace_back(text_member(dimension, "Name"),
                                            text_member(dimension, "Value"));
    }
    found.push_back(std::move(listed));
  }
  return found;
}

Result<void> MetricStore::expire(base::Timestamp now) {
  store::Batch batch;
  PAWL_TRY_VOID(records_.visit_all(
      kMetric, [&](const records::Owner& owner, const std::string& name, const Value& record) {
        const auto number = static_cast<uint64_t>(integer_member(record, "number"));
        const auto erase_before = [&](uint8_t resolution, int64_t time) {
          batch.erase_range(data_, {data_key(number, resolution, INT64_MIN, ""),
                                    data_key(number, resolution, time, "")});
        };
        erase_before(0, now.ms - kMinutesKeptMs);
        erase_before(1, now.ms - kSecondsKeptMs);
        if (integer_member(record, "last") < now.ms - kMinutesKeptMs)
          records_.erase(batch, owner, kMetric, name);
        return true;
      }));
  const std::lock_guard lock(mutex_);
  known_.clear();
  return batch.empty() ? Result<void>() : store_->commit(batch, store::Sync::No);
}

}  // namespace pawl::cloudwatch
