// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/vpc_lookup.h"

#include <memory>
#include <string>
#include <utility>

#include "json/value.h"
#include "services/lambda/function_reference.h"

namespace pawl::lambda {
namespace {

using json::Value;

struct Waiting {
  aws::Request request;
  aws::Reply reply;
  std::function<void(aws::Request, aws::Reply)> next;
};

const Value* ids_of(const aws::Request& request, std::string_view list) {
  const Value* config = request.input.find("VpcConfig");
  const Value* ids = config == nullptr ? nullptr : config->find(list);
  return ids != nullptr && ids->is_array() && ids->size() > 0 ? ids : nullptr;
}

/// A list of ids of its own: the call takes it to another thread.
Value copy_of(const Value& ids) {
  std::vector<Value> copies;
  for (const Value& id : ids.items()) copies.emplace_back(std::string(id.as_string()));
  return Value::array(std::move(copies));
}

void look_up(aws::Caller& caller, const aws::Request& request, std::string operation,
             const char* member, const Value& ids, aws::Caller::Receiver receiver) {
  aws::Call call;
  call.service = "ec2";
  call.operation = std::move(operation);
  call.region = request.region;
  call.principal = request.principal;
  call.input = Value::object().with_member(member, copy_of(ids));
  caller.call(std::move(call), std::move(receiver));
}

aws::ApiError refusal(const char* operation, const aws::ApiError& error) {
  return invalid_parameter("Error occurred while " + std::string(operation) + ". EC2 Error Code: " +
                           error.code + ". EC2 Error Message: " + error.message.value_or(""));
}

}  // namespace

void with_vpc(aws::Caller& caller, aws::Request request, aws::Reply reply,
              std::function<void(aws::Request, aws::Reply)> next) {
  const Value* subnets = ids_of(request, "SubnetIds");
  if (subnets == nullptr) return next(std::move(request), std::move(reply));
  auto waiting =
      std::make_shared<Waiting>(Waiting{std::move(request), std::move(reply), std::move(next)});
  look_up(caller, waiting->request, "DescribeSubnets", "SubnetIds",
          *ids_of(waiting->request, "SubnetIds"), [&caller, waiting](aws::ApiResult<Value> found) {
            if (!found) return waiting->reply(refusal("DescribeSubnets", found.error()));
            const Value* list = found->find("Subnets");
            const Value* vpc =
                list == nullptr || list->size() == 0 ? nullptr : list->items()[0].find("VpcId");
            const Value* config = waiting->request.input.find("VpcConfig");
            const Value known = config->with_member(
                "VpcId", Value(vpc == nullptr ? std::string() : std::string(vpc->as_string())));
            waiting->request.input = waiting->request.input.with_member("VpcConfig", known);
            const auto go_on = [waiting] {
              waiting->next(std::move(waiting->request), std::move(waiting->reply));
            };
            const Value* groups = ids_of(waiting->request, "SecurityGroupIds");
            if (groups == nullptr) return go_on();
            look_up(caller, waiting->request, "DescribeSecurityGroups", "GroupIds", *groups,
                    [waiting, go_on](const aws::ApiResult<Value>& described) {
                      if (described) return go_on();
                      waiting->reply(refusal("DescribeSecurityGroups", described.error()));
                    });
          });
}

}  // namespace pawl::lambda
