// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/mocked_operation.h"

#include <algorithm>

#include "aws/http_message.h"
#include "integration/service_call.h"

namespace pawl::states {
namespace {

/// Those that have handlers of their own.
base::Result<const aws::OperationModel*> find_in_model(std::string_view model_name,
                                                       std::string_view action,
                                                       aws::ModelCatalog& models) {
  const aws::ServiceModel* model = PAWL_TRY(models.find(model_name));
  const auto& operations = model->operations();
  const auto found = std::find_if(operations.begin(), operations.end(), [&](const auto& each) {
    return aws::equals_ignoring_case(each.name, action);
  });
  if (found == operations.end())
    return base::Error(base::ErrorKind::NotFound, "no operation " + std::string(action));
  return &*found;
}

base::Result<const aws::OperationModel*> find_operation(const asl::TaskResource& resource,
                                                        aws::ModelCatalog& models) {
  const bool is_optimized = resource.kind == asl::ResourceKind::Integration;
  if (is_optimized && resource.service == "states")
    return find_in_model("stepfunctions", resource.action, models);
  if (is_optimized && resource.service == "lambda")
    return find_in_model("lambda", resource.action, models);
  return PAWL_TRY(integration::find_called_operation(resource, models)).operation;
}

}  // namespace

const aws::Shape* mocked_output(const asl::TaskResource& resource, aws::ModelCatalog& models) {
  const bool calls =
      resource.kind == asl::ResourceKind::Integration || resource.kind == asl::ResourceKind::AwsSdk;
  if (!calls || resource.pattern != asl::IntegrationPattern::RequestResponse) return nullptr;
  // apigateway:invoke, http:invoke and eks:call name no operation of a model and end here.
  const auto operation = find_operation(resource, models);
  return operation ? (*operation)->output : nullptr;
}

}  // namespace pawl::states
