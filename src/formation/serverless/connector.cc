// SPDX-License-Identifier: Apache-2.0
// AWS::Serverless::Connector (model/connector and SamConnector of the translator). What a pair of
// types needs stands in data/connector_profiles.json, with %{Source.Arn} and the like for what they
// are.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "formation/serverless/small_resources.h"
#include "formation/serverless/translator_data.h"

namespace pawl::formation::serverless {
namespace {

/// One end of a connector.
struct End {
  std::string id = {};
  std::string type = {};
  Node arn = {};
  Node role_name = {};
  Node queue_url = {};
  Node resource_id = {};
  Node name = {};
  Node qualifier = {};
};

using Replacements = std::vector<std::pair<std::string, Node>>;

std::string plain_name(const std::string& name) {
  std::string plain;
  for (const char c : name)
    if (is_alphanumeric({&c, 1})) plain += c;
  return plain;
}

Outcome<Node> replaced_text(const std::string& connector, const Node& node,
                            const Replacements& replacements) {
  std::string text = node.text();
  Node variables = Node::map();
  for (const auto& [name, value] : replacements) {
    const std::string pattern = "%{" + name + "}";
    size_t at = text.find(pattern);
    if (at == std::string::npos) continue;
    if (value.is_null()) return bad_resource(connector, name + " is missing.");
    if (text == pattern) return value;
    const std::string variable = "${" + plain_name(name) + "}";
    for (; at != std::string::npos; at = text.find(pattern, at + variable.size()))
      text.replace(at, pattern.size(), variable);
    variables.set(plain_name(name), value);
  }
  const size_t start = text.find("${");
  if (start == std::string::npos || text.find('}', start) == std::string::npos) return Node(text);
  return variables.size() > 0 ? sub(text, variables) : sub(text);
}

Outcome<Node> replaced(const std::string& connector, const Node& node,
                       const Replacements& replacements) {
  if (node.is_list()) {
    Node list = Node::list();
    for (const Node& item : node.items())
      list.push(PAWL_TRY(replaced(connector, item, replacements)));
    return list;
  }
  if (node.is_map()) {
    Node map = Node::map();
    for (const auto& [key, value] : node.members())
      map.set(key, PAWL_TRY(replaced(connector, value, replacements)));
    return map;
  }
  return node.is_text() ? replaced_text(connector, node, replacements) : node;
}

std::string cloudformation_type(const std::string& type) {
  static const std::map<std::string, std::string> kTypes{
      {"AWS::Serverless::Function", "AWS::Lambda::Function"},
      {"AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"},
      {"AWS::Serverless::Api", "AWS::ApiGateway::RestApi"},
      {"AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"},
      {"AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"}};
  const auto found = kTypes.find(type);
  return found == kTypes.end() ? type : found->second;
}

/// The role in the property that the profile names; of rules that of the target that is connected.
Node role_of(const Node& input, const Node& properties, const Node& other) {
  if (input.is_text()) return properties.get(input.text());
  if (!input.get("Function").is("GetEventsRuleRole")) return {};
  for (const Node& target : properties.get("Targets").items()) {
    const Node arn = target.get("Arn");
    const std::string id = logical_id_of(arn);
    if ((!id.empty() && other.get("Id").is(id)) ||
        (other.get("Arn").truthy() && arn == other.get("Arn")))
      return target.get("RoleArn");
  }
  return {};
}

/// Makes what one connector asks for.
class Connector {
 public:
  Connector(Work& work, const SamResource& connector)
      : work_(work), connector_(connector), profiles_(connector_profiles()) {
    for (const Node& permission : connector.get("Permissions").items())
      permissions_.insert(permission.text());
  }

  Outcome<Resources> make_all();

 private:
  Outcome<End> end(const Node& reference, const Node& other) const;
  Outcome<Resources> connect(const End& source, const End& destination, const std::string& suffix);
  Outcome<void> check_permissions(const End& source, const End& destination,
                                  const Node& properties) const;
  Node document(const Node& profile) const;
  Outcome<Made> iam_policy(const End& source, const End& destination, const Node& profile,
                           const std::string& suffix) const;
  Outcome<Resources> permissions(const End& function, const Node& profile, const std::string& which,
                                 const std::string& suffix) const;
  void add_metadata(const Resources& made, const End& source, const End& destination) const;
  void depend(const std::string& id, const std::string& on) const;
  void replace_dependents(const Resources& made) const;
  Failed bad(const std::string& text) const { return bad_resource(connector_.id, text); }
  Made made(const std::string& suffix, const char* type) const {
    return make(connector_.id + suffix, type, connector_.attributes, connector_.depends_on);
  }

  Work& work_;
  const SamResource& connector_;
  Node profiles_;
  std::set<std::string> permissions_;
};

Outcome<End> Connector::end(const Node& reference, const Node& other) const {
  bool others = false;
  for (const Node& key : reference.keys())
    others = others || (!key.is("Id") && !key.is("Qualifier"));
  if (reference.has("Id") == others)
    return bad(
        "Must provide 'Id' (with optional 'Qualifier') or a supported combination of other "
        "properties.");
  const Node id = reference.get("Id");
  if (!id.truthy()) {
    const Node type = reference.get("Type");
    if (!type.is_text() || !type.truthy()) return bad("'Type' is missing or not a string.");
    return End{.type = cloudformation_type(type.text()),
               .arn = reference.get("Arn"),
               .role_name = reference.get("RoleName"),
               .queue_url = reference.get("QueueUrl"),
               .resource_id = reference.get("ResourceId"),
               .name = reference.get("Name"),
               .qualifier = reference.get("Qualifier")};
  }
  if (!id.is_text()) return bad("'Id' is missing or not a string.");
  const Node resource = work_.result_resources().get(id.text());
  if (!resource.truthy())
    return bad("Unable to find resource with logical ID '" + id.text() + "'.");
  const Node type = resource.get("Type");
  if (!type.is_text() || !type.truthy()) return bad("'Type' is missing or not a string.");
  const Node described = PAWL_TRY(
      replaced(connector_.id, profiles_.get("Resources").get(type.text()), {{"logicalId", id}}));
  const Node outputs = described.get("Outputs");
  const Node role = role_of(described.get("Inputs").get("Role"), resource.get("Properties"), other);
  const std::string role_id = logical_id_of(role);
  return End{.id = id.text(),
             .type = type.text(),
             .arn = outputs.get("Arn"),
             .role_name = role_id.empty() ? Node() : make_ref(role_id),
             .queue_url = outputs.get("Url"),
             .resource_id = outputs.get("Id"),
             .name = outputs.get("Name"),
             .qualifier = reference.has("Qualifier") ? reference.get("Qualifier")
                                                     : outputs.get("Qualifier")};
}

std::string joined(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

Outcome<void> Connector::check_permissions(const End& source, const End& destination,
                                           const Node& properties) const {
  std::vector<std::string> valid;
  for (const Node& name : properties.get("AccessCategories").keys()) valid.push_back(name.text());
  if (permissions_.empty())
    return bad("'Permissions' cannot be empty; valid values are: " + joined(valid, ", ") + ".");
  const std::string start = "Unsupported 'Permissions' provided for connector from " + source.type +
                            " to " + destination.type + "; ";
  for (const std::string& permission : permissions_)
    if (std::find(valid.begin(), valid.end(), permission) == valid.end())
      return bad(start + "valid values are: " + joined(valid, ", ") + ".");
  const Node combinations = properties.get("ValidAccessCategories");
  if (!combinations.truthy()) return {};
  std::vector<std::string> texts;
  for (const Node& combination : combinations.items()) {
    std::set<std::string> names;
    for (const Node& name : combination.items()) names.insert(name.text());
    if (names == permissions_) return {};
    texts.push_back(joined({names.begin(), names.end()}, " + "));
  }
  return bad(start + "valid combinations are: " + joined(texts, ", ") + ".");
}

Node Connector::document(const Node& profile) const {
  Node statements = Node::list();
  for (const auto& [name, category] : profile.get("AccessCategories").members())
    if (permissions_.contains(name.text()))
      for (const Node& statement : category.get("Statement").items()) statements.push(statement);
  return Node::map({{"Version", "2012-10-17"}, {"Statement", statements}});
}

void Connector::depend(const std::string& id, const std::string& on) const {
  const Node resource = work_.result_resources().get(id);
  if (!resource.truthy()) return;
  const Node given = resource.get("DependsOn");
  std::vector<Node> all = given.is_list() ? given.items() : std::vector<Node>{};
  if (given.is_text()) all.push_back(given);
  if (std::find(all.begin(), all.end(), Node(on)) == all.end()) all.push_back(on);
  resource.set("DependsOn", Node::list(std::move(all)));
}

Outcome<Made> Connector::iam_policy(const End& source, const End& destination, const Node& profile,
                                    const std::string& suffix) const {
  const bool of_source = profile.get("SourcePolicy").truthy();
  const Node role = of_source ? source.role_name : destination.role_name;
  if (!role.truthy())
    return bad(std::string("Unable to get IAM role name from '") +
               (of_source ? "Source" : "Destination") + "' resource.");
  Made policy = made("Policy" + suffix, "AWS::IAM::ManagedPolicy");
  policy->set("PolicyDocument", document(profile));
  policy->set("Roles", Node::list({role}));
  const Node dependent = profile.get("DependedBy");
  if (dependent.is("SOURCE") && !source.id.empty()) depend(source.id, policy->id);
  if (!dependent.is("DESTINATION_EVENT_SOURCE_MAPPING") || source.id.empty() ||
      destination.id.empty())
    return policy;
  std::vector<std::string> mappings;
  for (const auto& [id, resource] : work_.result_resources().members()) {
    const Node properties = resource.get("Properties");
    if (resource.get("Type").is("AWS::Lambda::EventSourceMapping") &&
        logical_id_of(properties.get("FunctionName")) == destination.id &&
        logical_id_of(properties.get("EventSourceArn")) == source.id)
      mappings.push_back(id.text());
  }
  if (mappings.size() == 1) depend(mappings[0], policy->id);
  return policy;
}

Outcome<Resources> Connector::permissions(const End& function, const Node& profile,
                                          const std::string& which,
                                          const std::string& suffix) const {
  if (!function.arn.truthy())
    return bad("Unable to get Lambda function ARN from '" + which + "' resource.");
  Resources all;
  for (const auto& [name, category] : profile.get("AccessCategories").members()) {
    if (!permissions_.contains(name.text())) continue;
    Made permission = made(name.text() + "LambdaPermission" + suffix, "AWS::Lambda::Permission");
    permission->set("FunctionName", function.arn);
    for (const char* property : {"Action", "Principal", "SourceArn", "SourceAccount"})
      permission->set(property, category.get(property));
    all.push_back(permission);
  }
  return all;
}

Outcome<Resources> Connector::connect(const End& source, const End& destination,
                                      const std::string& suffix) {
  const Node profile = profiles_.get("Permissions").get(source.type + " " + destination.type);
  if (!profile.truthy())
    return bad("Unable to create connector from " + source.type + " to " + destination.type +
               "; it's not supported or the template is invalid.");
  PAWL_TRY_VOID(check_permissions(source, destination, profile.get("Properties")));
  const Node properties = PAWL_TRY(replaced(connector_.id, profile.get("Properties"),
                                            {{"Source.Arn", source.arn},
                                             {"Destination.Arn", destination.arn},
                                             {"Source.ResourceId", source.resource_id},
                                             {"Destination.ResourceId", destination.resource_id},
                                             {"Source.Name", source.name},
                                             {"Destination.Name", destination.name},
                                             {"Source.Qualifier", source.qualifier},
                                             {"Destination.Qualifier", destination.qualifier}}));
  const bool of_source = properties.get("SourcePolicy").truthy();
  const End& holder = of_source ? source : destination;
  const std::string which = of_source ? "Source" : "Destination";
  const Node type = profile.get("Type");
  if (type.is("AWS_IAM_ROLE_MANAGED_POLICY"))
    return Resources{PAWL_TRY(iam_policy(source, destination, properties, suffix))};
  if (type.is("AWS_LAMBDA_PERMISSION")) return permissions(holder, properties, which, suffix);
  const bool queue = type.is("AWS_SQS_QUEUE_POLICY");
  const Node target = queue ? holder.queue_url : holder.arn;
  if (!target.truthy())
    return bad(std::string("Unable to get ") + (queue ? "SQS queue URL" : "SNS topic ARN") +
               " from '" + which + "' resource.");
  Made policy = made((queue ? "QueuePolicy" : "TopicPolicy") + suffix,
                     queue ? "AWS::SQS::QueuePolicy" : "AWS::SNS::TopicPolicy");
  policy->set(queue ? "Queues" : "Topics", Node::list({target}));
  policy->set("PolicyDocument", document(properties));
  return Resources{policy};
}

void Connector::add_metadata(const Resources& made, const End& source,
                             const End& destination) const {
  const auto type_of = [&](const End& one) {
    const Node type = work_.source_resources().get(one.id).get("Type");
    return Node::map({{"Type", type.truthy() ? type : Node(one.type)}});
  };
  const Node ends = Node::map({{"Source", type_of(source)}, {"Destination", type_of(destination)}});
  for (const Made& resource : made) {
    const Node given = resource->attributes.get("Metadata");
    Node metadata = given.is_map() ? given.shallow_copy() : Node::map();
    metadata.set("aws:sam:connectors", Node::map({{connector_.id, ends}}));
    resource->attributes.set("Metadata", metadata);
  }
}

void Connector::replace_dependents(const Resources& made) const {
  for (const auto& [id, resource] : work_.result_resources().members()) {
    const Node given = resource.get("DependsOn");
    std::vector<Node> all = given.is_list() ? given.items() : std::vector<Node>{given};
    const auto found = std::find(all.begin(), all.end(), Node(connector_.id));
    if (found == all.end()) continue;
    all.erase(found);
    resource.set("DependsOn", Node::list(std::move(all)));
    for (const Made& one : made) depend(id.text(), one->id);
  }
}

Outcome<Resources> Connector::make_all() {
  const Node destination = connector_.get("Destination");
  const std::vector<Node> all =
      destination.is_map() ? std::vector<Node>{destination} : destination.items();
  Resources made;
  for (size_t index = 0; index < all.size(); ++index) {
    const End to = PAWL_TRY(end(all[index], connector_.get("Source")));
    const End from = PAWL_TRY(end(connector_.get("Source"), all[index]));
    const std::string suffix = destination.is_map() ? "" : "Destination" + std::to_string(index);
    const Resources one = PAWL_TRY(connect(from, to, suffix));
    add_metadata(one, from, to);
    made.insert(made.end(), one.begin(), one.end());
  }
  replace_dependents(made);
  if (made.empty()) return bad("'Destination' is an empty list");
  return made;
}

}  // namespace

Outcome<Resources> make_connector(Work& work, const SamResource& connector) {
  return Connector(work, connector).make_all();
}

}  // namespace pawl::formation::serverless
