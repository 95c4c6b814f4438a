// SPDX-License-Identifier: Apache-2.0
// AWS::Serverless::Function: the function, its version, alias, URL, role, destinations and events.
#pragma once

#include "formation/serverless/sam_resource.h"

namespace pawl::formation::serverless {

Outcome<Resources> make_function(Work& work, const SamResource& function);

/// The version whose id is a hash over the code (or all properties), and the alias that points to
/// it.
struct PublishedVersion {
  Made version;
  Made alias;
};
Outcome<PublishedVersion> publish_version(Work& work, const SamResource& function,
                                          const Made& made);

/// The URL of FunctionUrlConfig and what lets everybody call it.
Outcome<Resources> make_function_url(const SamResource& function, const Made& made,
                                     const Made& alias);

/// EventInvokeConfig with queues and topics made for destinations that name none.
struct InvokeConfig {
  Resources made = {};
  std::vector<Node> policies = {};
};
Outcome<InvokeConfig> make_invoke_config(Work& work, const SamResource& function,
                                         const Node& alias_name, const Made& alias);

/// An event's target and what it may add to.
struct EventTarget {
  Made function;  ///< the function, or its alias
  Made role;      ///< where policies of the event go; null if it was not made here
};
/// Errors: an event of no known type, or with properties that do not fit.
Outcome<void> check_function_events(const SamResource& function);
/// The resources of all Events, in the translator's order.
Outcome<Resources> make_function_events(Work& work, const SamResource& function,
                                        const EventTarget& target);

/// How a permission or mapping names the function: its Ref.
inline Node function_name(const EventTarget& target) { return target.function->ref(); }
/// Its ARN: Fn::GetAtt, or the alias's Ref.
Node function_arn(const Made& function);

/// Registers the DeploymentPreference; sets the alias's UpdatePolicy.
Outcome<void> add_deployment_preference(Work& work, const SamResource& function, const Made& alias);
/// The CodeDeploy application, its role and a group for each function with a preference.
Outcome<void> finish_deployment_preferences(Work& work);

}  // namespace pawl::formation::serverless
