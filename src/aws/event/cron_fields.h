// SPDX-License-Identifier: Apache-2.0
// CronFields: the six fields of a cron expression of EventBridge, and the local times they name
// (EventBridge User Guide "Cron expressions"; the syntax is that of Quartz without its seconds).
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::aws {

/// A value. Times are milliseconds on a wall's clock, whole minutes.
class CronFields {
 public:
  static constexpr int kFirstYear = 1970;
  static constexpr int kLastYear = 2199;

  /// "min hour day-of-month month day-of-week year". nullopt if AWS would refuse it.
  static std::optional<CronFields> parse(std::string_view fields);

  /// The first minute after `local_ms` that fits; nullopt if none does until the end of 2199.
  std::optional<int64_t> next_after(int64_t local_ms) const;

 private:
  /// "3W": the weekday nearest to the third, in the same month.
  struct Days {
    std::bitset<32> of_month;               ///< 1-31
    std::bitset<32> nearest_weekdays;       ///< of "15W"
    bool is_last_of_month = false;          ///< "L"
    bool is_last_weekday_of_month = false;  ///< "LW"
    std::bitset<8> of_week;                 ///< 1-7, Sunday is 1
    std::bitset<8> last_of_week;            ///< of "6L": the last Friday of the month
    int nth_day_of_week = 0;                ///< of "6#3": 6
    int nth = 0;                            ///< of "6#3": 3
    std::bitset<32> in(int year, int month) const;
  };

  static bool parse_day_of_month(std::string_view text, Days& days);
  static bool parse_day_of_week(std::string_view text, Days& days);

  std::bitset<64> minutes_;
  std::bitset<32> hours_;
  std::bitset<16> months_;  ///< 1-12
  std::bitset<kLastYear - kFirstYear + 1> years_;
  Days days_;
};

}  // namespace pawl::aws
