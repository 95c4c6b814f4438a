// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/own_types/own_types.h"

#include <string>

#include "json/members.h"
#include "services/cloudformation/own_types/custom_resource.h"
#include "services/cloudformation/own_types/macro_registry.h"
#include "services/cloudformation/own_types/nested_stack.h"
#include "services/cloudformation/own_types/wait_condition.h"

namespace pawl::cloudformation {
namespace {

/// AWS::CloudFormation::Macro: a name for a function. Its Ref is the name.
class MacroHandler final : public ResourceHandler {
 public:
  explicit MacroHandler(const StackStore& store) : store_(store) {}

  aws::ApiResult<Progress> create(StackCalls&, const ResourceRequest& request) const override {
    return keep(request);
  }
  aws::ApiResult<Progress> update(StackCalls&, const ResourceRequest& request) const override {
    return keep(request);
  }
  aws::ApiResult<Progress> remove(StackCalls&, const ResourceRequest& request) const override {
    PAWL_TRY_VOID(erase_macro(store_, owner_of(request), request.physical_id));
    return Progress::done(request.physical_id);
  }
  bool replaces(const json::Value& previous, const json::Value& next) const override {
    return json::text_member(previous, "Name") != json::text_member(next, "Name");
  }

 private:
  static records::Owner owner_of(const ResourceRequest& request) {
    return {request.environment.account_id, request.environment.region};
  }
  aws::ApiResult<Progress> keep(const ResourceRequest& request) const {
    const std::string name = json::text_member(request.properties, "Name");
    PAWL_TRY_VOID(put_macro(store_, owner_of(request), name,
                            json::text_member(request.properties, "FunctionName")));
    return Progress::done(name);
  }

  const StackStore& store_;
};

class Handlers final : public HandlerRegistry {
 public:
  explicit Handlers(OwnTypesPorts ports) : ports_(ports) {}

  std::shared_ptr<const ResourceHandler> find(std::string_view type) const override {
    if (is_custom_type(type)) {
      return std::make_shared<CustomResourceHandler>(ports_.responses, ports_.loop,
                                                     std::string(type));
    }
    if (type == "AWS::CloudFormation::Stack") {
      return std::make_shared<NestedStackHandler>(ports_.store);
    }
    if (type == "AWS::CloudFormation::WaitConditionHandle") {
      return std::make_shared<WaitConditionHandleHandler>(ports_.responses);
    }
    if (type == "AWS::CloudFormation::WaitCondition") {
      return std::make_shared<WaitConditionHandler>(ports_.responses, ports_.loop);
    }
    if (type == "AWS::CloudFormation::Macro") return std::make_shared<MacroHandler>(ports_.store);
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
