// SPDX-License-Identifier: Apache-2.0
#include "services/scheduler/clockwork.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::scheduler {
namespace {

using base::Timestamp;
using json::ObjectBuilder;
using json::Value;

constexpr int kFormat = 1;
/// Schedules in one turn of the loop.
constexpr int kTurnMax = 100;

std::string format_seconds(Timestamp time) {
  return base::format_iso8601(time).substr(0, 19) + "Z";
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

/// What a target without Input gets ("Managing targets", the default notification).
std::string default_event(const Value& record, const std::string& id) {
  ObjectBuilder out;
  out.set("version", Value("0"))
      .set("id", Value(id))
      .set("detail-type", Value("Scheduled Event"))
      .set("source", Value("aws.scheduler"))
      .set("account", Value(text_member(record, "account")))
      .set("time", Value(format_seconds({integer_member(record, "scheduled")})))
      .set("region", Value(text_member(record, "region")))
      .set("resources", Value::array({Value(text_member(record, "scheduleArn"))}))
      .set("detail", Value("{}"));
  return json::write(std::move(out).build());
}

/// A schedule's Target as those who deliver have it.
aws::Target target_of(const Value& given, const Value& record, const std::string& id,
                      const std::string& uuid) {
  aws::Target target;
  target.arn = text_member(given, "Arn");
  target.role_arn = text_member(given, "RoleArn");
  const bool is_operation = aws::target_kind(target.arn) == aws::TargetKind::SdkOperation;
  target.payload = given.find("Input") != nullptr ? text_member(given, "Input")
                   : is_operation                 ? "{}"
                                                  : default_event(record, uuid);
  target.time = {integer_member(record, "scheduled")};
  // The same when it is delivered again: a STANDARD machine starts once.
  target.execution_name = id + "-" + uuid;
  target.message_group_id = text_member(object_member(given, "SqsParameters"), "MessageGroupId");
  target.partition_key = text_member(object_member(given, "KinesisParameters"), "PartitionKey");
  const Value event = object_member(given, "EventBridgeParameters");
  target.event_source = text_member(event, "Source");
  target.event_detail_type = text_member(event, "DetailType");
  if (const Value* ecs = given.find("EcsParameters")) target.parameters = json::write(*ecs);
  return target;
}

/// Scheduler User Guide "Adding context attributes".
std::string with_context(std::string text, const Value& record, const std::string& id,
                         int64_t attempt) {
  if (text.find("<aws.scheduler.") == std::string::npos) return text;
  replace_all(text, "<aws.scheduler.schedule-arn>", text_member(record, "scheduleArn"));
  replace_all(text, "<aws.scheduler.scheduled-time>",
              format_seconds({integer_member(record, "scheduled")}));
  replace_all(text, "<aws.scheduler.execution-id>", id);
  replace_all(text, "<aws.scheduler.attempt-number>", std::to_string(attempt));
  return text;
}

aws::RetryPolicy retry_policy(const Value& target) {
  aws::RetryPolicy policy;
  const Value given = object_member(target, "RetryPolicy");
  policy.retries_max = integer_member(given, "MaximumRetryAttempts", policy.retries_max);
  policy.age_ms_max =
      integer_member(given, "MaximumEventAgeInSeconds", policy.age_ms_max / 1'000) * 1'000;
  return policy;
}

}  // namespace

Clockwork::Clockwork(Ports ports, ScheduleStore& schedules)
    : ports_(std::move(ports)), schedules_(schedules), random_(ports_.seed) {}

Clockwork::~Clockwork() {
  for (const auto& [id, delivery] : active_)
    if (delivery) delivery->stop();
}

std::function<void()> Clockwork::guarded(std::function<void()> task) {
  return [alive = std::weak_ptr<int>(alive_), task = std::move(task)] {
    if (const auto held = alive.lock()) task();
  };
}

void Clockwork::run() {
  ports_.delivery.loop.post(guarded([this] {
    is_running_ = true;
    // What cannot be read cannot be delivered either.
    static_cast<void>(
        schedules_.visit_deliveries([this](std::string id) { ready_.push_back(std::move(id)); }));
    start_ready();
    fire_due();
  }));
}

void Clockwork::wake(Timestamp time) {
  ports_.delivery.loop.post(guarded([this, time] {
    if (is_running_ && (!armed_for_ || time < *armed_for_)) arm(time);
  }));
}

void Clockwork::arm(Timestamp time) {
  if (timer_ != 0) ports_.delivery.loop.cancel(timer_);
  armed_for_ = time;
  timer_ = ports_.delivery.loop.run_at(time, guarded([this] { fire_due(); }));
}

void Clockwork::fire_due() {
  if (timer_ != 0) ports_.delivery.loop.cancel(std::exchange(timer_, 0));
  armed_for_.reset();
  for (int i = 0; i < kTurnMax; ++i) {
    if (!fire_first()) return;
  }
  // Others want the loop too.
  arm(ports_.delivery.loop.now());
}

bool Clockwork::fire_first() {
  const Timestamp now = ports_.delivery.loop.now();
  const std::lock_guard lock(schedules_.mutex());
  const auto first = schedules_.first_due();
  if (!first || !*first) return false;
  const ScheduleStore::DueName& due = **first;
  if (due.due.at > now) {
    arm(due.due.at);
    return false;
  }
  store::Batch batch;
  schedules_.erase_due(batch, due);
  std::string id;
  aws::ApiResult<std::optional<Schedule>> found = schedules_.find(due.name);
  if (found && *found) {
    Schedule schedule = **std::move(found);
    const base::Result<Value> settings = json::parse(schedule.settings);
    // One time makes up for all that have passed.
    const Timestamp from{std::max(now.ms, due.due.scheduled.ms) + 1};
    schedule.due =
        settings ? due_from(*settings, from, schedule.start_ms, schedule.id) : std::optional<Due>();
    id = put_delivery(batch, schedule, due.due, !schedule.due);
    schedules_.put(batch, schedule);
  }
  // A store that has failed ends the process elsewhere.
  if (!schedules_.commit(batch)) return false;
  if (id.empty()) return true;
  ports_.after_sync(guarded([this, id] {
    ports_.delivery.loop.post(guarded([this, id] {
      ready_.push_back(id);
      start_ready();
    }));
  }));
  return true;
}

std::string Clockwork::put_delivery(store::Batch& batch, const Schedule& schedule, const Due& due,
                                    bool is_last) {
  std::string bytes;
  for (uint64_t word = random_.next(), i = 0; i < 8; ++i, word >>= 8)
    bytes += static_cast<char>(word & 0xff);
  std::string id = base::hex_encode(bytes);
  const base::Result<Value> settings = json::parse(schedule.settings);
  ObjectBuilder record;
  record.set("format", Value(kFormat))
      .set("scheduleArn", Value(schedule.name.arn()))
      .set("account", Value(schedule.name.scope.account))
      .set("region", Value(schedule.name.scope.region))
      .set("group", Value(schedule.name.group))
      .set("name", Value(schedule.name.name))
      .set("scheduleId", Value(schedule.id))
      .set("uuid", Value(base::make_uuid(random_)))
      .set("scheduled", Value(due.scheduled.ms))
      .set("accepted", Value(ports_.delivery.loop.now().ms))
      .set("attempts", Value(0))
      .set("next", Value(0))
      .set("isLast", Value(is_last))
      .set("target", settings ? object_member(*settings, "Target") : Value::object());
  schedules_.put_delivery(batch, id, json::write(std::move(record).build()));
  return id;
}

void Clockwork::start_ready() {
  while (!ready_.empty() && active_.size() < kActiveMax) {
    const std::string id = std::move(ready_.front());
    ready_.pop_front();
    if (active_.contains(id)) continue;
    const auto text = schedules_.find_delivery(id);
    if (!text || !*text) continue;
    const base::Result<Value> record = json::parse(**text);
    if (record && integer_member(*record, "format") == kFormat) start(id, *record);
  }
}

void Clockwork::start(const std::string& id, const Value& record) {
  const Value target = object_member(record, "target");
  aws::Delivery::Order order;
  order.target = target_of(target, record, id, text_member(record, "uuid"));
  order.principal =
      aws::service_principal(text_member(record, "account"), "scheduler.amazonaws.com");
  order.region = text_member(record, "region");
  order.retry = retry_policy(target);
  order.accepted = {integer_member(record, "accepted")};
  order.attempts = integer_member(record, "attempts");
  order.seed = std::hash<std::string>{}(id);
  order.dead_letter.queue_arn = text_member(object_member(target, "DeadLetterConfig"), "Arn");
  order.dead_letter.attributes = {
      {"SCHEDULE_ARN", text_member(record, "scheduleArn")},
      {"SCHEDULED_TIME", format_seconds({integer_member(record, "scheduled")})},
      {"EXECUTION_ID", id},
      {"IS_PAYLOAD_TRUNCATED", "false"}};
  order.before_attempt = [id, record, payload = order.target.payload](aws::Target& changed,
                                                                      int64_t attempt) {
    changed.payload = with_context(payload, record, id, attempt);
  };
  order.will_retry = [this, id](int64_t attempts, Timestamp next) {
    will_retry(id, attempts, next);
  };
  const auto done = [this, id, arn = text_member(record, "scheduleArn"),
                     alive = std::weak_ptr<int>(alive_)](const aws::Delivery::Result& result) {
    const auto held = alive.lock();
    if (!held) return;
    if (result.outcome == aws::Delivery::Outcome::Dropped && ports_.lost && result.error)
      ports_.lost(arn, *result.error);
    finish(id);
  };
  active_[id] = aws::Delivery::start(ports_.delivery, std::move(order), done,
                                     Timestamp{integer_member(record, "next")});
}

void Clockwork::will_retry(const std::string& id, int64_t attempts, Timestamp next) {
  const auto text = schedules_.find_delivery(id);
  if (!text || !*text) return;
  const base::Result<Value> record = json::parse(**text);
  if (!record) return;
  store::Batch batch;
  schedules_.put_delivery(
      batch, id,
      json::write(
          record->with_member("attempts", Value(attempts)).with_member("next", Value(next.ms))));
  static_cast<void>(schedules_.commit(batch));
}

void Clockwork::finish(const std::string& id) {
  active_.erase(id);
  const std::lock_guard lock(schedules_.mutex());
  store::Batch batch;
  const auto text = schedules_.find_delivery(id);
  const base::Result<Value> record =
      text && *text ? json::parse(**text) : base::Result<Value>(Value::object());
  schedules_.erase_delivery(batch, id);
  // "DELETE: the schedule is deleted after its last invocation."
  if (record && flag_member(*record, "isLast")) {
    const ScheduleName name{{text_member(*record, "account"), text_member(*record, "region")},
                            text_member(*record, "group"),
                            text_member(*record, "name")};
    const auto found = schedules_.find(name);
    if (found && *found && (*found)->id == text_member(*record, "scheduleId") && !(*found)->due) {
      const base::Result<Value> settings = json::parse((*found)->settings);
      if (settings && text_member(*settings, "ActionAfterCompletion") == "DELETE")
        schedules_.erase(batch, **found);
    }
  }
  // Should this be lost, it is delivered once more.
  static_cast<void>(schedules_.commit(batch));
  ports_.delivery.loop.post(guarded([this] { start_ready(); }));
}

}  // namespace pawl::scheduler
