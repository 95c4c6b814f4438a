// SPDX-License-Identifier: Apache-2.0
// Events of EventBridge (rules and schedules), S3, SNS and Cognito (eventsources/push.py,
// scheduler.py).
#include <algorithm>

#include "base/error.h"
#include "formation/serverless/function_events.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::string_view kEvents = "events.amazonaws.com";
constexpr std::string_view kTarget = "LambdaTarget";

/// Sets what rules of schedules and of patterns have in common: state, target, permission, queue.
Outcome<Resources> finish_rule(const FunctionEvent& event, const Made& rule, bool rule_first) {
  rule->set("State", PAWL_TRY(rule_state(event.event)));
  DeadLetterQueue queue;
  if (const Node config = event.event.get("DeadLetterConfig"); !config.is_null())
    queue =
        PAWL_TRY(dead_letter_queue(event.event.id, config, rule->arn(), event.attributes(), true));
  const Node target =
      rule_target(event.event, function_arn(event.target.function), queue.arn, kTarget);
  rule->set("Targets", Node::list({target}));
  Resources all = queue.made;
  all.insert(rule_first ? all.begin() : all.end(), rule);
  all.push_back(make_permission(event, {.principal = kEvents, .source_arn = rule->arn()}));
  return all;
}

/// The resource in the template to which {"Ref": X} in `property` points.
Outcome<Node> linked(const FunctionEvent& event, const char* property, const std::string& text) {
  const Node id = event.event.get(property).get("Ref");
  const Node resource = event.work.source_resources().get(id.text());
  if (!id.is_text() || !resource.truthy()) return event.bad(text);
  return id;
}

Node as_list(const Node& value) { return value.is_list() ? value : Node::list({value}); }

void depend_on(const Node& bucket, const Made& permission) {
  const Node given = bucket.get("DependsOn");
  std::vector<Node> all = given.is_text() ? std::vector<Node>{given} : given.items();
  if (std::find(all.begin(), all.end(), Node(permission->id)) == all.end())
    all.push_back(permission->id);
  bucket.set("DependsOn", Node::list(std::move(all)));
}

/// A conditional permission cannot stand in DependsOn: a tag refers to it.
Outcome<void> depend_by_tag(const Node& bucket, const Node& bucket_id, const Made& permission) {
  Node properties = bucket.set_default("Properties", Node::map());
  const Node given = properties.get("Tags");
  if (!given.is_null()) PAWL_TRY_VOID(expect_list(given, {bucket_id.text(), "Tags"}));
  std::vector<Node> tags = given.items();
  const Node value =
      make_conditional(permission->attributes.get("Condition"), permission->ref(), "no dependency");
  tags.push_back(
      Node::map({{"Key", "sam:ConditionalDependsOn:" + permission->id}, {"Value", value}}));
  properties.set("Tags", Node::list(std::move(tags)));
  return {};
}

Outcome<void> add_notifications(const FunctionEvent& event, const Node& bucket,
                                const Node& bucket_id) {
  const Node properties = bucket.set_default("Properties", Node::map());
  PAWL_TRY_VOID(expect_map(properties, {bucket_id.text(), ""}, "Properties should be a map."));
  const auto member = [](const Node& map, const char* name, const Node& otherwise) {
    if (map.get(name).is_null()) map.set(name, otherwise);
    return map.get(name);
  };
  const Node config = member(properties, "NotificationConfiguration", Node::map());
  PAWL_TRY_VOID(expect_map(config, {bucket_id.text(), "NotificationConfiguration"}));
  const Node notifications = member(config, "LambdaConfigurations", Node::list());
  if (!notifications.is_list())
    return bad_resource(bucket_id.text(), "Invalid type for LambdaConfigurations. Must be a list.");
  for (const Node& type : as_list(event.event.get("Events")).items()) {
    Node mapping = Node::map({{"Function", function_arn(event.target.function)}});
    if (const Node filter = event.event.get("Filter"); !filter.is_null())
      mapping.set("Filter", filter.deep_copy());
    mapping.set("Event", type);
    if (event.condition().truthy()) mapping = make_conditional(event.condition(), mapping);
    if (!notifications.contains(mapping)) notifications.push(mapping);
  }
  return {};
}

/// A resource of the template given back with what the event added.
Made changed(const FunctionEvent& event, const Node& id) {
  const Node dictionary = event.work.source_resources().get(id.text());
  Made made = make(id.text(), dictionary.get("Type").text());
  made->depends_on = dictionary.get("DependsOn");
  made->properties =
      dictionary.get("Properties").is_map() ? dictionary.get("Properties") : Node::map();
  for (const char* name :
       {"DeletionPolicy", "UpdatePolicy", "Condition", "UpdateReplacePolicy", "Metadata"})
    if (dictionary.has(name)) made->attributes.set(name, dictionary.get(name));
  return made;
}

Made subscription(const FunctionEvent& event, const char* protocol, const Node& endpoint) {
  Made made = event.made(event.event.id, "AWS::SNS::Subscription");
  made->set("Protocol", protocol);
  made->set("Endpoint", endpoint);
  made->set("TopicArn", event.event.get("Topic"));
  for (const char* name : {"Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"})
    made->set(name, event.event.get(name));
  return made;
}

/// SqsSubscription: true makes the queue, a map names one.
Outcome<Resources> subscribe_queue(const FunctionEvent& event, const Node& config) {
  const bool own = config.is_boolean();
  if (!own)
    PAWL_TRY_VOID(
        expect_map(config, {event.event.relative_id, "SqsSubscription", Place::Of::Event}));
  Made queue = event.made(event.event.id + "Queue", "AWS::SQS::Queue");
  const std::string topic_id = logical_id_of(event.event.get("Topic"));
  const Node fifo = PAWL_TRY(event.work.resolve(
      event.work.source_resources().get(topic_id).get("Properties").get("FifoTopic")));
  if (fifo.truthy()) queue->set("FifoQueue", fifo);
  const Node queue_arn = own ? queue->arn() : config.get("QueueArn");
  const Node queue_url = own ? queue->ref() : config.get("QueueUrl");
  if (!queue_arn.truthy() || !queue_url.truthy())
    return event.bad("No QueueARN or QueueURL provided.");
  const Node policy_id = config.get("QueuePolicyLogicalId");
  Made policy = event.made(policy_id.truthy() ? policy_id.text() : event.event.id + "QueuePolicy",
                           "AWS::SQS::QueuePolicy");
  policy->set("PolicyDocument", queue_document("*", event.event.get("Topic"), queue_arn));
  policy->set("Queues", Node::list({queue_url}));
  const Node batch_size = config.get("BatchSize");
  const SamResource source{
      .id_node = event.event.id + "EventSourceMapping",
      .id = event.event.id + "EventSourceMapping",
      .type = "SQS",
      .relative_id = event.event.relative_id,
      .properties = Node::map({{"Queue", queue_arn},
                               {"BatchSize", batch_size.truthy() ? batch_size : Node(10)},
                               {"Enabled", true}})};
  Resources all = PAWL_TRY(make_mapping_event({event.work, event.function, source, event.target}));
  if (own) all.push_back(queue);
  all.insert(all.end(), {policy, subscription(event, "sqs", queue_arn)});
  return all;
}

}  // namespace

Outcome<Node> rule_state(const SamResource& event) {
  const Node enabled = event.get("Enabled");
  const Node state = event.get("State");
  if (state.truthy() && !enabled.is_null())
    return bad_event(event.relative_id, "State and Enabled Properties cannot both be specified.");
  if (!enabled.is_null()) return Node(enabled.truthy() ? "ENABLED" : "DISABLED");
  return state.truthy() ? state : Node();
}

Node rule_target(const SamResource& event, const Node& arn, const Node& queue_arn,
                 std::string_view suffix) {
  const Node given_id = event.get("Target").get("Id");
  Node target = Node::map(
      {{"Arn", arn}, {"Id", given_id.is_null() ? Node(target_id(event.id, suffix)) : given_id}});
  for (const char* name : {"Input", "InputPath", "RetryPolicy", "InputTransformer"})
    if (!event.get(name).is_null()) target.set(name, event.get(name));
  if (!event.get("DeadLetterConfig").is_null())
    target.set("DeadLetterConfig", Node::map({{"Arn", queue_arn}}));
  return target;
}

Outcome<Resources> make_schedule_event(const FunctionEvent& event) {
  Made rule = event.made(event.event.id, "AWS::Events::Rule");
  rule->set("ScheduleExpression", event.event.get("Schedule"));
  rule->set("Name", event.event.get("Name"));
  rule->set("Description", event.event.get("Description"));
  return finish_rule(event, rule, true);
}

Outcome<Resources> make_rule_event(const FunctionEvent& event) {
  Made rule = event.made(event.event.id, "AWS::Events::Rule");
  rule->set("EventBusName", event.event.get("EventBusName"));
  rule->set("EventPattern", event.event.get("Pattern"));
  rule->set("Name", event.event.get("RuleName"));
  return finish_rule(event, rule, false);
}

Outcome<Resources> make_bucket_event(const FunctionEvent& event) {
  const Node bucket_id = PAWL_TRY(
      linked(event, "Bucket", "S3 events must reference an S3 bucket in the same template."));
  const Node bucket = event.work.source_resources().get(bucket_id.text());
  Made permission = make_permission(
      event, {.principal = "s3.amazonaws.com", .source_account = make_ref("AWS::AccountId")});
  if (permission->attributes.has("Condition")) {
    PAWL_TRY_VOID(depend_by_tag(bucket, bucket_id, permission));
  } else {
    depend_on(bucket, permission);
  }
  PAWL_TRY_VOID(add_notifications(event, bucket, bucket_id));
  return Resources{permission, changed(event, bucket_id)};
}

Outcome<Resources> make_topic_event(const FunctionEvent& event) {
  const Node queue = event.event.get("SqsSubscription");
  if (queue.truthy()) return subscribe_queue(event, queue);
  return Resources{make_permission(event, {.principal = "sns.amazonaws.com",
                                           .source_arn = event.event.get("Topic")}),
                   subscription(event, "lambda", function_arn(event.target.function))};
}

Outcome<Resources> make_user_pool_event(const FunctionEvent& event) {
  const Node pool_id = PAWL_TRY(linked(
      event, "UserPool", "Cognito events must reference a Cognito UserPool in the same template."));
  const Node pool = event.work.source_resources().get(pool_id.text());
  Made permission = make_permission(event, {.principal = "cognito-idp.amazonaws.com",
                                            .source_arn = get_att(pool_id, "Arn"),
                                            .prefix = event.target.function->id + "Cognito"});
  const Node properties = pool.set_default("Properties", Node::map());
  const Node config = properties.set_default("LambdaConfig", Node::map());
  PAWL_TRY_VOID(expect_map(config, {pool_id.text(), "LambdaConfig"}));
  for (const Node& trigger : as_list(event.event.get("Trigger")).items()) {
    if (config.has(trigger.text()))
      return event.bad("Cognito trigger \"" + event.event.get("Trigger").python_text() +
                       "\" defined multiple times.");
    config.set(trigger, function_arn(event.target.function));
  }
  return Resources{permission, changed(event, pool_id)};
}

Outcome<Resources> make_scheduler_event(const SamResource& event, const Node& attributes,
                                        const Node& target_arn, bool of_machine) {
  Made schedule = make(event.id, "AWS::Scheduler::Schedule", attributes);
  for (const char* name : {"ScheduleExpression", "Description", "StartDate", "EndDate",
                           "ScheduleExpressionTimezone", "GroupName", "KmsKeyArn"})
    schedule->set(name, event.get(name));
  if (event.truthy("State")) schedule->set("State", event.get("State"));
  if (event.truthy("OmitName") && event.truthy("Name"))
    return bad_event(event.id, "Name cannot be set when OmitName is True");
  if (!event.truthy("OmitName"))
    schedule->set("Name", event.truthy("Name") ? event.get("Name") : Node(event.id));
  schedule->set("FlexibleTimeWindow", event.truthy("FlexibleTimeWindow")
                                          ? event.get("FlexibleTimeWindow")
                                          : Node::map({{"Mode", "OFF"}}));
  Resources all{schedule};
  DeadLetterQueue queue;
  if (const Node config = event.get("DeadLetterConfig"); !config.is_null())
    queue = PAWL_TRY(dead_letter_queue(event.id, config, {}, attributes, false));
  all.insert(all.end(), queue.made.begin(), queue.made.end());
  Node role_arn = event.get("RoleArn");
  if (!role_arn.truthy()) {
    Made role = make(event.id + "Role", "AWS::IAM::Role", attributes);
    role->set("AssumeRolePolicyDocument", assume_role_policy("scheduler.amazonaws.com"));
    Node policies =
        Node::list({of_machine ? one_statement_policy(event.id + "StartExecutionPolicy",
                                                      "states:StartExecution", target_arn)
                               : one_statement_policy(event.id + "LambdaPolicy",
                                                      "lambda:InvokeFunction", target_arn)});
    if (queue.arn.truthy())
      policies.push(one_statement_policy(event.id + "SQSPolicy", "sqs:SendMessage", queue.arn));
    role->set("Policies", policies);
    if (event.truthy("PermissionsBoundary"))
      role->set("PermissionsBoundary", event.get("PermissionsBoundary"));
    role_arn = role->arn();
    all.push_back(role);
  }
  Node target = Node::map({{"Arn", target_arn}, {"RoleArn", role_arn}});
  for (const char* name : {"Input", "RetryPolicy"})
    if (!event.get(name).is_null()) target.set(name, event.get(name));
  if (!event.get("DeadLetterConfig").is_null())
    target.set("DeadLetterConfig", Node::map({{"Arn", queue.arn}}));
  schedule->set("Target", target);
  return all;
}

}  // namespace pawl::formation::serverless
