// SPDX-License-Identifier: Apache-2.0
// The serverless resources that become one resource each: SimpleTable, LayerVersion, Application.
#pragma once

#include "formation/serverless/sam_resource.h"

namespace pawl::formation::serverless {

Outcome<Resources> make_simple_table(Work& work, const SamResource& table);
/// The layer's id gets a hash over its properties: each change makes a new version.
Outcome<Resources> make_layer_version(Work& work, const SamResource& layer);
/// A nested stack. Errors: an application of the Serverless Application Repository.
Outcome<Resources> make_application(Work& work, const SamResource& application);
/// AWS::Serverless::Connector: policies and permissions between two resources of the result.
Outcome<Resources> make_connector(Work& work, const SamResource& connector);

}  // namespace pawl::formation::serverless
