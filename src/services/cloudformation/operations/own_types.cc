// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/own_types.h"

namespace pawl::cloudformation {
namespace {

class Handlers final : public HandlerRegistry {
 public:
  explicit Handlers(OwnTypesPorts ports) : ports_(ports) {}

  std::shared_ptr<const ResourceHandler> find(std::string_view type) const override {
    return table_handler(type);
  }

 private:
  const OwnTypesPorts ports_;
};

}  // namespace

std::unique_ptr<HandlerRegistry> make_handlers(OwnTypesPorts ports) {
  return std::make_unique<Handlers>(ports);
}

}  // namespace pawl::cloudformation
