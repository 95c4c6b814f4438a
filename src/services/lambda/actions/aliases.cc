// SPDX-License-Identifier: Apache-2.0
// API CreateAlias, GetAlias, UpdateAlias, DeleteAlias, ListAliases.
#include "services/lambda/identifiers.h"
#include "services/lambda/invocation_checks.h"
#include "services/lambda/paging.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

Value shown_alias(const Value& alias, const FunctionKey& key) {
  return alias.with_member("AliasArn", Value(key.arn(text_member(alias, "Name"))));
}

const Value* weights_of(const Value& alias) {
  const Value* routing = member_of(alias, "RoutingConfig");
  return routing != nullptr ? member_of(*routing, "AdditionalVersionWeights") : nullptr;
}

/// A RoutingConfig without weights is none.
Value with_routing(const Value& alias, const Value& input) {
  if (member_of(input, "RoutingConfig") == nullptr) return alias;
  const Value* weights = weights_of(input);
  if (weights == nullptr || weights->size() == 0) return alias.without_member("RoutingConfig");
  ObjectBuilder routing;
  routing.set("AdditionalVersionWeights", *weights);
  return alias.with_member("RoutingConfig", std::move(routing).build());
}

}  // namespace

/// That the versions an alias points to exist and may stand together.
ApiResult<void> LambdaService::check_routing(const FunctionKey& key, const Value& alias) const {
  const std::string main_version = text_member(alias, "FunctionVersion");
  const Value* weights = weights_of(alias);
  if (weights != nullptr && weights->size() > 1) {
    return invalid_parameter(
        "Number of items in AdditionalVersionWeights cannot be greater than 1");
  }
  if (weights != nullptr && weights->find(main_version) != nullptr) {
    return invalid_parameter("Invalid function version " + main_version + ". Function version " +
                             main_version + " is already included in routing configuration.");
  }
  if (weights != nullptr && weights->size() != 0 && main_version == kLatest) {
    // NOTE: the one error here without a Type (recorded).
    return aws::ApiError("InvalidParameterValueException",
                         "$LATEST is not supported for an alias pointing to more than 1 version",
                         400);
  }
  std::vector<std::string> versions = {main_version};
  if (weights != nullptr) {
    for (const json::Member& entry : weights->members()) versions.emplace_back(entry.name());
  }
  PAWL_TRY_VOID(require_function(key, key.arn(main_version)));
  for (const std::string& version : versions) {
    if (version == kLatest) continue;
    const std::optional<int64_t> number = version_number(version);
    const std::optional<Revision> found =
        number ? PAWL_TRY(store_.version(key, *number)) : std::nullopt;
    if (!found) return function_not_found(key.arn(version));
  }
  return {};
}

aws::ActionResult LambdaService::create_alias(const Request& request) {
  const Value& input = request.input;
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;
  const std::string name = text_member(input, "Name");
  ObjectBuilder made;
  made.set("Name", Value(name))
      .set("FunctionVersion", Value(text_member(input, "FunctionVersion")))
      .set("Description", Value(text_member(input, "Description")))
      .set("RevisionId", Value(new_uuid()));
  const Value alias = with_routing(std::move(made).build(), input);

  const std::lock_guard lock(changing_);
  PAWL_TRY_VOID(check_routing(key, alias));
  if (PAWL_TRY(store_.alias(key, name))) {
    return resource_conflict("Alias already exists: " + key.arn(name));
  }
  store::Batch batch;
  store_.put_alias(batch, key, alias);
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(key, {});
  return aws::Output(shown_alias(alias, key));
}

aws::ActionResult LambdaService::get_alias(const Request& request) {
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;
  const std::string name = text_member(request.input, "Name");
  const std::optional<Value> alias = PAWL_TRY(store_.alias(key, name));
  if (!alias) return resource_not_found("Cannot find alias arn: " + key.arn(name));
  return aws::Output(shown_alias(*alias, key));
}

aws::ActionResult LambdaService::update_alias(const Request& request) {
  const Value& input = request.input;
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;
  const std::string name = text_member(input, "Name");
  const std::lock_guard lock(changing_);
  std::optional<Value> alias = PAWL_TRY(store_.alias(key, name));
  if (!alias) return resource_not_found("Alias not found: " + key.arn(name));
  PAWL_TRY_VOID(check_revision_id(input, text_member(*alias, "RevisionId"), "GetAlias"));
  Value changed = alias->with_member("RevisionId", Value(new_uuid()));
  for (const char* member : {"FunctionVersion", "Description"}) {
    if (const Value* value = member_of(input, member))
      changed = changed.with_member(member, *value);
  }
  changed = with_routing(changed, input);
  PAWL_TRY_VOID(check_routing(key, changed));
  store::Batch batch;
  store_.put_alias(batch, key, changed);
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(key, {});
  return aws::Output(shown_alias(changed, key));
}

aws::ActionResult LambdaService::delete_alias(const Request& request) {
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;
  const std::string name = text_member(request.input, "Name");
  const std::lock_guard lock(changing_);
  // An alias that is not there is no error (recorded).
  store::Batch batch;
  store_.erase_alias(batch, key, name);
  store_.erase_policy(batch, key, name);
  if (const auto url = PAWL_TRY(store_.part(key, FunctionPart::Url, name))) {
    resources_.erase_url(batch, text_member(*url, "id"));
    store_.erase_part(batch, key, FunctionPart::Url, name);
  }
  for (const FunctionPart part :
       {FunctionPart::EventInvokeConfig, FunctionPart::ProvisionedConcurrency}) {
    store_.erase_part(batch, key, part, name);
  }
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(key, {});
  return aws::Output();
}

aws::ActionResult LambdaService::list_aliases(const Request& request) {
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;
  const std::string list = "aliases of " + key.name;
  const Page page = PAWL_TRY(read_page(request.input, list));
  PAWL_TRY_VOID(require_function(key, key.arn()));
  const std::string version = text_member(request.input, "FunctionVersion");
  std::vector<Value> aliases;
  std::string last;
  std::string next;
  for (const Value& alias : PAWL_TRY(store_.aliases(key))) {
    const std::string name = text_member(alias, "Name");
    if (!page.after.empty() && name <= page.after) continue;
    if (!version.empty() && text_member(alias, "FunctionVersion") != version) continue;
    if (aliases.size() == page.items_max) {
      next = last;
      break;
    }
    aliases.push_back(shown_alias(alias, key));
    last = name;
  }
  ObjectBuilder out;
  out.set("Aliases", Value::array(std::move(aliases)));
  if (!next.empty()) out.set("NextMarker", Value(write_marker(list, next)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
