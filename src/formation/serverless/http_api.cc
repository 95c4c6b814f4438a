// SPDX-License-Identifier: Apache-2.0
// AWS::Serverless::HttpApi (model/api/http_api_generator.py of the translator).
#include <algorithm>

#include "base/error.h"
#include "formation/serverless/openapi_editor.h"
#include "formation/serverless/rest_api.h"

namespace pawl::formation::serverless {
namespace {

class HttpApi {
 public:
  HttpApi(Work& work, const SamResource& api)
      : work_(work),
        api_(api),
        definition_(api.get("DefinitionBody")),
        auth_(api.get("Auth")),
        tags_(api.get("Tags")) {}

  Outcome<Resources> make_all();

 private:
  Outcome<void> add_cors();
  Outcome<void> add_auth();
  Outcome<void> add_tags();
  Outcome<void> add_info();
  Outcome<Made> make_http_api();
  Made make_stage() const;
  /// The editor of a definition that must be there; `what` needs it.
  Outcome<OpenApiEditor> editor_for(const std::string& what) const;
  Failed bad(std::string_view text) const { return bad_resource(api_.id, text); }

  Work& work_;
  const SamResource& api_;
  Node definition_;
  Node auth_;
  Node tags_;
};

Outcome<void> HttpApi::add_cors() {
  const Node cors = PAWL_TRY(work_.resolve(api_.get("CorsConfiguration")));
  if (!cors.truthy()) return {};
  if (!definition_.truthy())
    return bad("Cors works only with inline OpenApi specified in 'DefinitionBody' property.");
  if (cors.is_map() && !is_intrinsic(cors)) {
    for (const Node& key : cors.keys())
      if (!only_has(Node::map({{key.text(), Node()}}),
                    {"AllowMethods", "AllowHeaders", "AllowOrigins", "MaxAge", "ExposeHeaders",
                     "AllowCredentials"}))
        return bad("Invalid key '" + key.text() + "' for 'Cors' property.");
  } else if (!cors.is_boolean() && !cors.is_map()) {
    return bad("Invalid value for 'Cors' property.");
  }
  if (!OpenApiEditor::is_valid(definition_))
    return bad(
        "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid "
        "OpenApi definition.");
  if (cors.get("AllowCredentials").is(true) && cors.get("AllowOrigins") == Node::list({"*"}))
    return bad(
        "Unable to add Cors configuration because 'AllowCredentials' can not be true when "
        "'AllowOrigin' is \"'*'\" or not set.");
  OpenApiEditor editor = PAWL_TRY(OpenApiEditor::open(definition_));
  PAWL_TRY_VOID(editor.add_cors(cors));
  definition_ = editor.document();
  return {};
}

Outcome<void> HttpApi::add_auth() {
  if (!auth_.truthy()) return {};
  if (!definition_.truthy())
    return bad("Auth works only with inline OpenApi specified in the 'DefinitionBody' property.");
  if (!only_has(auth_, {"Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer"}))
    return bad("Invalid value for 'Auth' property");
  if (!OpenApiEditor::is_valid(definition_))
    return bad(
        "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid "
        "OpenApi definition.");
  OpenApiEditor editor = PAWL_TRY(OpenApiEditor::open(definition_));
  const Authorizers authorizers = PAWL_TRY(http_authorizers(
      work_, api_.id, auth_.get("Authorizers"), auth_.get("EnableIamAuthorizer").is(true)));
  editor.add_authorizers(authorizers);
  if (const Node chosen = auth_.get("DefaultAuthorizer"); chosen.truthy() && !is_no_value(chosen)) {
    PAWL_TRY_VOID(expect_text(chosen, {api_.id, "Auth.DefaultAuthorizer"}));
    if (find_authorizer(authorizers, chosen) == nullptr)
      return bad("Unable to set DefaultAuthorizer because '" + chosen.text() +
                 "' was not defined in 'Authorizers'.");
    for (const Node& path : editor.paths())
      PAWL_TRY_VOID(editor.set_default_authorizer(path, chosen, authorizers));
  }
  definition_ = editor.document();
  return {};
}

Outcome<void> HttpApi::add_tags() {
  if (tags_.truthy() && !definition_.truthy())
    return bad("Tags works only with inline OpenApi specified in the 'DefinitionBody' property.");
  if (!definition_.truthy()) return {};
  const bool valid = OpenApiEditor::is_valid(definition_);
  if (tags_.truthy() && !valid)
    return bad(
        "Unable to add `Tags` because 'DefinitionBody' does not contain a valid OpenApi "
        "definition.");
  if (!valid) return {};
  if (!tags_.truthy()) tags_ = Node::map();
  tags_.set("httpapi:createdBy", "SAM");
  OpenApiEditor editor = PAWL_TRY(OpenApiEditor::open(definition_));
  PAWL_TRY_VOID(editor.add_tags(tags_));
  definition_ = editor.document();
  return {};
}

Outcome<OpenApiEditor> HttpApi::editor_for(const std::string& what) const {
  if (!definition_.truthy())
    return bad(what +
               " works only with inline OpenApi specified in the 'DefinitionBody' property.");
  return OpenApiEditor::open(definition_);
}

Outcome<void> HttpApi::add_info() {
  for (const auto& [property, name] :
       {std::pair("Name", "title"), std::pair("Description", "description")}) {
    const Node value = api_.get(property);
    if (!value.truthy()) continue;
    OpenApiEditor editor = PAWL_TRY(editor_for(property));
    const bool is_title = std::string_view(name) == "title";
    const Node present = definition_.get("info").get(name);
    if (is_title ? present != make_ref("AWS::StackName") : present.truthy())
      return bad(std::string("Unable to set ") + property +
                 " because it is already defined within inline OpenAPI specified in the "
                 "'DefinitionBody' property.");
    editor.set_info(name, value);
    definition_ = editor.document();
  }
  return {};
}

Outcome<Made> HttpApi::make_http_api() {
  Made http_api = make(api_.id, "AWS::ApiGatewayV2::Api", api_.attributes, api_.depends_on);
  if (api_.truthy("DefinitionUri") && definition_.truthy())
    return bad("Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.");
  PAWL_TRY_VOID(add_cors());
  PAWL_TRY_VOID(add_auth());
  PAWL_TRY_VOID(add_tags());
  const bool strict = api_.truthy("FailOnWarnings");
  if (strict) http_api->set("FailOnWarnings", api_.get("FailOnWarnings"));
  if (const Node disable = api_.get("DisableExecuteApiEndpoint"); !disable.is_null()) {
    if (!definition_.truthy())
      return bad("DisableExecuteApiEndpoint works only within 'DefinitionBody' property.");
    OpenApiEditor editor = PAWL_TRY(OpenApiEditor::open(definition_));
    PAWL_TRY_VOID(editor.disable_execute_api(disable));
    definition_ = editor.document();
  }
  PAWL_TRY_VOID(add_info());
  const Node paths = definition_.get("paths");
  if (strict && paths.has("$default")) {
    const Node item = paths.get("$default");
    paths.erase("$default");
    paths.set("/$default", item);
  }
  if (api_.truthy("DefinitionUri")) {
    http_api->set("BodyS3Location",
                  PAWL_TRY(definition_location(api_.get("DefinitionUri"), api_.id)));
  } else if (definition_.truthy()) {
    http_api->set("Body", definition_);
  } else {
    return bad(
        "'DefinitionUri' or 'DefinitionBody' are required properties of an "
        "'AWS::Serverless::HttpApi'. Add a value for one of these properties or add a "
        "'HttpApi' event to an 'AWS::Serverless::Function'.");
  }
  return http_api;
}

Made HttpApi::make_stage() const {
  const Node name = api_.truthy("StageName") ? api_.get("StageName") : Node("$default");
  const std::string prefix = name.is_text() ? name.text() : "";
  std::string id = api_.id;
  if (is_alphanumeric(prefix)) {
    id += prefix + "Stage";
  } else {
    id += prefix == "$default" ? "ApiGatewayDefaultStage" : "Stage" + id_hash(prefix);
  }
  Made stage = make(id, "AWS::ApiGatewayV2::Stage", passed_attributes(api_.attributes));
  stage->set("ApiId", make_ref(api_.id));
  stage->set("StageName", name);
  stage->set("Tags", tags_);
  stage->set("AutoDeploy", true);
  for (const char* property :
       {"StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"})
    stage->set(property, api_.get(property));
  return stage;
}

Outcome<Resources> HttpApi::make_all() {
  const Node domain = PAWL_TRY(work_.resolve(api_.get("Domain")));
  Resources made{PAWL_TRY(make_http_api())};
  if (auth_.truthy())
    for (const Authorizer& authorizer : PAWL_TRY(http_authorizers(
             work_, api_.id, auth_.get("Authorizers"), auth_.get("EnableIamAuthorizer").is(true))))
      if (authorizer.function_arn.truthy() && !authorizer.without_permission)
        made.push_back(make_authorizer_permission(api_, authorizer, "${AWS::Partition}"));
  const Resources domain_resources = PAWL_TRY(make_http_domain(work_, api_, domain));
  made.insert(made.end(), domain_resources.begin(), domain_resources.end());
  made.push_back(make_stage());
  propagate_tags(made, api_.get("Tags"), api_.given("DefinitionBody"));
  return made;
}

}  // namespace

Outcome<Resources> make_http_api(Work& work, const SamResource& api) {
  return HttpApi(work, api).make_all();
}

}  // namespace pawl::formation::serverless
