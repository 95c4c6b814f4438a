// SPDX-License-Identifier: Apache-2.0
// InsightsRun: the commands up to the first that needs all rows see rows one by one; stats too.
#include <algorithm>
#include <cmath>
#include <utility>

#include "json/parse.h"
#include "json/value.h"
#include "services/logs/insights/query.h"

namespace pawl::logs {
namespace {

using Command = InsightsCommand::Kind;

constexpr size_t kHeldMax = 100'000;
constexpr size_t kGroupsMax = 10'000;
constexpr size_t kFieldsMax = 200;  ///< "Supported logs and discovered fields": of a JSON event
constexpr size_t kDepthMax = 20;

bool is_streamed(Command kind) {
  return kind == Command::Fields || kind == Command::Display || kind == Command::Filter ||
         kind == Command::Parse;
}

void flatten(const json::Value& value, const std::string& name, size_t depth, InsightsRow& row) {
  if (row.size() >= kFieldsMax || depth > kDepthMax) return;
  switch (value.kind()) {
    case json::Kind::Object:
      for (const json::Member& member : value.members()) {
        const std::string inner(member.name());
        flatten(member.value, name.empty() ? inner : name + "." + inner, depth + 1, row);
      }
      return;
    case json::Kind::Array:
      for (size_t i = 0; i < value.size(); ++i)
        flatten(value.items()[i], name + "." + std::to_string(i), depth + 1, row);
      return;
    case json::Kind::String: row.emplace(name, std::string(value.as_string())); return;
    case json::Kind::Number: row.emplace(name, value.as_double()); return;
    case json::Kind::Boolean: row.emplace(name, value.as_boolean() ? 1.0 : 0.0); return;
    case json::Kind::Null: return;
  }
}

}  // namespace

InsightsRow insights_row(std::string_view message, double timestamp_ms, double ingested_ms,
                         const std::string& stream, const std::string& group,
                         const std::string& pointer) {
  InsightsRow row;
  row["@timestamp"] = InsightsTime{timestamp_ms};
  row["@ingestionTime"] = InsightsTime{ingested_ms};
  row["@message"] = std::string(message);
  row["@logStream"] = stream;
  row["@log"] = group;
  row["@ptr"] = pointer;
  const size_t start = message.find_first_not_of(" \t\r\n");
  if (start != std::string_view::npos && message[start] == '{') {
    if (const auto value = json::parse(message)) flatten(*value, "", 0, row);
  }
  return row;
}

InsightsRun::InsightsRun(const InsightsQuery& query, size_t rows_max)
    : query_(query), rows_max_(rows_max) {
  const auto& commands = query.commands;
  while (streamed_ < commands.size() && is_streamed(commands[streamed_].kind)) ++streamed_;
}

bool InsightsRun::apply(const InsightsCommand& command, InsightsRow& row) {
  switch (command.kind) {
    case Command::Filter: return is_true(evaluate(command.columns.front().expression, row));
    case Command::Fields:
    case Command::Display:
      for (const InsightsColumn& column : command.columns) {
        if (column.expression.kind == InsightsExpression::Kind::Field &&
            column.expression.name == column.name)
          continue;
        row[column.name] = evaluate(column.expression, row);
      }
      return true;
    case Command::Parse: {
      const std::string text = text_of(evaluate(command.columns.front().expression, row));
      const auto groups = command.regex->match(text);
      if (!groups) return true;
      for (size_t i = 0; i < command.names.size() && i + 1 < groups->size(); ++i) {
        const auto& group = (*groups)[i + 1];
        if (group && !command.names[i].empty())
          row[command.names[i]] = text.substr(group->start, group->end - group->start);
      }
      return true;
    }
    default: return true;
  }
}

bool InsightsRun::add(InsightsRow row) {
  const auto& commands = query_.commands;
  for (size_t i = 0; i < streamed_; ++i) {
    if (!apply(commands[i], row)) return true;
  }
  ++matched_;
  if (streamed_ < commands.size() && commands[streamed_].kind == Command::Stats) {
    aggregate(commands[streamed_], row);
    return !is_overflown_;
  }
  if (rows_.size() >= kHeldMax) {
    is_overflown_ = true;
    return false;
  }
  rows_.push_back(std::move(row));
  if (streamed_ == commands.size()) return rows_.size() < rows_max_;
  return commands[streamed_].kind != Command::Limit || rows_.size() < commands[streamed_].limit;
}

void InsightsRun::count_in(const InsightsColumn& column, const InsightsRow& row, Aggregate& into) {
  const InsightsValue value = evaluate(column.expression, row);
  if (is_nothing(value)) return;
  ++into.count;
  if (is_nothing(into.least) || compare(value, into.least) < 0) into.least = value;
  if (is_nothing(into.most) || compare(value, into.most) > 0) into.most = value;
  if (column.aggregate == "count_distinct" && into.distinct.size() < kHeldMax)
    into.distinct.insert(text_of(value));
  if (column.aggregate == "earliest" || column.aggregate == "latest") {
    const auto time_field = row.find("@timestamp");
    const double time = time_field == row.end() ? 0 : number_of(time_field->second).value_or(0);
    const bool is_better =
        column.aggregate == "latest" ? time > into.first_time : time < into.first_time;
    if (into.count == 1 || is_better) {
      into.first = value;
      into.first_time = time;
    }
  }
  if (const auto number = number_of(value)) {
    into.sum += *number;
    into.squares += *number * *number;
    if (column.aggregate == "pct" && into.numbers.size() < kHeldMax)
      into.numbers.push_back(*number);
  }
}

void InsightsRun::aggregate(const InsightsCommand& stats, const InsightsRow& row) {
  std::string key;
  InsightsRow by;
  for (const InsightsColumn& column : stats.by) {
    const InsightsValue value = evaluate(column.expression, row);
    key += text_of(value) + '\0';
    by[column.name] = value;
  }
  auto group = groups_.find(key);
  if (group == groups_.end()) {
    if (groups_.size() >= kGroupsMax) {
      is_overflown_ = true;
      return;
    }
    group = groups_.emplace(key, Group{std::move(by), {}}).first;
    group->second.aggregates.resize(stats.columns.size());
  }
  for (size_t i = 0; i < stats.columns.size(); ++i)
    count_in(stats.columns[i], row, group->second.aggregates[i]);
}

InsightsValue InsightsRun::result_of(const InsightsColumn& column, const Aggregate& from) {
  const std::string& name = column.aggregate;
  const auto count = static_cast<double>(from.count);
  if (name == "count") return count;
  if (name == "count_distinct") return static_cast<double>(from.distinct.size());
  if (from.count == 0) return {};
  if (name == "sum") return from.sum;
  if (name == "avg") return from.sum / count;
  if (name == "min") return from.least;
  if (name == "max") return from.most;
  if (name == "earliest" || name == "latest") return from.first;
  if (name == "stddev") {
    const double mean = from.sum / count;
    return std::sqrt(std::max(0.0, from.squares / count - mean * mean));
  }
  std::vector<double> sorted = from.numbers;
  if (sorted.empty()) return {};
  std::sort(sorted.begin(), sorted.end());
  const double rank = std::ceil(column.percentile / 100 * static_cast<double>(sorted.size()));
  return sorted[static_cast<size_t>(std::max(1.0, rank)) - 1];
}

void InsightsRun::finish_stats(const InsightsCommand& stats) {
  if (groups_.empty() && stats.by.empty()) {
    groups_[""].aggregates.resize(stats.columns.size());
  }
  rows_.clear();
  for (auto& [key, group] : groups_) {
    InsightsRow row = std::move(group.row);
    for (size_t i = 0; i < stats.columns.size(); ++i)
      row[stats.columns[i].name] = result_of(stats.columns[i], group.aggregates[i]);
    rows_.push_back(std::move(row));
  }
  groups_.clear();
}

void InsightsRun::finish_command(const InsightsCommand& command) {
  switch (command.kind) {
    case Command::Sort:
      std::stable_sort(rows_.begin(), rows_.end(), [&](const auto& a, const auto& b) {
        for (const InsightsColumn& column : command.columns) {
          const int order = compare(evaluate(column.expression, a), evaluate(column.expression, b));
          if (order != 0) return column.is_descending ? order > 0 : order < 0;
        }
        return false;
      });
      return;
    case Command::Limit:
      if (rows_.size() > command.limit) rows_.resize(command.limit);
      return;
    case Command::Dedup: {
      std::set<std::string> seen;
      std::erase_if(rows_, [&](const InsightsRow& row) {
        std::string key;
        for (const InsightsColumn& column : command.columns)
          key += text_of(evaluate(column.expression, row)) + '\0';
        return !seen.insert(std::move(key)).second;
      });
      return;
    }
    case Command::Stats:
      for (const InsightsRow& row : rows_) aggregate(command, row);
      finish_stats(command);
      return;
    default: std::erase_if(rows_, [&](InsightsRow& row) { return !apply(command, row); });
  }
}

/// The last display's fields, or what stats made, or all that fields named.
std::vector<std::string> InsightsRun::shown() const {
  std::vector<std::string> names;
  const auto add = [&](const std::vector<InsightsColumn>& columns) {
    for (const InsightsColumn& column : columns) {
      if (std::find(names.begin(), names.end(), column.name) == names.end())
        names.push_back(column.name);
    }
  };
  bool has_stats = false;
  for (const InsightsCommand& command : query_.commands) {
    if (command.kind == Command::Fields) add(command.columns);
    if (command.kind == Command::Display) {
      names.clear();
      add(command.columns);
    }
    if (command.kind == Command::Stats) {
      names.clear();
      has_stats = true;
      add(command.by);
      add(command.columns);
    }
  }
  if (names.empty()) names = {"@timestamp", "@message"};
  if (!has_stats) names.emplace_back("@ptr");
  return names;
}

std::vector<std::vector<std::pair<std::string, std::string>>> InsightsRun::finish() {
  for (size_t i = streamed_; i < query_.commands.size(); ++i) {
    const InsightsCommand& command = query_.commands[i];
    if (i == streamed_ && command.kind == Command::Stats) {
      finish_stats(command);
    } else {
      finish_command(command);
    }
  }
  if (rows_.size() > rows_max_) rows_.resize(rows_max_);
  const std::vector<std::string> names = shown();
  std::vector<std::vector<std::pair<std::string, std::string>>> out;
  for (const InsightsRow& row : rows_) {
    std::vector<std::pair<std::string, std::string>> fields;
    for (const std::string& name : names) {
      const auto value = row.find(name);
      if (value != row.end() && !is_nothing(value->second))
        fields.emplace_back(name, text_of(value->second));
    }
    out.push_back(std::move(fields));
  }
  return out;
}

}  // namespace pawl::logs
