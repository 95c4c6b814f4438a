// SPDX-License-Identifier: Apache-2.0
// ServiceEvents: "Batch Job State Change", "ECS Task State Change": what a service of AWS tells
// EventBridge by itself.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "base/time.h"
#include "jobs/scope.h"

namespace pawl::jobs {

/// In whose name a service of AWS acts for an account.
aws::Principal account_principal(const std::string& account);

struct ServiceEvent {
  Scope scope;
  base::Timestamp time;
  std::string detail_type;
  std::string resource;  ///< an ARN
  std::string detail;    ///< JSON text
};

/// Best effort, as on AWS, in the order of the changes. Thread-safe. The ports must outlive it.
class ServiceEvents {
 public:
  /// `source`: "aws.batch"; `service`: "batch.amazonaws.com".
  ServiceEvents(aws::ServiceLoop& loop, aws::Caller& caller, std::string source,
                std::string service)
      : loop_(loop), caller_(caller), source_(std::move(source)), service_(std::move(service)) {}

  /// Does not block. Beyond 32 MiB that are not sent yet, events are dropped.
  void send(ServiceEvent event);

 private:
  void flush();

  aws::ServiceLoop& loop_;
  aws::Caller& caller_;
  const std::string source_;
  const std::string service_;
  std::mutex mutex_;
  std::deque<ServiceEvent> waiting_;  ///< guarded by mutex_
  size_t waiting_bytes_ = 0;          ///< guarded by mutex_
  bool is_sending_ = false;           ///< guarded by mutex_
};

}  // namespace pawl::jobs
