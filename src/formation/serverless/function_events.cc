// SPDX-License-Identifier: Apache-2.0
// Events of functions: which is which, permissions, and the small kinds.
#include "formation/serverless/function_events.h"

#include <algorithm>

#include "base/error.h"

namespace pawl::formation::serverless {
namespace {

Outcome<Resources> make_skill_event(const FunctionEvent& event) {
  return Resources{make_permission(event, {.principal = "alexa-appkit.amazon.com",
                                           .event_source_token = event.event.get("SkillId")})};
}

Outcome<Resources> make_log_event(const FunctionEvent& event) {
  const Node group = event.event.get("LogGroupName");
  const Node source =
      sub(arn_of(event.work.context.partition, "logs", "log-group:${__LogGroupName__}:*"),
          Node::map({{"__LogGroupName__", group}}));
  Made permission =
      make_permission(event, {.principal = "logs.amazonaws.com", .source_arn = source});
  Made filter = event.made(event.event.id, "AWS::Logs::SubscriptionFilter");
  filter->depends_on = Node::list({permission->id});
  filter->set("LogGroupName", group);
  filter->set("FilterPattern", event.event.get("FilterPattern"));
  filter->set("DestinationArn", function_arn(event.target.function));
  return Resources{permission, filter};
}

Outcome<Resources> make_iot_event(const FunctionEvent& event) {
  const Node source = sub(arn_of(event.work.context.partition, "iot", "rule/${RuleName}"),
                          Node::map({{"RuleName", make_ref(event.event.id)}}));
  Made permission = make_permission(event, {.principal = "iot.amazonaws.com",
                                            .source_arn = source,
                                            .source_account = sub("${AWS::AccountId}")});
  Made rule = event.made(event.event.id, "AWS::IoT::TopicRule");
  const Node action =
      Node::map({{"Lambda", Node::map({{"FunctionArn", function_arn(event.target.function)}})}});
  Node payload = Node::map({{"Sql", event.event.get("Sql")},
                            {"RuleDisabled", false},
                            {"Actions", Node::list({action})}});
  if (event.event.truthy("AwsIotSqlVersion"))
    payload.set("AwsIotSqlVersion", event.event.get("AwsIotSqlVersion"));
  rule->set("TopicRulePayload", payload);
  return Resources{permission, rule};
}

Outcome<Resources> make_schedule_v2_event(const FunctionEvent& event) {
  return make_scheduler_event(event.event, event.attributes(), function_arn(event.target.function),
                              false);
}

using Maker = Outcome<Resources> (*)(const FunctionEvent&);

constexpr std::pair<std::string_view, Maker> kMakers[] = {{"AlexaSkill", make_skill_event},
                                                          {"Api", make_rest_api_event},
                                                          {"CloudWatchEvent", make_rule_event},
                                                          {"CloudWatchLogs", make_log_event},
                                                          {"Cognito", make_user_pool_event},
                                                          {"EventBridgeRule", make_rule_event},
                                                          {"HttpApi", make_http_api_event},
                                                          {"IoTRule", make_iot_event},
                                                          {"S3", make_bucket_event},
                                                          {"SNS", make_topic_event},
                                                          {"Schedule", make_schedule_event},
                                                          {"ScheduleV2", make_schedule_v2_event}};

Outcome<SamResource> read_event(const SamResource& function, const Node& relative_id,
                                const Node& dictionary) {
  const Node type_name = dictionary.get("Type");
  const SamType* type = type_name.is_text() ? find_function_event(type_name.text()) : nullptr;
  if (type == nullptr)
    return bad_event(relative_id.text(),
                     "Resource dict has missing or invalid value for key Type. Event Type is: " +
                         type_name.python_text() + ".");
  SamResource event = PAWL_TRY(read_resource(function.id + relative_id.text(), dictionary, *type));
  event.relative_id = relative_id.text();
  return event;
}

Outcome<Resources> make_event(Work& work, const SamResource& function, const EventTarget& target,
                              const Node& relative_id, const Node& dictionary) {
  const SamResource event = PAWL_TRY(read_event(function, relative_id, dictionary));

  const auto maker = std::find_if(std::begin(kMakers), std::end(kMakers),
                                  [&](const auto& known) { return known.first == event.type; });
  const FunctionEvent described{work, function, event, target};
  return maker == std::end(kMakers) ? make_mapping_event(described) : maker->second(described);
}

}  // namespace

Made make_permission(const FunctionEvent& event, const PermissionParts& parts) {
  const std::string prefix = parts.prefix.empty() ? event.event.id : parts.prefix;
  const std::string suffix = is_alphanumeric(parts.suffix) ? parts.suffix : id_hash(parts.suffix);
  Made permission = event.made(prefix + "Permission" + suffix, "AWS::Lambda::Permission");
  permission->set("Action", "lambda:InvokeFunction");
  permission->set("FunctionName", function_name(event.target));
  permission->set("Principal", parts.principal);
  permission->set("SourceArn", parts.source_arn);
  permission->set("SourceAccount", parts.source_account);
  permission->set("EventSourceToken", parts.event_source_token);
  return permission;
}

Outcome<void> check_function_events(const SamResource& function) {
  for (const auto& [id, dictionary] : function.get("Events").members())
    PAWL_TRY(read_event(function, id, dictionary));
  return {};
}

Outcome<Resources> make_function_events(Work& work, const SamResource& function,
                                        const EventTarget& target) {
  std::vector<Node::Item> events = function.get("Events").members();

  const auto key = [](const Node::Item& event) {
    const Node path = event.second.get("Properties").get("Path");
    return event.second.get("Properties").has("Path") ? path.text() : event.first.text();
  };
  std::stable_sort(events.begin(), events.end(),
                   [&](const Node::Item& a, const Node::Item& b) { return key(a) < key(b); });
  Resources all;
  for (const auto& [id, dictionary] : events) {
    const Resources made = PAWL_TRY(make_event(work, function, target, id, dictionary));
    all.insert(all.end(), made.begin(), made.end());
  }
  return all;
}

}  // namespace pawl::formation::serverless
