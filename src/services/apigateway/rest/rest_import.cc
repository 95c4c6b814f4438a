// SPDX-License-Identifier: Apache-2.0
// REST APIs from and to OpenAPI; a method tried out.
#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "json/members.h"
#include "json/write.h"
#include "services/apigateway/identifiers.h"
#include "services/apigateway/openapi_source.h"
#include "services/apigateway/rest/openapi_reader.h"
#include "services/apigateway/rest/rest_service.h"
#include "services/apigateway/route_pattern.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

ApiResult<Value> read_body(const aws::Request& request) {
  const auto body = base::base64_decode(text_member(request.input, "body"));
  const auto openapi = body ? read_openapi(*body) : base::Result<Value>(Value());
  if (!openapi || !openapi->is_object()) return rest_bad_request("Invalid OpenAPI input.");
  return *openapi;
}

/// Resources by path; what lies between is made as well.
class ResourceTree {
 public:
  explicit ResourceTree(std::string root_id) { put("/", std::move(root_id), "", ""); }
  void keep(const Value& resource) { resources_[text_member(resource, "path")] = resource; }

  Value& at(const std::string& path) {
    if (const auto found = resources_.find(path); found != resources_.end()) return found->second;
    const size_t slash = path.rfind('/');
    const std::string above = slash == 0 ? "/" : path.substr(0, slash);
    const std::string parent = text_member(at(above), "id");
    put(path, random_lower_case(6), parent, path.substr(slash + 1));
    return resources_[path];
  }
  const std::map<std::string, Value>& all() const { return resources_; }

 private:
  void put(const std::string& path, std::string id, const std::string& parent,
           const std::string& part) {
    ObjectBuilder made;
    made.set("id", Value(id));
    if (!parent.empty()) made.set("parentId", Value(parent)).set("pathPart", Value(part));
    made.set("path", Value(path));
    resources_[path] = std::move(made).build();
  }

  std::map<std::string, Value> resources_;
};

std::string trimmed_path(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

ApiResult<Value> RestApiService::store_import(const aws::Request& request, const Value& openapi,
                                              const Value* before) {
  const Scope scope = rest_scope_of(request);
  ReadRestApi read = PAWL_TRY(read_rest_openapi(openapi));
  const bool overwrites = before == nullptr || text_member(request.input, "mode") == "overwrite";
  const std::string api_id = before != nullptr ? text_member(*before, "id") : random_lower_case(10);
  const std::string root_id =
      before != nullptr ? text_member(*before, "rootResourceId") : random_lower_case(10);
  if (text_member(read.api, "name").empty()) {
    if (before == nullptr) return rest_bad_request("Invalid OpenAPI input.");
    read.api = read.api.with_member("name", *before->find("name"));
  }
  store::Batch batch;
  ResourceTree tree(root_id);
  if (overwrites) {
    erase_contents(batch, scope, api_id);
    put_default_models(batch, scope, api_id);
  } else {
    for (const Value& each : PAWL_TRY(records_.all(scope, RecordKind::RestResource, api_id))) {
      tree.keep(each);
    }
  }
  for (const auto& [name, model] : read.models) {
    records_.put(batch, scope, RecordKind::RestModel, api_id, name,
                 model.with_member("id", Value(random_lower_case(6))));
  }
  std::map<std::string, std::string> authorizers;
  for (const auto& [name, authorizer] : read.authorizers) {
    const std::string id = random_lower_case(6);
    authorizers[name] = id;
    records_.put(batch, scope, RecordKind::RestAuthorizer, api_id, id,
                 PAWL_TRY(prepare(request, rest_type(RecordKind::RestAuthorizer),
                                  authorizer.with_member("id", Value(id)))));
  }
  std::map<std::string, std::string> validators;
  for (const auto& [name, validator] : read.validators) {
    const std::string id = random_lower_case(6);
    validators[name] = id;
    records_.put(batch, scope, RecordKind::RestRequestValidator, api_id, id,
                 validator.with_member("id", Value(id)));
  }
  for (const auto& [type, response] : read.gateway_responses) {
    records_.put(batch, scope, RecordKind::RestGatewayResponse, api_id, type, response);
  }
  for (const auto& [path, methods] : read.paths) {
    Value& resource = tree.at(trimmed_path(path));
    Value all = object_member(resource, "resourceMethods");
    for (const auto& [verb, method] : methods) {
      Value made = method;
      if (const auto found = authorizers.find(text_member(method, "authorizerName"));
          found != authorizers.end()) {
        made = made.with_member("authorizerId", Value(found->second));
      }
      if (const auto found = validators.find(text_member(method, "validatorName"));
          found != validators.end()) {
        made = made.with_member("requestValidatorId", Value(found->second));
      }
      all = all.with_member(verb,
                            made.without_member("authorizerName").without_member("validatorName"));
    }
    if (all.size() > 0) resource = resource.with_member("resourceMethods", all);
  }
  for (const auto& [path, resource] : tree.all()) {
    records_.put(batch, scope, RecordKind::RestResource, api_id, text_member(resource, "id"),
                 resource);
  }
  Value api = before != nullptr ? *before : Value::object().with_member("id", Value(api_id));
  for (const json::Member& each : read.api.members())
    api = api.with_member(each.name(), each.value);
  api = default_api(api).with_member("rootResourceId", Value(root_id));
  records_.put(batch, scope, RecordKind::RestApi, "", api_id, api);
  records_.put_home(batch, api_id, {scope, /*is_rest=*/true});
  PAWL_TRY_VOID(commit(request, batch, api));
  gateway_.forget(api_id);
  return api;
}

ActionResult RestApiService::import_rest_api(const aws::Request& request) {
  const Value openapi = PAWL_TRY(read_body(request));
  const std::lock_guard lock(mutex_);
  return PAWL_TRY(store_import(request, openapi, nullptr));
}

ActionResult RestApiService::put_rest_api(const aws::Request& request) {
  const Value openapi = PAWL_TRY(read_body(request));
  const std::lock_guard lock(mutex_);
  const Value before =
      PAWL_TRY(need_api(rest_scope_of(request), text_member(request.input, "restApiId")));
  return PAWL_TRY(store_import(request, openapi, &before));
}

ActionResult RestApiService::get_export(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const Value stage = PAWL_TRY(need_stage(scope, api_id, text_member(request.input, "stageName")));
  const bool is_old = text_member(request.input, "exportType") == "swagger";
  if (text_member(request.input, "accepts") == "application/yaml") {
    return rest_bad_request("Exports as YAML are not built: ask for application/json");
  }
  const auto snapshot = PAWL_TRY(
      records_.find(scope, RecordKind::RestSnapshot, api_id, text_member(stage, "deploymentId")));
  const Value frozen = snapshot.value_or(Value::object());
  const Value api = object_member(frozen, "api");
  const Value parameters = object_member(request.input, "parameters");
  const std::string wanted = text_member(parameters, "extensions");
  const bool with_extensions = wanted.find("integrations") != std::string::npos ||
                               wanted.find("apigateway") != std::string::npos;
  ObjectBuilder paths;
  const Value resources = array_member(frozen, "resources");
  for (const Value& resource : resources.items()) {
    ObjectBuilder item;
    const Value methods = object_member(resource, "resourceMethods");
    for (const json::Member& each : methods.members()) {
      ObjectBuilder responses;
      const Value given = object_member(each.value, "methodResponses");
      for (const json::Member& response : given.members()) {
        ObjectBuilder made;
        made.set("description", Value(std::string(response.name()) + " response"));
        responses.set(response.key, std::move(made).build());
      }
      ObjectBuilder operation;
      operation.set("responses", std::move(responses).build());
      if (with_extensions && has_member(each.value, "methodIntegration")) {
        operation.set("x-amazon-apigateway-integration",
                      extension_of_integration(object_member(each.value, "methodIntegration")));
      }
      item.set(
          each.name() == "ANY" ? "x-amazon-apigateway-any-method" : aws::lower_ascii(each.name()),
          std::move(operation).build());
    }
    if (methods.size() > 0) paths.set(text_member(resource, "path"), std::move(item).build());
  }
  ObjectBuilder info;
  info.set("title", Value(text_member(api, "name")))
      .set("version", has_member(api, "version") ? *api.find("version") : Value("1.0"));
  ObjectBuilder out;
  out.set(is_old ? "swagger" : "openapi", Value(is_old ? "2.0" : "3.0.1"))
      .set("info", std::move(info).build())
      .set("paths", std::move(paths).build());
  ObjectBuilder answer;
  answer.set("contentType", Value("application/json"))
      .set("contentDisposition",
           Value("attachment; filename=\"" + std::string(is_old ? "swagger" : "oas30") + ".json\""))
      .set("body", Value(base::base64_encode(json::write(std::move(out).build()))));
  return std::move(answer).build();
}

namespace {

Value test_answer(const aws::HttpResponse& response, int64_t latency_ms) {
  ObjectBuilder headers;
  ObjectBuilder multi;
  for (const auto& [name, value] : response.headers) {
    headers.set(name, Value(value));
    multi.set(name, Value::array({Value(value)}));
  }
  ObjectBuilder out;
  out.set("status", Value(response.status))
      .set("body", Value(response.body))
      .set("headers", std::move(headers).build())
      .set("multiValueHeaders", std::move(multi).build())
      .set("log", Value("Execution log for request\n"))
      .set("latency", Value(latency_ms));
  return std::move(out).build();
}

}  // namespace

void RestApiService::test_invoke_method(aws::Request request, aws::Reply reply) {
  const Scope scope = rest_scope_of(request);
  const Value& input = request.input;
  const std::string api_id = text_member(input, "restApiId");
  const auto resource = need_resource(scope, api_id, text_member(input, "resourceId"));
  if (!resource) return reply(resource.error());
  const Value methods = object_member(*resource, "resourceMethods");
  const std::string verb = text_member(input, "httpMethod");
  if (methods.find(verb) == nullptr && methods.find("ANY") == nullptr) {
    return reply(rest_not_found("Invalid Method identifier specified"));
  }
  const auto snapshot = snapshot_rest_api(records_, scope, api_id);
  if (!snapshot) return reply(snapshot.error());
  RestGateway::TestCall test{scope, api_id, text_member(input, "resourceId"), "", {}};
  const auto http = std::make_shared<aws::HttpRequest>();
  http->method = verb;
  std::string path = text_member(input, "pathWithQueryString");
  if (path.empty()) path = text_member(*resource, "path");
  const size_t question = std::min(path.find('?'), path.size());
  test.path = path.substr(0, question);
  http->path = test.path;
  http->query = path.substr(std::min(question + 1, path.size()));
  http->body = text_member(input, "body");
  const Value headers = object_member(input, "headers");
  for (const json::Member& each : headers.members()) {
    if (each.value.is_string()) http->headers.add(each.name(), each.value.as_string());
  }
  const Value variables = object_member(input, "stageVariables");
  for (const json::Member& each : variables.members()) {
    if (each.value.is_string()) {
      test.stage_variables.emplace(std::string(each.name()), each.value.as_string());
    }
  }
  const auto held = std::make_shared<aws::Reply>(std::move(reply));
  const int64_t began = ports_.loop.now().ms;
  gateway_.test(test, *snapshot, *http, [this, http, held, began](const aws::HttpResponse& answer) {
    (*held)(aws::Output(test_answer(answer, ports_.loop.now().ms - began)));
  });
}

}  // namespace pawl::apigateway
