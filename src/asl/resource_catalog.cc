// SPDX-License-Identifier: Apache-2.0
// The optimized integrations, Developer Guide "Integrating services with Step Functions", with the
// patterns each supports.
#include <algorithm>
#include <array>

#include "asl/task_resource.h"

namespace pawl::asl {
namespace {

enum Patterns : uint8_t { kRequest = 1, kSync = 2, kToken = 4, kSync2 = 8 };

struct IntegrationRow {
  std::string_view service;
  std::string_view action;
  uint8_t patterns;
};

constexpr IntegrationRow kIntegrations[] = {
    {"apigateway", "invoke", kRequest | kToken},
    {"athena", "startQueryExecution", kRequest | kSync},
    {"athena", "stopQueryExecution", kRequest},
    {"athena", "getQueryExecution", kRequest},
    {"athena", "getQueryResults", kRequest},
    {"batch", "submitJob", kRequest | kSync},
    {"bedrock", "createModelCustomizationJob", kRequest | kSync},
    {"bedrock", "invokeModel", kRequest},
    {"codebuild", "batchDeleteBuilds", kRequest},
    {"codebuild", "batchGetReports", kRequest},
    {"codebuild", "startBuild", kRequest | kSync},
    {"codebuild", "startBuildBatch", kRequest | kSync},
    {"codebuild", "stopBuild", kRequest},
    {"databrew", "startJobRun", kRequest | kSync},
    {"dynamodb", "deleteItem", kRequest},
    {"dynamodb", "getItem", kRequest},
    {"dynamodb", "putItem", kRequest},
    {"dynamodb", "updateItem", kRequest},
    {"ecs", "runTask", kRequest | kSync | kToken},
    {"eks", "call", kRequest},
    {"eks", "createCluster", kRequest | kSync},
    {"eks", "createFargateProfile", kRequest | kSync},
    {"eks", "createNodegroup", kRequest | kSync},
    {"eks", "deleteCluster", kRequest | kSync},
    {"eks", "deleteFargateProfile", kRequest | kSync},
    {"eks", "deleteNodegroup", kRequest | kSync},
    {"eks", "runJob", kRequest | kSync},
    {"elasticmapreduce", "addStep", kRequest | kSync},
    {"elasticmapreduce", "cancelStep", kRequest},
    {"elasticmapreduce", "createCluster", kRequest | kSync},
    {"elasticmapreduce", "modifyInstanceFleetByName", kRequest},
    {"elasticmapreduce", "modifyInstanceGroupByName", kRequest},
    {"elasticmapreduce", "setClusterTerminationProtection", kRequest},
    {"elasticmapreduce", "terminateCluster", kRequest | kSync},
    {"emr-containers", "createVirtualCluster", kRequest},
    {"emr-containers", "deleteVirtualCluster", kRequest | kSync},
    {"emr-containers", "startJobRun", kRequest | kSync},
    {"emr-serverless", "createApplication", kRequest | kSync},
    {"emr-serverless", "deleteApplication", kRequest | kSync},
    {"emr-serverless", "startApplication", kRequest | kSync},
    {"emr-serverless", "startJobRun", kRequest | kSync},
    {"emr-serverless", "stopApplication", kRequest | kSync},
    {"emr-serverless", "cancelJobRun", kRequest | kSync},
    {"events", "putEvents", kRequest | kToken},
    {"glue", "startJobRun", kRequest | kSync},
    {"http", "invoke", kRequest},
    {"lambda", "invoke", kRequest | kToken},
    {"mediaconvert", "createJob", kRequest | kSync},
    {"s3", "getObject", kRequest},  // ItemReader and ResultWriter only
    {"s3", "listObjectsV2", kRequest},
    {"s3", "putObject", kRequest},
    {"sagemaker", "createEndpoint", kRequest},
    {"sagemaker", "createEndpointConfig", kRequest},
    {"sagemaker", "createHyperParameterTuningJob", kRequest | kSync},
    {"sagemaker", "createLabelingJob", kRequest | kSync},
    {"sagemaker", "createModel", kRequest},
    {"sagemaker", "createProcessingJob", kRequest | kSync},
    {"sagemaker", "createTrainingJob", kRequest | kSync},
    {"sagemaker", "createTransformJob", kRequest | kSync},
    {"sagemaker", "updateEndpoint", kRequest},
    {"sns", "publish", kRequest | kToken},
    {"sqs", "sendMessage", kRequest | kToken},
    {"states", "startExecution", kRequest | kSync | kToken | kSync2},
};

uint8_t pattern_bit(const TaskResource& resource) {
  switch (resource.pattern) {
    case IntegrationPattern::RequestResponse: return kRequest;
    case IntegrationPattern::WaitForTaskToken: return kToken;
    case IntegrationPattern::RunJob: return resource.pattern_suffix == ".sync:2" ? kSync2 : kSync;
  }
  return 0;
}

/// "s3", "dynamodb", "cloudwatchlogs": lower-case letters, digits; an action begins in lower case.
bool is_plausible(const TaskResource& resource) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_alphanumeric = [&](char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return is_lower(resource.action.front()) &&
         std::all_of(resource.action.begin(), resource.action.end(), is_alphanumeric) &&
         std::all_of(resource.service.begin(), resource.service.end(), is_alphanumeric);
}

class OptimizedIntegrations final : public ResourceCatalog {
 public:
  bool exists(const TaskResource& resource) const override {
    if (resource.kind == ResourceKind::AwsSdk) {
      return resource.pattern != IntegrationPattern::RunJob && is_plausible(resource);
    }
    const auto* row = std::find_if(
        std::begin(kIntegrations), std::end(kIntegrations), [&](const IntegrationRow& each) {
          return each.service == resource.service && each.action == resource.action;
        });
    return row != std::end(kIntegrations) && (row->patterns & pattern_bit(resource)) != 0;
  }
};

}  // namespace

const ResourceCatalog& optimized_integrations() {
  static const OptimizedIntegrations kCatalog;
  return kCatalog;
}

}  // namespace pawl::asl
