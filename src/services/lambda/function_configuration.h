// SPDX-License-Identifier: Apache-2.0
// FunctionConfiguration of the API: its defaults, the service's own checks of what a request sets,
// and the forms in which operations show it.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/time.h"
#include "json/value.h"
#include "services/lambda/function_reference.h"
#include "services/lambda/function_store.h"

namespace pawl::lambda {

/// "2024-01-31T12:00:00.000+0000".
std::string last_modified_text(base::Timestamp time);

/// What a new function has before CreateFunction's input is applied.
Revision default_revision(const FunctionKey& key, base::Timestamp now);

/// Sets what `input` (of CreateFunction or UpdateFunctionConfiguration) gives. Errors:
/// InvalidParameterValueException, ValidationException in AWS's words; also for what AWS can and we
/// cannot: other runtimes than Python and Node.js, layers, images, file systems.
aws::ApiResult<void> apply_configuration(const json::Value& input, const FunctionKey& key,
                                         Revision& revision);

/// Gives the revision a new RevisionId and LastModified.
void touch(Revision& revision, base::Timestamp now);

/// The function as GetFunctionConfiguration shows it under `arn`.
json::Value shown(const Revision& revision, const std::string& arn);
/// The same in lists: without state and runtime version.
json::Value listed(const Revision& revision, const std::string& arn);
/// NOTE: AWS answers before it has created (or updated) the function, and gives it another
/// RevisionId once that is done (recorded). Here it is done when the answer is given; the answer is
/// AWS's, so that clients which wait for the states find what they wait for.
json::Value as_being_created(json::Value shown);
json::Value as_being_updated(json::Value shown);

/// Equal for revisions that PublishVersion takes for the same.
std::string fingerprint(const Revision& revision);

}  // namespace pawl::lambda
