// SPDX-License-Identifier: Apache-2.0
// SdkCatalog: which operation of which service a Resource "aws-sdk:SERVICE:ACTION" calls, from the
// models alone. SdkResources: the same as the compiler's ResourceCatalog.
#pragma once

#include <string>
#include <string_view>

#include "asl/task_resource.h"
#include "aws/model/model_catalog.h"
#include "base/error.h"

namespace pawl::integration {

/// The folder of the model that Step Functions calls `service` ("cloudwatchlogs" is "logs",
/// "emrserverless" "emr-serverless"); "" if `models` has none. Loads no model.
std::string model_of_sdk_service(std::string_view service, const aws::ModelCatalog& models);

/// Thread-safe; `models` must outlive it. A model is loaded when one of its actions is asked for.
class SdkCatalog {
 public:
  explicit SdkCatalog(aws::ModelCatalog& models) : models_(models) {}

  /// Errors: NotFound if the models do not have it; Unsupported for what Step Functions cannot
  /// call: event streams and the operations that its documentation excepts.
  base::Result<const aws::OperationModel*> find(std::string_view service,
                                                std::string_view action) const;

 private:
  aws::ModelCatalog& models_;
};

/// optimized_integrations(), and of aws-sdk what the models have. Of a service without a model,
/// which may be newer than what is installed, every plausible action exists.
class SdkResources final : public asl::ResourceCatalog {
 public:
  explicit SdkResources(aws::ModelCatalog& models) : models_(models) {}
  bool exists(const asl::TaskResource& resource) const override;

 private:
  aws::ModelCatalog& models_;
};

}  // namespace pawl::integration
