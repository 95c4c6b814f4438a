// SPDX-License-Identifier: Apache-2.0
// Members are in the order of their making; they end in the opposite one.
#include "server/states_stack.h"

#include <chrono>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/activity_queue.h"
#include "engine/retention.h"
#include "engine/system_ports.h"
#include "integration/integration_dispatcher.h"
#include "integration/sdk_catalog.h"
#include "integration/mock/mocking_dispatcher.h"
#include "server/log_delivery.h"
#include "server/background_jobs.h"
#include "services/states/engine_revisions.h"
#include "services/states/execution_api.h"
#include "services/states/machine_registry.h"
#include "services/states/machine_store.h"
#include "services/states/service.h"
#include "services/states/states_caller.h"
#include "services/states/test_state/test_state_action.h"

namespace pawl::server {
namespace {

/// The dispatcher's activities as the queue wants them.
class ActivityScheduler final : public integration::ActivityTasks {
 public:
  explicit ActivityScheduler(engine::ActivityQueue& queue) : queue_(queue) {}

  void schedule(integration::ActivityTask task) override {
    queue_.schedule({.execution = task.execution,
                     .task = task.task,
                     .activity_arn = std::move(task.activity_arn),
                     .task_token = std::move(task.task_token),
                     .input = std::move(task.input)});
  }
  void cancel(engine::ExecutionId execution, interpreter::TaskId task) override {
    queue_.cancel(execution, task);
  }

 private:
  engine::ActivityQueue& queue_;
};

/// Whether a machine may be deleted for good.
class OpenExecutions final : public states::RunningExecutions {
 public:
  explicit OpenExecutions(const engine::ExecutionStore& executions) : executions_(executions) {}

  bool any(std::string_view state_machine_arn) override {
    const auto arn = states::parse_state_machine_arn(state_machine_arn);
    if (!arn) return false;
    const auto open = executions_.has_open(
        engine::scope_of_machine(arn->key.region, arn->key.account_id, arn->key.name));
    // If the store cannot tell, the machine stays.
    return !open || *open;
  }

 private:
  const engine::ExecutionStore& executions_;
};

/// Without a file there are no test cases.
base::Result<std::shared_ptr<const integration::MockConfig>> read_mock_config(
    const std::string& file) {
  if (file.empty()) return std::make_shared<const integration::MockConfig>();
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf()))
    return base::Error(base::ErrorKind::Io, "cannot read the mock configuration " + file);
  auto config = integration::MockConfig::parse(std::move(text).str());
  if (config) return config;
  const base::Error& error = config.error();
  return base::Error(error.kind,
                     file + ":" + std::to_string(error.position.line) + ":" +
                         std::to_string(error.position.column) + ": " + error.message,
                     error.position);
}

}  // namespace

class StatesStack::Impl {
 public:
  explicit Impl(const Options& options)
      : options_(options), resources_(options.models), activity_scheduler_(activities_) {}

  base::Result<void> open() {
    machines_ = PAWL_TRY(states::MachineStore::open(options_.store));
    registry_ = std::make_unique<states::MachineRegistry>(*machines_);
    revisions_ = std::make_unique<states::EngineRevisions>(*registry_);
    page_tokens_ = std::make_unique<states::PageTokens>(machines_->secret());
    mock_config_ = PAWL_TRY(read_mock_config(options_.mock_config_file));
    if (options_.logs != nullptr) make_history_logger();
    engine_ = PAWL_TRY(engine::DurableEngine::open(
        {.store = options_.store,
         .clock = clock_,
         .entropy = entropy_,
         .revisions = *revisions_,
         .dispatcher = [this](uint32_t) -> engine::TaskDispatcher& { return make_dispatcher(); },
         .log = history_logger_.get(),
         .watch = options_.watch,
         .feed = options_.feed,
         .partitions = options_.partitions,
         .fatal = options_.fatal,
         .ended =
             [this](const engine::ExecutionRecord& record) {
               // An error is the store's, of which `fatal` hears.
               static_cast<void>(registry_->execution_ended(state_machine_arn_of(record)));
               if (!record.mock_test_case.empty()) forget_mocks(record.id);
             },
         .objects = options_.objects}));
    open_executions_ = std::make_unique<OpenExecutions>(engine_->executions());
    registry_->watch(*open_executions_);
    if (const auto resumed = registry_->resume_deletions(); !resumed) {
      return base::Error(base::ErrorKind::Io, resumed.error().message.value_or(""));
    }
    express_ = std::make_unique<engine::ExpressExecutions>(
        engine::ExpressExecutions::Options{.loop = options_.loop,
                                           .clock = clock_,
                                           .seed = entropy_.next(),
                                           .dispatcher = make_dispatcher(),
                                           .log = history_logger_.get(),
                                           .feed = options_.feed,
                                           .store = &options_.store});
    api_ = std::make_unique<states::ExecutionApi>(
        states::ExecutionApi::Ports{.engine = *engine_,
                                    .express = *express_,
                                    .express_loop = options_.loop,
                                    .activities = activities_,
                                    .clock = clock_,
                                    .registry = *registry_,
                                    .machines = *machines_,
                                    .revisions = *revisions_,
                                    .page_tokens = *page_tokens_,
                                    .random = [this] { return draw(); },
                                    .start_throttle = options_.start_throttle});
    caller_.connect(*api_, *engine_);
    caller_.ask(options_.authorizer, options_.service_loop);
    test_state_ = std::make_unique<states::TestStateAction>(
        states::TestStateAction::Ports{.dispatcher = make_dispatcher(),
                                       .clock = clock_,
                                       .entropy = *make_entropy(),
                                       .models = options_.models,
                                       .resources = &resources_});
    return {};
  }

  std::unique_ptr<aws::Service> make_service() {
    return std::make_unique<states::StatesService>(
        states::StatesPorts{.machines = *machines_,
                            .registry = *registry_,
                            .clock = clock_,
                            .entropy = service_entropy_,
                            .executions = api_.get(),
                            .test_state = test_state_.get(),
                            .resources = &resources_});
  }

  void run() {
    engine_->run();
    add_jobs();
    jobs_.run();
  }
  void stop() {
    jobs_.stop();
    test_state_->stop();
    engine_->stop();
    // Services go on answering, until they end too.
    for (const auto& dispatcher : dispatchers_) dispatcher->close();
  }

  void end_polls() { activities_.expire({INT64_MAX}); }

  const engine::DurableEngine& engine() const { return *engine_; }
  const engine::ExpressStatistics& express() const { return express_->statistics(); }
  engine::RevisionSource& revisions() { return *revisions_; }

 private:
  /// What fails here is the store; `fatal` hears of that from the engine, which writes more often.
  void add_jobs() {
    using std::chrono::hours;
    using std::chrono::seconds;
    jobs_.add(seconds(1), [this](const auto&) { activities_.expire(clock_.now()); });
    jobs_.add(hours(1), [this](const BackgroundJobs::GoOn& go_on) {
      static_cast<void>(engine::erase_expired_executions(engine_->executions(), clock_.now(), {},
                                                         go_on, options_.feed));
    });
    jobs_.add(hours(1), [this](const auto&) {
      const auto used = engine::revisions_in_use(engine_->executions());
      if (!used) return;
      static_cast<void>(registry_->erase_unneeded_revisions(
          [&](uint64_t revision) { return used->contains(revision); }));
    });
    if (options_.logs == nullptr) return;
    jobs_.add(hours(1),
              [this](const auto&) { static_cast<void>(options_.logs->expire(clock_.now())); });
  }

  engine::TaskDispatcher& make_dispatcher() {
    dispatchers_.push_back(std::make_unique<integration::IntegrationDispatcher>(
        integration::IntegrationDispatcher::Options{.clock = clock_,
                                                    .entropy = *make_entropy(),
                                                    .lambda = options_.lambda,
                                                    .states = &caller_,
                                                    .activities = &activity_scheduler_,
                                                    .caller = &options_.caller,
                                                    .models = &options_.models,
                                                    .service_loop = &options_.service_loop,
                                                    .transport = &options_.transport,
                                                    .engine_knows_tokens = true}));
    mocking_.push_back(
        std::make_unique<integration::MockingDispatcher>(*dispatchers_.back(), mock_config_));
    return *mocking_.back();
  }

  void forget_mocks(engine::ExecutionId execution) {
    for (const auto& dispatcher : mocking_) dispatcher->forget(execution);
  }

  void make_history_logger() {
    const auto configuration_of = [this](uint64_t revision) -> base::Result<std::string> {
      const auto found = registry_->revision(revision);
      if (!found) return base::Error(base::ErrorKind::NotFound, "no such revision");
      return (*found)->logging_configuration;
    };
    history_logger_ = std::make_unique<states::HistoryLogger>(states::HistoryLogger::Options{
        .clock = clock_, .configurations = configuration_of, .sink = deliver_to(*options_.logs)});
  }

  engine::Entropy* make_entropy() {
    entropies_.push_back(std::make_unique<engine::SystemEntropy>());
    return entropies_.back().get();
  }

  uint64_t draw() {
    const std::lock_guard lock(random_mutex_);
    return random_entropy_.next();
  }

  Options options_;
  integration::SdkResources resources_;
  engine::SystemClock clock_;
  engine::SystemEntropy entropy_;
  engine::SystemEntropy service_entropy_;
  std::mutex random_mutex_;
  engine::SystemEntropy random_entropy_;  ///< guarded by random_mutex_
  std::vector<std::unique_ptr<engine::Entropy>> entropies_;
  std::unique_ptr<states::MachineStore> machines_;
  std::unique_ptr<states::MachineRegistry> registry_;
  std::unique_ptr<states::EngineRevisions> revisions_;
  std::unique_ptr<states::PageTokens> page_tokens_;
  engine::ActivityQueue activities_;
  ActivityScheduler activity_scheduler_;
  states::StatesCaller caller_;
  std::shared_ptr<const integration::MockConfig> mock_config_;
  std::unique_ptr<states::HistoryLogger> history_logger_;
  std::vector<std::unique_ptr<integration::IntegrationDispatcher>> dispatchers_;
  std::vector<std::unique_ptr<integration::MockingDispatcher>> mocking_;
  std::unique_ptr<engine::DurableEngine> engine_;
  std::unique_ptr<OpenExecutions> open_executions_;
  std::unique_ptr<engine::ExpressExecutions> express_;
  std::unique_ptr<states::ExecutionApi> api_;
  std::unique_ptr<states::TestStateAction> test_state_;
  BackgroundJobs jobs_;
};

StatesStack::StatesStack(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StatesStack::~StatesStack() = default;

base::Result<std::unique_ptr<StatesStack>> StatesStack::open(const Options& options) {
  auto impl = std::make_unique<Impl>(options);
  PAWL_TRY_VOID(impl->open());
  return std::unique_ptr<StatesStack>(new StatesStack(std::move(impl)));
}

std::unique_ptr<aws::Service> StatesStack::make_service() { return impl_->make_service(); }
void StatesStack::run() { impl_->run(); }
void StatesStack::end_polls() { impl_->end_polls(); }
void StatesStack::stop() { impl_->stop(); }
const engine::DurableEngine& StatesStack::engine() const { return impl_->engine(); }
const engine::ExpressStatistics& StatesStack::express() const { return impl_->express(); }
engine::RevisionSource& StatesStack::revisions() { return impl_->revisions(); }

}  // namespace pawl::server
