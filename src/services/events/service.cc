// SPDX-License-Identifier: Apache-2.0
// How the service is put together, and how an event comes to its rules. What it does: actions/.
#include "services/events/service.h"

#include <utility>

#include "aws/event/schedule_expression.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/events/api_input.h"
#include "services/events/event.h"

namespace pawl::events {

using aws::ApiResult;
using base::Result;
using json::Value;

EventsService::EventsService(Options options, RecordStore buses, RecordStore rules,
                             RecordStore archives, RecordStore replays, RecordStore destinations)
    : options_(std::move(options)),
      buses_(buses),
      rules_(rules),
      archives_(archives),
      replays_(replays),
      destinations_(destinations),
      random_(options_.seed) {}

Result<std::unique_ptr<EventsService>> EventsService::open(Options options) {
  store::Store& store = options.store;
  const RecordStore buses = PAWL_TRY(RecordStore::open(store, "events/buses"));
  const RecordStore rules = PAWL_TRY(RecordStore::open(store, "events/rules"));
  const RecordStore archives = PAWL_TRY(RecordStore::open(store, "events/archives"));
  const RecordStore replays = PAWL_TRY(RecordStore::open(store, "events/replays"));
  const RecordStore destinations = PAWL_TRY(RecordStore::open(store, "events/destinations"));
  std::unique_ptr<EventsService> made(
      new EventsService(std::move(options), buses, rules, archives, replays, destinations));
  EventsService* const self = made.get();
  const Options& kept = self->options_;
  self->archived_ = PAWL_TRY(ArchiveStore::open(store));
  self->book_ = std::make_unique<RuleBook>(self->rules_, self->archives_);
  self->connections_ = PAWL_TRY(Connections::open({.store = store,
                                                   .loop = kept.loop,
                                                   .caller = kept.caller,
                                                   .transport = kept.transport,
                                                   .make_id = [self] { return self->make_id(); }}));
  self->http_targets_ = std::make_unique<HttpTargets>(
      HttpTargets::Ports{kept.loop, kept.transport, kept.endpoint_url}, self->destinations_,
      *self->connections_);
  self->queue_ = PAWL_TRY(DeliveryQueue::open(
      {.store = store,
       .loop = kept.loop,
       .book = *self->book_,
       .delivery = {.loop = kept.loop,
                    .caller = kept.caller,
                    .call_http =
                        [self](const aws::Target& target, const aws::Principal&,
                               std::string_view region, aws::Caller::Receiver receiver) {
                          self->http_targets_->call(target, region, std::move(receiver));
                        }},
       .after_sync = kept.after_sync,
       .forward = [self](const BusName& bus,
                         const AcceptedEvent& event) { return self->forward(bus, event); },
       .lost = kept.lost}));
  self->schedules_ = PAWL_TRY(RuleSchedules::open(
      store, kept.loop, [self](const std::vector<RuleSchedules::Due>& due) { self->fire(due); }));
  return made;
}

void EventsService::run() {
  queue_->run();
  schedules_->run();
  connections_->run();
  std::vector<std::string> replays;
  // A store that cannot be read ends the process elsewhere.
  (void)replays_.visit("", [&](std::string_view key, const Value& record) {
    const std::string state = text_member(record, "State");
    if (state == "STARTING" || state == "RUNNING") replays.emplace_back(key);
    return true;
  });
  for (std::string& key : replays) start_replaying(std::move(key));
}

void EventsService::bind(aws::ActionTable& table) {
  using S = EventsService;
  table.on_write("CreateEventBus", &S::create_event_bus);
  table.on_write("DeleteEventBus", &S::delete_event_bus);
  table.on("DescribeEventBus", &S::describe_event_bus);
  table.on("ListEventBuses", &S::list_event_buses);
  table.on_write("UpdateEventBus", &S::update_event_bus);
  table.on_write("PutPermission", &S::put_permission);
  table.on_write("RemovePermission", &S::remove_permission);
  table.on_write("PutRule", &S::put_rule);
  table.on_write("DeleteRule", &S::delete_rule);
  table.on("DescribeRule", &S::describe_rule);
  table.on_write("EnableRule", &S::enable_rule);
  table.on_write("DisableRule", &S::disable_rule);
  table.on("ListRules", &S::list_rules);
  table.on("ListRuleNamesByTarget", &S::list_rule_names_by_target);
  table.on("TestEventPattern", &S::test_event_pattern);
  table.on_write("PutTargets", &S::put_targets);
  table.on_write("RemoveTargets", &S::remove_targets);
  table.on("ListTargetsByRule", &S::list_targets_by_rule);
  table.on_write("PutEvents", &S::put_events);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on("ListTagsForResource", &S::list_tags);
  Connections& connections = *connections_;
  table.on_async("CreateConnection", [&connections](aws::Request request, aws::Reply reply) {
    connections.create(std::move(request), std::move(reply));
  });
  table.on_async("UpdateConnection", [&connections](aws::Request request, aws::Reply reply) {
    connections.update(std::move(request), std::move(reply));
  });
  table.on_async("DeleteConnection", [&connections](aws::Request request, aws::Reply reply) {
    connections.remove(std::move(request), std::move(reply));
  });
  table.on("DescribeConnection", &S::describe_connection);
  table.on("ListConnections", &S::list_connections);
  table.on_write("DeauthorizeConnection", &S::deauthorize_connection);
  table.on_write("CreateApiDestination", &S::create_api_destination);
  table.on_write("UpdateApiDestination", &S::update_api_destination);
  table.on_write("DeleteApiDestination", &S::delete_api_destination);
  table.on("DescribeApiDestination", &S::describe_api_destination);
  table.on("ListApiDestinations", &S::list_api_destinations);
  table.on_write("CreateArchive", &S::create_archive);
  table.on_write("UpdateArchive", &S::update_archive);
  table.on_write("DeleteArchive", &S::delete_archive);
  table.on("DescribeArchive", &S::describe_archive);
  table.on("ListArchives", &S::list_archives);
  table.on_write("StartReplay", &S::start_replay);
  table.on_write("CancelReplay", &S::cancel_replay);
  table.on("DescribeReplay", &S::describe_replay);
  table.on("ListReplays", &S::list_replays);
}

aws::ActionResult EventsService::describe_connection(const aws::Request& request) {
  return connections_->describe(request);
}
aws::ActionResult EventsService::list_connections(const aws::Request& request) {
  return connections_->list(request);
}
aws::ActionResult EventsService::deauthorize_connection(const aws::Request& request) {
  return connections_->deauthorize(request);
}

std::string EventsService::make_id() {
  const std::lock_guard lock(ids_mutex_);
  return base::make_uuid(random_);
}

ApiResult<void> EventsService::commit(const store::Batch& batch) {
  return of_store(options_.store.commit(batch, store::Sync::No));
}

ApiResult<Value> EventsService::find_bus(const BusName& bus) const {
  std::optional<Value> record = PAWL_TRY(buses_.find(bus.key().view()));
  if (record) return *std::move(record);
  if (!bus.is_default()) return bus_not_found(bus.name);
  json::ObjectBuilder made;
  made.set("Name", Value(bus.name)).set("Arn", Value(bus.arn()));
  return std::move(made).build();
}

ApiResult<Value> EventsService::find_rule(const RuleName& rule) const {
  std::optional<Value> record = PAWL_TRY(rules_.find(rule.key().view()));
  if (!record) return rule_not_found(rule);
  return *std::move(record);
}

ApiResult<RuleName> EventsService::rule_member(const aws::Request& request,
                                               std::string_view member) const {
  RuleName rule{bus_member(request), text_member(request.input, member)};
  PAWL_TRY(find_bus(rule.bus));
  return rule;
}

ApiResult<Acceptance> EventsService::accept(store::Batch& batch, const BusName& bus,
                                            const Value& event, base::Timestamp time) {
  const std::shared_ptr<const BusRules> rules = PAWL_TRY(book_->rules_of(bus));
  Acceptance acceptance;
  for (const CompiledRule* rule : rules->matching(event))
    for (const CompiledTarget& target : rule->targets)
      acceptance.to.push_back({rule->name, target.id});
  const std::vector<const CompiledArchive*> archives = rules->archiving(event);
  if (acceptance.to.empty() && archives.empty()) return acceptance;
  const base::Timestamp now = options_.loop.now();
  const AcceptedEvent accepted{now, json::write(event)};
  for (const CompiledArchive* archive : archives)
    PAWL_TRY_VOID(archived_->add(batch, {bus.scope, archive->name}, time, accepted.text,
                                 archive->retention_days, now));
  acceptance.number = queue_->add(batch, accepted, acceptance.to);
  return acceptance;
}

ApiResult<void> EventsService::check_room(const aws::Principal& principal) const {
  const size_t most =
      principal.service == kServiceName ? options_.handed_on_max : options_.waiting_max;
  if (queue_->size() > most) return aws::throttling("Rate exceeded");
  return {};
}

ApiResult<void> EventsService::forward(const BusName& bus, const AcceptedEvent& event) {
  PAWL_TRY_VOID(check_room(aws::service_principal(bus.scope.account, kServiceName)));
  const Result<Value> parsed = json::parse(event.text);
  if (!parsed) return aws::internal_failure("A stored event is not JSON.");
  store::Batch batch;
  const Acceptance acceptance = PAWL_TRY(accept(batch, bus, *parsed, event.accepted));
  PAWL_TRY_VOID(commit(batch));
  queue_->start(acceptance.number, acceptance.to);
  return {};
}

void EventsService::put_service_event(const std::string& account, const std::string& region,
                                      const std::string& source, const std::string& detail_type,
                                      const std::vector<std::string>& resources,
                                      const std::string& detail_text, base::Timestamp time) {
  const Result<Value> detail = json::parse(detail_text);
  if (!detail) return;
  const BusName bus{{account, region}, std::string(kDefaultBus)};
  EventFacts facts{.id = make_id(), .source = source, .detail_type = detail_type, .time = time};
  facts.resources = Value::array(std::vector<Value>(resources.begin(), resources.end()));
  facts.detail = *detail;
  store::Batch batch;
  const ApiResult<Acceptance> acceptance = accept(batch, bus, event_of(bus.scope, facts), time);
  // A store that fails ends the process elsewhere.
  if (!acceptance || !commit(batch)) return;
  queue_->start(acceptance->number, acceptance->to);
}

ApiResult<void> EventsService::store_rule(const RuleName& name, const Value& before, Value record) {
  store::Batch batch;
  if (before.find("NextTime") != nullptr)
    schedules_->erase(batch, {name, {integer_member(before, "NextTime")}});
  record = record.without_member("NextTime");
  const std::string schedule = text_member(record, "ScheduleExpression");
  if (!schedule.empty() && text_member(record, "State") != "DISABLED") {
    const auto parsed = aws::ScheduleExpression::parse(schedule);
    const auto next = parsed ? parsed->next_after(options_.loop.now()) : std::nullopt;
    if (next) {
      record = record.with_member("NextTime", Value(next->ms));
      schedules_->put(batch, {name, *next});
    }
  }
  rules_.put(batch, name.key().view(), record);
  PAWL_TRY_VOID(commit(batch));
  book_->forget(name.bus);
  schedules_->look_again();
  return {};
}

void EventsService::fire(const std::vector<RuleSchedules::Due>& due) {
  std::vector<Acceptance> accepted;
  store::Batch batch;
  {
    const std::lock_guard lock(mutex_);
    for (const RuleSchedules::Due& each : due) {
      schedules_->erase(batch, each);
      const auto found = rules_.find(each.rule.key().view());
      if (!found || !*found || integer_member(**found, "NextTime") != each.time.ms) continue;
      Value record = **found;
      EventFacts facts{.id = make_id(),
                       .source = "aws.events",
                       .detail_type = "Scheduled Event",
                       .time = each.time};
      facts.resources = Value::array({Value(each.rule.arn())});
      Acceptance acceptance;
      if (const Value* targets = record.find("Targets"))
        for (const Value& target : targets->items())
          acceptance.to.push_back({each.rule, text_member(target, "Id")});
      const base::Timestamp now = options_.loop.now();
      acceptance.number = queue_->add(
          batch, {now, json::write(event_of(each.rule.bus.scope, facts))}, acceptance.to);
      accepted.push_back(std::move(acceptance));
      // What was missed while the server was down comes once, not many times.
      const auto schedule =
          aws::ScheduleExpression::parse(text_member(record, "ScheduleExpression"));
      const auto next =
          schedule ? schedule->next_after(std::max(now, each.time), each.time) : std::nullopt;
      record = record.without_member("NextTime");
      if (next) {
        record = record.with_member("NextTime", Value(next->ms));
        schedules_->put(batch, {each.rule, *next});
      }
      rules_.put(batch, each.rule.key().view(), record);
    }
    // A store that fails ends the process elsewhere.
    if (!commit(batch)) return;
  }
  for (const Acceptance& each : accepted) queue_->start(each.number, each.to);
}

}  // namespace pawl::events
