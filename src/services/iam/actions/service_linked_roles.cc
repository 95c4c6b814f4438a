// SPDX-License-Identifier: Apache-2.0
// CreateServiceLinkedRole, DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus.
#include <array>

#include "base/random.h"
#include "services/iam/entity.h"
#include "services/iam/identifiers.h"
#include "services/iam/service_linked_role.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

std::string trust_in(const std::string& service) {
  return R"({"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow",)"
         R"("Principal":{"Service":[")" +
         service + R"("]}}]})";
}

/// As AWS writes it (recorded): texts, not lists of one.
std::string trust_policy(const std::string& service) {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":")" +
         service + R"("},"Action":"sts:AssumeRole"}]})";
}

ActionResult create_role(IamService& service, const Request& request) {
  const std::string name = text_member(request.input, "AWSServiceName");
  const ServiceLinkedRole* known = find_service_linked_role(name);
  if (known == nullptr)
    return invalid_input("Service linked roles are not supported for " + name + ".");
  const auto suffix = find_text(request.input, "CustomSuffix");
  if (suffix && !known->takes_suffix)
    return invalid_input("Custom suffix is not allowed for " + name);
  const std::string role_name =
      "AWSServiceRoleFor" + std::string(known->role) + (suffix ? "_" + *suffix : std::string());
  if (PAWL_TRY(service.store().find(request.account_id(), Kind::Role, role_name))) {
    return invalid_input("Service role name " + role_name +
                         " has been taken in this account, please try a different suffix.");
  }
  const std::string path = "/aws-service-role/" + name + "/";
  const std::string policy_arn =
      "arn:aws:iam::aws:policy/aws-service-role/" + std::string(known->policy);
  ObjectBuilder record;
  record.set("Path", Value(path))
      .set("RoleName", Value(role_name))
      .set("RoleId", Value(random_id("AROA")))
      .set("Arn", Value(entity_arn(request, "role", path, role_name)))
      .set("CreateDate", seconds_value(request.received))
      .set("AssumeRolePolicyDocument", Value(trust_policy(name)))
      .set("MaxSessionDuration", Value(3600))
      .set("Attached", Value::array({Value(policy_arn)}));
  if (const auto description = find_text(request.input, "Description"))
    record.set("Description", Value(*description));
  const Entity role{
      .account = request.account_id(), .kind = Kind::Role, .record = std::move(record).build()};
  store::Batch batch;
  put(service, batch, role);
  service.store().link(batch, role.account, Link::PolicyAttachment, policy_arn, role.linked());
  Value shown = selected(role.record, {"Path", "RoleName", "RoleId", "Arn", "CreateDate"})
                    .with_member("AssumeRolePolicyDocument", Value(url_encoded(trust_in(name))));
  return service.commit(request, batch, output_of("Role", std::move(shown)));
}

std::string make_task_uuid(const Request& request) {
  const std::string drawn = random_letters(16);
  uint64_t seed = static_cast<uint64_t>(request.received.ms);
  for (const char c : drawn) seed = seed * 31 + static_cast<unsigned char>(c);
  base::Random random(seed);
  return base::make_uuid(random);
}

/// Nothing here uses the role: the task is done at once.
ActionResult delete_role(IamService& service, const Request& request) {
  const Entity role = PAWL_TRY(named_entity(service, request, Kind::Role));
  const std::string path = text_member(role.record, "Path");
  if (!path.starts_with("/aws-service-role/")) {
    return no_such_entity("The role with name " + role.name() + " cannot be found.");
  }
  const std::string task = "task" + path + role.name() + "/" + make_task_uuid(request);
  store::Batch batch;
  for (const std::string& arn : texts_member(role.record, "Attached"))
    service.store().unlink(batch, role.account, Link::PolicyAttachment, arn, role.linked());
  service.store().erase(batch, role.account, Kind::Role, role.name());
  service.store().put(batch, role.account, Kind::DeletionTask, task,
                      std::move(ObjectBuilder().set("Status", Value("SUCCEEDED"))).build());
  return service.commit(request, batch, output_of("DeletionTaskId", Value(task)));
}

ActionResult get_status(IamService& service, const Request& request) {
  const std::string task = text_member(request.input, "DeletionTaskId");
  const auto record =
      PAWL_TRY(service.store().find(request.account_id(), Kind::DeletionTask, task));
  if (!record) return no_such_entity("The deletion task " + task + " cannot be found.");
  return aws::Output(selected(*record, {"Status"}));
}

}  // namespace

std::span<const Operation> service_linked_role_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreateServiceLinkedRole", create_role, true},
      Operation{"DeleteServiceLinkedRole", delete_role, true},
      Operation{"GetServiceLinkedRoleDeletionStatus", get_status},
  };
  return kOperations;
}

}  // namespace pawl::iam
