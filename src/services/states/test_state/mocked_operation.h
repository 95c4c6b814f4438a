// SPDX-License-Identifier: Apache-2.0
// Which operation's output a mocked Task result stands for.
#pragma once

#include "asl/task_resource.h"
#include "aws/model/model_catalog.h"

namespace pawl::states {

/// The output shape of the operation that `resource` calls, or null if its result is not the
/// operation's (functions by their ARN, activities, .sync, .waitForTaskToken, http:invoke,
/// apigateway:invoke, eks:call, …) or no model is installed. Thread-safe.
const aws::Shape* mocked_output(const asl::TaskResource& resource, aws::ModelCatalog& models);

}  // namespace pawl::states
