// SPDX-License-Identifier: Apache-2.0
// API keys and usage plans, as far as they are not like everything else.
#include <algorithm>
#include <utility>

#include "json/members.h"
#include "json/parse.h"
#include "services/apigateway/rest/rest_service.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

/// "API_ID:STAGE" of a patch.
std::pair<std::string, std::string> api_stage(const std::string& text) {
  const size_t colon = std::min(text.find(':'), text.size());
  return {text.substr(0, colon), text.substr(std::min(colon + 1, text.size()))};
}

bool is_stage(const Value& each, const std::pair<std::string, std::string>& stage) {
  return text_member(each, "apiId") == stage.first && text_member(each, "stage") == stage.second;
}

/// "/apiStages/API:STAGE/throttle/~1pets~1GET/rateLimit"
ApiResult<Value> patch_stage_throttle(const Value& plan, const PatchOperation& operation,
                                      const aws::Shape& shape) {
  const std::vector<std::string> tokens = operation.tokens();
  const aws::Member* stages = shape.find("apiStages");
  if (tokens.size() < 3 || stages == nullptr) return invalid_patch_path(operation);
  const auto wanted = api_stage(tokens[1]);
  const Value list = array_member(plan, "apiStages");
  std::vector<Value> items(list.items().begin(), list.items().end());
  for (Value& each : items) {
    if (!is_stage(each, wanted)) continue;
    PatchOperation inner = operation;
    inner.path.clear();
    for (size_t i = 2; i < tokens.size(); ++i) {
      inner.path = json::pointer_child(inner.path, tokens[i]);
    }
    each = PAWL_TRY(apply_patch(each, inner, *stages->shape->item.shape));
    return plan.with_member("apiStages", Value::array(std::move(items)));
  }
  return rest_not_found("Invalid stage identifier specified");
}

}  // namespace

ActionResult RestApiService::get_api_key(const aws::Request& request) {
  const Value key = PAWL_TRY(need(rest_scope_of(request), rest_type(RecordKind::RestApiKey), "",
                                  text_member(request.input, "apiKey")));
  return flag_member(request.input, "includeValue") ? key : key.without_member("value");
}

ActionResult RestApiService::get_api_keys(const aws::Request& request) {
  RecordStore::Page page = PAWL_TRY(rest_page(records_, request, RecordKind::RestApiKey, ""));
  const std::string name = text_member(request.input, "nameQuery");
  const std::string customer = text_member(request.input, "customerId");
  std::erase_if(page.items, [&](const Value& key) {
    return !text_member(key, "name").starts_with(name) ||
           (!customer.empty() && text_member(key, "customerId") != customer);
  });
  if (!flag_member(request.input, "includeValues")) {
    for (Value& key : page.items) key = key.without_member("value");
  }
  return rest_list(std::move(page));
}

ActionResult RestApiService::create_usage_plan_key(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string plan = text_member(request.input, "usagePlanId");
  const std::string id = text_member(request.input, "keyId");
  if (text_member(request.input, "keyType") != "API_KEY") {
    return rest_bad_request("Invalid key type specified: only API_KEY is known");
  }
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(need(scope, rest_type(RecordKind::RestUsagePlan), "", plan));
  const Value key = PAWL_TRY(need(scope, rest_type(RecordKind::RestApiKey), "", id));
  if (PAWL_TRY(records_.find(scope, RecordKind::RestUsagePlanKey, plan, id))) {
    return ApiError("ConflictException", "Usage Plan " + plan + " already contains key " + id, 409);
  }
  ObjectBuilder made;
  made.set("id", Value(id))
      .set("type", Value("API_KEY"))
      .set("value", Value(text_member(key, "value")))
      .set("name", Value(text_member(key, "name")));
  const Value record = std::move(made).build();
  store::Batch batch;
  records_.put(batch, scope, RecordKind::RestUsagePlanKey, plan, id, record);
  PAWL_TRY_VOID(commit(request, batch, record));
  gateway_.forget_all();
  return record;
}

ActionResult RestApiService::update_usage_plan(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string id = text_member(request.input, "usagePlanId");
  const aws::Shape& shape = *request.operation->output;
  const std::lock_guard lock(mutex_);
  Value plan = PAWL_TRY(need(scope, rest_type(RecordKind::RestUsagePlan), "", id));
  for (const PatchOperation& operation : read_patches(request.input)) {
    if (operation.path.starts_with("/apiStages/")) {
      plan = PAWL_TRY(patch_stage_throttle(plan, operation, shape));
      continue;
    }
    if (operation.path != "/apiStages") {
      plan = PAWL_TRY(apply_patch(plan, operation, shape));
      continue;
    }
    const auto stage = api_stage(operation.value);
    const Value list = array_member(plan, "apiStages");
    std::vector<Value> items(list.items().begin(), list.items().end());
    std::erase_if(items, [&](const Value& each) { return is_stage(each, stage); });
    if (operation.op == "add") {
      PAWL_TRY_VOID(need_stage(scope, stage.first, stage.second));
      ObjectBuilder made;
      made.set("apiId", Value(stage.first)).set("stage", Value(stage.second));
      items.push_back(std::move(made).build());
    } else if (operation.op != "remove") {
      return invalid_patch_path(operation);
    }
    plan = plan.with_member("apiStages", Value::array(std::move(items)));
  }
  store::Batch batch;
  records_.put(batch, scope, RecordKind::RestUsagePlan, "", id, plan);
  PAWL_TRY_VOID(commit(request, batch, plan));
  gateway_.forget_all();
  return plan;
}

ActionResult RestApiService::get_usage(const aws::Request& request) {
  PAWL_TRY_VOID(need(rest_scope_of(request), rest_type(RecordKind::RestUsagePlan), "",
                     text_member(request.input, "usagePlanId")));
  ObjectBuilder out;
  for (const char* member : {"usagePlanId", "startDate", "endDate"}) {
    out.set(member, Value(text_member(request.input, member)));
  }
  out.set("items", gateway_.usage_of(text_member(request.input, "usagePlanId")));
  return std::move(out).build();
}

}  // namespace pawl::apigateway
