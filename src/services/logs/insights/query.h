// SPDX-License-Identifier: Apache-2.0
// InsightsQuery: a Logs Insights query (CWLI), parsed; InsightsRun: one run of it over events. Of
// the language: fields, display, filter, parse, stats, sort, dedup, limit, with the functions of
// expression.h and the aggregates count, count_distinct, sum, avg, min, max, stddev, pct, earliest,
// latest. What else there is (pattern, diff, anomaly, unnest, lookups, …) is refused.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "services/logs/insights/expression.h"

namespace pawl::logs {

/// An expression under the name that results show it by.
struct InsightsColumn {
  std::string name;
  InsightsExpression expression = {};
  std::string aggregate = {};  ///< of stats: "count", "sum", …
  double percentile = 0;       ///< of "pct"
  bool is_descending = false;  ///< of sort
};

struct InsightsCommand {
  enum class Kind { Fields, Display, Filter, Parse, Stats, Sort, Dedup, Limit };
  Kind kind = Kind::Fields;
  std::vector<InsightsColumn> columns = {};  ///< of Filter and Parse one
  std::vector<InsightsColumn> by = {};       ///< of Stats
  std::optional<text::Regex> regex = {};     ///< of Parse, the globs too
  std::vector<std::string> names = {};       ///< of Parse: one for each group
  size_t limit = 0;
};

/// Immutable; thread-safe.
struct InsightsQuery {
  /// Errors: InvalidSyntax with the place (column counts from 1).
  static base::Result<InsightsQuery> parse(std::string_view text);

  std::vector<InsightsCommand> commands = {};
};

/// One thread.
class InsightsRun {
 public:
  /// Both bounds of one row's life: at most `rows_max` are given, at most 100,000 are held.
  InsightsRun(const InsightsQuery& query, size_t rows_max);

  /// The next event, newest first. False: enough.
  bool add(InsightsRow row);
  /// Rows of (field, value), in order.
  std::vector<std::vector<std::pair<std::string, std::string>>> finish();
  size_t matched() const { return matched_; }
  bool is_overflown() const { return is_overflown_; }  ///< more rows than can be held

 private:
  struct Aggregate {
    size_t count = 0;
    double sum = 0;
    double squares = 0;
    InsightsValue least = {};
    InsightsValue most = {};
    InsightsValue first = {};  ///< of earliest and latest
    double first_time = 0;
    std::set<std::string> distinct = {};
    std::vector<double> numbers = {};  ///< of percentiles
  };
  struct Group {
    InsightsRow row;
    std::vector<Aggregate> aggregates;
  };

  /// False: the row is out.
  static bool apply(const InsightsCommand& command, InsightsRow& row);
  void aggregate(const InsightsCommand& stats, const InsightsRow& row);
  static void count_in(const InsightsColumn& column, const InsightsRow& row, Aggregate& into);
  static InsightsValue result_of(const InsightsColumn& column, const Aggregate& from);
  void finish_stats(const InsightsCommand& stats);
  void finish_command(const InsightsCommand& command);
  std::vector<std::string> shown() const;

  const InsightsQuery& query_;
  size_t rows_max_;
  size_t streamed_ = 0;  ///< commands that rows pass one by one
  std::vector<InsightsRow> rows_;
  std::map<std::string, Group> groups_;
  size_t matched_ = 0;
  bool is_overflown_ = false;
};

/// What a query sees of an event: @timestamp, @message, …, and the members of JSON messages.
InsightsRow insights_row(std::string_view message, double timestamp_ms, double ingested_ms,
                         const std::string& stream, const std::string& group,
                         const std::string& pointer);

}  // namespace pawl::logs
