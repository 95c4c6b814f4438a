// SPDX-License-Identifier: Apache-2.0
// Members are in the order of their making; they end in the opposite one.
#include "server/server.h"

#include <sys/resource.h>

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "aws/model/embedded_patches.h"
#include "net/http_server.h"
#include "server/embedded_services.h"
#include "server/engine_loop.h"
#include "server/gateway.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"

namespace pawl::server {
namespace {

constexpr size_t kConnectionsMax = 20'000;

base::Result<std::unique_ptr<store::Store>> open_store(const std::string& folder) {
  if (folder.empty()) return std::unique_ptr<store::Store>(std::make_unique<store::MemoryStore>());
  return store::open_rocksdb_store(folder + "/store");
}

/// A connection is a descriptor; shells give few by default.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

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

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, std::unique_ptr<store::Store> store)
      : options_(std::move(options)),
        store_(std::move(store)),
        models_(aws::installed_search_path()) {
    for (uint32_t i = 0; i < std::max(options_.io_threads, 1U); ++i) {
      threads_.push_back(std::make_unique<net::LoopThread>());
    }
    engine_loop_ = std::make_unique<EngineLoop>(threads_.front()->loop());
  }

  ~Impl() {
    drain();
    if (states_) states_->stop();
    // Servers end after their loops. Late answers of services find no loop, and are dropped.
    threads_.clear();
    servers_.clear();
  }

  base::Result<void> start() {
    raise_descriptor_limit();
    EmbeddedServices services =
        PAWL_TRY(make_embedded_services({.store = *store_,
                                         .models = models_,
                                         .data_folder = options_.data_folder,
                                         .loop = *engine_loop_,
                                         .partitions = options_.partitions,
                                         .mock_config_file = options_.mock_config_file,
                                         .fatal = options_.fatal}));
    lambda_invoker_ = std::move(services.lambda_invoker);
    states_ = std::move(services.states);
    for (EmbeddedService& embedded : services.list) {
      const aws::ServiceModel* model = PAWL_TRY(models_.find(embedded.model_name));
      PAWL_TRY_VOID(gateway_.add(std::move(embedded.service), *model));
    }
    PAWL_TRY_VOID(listen());
    states_->run();
    return {};
  }

  const std::string& url() const { return url_; }

 private:
  base::Result<void> listen() {
    net::HttpLimits limits;
    limits.connections_max = kConnectionsMax / threads_.size();
    for (const auto& thread : threads_) {
      servers_.push_back(
          std::make_unique<net::HttpServer>(thread->loop(), limits, refuse_unread_request));
    }
    net::ListenOptions listened;
    listened.host = options_.host;
    listened.port = options_.port;
    for (size_t i = 1; i < servers_.size(); ++i) listened.sharers.push_back(servers_[i].get());
    const uint16_t port = PAWL_TRY(servers_.front()->listen(
        [this](net::HttpRequest& request, net::HttpReply reply) {
          gateway_.handle(request, std::move(reply));
        },
        listened));
    const bool is_v6 = options_.host.find(':') != std::string::npos;
    url_ = "http://" + (is_v6 ? "[" + options_.host + "]" : options_.host) + ":" +
           std::to_string(port);
    return {};
  }

  void drain() {
    const auto gathering = std::make_shared<Gathering>(servers_.size());
    for (const auto& server : servers_) server->drain([gathering] { gathering->arrive(); });
    gathering->wait_for(std::chrono::milliseconds(options_.stop_timeout_ms));
  }

  const ServerOptions options_;
  std::unique_ptr<store::Store> store_;
  aws::ModelCatalog models_;
  std::vector<std::unique_ptr<net::LoopThread>> threads_;
  std::unique_ptr<EngineLoop> engine_loop_;
  std::unique_ptr<integration::LambdaInvoker> lambda_invoker_;
  std::unique_ptr<StatesStack> states_;
  Gateway gateway_;
  std::vector<std::unique_ptr<net::HttpServer>> servers_;
  std::string url_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

base::Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options) {
  auto impl = std::make_unique<Impl>(options, PAWL_TRY(open_store(options.data_folder)));
  PAWL_TRY_VOID(impl->start());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::string& Server::url() const { return impl_->url(); }

}  // namespace pawl::server
