// SPDX-License-Identifier: Apache-2.0
#include "server/sdk_targets.h"

#include <utility>

#include "integration/sdk_catalog.h"
#include "integration/shape_conversion.h"

namespace pawl::server {

aws::ApiResult<aws::Call> resolve_sdk_target(aws::ModelCatalog& models, aws::Call call) {
  const auto found = integration::SdkCatalog(models).find(call.service, call.operation);
  if (!found) return aws::validation_exception(found.error().message);
  const aws::OperationModel& operation = **found;
  call.service = operation.service->metadata().service_name;
  call.operation = operation.name;
  if (operation.input == nullptr) {
    call.input = json::Value::object();
    return call;
  }
  auto input =
      integration::to_api_input(call.input, *operation.input, integration::SdkDialect::Java2);
  if (!input) return aws::validation_exception(input.error().message);
  call.input = *std::move(input);
  return call;
}

}  // namespace pawl::server
