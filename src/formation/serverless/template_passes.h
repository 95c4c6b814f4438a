// SPDX-License-Identifier: Apache-2.0
// What happens to a whole template before its resources are translated: default definitions,
// implicit APIs, Globals, embedded connectors, and Python 2.7's order where the translator keeps
// it.
#pragma once

#include <vector>

#include "formation/serverless/sam_resource.h"

namespace pawl::formation::serverless {

/// APIs without definition get an empty one, and are marked as "__MANAGE_SWAGGER".
void add_default_definitions(const Node& source);

/// The APIs that events of functions and state machines mean without naming one: ServerlessRestApi
/// and ServerlessHttpApi; the paths of all API events go into their definitions.
Outcome<void> add_implicit_apis(const Node& source);

/// Globals into the resources; the section goes away.
Outcome<void> merge_globals(const Node& source);

/// Connectors inside resources become AWS::Serverless::Connector resources of their own.
void lift_connectors(const Node& source, std::vector<Failure>& failures);

/// Turns what the translator turns into Python 2.7's order and marks; true if the template has a
/// REST API.
bool to_hashed_order(const Node& source, const Node& parameters);

/// True if the resource's type is one of the serverless language.
bool is_serverless(const Node& resource);

}  // namespace pawl::formation::serverless
