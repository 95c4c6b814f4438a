// SPDX-License-Identifier: Apache-2.0
// ServiceCaller: calls between services, and of workflows to services: to the one in this process,
// without HTTP, or to wherever the service is configured to live.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "aws/model/model_catalog.h"
#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "store/sync_queue.h"

namespace pawl::server {

/// Everything given must outlive it. add() first, then thread-safe.
class ServiceCaller final : public aws::Caller {
 public:
  struct Options {
    aws::ModelCatalog& models;
    aws::ServiceLoop& loop;
    store::SyncQueue& syncs;
    /// Where services live; null: all here.
    const aws::EndpointResolver* endpoints = nullptr;
    /// Calls those that live elsewhere; null: nobody does.
    aws::Caller* remote = nullptr;
    /// Of an output that streams, which is carried as base64 text: it must fit into memory a few
    /// times. More answers RequestEntityTooLargeException (413).
    uint64_t streamed_bytes_max = uint64_t{64} << 20;
  };

  explicit ServiceCaller(const Options& options) : options_(options) {}

  /// Gives the actions of a service, thread-safe; the error is what callers of it get.
  using Actions = std::function<base::Result<const aws::ActionTable*>()>;
  void add(std::string service, Actions actions);

  /// Errors of its own: NotImplemented (501) if the service is neither here nor configured to be
  /// elsewhere, or has no such operation.
  void call(aws::Call call, Receiver receiver) override;

 private:
  void call_embedded(const aws::ActionTable& actions, aws::Call call, Receiver receiver);

  const Options options_;
  std::map<std::string, Actions, std::less<>> services_;
};

}  // namespace pawl::server
