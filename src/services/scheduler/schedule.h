// SPDX-License-Identifier: Apache-2.0
// Schedule: one schedule of EventBridge Scheduler as it stands in the store, and when it is due.
// docs/formats/scheduler.md. Not the API (service.h), not the clock (clockwork.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::scheduler {

/// Account and region: what a group belongs to.
struct Scope {
  std::string account;
  std::string region;
  friend bool operator==(const Scope&, const Scope&) = default;
};

struct ScheduleName {
  Scope scope;
  std::string group;
  std::string name;

  std::string arn() const;
};

std::string group_arn(const Scope& scope, std::string_view group);

/// One time at which a schedule is due.
struct Due {
  base::Timestamp scheduled;  ///< what its expression says
  base::Timestamp at;         ///< when it is done: later, within a flexible time window
};

struct Schedule {
  ScheduleName name;
  std::string settings;      ///< the members of API GetSchedule that the user gives, as JSON text
  std::string client_token;  ///< of the request that made it
  std::string id;            ///< tells it from one of the same name that was deleted
  int64_t created_ms = 0;
  int64_t modified_ms = 0;
  int64_t start_ms = 0;  ///< of a rate: what it counts from
  std::optional<Due> due = {};

  std::string write() const;
  /// Errors: InternalServerException if the text is no record of a format that this version knows.
  static aws::ApiResult<Schedule> read(ScheduleName name, std::string_view record);
};

/// The first time that is due at `from` or later; nullopt if there is none before its EndDate, or
/// it is disabled. `settings` are Schedule::settings, `id` chances the place in a flexible window.
std::optional<Due> due_from(const json::Value& settings, base::Timestamp from, int64_t start_ms,
                            std::string_view id);

/// A failure of the store or of what is stored.
aws::ApiError internal_error(std::string message);

}  // namespace pawl::scheduler
