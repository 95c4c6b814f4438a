// SPDX-License-Identifier: Apache-2.0
// What may be asked of which state, and what may be made up for it (API TestState): combinations
// that AWS refuses, in its words.
#pragma once

#include "aws/api_error.h"
#include "aws/model/model_catalog.h"
#include "services/states/test_state/test_state_request.h"
#include "services/states/test_state/tested_state.h"

namespace pawl::states {

/// Mocked results of integrations are compared with the operation's output in `models`, as
/// fieldValidationMode says; what no model describes is not looked into.
/// Errors: ValidationException, InvalidDefinition, InvalidArn. Thread-safe.
aws::ApiResult<void> check_test_state_request(const TestStateRequest& request,
                                              const TestedState& tested, aws::ModelCatalog& models);

/// True if the task is answered by somebody else than the service that is called.
bool waits_for_callback(const asl::TaskResource& resource);

}  // namespace pawl::states
