// SPDX-License-Identifier: Apache-2.0
// Implicit APIs (plugins/api of the translator).
#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "formation/serverless/openapi_editor.h"
#include "formation/serverless/swagger_editor.h"
#include "formation/serverless/template_passes.h"
#include "text/unicode.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::string_view kManaged = "__MANAGE_SWAGGER";

bool is_managed(const Node& api) { return api.get("Properties").get(kManaged).truthy(); }

/// The X of {"Ref": X}, or the node itself.
Node api_id_of(const Node& reference) {
  return reference.has("Ref") ? reference.get("Ref") : reference;
}

/// One of the two kinds of implicit APIs.
class ImplicitApi {
 public:
  struct Kind {
    std::string_view id_property;
    std::string_view logical_id;
    std::string_view event_type;
    std::string_view resource_type;
    bool rest;
  };

  ImplicitApi(const Kind& kind, const Node& source)
      : kind_(kind), source_(source), resources_(source.get("Resources")) {}

  Outcome<void> add();

 private:
  using Conditions = std::vector<Node>;

  Node generated() const;
  Outcome<void> take_events(const Node& resource);
  Outcome<void> take_event(const Node& resource, const Node& event_id, const Node& event);
  void add_tags(const Node& resource, const Node& properties) const;
  Outcome<void> add_path(const Node& event_id, const Node& properties) const;
  Outcome<void> add_route_settings(const Node& event_id, const Node& properties,
                                   const Node& condition) const;
  /// The one condition that all have, or the name of their combination; null if one has none.
  Node common_condition(const Conditions& conditions, const std::string& combined_name) const;
  void set_attributes() const;
  Outcome<void> set_path_conditions() const;

  const Kind& kind_;
  Node source_;
  Node resources_;
  /// Of an API, a path, a method: the condition of who has the event.
  std::map<std::string, std::map<std::string, std::map<std::string, Node>>> conditions_;
  std::vector<Node> deletion_policies_;        ///< of who has events of the implicit API
  std::vector<Node> update_replace_policies_;  ///< the same
};

Node ImplicitApi::generated() const {
  Node properties = Node::map();
  if (kind_.rest) properties.set("StageName", "Prod");
  properties.set("DefinitionBody",
                 kind_.rest ? SwaggerEditor::skeleton() : OpenApiEditor::skeleton());
  properties.set(kManaged, true);
  return Node::map({{"Type", kind_.resource_type}, {"Properties", properties}});
}

void ImplicitApi::add_tags(const Node& resource, const Node& properties) const {
  if (properties.has(kind_.id_property)) return;
  const std::string section =
      resource.get("Type").is("AWS::Serverless::Function") ? "Function" : "StateMachine";
  const Node globals = source_.get("Globals").get(section);
  const Node own = resource.get("Properties");
  const bool propagate = own.get("PropagateTags").truthy() || globals.get("PropagateTags").truthy();
  const Node tags = own.get("Tags").truthy() ? own.get("Tags") : globals.get("Tags");
  if (!propagate || !tags.truthy()) return;
  const Node api = resources_.get(kind_.logical_id).get("Properties");
  api.set_default("Tags", Node::map()).update(tags);
  api.set("PropagateTags", true);
}

Outcome<void> ImplicitApi::add_path(const Node& event_id, const Node& properties) const {
  const Node api_id = api_id_of(properties.get(kind_.id_property));
  const Node api = resources_.get(api_id.text());
  const Node type = api.get("Type");
  if (!api_id.is_text() || !api.truthy() ||
      (type.is("AWS::Serverless::HttpApi") && !type.is(kind_.resource_type)))
    return bad_event(event_id.text(),
                     std::string(kind_.id_property) + " must be a valid reference to an '" +
                         std::string(kind_.resource_type) + "' resource in same template.");
  const Node definition = api.get("Properties").get("DefinitionBody");
  const bool valid =
      kind_.rest ? SwaggerEditor::is_valid(definition) : OpenApiEditor::is_valid(definition);
  if (!valid || !is_managed(api)) return {};
  const auto add = [&](auto editor) -> Outcome<void> {
    PAWL_TRY_VOID(editor.add_path(properties.get("Path"), properties.get("Method")));
    api.get("Properties").set("DefinitionBody", editor.document());
    return {};
  };
  return kind_.rest ? add(PAWL_TRY(SwaggerEditor::open(definition)))
                    : add(PAWL_TRY(OpenApiEditor::open(definition)));
}

Outcome<void> ImplicitApi::add_route_settings(const Node& event_id, const Node& properties,
                                              const Node& condition) const {
  const std::string api_id = api_id_of(properties.get(kind_.id_property)).text();
  const Node method = properties.get("Method");
  const std::string path = properties.get("Path").text();
  const std::string route =
      method.is(kAnyMethod) ? path : text::to_upper(method.text()) + " " + path;
  const Node all =
      resources_.get(api_id).get("Properties").set_default("RouteSettings", Node::map());
  PAWL_TRY_VOID(expect_map(all, {api_id, "RouteSettings"}));
  Node settings = properties.get("RouteSettings");
  if (condition.truthy()) settings = make_conditional(condition, settings);
  PAWL_TRY_VOID(expect_map(settings, {event_id.text(), "RouteSettings", Place::Of::Event}));
  all.set_default(route, Node::map()).update(settings);
  return {};
}

Outcome<void> ImplicitApi::take_event(const Node& resource, const Node& event_id,
                                      const Node& event) {
  Node properties = event.get("Properties");
  if (kind_.rest && !properties.truthy()) return {};
  if (!event.has("Properties")) properties = Node::map();
  PAWL_TRY_VOID(expect_map(properties, {event_id.text(), "", Place::Of::Event},
                           "Properties should be a map."));
  if (!properties.truthy()) event.set("Properties", properties);
  add_tags(resource, properties);
  properties.set_default(kind_.id_property, make_ref(kind_.logical_id));
  if (!kind_.rest && !properties.get("Path").truthy() && !properties.get("Method").truthy()) {
    properties.set("Path", OpenApiEditor::kDefaultPath);
    properties.set("Method", kAnyMethod);
  }
  const Node api_id = api_id_of(properties.get(kind_.id_property));
  const Place::Of of = Place::Of::Event;
  for (const char* name : {"Path", "Method"})
    PAWL_TRY_VOID(expect_present(properties.get(name), {event_id.text(), name, of}));
  PAWL_TRY_VOID(expect_text(api_id, {event_id.text(), std::string(kind_.id_property), of}));
  for (const char* name : {"Path", "Method"})
    PAWL_TRY_VOID(expect_text(properties.get(name), {event_id.text(), name, of}));
  const Node condition = resource.get("Condition");
  conditions_[api_id.text()][properties.get("Path").text()][properties.get("Method").text()] =
      condition;
  if (api_id.is(kind_.logical_id)) {
    deletion_policies_.push_back(resource.get("DeletionPolicy"));
    update_replace_policies_.push_back(resource.get("UpdateReplacePolicy"));
  }
  PAWL_TRY_VOID(add_path(event_id, properties));
  if (!kind_.rest && properties.has("RouteSettings"))
    PAWL_TRY_VOID(add_route_settings(event_id, properties, condition));
  return {};
}

Outcome<void> ImplicitApi::take_events(const Node& resource) {
  Node events = Node::hashed_map();
  for (const auto& [id, event] : resource.get("Properties").get("Events").members())
    if (event.get("Type").is(kind_.event_type)) events.set(id, event);
  for (const auto& [id, event] : events.members()) PAWL_TRY_VOID(take_event(resource, id, event));
  return {};
}

Node ImplicitApi::common_condition(const Conditions& conditions,
                                   const std::string& combined_name) const {
  std::set<std::string> names;
  for (const Node& condition : conditions) {
    if (condition.is_null()) return {};
    names.insert(condition.text());
  }
  if (names.empty()) return {};
  if (names.size() == 1) return conditions[0];
  const Node all = source_.set_default("Conditions", Node::map());
  for (const auto& [name, condition] :
       make_combined_condition({names.begin(), names.end()}, combined_name))
    all.set(name, condition);
  return combined_name;
}

void ImplicitApi::set_attributes() const {
  const Node api = resources_.get(kind_.logical_id);
  const auto of_api = conditions_.find(std::string(kind_.logical_id));
  if (of_api != conditions_.end()) {
    Conditions all;
    for (const auto& [path, methods] : of_api->second)
      for (const auto& [method, condition] : methods) all.push_back(condition);
    const Node condition = common_condition(all, std::string(kind_.logical_id) + "Condition");
    if (!condition.is_null()) api.set("Condition", condition);
  }
  const auto strongest = [&](const std::vector<Node>& given, const char* attribute,
                             std::initializer_list<const char*> order) {
    for (const char* policy : order)
      if (std::any_of(given.begin(), given.end(),
                      [&](const Node& one) { return one.is(policy); })) {
        api.set(attribute, policy);
        return;
      }
  };
  strongest(deletion_policies_, "DeletionPolicy", {"Retain", "Delete"});
  strongest(update_replace_policies_, "UpdateReplacePolicy", {"Retain", "Snapshot", "Delete"});
}

Outcome<void> ImplicitApi::set_path_conditions() const {
  for (const auto& [id, api] : resources_.members()) {
    if (!api.get("Type").is(kind_.resource_type) || !is_managed(api)) continue;
    const Node properties = api.get("Properties");
    const auto edit = [&](auto editor) {
      for (const Node& path : editor.paths()) {
        Conditions all;
        if (const auto of_api = conditions_.find(id.text()); of_api != conditions_.end())
          if (const auto methods = of_api->second.find(path.text());
              methods != of_api->second.end())
            for (const auto& [method, condition] : methods->second) all.push_back(condition);
        std::string name = id.text();
        for (const char c : path.text())
          name += c == '/' ? "SLASH" : c == '{' ? "OB" : c == '}' ? "CB" : std::string(1, c);
        const Node condition = common_condition(all, name + "PathCondition");
        if (!condition.is_null()) editor.make_path_conditional(path, condition);
      }
      properties.set("DefinitionBody", editor.document());
    };
    const Node definition = properties.get("DefinitionBody");
    if (kind_.rest) {
      edit(PAWL_TRY(SwaggerEditor::open(definition)));
    } else {
      edit(PAWL_TRY(OpenApiEditor::open(definition)));
    }
  }
  return {};
}

Outcome<void> ImplicitApi::add() {
  const Node id(kind_.logical_id);
  const bool existed = resources_.has(id.text());
  const Node existing = resources_.get(id.text()).deep_copy();
  resources_.set(id, generated());
  std::vector<std::string> failures;
  for (const auto& [logical_id, resource] : resources_.members()) {
    const Node type = resource.get("Type");
    if (!type.is("AWS::Serverless::Function") && !type.is("AWS::Serverless::StateMachine"))
      continue;
    const Outcome<void> taken = take_events(resource);
    if (taken) continue;
    if (taken.error().scope != Failure::Scope::Event) return taken;
    failures.push_back(bad_resource(logical_id.text(), taken.error().message).value().message);
  }
  if (!failures.empty())
    return Failed(
        Failure{Failure::Scope::Document, failures[0], {failures.begin() + 1, failures.end()}});
  set_attributes();
  PAWL_TRY_VOID(set_path_conditions());
  const Node paths = resources_.get(id.text()).get("Properties").get("DefinitionBody").get("paths");
  if (paths.size() != 0) return {};
  if (existed) {
    resources_.set(id, existing);
  } else {
    resources_.erase(id.text());
  }
  return {};
}

constexpr ImplicitApi::Kind kRest{"RestApiId", "ServerlessRestApi", "Api", "AWS::Serverless::Api",
                                  true};
constexpr ImplicitApi::Kind kHttp{"ApiId", "ServerlessHttpApi", "HttpApi",
                                  "AWS::Serverless::HttpApi", false};

}  // namespace

void add_default_definitions(const Node& source) {
  for (const auto& [id, api] : source.get("Resources").members()) {
    const bool http = api.get("Type").is("AWS::Serverless::HttpApi");
    if (!http && !api.get("Type").is("AWS::Serverless::Api")) continue;
    const Node properties = api.set_default("Properties", Node::map());
    if (properties.get("DefinitionBody").truthy() || properties.get("DefinitionUri").truthy())
      continue;
    properties.set("DefinitionBody", http ? OpenApiEditor::skeleton() : SwaggerEditor::skeleton());
    properties.set(kManaged, true);
  }
}

Outcome<void> add_implicit_apis(const Node& source) {
  PAWL_TRY_VOID(ImplicitApi(kRest, source).add());
  return ImplicitApi(kHttp, source).add();
}

}  // namespace pawl::formation::serverless
