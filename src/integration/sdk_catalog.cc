// SPDX-License-Identifier: Apache-2.0
#include "integration/sdk_catalog.h"

#include <algorithm>
#include <iterator>

#include "integration/sdk_names.h"

namespace pawl::integration {
namespace {

using base::Error;
using base::ErrorKind;

struct SdkServiceFolder {
  std::string_view service;
  std::string_view folder;
};

/// Where sdk_service_class() of the model in lower case is not the folder without its hyphens. That
/// the table is complete for all models is tested (sdk_catalog_test.cc).
constexpr SdkServiceFolder kFolders[] = {
    {"applicationdiscovery", "discovery"},
    {"cloudwatchlogs", "logs"},
    {"cognitoidentityprovider", "cognito-idp"},
    {"costandusagereport", "cur"},
    {"costexplorer", "ce"},
    {"databasemigration", "dms"},
    {"directory", "ds"},
    {"directoryservicedata", "ds-data"},
    {"elasticloadbalancing", "elb"},
    {"elasticloadbalancingv2", "elbv2"},
    {"elasticsearch", "es"},
    {"eventbridge", "events"},
    {"iot1clickdevices", "iot1click-devices"},
    {"iotdataplane", "iot-data"},
    {"iotjobsdataplane", "iot-jobs-data"},
    {"lexmodelbuilding", "lex-models"},
    {"lexmodelsv2", "lexv2-models"},
    {"lexruntime", "lex-runtime"},
    {"lexruntimev2", "lexv2-runtime"},
    {"marketplacemetering", "meteringmarketplace"},
    {"migrationhub", "mgh"},
    {"pinpointsmsvoice", "sms-voice"},
    {"serverlessapplicationrepository", "serverlessrepo"},
    {"sfn", "stepfunctions"},
    {"simpledb", "sdb"},
};

struct UnsupportedAction {
  std::string_view folder;
  std::string_view operation;
};

/// Developer Guide "Supported AWS SDK service integrations", "Unsupported operations"; those with
/// event streams are told by the model.
constexpr UnsupportedAction kUnsupported[] = {
    {"comprehendmedical", "DetectEntities"},
    {"codedeploy", "BatchGetDeploymentInstances"},
    {"codedeploy", "GetDeploymentInstance"},
    {"codedeploy", "ListDeploymentInstances"},
    {"codedeploy", "SkipWaitTimeForInstanceTermination"},
    {"dataexchange", "SendApiAsset"},
    {"directconnect", "AllocateConnectionOnInterconnect"},
    {"directconnect", "DescribeConnectionLoa"},
    {"directconnect", "DescribeConnectionsOnInterconnect"},
    {"directconnect", "DescribeInterconnectLoa"},
    {"discovery", "DescribeExportConfigurations"},
    {"discovery", "ExportConfigurations"},
    {"efs", "CreateTags"},
    {"elastictranscoder", "TestRole"},
    {"emr", "DescribeJobFlows"},
    {"iot", "AttachPrincipalPolicy"},
    {"iot", "DetachPrincipalPolicy"},
    {"iot", "ListPolicyPrincipals"},
    {"iot", "ListPrincipalPolicies"},
    {"iotdeviceadvisor", "ListTestCases"},
    {"lambda", "InvokeAsync"},
    {"mediapackage", "RotateChannelCredentials"},
    {"rds-data", "ExecuteSql"},
    {"shield", "DeleteSubscription"},
    {"sts", "AssumeRole"},
    {"sts", "AssumeRoleWithSAML"},
    {"sts", "AssumeRoleWithWebIdentity"},
};

bool has_event_stream(const aws::Shape* shape) {
  return shape != nullptr &&
         std::any_of(shape->members.begin(), shape->members.end(),
                     [](const aws::Member& member) { return member.shape->event_stream; });
}

bool is_supported(const aws::OperationModel& operation) {
  if (has_event_stream(operation.input) || has_event_stream(operation.output)) return false;
  const std::string& folder = operation.service->metadata().service_name;
  return std::none_of(std::begin(kUnsupported), std::end(kUnsupported),
                      [&](const UnsupportedAction& each) {
                        return each.folder == folder && each.operation == operation.name;
                      });
}

}  // namespace

std::string model_of_sdk_service(std::string_view service, const aws::ModelCatalog& models) {
  const auto& names = models.service_names();
  const auto* row = std::find_if(std::begin(kFolders), std::end(kFolders),
                                 [&](const auto& each) { return each.service == service; });
  if (row != std::end(kFolders)) {
    const bool is_there = std::binary_search(names.begin(), names.end(), row->folder);
    return is_there ? std::string(row->folder) : std::string();
  }
  for (const std::string& folder : names) {
    std::string bare = folder;
    std::erase(bare, '-');
    // A folder that the table names goes by the table's name only.
    if (bare == service && std::none_of(std::begin(kFolders), std::end(kFolders),
                                        [&](auto& each) { return each.folder == folder; })) {
      return folder;
    }
  }
  return {};
}

base::Result<const aws::OperationModel*> SdkCatalog::find(std::string_view service,
                                                          std::string_view action) const {
  const std::string named = std::string(service) + ":" + std::string(action);
  const std::string folder = model_of_sdk_service(service, models_);
  if (folder.empty()) return Error(ErrorKind::NotFound, "no model of the service of " + named);
  const aws::ServiceModel* model = PAWL_TRY(models_.find(folder));
  const auto& operations = model->operations();
  const auto found = std::find_if(
      operations.begin(), operations.end(),
      [&](const aws::OperationModel& each) { return sdk_action_name(each.name) == action; });
  if (found == operations.end())
    return Error(ErrorKind::NotFound, "the model of " + folder + " has no " + std::string(action));
  if (!is_supported(*found))
    return Error(ErrorKind::Unsupported, "Step Functions cannot call " + named);
  return &*found;
}

bool SdkResources::exists(const asl::TaskResource& resource) const {
  if (!asl::optimized_integrations().exists(resource)) return false;
  if (resource.kind != asl::ResourceKind::AwsSdk) return true;
  return model_of_sdk_service(resource.service, models_).empty() ||
         SdkCatalog(models_).find(resource.service, resource.action).has_value();
}

}  // namespace pawl::integration
