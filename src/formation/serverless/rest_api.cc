// SPDX-License-Identifier: Apache-2.0
// AWS::Serverless::Api (model/api/api_generator.py of the translator).
#include "formation/serverless/rest_api.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "formation/serverless/swagger_editor.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::string_view kWildcardOrigin = "'*'";

/// Makes one API: holds its definition while it is edited.
class RestApi {
 public:
  RestApi(Work& work, const SamResource& api)
      : work_(work), api_(api), definition_(api.get("DefinitionBody")), auth_(api.get("Auth")) {}

  Outcome<Resources> make_all();

 private:
  Outcome<void> check() const;
  Outcome<void> add_cors();
  Outcome<void> add_auth();
  Outcome<void> add_gateway_responses();
  Outcome<void> add_models();
  Outcome<void> edit_definition(const Made& rest_api);
  Outcome<Node> gateway_response(const Node& type, const Node& response) const;
  Outcome<void> set_endpoint(const Made& rest_api, const Node& value) const;
  Outcome<Node> as_openapi_3(const Node& document) const;
  Outcome<void> fix_options(const Node& path, const Node& item) const;
  Outcome<Made> make_rest_api();
  Made make_stage(const Made& deployment, const Node& swagger);
  void name_deployment(const Made& deployment, const Made& stage, const Node& swagger);
  Failed bad(std::string_view text) const { return bad_resource(api_.id, text); }

  Work& work_;
  const SamResource& api_;
  Node definition_;
  Node auth_;
  Node domain_ = {};
};

Outcome<void> RestApi::check() const {
  if (api_.truthy("DefinitionUri") && definition_.truthy())
    return bad("Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.");
  if (api_.truthy("DefinitionUri") && api_.truthy("MergeDefinitions"))
    return bad("Cannot set 'MergeDefinitions' to True when using `DefinitionUri`.");
  const Node version = api_.get("OpenApiVersion");
  if (!version.truthy()) return {};
  std::string as_three = version.python_text();
  if (as_three.starts_with('2')) as_three[0] = '3';
  if (!is_openapi_3(as_three))
    return bad("The OpenApiVersion value must be of the format '3.0.0'.");
  return {};
}

Outcome<void> RestApi::add_cors() {
  const Node cors = api_.get("Cors");
  if (!cors.truthy()) return {};
  if (!definition_.truthy())
    return bad("Cors works only with inline Swagger specified in 'DefinitionBody' property.");
  CorsHeaders headers{.origin = kWildcardOrigin};
  if (cors.is_text() || is_intrinsic(cors)) {
    headers.origin = cors;
  } else if (cors.is_map()) {
    for (const Node& key : cors.keys())
      if (!only_has(Node::map({{key.text(), Node()}}),
                    {"AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge", "AllowCredentials"}))
        return bad("Invalid key '" + key.text() + "' for 'Cors' property.");
    if (cors.has("AllowOrigin")) headers.origin = cors.get("AllowOrigin");
    headers.methods = cors.get("AllowMethods");
    headers.headers = cors.get("AllowHeaders");
    headers.max_age = cors.get("MaxAge");
    headers.credentials = cors.get("AllowCredentials").is(true);
  } else {
    return bad("Invalid value for 'Cors' property");
  }
  if (!SwaggerEditor::is_valid(definition_))
    return bad(
        "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid "
        "Swagger definition.");
  if (headers.credentials && headers.origin.is(kWildcardOrigin))
    return bad(
        "Unable to add Cors configuration because 'AllowCredentials' can not be true when "
        "'AllowOrigin' is \"'*'\" or not set");
  SwaggerEditor editor = PAWL_TRY(SwaggerEditor::open(definition_));
  std::set<std::string> done;
  for (const Node& path : editor.paths()) {
    const std::string& name = path.text();
    const std::string plain = name == "/" ? name : name.substr(0, name.find_last_not_of('/') + 1);
    if (done.insert(plain).second) PAWL_TRY_VOID(editor.add_cors(api_.id, path, headers));
  }
  definition_ = editor.document();
  return {};
}

Outcome<void> RestApi::add_auth() {
  if (!auth_.truthy()) return {};
  if (!definition_.truthy())
    return bad("Auth works only with inline Swagger specified in 'DefinitionBody' property.");
  if (!only_has(auth_, {"Authorizers", "DefaultAuthorizer", "InvokeRole",
                        "AddDefaultAuthorizerToCorsPreflight", "AddApiKeyRequiredToCorsPreflight",
                        "ApiKeyRequired", "ResourcePolicy", "UsagePlan"}))
    return bad("Invalid value for 'Auth' property");
  if (!SwaggerEditor::is_valid(definition_))
    return bad(
        "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid "
        "Swagger definition.");
  SwaggerEditor editor = PAWL_TRY(SwaggerEditor::open(definition_));
  const auto also_preflight = [&](const char* name) {
    return !auth_.has(name) || auth_.get(name).truthy();
  };
  const Node chosen = auth_.get("DefaultAuthorizer");
  const Authorizers authorizers =
      PAWL_TRY(rest_authorizers(work_, api_.id, auth_.get("Authorizers"), chosen));
  if (!authorizers.empty()) {
    editor.add_authorizers(authorizers);
    if (chosen.truthy() && !chosen.is_text()) return bad("DefaultAuthorizer is not a string.");
    if (chosen.truthy() && find_authorizer(authorizers, chosen) == nullptr)
      return bad("Unable to set DefaultAuthorizer because '" + chosen.text() +
                 "' was not defined in 'Authorizers'.");
    if (chosen.truthy())
      for (const Node& path : editor.paths())
        PAWL_TRY_VOID(editor.set_default_authorizer(
            path, chosen, authorizers, also_preflight("AddDefaultAuthorizerToCorsPreflight")));
  }
  if (auth_.get("ApiKeyRequired").truthy()) {
    editor.add_api_key_definition();
    for (const Node& path : editor.paths())
      PAWL_TRY_VOID(
          editor.set_default_api_key(path, also_preflight("AddApiKeyRequiredToCorsPreflight")));
  }
  if (const Node policy = auth_.get("ResourcePolicy"); policy.truthy()) {
    if (!policy.is_map())
      return bad_document("ResourcePolicy must be a map (ResourcePolicyStatement).");
    for (const Node& path : editor.paths())
      PAWL_TRY_VOID(editor.add_resource_policy(policy, path, api_.get("StageName")));
    if (policy.get("CustomStatements").truthy())
      editor.add_custom_statements(policy.get("CustomStatements"));
  }
  definition_ = PAWL_TRY(as_openapi_3(editor.document()));
  return {};
}

Outcome<Node> RestApi::gateway_response(const Node& type, const Node& response) const {
  const Node parameters = response.get("ResponseParameters");
  if (parameters.truthy())
    PAWL_TRY_VOID(expect_map(parameters,
                             {api_.id, "GatewayResponses." + type.text() + ".ResponseParameters"}));
  for (const Node& key : parameters.keys())
    if (!key.is("Headers") && !key.is("Paths") && !key.is("QueryStrings"))
      return bad("Invalid gateway response parameter '" + key.text() + "'");
  const Node status = response.get("StatusCode");
  const std::string code = status.python_text();
  if (status.truthy() &&
      (code.size() > 3 || code.find_first_not_of("0123456789") != std::string::npos))
    return bad("Property 'StatusCode' must be numeric");
  Node prefixed = Node::hashed_map();
  for (const auto& [name, prefix] : {std::pair("Headers", "gatewayresponse.header."),
                                     std::pair("Paths", "gatewayresponse.path."),
                                     std::pair("QueryStrings", "gatewayresponse.querystring.")}) {
    if (parameters.has(name))
      PAWL_TRY_VOID(
          expect_map(parameters.get(name), {api_.id, std::string("ResponseParameters.") + name}));
    for (const auto& [key, value] : parameters.get(name).members())
      prefixed.set(Node(prefix + key.text()).with_mark(key.is_marked()), value);
  }
  const Node templates = response.get("ResponseTemplates");
  Node made = Node::hashed_map();
  made.set("responseParameters", prefixed);
  made.set("responseTemplates", templates.truthy() ? templates : Node::hashed_map());
  if (!status.is_null()) made.set("statusCode", Node(code).with_mark(status.is_marked()));
  return made;
}

Outcome<void> RestApi::add_gateway_responses() {
  const Node responses = api_.get("GatewayResponses");
  if (!responses.truthy()) return {};
  if (!definition_.truthy())
    return bad(
        "GatewayResponses works only with inline Swagger specified in 'DefinitionBody' "
        "property.");
  for (const auto& [type, response] : responses.members()) {
    if (is_intrinsic(response))
      return bad(
          "Unable to set GatewayResponses attribute because intrinsic functions are not "
          "supported for this field.");
    PAWL_TRY_VOID(
        expect_map(response, {api_.id, "GatewayResponses." + type.text()},
                   "Invalid property type for GatewayResponses. Expected an object of type "
                   "'GatewayResponse'."));
    for (const Node& key : response.keys())
      if (!key.is("ResponseParameters") && !key.is("ResponseTemplates") && !key.is("StatusCode"))
        return bad("Invalid property '" + key.text() + "' in 'GatewayResponses' property '" +
                   type.text() + "'.");
  }
  if (!SwaggerEditor::is_valid(definition_))
    return bad(
        "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid "
        "Swagger definition.");
  SwaggerEditor editor = PAWL_TRY(SwaggerEditor::open(definition_));
  Node ordered = Node::hashed_map();
  for (const auto& [type, response] : responses.members())
    ordered.set(type, PAWL_TRY(gateway_response(type, response)));
  for (const auto& [type, response] : ordered.members())
    editor.add_gateway_response(type, response);
  definition_ = editor.document();
  return {};
}

Outcome<void> RestApi::add_models() {
  const Node models = api_.get("Models");
  if (!models.truthy()) return {};
  if (!definition_.truthy())
    return bad("Models works only with inline Swagger specified in 'DefinitionBody' property.");
  if (!SwaggerEditor::is_valid(definition_))
    return bad(
        "Unable to add Models definitions because 'DefinitionBody' does not contain a valid "
        "Swagger definition.");
  for (const auto& [name, model] : models.members())
    if (!model.is_map()) return bad("Invalid value for 'Models' property");
  SwaggerEditor editor = PAWL_TRY(SwaggerEditor::open(definition_));
  PAWL_TRY_VOID(editor.add_models(models));
  definition_ = PAWL_TRY(as_openapi_3(editor.document()));
  return {};
}

Outcome<void> RestApi::fix_options(const Node& path, const Node& item) const {
  const Node options = item.get("options");
  if (!options.truthy()) return {};
  if (!options.is_map())
    return bad_document("Value of options method for path " + path.text() +
                        " must be a dictionary according to Swagger spec.");
  options.erase("produces");
  options.erase("consumes");
  const auto headers = deep_get(options.get("responses"), {"200", "headers"});
  if (!headers)
    return bad_document("Invalid responses in options method for path " + path.text() + ": " +
                        headers.error() + ".");
  if (!headers->truthy()) return {};
  if (!headers->is_map())
    return bad_document("Value of response's headers in options method for path " + path.text() +
                        " must be a dictionary according to Swagger spec.");
  for (const auto& [name, header] : headers->members()) {
    Node with_schema = Node::hashed_map();
    with_schema.set("schema", header);
    headers->set(name, with_schema);
  }
  return {};
}

Outcome<Node> RestApi::as_openapi_3(const Node& document) const {
  if (!document.get("swagger").is_null()) return document;
  const Node asked = api_.get("OpenApiVersion");
  const Node version = asked.is_null() ? document.get("openapi") : asked;
  if (!version.truthy() || !is_openapi_3(version)) return document;
  for (const auto& [old_name, name] :
       {std::pair("securityDefinitions", "securitySchemes"), std::pair("definitions", "schemas")}) {
    const Node moved = document.get(old_name);
    if (!moved.truthy()) continue;
    Node components = document.get("components");
    if (!components.truthy()) components = Node::hashed_map();
    components.set(name, moved);
    document.set("components", components);
    document.erase(old_name);
  }
  const Node paths = document.get("paths");
  if (!paths.truthy()) return document;
  if (!paths.is_map())
    return bad_document("Value of paths must be a dictionary according to Swagger spec.");
  for (const auto& [path, item] : paths.members()) {
    if (!item.is_map())
      return bad_document("Value of '" + path.text() +
                          "' path must be a dictionary according to Swagger spec.");
    PAWL_TRY_VOID(fix_options(path, item));
  }
  return document;
}

Outcome<void> RestApi::set_endpoint(const Made& rest_api, const Node& value) const {
  const bool typed = value.is_map() && value.get("Type").truthy();
  const Node type = typed ? value.get("Type") : value;
  const Node configuration = Node::map({{"Types", Node::list({type})}});
  rest_api->set("Parameters", Node::map({{"endpointConfigurationTypes", type}}));
  rest_api->set("EndpointConfiguration", configuration);
  if (!typed) return {};
  if (value.has("VPCEndpointIds") && value.has("VpcEndpointIds"))
    return bad(
        "'VPCEndpointIds' and 'VpcEndpointIds' cannot be used together in "
        "EndpointConfiguration.");
  if (value.has("VPCEndpointIds") || value.has("VpcEndpointIds"))
    configuration.set("VpcEndpointIds", value.get("VPCEndpointIds").truthy()
                                            ? value.get("VPCEndpointIds")
                                            : value.get("VpcEndpointIds"));
  if (value.has("IpAddressType")) configuration.set("IpAddressType", value.get("IpAddressType"));
  return {};
}

Outcome<void> RestApi::edit_definition(const Made& rest_api) {
  PAWL_TRY_VOID(add_cors());
  PAWL_TRY_VOID(add_auth());
  PAWL_TRY_VOID(add_gateway_responses());
  const Node binary_types = PAWL_TRY(work_.resolve(api_.get("BinaryMediaTypes")));
  rest_api->set("BinaryMediaTypes", binary_types);
  if (binary_types.truthy() && definition_.truthy()) {
    SwaggerEditor editor = PAWL_TRY(SwaggerEditor::open(definition_));
    editor.add_binary_media_types(binary_types);
    definition_ = editor.document();
  }
  PAWL_TRY_VOID(add_models());
  if (const Node disable = api_.get("DisableExecuteApiEndpoint"); !disable.is_null()) {
    if (!definition_.truthy())
      return bad("DisableExecuteApiEndpoint works only within 'DefinitionBody' property.");
    SwaggerEditor editor = PAWL_TRY(SwaggerEditor::open(definition_));
    PAWL_TRY_VOID(editor.disable_execute_api(disable));
    definition_ = editor.document();
  }
  return {};
}

Outcome<Made> RestApi::make_rest_api() {
  PAWL_TRY_VOID(check());
  Made rest_api = make(api_.id, "AWS::ApiGateway::RestApi", api_.attributes, api_.depends_on);
  rest_api->set("MinimumCompressionSize", api_.get("MinimumCompressionSize"));
  if (api_.truthy("EndpointConfiguration"))
    PAWL_TRY_VOID(set_endpoint(rest_api, api_.get("EndpointConfiguration")));
  else if (work_.context.partition != "aws")
    PAWL_TRY_VOID(set_endpoint(rest_api, "REGIONAL"));
  PAWL_TRY_VOID(edit_definition(rest_api));
  if (api_.truthy("DefinitionUri")) {
    rest_api->set("BodyS3Location",
                  PAWL_TRY(definition_location(api_.get("DefinitionUri"), api_.id)));
  } else if (definition_.truthy()) {
    definition_ = PAWL_TRY(as_openapi_3(definition_));
    rest_api->set("Body", definition_);
  }
  for (const char* name : {"FailOnWarnings", "Name", "Description", "Mode", "ApiKeySourceType",
                           "Policy", "SecurityPolicy", "EndpointAccessMode"})
    if (api_.truthy(name)) rest_api->set(name, api_.get(name));
  return rest_api;
}

void RestApi::name_deployment(const Made& deployment, const Made& stage, const Node& swagger) {
  std::string hashed = swagger.python_text();
  const Node version = api_.get("OpenApiVersion");
  if (version.truthy()) hashed += "||" + version.python_text();
  if (domain_.truthy()) hashed += "||" + domain_.spaced_json();
  if (const auto names = work_.function_names.find(api_.id); names != work_.function_names.end())
    hashed += "||" + names->second;
  if (api_.truthy("AlwaysDeploy")) hashed = std::to_string(work_.context.now_seconds);
  deployment->id += id_hash(hashed);
  deployment->set("Description", "RestApi deployment id: " + id_hash(hashed, 40));
  stage->set("DeploymentId", deployment->ref());
}

Made RestApi::make_stage(const Made& deployment, const Node& swagger) {
  const Node name = api_.get("StageName");
  const std::string prefix = name.is_text() ? name.text() : "";
  const std::string id =
      is_alphanumeric(prefix) ? api_.id + prefix + "Stage" : api_.id + "Stage" + id_hash(prefix);
  Made stage = make(id, "AWS::ApiGateway::Stage", passed_attributes(api_.attributes));
  stage->set("RestApiId", make_ref(api_.id));
  stage->set("DeploymentId", deployment->ref());
  for (const char* property :
       {"StageName", "CacheClusterEnabled", "CacheClusterSize", "Variables", "MethodSettings",
        "AccessLogSetting", "CanarySetting", "TracingEnabled"})
    stage->set(property, api_.get(property));
  if (swagger.truthy()) name_deployment(deployment, stage, swagger);
  if (api_.given("Tags")) stage->set("Tags", tag_list(api_.get("Tags")));
  return stage;
}

Outcome<Resources> RestApi::make_all() {
  domain_ = PAWL_TRY(work_.resolve(api_.get("Domain")));
  auth_ = PAWL_TRY(work_.resolve(auth_));
  const Made rest_api = PAWL_TRY(make_rest_api());
  const Resources domain = PAWL_TRY(make_rest_domain(work_, api_, domain_));
  Made deployment = make(api_.id + "Deployment", "AWS::ApiGateway::Deployment",
                         passed_attributes(api_.attributes));
  deployment->set("RestApiId", make_ref(api_.id));
  if (!api_.truthy("OpenApiVersion")) deployment->set("StageName", "Stage");
  const Node body = rest_api->properties.get("Body");
  const Made stage =
      make_stage(deployment, body.is_null() ? rest_api->properties.get("BodyS3Location") : body);
  Resources made{rest_api, deployment, stage};
  if (auth_.truthy())
    for (const Authorizer& authorizer :
         PAWL_TRY(rest_authorizers(work_, api_.id, auth_.get("Authorizers"), {})))
      if (authorizer.function_arn.truthy() && !authorizer.without_permission)
        made.push_back(make_authorizer_permission(api_, authorizer, work_.context.partition));
  made.insert(made.end(), domain.begin(), domain.end());
  const Resources plan = PAWL_TRY(make_usage_plan(work_, api_, auth_, stage));
  made.insert(made.end(), plan.begin(), plan.end());
  propagate_tags(made, api_.get("Tags"), api_.truthy("PropagateTags"));
  return made;
}

}  // namespace

bool only_has(const Node& map, std::initializer_list<std::string_view> names) {
  const std::vector<Node> keys = map.keys();
  return std::all_of(keys.begin(), keys.end(), [&](const Node& key) {
    return std::find(names.begin(), names.end(), key.text()) != names.end();
  });
}

Made make_authorizer_permission(const SamResource& api, const Authorizer& authorizer,
                                std::string_view partition) {
  Made permission = make(api.id + authorizer.name.text() + "AuthorizerPermission",
                         "AWS::Lambda::Permission", passed_attributes(api.attributes));
  permission->set("Action", "lambda:InvokeFunction");
  permission->set("FunctionName", authorizer.function_arn);
  permission->set("Principal", "apigateway.amazonaws.com");
  permission->set("SourceArn", sub(arn_of(partition, "execute-api", "${__ApiId__}/authorizers/*"),
                                   Node::map({{"__ApiId__", make_ref(api.id)}})));
  return permission;
}

Outcome<Resources> make_rest_api(Work& work, const SamResource& api) {
  return RestApi(work, api).make_all();
}

}  // namespace pawl::formation::serverless
