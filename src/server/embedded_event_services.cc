// SPDX-License-Identifier: Apache-2.0
#include "server/embedded_event_services.h"

#include <random>
#include <utility>

#include "services/events/service.h"
#include "services/pipes/service.h"
#include "services/scheduler/service.h"
#include "server/sdk_targets.h"

namespace pawl::server {
namespace {

uint64_t entropy() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

std::function<void(std::function<void()>)> after_sync(const ServiceEnvironment& environment) {
  return [&syncs = environment.syncs](std::function<void()> task) {
    syncs.after_sync(std::move(task));
  };
}

/// Writes a warning with the ARN of whose target was not called.
std::function<void(const std::string&, const aws::ApiError&)> target_warning(
    const ServiceEnvironment& environment, const char* text) {
  return [log = environment.log, text](const std::string& arn, const aws::ApiError& error) {
    if (log == nullptr) return;
    log->write(LogLevel::Warning, text,
               {{"arn", arn}, {"code", error.code}, {"message", error.message.value_or("")}});
  };
}

base::Result<events::EventsService*> add_events(const ServiceEnvironment& environment,
                                                EmbeddedServices& services) {
  auto events = PAWL_TRY(events::EventsService::open(
      {.store = environment.store,
       .loop = environment.service_loop,
       .caller = environment.caller,
       .transport = &environment.transport,
       .endpoint_url = environment.endpoint_url,
       .after_sync = after_sync(environment),
       .seed = entropy(),
       .lost = target_warning(environment, "an event did not reach its target")}));
  events::EventsService* const bridge = events.get();
  services.status_events = PAWL_TRY(StatusEvents::open(
      {.store = environment.store,
       .is_wanted = [bridge] { return bridge->has_rules_for("aws.states"); },
       .emit =
           [bridge](const StatusEvents::Event& event) {
             bridge->put_service_event(event.account, event.region, "aws.states",
                                       "Step Functions Execution Status Change",
                                       {event.execution_arn}, event.detail, event.time);
           }}));
  services.list.push_back(
      {"events", std::move(events), nullptr, [bridge, status = services.status_events.get()] {
         bridge->run();
         status->run();
       }});
  return bridge;
}

/// How schedules and pipes call their targets. API destinations are EventBridge's.
aws::Delivery::Ports delivery_ports(const ServiceEnvironment& environment,
                                    events::EventsService& events) {
  return {.loop = environment.service_loop,
          .caller = environment.caller,
          .call_http =
              [&events](const aws::Target& target, const aws::Principal&, std::string_view region,
                        aws::Caller::Receiver receiver) {
                events.call_http(target, region, std::move(receiver));
              },
          .resolve = [&models = environment.models](
                         aws::Call call) { return resolve_sdk_target(models, std::move(call)); }};
}

base::Result<void> add_scheduler(const ServiceEnvironment& environment,
                                 events::EventsService& events, EmbeddedServices& services) {
  auto scheduler = PAWL_TRY(scheduler::SchedulerService::open(
      environment.store,
      {.delivery = delivery_ports(environment, events),
       .after_sync = after_sync(environment),
       .seed = entropy(),
       .lost = target_warning(environment, "the target of a schedule was not called")}));
  scheduler::SchedulerService* const runs = scheduler.get();
  services.list.push_back({"scheduler", std::move(scheduler), nullptr, [runs] { runs->run(); }});
  return {};
}

base::Result<void> add_pipes(const ServiceEnvironment& environment, events::EventsService& events,
                             EmbeddedServices& services) {
  auto pipes = PAWL_TRY(pipes::PipesService::open(
      environment.store, {.delivery = delivery_ports(environment, events),
                          .seed = entropy(),
                          .failed = target_warning(environment, "a pipe's batch failed")}));
  pipes::PipesService* const runs = pipes.get();
  services.list.push_back({"pipes", std::move(pipes), nullptr, [runs] { runs->run(); }});
  return {};
}

}  // namespace

base::Result<void> add_event_services(const ServiceEnvironment& environment,
                                      EmbeddedServices& services) {
  events::EventsService* const events = PAWL_TRY(add_events(environment, services));
  PAWL_TRY_VOID(add_scheduler(environment, *events, services));
  return add_pipes(environment, *events, services);
}

}  // namespace pawl::server
