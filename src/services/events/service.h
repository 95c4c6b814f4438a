// SPDX-License-Identifier: Apache-2.0
// EventsService: Amazon EventBridge (API reference 2015-10-07): event buses, rules, their targets
// and schedules, connections and API destinations, archives and replays.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "base/random.h"
#include "services/events/archive_store.h"
#include "services/events/connections.h"
#include "services/events/delivery_queue.h"
#include "services/events/http_targets.h"
#include "services/events/names.h"
#include "services/events/record_store.h"
#include "services/events/rule_book.h"
#include "services/events/rule_schedules.h"
#include "store/store.h"

namespace pawl::events {

/// An event that was accepted, and those who get it.
struct Acceptance {
  uint64_t number = 0;
  std::vector<TargetReference> to = {};
};

/// Actions may run on any thread at once; those that change something take a mutex.
/// Differences from AWS: docs/differences.md, "EventBridge".
class EventsService final : public aws::Service {
 public:
  /// All must outlive the service.
  struct Options {
    store::Store& store;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
    aws::HttpTransport* transport = nullptr;  ///< null: no API destinations, no OAuth
    /// Where this server answers: API Gateway targets.
    std::function<std::string()> endpoint_url = {};
    /// Runs its argument when all that was committed before is on disk.
    std::function<void(std::function<void()>)> after_sync = {};
    uint64_t seed = 1;  ///< of ids
    /// Beyond so many deliveries that wait, events are refused (ThrottlingException),
    size_t waiting_max = 1'000'000;
    /// and beyond so many those that rules hand on to a bus: they are tried again later. Rules that
    /// feed themselves can make no more.
    size_t handed_on_max = 100'000;
    /// An event got neither to its target nor to a dead letter queue; may be empty.
    std::function<void(const std::string& target_arn, const aws::ApiError&)> lost = {};
  };

  static base::Result<std::unique_ptr<EventsService>> open(Options options);
  /// Deliveries, schedules and replays that an earlier process owed go on. Not before the caller
  /// can be used.
  void run();

  void bind(aws::ActionTable& table) override;

  /// Whether an event of that source on a default bus could reach anybody. Cheap; any thread.
  bool has_rules_for(std::string_view source) const { return book_->has_rules_for(source); }

  /// An event of a service of AWS on the default bus of an account. It is durable with the next
  /// sync.
  void put_service_event(const std::string& account, const std::string& region,
                         const std::string& source, const std::string& detail_type,
                         const std::vector<std::string>& resources, const std::string& detail_text,
                         base::Timestamp time);
  /// Calls an API destination, or a stage of API Gateway, as HttpTargets does: for pipes and
  /// schedules. On the services' loop thread.
  void call_http(const aws::Target& target, std::string_view region,
                 aws::Caller::Receiver receiver) {
    http_targets_->call(target, region, std::move(receiver));
  }
  /// Deliveries that are not done.
  size_t deliveries() const { return queue_->size(); }

 private:
  explicit EventsService(Options options, RecordStore buses, RecordStore rules,
                         RecordStore archives, RecordStore replays, RecordStore destinations);

  // actions/buses.cc
  aws::ActionResult create_event_bus(const aws::Request& request);
  aws::ActionResult delete_event_bus(const aws::Request& request);
  aws::ActionResult describe_event_bus(const aws::Request& request);
  aws::ActionResult list_event_buses(const aws::Request& request);
  aws::ActionResult update_event_bus(const aws::Request& request);
  aws::ActionResult put_permission(const aws::Request& request);
  aws::ActionResult remove_permission(const aws::Request& request);
  // actions/rules.cc
  aws::ActionResult put_rule(const aws::Request& request);
  aws::ActionResult delete_rule(const aws::Request& request);
  aws::ActionResult describe_rule(const aws::Request& request);
  aws::ActionResult enable_rule(const aws::Request& request);
  aws::ActionResult disable_rule(const aws::Request& request);
  aws::ActionResult list_rules(const aws::Request& request);
  aws::ActionResult list_rule_names_by_target(const aws::Request& request);
  aws::ActionResult test_event_pattern(const aws::Request& request);
  // actions/targets.cc
  aws::ActionResult put_targets(const aws::Request& request);
  aws::ActionResult remove_targets(const aws::Request& request);
  aws::ActionResult list_targets_by_rule(const aws::Request& request);
  // actions/put_events.cc
  aws::ActionResult put_events(const aws::Request& request);
  // actions/tags.cc
  aws::ActionResult tag_resource(const aws::Request& request);
  aws::ActionResult untag_resource(const aws::Request& request);
  aws::ActionResult list_tags(const aws::Request& request);
  aws::ActionResult describe_connection(const aws::Request& request);
  aws::ActionResult list_connections(const aws::Request& request);
  aws::ActionResult deauthorize_connection(const aws::Request& request);
  // actions/destinations.cc
  aws::ActionResult create_api_destination(const aws::Request& request);
  aws::ActionResult update_api_destination(const aws::Request& request);
  aws::ActionResult delete_api_destination(const aws::Request& request);
  aws::ActionResult describe_api_destination(const aws::Request& request);
  aws::ActionResult list_api_destinations(const aws::Request& request);
  // actions/archives.cc
  aws::ActionResult create_archive(const aws::Request& request);
  aws::ActionResult update_archive(const aws::Request& request);
  aws::ActionResult delete_archive(const aws::Request& request);
  aws::ActionResult describe_archive(const aws::Request& request);
  aws::ActionResult list_archives(const aws::Request& request);
  // actions/replays.cc
  aws::ActionResult start_replay(const aws::Request& request);
  aws::ActionResult cancel_replay(const aws::Request& request);
  aws::ActionResult describe_replay(const aws::Request& request);
  aws::ActionResult list_replays(const aws::Request& request);

  /// The bus's record; that of a default bus is there from the beginning.
  aws::ApiResult<json::Value> find_bus(const BusName& bus) const;
  aws::ApiResult<json::Value> find_rule(const RuleName& rule) const;
  /// The rule that the members name; its bus must exist.
  aws::ApiResult<RuleName> rule_member(const aws::Request& request, std::string_view member) const;
  aws::ApiResult<void> set_rule_state(const aws::Request& request, std::string_view state);
  aws::ApiResult<void> commit(const store::Batch& batch);
  /// Writes a rule and its place in the schedule, and lets the rule book see it.
  aws::ApiResult<void> store_rule(const RuleName& name, const json::Value& before,
                                  json::Value record);
  std::string make_id();
  /// Puts an event into `batch`: for the targets of the rules it matches, and into archives.
  aws::ApiResult<Acceptance> accept(store::Batch& batch, const BusName& bus,
                                    const json::Value& event, base::Timestamp time);
  /// Errors: ThrottlingException if too much waits.
  aws::ApiResult<void> check_room(const aws::Principal& principal) const;
  /// As accept(), for an event that comes from another bus, with the commit.
  aws::ApiResult<void> forward(const BusName& bus, const AcceptedEvent& event);
  /// The rules whose time has come: "Scheduled Event" for their targets.
  void fire(const std::vector<RuleSchedules::Due>& due);
  /// The record whose tags the ARN's resource has, and what writes it back.
  struct Tagged {
    json::Value record;
    std::function<void(store::Batch&, const json::Value&)> put;
  };
  aws::ApiResult<Tagged> find_tagged(const std::string& arn) const;

  /// The state of an API destination is that of its connection.
  json::Value shown_destination(const json::Value& record) const;
  json::Value shown_archive(const json::Value& record);
  void start_replaying(std::string key);
  /// The next few events of a replay; again until there are none.
  void replay_step(const std::string& key);

  Options options_;
  RecordStore buses_;
  RecordStore rules_;
  RecordStore archives_;
  RecordStore replays_;
  RecordStore destinations_;
  std::unique_ptr<ArchiveStore> archived_;
  std::unique_ptr<RuleBook> book_;
  std::unique_ptr<Connections> connections_;
  std::unique_ptr<HttpTargets> http_targets_;
  std::unique_ptr<DeliveryQueue> queue_;
  std::unique_ptr<RuleSchedules> schedules_;
  mutable std::mutex mutex_;  ///< of everything that reads, changes and writes a record
  std::mutex ids_mutex_;
  base::Random random_;  ///< guarded by ids_mutex_
  const std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace pawl::events
