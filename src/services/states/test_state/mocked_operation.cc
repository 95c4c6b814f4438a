// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/mocked_operation.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace pawl::states {
namespace {

/// Where the name in a Resource (the service id in lower case, without spaces) is not the name of
/// the model's folder without its hyphens.
constexpr std::pair<std::string_view, std::string_view> kFolders[] = {
    {"applicationdiscovery", "discovery"},
    {"cloudwatchevents", "events"},
    {"cloudwatchlogs", "logs"},
    {"cognitoidentityprovider", "cognito-idp"},
    {"costandusagereport", "cur"},
    {"costexplorer", "ce"},
    {"databasemigration", "dms"},
    {"directory", "ds"},
    {"elasticloadbalancing", "elb"},
    {"elasticloadbalancingv2", "elbv2"},
    {"elasticmapreduce", "emr"},
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
    {"states", "stepfunctions"},
};

std::string folder_of(const std::string& service, const aws::ModelCatalog& models) {
  for (const auto& [name, folder] : kFolders) {
    if (name == service) return std::string(folder);
  }
  for (const std::string& folder : models.service_names()) {
    std::string bare = folder;
    std::erase(bare, '-');
    if (folder == service || bare == service) return folder;
  }
  return service;
}

}  // namespace

const aws::Shape* mocked_output(const asl::TaskResource& resource, aws::ModelCatalog& models) {
  const bool calls =
      resource.kind == asl::ResourceKind::Integration || resource.kind == asl::ResourceKind::AwsSdk;
  if (!calls || resource.pattern != asl::IntegrationPattern::RequestResponse ||
      resource.action.empty()) {
    return nullptr;
  }
  // apigateway:invoke, http:invoke and eks:call name no operation of the model and end here.
  const auto model = models.find(folder_of(resource.service, models));
  if (!model) return nullptr;
  std::string name = resource.action;
  if (name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  const auto same_letters = [&](const aws::OperationModel& operation) {
    // Names with abbreviations are written otherwise in Resources: listObjectsV2, createDBCluster.
    return std::equal(operation.name.begin(), operation.name.end(), name.begin(), name.end(),
                      [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  };
  const auto& operations = (*model)->operations();
  const auto found = std::find_if(operations.begin(), operations.end(), same_letters);
  return found == operations.end() ? nullptr : found->output;
}

}  // namespace pawl::states
