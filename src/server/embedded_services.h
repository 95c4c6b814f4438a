// SPDX-License-Identifier: Apache-2.0
// The AWS services that this program is. A service is one line in embedded_services.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/model/model_catalog.h"
#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/http_site.h"
#include "aws/service/identities.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "container/container_host.h"
#include "engine/ports.h"
#include "integration/lambda_invoker.h"
#include "server/log.h"
#include "items/object_store.h"
#include "server/job_stack.h"
#include "server/states_stack.h"
#include "server/status_events.h"
#include "services/logs/log_store.h"
#include "services/s3/storage.h"
#include "store/store.h"
#include "store/sync_queue.h"

namespace pawl::server {

/// A service and the name of its model (aws::ModelCatalog): "stepfunctions".
struct EmbeddedService {
  std::string model_name;
  std::unique_ptr<aws::Service> service;
  aws::HttpSite* site = nullptr;   ///< what it answers besides its API; null: nothing
  std::function<void()> run = {};  ///< begins what it does by itself, once the server answers
  /// Ends what calls other services from threads of its own, before any of those ends; empty: none.
  std::function<void()> stop = {};
  /// Whether a request that a service sends to its Host is for `site` (SiteTransport); empty: none.
  std::function<bool(const aws::HttpRequest&)> claims = {};
};

/// What services are made of. All of it outlives them.
struct ServiceEnvironment {
  store::Store& store;
  aws::ModelCatalog& models;
  std::string data_folder;  ///< for files beside the store; "": nothing is kept
  engine::Loop& loop;       ///< the thread that reads requests
  store::SyncQueue& syncs;
  aws::ServiceLoop& service_loop;
  aws::Caller& caller;            ///< not to be used before all services are there
  aws::HttpTransport& transport;  ///< to any URL; an answer takes a minute at most
  /// "http://127.0.0.1:4566": where this server answers; from then on.
  std::function<std::string()> endpoint_url;
  /// Whoever reaches the server may do anything: on loopback, without credentials of its own.
  bool is_open_to_callers = true;
  std::string smtp_relay = {};  ///< a net::SmtpRelay; "": e-mail stays in the mailbox
  std::string mail_from = {};
  uint32_t partitions = 1;
  states::TokenBucketSize start_throttle = {};
  std::string mock_config_file = {};   ///< Step Functions Local's; "" for none
  std::string batch_runner = "local";  ///< or jobs::slurm_partition's
  std::string s3_folder = {};          ///< of ItemReaders and ResultWriters; "": the embedded S3
  std::function<void(const base::Error&)> fatal;  ///< the store has failed: ends the process
  /// Whether a request that a site answers is signed by somebody who may call.
  std::function<bool(const aws::HttpRequest& request, std::string_view signing_name)> is_signed =
      {};
  engine::ExecutionFeed* feed = nullptr;  ///< of executions; may be null
  const Log* log = nullptr;               ///< may be null
  /// Whether policies decide what callers may do who are not an account's root.
  bool enforces_policies = false;
};

struct EmbeddedServices {
  std::unique_ptr<aws::Identities> identities;           ///< outlives all that follow
  std::unique_ptr<aws::Authorizer> authorizer;           ///< the same; null: nobody is asked
  std::unique_ptr<container::ImageSource> ecr_images;    ///< outlives `containers`
  std::unique_ptr<container::ContainerHost> containers;  ///< outlives `list`; stopped before it
  std::unique_ptr<JobStack> jobs;                        ///< outlives `list`
  std::unique_ptr<logs::LogStore> logs;                  ///< outlives all that follow
  std::unique_ptr<s3::Storage> s3;                       ///< outlives all that follow
  std::unique_ptr<aws::HttpSite> s3_site;                ///< outlives `list`
  std::unique_ptr<items::ObjectStore> objects;           ///< outlives `states`
  std::unique_ptr<integration::LambdaInvoker> lambda_invoker;  ///< outlives `states`
  std::unique_ptr<StatusEvents> status_events;                 ///< outlives `states`
  std::unique_ptr<StatesStack> states;  ///< to be stopped before any service ends
  std::vector<EmbeddedService> list;
};

/// All services of the program, not bound yet, nothing moving yet. Errors: what a service says when
/// it cannot start, for instance Io of the store.
base::Result<EmbeddedServices> make_embedded_services(const ServiceEnvironment& environment);

}  // namespace pawl::server
