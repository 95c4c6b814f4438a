// SPDX-License-Identifier: Apache-2.0
// Aliases.
#include "aws/arn.h"
#include "aws/service/input_members.h"
#include "json/members.h"
#include "services/kms/api.h"
#include "services/kms/service.h"

namespace pawl::kms {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::from_store;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageDefault = 50;

std::string alias_arn(const Request& request, const std::string& name) {
  return "arn:" + std::string(aws::partition_of(request.region)) + ":kms:" + request.region + ":" +
         request.account_id() + ":" + name;
}

ApiResult<std::string> alias_name(const Request& request) {
  const std::string name = text_member(request.input, "AliasName");
  if (!name.starts_with("alias/") || name.size() == 6) {
    return aws::validation_exception(
        "Alias must start with the prefix \"alias/\". Please see "
        "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
  }
  if (name.find(':') != std::string::npos)
    return aws::validation_exception(name + " contains invalid characters for an alias");
  if (name.starts_with("alias/aws/")) return ApiError("NotAuthorizedException", std::nullopt);
  return name;
}

}  // namespace

ActionResult KmsService::create_alias(const Request& request) {
  const std::string name = PAWL_TRY(alias_name(request));
  const std::string target = text_member(request.input, "TargetKeyId");
  if (target.starts_with("alias/"))
    return aws::validation_exception("Aliases must refer to keys. Not aliases");
  const std::lock_guard lock(mutex_);
  const Key key = PAWL_TRY(find_locked(request, target));
  PAWL_TRY_VOID(check_not_deleted(key));
  if (PAWL_TRY(from_store(keys_.find_alias(key.name.account, key.name.region, name)))) {
    return ApiError("AlreadyExistsException",
                    "An alias with the name " + alias_arn(request, name) + " already exists");
  }
  store::Batch batch;
  keys_.put_alias(batch, key.name.account, key.name.region,
                  {name, key.name.id, now_ms(), now_ms()});
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return Value::object();
}

ActionResult KmsService::update_alias(const Request& request) {
  const std::string name = PAWL_TRY(alias_name(request));
  const std::lock_guard lock(mutex_);
  const Key key = PAWL_TRY(find_locked(request, text_member(request.input, "TargetKeyId")));
  PAWL_TRY_VOID(check_not_deleted(key));
  auto alias = PAWL_TRY(from_store(keys_.find_alias(key.name.account, key.name.region, name)));
  if (!alias) return not_found("Alias " + alias_arn(request, name) + " is not found.");
  alias->key_id = key.name.id;
  alias->updated_ms = now_ms();
  store::Batch batch;
  keys_.put_alias(batch, key.name.account, key.name.region, *alias);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return Value::object();
}

ActionResult KmsService::delete_alias(const Request& request) {
  const std::string name = PAWL_TRY(alias_name(request));
  const std::lock_guard lock(mutex_);
  const auto alias =
      PAWL_TRY(from_store(keys_.find_alias(request.account_id(), request.region, name)));
  if (!alias) return not_found("Alias " + alias_arn(request, name) + " is not found.");
  store::Batch batch;
  keys_.erase_alias(batch, request.account_id(), request.region, name);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return Value::object();
}

ActionResult KmsService::list_aliases(const Request& request) {
  const auto max = static_cast<size_t>(find_integer(request.input, "Limit").value_or(kPageDefault));
  const std::string after = PAWL_TRY(page_start(request.input));
  std::string of_key;
  if (const auto id = find_text(request.input, "KeyId"))
    of_key = PAWL_TRY(find(request, *id)).name.id;
  std::vector<Value> list;
  std::string last;
  bool is_truncated = false;
  PAWL_TRY_VOID(from_store(
      keys_.visit_aliases(request.account_id(), request.region, after, [&](Alias&& alias) {
        if (!of_key.empty() && alias.key_id != of_key) return true;
        is_truncated = list.size() == max;
        if (is_truncated) return false;
        ObjectBuilder entry;
        entry.set("AliasName", Value(alias.name))
            .set("AliasArn", Value(alias_arn(request, alias.name)))
            .set("TargetKeyId", Value(alias.key_id))
            .set("CreationDate", aws::time_value(alias.created_ms))
            .set("LastUpdatedDate", aws::time_value(alias.updated_ms));
        list.push_back(std::move(entry).build());
        last = alias.name;
        return true;
      })));
  ObjectBuilder out;
  out.set("Aliases", Value::array(std::move(list)));
  end_page(out, is_truncated, last);
  return std::move(out).build();
}

}  // namespace pawl::kms
