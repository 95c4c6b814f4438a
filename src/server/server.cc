// SPDX-License-Identifier: Apache-2.0
// Members are in the order of their making; they end in the opposite one.
#include "server/server.h"

#include <utility>

#include "aws/model/embedded_patches.h"
#include "net/http_server.h"
#include "server/embedded_services.h"
#include "server/gateway.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"

namespace pawl::server {
namespace {

constexpr size_t kConnectionsMax = 20'000;

base::Result<std::unique_ptr<store::Store>> open_store(const std::string& folder) {
  if (folder.empty()) return std::unique_ptr<store::Store>(std::make_unique<store::MemoryStore>());
  return store::open_rocksdb_store(folder);
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(std::unique_ptr<store::Store> store)
      : store_(std::move(store)), models_(aws::installed_search_path()) {}

  base::Result<void> start(const ServerOptions& options) {
    auto services = PAWL_TRY(make_embedded_services({*store_, models_, options.data_folder}));
    for (EmbeddedService& embedded : services) {
      const aws::ServiceModel* model = PAWL_TRY(models_.find(embedded.model_name));
      PAWL_TRY_VOID(gateway_.add(std::move(embedded.service), *model));
    }
    net::HttpLimits limits;
    limits.connections_max = kConnectionsMax;
    http_ = std::make_unique<net::HttpServer>(limits);
    const uint16_t port = PAWL_TRY(http_->listen(
        [this](net::HttpRequest request, net::HttpReply reply) {
          gateway_.handle(std::move(request), std::move(reply));
        },
        options.port));
    url_ = "http://" + options.host + ":" + std::to_string(port);
    return {};
  }

  const std::string& url() const { return url_; }

 private:
  std::unique_ptr<store::Store> store_;
  aws::ModelCatalog models_;
  Gateway gateway_;
  std::unique_ptr<net::HttpServer> http_;
  std::string url_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

base::Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options) {
  auto impl = std::make_unique<Impl>(PAWL_TRY(open_store(options.data_folder)));
  PAWL_TRY_VOID(impl->start(options));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::string& Server::url() const { return impl_->url(); }

}  // namespace pawl::server
