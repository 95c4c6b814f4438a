// SPDX-License-Identifier: Apache-2.0
// Making, reading, listing, changing and deleting: the same for all types.
#include <algorithm>
#include <charconv>
#include <utility>

#include "base/bytes.h"
#include "json/members.h"
#include "services/apigateway/http/http_service.h"
#include "services/apigateway/identifiers.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageMax = 500;

/// Of an update they are merged into what is there; an empty text takes one out.
constexpr std::string_view kMergedMembers[] = {"RequestParameters", "ResponseParameters",
                                               "StageVariables", "RouteSettings"};
/// Inputs that are no members of what is made.
constexpr std::string_view kQuickMembers[] = {"Target", "RouteKey", "CredentialsArn"};

bool belongs_to_api(RecordKind kind) {
  return kind == RecordKind::HttpRoute || kind == RecordKind::HttpIntegration ||
         kind == RecordKind::HttpAuthorizer;
}

std::string parent_of(const aws::Request& request, const HttpResourceType& type) {
  return type.parent_member.empty() ? "" : text_member(request.input, type.parent_member);
}

Value merged(const Value& before, const Value& given) {
  Value out = before.is_object() ? before : Value::object();
  for (const json::Member& each : given.members()) {
    const bool is_gone = each.value.is_string() && each.value.as_string().empty();
    out = is_gone ? out.without_member(each.name()) : out.with_member(each.name(), each.value);
  }
  return out;
}

ApiResult<size_t> page_size(const aws::Request& request) {
  const std::string text = text_member(request.input, "MaxResults");
  if (text.empty()) return kPageMax;
  size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || size == 0) {
    return http_bad_request("Invalid maxResults specified: " + text);
  }
  return std::min(size, kPageMax);
}

}  // namespace

ApiResult<Value> HttpApiService::need(const Scope& scope, const HttpResourceType& type,
                                      const std::string& parent, const std::string& id) const {
  std::optional<Value> record = PAWL_TRY(records_.find(scope, type.kind, parent, id));
  if (record) return *std::move(record);
  if (type.kind == RecordKind::HttpApi) {
    return ApiError("NotFoundException",
                    "Invalid API identifier specified " + scope.account + ":" + id, 404);
  }
  return ApiError("NotFoundException",
                  "Invalid " + std::string(type.label) + " identifier specified", 404);
}

ApiResult<Value> HttpApiService::need_api(const Scope& scope, const std::string& api_id) const {
  return need(scope, http_type(RecordKind::HttpApi), "", api_id);
}

Value HttpApiService::shown(const aws::Request& request, const HttpResourceType& type,
                            Value record) const {
  if (type.kind != RecordKind::HttpApi) return record;
  const std::string host = request.host.empty() ? host_of_url(ports_.endpoint_url()) : request.host;
  ObjectBuilder out;
  out.set("ApiEndpoint", Value(api_endpoint(text_member(record, "ApiId"), request.region, host)));
  for (const json::Member& each : record.members()) out.set(each.key, each.value);
  return std::move(out).build();
}

ActionResult HttpApiService::create(const aws::Request& request, const HttpResourceType& type) {
  const Scope scope = scope_of(request);
  const std::string parent = parent_of(request, type);
  const std::lock_guard lock(mutex_);
  if (type.parent_member == "ApiId") PAWL_TRY_VOID(need_api(scope, parent));
  if (type.parent_member == "DomainName") {
    PAWL_TRY_VOID(need(scope, http_type(RecordKind::HttpDomainName), "", parent));
  }
  const std::string id = type.id_characters == 0 ? text_member(request.input, type.id_member)
                                                 : random_lower_case(type.id_characters);
  if (type.id_characters == 0 && PAWL_TRY(records_.find(scope, type.kind, parent, id))) {
    return ApiError("ConflictException", std::string(type.label) + " already exists", 409);
  }
  Value record = request.input;
  if (!type.parent_member.empty()) record = record.without_member(type.parent_member);
  if (type.kind == RecordKind::HttpApiMapping) {
    PAWL_TRY_VOID(need_api(scope, text_member(request.input, "ApiId")));
  }
  if (type.kind == RecordKind::HttpApi) {
    for (const std::string_view member : kQuickMembers) record = record.without_member(member);
  }
  record = record.with_member(type.id_member, Value(id));
  record = PAWL_TRY(prepare(request, type, std::move(record), nullptr));
  const Value answer = shown(request, type, record);
  request.keep_answer(answer);
  store::Batch batch;
  records_.put(batch, scope, type.kind, parent, id, record);
  PAWL_TRY_VOID(follow_up(request, type, record, batch));
  PAWL_TRY_VOID(records_.commit(batch));
  if (belongs_to_api(type.kind)) PAWL_TRY_VOID(redeploy(scope, parent));
  if (type.kind == RecordKind::HttpApi) PAWL_TRY_VOID(redeploy(scope, id));
  if (type.kind == RecordKind::HttpStage) {
    PAWL_TRY_VOID(redeploy(scope, parent));
    gateway_.forget(parent);
    return PAWL_TRY(need(scope, type, parent, id));
  }
  return answer;
}

ActionResult HttpApiService::get(const aws::Request& request, const HttpResourceType& type) {
  const Scope scope = scope_of(request);
  const std::string parent = parent_of(request, type);
  if (type.parent_member == "ApiId") PAWL_TRY_VOID(need_api(scope, parent));
  return shown(request, type,
               PAWL_TRY(need(scope, type, parent, text_member(request.input, type.id_member))));
}

ActionResult HttpApiService::list(const aws::Request& request, const HttpResourceType& type) {
  const Scope scope = scope_of(request);
  const std::string parent = parent_of(request, type);
  if (type.parent_member == "ApiId") PAWL_TRY_VOID(need_api(scope, parent));
  const std::string token = text_member(request.input, "NextToken");
  const std::optional<std::string> after = base::base64_decode(token);
  if (!after) return http_bad_request("Invalid nextToken specified");
  RecordStore::Page page =
      PAWL_TRY(records_.list(scope, type.kind, parent, *after, PAWL_TRY(page_size(request))));
  for (Value& item : page.items) item = shown(request, type, std::move(item));
  ObjectBuilder out;
  out.set("Items", Value::array(std::move(page.items)));
  if (!page.next.empty()) out.set("NextToken", Value(base::base64_encode(page.next)));
  return std::move(out).build();
}

ActionResult HttpApiService::update(const aws::Request& request, const HttpResourceType& type) {
  const Scope scope = scope_of(request);
  const std::string parent = parent_of(request, type);
  const std::string id = text_member(request.input, type.id_member);
  const std::lock_guard lock(mutex_);
  if (type.parent_member == "ApiId") PAWL_TRY_VOID(need_api(scope, parent));
  const Value before = PAWL_TRY(need(scope, type, parent, id));
  Value record = before;
  const Value& input = request.input;
  for (const json::Member& each : input.members()) {
    const std::string_view name = each.name();
    const auto is_one_of = [name](const auto& list) {
      return std::find(std::begin(list), std::end(list), name) != std::end(list);
    };
    if (name == type.parent_member || name == type.id_member) continue;
    if (type.kind == RecordKind::HttpApi && is_one_of(kQuickMembers)) continue;
    const Value* there = record.find(name);
    const bool is_merged = is_one_of(kMergedMembers) && each.value.is_object();
    record = record.with_member(
        name, is_merged ? merged(there == nullptr ? Value() : *there, each.value) : each.value);
  }
  record = PAWL_TRY(prepare(request, type, std::move(record), &before));
  const Value answer = shown(request, type, record);
  request.keep_answer(answer);
  store::Batch batch;
  records_.put(batch, scope, type.kind, parent, id, record);
  const bool is_api = type.kind == RecordKind::HttpApi;
  const bool is_quick = is_api && PAWL_TRY(quick_update(request, id, batch));
  PAWL_TRY_VOID(records_.commit(batch));
  const std::string api_id = is_api ? id : parent;
  if (belongs_to_api(type.kind) || is_quick) PAWL_TRY_VOID(redeploy(scope, api_id));
  if (type.kind == RecordKind::HttpStage && flag_member(record, "AutoDeploy") &&
      !flag_member(before, "AutoDeploy")) {
    PAWL_TRY_VOID(redeploy(scope, parent));
  }
  gateway_.forget(api_id);
  return answer;
}

ActionResult HttpApiService::remove(const aws::Request& request, const HttpResourceType& type) {
  const Scope scope = scope_of(request);
  const std::string parent = parent_of(request, type);
  const std::string id = text_member(request.input, type.id_member);
  const std::lock_guard lock(mutex_);
  if (type.parent_member == "ApiId") PAWL_TRY_VOID(need_api(scope, parent));
  PAWL_TRY_VOID(need(scope, type, parent, id));
  store::Batch batch;
  PAWL_TRY_VOID(before_removal(scope, type, parent, id, batch));
  records_.erase(batch, scope, type.kind, parent, id);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(records_.commit(batch));
  if (belongs_to_api(type.kind)) PAWL_TRY_VOID(redeploy(scope, parent));
  gateway_.forget(type.kind == RecordKind::HttpApi ? id : parent);
  return Value::object();
}

ActionResult HttpApiService::change(const aws::Request& request, const HttpResourceType& type,
                                    const Change& how) {
  const Scope scope = scope_of(request);
  const std::string parent = parent_of(request, type);
  const std::string id = text_member(request.input, type.id_member);
  const std::lock_guard lock(mutex_);
  Value record = PAWL_TRY(how(PAWL_TRY(need(scope, type, parent, id))));
  request.keep_answer(Value::object());
  store::Batch batch;
  records_.put(batch, scope, type.kind, parent, id, record);
  PAWL_TRY_VOID(records_.commit(batch));
  gateway_.forget(type.kind == RecordKind::HttpApi ? id : parent);
  return Value::object();
}

ApiResult<void> HttpApiService::before_removal(const Scope& scope, const HttpResourceType& type,
                                               const std::string& parent, const std::string& id,
                                               store::Batch& batch) {
  if (type.kind == RecordKind::HttpApi) {
    for (const RecordKind kind :
         {RecordKind::HttpRoute, RecordKind::HttpIntegration, RecordKind::HttpStage,
          RecordKind::HttpDeployment, RecordKind::HttpAuthorizer, RecordKind::HttpModel,
          RecordKind::HttpSnapshot}) {
      records_.erase_all(batch, scope, kind, id);
    }
    records_.erase_home(batch, id);
  }
  if (type.kind == RecordKind::HttpDomainName) {
    records_.erase_all(batch, scope, RecordKind::HttpApiMapping, id);
  }
  const bool is_target = type.kind == RecordKind::HttpIntegration;
  if (!is_target && type.kind != RecordKind::HttpAuthorizer) return {};
  for (const Value& route : PAWL_TRY(records_.all(scope, RecordKind::HttpRoute, parent))) {
    const bool is_used = is_target ? text_member(route, "Target") == "integrations/" + id
                                   : text_member(route, "AuthorizerId") == id;
    if (!is_used) continue;
    return ApiError("ConflictException",
                    "Cannot delete " + std::string(type.label) + " '" + id +
                        "', referenced by route '" + text_member(route, "RouteId") + "'.",
                    409);
  }
  return {};
}

}  // namespace pawl::apigateway
