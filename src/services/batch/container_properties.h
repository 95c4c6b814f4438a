// SPDX-License-Identifier: Apache-2.0
// Container properties of a job: what the definition says, what a submission puts over it, and what
// that takes of a machine. Pure functions.
#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "jobs/job_runner.h"
#include "json/value.h"

namespace pawl::batch {

/// vCPUs and memory: of resourceRequirements, else of the older members vcpus and memory.
/// Errors: TypeMismatch in words for the caller if one is missing, no number, or too little.
base::Result<jobs::Demand> demand_of(const json::Value& container);

/// API ContainerOverrides: command, environment (by name), vcpus, memory, resourceRequirements (by
/// type), instanceType.
json::Value with_overrides(const json::Value& container, const json::Value& overrides);

/// API RegisterJobDefinition "parameters": each element "Ref::name" of the command is replaced by
/// the parameter's value; one without a value stays.
json::Value with_parameters(const json::Value& container, const json::Value& parameters);

}  // namespace pawl::batch
