// SPDX-License-Identifier: Apache-2.0
// EventSources: polls what is mapped to functions: queues and the streams of tables. One source
// (aws/event/polled_source.h) a mapping that is enabled; its batches are invocations.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "aws/event/polled_source.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "services/lambda/destinations.h"
#include "services/lambda/event_source/mapping.h"
#include "services/lambda/invoker.h"
#include "services/lambda/resource_store.h"
#include "store/store.h"

namespace pawl::lambda {

/// Thread-safe.
class EventSources {
 public:
  struct Options {
    aws::ServiceLoop* loop = nullptr;
    aws::Caller* caller = nullptr;
    std::function<void(InvokeCall, Invoker::Done)> invoke;
  };

  /// `store` and what the options name must outlive it; the loop's tasks must have ended before it
  /// does. Errors: those of Store::keyspace.
  static base::Result<std::unique_ptr<EventSources>> open(store::Store& store,
                                                          ResourceStore resources, Options options);

  ~EventSources();

  /// Polls for every mapping that is stored and enabled. Calls nobody before.
  void begin();
  /// A mapping was made or changed: `record` is its text as stored.
  void set(const ResourceScope& scope, std::string record);
  void remove(const std::string& uuid);

 private:
  EventSources(store::Store& store, ResourceStore resources, store::Keyspace positions,
               Options options);

  void start(Mapping mapping);
  aws::SourcePorts ports_for(const std::shared_ptr<const Mapping>& mapping);
  void consume(const std::shared_ptr<const Mapping>& mapping,
               const std::vector<aws::SourceRecord>& records, aws::SourcePorts::Done done);
  void give_up(const Mapping& mapping, const aws::GivenUpBatch& batch, std::function<void()> done);

  ResourceStore resources_;
  Options options_;
  Destinations destinations_;
  store::Store& store_;
  store::Keyspace positions_;
  std::map<std::string, std::shared_ptr<aws::PolledSource>> sources_;  ///< the loop's thread
  bool has_begun_ = false;                                             ///< the loop's thread
};

}  // namespace pawl::lambda
