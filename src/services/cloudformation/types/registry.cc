// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using Table = std::span<const ResourceType> (*)();

constexpr Table kTables[] = {
    apigateway_http_types,  //
    apigateway_part_types,  //
    apigateway_rest_types,  //
    batch_types,            //
    container_types,        //
    datasync_types,         //
    dynamodb_types,         //
    ec2_group_types,        //
    ec2_more_types,         //
    ec2_network_types,      //
    events_types,           //
    iam_device_types,       //
    iam_policy_types,       //
    iam_types,              //
    kms_types,              //
    lambda_function_types,  //
    lambda_types,           //
    lambda_version_types,   //
    logs_delivery_types,    //
    logs_types,             //
    monitoring_types,       //
    s3_types,               //
    scaling_types,          //
    scheduling_types,       //
    secretsmanager_types,   //
    sns_types,              //
    sqs_types,              //
    ssm_types,              //
    states_types,           //
};

}  // namespace

const ResourceType* find_type(std::string_view name) {
  for (const Table table : kTables) {
    for (const ResourceType& type : table()) {
      if (type.name == name) return &type;
    }
  }
  return nullptr;
}

std::vector<std::string_view> type_names() {
  std::vector<std::string_view> names;
  for (const Table table : kTables) {
    for (const ResourceType& type : table()) names.push_back(type.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace pawl::cloudformation
