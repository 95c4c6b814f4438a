// SPDX-License-Identifier: Apache-2.0
// Members are in the order of their making; they end in the opposite one.
#include "server/server.h"

#include <sys/resource.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <future>
#include <random>
#include <cstdlib>
#include <utility>
#include <vector>

#include "aws/client/remote_caller.h"
#include "aws/model/embedded_patches.h"
#include "console/call_api.h"
#include "console/console.h"
#include "console/execution_board.h"
#include "container/left_sandboxes.h"
#include "net/http_server.h"
#include "engine/execution_store.h"
#include "integration/sdk_catalog.h"
#include "server/admin_actions.h"
#include "jobs/output_positions.h"
#include "server/answer_keeping_store.h"
#include "server/embedded_services.h"
#include "server/endpoint_settings.h"
#include "server/engine_loop.h"
#include "server/gateway.h"
#include "server/http_transport.h"
#include "server/remote_credentials.h"
#include "server/server_metrics.h"
#include "server/site_transport.h"
#include "server/service_caller.h"
#include "server/service_threads.h"
#include "server/store_format.h"
#include "server/tls_files.h"
#include "server/wall_clock.h"
#include "services/cloudformation/state/answer_log.h"
#include "store/memory/memory_store.h"
#include "store/sync_queue.h"

namespace pawl::server {
namespace {

base::Result<std::unique_ptr<store::Store>> open_store(const ServerOptions& options) {
  if (options.data_folder.empty()) {
    return std::unique_ptr<store::Store>(std::make_unique<store::MemoryStore>());
  }
  std::function<void(std::string_view)> warn;
  if (options.log != nullptr) {
    warn = [log = options.log](std::string_view line) {
      log->write(LogLevel::Warning, "store", {{"detail", std::string(line)}});
    };
  }
  return open_data_folder(options.data_folder, std::move(warn));
}

/// Large bodies of requests, until a service has taken them. Beside the data, so that they can be
/// renamed into it.
base::Result<std::shared_ptr<net::SpoolFolder>> open_spool(const std::string& data_folder) {
  constexpr uint64_t kSpoolBytesMax = uint64_t{64} << 30;
  return data_folder.empty() ? net::SpoolFolder::open_temporary(kSpoolBytesMax)
                             : net::SpoolFolder::open(data_folder + "/spool", kSpoolBytesMax);
}

/// Of a call to another server: a Lambda function may take a quarter of an hour.
constexpr std::chrono::milliseconds kRemoteCallTimeout = std::chrono::minutes(16);
/// Of what services send to anybody.
constexpr std::chrono::milliseconds kTransportTimeout = std::chrono::minutes(1);

uint64_t entropy() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

base::Result<Gateway::Options> gateway_options(const ServerOptions& options) {
  Gateway::Options made;
  made.origins = CrossOriginRules(options.cors_origins);
  made.log = options.log;
  if (!options.credentials_file.empty()) {
    made.credentials = PAWL_TRY(CredentialsFile::read(options.credentials_file));
  } else if (!is_loopback(options.host)) {
    return base::Error(
        base::ErrorKind::Unsupported,
        "on " + options.host + " other computers can call: say with --credentials FILE who may");
  }
  return made;
}

Gateway::Options with_syncs(Gateway::Options options, store::SyncQueue& syncs) {
  options.syncs = &syncs;
  return options;
}

/// A connection is a descriptor; shells give few by default.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// A file that reaches the user's limit is then an error of the store, like a full disk, and does
/// not end the process without a word.
void turn_file_size_signal_into_error() { std::signal(SIGXFSZ, SIG_IGN); }

/// Waits for as many calls of arrive() as there are servers.
class Gathering {
 public:
  explicit Gathering(size_t count) : missing_(count) {}
  void arrive() {
    const std::lock_guard lock(mutex_);
    --missing_;
    changed_.notify_all();
  }
  void wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return missing_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t missing_;
};

base::Result<AnswerKeepingStore::Keyspaces> keyspaces_of_answers(store::Store& store) {
  const auto executions = PAWL_TRY(engine::ExecutionStore::open(store));
  return AnswerKeepingStore::Keyspaces{
      .of_tasks = executions.keyspaces().outbox,
      .of_stacks = PAWL_TRY(store.keyspace(cloudformation::kAnswersOfStacks, store::Shape::Queue)),
      .of_outputs = PAWL_TRY(
          store.keyspace(jobs::OutputPositions::kKeyspace, jobs::OutputPositions::kShape))};
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Gateway::Options gateway, EndpointSettings endpoints,
       std::unique_ptr<store::Store> store, std::unique_ptr<aws::ModelCatalog> models)
      : options_(std::move(options)),
        endpoints_(std::move(endpoints)),
        store_(std::move(store)),
        models_(std::move(models)),
        syncs_(std::make_unique<store::SyncQueue>(*store_, options_.fatal)),
        admin_(*store_),
        gateway_(with_syncs(std::move(gateway), *syncs_)) {
    for (uint32_t i = 0; i < std::max(options_.io_threads, 1U); ++i) {
      threads_.push_back(std::make_unique<net::LoopThread>());
    }
    engine_loop_ = std::make_unique<EngineLoop>(threads_.front()->loop());
    service_threads_ = std::make_unique<ServiceThreads>(threads_.front()->loop());
    net::HttpClientOptions client;
    client.ca_file = options_.remote_ca_file;
    http_client_ = std::make_unique<LazyHttpClient>(std::move(client));
    transport_ =
        std::make_unique<HttpClientTransport>(*http_client_, *service_threads_, kTransportTimeout);
    site_transport_ = std::make_unique<SiteTransport>(*transport_, *service_threads_);
    remote_transport_ =
        std::make_unique<HttpClientTransport>(*http_client_, *service_threads_, kRemoteCallTimeout);
    remote_credentials_ = std::make_unique<RemoteCredentials>(
        options_.remote_profile,
        [](const char* name) { return const_cast<const char*>(std::getenv(name)); });
    remote_caller_ = std::make_unique<aws::RemoteCaller>(
        aws::RemoteCaller::Options{.models = *models_,
                                   .loop = *service_threads_,
                                   .transport = *remote_transport_,
                                   .endpoints = endpoints_,
                                   .credentials = *remote_credentials_,
                                   .entropy = entropy});
    caller_ =
        std::make_unique<ServiceCaller>(ServiceCaller::Options{.models = *models_,
                                                               .loop = *service_threads_,
                                                               .syncs = *syncs_,
                                                               .endpoints = &endpoints_,
                                                               .remote = remote_caller_.get()});
    console_caller_ = std::make_unique<ServiceCaller>(
        ServiceCaller::Options{.models = *models_,
                               .loop = *service_threads_,
                               .syncs = *syncs_,
                               .endpoints = &endpoints_,
                               .remote = remote_caller_.get(),
                               .streamed_bytes_max = console::CallApi::kStreamedBytesMax});
  }

  ~Impl() {
    drain();
    admin_.stop();
    for (const auto& stop : stops_) stop();
    if (states_) states_->stop();
    if (jobs_) jobs_->stop();
    if (containers_) containers_->stop();
    // Servers end after their loops. Late answers of services find no loop, and are dropped.
    service_threads_->stop();
    threads_.clear();
    syncs_->stop();
    servers_.clear();
  }

  base::Result<void> start() {
    raise_descriptor_limit();
    turn_file_size_signal_into_error();
    if (!options_.data_folder.empty()) container::end_left_sandboxes(options_.data_folder);
    if (!endpoints_.empty()) PAWL_TRY_VOID(endpoints_.check_names(models_->service_names()));
    services_store_ =
        std::make_unique<AnswerKeepingStore>(*store_, PAWL_TRY(keyspaces_of_answers(*store_)));
    EmbeddedServices services = PAWL_TRY(make_embedded_services(
        {.store = *services_store_,
         .models = *models_,
         .data_folder = options_.data_folder,
         .loop = *engine_loop_,
         .syncs = *syncs_,
         .service_loop = *service_threads_,
         .caller = *caller_,
         .transport = *site_transport_,
         .endpoint_url = [this] { return url_of(port_); },
         .is_open_to_callers = is_open_to_callers(),
         .smtp_relay = options_.smtp_relay,
         .mail_from = options_.mail_from,
         .partitions = options_.partitions,
         .start_throttle = options_.start_throttle,
         .mock_config_file = options_.mock_config_file,
         .batch_runner = options_.batch_runner,
         .s3_folder = options_.s3_folder,
         .fatal = options_.fatal,
         .is_signed =
             [this](const aws::HttpRequest& request, std::string_view signing_name) {
               return gateway_.is_signed(request, signing_name);
             },
         .feed = &board_,
         .log = options_.log,
         .enforces_policies = options_.enforces_policies}));
    keep(services);
    std::vector<std::function<void()>> runs;
    for (EmbeddedService& embedded : services.list) {
      endpoints_.embed(embedded.model_name);
      if (embedded.site != nullptr) {
        gateway_.add(*embedded.site);
        if (embedded.claims) site_transport_->add(*embedded.site, std::move(embedded.claims));
      }
      if (embedded.run) runs.push_back(std::move(embedded.run));
      if (embedded.stop) stops_.push_back(std::move(embedded.stop));
      ServedService& served = *PAWL_TRY(serve(std::move(embedded)));
      for (ServiceCaller* caller : {caller_.get(), console_caller_.get()}) {
        caller->add(served.card().service_name, [&served] { return served.actions(); });
      }
    }
    open_console();
    add_store_metrics(gateway_.metrics(), *store_);
    add_engine_metrics(gateway_.metrics(), states_->engine(), states_->express());
    // They are not signed: only where anybody who can call may do anything.
    if (is_open_to_callers()) admin_.add_to(gateway_);
    PAWL_TRY_VOID(listen());
    states_->run();
    for (const auto& run : runs) run();
    console_->run();
    return {};
  }

  const std::string& url() const { return url_; }

 private:
  /// All but the list.
  void keep(EmbeddedServices& services) {
    identities_ = std::move(services.identities);
    authorizer_ = std::move(services.authorizer);
    gateway_.ask(identities_.get(), authorizer_.get());
    ecr_images_ = std::move(services.ecr_images);
    containers_ = std::move(services.containers);
    jobs_ = std::move(services.jobs);
    logs_ = std::move(services.logs);
    s3_ = std::move(services.s3);
    s3_site_ = std::move(services.s3_site);
    objects_ = std::move(services.objects);
    lambda_invoker_ = std::move(services.lambda_invoker);
    status_events_ = std::move(services.status_events);
    states_ = std::move(services.states);
  }

  void open_console() {
    resources_ = std::make_unique<integration::SdkResources>(*models_);
    console_ = std::make_unique<console::Console>(console::ConsolePorts{
        .version = PAWL_VERSION,
        .signs = !options_.credentials_file.empty(),
        .site = options_.console_site,
        .caller = *console_caller_,
        .models = *models_,
        .loop = *service_threads_,
        .resources = *resources_,
        .store = *store_,
        .executions = states_->engine().executions(),
        .revisions = states_->revisions(),
        .board = board_,
        .totals = [this] { return totals_of(states_->engine(), states_->express(), servers_); },
        .requests = [this] { return gateway_.requests().by_service(); }});
    gateway_.add(*console_);
  }

  /// Models are read when they are first needed: together they are tens of megabytes. That of the
  /// one service that nobody does without is read now, so that a machine without models says so.
  base::Result<ServedService*> serve(EmbeddedService embedded) {
    const std::string& name = embedded.model_name;
    std::optional<aws::ServiceCard> card = aws::kept_service_card(name);
    if (!card) card = aws::card_of(*PAWL_TRY(models_->find(name)));
    ServedService& served =
        gateway_.add(std::move(embedded.service), *std::move(card),
                     [models = models_.get(), name] { return models->find(name); });
    if (name == "stepfunctions") PAWL_TRY_VOID(served.actions());
    return &served;
  }

  base::Result<void> listen() {
    net::HttpLimits limits;
    limits.connections_max = std::max<size_t>(options_.connections_max / threads_.size(), 1);
    limits.body_bytes_max = options_.body_bytes_max;
    net::LargeBodies large;
    large.folder = PAWL_TRY(open_spool(options_.data_folder));
    large.bound_of = [this](const net::HttpRequest& head) { return gateway_.body_bound(head); };
    net::ListenOptions listened;
    if (!options_.tls_folder.empty()) {
      listened.tls = PAWL_TRY(open_tls_files(options_.tls_folder, wall_clock_now()));
    }
    for (const auto& thread : threads_) {
      servers_.push_back(std::make_unique<net::HttpServer>(
          thread->loop(), limits,
          [this](int status, const net::HttpRequest* head) {
            return gateway_.refuse_unread(status, head);
          },
          large));
    }
    listened.host = options_.host;
    listened.port = options_.port;
    add_http_metrics(gateway_.metrics(), servers_);
    for (size_t i = 1; i < servers_.size(); ++i) listened.sharers.push_back(servers_[i].get());
    const uint16_t port = PAWL_TRY(servers_.front()->listen(
        [this](net::HttpRequest& request, net::HttpReply reply) {
          gateway_.handle(request, std::move(reply));
        },
        listened));
    port_ = port;
    url_ = url_of(port);
    return {};
  }

  bool is_open_to_callers() const {
    return is_loopback(options_.host) && options_.credentials_file.empty();
  }

  std::string url_of(uint16_t port) const {
    const bool is_v6 = options_.host.find(':') != std::string::npos;
    return "http://" + (is_v6 ? "[" + options_.host + "]" : options_.host) + ":" +
           std::to_string(port);
  }

  void drain() {
    const auto gathering = std::make_shared<Gathering>(servers_.size());
    for (const auto& server : servers_) server->drain([gathering] { gathering->arrive(); });
    // Workers that poll would be waited for, up to a minute.
    if (states_) states_->end_polls();
    gathering->wait_for(std::chrono::milliseconds(options_.stop_timeout_ms));
  }

  const ServerOptions options_;
  EndpointSettings endpoints_;
  std::vector<std::function<void()>> stops_;  ///< of services with threads of their own
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<aws::ModelCatalog> models_;
  std::unique_ptr<store::SyncQueue> syncs_;
  std::unique_ptr<AnswerKeepingStore> services_store_;
  std::vector<std::unique_ptr<net::LoopThread>> threads_;
  std::unique_ptr<EngineLoop> engine_loop_;
  std::unique_ptr<ServiceThreads> service_threads_;
  std::unique_ptr<LazyHttpClient> http_client_;
  std::unique_ptr<HttpClientTransport> transport_;
  std::unique_ptr<SiteTransport> site_transport_;
  std::unique_ptr<HttpClientTransport> remote_transport_;
  std::unique_ptr<RemoteCredentials> remote_credentials_;
  std::unique_ptr<aws::RemoteCaller> remote_caller_;
  std::unique_ptr<ServiceCaller> caller_;
  std::unique_ptr<ServiceCaller> console_caller_;  ///< the same, for what fits on a screen
  std::unique_ptr<aws::Identities> identities_;
  std::unique_ptr<aws::Authorizer> authorizer_;
  std::unique_ptr<container::ImageSource> ecr_images_;
  std::unique_ptr<container::ContainerHost> containers_;
  std::unique_ptr<JobStack> jobs_;
  std::unique_ptr<logs::LogStore> logs_;
  std::unique_ptr<s3::Storage> s3_;
  std::unique_ptr<aws::HttpSite> s3_site_;
  std::unique_ptr<items::ObjectStore> objects_;
  std::unique_ptr<integration::LambdaInvoker> lambda_invoker_;
  std::unique_ptr<StatusEvents> status_events_;
  console::ExecutionBoard board_;
  std::unique_ptr<StatesStack> states_;
  std::unique_ptr<asl::ResourceCatalog> resources_;
  std::unique_ptr<console::Console> console_;
  AdminActions admin_;
  Gateway gateway_;
  std::vector<std::unique_ptr<net::HttpServer>> servers_;
  std::atomic<uint16_t> port_ = 0;  ///< read by services while requests come in already
  std::string url_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

base::Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options) {
  auto gateway = PAWL_TRY(gateway_options(options));
  auto endpoints = PAWL_TRY(EndpointSettings::parse(options.endpoints));
  // The model is read on another core while the store is opened: both take milliseconds.
  auto models = std::make_unique<aws::ModelCatalog>(aws::installed_search_path());
  const auto ahead = std::async(std::launch::async, [catalog = models.get()] {
    // What fails here fails again where the model is needed.
    static_cast<void>(catalog->find("stepfunctions"));
  });
  auto store = open_store(options);
  if (!store) {
    ahead.wait();
    return tl::unexpected(std::move(store).error());
  }
  auto impl = std::make_unique<Impl>(options, std::move(gateway), std::move(endpoints),
                                     *std::move(store), std::move(models));
  const auto started = impl->start();
  ahead.wait();  // before anything that it reads may end
  if (!started) return started.error();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::string& Server::url() const { return impl_->url(); }

}  // namespace pawl::server
