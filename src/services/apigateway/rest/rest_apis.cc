// SPDX-License-Identifier: Apache-2.0
// REST APIs and the tree of their resources.
#include <algorithm>
#include <utility>

#include "json/members.h"
#include "services/apigateway/identifiers.h"
#include "services/apigateway/rest/rest_service.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr RecordKind kContents[] = {RecordKind::RestResource,
                                    RecordKind::RestAuthorizer,
                                    RecordKind::RestModel,
                                    RecordKind::RestRequestValidator,
                                    RecordKind::RestGatewayResponse,
                                    RecordKind::RestDocumentationPart,
                                    RecordKind::RestDocumentationVersion};

bool is_path_part(const std::string& part) {
  std::string_view text = part;
  const bool is_variable = text.starts_with('{') && text.ends_with('}');
  if (is_variable) {
    text = text.substr(1, text.size() - 2);
    if (text.ends_with('+')) text.remove_suffix(1);
  }
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == ':';
  });
}

/// Without embed=methods a resource says only which methods it has.
Value shown_resource(const aws::Request& request, const Value& resource) {
  const Value methods = object_member(resource, "resourceMethods");
  if (methods.size() == 0) return resource.without_member("resourceMethods");
  const std::vector<std::string> embed = texts_member(request.input, "embed");
  if (std::find(embed.begin(), embed.end(), "methods") != embed.end()) return resource;
  ObjectBuilder names;
  for (const json::Member& each : methods.members()) names.set(each.key, Value::object());
  return resource.with_member("resourceMethods", std::move(names).build());
}

Value model_record(const char* name, const char* title, const char* type, const char* text) {
  ObjectBuilder model;
  model.set("id", Value(random_lower_case(6)))
      .set("name", Value(name))
      .set("description", Value(text))
      .set("schema", Value("{\n  \"$schema\" : \"http://json-schema.org/draft-04/schema#\",\n  "
                           "\"title\" : \"" +
                           std::string(title) + "\",\n  \"type\" : \"" + type + "\"" +
                           (std::string_view(name) == "Error"
                                ? ",\n  \"properties\" : {\n    \"message\" : { \"type\" : "
                                  "\"string\" }\n  }"
                                : "") +
                           "\n}"))
      .set("contentType", Value("application/json"));
  return std::move(model).build();
}

}  // namespace

Value RestApiService::default_api(const Value& given) const {
  Value record = given;
  const auto set = [&](std::string_view member, Value value) {
    if (!has_member(record, member)) record = record.with_member(member, std::move(value));
  };
  set("createdDate", Value(now_s()));
  set("apiKeySource", Value("HEADER"));
  set("disableExecuteApiEndpoint", Value(false));
  if (!has_member(record, "endpointConfiguration")) {
    ObjectBuilder endpoint;
    endpoint.set("types", Value::array({Value("EDGE")}));
    set("endpointConfiguration", std::move(endpoint).build());
  }
  if (object_member(record, "tags").size() == 0) record = record.without_member("tags");
  return record;
}

/// Each API begins with the models "Empty" and "Error".
void RestApiService::put_default_models(store::Batch& batch, const Scope& scope,
                                        const std::string& api) const {
  records_.put(
      batch, scope, RecordKind::RestModel, api, "Empty",
      model_record("Empty", "Empty Schema", "object", "This is a default empty schema model"));
  records_.put(
      batch, scope, RecordKind::RestModel, api, "Error",
      model_record("Error", "Error Schema", "object", "This is a default error schema model"));
}

void RestApiService::erase_contents(store::Batch& batch, const Scope& scope,
                                    const std::string& api_id) const {
  for (const RecordKind kind : kContents) records_.erase_all(batch, scope, kind, api_id);
}

ActionResult RestApiService::create_rest_api(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const Value& input = request.input;
  if (text_member(input, "name").empty()) return rest_bad_request("REST API name cannot be empty");
  const std::lock_guard lock(mutex_);
  const std::string api_id = random_lower_case(10);
  const std::string root_id = random_lower_case(10);
  store::Batch batch;
  std::string clone_root = root_id;
  if (has_member(input, "cloneFrom")) {
    const std::string from = text_member(input, "cloneFrom");
    const Value original = PAWL_TRY(need_api(scope, from));
    clone_root = text_member(original, "rootResourceId");
    for (const RecordKind kind : kContents) {
      for (const Value& each : PAWL_TRY(records_.all(scope, kind, from))) {
        std::string id = text_member(each, "id");
        if (kind == RecordKind::RestModel) id = text_member(each, "name");
        if (kind == RecordKind::RestGatewayResponse) id = text_member(each, "responseType");
        if (kind == RecordKind::RestDocumentationVersion) id = text_member(each, "version");
        records_.put(batch, scope, kind, api_id, id, each);
      }
    }
  } else {
    ObjectBuilder root;
    root.set("id", Value(root_id)).set("path", Value("/"));
    records_.put(batch, scope, RecordKind::RestResource, api_id, root_id, std::move(root).build());
    put_default_models(batch, scope, api_id);
  }
  ObjectBuilder named;
  named.set("id", Value(api_id));
  for (const json::Member& each : input.members()) {
    if (each.name() != "cloneFrom") named.set(each.key, each.value);
  }
  const Value record =
      default_api(std::move(named).build()).with_member("rootResourceId", Value(clone_root));
  records_.put(batch, scope, RecordKind::RestApi, "", api_id, record);
  records_.put_home(batch, api_id, {scope, /*is_rest=*/true});
  PAWL_TRY_VOID(commit(request, batch, record));
  return record;
}

ActionResult RestApiService::get_rest_api(const aws::Request& request) {
  return PAWL_TRY(need_api(rest_scope_of(request), text_member(request.input, "restApiId")));
}

ActionResult RestApiService::get_rest_apis(const aws::Request& request) {
  return rest_list(PAWL_TRY(rest_page(records_, request, RecordKind::RestApi, "")));
}

ActionResult RestApiService::update_rest_api(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::lock_guard lock(mutex_);
  Value record = PAWL_TRY(need_api(scope, api_id));
  record = PAWL_TRY(
      apply_patches(std::move(record), read_patches(request.input), *request.operation->output));
  if (text_member(record, "name").empty()) return rest_bad_request("REST API name cannot be empty");
  store::Batch batch;
  records_.put(batch, scope, RecordKind::RestApi, "", api_id, record);
  PAWL_TRY_VOID(commit(request, batch, record));
  gateway_.forget(api_id);
  return record;
}

ActionResult RestApiService::delete_rest_api(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(need_api(scope, api_id));
  store::Batch batch;
  erase_contents(batch, scope, api_id);
  for (const RecordKind kind :
       {RecordKind::RestDeployment, RecordKind::RestStage, RecordKind::RestSnapshot}) {
    records_.erase_all(batch, scope, kind, api_id);
  }
  records_.erase(batch, scope, RecordKind::RestApi, "", api_id);
  records_.erase_home(batch, api_id);
  PAWL_TRY_VOID(commit(request, batch, Value::object()));
  gateway_.forget(api_id);
  return Value::object();
}

ApiResult<Value> RestApiService::need_resource(const Scope& scope, const std::string& api_id,
                                               const std::string& id) const {
  PAWL_TRY_VOID(need_api(scope, api_id));
  std::optional<Value> record =
      PAWL_TRY(records_.find(scope, RecordKind::RestResource, api_id, id));
  if (record) return *std::move(record);
  return rest_not_found("Invalid Resource identifier specified");
}

ActionResult RestApiService::create_resource(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string parent_id = text_member(request.input, "parentId");
  const std::string part = text_member(request.input, "pathPart");
  const std::lock_guard lock(mutex_);
  const Value parent = PAWL_TRY(need_resource(scope, api_id, parent_id));
  if (!is_path_part(part)) {
    return rest_bad_request(
        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path "
        "variable and curly braces at the beginning and the end.");
  }
  if (text_member(parent, "pathPart").ends_with("+}")) {
    return rest_bad_request("Cannot create a child of a resource with a greedy path variable: " +
                            text_member(parent, "pathPart"));
  }
  for (const Value& other : PAWL_TRY(records_.all(scope, RecordKind::RestResource, api_id))) {
    if (text_member(other, "parentId") != parent_id) continue;
    const std::string theirs = text_member(other, "pathPart");
    if (theirs == part) {
      return ApiError("ConflictException",
                      "Another resource with the same parent already has this name: " + part, 409);
    }
    if (theirs.starts_with('{') && part.starts_with('{')) {
      return rest_bad_request("A sibling (" + theirs +
                              ") of this resource already has a variable "
                              "path part -- only one is allowed");
    }
  }
  const std::string id = random_lower_case(6);
  const std::string above = text_member(parent, "path");
  ObjectBuilder made;
  made.set("id", Value(id))
      .set("parentId", Value(parent_id))
      .set("pathPart", Value(part))
      .set("path", Value((above == "/" ? "" : above) + "/" + part));
  const Value record = std::move(made).build();
  store::Batch batch;
  records_.put(batch, scope, RecordKind::RestResource, api_id, id, record);
  PAWL_TRY_VOID(commit(request, batch, record));
  return record;
}

ActionResult RestApiService::get_resource(const aws::Request& request) {
  return shown_resource(request, PAWL_TRY(need_resource(rest_scope_of(request),
                                                        text_member(request.input, "restApiId"),
                                                        text_member(request.input, "resourceId"))));
}

ActionResult RestApiService::get_resources(const aws::Request& request) {
  const std::string api_id = text_member(request.input, "restApiId");
  PAWL_TRY_VOID(need_api(rest_scope_of(request), api_id));
  RecordStore::Page page = PAWL_TRY(rest_page(records_, request, RecordKind::RestResource, api_id));
  for (Value& item : page.items) item = shown_resource(request, item);
  return rest_list(std::move(page));
}

/// A new name, or a new place in the tree, of a resource and all below it.
ActionResult RestApiService::update_resource(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string id = text_member(request.input, "resourceId");
  const std::lock_guard lock(mutex_);
  Value record = PAWL_TRY(need_resource(scope, api_id, id));
  const std::string before = text_member(record, "path");
  for (const PatchOperation& operation : read_patches(request.input)) {
    if (operation.op != "replace" ||
        (operation.path != "/pathPart" && operation.path != "/parentId")) {
      return rest_bad_request("Invalid patch path  '" + operation.path + "' specified for op '" +
                              operation.op + "'. Must be one of: [/parentId, /pathPart]");
    }
    if (before == "/") return rest_bad_request("Root resource cannot be updated");
    if (operation.path == "/pathPart" && !is_path_part(operation.value)) {
      return rest_bad_request(
          "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy "
          "path variable and curly braces at the beginning and the end.");
    }
    record = record.with_member(operation.path.substr(1), Value(operation.value));
  }
  const Value parent =
      before == "/" ? record
                    : PAWL_TRY(need_resource(scope, api_id, text_member(record, "parentId")));
  const std::string above = text_member(parent, "path");
  if (before != "/" && (above + "/").starts_with(before + "/")) {
    return rest_bad_request("A resource cannot be below itself");
  }
  const std::string path =
      before == "/" ? "/" : (above == "/" ? "" : above) + "/" + text_member(record, "pathPart");
  store::Batch batch;
  for (const Value& other : PAWL_TRY(records_.all(scope, RecordKind::RestResource, api_id))) {
    const std::string theirs = text_member(other, "path");
    if (theirs == path && text_member(other, "id") != id) {
      return ApiError("ConflictException",
                      "Another resource with the same parent already has this name: " +
                          text_member(record, "pathPart"),
                      409);
    }
    if (before == "/" || !theirs.starts_with(before + "/")) continue;
    records_.put(batch, scope, RecordKind::RestResource, api_id, text_member(other, "id"),
                 other.with_member("path", Value(path + theirs.substr(before.size()))));
  }
  record = record.with_member("path", Value(path));
  records_.put(batch, scope, RecordKind::RestResource, api_id, id, record);
  const Value answer = shown_resource(request, record);
  PAWL_TRY_VOID(commit(request, batch, answer));
  return answer;
}

ActionResult RestApiService::delete_resource(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string id = text_member(request.input, "resourceId");
  const std::lock_guard lock(mutex_);
  const Value record = PAWL_TRY(need_resource(scope, api_id, id));
  const std::string path = text_member(record, "path");
  if (path == "/") return rest_bad_request("Invalid Resource identifier specified");
  store::Batch batch;
  records_.erase(batch, scope, RecordKind::RestResource, api_id, id);
  for (const Value& other : PAWL_TRY(records_.all(scope, RecordKind::RestResource, api_id))) {
    if (!text_member(other, "path").starts_with(path + "/")) continue;
    records_.erase(batch, scope, RecordKind::RestResource, api_id, text_member(other, "id"));
  }
  PAWL_TRY_VOID(commit(request, batch, Value::object()));
  return Value::object();
}

}  // namespace pawl::apigateway
