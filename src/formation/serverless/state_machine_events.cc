// SPDX-License-Identifier: Apache-2.0
// Events that start executions (model/stepfunctions/events.py of the translator).
#include "base/error.h"
#include "formation/serverless/function_events.h"
#include "formation/serverless/state_machine.h"
#include "formation/serverless/swagger_editor.h"
#include "text/unicode.h"

namespace pawl::formation::serverless {
namespace {

Made start_role(const SamResource& machine, const SamResource& event, const Made& target,
                std::string_view principal) {
  Made role = make(event.id + "Role", "AWS::IAM::Role", target->passed_attributes());
  role->set("AssumeRolePolicyDocument", assume_role_policy(principal));
  role->set("Policies", Node::list({one_statement_policy(role->id + "StartExecutionPolicy",
                                                         "states:StartExecution", target->ref())}));
  if (machine.truthy("PermissionsBoundary"))
    role->set("PermissionsBoundary", machine.get("PermissionsBoundary"));
  return role;
}

Outcome<Resources> make_rule(const SamResource& machine, const SamResource& event,
                             const Made& target) {
  const Node attributes = target->passed_attributes();
  Made rule = make(event.id, "AWS::Events::Rule", attributes);
  if (event.type == "Schedule") {
    rule->set("ScheduleExpression", event.get("Schedule"));
    rule->set("Name", event.get("Name"));
    rule->set("Description", event.get("Description"));
  } else {
    rule->set("EventBusName", event.get("EventBusName"));
    rule->set("EventPattern", event.get("Pattern"));
    rule->set("Name", event.get("RuleName"));
  }
  rule->set("State", PAWL_TRY(rule_state(event)));
  Resources all{rule};
  Node role_arn = event.get("RoleArn");
  if (role_arn.is_null()) {
    all.push_back(start_role(machine, event, target, "events.amazonaws.com"));
    role_arn = all.back()->arn();
  }
  DeadLetterQueue queue;
  if (const Node config = event.get("DeadLetterConfig"); !config.is_null())
    queue = PAWL_TRY(dead_letter_queue(event.id, config, rule->arn(), attributes, true));
  all.insert(all.end(), queue.made.begin(), queue.made.end());
  Node described = rule_target(event, target->ref(), queue.arn, "StepFunctionsTarget");
  described.set("RoleArn", role_arn);
  rule->set("Targets", Node::list({described}));
  return all;
}

/// The mapping template that makes a request's body the execution's input.
Node request_templates(const SamResource& event, const std::string& target_id) {
  const std::string arn = "${" + target_id + "}";
  std::string text;
  if (event.truthy("UnescapeMappingTemplate")) {
    text = R"json({"input": "$util.escapeJavaScript($input.json('$')).replaceAll("\\'","'")", )json"
           R"json("stateMachineArn": ")json" +
           arn + "\"}";
  } else {
    text =
        Node::map({{"input", "$util.escapeJavaScript($input.json('$'))"}, {"stateMachineArn", arn}})
            .spaced_json();
  }
  return Node::map({{"application/json", sub(text)}});
}

Outcome<Resources> make_api_start(const Work& work, const SamResource& machine,
                                  const SamResource& event, const Made& target) {
  const Outcome<EventApi> linked = rest_api_of(work, event);
  if (!linked && linked.error().scope == Failure::Scope::Event)
    return bad_resource(machine.id, linked.error().message);
  const EventApi api = PAWL_TRY(linked);
  const Made role = start_role(machine, event, target, "apigateway.amazonaws.com");
  const Node definition = api.properties.get("DefinitionBody");
  if (!api.properties.get("__MANAGE_SWAGGER").truthy() || definition.is_null())
    return Resources{role};
  const Node given = event.get("Method");
  const Node method = Node(text::to_lower(given.text())).with_mark(given.is_marked());
  const Node path = event.get("Path");
  SwaggerEditor editor = PAWL_TRY(SwaggerEditor::open(definition));
  if (PAWL_TRY(editor.has_integration(path, method)))
    return bad_event(event.relative_id, "API method \"" + method.text() +
                                            "\" defined multiple times for path \"" + path.text() +
                                            "\".");
  PAWL_TRY_VOID(editor.add_machine_integration(
      path, method,
      {.uri = sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution"),
       .credentials = role->arn(),
       .templates = request_templates(event, target->id),
       .condition = target->attributes.get("Condition")}));
  if (event.truthy("Auth")) PAWL_TRY_VOID(add_event_auth(work, event, api, method, editor));
  api.properties.set("DefinitionBody", editor.document());
  return Resources{role};
}

}  // namespace

Outcome<Resources> make_machine_event(Work& work, const SamResource& machine, const Made& target,
                                      const Node& relative_id, const Node& dictionary) {
  const Node type_name = dictionary.get("Type");
  const SamType* type = type_name.is_text() ? find_machine_event(type_name.text()) : nullptr;
  if (type == nullptr) {
    const std::string text =
        "Resource dict has missing or invalid value for key Type. Event Type is: " +
        type_name.python_text() + ".";
    return bad_resource(machine.id, bad_event(relative_id.text(), text).value().message);
  }
  SamResource event = PAWL_TRY(read_resource(machine.id + relative_id.text(), dictionary, *type));
  event.relative_id = relative_id.text();
  if (event.type == "Api") return make_api_start(work, machine, event, target);
  if (event.type == "ScheduleV2")
    return make_scheduler_event(event, target->passed_attributes(), target->ref(), true);
  return make_rule(machine, event, target);
}

}  // namespace pawl::formation::serverless
