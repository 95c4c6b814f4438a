// SPDX-License-Identifier: Apache-2.0
// FunctionConfiguration of the API: its defaults, the service's own checks of what a request sets,
// and the forms in which operations show it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/time.h"
#include "json/value.h"
#include "services/lambda/function_reference.h"
#include "services/lambda/function_store.h"
#include "services/lambda/layer.h"

namespace pawl::lambda {

/// The runtimes of new functions and layers as AWS prints them: "[nodejs20.x, python3.14, …]".
std::string printed_runtimes();
bool is_offered_runtime(std::string_view runtime);

/// "2024-01-31T12:00:00.000+0000".
std::string last_modified_text(base::Timestamp time);

/// What a new function has before CreateFunction's input is applied.
Revision default_revision(const FunctionKey& key, base::Timestamp now);

/// Sets what `input` (of CreateFunction or UpdateFunctionConfiguration) gives. Errors:
/// InvalidParameterValueException, ValidationException in AWS's words; also for what AWS can and we
/// cannot: other runtimes than Python, Node.js and provided.*, file systems. Not Layers:
/// set_layers().
aws::ApiResult<void> apply_configuration(const json::Value& input, const FunctionKey& key,
                                         Revision& revision);

void set_layers(Revision& revision, const std::vector<FunctionLayer>& layers);

/// Gives the revision a new RevisionId and LastModified.
void touch(Revision& revision, base::Timestamp now);
/// The revision has changed: for a moment it is shown as being created or updated, as clients that
/// wait for the end of it expect. It runs from now on.
void settle(Revision& revision, base::Timestamp now);

/// The function as GetFunctionConfiguration shows it under `arn`.
json::Value shown(const Revision& revision, const std::string& arn, base::Timestamp now);
/// The same in lists: without state and runtime version.
json::Value listed(const Revision& revision, const std::string& arn);
/// NOTE: AWS answers before it has created the function, and gives it another RevisionId once that
/// is done (recorded). Here it is done when the answer is given; the answer is AWS's.
json::Value as_being_created(json::Value shown);

/// Equal for revisions that PublishVersion takes for the same.
std::string fingerprint(const Revision& revision);

}  // namespace pawl::lambda
