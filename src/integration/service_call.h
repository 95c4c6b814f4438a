// SPDX-License-Identifier: Apache-2.0
// ServiceCall: a task as a call of an operation of a service, for aws-sdk and optimized
// integrations alike: parameters in, result or error out. Nothing is sent here.
#pragma once

#include <optional>
#include <string>

#include "asl/execution_error.h"
#include "aws/model/model_catalog.h"
#include "aws/service/caller.h"
#include "base/error.h"
#include "engine/ports.h"
#include "integration/call_facts.h"
#include "integration/optimized_services.h"
#include "integration/sdk_catalog.h"
#include "integration/shape_conversion.h"
#include "json/payload.h"

namespace pawl::integration {

/// What a Resource calls. Points into the models and tables; copyable.
struct CalledOperation {
  const aws::OperationModel* operation = nullptr;
  const OptimizedService* optimized = nullptr;  ///< null: aws-sdk
  const OptimizedAction* action = nullptr;      ///< null: the operation as it is
  SdkDialect dialect = SdkDialect::Java2;
};

/// Errors: NotFound, Unsupported.
base::Result<CalledOperation> find_called_operation(const asl::TaskResource& resource,
                                                    aws::ModelCatalog& models);

/// The call with its input; tokens of idempotency filled in. Errors: States.Runtime, if the
/// parameters do not fit the operation.
tl::expected<aws::Call, asl::ExecutionError> make_service_call(const CalledOperation& called,
                                                               const engine::TaskRequest& request,
                                                               const CallFacts& facts);

/// Who calls, where, on behalf of `request`, with its Credentials; service, operation and input are
/// still to be set.
aws::Call make_call(const engine::TaskRequest& request);

/// The session of the role that the execution, or its task, works under.
aws::Principal principal_of(const engine::TaskRequest& request);

/// "could not be used to start the Task": error States.Runtime.
asl::ExecutionError unusable_parameters(const engine::TaskRequest& request,
                                        std::string_view mistake);

/// The task's result; with SdkHttpMetadata and SdkResponseMetadata where the Java SDK 1 calls.
json::Value service_result(const CalledOperation& called, const json::Value& output,
                           const CallFacts& facts);

asl::ExecutionError service_failure(const CalledOperation& called, const aws::ApiError& error,
                                    const CallFacts& facts);

/// events:putEvents fails if an entry fails: error EventBridge.FailedEntry.
std::optional<asl::ExecutionError> failed_entries(const CalledOperation& called,
                                                  const json::Value& result);

/// The value as text: what goes to another thread shares no node with what stays.
json::Payload text_payload(const json::Value& value);

/// A UUID that is the same whenever this task is called, also after a crash.
std::string idempotency_token_of(const engine::TaskRequest& request);

}  // namespace pawl::integration
