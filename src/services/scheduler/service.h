// SPDX-License-Identifier: Apache-2.0
// SchedulerService: the API of EventBridge Scheduler (2021-06-30), all 12 operations. When a
// schedule is due: schedule.h; what then happens: clockwork.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "aws/event/delivery.h"
#include "aws/service/action_table.h"
#include "aws/service/service_loop.h"
#include "services/scheduler/clockwork.h"
#include "services/scheduler/schedule_store.h"
#include "store/store.h"

namespace pawl::scheduler {

/// Actions may run on any thread at once; they wait for nothing.
class SchedulerService final : public aws::Service {
 public:
  using Options = Clockwork::Ports;

  /// `store` and what the options name must outlive it; the loop's tasks must have ended before it
  /// does. Errors: the store's.
  static base::Result<std::unique_ptr<SchedulerService>> open(store::Store& store, Options options);

  void bind(aws::ActionTable& table) override;
  /// Begins to deliver what is due.
  void run() { clockwork_.run(); }

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;

  SchedulerService(ScheduleStore schedules, Options options);

  // service.cc
  ActionResult create_schedule(const Request& request);
  ActionResult update_schedule(const Request& request);
  ActionResult get_schedule(const Request& request);
  ActionResult delete_schedule(const Request& request);
  ActionResult list_schedules(const Request& request);
  // groups.cc
  ActionResult create_schedule_group(const Request& request);
  ActionResult get_schedule_group(const Request& request);
  ActionResult delete_schedule_group(const Request& request);
  ActionResult list_schedule_groups(const Request& request);
  ActionResult tag_resource(const Request& request);
  ActionResult untag_resource(const Request& request);
  ActionResult list_tags_for_resource(const Request& request);

  base::Timestamp now() const { return options_.delivery.loop.now(); }
  ActionResult put(const Request& request, Schedule schedule, const json::Value& settings,
                   const std::optional<Schedule>& before);
  aws::ApiResult<Group> group_of(const Request& request, std::string_view name) const;
  aws::ApiResult<Group> tagged_group(const Request& request) const;

  const Options options_;
  ScheduleStore schedules_;
  Clockwork clockwork_;
};

Scope scope_of(const aws::Request& request);
aws::ApiError not_found(std::string message);
aws::ApiError conflict(std::string message);

/// A page of a list: how many items at most, and behind which place. The token is opaque.
struct Page {
  size_t items_max = 100;
  std::string after = {};
};
/// From MaxResults and NextToken. Errors: ValidationException.
aws::ApiResult<Page> page_of(const json::Value& input);
std::string token_of(std::string_view place);

}  // namespace pawl::scheduler
