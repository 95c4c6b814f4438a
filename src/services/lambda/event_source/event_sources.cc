// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/event_source/event_sources.h"

#include <utility>

#include "json/write.h"
#include "services/lambda/event_source/queue_poller.h"
#include "services/lambda/event_source/stream_poller.h"
#include "services/lambda/stored_json.h"

namespace pawl::lambda {

base::Result<std::unique_ptr<EventSources>> EventSources::open(store::Store& store,
                                                               ResourceStore resources,
                                                               Options options) {
  const store::Keyspace positions =
      PAWL_TRY(store.keyspace("lambda/positions", store::Shape::Records));
  return std::unique_ptr<EventSources>(
      new EventSources(store, resources, positions, std::move(options)));
}

EventSources::EventSources(store::Store& store, ResourceStore resources, store::Keyspace positions,
                           Options options)
    : resources_(resources),
      options_(std::move(options)),
      destinations_(*options_.caller),
      context_{*options_.loop, *options_.caller, options_.invoke, destinations_, store, positions} {
}

EventSources::~EventSources() {
  for (const auto& [uuid, poller] : pollers_) poller->stop();
}

void EventSources::begin() {
  options_.loop->post([this] {
    has_begun_ = true;
    // What cannot be read is told to those who ask for it.
    static_cast<void>(resources_.visit_all(ResourceKind::EventSourceMapping,
                                           [this](const ResourceScope& scope, json::Value record) {
                                             start(mapping_of(scope, record));
                                           }));
  });
}

void EventSources::set(const ResourceScope& scope, std::string record) {
  options_.loop->post([this, scope, record = std::move(record)] {
    if (!has_begun_) return;  // it is in the store
    const aws::ApiResult<json::Value> parsed = decode_record(record);
    if (parsed) start(mapping_of(scope, *parsed));
  });
}

/// Instead of the one that polls for it now.
void EventSources::start(Mapping mapping) {
  std::shared_ptr<SourcePoller>& poller = pollers_[mapping.uuid];
  if (poller) poller->stop();
  poller.reset();
  if (!mapping.is_enabled) {
    pollers_.erase(mapping.uuid);
    return;
  }
  if (source_service(mapping.source_arn) == "sqs") {
    poller = std::make_shared<QueuePoller>(context_, std::move(mapping));
  } else {
    poller = std::make_shared<StreamPoller>(context_, std::move(mapping));
  }
  poller->start();
}

void EventSources::remove(const std::string& uuid) {
  options_.loop->post([this, uuid] {
    const auto found = pollers_.find(uuid);
    if (found != pollers_.end()) {
      found->second->stop();
      pollers_.erase(found);
    }
    store::Batch batch;
    batch.erase_range(context_.positions,
                      store::Range::prefix(store::KeyBuilder().text(uuid).take()));
    static_cast<void>(context_.store.commit(batch, store::Sync::No));
  });
}

}  // namespace pawl::lambda
