// SPDX-License-Identifier: Apache-2.0
// A request as it comes off the wire: target, headers and a JSON 1.0 body, through routing,
// decoding and validation to the operations of Step Functions that need no engine. Exactly one
// answer, and never a failure of ours. The first byte chooses the operation, the second where the
// bytes go.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aws/model/embedded_patches.h"
#include "base/assert.h"
#include "engine/system_ports.h"
#include "server/gateway.h"
#include "services/states/machine_registry.h"
#include "services/states/machine_store.h"
#include "services/states/service.h"
#include "store/memory/memory_store.h"

namespace {

using namespace pawl;

class AnswerChannel final : public net::HttpReply::Channel {
 public:
  explicit AnswerChannel(std::optional<net::HttpResponse>& answer) : answer_(answer) {}
  void answer(net::HttpResponse response) override {
    PAWL_ASSERT(!answer_.has_value());
    answer_ = std::move(response);
  }

 private:
  std::optional<net::HttpResponse>& answer_;
};

/// Kept from input to input: what one stores the next may find.
class World {
 public:
  World() : models_(aws::installed_search_path()) {
    const auto model = models_.find("stepfunctions");
    if (!model) return;  // no botocore here: nothing to fuzz
    model_ = *model;
    auto machines = states::MachineStore::open(store_);
    PAWL_ASSERT(machines.has_value());
    machines_ = *std::move(machines);
    registry_ = std::make_unique<states::MachineRegistry>(*machines_);
    PAWL_ASSERT(
        gateway_
            .add(std::make_unique<states::StatesService>(states::StatesPorts{.machines = *machines_,
                                                                             .registry = *registry_,
                                                                             .clock = clock_,
                                                                             .entropy = entropy_}),
                 *model_)
            .has_value());
  }

  void call(uint8_t chosen, uint8_t place, std::string_view bytes) {
    if (model_ == nullptr) return;
    const auto& operations = model_->operations();
    const std::string target = "AWSStepFunctions." + operations[chosen % operations.size()].name;
    const std::string text(bytes);
    net::HttpRequest request{"POST", "/", {}, {}};
    request.headers.push_back({"X-Amz-Target", place % 4 == 1 ? std::string_view(text) : target});
    request.headers.push_back({"Content-Type", "application/x-amz-json-1.0"});
    if (place % 4 == 2) request.headers.push_back({"Authorization", text});
    if (place % 4 == 3) request.target = text;
    if (place % 4 == 0) request.body = text;
    std::optional<net::HttpResponse> answer;
    gateway_.handle(request, net::HttpReply(std::make_shared<AnswerChannel>(answer)));
    PAWL_ASSERT(answer.has_value());
    PAWL_ASSERT(answer->status >= 200 && answer->status != 500);
  }

 private:
  store::MemoryStore store_;
  aws::ModelCatalog models_;
  const aws::ServiceModel* model_ = nullptr;
  engine::SystemClock clock_;
  engine::SystemEntropy entropy_;
  std::unique_ptr<states::MachineStore> machines_;
  std::unique_ptr<states::MachineRegistry> registry_;
  server::Gateway gateway_{server::Gateway::Options{}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static World world;
  world.call(data[0], data[1], {reinterpret_cast<const char*>(data) + 2, size - 2});
  return 0;
}
