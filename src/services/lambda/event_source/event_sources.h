// SPDX-License-Identifier: Apache-2.0
// EventSources: polls what is mapped to functions: queues and the streams of tables. One poller a
// mapping that is enabled; each says in its header how it goes about it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "services/lambda/destinations.h"
#include "services/lambda/event_source/mapping.h"
#include "services/lambda/invoker.h"
#include "services/lambda/resource_store.h"
#include "store/store.h"

namespace pawl::lambda {

/// What pollers work with.
struct PollerContext {
  aws::ServiceLoop& loop;
  aws::Caller& caller;
  std::function<void(InvokeCall, Invoker::Done)> invoke;
  const Destinations& destinations;
  store::Store& store;
  store::Keyspace positions;
};

/// Polls for one mapping. Everything on the loop's thread. What is under way when it is stopped
/// ends by itself.
class SourcePoller : public std::enable_shared_from_this<SourcePoller> {
 public:
  virtual ~SourcePoller() = default;
  virtual void start() = 0;
  virtual void stop() = 0;
};

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

  ResourceStore resources_;
  Options options_;
  Destinations destinations_;
  PollerContext context_;
  std::map<std::string, std::shared_ptr<SourcePoller>> pollers_;  ///< the loop's thread
  bool has_begun_ = false;                                        ///< the loop's thread
};

}  // namespace pawl::lambda
