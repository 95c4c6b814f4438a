// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/resource_handler.h"

#include "json/members.h"
#include "services/cloudformation/operations/failure_text.h"
#include "services/cloudformation/types/resource_schema.h"

namespace pawl::cloudformation {
namespace {

class TableHandler final : public ResourceHandler {
 public:
  explicit TableHandler(const ResourceType& type) : type_(type) {}

  aws::ApiResult<Progress> create(StackCalls& calls,
                                  const ResourceRequest& request) const override {
    return type_.create(calls, request);
  }
  aws::ApiResult<Progress> update(StackCalls& calls,
                                  const ResourceRequest& request) const override {
    return type_.update(calls, request);
  }
  aws::ApiResult<Progress> remove(StackCalls& calls,
                                  const ResourceRequest& request) const override {
    return type_.remove(calls, request);
  }
  aws::ApiResult<Progress> adopt(StackCalls& calls, const ResourceRequest& request) const override {
    const ResourceSchema* const schema = find_schema(type_.name);
    if (schema == nullptr || type_.update == nullptr) {
      return ResourceHandler::adopt(calls, request);
    }
    std::string id;
    const auto& names = schema->reference.empty() ? schema->primary_identifier : schema->reference;
    for (const std::string& name : names) {
      id += (id.empty() ? "" : "|") + json::text_member(request.memory, name);
    }
    // An update that changes nothing answers what there is to know of it.
    ResourceRequest same = request;
    same.physical_id = id;
    same.previous = request.properties;
    same.memory = json::Value();
    return type_.update(calls, same);
  }
  bool replaces(const json::Value& previous, const json::Value& next) const override {
    if (type_.update == nullptr) return true;
    if (type_.replaces != nullptr && type_.replaces(previous, next)) return true;
    const ResourceSchema* const schema = find_schema(type_.name);
    return schema != nullptr &&
           replacement_of(changed_properties(*schema, previous, next)) == Replacement::Always;
  }

 private:
  const ResourceType& type_;
};

}  // namespace

aws::ApiResult<Progress> ResourceHandler::adopt(StackCalls& calls,
                                                const ResourceRequest& request) const {
  static_cast<void>(calls);
  return aws::ApiError(std::string(kPlainFailure),
                       request.logical_id + " is of a type that cannot be imported");
}

std::shared_ptr<const ResourceHandler> table_handler(std::string_view type) {
  const ResourceType* const row = find_type(type);
  if (row == nullptr) return nullptr;
  return std::make_shared<TableHandler>(*row);
}

}  // namespace pawl::cloudformation
