// SPDX-License-Identifier: Apache-2.0
#include "formation/serverless/generated.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "text/regex.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::array<std::string_view, 3> kPassedAttributes{"Condition", "DeletionPolicy",
                                                            "UpdateReplacePolicy"};

/// Types whose Tags are a list, and those whose Tags are a map.
constexpr std::array<std::string_view, 14> kTaggedByList{
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::DomainNameV2",
    "AWS::ApiGateway::DomainNameAccessAssociation",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::IAM::Role",
    "AWS::IoT::TopicRule",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::StepFunctions::StateMachine"};
constexpr std::array<std::string_view, 2> kTaggedByMap{"AWS::ApiGatewayV2::DomainName",
                                                       "AWS::ApiGatewayV2::Stage"};

template <size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string query_value(std::string_view query, std::string_view name) {
  const std::string start = std::string(name) + "=";
  size_t at = 0;
  while (at <= query.size()) {
    const size_t end = std::min(query.find('&', at), query.size());
    const std::string_view part = query.substr(at, end - at);
    if (part.starts_with(start)) return std::string(part.substr(start.size()));
    at = end + 1;
  }
  return {};
}

Node policy(const std::string& name, Node statements) {
  return Node::map({{"PolicyName", name},
                    {"PolicyDocument", Node::map({{"Statement", std::move(statements)}})}});
}

bool has_secret_with_path(const std::string& location) {
  static const auto pattern = text::Regex::compile(
      R"({{resolve:(ssm|ssm-secure|secretsmanager):[a-zA-Z0-9_.\-/]+(:\d+)?}})");
  const auto match = pattern->match(location);
  if (!match) return false;
  const text::RegexGroup whole = *match->front();
  return location.substr(whole.start, whole.end - whole.start).find('/') != std::string::npos;
}

}  // namespace

Generated& Generated::set(std::string_view name, Node value) {
  if (!value.is_null()) properties.set(name, std::move(value));
  return *this;
}

Node Generated::passed_attributes() const { return serverless::passed_attributes(attributes); }

Node Generated::to_node() const {
  Node node = Node::map({{"Type", type}});
  if (depends_on.truthy()) node.set("DependsOn", depends_on);
  node.update(attributes);
  node.set("Properties", properties);
  return node;
}

Made make(std::string id, std::string type, const Node& attributes, Node depends_on) {
  auto made = std::make_shared<Generated>();
  made->id = std::move(id);
  made->type = std::move(type);
  made->depends_on = std::move(depends_on);
  if (attributes.is_map()) made->attributes = attributes.shallow_copy();
  return made;
}

Node passed_attributes(const Node& attributes) {
  Node passed = Node::map();
  for (const std::string_view name : kPassedAttributes)
    if (attributes.has(name)) passed.set(name, attributes.get(name));
  return passed;
}

std::string id_hash(const Node& data, size_t length) {
  if (!data.truthy()) return {};
  const std::string text = data.is_text() ? data.text() : data.sorted_json();
  const std::string bytes = base::digest(base::DigestAlgorithm::Sha1, text);
  return base::hex_encode(bytes).substr(0, length);
}

bool is_alphanumeric(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
  });
}

std::string arn_of(std::string_view partition, std::string_view service,
                   std::string_view resource) {
  return "arn:" + std::string(partition) + ":" + std::string(service) +
         ":${AWS::Region}:${AWS::AccountId}:" + std::string(resource);
}

std::string arn_without_account(std::string_view partition, std::string_view service,
                                std::string_view resource) {
  return "arn:" + std::string(partition) + ":" + std::string(service) +
         ":${AWS::Region}:" + std::string(resource);
}

Node tag_list(const Node& tags) {
  Node list = Node::list();
  for (const auto& [key, value] : tags.members())
    list.push(Node::map({{"Key", key}, {"Value", value.is_null() ? Node("") : value}}));
  return list;
}

void propagate_tags(const Resources& resources, const Node& tags, bool propagate) {
  if (!propagate || !tags.truthy()) return;
  for (const Made& resource : resources) {
    if (among(kTaggedByList, resource->type)) resource->properties.set("Tags", tag_list(tags));
    if (among(kTaggedByMap, resource->type)) resource->properties.set("Tags", tags);
  }
}

Node assume_role_policy(std::string_view service_principal) {
  return Node::map(
      {{"Version", "2012-10-17"},
       {"Statement",
        Node::list({Node::map(
            {{"Action", Node::list({"sts:AssumeRole"})},
             {"Effect", "Allow"},
             {"Principal", Node::map({{"Service", Node::list({service_principal})}})}})})}});
}

Node one_statement_policy(const std::string& name, std::string_view action, const Node& resource) {
  return policy(
      name,
      Node::list({Node::map({{"Action", action}, {"Effect", "Allow"}, {"Resource", resource}})}));
}

Node s3_payload_policy(const Node& bucket_arn, const std::string& logical_id) {
  const Node objects = Node::map({{"Fn::Join", Node::list({"/", Node::list({bucket_arn, "*"})})}});
  return policy(
      logical_id + "S3Policy",
      Node::list(
          {Node::map({{"Action", "s3:PutObject"}, {"Effect", "Allow"}, {"Resource", objects}}),
           Node::map(
               {{"Action", "s3:ListBucket"}, {"Effect", "Allow"}, {"Resource", bucket_arn}})}));
}

Node queue_document(const Node& principal, const Node& source_arn, const Node& queue_arn) {
  const Node condition = Node::map({{"ArnEquals", Node::map({{"aws:SourceArn", source_arn}})}});
  return Node::map({{"Version", "2012-10-17"},
                    {"Statement", Node::list({Node::map({{"Action", "sqs:SendMessage"},
                                                         {"Effect", "Allow"},
                                                         {"Principal", principal},
                                                         {"Resource", queue_arn},
                                                         {"Condition", condition}})})}});
}

Node parse_s3_uri(const Node& uri) {
  if (!uri.is_text()) return {};
  std::string_view rest = uri.text();
  if (!rest.starts_with("s3://")) return {};
  rest.remove_prefix(5);
  rest = rest.substr(0, rest.find('#'));
  const size_t question = rest.find('?');
  const std::string_view place = rest.substr(0, question);
  const size_t slash = place.find('/');
  if (slash == 0 || slash == std::string_view::npos) return {};
  const size_t key = std::min(place.find_first_not_of('/', slash), place.size());
  Node pointer = Node::map({{"Bucket", place.substr(0, slash)}, {"Key", place.substr(key)}});
  if (question != std::string_view::npos)
    if (const std::string version = query_value(rest.substr(question + 1), "versionId");
        !version.empty())
      pointer.set("Version", version);
  return pointer;
}

Outcome<Node> code_location(const Node& location, const std::string& id,
                            const std::string& property) {
  Node pointer = location;
  if (location.is_map()) {
    if (!location.get("Bucket").truthy() || !location.get("Key").truthy())
      return bad_resource(id,
                          "'" + property + "' requires Bucket and Key properties to be specified.");
  } else if (location.is_text()) {
    if (has_secret_with_path(location.text()))
      return bad_resource(id,
                          "Unsupported dynamic reference detected in '" + property +
                              "'. Please consider using alternative 'FunctionCode' object format.");
    pointer = parse_s3_uri(location);
    if (pointer.is_null())
      return bad_resource(id, "'" + property +
                                  "' is not a valid S3 Uri of the form 's3://bucket/key' with "
                                  "optional versionId query parameter.");
  } else {
    return bad_resource(id, "'" + property + "' must be of type dict or string.");
  }
  Node code = Node::map({{"S3Bucket", pointer.get("Bucket")}, {"S3Key", pointer.get("Key")}});
  if (pointer.has("Version")) code.set("S3ObjectVersion", pointer.get("Version"));
  return code;
}

Outcome<Node> definition_location(const Node& location, const std::string& id) {
  Node pointer = location;
  if (location.is_map()) {
    if (!location.get("Bucket").truthy() || !location.get("Key").truthy())
      return bad_resource(id,
                          "'DefinitionUri' requires Bucket and Key properties to be specified.");
  } else {
    pointer = parse_s3_uri(location);
    if (pointer.is_null())
      return bad_resource(
          id,
          "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with "
          "optional versionId query parameter.");
  }
  const bool mark = location.is_marked();
  const auto part = [&](std::string_view name) {
    const Node value = pointer.get(name);
    return mark ? value.with_mark(true) : value;
  };
  Node place = Node::hashed_map();
  place.set("Bucket", part("Bucket"));
  place.set("Key", part("Key"));
  if (pointer.has("Version")) place.set("Version", part("Version"));
  return place;
}

Outcome<DeadLetterQueue> dead_letter_queue(const std::string& event_id, const Node& config,
                                           const Node& source_arn, const Node& attributes,
                                           bool with_policy) {
  if (config.has("Arn") && config.has("Type"))
    return bad_event(event_id,
                     "You can either define 'Arn' or 'Type' property of DeadLetterConfig.");
  if (config.has("Type") && !config.get("Type").is("SQS"))
    return bad_event(event_id,
                     "The only valid value for 'Type' property of DeadLetterConfig is 'SQS'.");
  if (!config.has("Arn") && !config.has("Type"))
    return bad_event(event_id, "No 'Arn' or 'Type' property provided for DeadLetterConfig.");
  if (const Node arn = config.get("Arn"); !arn.is_null()) return DeadLetterQueue{.arn = arn};
  const Node given_id = config.get("QueueLogicalId");
  if (!given_id.is_null() && !given_id.is_text())
    return bad_event(event_id, "QueueLogicalId must be a string");
  const std::string queue_id = given_id.truthy() ? given_id.text() : event_id + "Queue";
  DeadLetterQueue queue{.made = {make(queue_id, "AWS::SQS::Queue", attributes)}};
  queue.arn = queue.made[0]->arn();
  if (with_policy) {
    queue.made.push_back(make(event_id + "QueuePolicy", "AWS::SQS::QueuePolicy", attributes));
    const Node events = Node::map({{"Service", "events.amazonaws.com"}});
    queue.made[1]->set("PolicyDocument", queue_document(events, source_arn, queue.arn));
    queue.made[1]->set("Queues", Node::list({queue.made[0]->ref()}));
  }
  return queue;
}

std::string target_id(const std::string& logical_id, std::string_view suffix) {
  constexpr size_t kTargetIdMax = 64;
  return logical_id.substr(0, kTargetIdMax - suffix.size()) + std::string(suffix);
}

}  // namespace pawl::formation::serverless
