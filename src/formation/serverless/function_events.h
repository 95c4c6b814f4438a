// SPDX-License-Identifier: Apache-2.0
// Events of functions, by kind. Each gives the resources it makes; what stands elsewhere (a
// bucket's notifications, an API's definition) it changes there.
#pragma once

#include "formation/serverless/function.h"

namespace pawl::formation::serverless {

struct FunctionEvent {
  Work& work;
  const SamResource& function;
  const SamResource& event;
  const EventTarget& target;

  std::string type() const { return event.type; }
  Node attributes() const { return target.function->passed_attributes(); }
  Node condition() const { return target.function->attributes.get("Condition"); }
  Failed bad(std::string_view text) const { return bad_event(event.relative_id, text); }
  Made made(const std::string& id, const std::string& type) const {
    return make(id, type, attributes());
  }
};

/// How a permission's id and content differ from event to event.
struct PermissionParts {
  std::string_view principal;
  Node source_arn = {};
  Node source_account = {};
  Node event_source_token = {};
  std::string suffix = {};
  std::string prefix = {};  ///< the event's id if empty
};
Made make_permission(const FunctionEvent& event, const PermissionParts& parts);

/// Streams, queues, brokers: an event source mapping; its policies go into the role.
Outcome<Resources> make_mapping_event(const FunctionEvent& event);
Outcome<Resources> make_schedule_event(const FunctionEvent& event);
Outcome<Resources> make_rule_event(const FunctionEvent& event);
Outcome<Resources> make_bucket_event(const FunctionEvent& event);
Outcome<Resources> make_topic_event(const FunctionEvent& event);
Outcome<Resources> make_user_pool_event(const FunctionEvent& event);
Outcome<Resources> make_rest_api_event(const FunctionEvent& event);
Outcome<Resources> make_http_api_event(const FunctionEvent& event);

/// ScheduleV2, of functions and of state machines: `action` on `target_arn`.
Outcome<Resources> make_scheduler_event(const SamResource& event, const Node& attributes,
                                        const Node& target_arn, bool of_machine);

/// State of an AWS::Events::Rule from State and Enabled.
Outcome<Node> rule_state(const SamResource& event);
/// {Arn, Id, Input, …} of a rule's target.
Node rule_target(const SamResource& event, const Node& arn, const Node& queue_arn,
                 std::string_view suffix);

/// An API that an event names: its id, properties and stage.
struct EventApi {
  Node id = {};
  Node properties = {};
  Node stage = {};
};
Outcome<EventApi> rest_api_of(const Work& work, const SamResource& event);

class SwaggerEditor;
/// An event's Auth into the definition; `stage` for resource policies.
Outcome<void> add_event_auth(const Work& work, const SamResource& event, const EventApi& api,
                             const Node& method, SwaggerEditor& editor);

}  // namespace pawl::formation::serverless
