// SPDX-License-Identifier: Apache-2.0
// CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed.
#include <array>

#include "services/iam/entity.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kKeysMax = 2;

ActionResult create_key(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(user_or_caller(service, request));
  std::vector<std::string> ids = texts_member(user.record, "Keys");
  if (ids.size() >= kKeysMax)
    return limit_exceeded("Cannot exceed quota for AccessKeysPerUser: " + std::to_string(kKeysMax));
  const std::string id = make_access_key_id("AKIA", request.account_id());
  ObjectBuilder builder;
  builder.set("UserName", Value(user.name()))
      .set("AccessKeyId", Value(id))
      .set("Status", Value("Active"))
      .set("SecretAccessKey", Value(make_secret()))
      .set("CreateDate", seconds_value(request.received));
  const Value shown = std::move(builder).build();
  ids.push_back(id);
  user.set("Keys", texts_value(ids));
  store::Batch batch;
  put(service, batch, user);
  service.store().put_key(batch, id, shown.with_member("Account", Value(user.account)));
  return service.commit(request, batch, output_of("AccessKey", shown));
}

ActionResult list_keys(IamService& service, const Request& request) {
  const Entity user = PAWL_TRY(user_or_caller(service, request));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> keys;
  for (const std::string& id : texts_member(user.record, "Keys")) {
    const auto key = PAWL_TRY(service.store().find_key(id));
    if (key) keys.push_back(selected(*key, {"UserName", "AccessKeyId", "Status", "CreateDate"}));
  }
  std::vector<Value> shown = page.cut(keys);
  return aws::Output(page.finish("AccessKeyMetadata", std::move(shown)));
}

/// The key, which must be that user's.
ApiResult<Value> find_key(IamService& service, const Request& request, const Entity& user) {
  const std::string id = text_member(request.input, "AccessKeyId");
  auto key = PAWL_TRY(service.store().find_key(id));
  if (!key || text_member(*key, "Account") != user.account ||
      text_member(*key, "UserName") != user.name())
    return no_such_entity("The Access Key with id " + id + " cannot be found.");
  return *std::move(key);
}

ActionResult update_key(IamService& service, const Request& request) {
  const Entity user = PAWL_TRY(user_or_caller(service, request));
  const Value key = PAWL_TRY(find_key(service, request, user));
  store::Batch batch;
  service.store().put_key(batch, text_member(key, "AccessKeyId"),
                          key.with_member("Status", Value(text_member(request.input, "Status"))));
  return service.commit(request, batch);
}

ActionResult delete_key(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(user_or_caller(service, request));
  const Value key = PAWL_TRY(find_key(service, request, user));
  const std::string id = text_member(key, "AccessKeyId");
  std::vector<std::string> ids = texts_member(user.record, "Keys");
  std::erase(ids, id);
  user.set("Keys", texts_value(ids));
  store::Batch batch;
  put(service, batch, user);
  service.store().erase_key(batch, id);
  return service.commit(request, batch);
}

/// NOTE: uses are not recorded; AWS answers this for keys that were never used.
ActionResult get_last_used(IamService& service, const Request& request) {
  const std::string id = text_member(request.input, "AccessKeyId");
  const auto key = PAWL_TRY(service.store().find_key(id));
  if (!key || text_member(*key, "Account") != request.account_id() ||
      key->find("UserName") == nullptr) {
    return aws::ApiError("AccessDenied",
                         "User: " + request.principal.arn +
                             " is not authorized to perform: iam:GetAccessKeyLastUsed on resource: "
                             "access key " +
                             id,
                         403);
  }
  ObjectBuilder used;
  used.set("ServiceName", Value("N/A")).set("Region", Value("N/A"));
  return aws::Output(std::move(ObjectBuilder()
                                   .set("UserName", *key->find("UserName"))
                                   .set("AccessKeyLastUsed", std::move(used).build()))
                         .build());
}

}  // namespace

std::span<const Operation> access_key_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreateAccessKey", create_key, true},
      Operation{"ListAccessKeys", list_keys},
      Operation{"UpdateAccessKey", update_key, true},
      Operation{"DeleteAccessKey", delete_key, true},
      Operation{"GetAccessKeyLastUsed", get_last_used},
  };
  return kOperations;
}

}  // namespace pawl::iam
