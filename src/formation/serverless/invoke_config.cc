// SPDX-License-Identifier: Apache-2.0
// EventInvokeConfig of functions: destinations, and the queues and topics made for those that name
// none.
#include "base/error.h"
#include "formation/serverless/function.h"

namespace pawl::formation::serverless {
namespace {

/// A destination that is Fn::If with AWS::NoValue on one side: the condition under which none is
/// given, and the ARN that is given otherwise.
struct PartialDestination {
  std::string condition = {};
  Node arn = {};
};

Outcome<PartialDestination> partial(Work& work, const Node& destination, const std::string& id) {
  if (!is_intrinsic_if(destination)) return PartialDestination{};
  const Node sides = destination.get("Fn::If");
  if (!has_three_arguments(sides))
    return bad_resource(id, "Malformed 'Destination' property: Fn::If requires 3 arguments.");
  const std::string condition = sides.items()[0].text();
  const Node then = sides.items()[1];
  const Node otherwise = sides.items()[2];
  if (is_no_value(then) == is_no_value(otherwise)) return PartialDestination{};
  if (is_no_value(then)) return PartialDestination{condition, otherwise};
  const std::string negated = "NOT" + condition + id_hash(id);
  work.conditions().set(negated, make_not_conditional(condition));
  return PartialDestination{negated, then};
}

std::string both_conditions(Work& work, const SamResource& function, const std::string& second) {
  const Node first = function.attributes.get("Condition");
  if (!first.is_text()) return second;
  if (second.empty()) return first.text();
  const std::string name = first.text() + "AND" + second + id_hash(function.id);
  // NOTE The translator nests each condition once more than CloudFormation's Fn::And needs.
  const auto nested = [](const Node& condition) {
    return Node::map({{"Condition", Node::map({{"Condition", condition}})}});
  };
  work.conditions().set(name,
                        Node::map({{"Fn::And", Node::list({nested(first), nested(second)})}}));
  return name;
}

Node destination_policy(const std::string& type, const Node& arn, const std::string& id) {
  if (type == "SQS") return one_statement_policy(id + "SQSPolicy", "sqs:SendMessage", arn);
  if (type == "SNS") return one_statement_policy(id + "SNSPolicy", "sns:publish", arn);
  if (type == "EventBridge")
    return one_statement_policy(id + "EventBridgePolicy", "events:PutEvents", arn);
  if (type == "Lambda")
    return one_statement_policy(id + "LambdaPolicy", "lambda:InvokeFunction", arn);
  return s3_payload_policy(arn, id);
}

Outcome<Node> add_destination(Work& work, const SamResource& function, const Node& config,
                              const std::string& id, const std::string& name,
                              InvokeConfig& invoke) {
  const Node type_node = config.get("Type");
  const std::string& type = type_node.text();
  if (type != "SQS" && type != "SNS" && type != "EventBridge" && type != "Lambda" &&
      type != "S3Bucket")
    return bad_resource(function.id, "'Type: " + type_node.python_text() +
                                         "' must be one of ['SQS', 'SNS', 'EventBridge', 'Lambda', "
                                         "'S3Bucket']");
  const PartialDestination part = PAWL_TRY(partial(work, config.get("Destination"), id));
  Node destination = config.get("Destination");
  if (destination.is_null() || !part.condition.empty()) {
    if (type != "SQS" && type != "SNS")
      return bad_resource(function.id, "Destination is required if Type is not ['SQS', 'SNS']");
    const bool queue = type == "SQS";
    Made made =
        make(id + name + (queue ? "Queue" : "Topic"), queue ? "AWS::SQS::Queue" : "AWS::SNS::Topic",
             passed_attributes(function.attributes));
    if (const std::string condition = both_conditions(work, function, part.condition);
        !condition.empty())
      made->attributes.set("Condition", condition);
    const Node arn = queue ? made->arn() : made->ref();
    destination = part.condition.empty() ? arn : make_conditional(part.condition, arn, part.arn);
    invoke.made.push_back(made);
  }
  invoke.policies.push_back(destination_policy(type, destination, id + name));
  return destination;
}

}  // namespace

Outcome<InvokeConfig> make_invoke_config(Work& work, const SamResource& function,
                                         const Node& alias_name, const Made& alias) {
  const Node config = PAWL_TRY(work.resolve(function.get("EventInvokeConfig")));
  InvokeConfig invoke;
  const std::string id = function.id + "EventInvokeConfig";
  Made made = make(id, "AWS::Lambda::EventInvokeConfig", function.attributes,
                   alias == nullptr ? Node() : Node::list({alias->id}));
  Node destinations = Node::map();
  if (const Node given = config.get("DestinationConfig"); given.truthy()) {
    const std::string path = "EventInvokeConfig.DestinationConfig";
    PAWL_TRY_VOID(expect_map(given, {function.id, path}));
    for (const char* name : {"OnSuccess", "OnFailure"}) {
      const Node one = given.get(name);
      if (one.is_null()) continue;
      PAWL_TRY_VOID(expect_map(one, {function.id, path + "." + name}));
      const Node destination = PAWL_TRY(add_destination(work, function, one, id, name, invoke));
      destinations.set(name, Node::map({{"Destination", destination}}));
    }
  }
  made->set("FunctionName", make_ref(function.id));
  made->set("Qualifier", alias_name.truthy() ? alias_name : Node("$LATEST"));
  made->set("DestinationConfig", destinations);
  for (const char* name : {"MaximumEventAgeInSeconds", "MaximumRetryAttempts"})
    made->set(name, config.get(name));
  invoke.made.push_back(made);
  return invoke;
}

}  // namespace pawl::formation::serverless
