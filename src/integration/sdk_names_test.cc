// SPDX-License-Identifier: Apache-2.0
#include "integration/sdk_names.h"

#include <gtest/gtest.h>

namespace pawl::integration {
namespace {

TEST(SdkServiceClass, IsTheNameOfTheDocumentation) {
  // Service ids of the models and the exception prefixes of the Developer Guide's table.
  const std::pair<const char*, const char*> names[] = {
      {"DynamoDB", "DynamoDb"},
      {"S3", "S3"},
      {"SFN", "Sfn"},
      {"API Gateway", "ApiGateway"},
      {"ApiGatewayV2", "ApiGatewayV2"},
      {"ACM PCA", "AcmPca"},
      {"b2bi", "B2Bi"},
      {"billingconductor", "Billingconductor"},
      {"CloudHSM V2", "CloudHsmV2"},
      {"CodeStar connections", "CodeStarConnections"},
      {"codestar notifications", "CodestarNotifications"},
      {"Config Service", "Config"},
      {"Cost and Usage Report Service", "CostAndUsageReport"},
      {"DevOps Guru", "DevOpsGuru"},
      {"Directory Service Data", "DirectoryServiceData"},
      {"DocDB Elastic", "DocDbElastic"},
      {"DynamoDB Streams", "DynamoDbStreams"},
      {"EC2", "Ec2"},
      {"Elastic Load Balancing v2", "ElasticLoadBalancingV2"},
      {"Elasticsearch Service", "Elasticsearch"},
      {"finspace data", "FinspaceData"},
      {"FSx", "FSx"},
      {"GreengrassV2", "GreengrassV2"},
      {"imagebuilder", "Imagebuilder"},
      {"Inspector2", "Inspector2"},
      {"IoT Events Data", "IotEventsData"},
      {"IoTAnalytics", "IoTAnalytics"},
      {"IVS RealTime", "IvsRealTime"},
      {"Kinesis Video WebRTC Storage", "KinesisVideoWebRtcStorage"},
      {"Lex Model Building Service", "LexModelBuilding"},
      {"MemoryDB", "MemoryDb"},
      {"MTurk", "MTurk"},
      {"Resource Groups Tagging API", "ResourceGroupsTaggingApi"},
      {"Route53Resolver", "Route53Resolver"},
      {"SageMaker A2I Runtime", "SageMakerA2IRuntime"},
      {"Sagemaker Edge", "SagemakerEdge"},
      {"Secrets Manager", "SecretsManager"},
      {"ServerlessApplicationRepository", "ServerlessApplicationRepository"},
      {"SESv2", "SesV2"},
      {"SSO OIDC", "SsoOidc"},
      {"Timestream InfluxDB", "TimestreamInfluxDb"},
      {"WAFV2", "Wafv2"},
      {"XRay", "XRay"},
  };
  for (const auto& [id, name] : names) EXPECT_EQ(sdk_service_class(id), name) << id;
}

TEST(SdkMemberName, IsTheSettersWithACapital) {
  const std::pair<const char*, const char*> names[] = {
      {"stateMachineArn", "StateMachineArn"},
      {"DBInstanceIdentifier", "DbInstanceIdentifier"},
      {"DBInstances", "DbInstances"},
      {"ETag", "ETag"},
      {"ACL", "Acl"},
      {"SSEKMSKeyId", "SsekmsKeyId"},
      {"ChecksumCRC32", "ChecksumCRC32"},
      {"MD5OfMessageBody", "Md5OfMessageBody"},
      {"S", "S"},
      {"SS", "Ss"},
      {"BOOL", "Bool"},
      {"NULL", "Nul"},
      {"equals", "EqualsValue"},
      {"default", "DefaultValue"},
      {"", ""},
  };
  for (const auto& [member, name] : names) EXPECT_EQ(sdk_member_name(member), name) << member;
}

TEST(SdkExceptionName, EndsInException) {
  EXPECT_EQ(sdk_exception_name("NoSuchKey"), "NoSuchKeyException");
  EXPECT_EQ(sdk_exception_name("ConditionalCheckFailedException"),
            "ConditionalCheckFailedException");
  EXPECT_EQ(sdk_exception_name("DBInstanceNotFoundFault"), "DbInstanceNotFoundException");
  EXPECT_EQ(sdk_exception_name("EC2AccessDeniedException"), "Ec2AccessDeniedException");
}

TEST(SdkActionName, LowersTheFirstLetter) {
  EXPECT_EQ(sdk_action_name("DescribeDBInstances"), "describeDBInstances");
  EXPECT_EQ(sdk_action_name("ListObjectsV2"), "listObjectsV2");
}

}  // namespace
}  // namespace pawl::integration
