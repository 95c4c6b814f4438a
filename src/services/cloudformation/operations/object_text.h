// SPDX-License-Identifier: Apache-2.0
// Objects of S3 as text: templates, pieces of templates, policies.
#pragma once

#include <string>

#include "aws/api_error.h"
#include "services/cloudformation/operations/template_location.h"
#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

/// Blocks. Errors: S3's, and ValidationError for more than a template may have.
aws::ApiResult<std::string> object_text(StackCalls& calls, const ObjectLocation& location);

}  // namespace pawl::cloudformation
