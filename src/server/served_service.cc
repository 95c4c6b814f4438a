// SPDX-License-Identifier: Apache-2.0
#include "server/served_service.h"

#include <utility>

namespace pawl::server {

ServedService::ServedService(std::unique_ptr<aws::Service> service, aws::ServiceCard card,
                             ModelReader read, Opened opened, aws::Authorizer* authorizer)
    : service_(std::move(service)),
      card_(std::move(card)),
      read_(std::move(read)),
      opened_(std::move(opened)),
      authorizer_(authorizer) {}

base::Result<const aws::ServiceModel*> ServedService::open() {
  const aws::ServiceModel* model = PAWL_TRY(read_());
  auto actions = std::make_unique<aws::ActionTable>(*service_, *model);
  service_->bind(*actions);
  PAWL_TRY_VOID(actions->check());
  actions->ask(authorizer_);
  actions_ = std::move(actions);
  endpoint_ = std::make_unique<aws::ServiceEndpoint>(*actions_);
  return model;
}

base::Result<const aws::ActionTable*> ServedService::actions() {
  std::call_once(once_, [this] {
    const auto opened = open();
    if (opened_) opened_(opened);
    if (opened) {
      model_.store(*opened, std::memory_order_release);
    } else {
      failure_ = opened.error();
    }
  });
  if (failure_) return *failure_;
  return actions_.get();
}

}  // namespace pawl::server
