// SPDX-License-Identifier: Apache-2.0
// ServedService: an embedded service behind the gateway. Its model is read, and its actions are
// bound to it, when the first request for it has come.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "aws/model/service_card.h"
#include "aws/service/action_table.h"
#include "aws/service/service_endpoint.h"
#include "base/error.h"

namespace pawl::server {

/// Thread-safe.
class ServedService {
 public:
  using ModelReader = std::function<base::Result<const aws::ServiceModel*>()>;
  /// Is told once how opening it went, by the thread that asked first.
  using Opened = std::function<void(const base::Result<const aws::ServiceModel*>&)>;

  ServedService(std::unique_ptr<aws::Service> service, aws::ServiceCard card, ModelReader read,
                Opened opened, aws::Authorizer* authorizer = nullptr);

  const aws::ServiceCard& card() const { return card_; }

  /// Binds the actions, unless that is done. Errors, each time the same one: what the model's
  /// reader says; InvalidSyntax if the service names operations that the model does not have.
  base::Result<const aws::ActionTable*> actions();
  /// The model, after actions() gave no error; else null.
  const aws::ServiceModel* model() const { return model_.load(std::memory_order_acquire); }
  /// After actions() gave no error.
  const aws::ServiceEndpoint& endpoint() const { return *endpoint_; }

 private:
  base::Result<const aws::ServiceModel*> open();

  const std::unique_ptr<aws::Service> service_;
  const aws::ServiceCard card_;
  const ModelReader read_;
  const Opened opened_;
  aws::Authorizer* const authorizer_;
  std::once_flag once_;
  std::atomic<const aws::ServiceModel*> model_ = nullptr;
  std::unique_ptr<aws::ActionTable> actions_;       ///< after once_; null: it failed
  std::unique_ptr<aws::ServiceEndpoint> endpoint_;  ///< the same
  std::optional<base::Error> failure_;              ///< after once_: why
};

}  // namespace pawl::server
