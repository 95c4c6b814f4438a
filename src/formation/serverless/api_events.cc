// SPDX-License-Identifier: Apache-2.0
// Events of API Gateway: Api and HttpApi. They write their route into the API's definition.
#include <algorithm>

#include "base/error.h"
#include "formation/serverless/function_events.h"
#include "formation/serverless/openapi_editor.h"
#include "formation/serverless/swagger_editor.h"
#include "text/unicode.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::string_view kApiGateway = "apigateway.amazonaws.com";

Node lower_method(const SamResource& event) {
  const Node method = event.get("Method");
  return Node(text::to_lower(method.text())).with_mark(method.is_marked());
}

Node without_last_slash(const Node& path) {
  const std::string& text = path.text();
  return text.size() > 1 && text.ends_with('/') ? Node(text.substr(0, text.size() - 1)) : path;
}

std::string arn_method(const Node& method) {
  return method.is("any") ? "*" : text::to_upper(method.text());
}

Node integration_uri(const Made& function, const std::string& partition, bool streamed) {
  const Node arn = function_arn(function);
  const std::string text = "arn:" + partition + ":apigateway:${AWS::Region}:lambda:path/" +
                           (streamed ? "2021-11-15" : "2015-03-31") + "/functions/" +
                           shorthand(arn) +
                           (streamed ? "/response-streaming-invocations" : "/invocations");
  const bool mark = arn.has("Fn::GetAtt") && function->marked_id;
  return Node::hashed_map({{"Fn::Sub", Node(text).with_mark(mark)}});
}

Node source_arn(const std::string& partition, const std::string& resource, const Node& api_id) {
  return sub(arn_of(partition, "execute-api", resource),
             Node::map({{"__ApiId__", api_id}, {"__Stage__", "*"}}));
}

std::string route_text(const Node& method, const Node& path) {
  return "API method [" + method.text() + "] for path [" + path.text() + "]";
}

Failed cannot_set(const SamResource& event, const std::string& what, const std::string& route,
                  const std::string& why) {
  return bad_event(event.relative_id, "Unable to set " + what + " on " + route + " because " + why);
}

/// RequestModel of an event: the body's schema and what is validated.
Outcome<void> add_request_model(const SamResource& event, const EventApi& api, const Node& method,
                                SwaggerEditor& editor) {
  const Node request = event.get("RequestModel");
  if (!request.truthy()) return {};
  PAWL_TRY_VOID(expect_map(request, {event.relative_id, "RequestModel", Place::Of::Event}));
  const Node name = request.get("Model");
  if (!name.truthy()) return {};
  const Node path = event.get("Path");
  const auto fail = [&](const std::string& why) {
    return cannot_set(event, "RequestModel [" + name.python_text() + "]", route_text(method, path),
                      why);
  };
  const Node models = api.properties.get("Models");
  if (!models.truthy()) return fail("the related API does not define any Models.");
  if (!models.is_map()) return fail("the related API Models defined is of invalid type.");
  if (!name.is_text()) return fail("the related API does not contain valid Models.");
  if (!models.get(name.text()).truthy()) return fail("it wasn't defined in the API's Models.");
  PAWL_TRY_VOID(editor.add_request_model(path, method, request));
  const Node body = request.get("ValidateBody");
  const Node parameters = request.get("ValidateParameters");
  if (body.is_null() && parameters.is_null()) return {};
  if ((!body.is_null() && !body.is_boolean()) ||
      (!parameters.is_null() && !parameters.is_boolean()))
    return bad_event(event.relative_id,
                     "Unable to set Validator to RequestModel [" + name.text() + "] on " +
                         route_text(method, path) +
                         " ValidateBody and ValidateParameters must be a boolean type, strings or "
                         "intrinsics are not supported.");
  return editor.add_request_validator(path, method, body.truthy(), parameters.truthy());
}

bool is_request_parameter(const Node& name) {
  for (const char* location : {"querystring", "path", "header"})
    if (name.text().starts_with("method.request." + std::string(location) + ".")) return true;
  return false;
}

Outcome<void> add_request_parameters(const SamResource& event, const Node& method,
                                     SwaggerEditor& editor) {
  const Node given = event.get("RequestParameters");
  if (!given.truthy()) return {};
  const std::string start = "Invalid value for 'RequestParameters' property. ";
  Node parameters = Node::list();
  for (const Node& parameter : given.items()) {
    if (!parameter.is_text() && (!parameter.is_map() || parameter.size() == 0))
      return bad_event(event.relative_id, start + "Property must be either a string or an object");
    const Node name = parameter.is_text() ? parameter : parameter.keys()[0];
    if (!is_request_parameter(name))
      return bad_event(event.relative_id,
                       start +
                           "Keys must be in the format "
                           "'method.request.[querystring|path|header].{value}', e.g "
                           "'method.request.header.Authorization'.");
    Node settings = Node::map({{"Required", false}, {"Caching", false}});
    if (parameter.is_map()) {
      const Node values = parameter.members()[0].second;
      for (const Node& key : values.keys())
        if (!settings.has(key.text()))
          return bad_event(
              event.relative_id,
              start + "Values must be an object, e.g { Required: true, Caching: false }");
      settings.update(values);
    }
    settings.set("Name", name);
    parameters.push(settings);
  }
  return editor.add_request_parameters(event.get("Path"), method, parameters);
}

/// The API's own definition with the event's method merged into it (MergeDefinitions).
Outcome<void> merge_definition(const SamResource& event, const EventApi& api, const Node& method,
                               const Node& edited) {
  const Node path = event.get("Path");
  const Node definition = api.properties.get("DefinitionBody");
  const auto own = deep_get(definition.get("paths"), {path.text(), method.text()});
  if (!own)
    return bad_resource(api.id.text(), "Property 'DefinitionBody' is invalid: " + own.error());
  Node merged = Node::map();
  if (!own->is_null()) {
    PAWL_TRY_VOID(expect_map(
        *own, {api.id.text(), "DefinitionBody.paths." + path.text() + "." + method.text()}));
    merged.update(*own);
  }
  merged.update(edited.get("paths").get(path.text()).get(normalized_method(method).text()));
  definition.get("paths").set_default(path, Node::map()).set(method, merged);
  return {};
}

Outcome<void> add_integration(const FunctionEvent& event, const EventApi& api, const Node& method) {
  const Node definition = api.properties.get("DefinitionBody");
  const bool merge = api.properties.get("MergeDefinitions").truthy();
  if (definition.is_null()) return {};
  SwaggerEditor editor =
      PAWL_TRY(SwaggerEditor::open(merge ? SwaggerEditor::skeleton() : definition));
  const Node path = event.event.get("Path");
  if (PAWL_TRY(editor.has_integration(path, method)))
    return event.bad("API method \"" + method.text() + "\" defined multiple times for path \"" +
                     path.text() + "\".");
  const Node auth = event.event.get("Auth");
  if (auth.truthy())
    PAWL_TRY_VOID(expect_map(auth, {event.event.relative_id, "Auth", Place::Of::Event}));
  const Node api_auth = api.properties.get("Auth");
  if (api_auth.truthy()) PAWL_TRY_VOID(expect_map(api_auth, {api.id.text(), "Auth"}));
  const bool streamed = event.event.get("ResponseTransferMode").is("RESPONSE_STREAM");
  PAWL_TRY_VOID(editor.add_lambda_integration(
      event.work, path, method,
      {.uri = integration_uri(event.target.function, event.work.context.partition, streamed),
       .method_auth = auth,
       .api_auth = api_auth,
       .condition = event.condition(),
       .streamed = streamed}));
  if (auth.truthy()) PAWL_TRY_VOID(add_event_auth(event.work, event.event, api, method, editor));
  if (event.event.truthy("TimeoutInMillis"))
    PAWL_TRY_VOID(editor.set_timeout(path, method, event.event.get("TimeoutInMillis")));
  PAWL_TRY_VOID(add_request_model(event.event, api, method, editor));
  PAWL_TRY_VOID(add_request_parameters(event.event, method, editor));
  if (merge) return merge_definition(event.event, api, method, editor.document());
  api.properties.set("DefinitionBody", editor.document());
  return {};
}

Outcome<void> add_http_auth(const FunctionEvent& event, const EventApi& api, const Node& method,
                            OpenApiEditor& editor) {
  const Node auth = event.event.get("Auth");
  const Node api_auth = api.properties.get("Auth");
  if (!api_auth.is_null()) PAWL_TRY_VOID(expect_map(api_auth, {api.id.text(), "Auth"}));
  const Node chosen = api_auth.get("DefaultAuthorizer");
  if (!auth.get("Authorizer").truthy()) {
    if (!chosen.truthy())
      return event.bad(
          "'Auth' section requires either an explicit 'Authorizer' set or a "
          "'DefaultAuthorizer' configured on the HttpApi.");
    auth.set("Authorizer", chosen);
  }
  const Node authorizer = auth.get("Authorizer");
  const Node known = api_auth.truthy() ? api_auth.get("Authorizers") : Node::map();
  const bool iam = api_auth.get("EnableIamAuthorizer").is(true) && authorizer.is("AWS_IAM");
  const std::string route = route_text(method, event.event.get("Path"));
  const std::string what = "Authorizer [" + authorizer.python_text() + "]";
  if (authorizer.is("NONE") && !chosen.truthy())
    return cannot_set(event.event, "Authorizer", route,
                      "'NONE' is only a valid value when a DefaultAuthorizer on the API is "
                      "specified.");
  if (!authorizer.is("NONE") && !iam) {
    if (!authorizer.is_text() || !known.is_map())
      return event.bad(
          "Unable to set " + what + " on " + route +
          ". The method authorizer must be a string with a corresponding dict entry in "
          "the api authorizer.");
    if (!known.truthy())
      return cannot_set(event.event, what, route,
                        "the related API does not define any Authorizers.");
    if (!known.get(authorizer.text()).truthy())
      return cannot_set(event.event, what, route, "it wasn't defined in the API's Authorizers.");
  }
  const Node scopes = auth.get("AuthorizationScopes");
  if (scopes.truthy() && !scopes.is_list())
    return cannot_set(event.event, "Authorizer", route,
                      "'AuthorizationScopes' must be a list of strings.");
  return editor.add_auth(event.event.get("Path"), method, auth, api_auth);
}

Outcome<void> add_http_integration(const FunctionEvent& event, const EventApi& api,
                                   const Node& method) {
  const Node definition = api.properties.get("DefinitionBody");
  if (definition.is_null()) return {};
  OpenApiEditor editor = PAWL_TRY(OpenApiEditor::open(definition));
  const Node path = event.event.get("Path");
  if (api.properties.get("__MANAGE_SWAGGER").truthy() &&
      PAWL_TRY(editor.has_integration(path, method)))
    return event.bad("API method '" + method.text() + "' defined multiple times for path '" +
                     path.text() + "'.");
  const Node uri = integration_uri(event.target.function, "${AWS::Partition}", false);
  PAWL_TRY_VOID(editor.add_lambda_integration(path, method, uri, event.condition()));
  if (event.event.truthy("Auth")) PAWL_TRY_VOID(add_http_auth(event, api, method, editor));
  if (event.event.truthy("TimeoutInMillis"))
    PAWL_TRY_VOID(editor.set_timeout(path, method, event.event.get("TimeoutInMillis")));
  PAWL_TRY_VOID(editor.add_path_parameters(path, method));
  if (event.event.truthy("PayloadFormatVersion"))
    PAWL_TRY_VOID(
        editor.set_payload_version(path, method, event.event.get("PayloadFormatVersion")));
  api.properties.set("DefinitionBody", editor.document());
  return {};
}

/// The permission of one route; null if the default route's is enough.
Outcome<Made> http_permission(const FunctionEvent& event, const EventApi& api, const Node& method) {
  Node path = without_last_slash(event.event.get("Path"));
  const Node definition = api.properties.get("DefinitionBody");
  if (path.is(OpenApiEditor::kDefaultPath)) {
    path = "";
  } else if (definition.truthy()) {
    const Outcome<OpenApiEditor> editor = OpenApiEditor::open(definition);
    if (!editor) return bad_resource(api.id.text(), editor.error().message);
    if (PAWL_TRY(editor->calls_function(OpenApiEditor::kDefaultPath, kAnyMethod,
                                        event.target.function->id)))
      return Made();
  }
  const std::string arn_path = path_for_arn(path, false).text();
  const bool any = method.is("any") || method.is(kAnyMethod);
  std::string resource = "${__ApiId__}/${__Stage__}";
  if (method.is("any") && arn_path == "/$default") {
    resource += arn_path;
  } else {
    resource += "/" + (any ? "*" : text::to_upper(method.text())) + arn_path;
  }
  return make_permission(
      event, {.principal = kApiGateway,
              .source_arn = source_arn("${AWS::Partition}", resource, event.event.get("ApiId"))});
}

}  // namespace

Outcome<EventApi> rest_api_of(const Work& work, const SamResource& event) {
  const Node reference = event.get("RestApiId");
  const Node id = reference.has("Ref") ? reference.get("Ref") : reference;
  const Node api = work.source_resources().get(id.text());
  PAWL_TRY_VOID(expect_map(api, {event.relative_id, "RestApiId", Place::Of::Event},
                           "RestApiId property of Api event must reference a valid resource in the "
                           "same template."));
  const Node properties = api.has("Properties") ? api.get("Properties") : Node::map();
  PAWL_TRY_VOID(expect_map(properties, {id.text(), "Properties", Place::Of::Attribute}));
  const Node stage = properties.get("StageName");
  if (stage.is("")) return bad_resource(id.text(), "StageName cannot be empty.");
  return EventApi{id, properties, stage.is_text() ? stage : Node("Stage")};
}

Outcome<void> add_event_auth(const Work& work, const SamResource& event, const EventApi& api,
                             const Node& method, SwaggerEditor& editor) {
  const Node auth = event.get("Auth");
  const Node api_auth = PAWL_TRY(work.resolve(api.properties.get("Auth")));
  const Node authorizer = auth.get("Authorizer");
  const Node known = api_auth.get("Authorizers");
  const Node path = event.get("Path");
  const std::string route = route_text(method, path);
  const std::string what = "Authorizer [" + authorizer.python_text() + "]";
  if (authorizer.truthy() && known.truthy())
    PAWL_TRY_VOID(expect_map(known, {api.id.text(), "Auth.Authorizers"}));
  if (authorizer.is("NONE")) {
    if (!api_auth.get("DefaultAuthorizer").truthy())
      return cannot_set(event, "Authorizer", route,
                        "'NONE' is only a valid value when a DefaultAuthorizer on the API is "
                        "specified.");
  } else if (authorizer.truthy() && !authorizer.is("AWS_IAM")) {
    if (!known.truthy())
      return cannot_set(event, what, route, "the related API does not define any Authorizers.");
    if (!authorizer.is_text())
      return bad_event(event.relative_id, "Unable to set " + what + " on " + route +
                                              ". The method authorizer must be a string with a "
                                              "corresponding dict entry in the api authorizer.");
    if (!known.get(authorizer.text()).truthy())
      return cannot_set(event, what, route, "it wasn't defined in the API's Authorizers.");
  }
  if (const Node scopes = auth.get("AuthorizationScopes"); scopes.truthy()) {
    PAWL_TRY_VOID(
        expect_list(scopes, {event.relative_id, "Auth.AuthorizationScopes", Place::Of::Event}));
    if (!authorizer.truthy())
      return bad_event(event.relative_id, "AuthorizationScopes works only when Authorizer is set");
  }
  const Node key_required = auth.get("ApiKeyRequired");
  if (!key_required.is_null() && !key_required.truthy() && !api_auth.get("ApiKeyRequired").truthy())
    return cannot_set(event, "ApiKeyRequired [False]", route,
                      "the related API does not specify any ApiKeyRequired.");
  if (authorizer.truthy() || !key_required.is_null())
    PAWL_TRY_VOID(editor.add_auth(path, method, auth, api.properties.get("Auth")));
  const Node policy = auth.get("ResourcePolicy");
  if (!policy.truthy()) return {};
  PAWL_TRY_VOID(expect_map(policy, {event.relative_id, "Auth.ResourcePolicy"}));
  PAWL_TRY_VOID(editor.add_resource_policy(policy, path, api.stage));
  if (policy.get("CustomStatements").truthy())
    editor.add_custom_statements(policy.get("CustomStatements"));
  return {};
}

Outcome<Resources> make_rest_api_event(const FunctionEvent& event) {
  const EventApi api = PAWL_TRY(rest_api_of(event.work, event.event));
  const Node method = lower_method(event.event);
  const Node path = event.event.get("Path");
  const std::string resource = "${__ApiId__}/${__Stage__}/" + arn_method(method) +
                               path_for_arn(without_last_slash(path), true).text();
  Resources made{make_permission(
      event, {.principal = kApiGateway,
              .source_arn =
                  source_arn(event.work.context.partition, resource, event.event.get("RestApiId")),
              .suffix = api.stage.text()})};
  if (api.properties.get("__MANAGE_SWAGGER").truthy() ||
      api.properties.get("MergeDefinitions").truthy())
    PAWL_TRY_VOID(add_integration(event, api, method));
  const Node auth = event.event.get("Auth");
  const Node definition = api.properties.get("DefinitionBody");
  if (definition.truthy() && auth.get("OverrideApiAuth").truthy()) {
    if (!auth.get("Authorizer").truthy() && !auth.get("ApiKeyRequired").truthy() &&
        !auth.get("ResourcePolicy").truthy())
      return event.bad(
          "Must define one of: Authorizer, ApiKeyRequired or ResourcePolicy when using "
          "the OverrideApiAuth property.");
    SwaggerEditor editor = PAWL_TRY(SwaggerEditor::open(definition));
    PAWL_TRY_VOID(add_event_auth(event.work, event.event, api, method, editor));
    api.properties.set("DefinitionBody", editor.document());
  }
  return made;
}

Outcome<Resources> make_http_api_event(const FunctionEvent& event) {
  const Node reference = event.event.get("ApiId");
  const Node id = reference.has("Ref") ? reference.get("Ref") : reference;
  const Node resource = event.work.source_resources().get(id.text());
  if (!resource.is_map())
    return event.bad(
        "ApiId must be a valid reference to an 'AWS::Serverless::HttpApi' resource in "
        "same template.");
  const EventApi api{.id = id, .properties = resource.set_default("Properties", Node::map())};
  const Node method = lower_method(event.event);
  Resources made;
  if (const Made permission = PAWL_TRY(http_permission(event, api, method)); permission != nullptr)
    made.push_back(permission);
  PAWL_TRY_VOID(add_http_integration(event, api, method));
  return made;
}

}  // namespace pawl::formation::serverless
