// SPDX-License-Identifier: Apache-2.0
// ScheduleExpression: "rate(5 minutes)", "cron(0 12 * * ? *)" and "at(2026-11-27T10:00:00)" as
// EventBridge rules and EventBridge Scheduler read them (EventBridge User Guide "Schedule
// expressions", Scheduler User Guide "Schedule types"). No clock: time comes in as a value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace pawl::aws {

/// Immutable, cheap to copy, thread-safe.
class ScheduleExpression {
 public:
  enum class Kind { Rate, Cron, At };
  /// Rules know no at(), insist on "1 minute" and "2 minutes", and say "Parameter
  /// ScheduleExpression is not valid."; Scheduler takes either number of a unit and says "Invalid
  /// Schedule Expression …".
  enum class Dialect { Rules, Scheduler };

  /// `time_zone` is a name of the IANA database; it bears on cron and at, a day of a rate has 24
  /// hours everywhere.
  /// Errors: InvalidSyntax with AWS's text.
  static base::Result<ScheduleExpression> parse(std::string_view text,
                                                std::string_view time_zone = "UTC",
                                                Dialect dialect = Dialect::Rules);

  Kind kind() const;

  /// The first time after `time`; nullopt if there is none, also for a cron whose day never comes.
  /// A rate counts from `time`. A cron time that the wall's clock skips (summer time begins) is
  /// left out; one that it shows twice (it ends) comes once, the first time. Costs at most a few
  /// thousand steps: one for each month until the year 2199.
  std::optional<base::Timestamp> next_after(base::Timestamp time) const;
  /// The same, with a rate that counts from `start`, which is its first time: so a late look does
  /// not shift the times after it.
  std::optional<base::Timestamp> next_after(base::Timestamp time, base::Timestamp start) const;

  /// Of a rate, in milliseconds; 0 of the others.
  int64_t period_ms() const;

 private:
  struct Rate;
  struct At;
  struct Compiled;
  explicit ScheduleExpression(std::shared_ptr<const Compiled> compiled)
      : compiled_(std::move(compiled)) {}

  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace pawl::aws
