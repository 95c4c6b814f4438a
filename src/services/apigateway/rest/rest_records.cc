// SPDX-License-Identifier: Apache-2.0
// Making, reading, listing, changing and deleting: the same for all types; and the small ones that
// are alone of their kind.
#include <algorithm>
#include <utility>

#include "json/members.h"
#include "services/apigateway/authorizer_decision.h"
#include "services/apigateway/identifiers.h"
#include "services/apigateway/rest/rest_service.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageDefault = 25;
constexpr size_t kPageMax = 500;

std::string parent_of(const aws::Request& request, const RestResourceType& type) {
  return type.parent_member.empty() ? "" : text_member(request.input, type.parent_member);
}

void set_default(Value& record, std::string_view member, Value value) {
  if (!has_member(record, member)) record = record.with_member(member, std::move(value));
}

/// A base path that is not given is "(none)".
std::string id_of(const aws::Request& request, const RestResourceType& type,
                  std::string_view member) {
  std::string id = text_member(request.input, member);
  if (id.empty() && type.kind == RecordKind::RestBasePathMapping) id = "(none)";
  return id;
}

}  // namespace

ApiResult<RecordStore::Page> rest_page(const RecordStore& records, const aws::Request& request,
                                       RecordKind kind, const std::string& parent) {
  const int64_t limit = integer_member(request.input, "limit", static_cast<int64_t>(kPageDefault));
  if (limit < 1) return rest_bad_request("limit must be at least 1");
  return records.list(rest_scope_of(request), kind, parent, text_member(request.input, "position"),
                      std::min(static_cast<size_t>(limit), kPageMax));
}

Value rest_list(RecordStore::Page page) {
  ObjectBuilder out;
  if (!page.next.empty()) out.set("position", Value(page.next));
  out.set("items", Value::array(std::move(page.items)));
  return std::move(out).build();
}

ApiResult<Value> RestApiService::need(const Scope& scope, const RestResourceType& type,
                                      const std::string& parent, const std::string& id) const {
  if (type.parent_member == "restApiId") PAWL_TRY_VOID(need_api(scope, parent));
  std::optional<Value> record = PAWL_TRY(records_.find(scope, type.kind, parent, id));
  if (record) return *std::move(record);
  std::string message(type.not_found);
  if (message.ends_with(": ")) message += id;
  return rest_not_found(std::move(message));
}

ApiResult<Value> RestApiService::need_api(const Scope& scope, const std::string& api_id) const {
  std::optional<Value> record = PAWL_TRY(records_.find(scope, RecordKind::RestApi, "", api_id));
  if (record) return *std::move(record);
  return rest_not_found("Invalid API identifier specified " + scope.account + ":" + api_id);
}

ApiResult<Value> RestApiService::prepare(const aws::Request& request, const RestResourceType& type,
                                         Value record) {
  switch (type.kind) {
    case RecordKind::RestAuthorizer: {
      const std::string kind = text_member(record, "type");
      if (kind != "COGNITO_USER_POOLS") {
        if (function_of_uri(text_member(record, "authorizerUri"), {}).empty()) {
          return rest_bad_request(
              "Invalid Authorizer URI: " + text_member(record, "authorizerUri") +
              ". Authorizer URI should be a valid API Gateway ARN that "
              "represents a Lambda function invocation.");
        }
        set_default(record, "authorizerResultTtlInSeconds", Value(300));
      }
      set_default(record, "authType",
                  Value(kind == "COGNITO_USER_POOLS" ? "cognito_user_pools" : "custom"));
      return record;
    }
    case RecordKind::RestModel:
      set_default(record, "id", Value(random_lower_case(6)));
      return record;
    case RecordKind::RestRequestValidator:
      set_default(record, "validateRequestBody", Value(false));
      set_default(record, "validateRequestParameters", Value(false));
      return record;
    case RecordKind::RestDocumentationVersion: {
      const std::string version = text_member(record, "documentationVersion");
      record = record.without_member("documentationVersion").without_member("stageName");
      set_default(record, "version", Value(version));
      set_default(record, "createdDate", Value(now_s()));
      return record;
    }
    case RecordKind::RestApiKey: {
      // An empty one is none given, as Terraform sends it.
      if (text_member(record, "value").empty()) record = record.without_member("value");
      set_default(record, "value", Value(random_alphanumeric(40)));
      const std::string value = text_member(record, "value");
      if (value.size() < 20) {
        return rest_bad_request("API Key value should be at least 20 characters");
      }
      for (const Value& other :
           PAWL_TRY(records_.all(rest_scope_of(request), RecordKind::RestApiKey, ""))) {
        if (text_member(other, "value") == value) {
          return ApiError("ConflictException", "API Key already exists", 409);
        }
      }
      set_default(record, "enabled", Value(false));
      set_default(record, "createdDate", Value(now_s()));
      record = record.without_member("generateDistinctId").without_member("stageKeys");
      return record.with_member("lastUpdatedDate", Value(now_s()))
          .with_member("stageKeys", Value::array());
    }
    case RecordKind::RestVpcLink: set_default(record, "status", Value("AVAILABLE")); return record;
    case RecordKind::RestDomainName:
      set_default(record, "domainNameStatus", Value("AVAILABLE"));
      set_default(record, "securityPolicy", Value("TLS_1_2"));
      return record.without_member("certificatePrivateKey").without_member("certificateBody");
    case RecordKind::RestBasePathMapping:
      PAWL_TRY_VOID(need_api(rest_scope_of(request), text_member(record, "restApiId")));
      return record;
    default: return record;
  }
}

ActionResult RestApiService::create(const aws::Request& request, const RestResourceType& type) {
  const Scope scope = rest_scope_of(request);
  const std::string parent = parent_of(request, type);
  const std::lock_guard lock(mutex_);
  if (type.parent_member == "restApiId") PAWL_TRY_VOID(need_api(scope, parent));
  if (type.parent_member == "domainName") {
    PAWL_TRY_VOID(need(scope, rest_type(RecordKind::RestDomainName), "", parent));
  }
  const std::string id = type.id_characters == 0 ? id_of(request, type, type.name_input)
                                                 : random_lower_case(type.id_characters);
  if (type.id_characters == 0 && PAWL_TRY(records_.find(scope, type.kind, parent, id))) {
    return ApiError("ConflictException", std::string(type.conflict), 409);
  }
  Value record = request.input;
  if (!type.parent_member.empty()) record = record.without_member(type.parent_member);
  if (type.kind == RecordKind::RestDocumentationVersion) {
    record = PAWL_TRY(prepare(request, type, std::move(record)));
  } else {
    record = PAWL_TRY(prepare(request, type, record.with_member(type.id_member, Value(id))));
  }
  store::Batch batch;
  records_.put(batch, scope, type.kind, parent, id, record);
  PAWL_TRY_VOID(commit(request, batch, record));
  gateway_.forget_all();
  return record;
}

ActionResult RestApiService::get(const aws::Request& request, const RestResourceType& type) {
  return PAWL_TRY(need(rest_scope_of(request), type, parent_of(request, type),
                       id_of(request, type, type.id_input)));
}

ActionResult RestApiService::list(const aws::Request& request, const RestResourceType& type) {
  const std::string parent = parent_of(request, type);
  if (type.parent_member == "restApiId") PAWL_TRY_VOID(need_api(rest_scope_of(request), parent));
  return rest_list(PAWL_TRY(rest_page(records_, request, type.kind, parent)));
}

ActionResult RestApiService::update(const aws::Request& request, const RestResourceType& type) {
  const Scope scope = rest_scope_of(request);
  const std::string parent = parent_of(request, type);
  const std::string id = id_of(request, type, type.id_input);
  const std::lock_guard lock(mutex_);
  Value record = PAWL_TRY(need(scope, type, parent, id));
  record = PAWL_TRY(
      apply_patches(std::move(record), read_patches(request.input), *request.operation->output));
  if (type.kind == RecordKind::RestApiKey) {
    record = record.with_member("lastUpdatedDate", Value(now_s()));
  }
  store::Batch batch;
  records_.put(batch, scope, type.kind, parent, id, record);
  PAWL_TRY_VOID(commit(request, batch, record));
  gateway_.forget_all();
  return record;
}

ActionResult RestApiService::remove(const aws::Request& request, const RestResourceType& type) {
  const Scope scope = rest_scope_of(request);
  const std::string parent = parent_of(request, type);
  const std::string id = id_of(request, type, type.id_input);
  const std::lock_guard lock(mutex_);
  const Value record = PAWL_TRY(need(scope, type, parent, id));
  store::Batch batch;
  if (type.kind == RecordKind::RestUsagePlan) {
    if (array_member(record, "apiStages").size() > 0) {
      return rest_bad_request("Cannot delete Usage Plan " + id +
                              " because the Usage Plan has associated API stages.");
    }
    records_.erase_all(batch, scope, RecordKind::RestUsagePlanKey, id);
  }
  if (type.kind == RecordKind::RestDomainName) {
    records_.erase_all(batch, scope, RecordKind::RestBasePathMapping, id);
  }
  if (type.kind == RecordKind::RestApiKey) {
    for (const Value& plan : PAWL_TRY(records_.all(scope, RecordKind::RestUsagePlan, ""))) {
      records_.erase(batch, scope, RecordKind::RestUsagePlanKey, text_member(plan, "id"), id);
    }
  }
  records_.erase(batch, scope, type.kind, parent, id);
  PAWL_TRY_VOID(commit(request, batch, Value::object()));
  gateway_.forget_all();
  return Value::object();
}

ActionResult RestApiService::put_gateway_response(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string type = text_member(request.input, "responseType");
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(need_api(scope, api_id));
  Value record = request.input.without_member("restApiId");
  set_default(record, "responseParameters", Value::object());
  set_default(record, "responseTemplates", Value::object());
  record = record.with_member("defaultResponse", Value(false));
  store::Batch batch;
  records_.put(batch, scope, RecordKind::RestGatewayResponse, api_id, type, record);
  PAWL_TRY_VOID(commit(request, batch, record));
  return record;
}

/// One that was not put is the default one.
ActionResult RestApiService::get_gateway_response(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string type = text_member(request.input, "responseType");
  PAWL_TRY_VOID(need_api(scope, api_id));
  if (const auto put =
          PAWL_TRY(records_.find(scope, RecordKind::RestGatewayResponse, api_id, type))) {
    return *put;
  }
  ObjectBuilder templates;
  templates.set("application/json", Value("{\"message\":$context.error.messageString}"));
  ObjectBuilder out;
  out.set("responseType", Value(type))
      .set("responseParameters", Value::object())
      .set("responseTemplates", std::move(templates).build())
      .set("defaultResponse", Value(true));
  if (const int status = default_gateway_status(type); status != 0) {
    out.set("statusCode", Value(std::to_string(status)));
  }
  return std::move(out).build();
}

ActionResult RestApiService::get_model_template(const aws::Request& request) {
  PAWL_TRY_VOID(need(rest_scope_of(request), rest_type(RecordKind::RestModel),
                     text_member(request.input, "restApiId"),
                     text_member(request.input, "modelName")));
  ObjectBuilder out;
  out.set("value", Value("#set($inputRoot = $input.path('$'))\n{ }"));
  return std::move(out).build();
}

ActionResult RestApiService::get_account(const aws::Request& request) {
  const auto kept =
      PAWL_TRY(records_.find(rest_scope_of(request), RecordKind::RestAccount, "", "account"));
  if (kept) return *kept;
  ObjectBuilder throttle;
  throttle.set("burstLimit", Value(5'000)).set("rateLimit", Value(10'000.0));
  ObjectBuilder out;
  out.set("throttleSettings", std::move(throttle).build())
      .set("features", Value::array({Value("UsagePlans")}))
      .set("apiKeyVersion", Value("4"));
  return std::move(out).build();
}

ActionResult RestApiService::update_account(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const Value before = PAWL_TRY(get_account(request)).value;
  const Value account =
      PAWL_TRY(apply_patches(before, read_patches(request.input), *request.operation->output));
  store::Batch batch;
  records_.put(batch, rest_scope_of(request), RecordKind::RestAccount, "", "account", account);
  PAWL_TRY_VOID(commit(request, batch, account));
  return account;
}

}  // namespace pawl::apigateway
