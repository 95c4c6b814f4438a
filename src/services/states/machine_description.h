// SPDX-License-Identifier: Apache-2.0
// What DescribeStateMachine and DescribeStateMachineForExecution show of a revision.
#pragma once

#include "json/value.h"
#include "services/states/machine_registry.h"

namespace pawl::states {

/// Sets name, definition, roleArn, loggingConfiguration, tracingConfiguration,
/// encryptionConfiguration, and what there is of revisionId and variableReferences.
/// `metadata_only` (API includedData METADATA_ONLY): "the returned definition will be {}".
void set_revision_members(const Revision& revision, bool metadata_only,
                          json::ObjectBuilder& output);

}  // namespace pawl::states
