// SPDX-License-Identifier: Apache-2.0
// The transform as a whole (translator/translator.py of the AWS SAM translator).
#include "formation/serverless/serverless_transform.h"

#include <algorithm>
#include <array>
#include <map>

#include "formation/serverless/function.h"
#include "formation/serverless/rest_api.h"
#include "formation/serverless/role.h"
#include "formation/serverless/small_resources.h"
#include "formation/serverless/state_machine.h"
#include "formation/serverless/template_passes.h"

namespace pawl::formation {
namespace {

using namespace serverless;

constexpr std::string_view kTransform = "AWS::Serverless-2016-10-31";

using Maker = Outcome<Resources> (*)(Work&, const SamResource&);

struct Kind {
  std::string_view type;
  int turn;  ///< functions first, then what their events change, connectors last
  Maker maker;
};

constexpr Kind kKinds[] = {{"AWS::Serverless::Function", 0, make_function},
                           {"AWS::Serverless::StateMachine", 1, make_state_machine},
                           {"AWS::Serverless::Api", 2, make_rest_api},
                           {"AWS::Serverless::HttpApi", 2, make_http_api},
                           {"AWS::Serverless::SimpleTable", 3, make_simple_table},
                           {"AWS::Serverless::LayerVersion", 3, make_layer_version},
                           {"AWS::Serverless::Application", 3, make_application},
                           {"AWS::Serverless::Connector", 4, make_connector}};

struct Refused {
  std::string_view type;
  const char* reason;
};

constexpr Refused kRefused[] = {
    {"AWS::Serverless::GraphQLApi", "Pawl has no AppSync."},
    {"AWS::Serverless::WebSocketApi", "Pawl has no WebSocket APIs."},
    {"AWS::Serverless::CapacityProvider", "Pawl has no Lambda capacity providers."}};

/// What a resource's references may name: "Function.Alias".
constexpr std::array<std::array<std::string_view, 3>, 12> kReferable{
    {{"AWS::Serverless::Function", "Alias", "AWS::Lambda::Alias"},
     {"AWS::Serverless::Function", "Version", "AWS::Lambda::Version"},
     {"AWS::Serverless::Function", "DestinationTopic", "AWS::SNS::Topic"},
     {"AWS::Serverless::Function", "DestinationQueue", "AWS::SQS::Queue"},
     {"AWS::Serverless::Api", "Stage", "AWS::ApiGateway::Stage"},
     {"AWS::Serverless::Api", "Deployment", "AWS::ApiGateway::Deployment"},
     {"AWS::Serverless::Api", "DomainName", "AWS::ApiGateway::DomainName"},
     {"AWS::Serverless::Api", "UsagePlan", "AWS::ApiGateway::UsagePlan"},
     {"AWS::Serverless::Api", "UsagePlanKey", "AWS::ApiGateway::UsagePlanKey"},
     {"AWS::Serverless::Api", "ApiKey", "AWS::ApiGateway::ApiKey"},
     {"AWS::Serverless::HttpApi", "Stage", "AWS::ApiGatewayV2::Stage"},
     {"AWS::Serverless::HttpApi", "DomainName", "AWS::ApiGatewayV2::DomainName"}}};

/// A generated resource may take the id of the resource it stands for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kSameId{
    {{"AWS::Lambda::Function", "AWS::Serverless::Function"},
     {"AWS::Lambda::LayerVersion", "AWS::Serverless::LayerVersion"},
     {"AWS::ApiGateway::RestApi", "AWS::Serverless::Api"},
     {"AWS::ApiGatewayV2::Api", "AWS::Serverless::HttpApi"},
     {"AWS::S3::Bucket", "AWS::S3::Bucket"},
     {"AWS::SNS::Topic", "AWS::SNS::Topic"},
     {"AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable"},
     {"AWS::CloudFormation::Stack", "AWS::Serverless::Application"},
     {"AWS::Cognito::UserPool", "AWS::Cognito::UserPool"},
     {"AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainName"},
     {"AWS::ApiGateway::BasePathMapping", "AWS::ApiGateway::BasePathMapping"},
     {"AWS::ApiGateway::DomainNameV2", "AWS::ApiGateway::DomainNameV2"},
     {"AWS::ApiGateway::BasePathMappingV2", "AWS::ApiGateway::BasePathMappingV2"},
     {"AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"}}};

Failed end_of_document(std::string text) {
  return Failed(Failure{Failure::Scope::Document, std::move(text)});
}

bool may_take_id(const Made& made, const Node& existing) {
  if (existing.is_null()) return true;
  const Node type = existing.get("Type");
  return std::any_of(kSameId.begin(), kSameId.end(), [&](const auto& same) {
    return same.first == made->type && type.is(same.second);
  });
}

Outcome<void> check_shape(const Node& source) {
  const Node resources = source.get("Resources");
  if (!resources.is_map() || resources.size() == 0)
    return bad_document("'Resources' section is required");
  for (const auto& [id, resource] : resources.members()) {
    if (!resource.is_map())
      return bad_document(
          "All 'Resources' must be Objects. If you're using YAML, this may be an indentation "
          "issue.");
    if (!is_serverless(resource)) continue;
    const Node condition = resource.get("Condition");
    if (condition.truthy() && !condition.is_text())
      return bad_document("Every Condition member must be a string.");
    if (resource.has("Properties") && !resource.get("Properties").is_map())
      return end_of_document(
          bad_resource(id.text(), "Attribute 'Properties' should be a map.").value().message);
  }
  for (const char* section : {"Mappings"})
    if (source.has(section) && !source.get(section).is_map())
      return bad_document("'Mappings' or 'Parameters' is either null or not a valid dictionary.");
  return {};
}

/// The transform of one template.
class Transform {
 public:
  explicit Transform(const ServerlessContext& context)
      : work_{.context = context, .source = {}, .result = {}, .parameters = {}} {}

  Outcome<Node> run(const json::Value& template_object);

 private:
  void set_parameters();
  Outcome<void> prepare();
  Outcome<void> translate(const Node& id, const Node& resource);
  Outcome<void> place(const SamResource& resource, const Resources& made);
  void note_references(const SamResource& resource, const Resources& made);
  void note_function_names(const Node& resource);
  void drop_transform() const;
  Outcome<void> keep(Outcome<void> outcome);
  Failed all_failures();

  Work work_;
  std::vector<Failure> failures_;
  GeneratedIds generated_;
  std::map<std::string, std::string> changed_;
};

/// A mistake of one resource is kept, others go on; one of the document ends all.
Outcome<void> Transform::keep(Outcome<void> outcome) {
  if (outcome || outcome.error().scope == Failure::Scope::Document) return outcome;
  failures_.push_back(std::move(outcome).error());
  return {};
}

void Transform::set_parameters() {
  work_.parameters = Node::from_value(work_.context.parameters);
  for (const auto& [name, declared] : work_.source.get("Parameters").members()) {
    const Node value = declared.get("Default");
    if (!value.is_null() && !value.is_map() && !value.is_list())
      work_.parameters.set_default(name, value);
  }
  work_.parameters.set_default("AWS::Region", work_.context.region);
  work_.parameters.set_default("AWS::Partition", work_.context.partition);
}

Outcome<void> Transform::prepare() {
  PAWL_TRY_VOID(check_shape(work_.source));
  const Node given = Node::from_value(work_.context.parameters);
  work_.hashed = to_hashed_order(work_.source, given);
  set_parameters();
  if (work_.hashed) work_.parameters.update(given);
  add_default_definitions(work_.source);
  PAWL_TRY_VOID(add_implicit_apis(work_.source));
  PAWL_TRY_VOID(merge_globals(work_.source));
  lift_connectors(work_.source, failures_);
  work_.result = work_.source.deep_copy();
  return {};
}

/// Names of functions behind a REST API are part of its deployment's hash.
void Transform::note_function_names(const Node& resource) {
  if (!resource.get("Type").is("AWS::Serverless::Function")) return;
  const Node raw = resource.get("Properties").get("FunctionName");
  for (const auto& [id, event] : resource.get("Properties").get("Events").members()) {
    const Node reference = event.get("Properties").get("RestApiId");
    const Node api = reference.has("Ref") ? reference.get("Ref") : reference;
    if (!event.get("Type").is("Api") || !api.is_text()) continue;
    const Node name = work_.resolve(raw.deep_copy()).value_or(Node());
    if (name.truthy()) work_.function_names[api.text()] += name.python_text();
  }
}

void Transform::note_references(const SamResource& resource, const Resources& made) {
  for (const auto& [type, property, generated_type] : kReferable) {
    if (type != resource.type) continue;
    for (const Made& one : made)
      if (one->type == generated_type) generated_[resource.id][std::string(property)] = one->id;
  }
}

Outcome<void> Transform::place(const SamResource& resource, const Resources& made) {
  const Node resources = work_.result_resources();
  resources.erase(resource.id);
  for (const Made& one : made) {
    if (!may_take_id(one, work_.source_resources().get(one->id))) {
      failures_.push_back(
          {Failure::Scope::Resource,
           "Transforming resource with id [" + resource.id +
               "] attempts to create a new resource with id [" + one->id + "] and type \"" +
               one->type +
               "\". A resource with that id already exists within this template. Please use a "
               "different id for that resource."});
      continue;
    }
    resources.set(one->id, one->to_node());
  }
  return {};
}

Outcome<void> Transform::translate(const Node& id, const Node& resource) {
  const std::string& type = resource.get("Type").text();
  for (const Refused& refused : kRefused)
    if (refused.type == type)
      return bad_resource(id.text(), type + " is not supported: " + refused.reason);
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                 [&](const Kind& known) { return known.type == type; });
  const SamType* sam_type = find_sam_type(type);
  if (kind == std::end(kKinds) || sam_type == nullptr) return {};
  const bool has_policies = kind->turn <= 1;
  Outcome<SamResource> read =
      read_resource(id, resource, *sam_type, has_policies ? expand_policy_templates : nullptr);
  if (!read) return tl::unexpected(read.error());
  note_function_names(resource);
  const Outcome<Resources> made = kind->maker(work_, *read);
  if (!made) return tl::unexpected(made.error());
  note_references(*read, *made);
  if (type == "AWS::Serverless::LayerVersion") changed_[id.text()] = made->front()->id;
  return place(*read, *made);
}

void Transform::drop_transform() const {
  const Node transform = work_.result.get("Transform");
  std::vector<Node> others;
  for (const Node& one : transform.items())
    if (!one.is(kTransform)) others.push_back(one);
  if (others.empty()) {
    work_.result.erase("Transform");
  } else {
    work_.result.set("Transform", Node::list(std::move(others)));
  }
}

Failed Transform::all_failures() {
  std::vector<std::string> messages;
  for (const Failure& failure : failures_)
    if (std::find(messages.begin(), messages.end(), failure.message) == messages.end())
      messages.push_back(failure.message);
  return Failed(
      Failure{Failure::Scope::Document, messages[0], {messages.begin() + 1, messages.end()}});
}

Outcome<Node> Transform::run(const json::Value& template_object) {
  work_.source = Node::from_value(template_object);
  if (Outcome<void> prepared = prepare(); !prepared) return tl::unexpected(prepared.error());
  constexpr int kTurns = 5;
  const std::vector<Node::Item> resources = work_.source_resources().members();
  for (int turn = 0; turn < kTurns; ++turn)
    for (const auto& [id, resource] : resources) {
      const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& known) {
        return resource.get("Type").is(known.type);
      });
      const int wanted = kind == std::end(kKinds) ? 3 : kind->turn;
      if (wanted != turn) continue;
      if (Outcome<void> done = keep(translate(id, resource)); !done)
        return tl::unexpected(done.error());
    }
  if (Outcome<void> done = keep(finish_deployment_preferences(work_)); !done)
    return tl::unexpected(done.error());
  if (!failures_.empty()) return all_failures();
  drop_transform();
  return resolve_generated(resolve_changed_ids(work_.result, changed_), generated_);
}

}  // namespace

bool uses_serverless(const json::Value& template_object) {
  const json::Value* transform = template_object.find("Transform");
  if (transform == nullptr) return false;
  const Node node = Node::from_value(*transform);
  return node.is(kTransform) || node.contains(kTransform);
}

base::Result<json::Value> expand_serverless(json::Value template_object,
                                            const ServerlessContext& context) {
  const Outcome<Node> expanded = Transform(context).run(template_object);
  if (expanded) return expanded->to_value();
  const Failure& failure = expanded.error();
  std::string text = "Transform " + std::string(kTransform) +
                     " failed with: Invalid Serverless Application Specification document. Number "
                     "of errors found: " +
                     std::to_string(1 + failure.further.size()) + ". " + failure.message;
  for (const std::string& further : failure.further) text += " " + further;
  return base::Error(base::ErrorKind::InvalidSyntax, std::move(text));
}

}  // namespace pawl::formation
