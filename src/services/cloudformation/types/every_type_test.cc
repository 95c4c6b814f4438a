// SPDX-License-Identifier: Apache-2.0
// Every type of the tables that has a case here is made, changed and removed: what it calls exists,
// knows each member it is given, and takes its value, by the services' models.
#include <gtest/gtest.h>

#include "services/cloudformation/types/resource_schema.h"
#include "services/cloudformation/types/stack_calls_for_test.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

struct Case {
  std::string_view type;
  std::string_view properties;
  std::string_view next;
  std::string_view id;          ///< of the resource when it is made; "": not told
  std::string_view attributes;  ///< of them, "name,name"
};

const Case kCases[] = {
    {"AWS::IAM::Role",
     R"({"RoleName": "r", "AssumeRolePolicyDocument": {"Statement": {"Principal":
        {"Service": "states.localhost:4566"}}}, "ManagedPolicyArns":
        ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "Policies": [{"PolicyName": "p",
        "PolicyDocument": {}}], "Path": "/x/", "MaxSessionDuration": 7200,
        "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "Tags": [{"Key": "a", "Value": "b"}]})",
     R"({"RoleName": "r", "AssumeRolePolicyDocument": {}, "Description": "d"})", "r", "Arn,RoleId"},
    {"AWS::IAM::User",
     R"({"UserName": "u", "Groups": ["g"], "LoginProfile": {"Password": "secret-1"},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {}}]})",
     R"({"UserName": "u", "Path": "/y/"})", "u", "Arn"},
    {"AWS::IAM::Group", R"({"GroupName": "g", "ManagedPolicyArns": ["arn:aws:iam::aws:policy/A"]})",
     R"({"GroupName": "g", "Path": "/z/"})", "g", "Arn"},
    {"AWS::IAM::UserToGroupAddition", R"({"GroupName": "g", "Users": ["a", "b"]})",
     R"({"GroupName": "h", "Users": ["b"]})", "", "Id"},
    {"AWS::IAM::InstanceProfile", R"({"InstanceProfileName": "i", "Roles": ["r"]})",
     R"({"InstanceProfileName": "i", "Roles": ["s"]})", "i", "Arn"},
    {"AWS::IAM::AccessKey", R"({"UserName": "u", "Status": "Inactive"})",
     R"({"UserName": "u", "Status": "Active"})", "AKIAIOSFODNN7EXAMPLE", "Id,SecretAccessKey"},
    {"AWS::IAM::Policy", R"({"PolicyName": "p", "PolicyDocument": {}, "Roles": ["r"]})",
     R"({"PolicyName": "q", "PolicyDocument": {}, "Users": ["u"], "Groups": ["g"]})", "", "Id"},
    {"AWS::IAM::RolePolicy", R"({"PolicyName": "p", "PolicyDocument": {}, "RoleName": "r"})",
     R"({"PolicyName": "p", "PolicyDocument": {"a": 1}, "RoleName": "r"})", "p|r", ""},
    {"AWS::IAM::UserPolicy", R"({"PolicyName": "p", "PolicyDocument": {}, "UserName": "r"})",
     R"({"PolicyName": "p", "PolicyDocument": {"a": 1}, "UserName": "r"})", "p|r", ""},
    {"AWS::IAM::GroupPolicy", R"({"PolicyName": "p", "PolicyDocument": {}, "GroupName": "r"})",
     R"({"PolicyName": "p", "PolicyDocument": {"a": 1}, "GroupName": "r"})", "p|r", ""},
    {"AWS::IAM::ManagedPolicy",
     R"({"ManagedPolicyName": "p", "PolicyDocument": {}, "Roles": ["r"], "Description": "d"})",
     R"({"ManagedPolicyName": "p", "PolicyDocument": {"a": 1}, "Users": ["u"],
        "Description": "d"})",
     "arn:aws:iam::000000000000:policy/p", "PolicyArn"},
    {"AWS::IAM::OIDCProvider",
     R"({"Url": "https://x.example", "ClientIdList": ["a"], "ThumbprintList":
        ["0123456789012345678901234567890123456789"]})",
     R"({"Url": "https://x.example", "ClientIdList": ["b"], "ThumbprintList":
        ["1123456789012345678901234567890123456789"]})",
     "arn:aws:iam::000000000000:oidc-provider/x.example", "Arn"},
    {"AWS::IAM::ServiceLinkedRole", R"({"AWSServiceName": "batch.localhost:4566"})",
     R"({"AWSServiceName": "batch.localhost:4566", "Description": "d"})", "AWSServiceRoleForBatch",
     "RoleName"},
    {"AWS::SNS::Topic",
     R"({"TopicName": "t", "DisplayName": "d", "KmsMasterKeyId": "alias/k", "Subscription":
        [{"Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:000000000000:q"}],
        "DeliveryStatusLogging": [{"Protocol": "sqs", "SuccessFeedbackSampleRate": "10"}]})",
     R"({"TopicName": "t", "TracingConfig": "Active"})", "arn:aws:sns:us-east-1:000000000000:t",
     "TopicArn,TopicName"},
    {"AWS::SNS::Subscription",
     R"({"TopicArn": "arn:aws:sns:us-east-1:000000000000:t", "Protocol": "sqs",
        "Endpoint": "arn:aws:sqs:us-east-1:000000000000:q", "FilterPolicy": {"a": ["b"]},
        "RawMessageDelivery": true})",
     R"({"TopicArn": "arn:aws:sns:us-east-1:000000000000:t", "Protocol": "sqs",
        "Endpoint": "arn:aws:sqs:us-east-1:000000000000:q", "FilterPolicyScope": "MessageBody"})",
     "arn:aws:sns:us-east-1:000000000000:t:1", "Arn"},
    {"AWS::SNS::TopicPolicy",
     R"({"Topics": ["arn:aws:sns:us-east-1:000000000000:t"], "PolicyDocument": {}})",
     R"({"Topics": ["arn:aws:sns:us-east-1:000000000000:u"], "PolicyDocument": {}})", "", "Id"},
    {"AWS::Lambda::Function",
     R"({"FunctionName": "f", "Runtime": "python3.12", "Handler": "index.handler",
        "Role": "arn:aws:iam::000000000000:role/r", "Code": {"ZipFile": "def handler(): pass"},
        "Timeout": 5, "Environment": {"Variables": {"AB": "1"}}, "ReservedConcurrentExecutions": 2,
        "RecursiveLoop": "Allow", "Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"],
        "RuntimeManagementConfig": {"UpdateRuntimeOn": "Auto"}, "Architectures": ["arm64"],
        "LoggingConfig": {"LogFormat": "JSON"}, "Tags": [{"Key": "a", "Value": "b"}]})",
     R"({"FunctionName": "f", "Runtime": "python3.12", "Handler": "index.main",
        "Role": "arn:aws:iam::000000000000:role/r", "Code": {"S3Bucket": "bucket",
        "S3Key": "k"}, "KmsKeyArn": "arn:aws:kms:us-east-1:000000000000:key/k", "MemorySize": 256,
        "EphemeralStorage": {"Size": 1024}, "TracingConfig": {"Mode": "Active"},
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:000000000000:q"},
        "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        "SnapStart": {"ApplyOn": "PublishedVersions"}, "Description": "d"})",
     "f", "Arn"},
    {"AWS::Lambda::Version",
     R"({"FunctionName": "f", "ProvisionedConcurrencyConfig":
        {"ProvisionedConcurrentExecutions": 1}})",
     "", "arn:aws:lambda:us-east-1:000000000000:function:f:1", "Version,FunctionArn"},
    {"AWS::Lambda::Alias",
     R"({"FunctionName": "f", "Name": "live", "FunctionVersion": "1", "RoutingConfig":
        {"AdditionalVersionWeights": [{"FunctionVersion": "2", "FunctionWeight": 0.5}]}})",
     R"({"FunctionName": "f", "Name": "live", "FunctionVersion": "2"})",
     "arn:aws:lambda:us-east-1:000000000000:function:f:live", "AliasArn"},
    {"AWS::Lambda::Permission",
     R"({"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "s3.localhost:4566",
        "SourceArn": "arn:aws:s3:::b", "SourceAccount": "000000000000"})",
     "", "", "Id"},
    {"AWS::Lambda::Url",
     R"({"TargetFunctionArn": "f", "AuthType": "NONE", "Cors": {"AllowOrigins": ["*"]}})",
     R"({"TargetFunctionArn": "f", "AuthType": "AWS_IAM"})",
     "arn:aws:lambda:us-east-1:000000000000:function:f", "FunctionArn,FunctionUrl"},
    {"AWS::Lambda::EventInvokeConfig",
     R"({"FunctionName": "f", "Qualifier": "$LATEST", "MaximumRetryAttempts": 0})",
     R"({"FunctionName": "f", "Qualifier": "$LATEST", "DestinationConfig": {"OnFailure":
        {"Destination": "arn:aws:sqs:us-east-1:000000000000:q"}}})",
     "f|$LATEST", ""},
    {"AWS::Lambda::EventSourceMapping",
     R"({"FunctionName": "f", "EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:q",
        "BatchSize": 5, "FilterCriteria": {"Filters": [{"Pattern": "{}"}]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"], "ScalingConfig":
        {"MaximumConcurrency": 2}})",
     R"({"FunctionName": "f", "EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:q",
        "Enabled": false})",
     "00000000-0000-0000-0000-000000000001", "Id"},
    {"AWS::Lambda::LayerVersion",
     R"({"Content": {"S3Bucket": "bucket", "S3Key": "k"}, "CompatibleRuntimes": ["python3.12"]})",
     "", "arn:aws:lambda:us-east-1:000000000000:layer:Thing:1", "LayerVersionArn"},
    {"AWS::Lambda::LayerVersionPermission",
     R"({"LayerVersionArn": "arn:aws:lambda:us-east-1:000000000000:layer:l:1",
        "Action": "lambda:GetLayerVersion", "Principal": "*"})",
     "", "", "Id"},
    {"AWS::Lambda::CodeSigningConfig",
     R"({"AllowedPublishers": {"SigningProfileVersionArns":
        ["arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/1"]}})",
     R"({"Description": "d", "AllowedPublishers": {"SigningProfileVersionArns":
        ["arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/1"]}})",
     "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0123456789abcdef0",
     "CodeSigningConfigArn,CodeSigningConfigId"},
    {"AWS::StepFunctions::StateMachine",
     R"({"StateMachineName": "m", "RoleArn": "arn:aws:iam::000000000000:role/r",
        "Definition": {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}},
        "StateMachineType": "STANDARD", "TracingConfiguration": {"Enabled": true},
        "LoggingConfiguration": {"Level": "ALL", "IncludeExecutionData": true, "Destinations":
        [{"CloudWatchLogsLogGroup": {"LogGroupArn": "arn:aws:logs:us-east-1:0:log-group:g:*"}}]},
        "Tags": [{"Key": "a", "Value": "b"}]})",
     R"({"StateMachineName": "m", "RoleArn": "arn:aws:iam::000000000000:role/r",
        "StateMachineType": "STANDARD", "DefinitionString": "{\"Comment\": \"${X}\"}",
        "DefinitionSubstitutions": {"X": "y"}})",
     "arn:aws:states:us-east-1:000000000000:stateMachine:m", "Arn,Name,StateMachineRevisionId"},
    {"AWS::StepFunctions::Activity", R"({"Name": "a"})",
     R"({"Name": "a", "Tags": [{"Key": "a", "Value": "b"}]})",
     "arn:aws:states:us-east-1:000000000000:activity:a", "Arn,Name"},
    {"AWS::StepFunctions::StateMachineVersion",
     R"({"StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m",
        "StateMachineRevisionId": "INITIAL", "Description": "d"})",
     "", "arn:aws:states:us-east-1:000000000000:stateMachine:m:1", "Arn"},
    {"AWS::StepFunctions::StateMachineAlias",
     R"({"Name": "live", "RoutingConfiguration": [{"StateMachineVersionArn":
        "arn:aws:states:us-east-1:000000000000:stateMachine:m:1", "Weight": 100}]})",
     R"({"Name": "live", "DeploymentPreference": {"Type": "ALL_AT_ONCE",
        "StateMachineVersionArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m:2"}})",
     "arn:aws:states:us-east-1:000000000000:stateMachine:m:live", "Arn"},
    {"AWS::Logs::LogGroup", R"({"LogGroupName": "g", "RetentionInDays": 7, "KmsKeyId": "k"})",
     R"({"LogGroupName": "g", "DeletionProtectionEnabled": true})", "g", "Arn"},
    {"AWS::Logs::LogStream", R"({"LogGroupName": "g", "LogStreamName": "s"})", "", "s", ""},
    {"AWS::Logs::SubscriptionFilter",
     R"({"LogGroupName": "g", "FilterPattern": "", "FilterName": "f", "DestinationArn":
        "arn:aws:lambda:us-east-1:000000000000:function:f"})",
     R"({"LogGroupName": "g", "FilterPattern": "x", "FilterName": "f", "DestinationArn":
        "arn:aws:lambda:us-east-1:000000000000:function:f", "Distribution": "Random"})",
     "f", ""},
    {"AWS::Logs::MetricFilter",
     R"({"LogGroupName": "g", "FilterPattern": "x", "FilterName": "f", "MetricTransformations":
        [{"MetricName": "a", "MetricNamespace": "b", "MetricValue": "1", "DefaultValue": 0,
        "Dimensions": [{"Key": "k", "Value": "$.v"}], "Unit": "Count"}]})",
     R"({"LogGroupName": "g", "FilterPattern": "y", "FilterName": "f", "MetricTransformations":
        [{"MetricName": "a", "MetricNamespace": "b", "MetricValue": "1"}]})",
     "f", ""},
    {"AWS::Logs::ResourcePolicy", R"({"PolicyName": "p", "PolicyDocument": "{}"})",
     R"({"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17"}})", "p", ""},
    {"AWS::Logs::QueryDefinition",
     R"({"Name": "q", "QueryString": "fields @message", "LogGroupNames": ["g"]})",
     R"({"Name": "r", "QueryString": "fields @message"})", "query-1", "QueryDefinitionId"},
    {"AWS::Logs::Destination",
     R"({"DestinationName": "d", "RoleArn": "arn:aws:iam::000000000000:role/r", "TargetArn":
        "arn:aws:kinesis:us-east-1:000000000000:stream/s", "DestinationPolicy": "{}"})",
     R"({"DestinationName": "d", "RoleArn": "arn:aws:iam::000000000000:role/r", "TargetArn":
        "arn:aws:kinesis:us-east-1:000000000000:stream/t"})",
     "d", "Arn"},
    {"AWS::Logs::DeliverySource",
     R"({"Name": "s", "ResourceArn": "arn:aws:cloudfront::000000000000:distribution/D",
        "LogType": "ACCESS_LOGS", "Tags": [{"Key": "a", "Value": "b"}]})",
     R"({"Name": "s", "ResourceArn": "arn:aws:cloudfront::000000000000:distribution/D",
        "LogType": "ACCESS_LOGS"})",
     "s", "Arn,Service"},
    {"AWS::Logs::DeliveryDestination",
     R"({"Name": "d", "DestinationResourceArn": "arn:aws:s3:::bucket", "OutputFormat": "json",
        "DeliveryDestinationPolicy": {"DeliveryDestinationName": "d",
        "DeliveryDestinationPolicy": {"Version": "2012-10-17"}}})",
     R"({"Name": "d", "DestinationResourceArn": "arn:aws:s3:::bucket", "OutputFormat": "json"})",
     "d", "Arn"},
    {"AWS::Logs::Delivery",
     R"({"DeliverySourceName": "s", "DeliveryDestinationArn":
        "arn:aws:logs:us-east-1:000000000000:delivery-destination:d", "S3SuffixPath": "x",
        "RecordFields": ["a"]})",
     R"({"DeliverySourceName": "s", "DeliveryDestinationArn":
        "arn:aws:logs:us-east-1:000000000000:delivery-destination:d",
        "S3EnableHiveCompatiblePath": true})",
     "delivery1", "DeliveryId,Arn"},
    {"AWS::IAM::ServerCertificate",
     R"({"ServerCertificateName": "c", "CertificateBody": "b", "PrivateKey": "k", "Path": "/x/"})",
     R"({"ServerCertificateName": "c", "CertificateBody": "b", "PrivateKey": "k", "Path": "/y/"})",
     "c", "Arn"},
    {"AWS::IAM::VirtualMFADevice", R"({"VirtualMfaDeviceName": "m", "Users": ["u"]})",
     R"({"VirtualMfaDeviceName": "m", "Users": ["u"], "Tags": [{"Key": "a", "Value": "b"}]})",
     "arn:aws:iam::000000000000:mfa/m", "SerialNumber"},
    {"AWS::KMS::Key",
     R"({"KeyPolicy": {"Version": "2012-10-17"}, "EnableKeyRotation": true,
        "PendingWindowInDays": 7, "Tags": [{"Key": "a", "Value": "b"}]})",
     R"({"KeyPolicy": {"Version": "2012-10-17", "Statement": []}, "Enabled": false,
        "Description": "d", "PendingWindowInDays": 7})",
     "k", "Arn,KeyId"},
    {"AWS::KMS::ReplicaKey",
     R"({"PrimaryKeyArn": "arn:aws:kms:eu-west-1:000000000000:key/mrk-1", "KeyPolicy":
        {"Version": "2012-10-17"}})",
     R"({"PrimaryKeyArn": "arn:aws:kms:eu-west-1:000000000000:key/mrk-1", "KeyPolicy":
        {"Version": "2012-10-17"}, "Description": "d"})",
     "k", "Arn,KeyId"},
    {"AWS::KMS::Alias", R"({"AliasName": "alias/a", "TargetKeyId": "k"})",
     R"({"AliasName": "alias/a", "TargetKeyId": "l"})", "alias/a", ""},
    {"AWS::SSM::Parameter", R"({"Name": "/a", "Type": "String", "Value": "1", "Tags": {"x": "y"}})",
     R"({"Name": "/a", "Type": "StringList", "Value": "1,2", "Description": "d"})", "/a",
     "Arn,Type,Value"},
    {"AWS::SecretsManager::Secret",
     R"({"Name": "s", "GenerateSecretString": {"PasswordLength": 20, "ExcludePunctuation": true,
        "SecretStringTemplate": "{\"user\": \"u\"}", "GenerateStringKey": "password"},
        "ReplicaRegions": [{"Region": "eu-west-1"}], "Tags": [{"Key": "a", "Value": "b"}]})",
     R"({"Name": "s", "SecretString": "x", "Description": "d"})",
     "arn:aws:secretsmanager:us-east-1:000000000000:secret:s-AbCdEf", "Id"},
    {"AWS::SecretsManager::ResourcePolicy",
     R"({"SecretId": "s", "ResourcePolicy": {"Version": "2012-10-17"}})",
     R"({"SecretId": "s", "ResourcePolicy": {"Version": "2012-10-17"}, "BlockPublicPolicy":
        true})",
     "s", "Id"},
    {"AWS::SecretsManager::RotationSchedule",
     R"({"SecretId": "s", "RotationLambdaARN": "arn:aws:lambda:us-east-1:000000000000:function:f",
        "RotationRules": {"AutomaticallyAfterDays": 30}})",
     R"({"SecretId": "s", "RotationLambdaARN": "arn:aws:lambda:us-east-1:000000000000:function:f",
        "RotationRules": {"ScheduleExpression": "rate(10 days) "}})",
     "s", "Id"},
    {"AWS::S3::BucketPolicy", R"({"Bucket": "bucket", "PolicyDocument": {}})",
     R"({"Bucket": "bucket", "PolicyDocument": {"a": 1}})", "bucket", ""},
};

/// What the services answer: enough for what the handlers read.
void answer_all(RecordingCalls& calls) {
  calls.answer("iam.GetRole", R"({"Role": {"Arn": "a", "RoleId": "i"}})");
  calls.answer("iam.GetUser", R"({"User": {"Arn": "a"}})");
  calls.answer("iam.GetGroup", R"({"Group": {"Arn": "a"}})");
  calls.answer("iam.GetInstanceProfile", R"({"InstanceProfile": {"Arn": "a"}})");
  calls.answer("iam.CreateAccessKey",
               R"({"AccessKey": {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s"}})");
  calls.answer("iam.CreatePolicy", R"({"Policy": {"Arn": "arn:aws:iam::000000000000:policy/p"}})");
  calls.answer(
      "iam.CreateOpenIDConnectProvider",
      R"({"OpenIDConnectProviderArn": "arn:aws:iam::000000000000:oidc-provider/x.example"})");
  calls.answer("iam.CreateServiceLinkedRole",
               R"({"Role": {"RoleName": "AWSServiceRoleForBatch"}})");
  calls.answer("iam.DeleteServiceLinkedRole", R"({"DeletionTaskId": "t"})");
  calls.answer("iam.GetServiceLinkedRoleDeletionStatus", R"({"Status": "SUCCEEDED"})");
  calls.answer("sns.GetTopicAttributes", aws::ApiError("NotFound", "no"));
  calls.answer("sns.CreateTopic", R"({"TopicArn": "arn:aws:sns:us-east-1:000000000000:t"})");
  calls.answer("sns.Subscribe", R"({"SubscriptionArn": "arn:aws:sns:us-east-1:000000000000:t:1"})");
  calls.answer("lambda.GetFunctionConfiguration",
               R"({"State": "Active", "LastUpdateStatus": "Successful", "FunctionName": "f",
                   "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f"})");
  calls.answer("lambda.PublishVersion",
               R"({"Version": "1", "FunctionArn":
                   "arn:aws:lambda:us-east-1:000000000000:function:f:1"})");
  calls.answer("lambda.GetProvisionedConcurrencyConfig",
               R"({"RequestedProvisionedConcurrentExecutions": 1, "Status": "READY"})");
  calls.answer("lambda.CreateAlias",
               R"({"AliasArn": "arn:aws:lambda:us-east-1:000000000000:function:f:live"})");
  const char* url = R"({"FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
                        "FunctionUrl": "http://x/"})";
  calls.answer("lambda.CreateFunctionUrlConfig", url);
  calls.answer("lambda.UpdateFunctionUrlConfig", url);
  calls.answer("lambda.CreateEventSourceMapping",
               R"({"UUID": "00000000-0000-0000-0000-000000000001"})");
  calls.answer("lambda.GetEventSourceMapping", R"({"State": "Enabled"})");
  calls.answer("lambda.PublishLayerVersion",
               R"({"LayerVersionArn": "arn:aws:lambda:us-east-1:000000000000:layer:Thing:1"})");
  const char* signing =
      R"({"CodeSigningConfig": {"CodeSigningConfigId": "csc-0123456789abcdef0",
          "CodeSigningConfigArn":
          "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0123456789abcdef0"}})";
  calls.answer("lambda.CreateCodeSigningConfig", signing);
  calls.answer("lambda.UpdateCodeSigningConfig", signing);
  calls.answer("stepfunctions.DescribeActivity", aws::ApiError("ActivityDoesNotExist", "no"));
  calls.answer("stepfunctions.CreateActivity",
               R"({"activityArn": "arn:aws:states:us-east-1:000000000000:activity:a"})");
  calls.answer("stepfunctions.PublishStateMachineVersion",
               R"({"stateMachineVersionArn":
                   "arn:aws:states:us-east-1:000000000000:stateMachine:m:1"})");
  calls.answer("stepfunctions.DescribeStateMachineAlias", aws::ApiError("ResourceNotFound", "no"));
  calls.answer("stepfunctions.CreateStateMachineAlias",
               R"({"stateMachineAliasArn":
                   "arn:aws:states:us-east-1:000000000000:stateMachine:m:live"})");
  calls.answer("logs.PutQueryDefinition", R"({"queryDefinitionId": "query-1"})");
  calls.answer("iam.GetServerCertificate",
               R"({"ServerCertificate": {"ServerCertificateMetadata": {"Arn": "a"}}})");
  calls.answer("iam.CreateVirtualMFADevice",
               R"({"VirtualMFADevice": {"SerialNumber": "arn:aws:iam::000000000000:mfa/m"}})");
  calls.answer("logs.PutDestination", R"({"destination": {"arn": "a"}})");
  calls.answer("logs.PutDeliverySource", R"({"deliverySource": {"arn": "arn:aws:logs:a",
               "service": "cloudfront", "resourceArns": ["r"]}})");
  calls.answer("logs.PutDeliveryDestination", R"({"deliveryDestination": {"arn":
               "arn:aws:logs:us-east-1:000000000000:delivery-destination:d"}})");
  const char* delivery = R"({"delivery": {"id": "delivery1", "arn": "arn:aws:logs:b"}})";
  calls.answer("logs.CreateDelivery", delivery);
  calls.answer("logs.GetDelivery", delivery);
  calls.answer("kms.CreateKey", R"({"KeyMetadata": {"KeyId": "k"}})");
  calls.answer("kms.ReplicateKey", R"({"ReplicaKeyMetadata": {"KeyId": "k"}})");
  calls.answer("kms.DescribeKey", R"({"KeyMetadata": {"KeyId": "k", "Arn": "a"}})");
  calls.answer("secretsmanager.GetRandomPassword", R"({"RandomPassword": "abc"})");
  calls.answer("secretsmanager.CreateSecret",
               R"({"ARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:s-AbCdEf"})");
  calls.answer("s3.GetBucketPolicy", aws::ApiError("NoSuchBucketPolicy", "no"));
}

/// Calls until it is done, as the stack's operation does.
aws::ApiResult<Progress> finish(ResourceFunction function, RecordingCalls& calls,
                                ResourceRequest request) {
  for (int i = 0; i < 20; ++i) {
    Progress progress = PAWL_TRY(function(calls, request));
    if (progress.is_done) return progress;
    if (!progress.physical_id.empty()) request.physical_id = progress.physical_id;
    request.memory = progress.memory;
  }
  return aws::ApiError("Test", "it never ends");
}

class EveryType : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    ASSERT_NE(aws::installed_model("lambda"), nullptr) << "python3-botocore is missing";
    answer_all(calls_);
    // A machine is not there until it is made, and gone when it is deleted.
    auto machine = std::make_shared<bool>(false);
    calls_.answer("stepfunctions.CreateStateMachine", [machine](const json::Value&) {
      *machine = true;
      return json::Value::object();
    });
    calls_.answer("stepfunctions.DeleteStateMachine", [machine](const json::Value&) {
      *machine = false;
      return json::Value::object();
    });
    calls_.answer("stepfunctions.DescribeStateMachine",
                  [machine](const json::Value&) -> aws::ApiResult<json::Value> {
                    if (!*machine) return aws::ApiError("StateMachineDoesNotExist", "no");
                    return *json::parse(R"({"name": "m"})");
                  });
  }

  void check_properties_of(std::string_view properties) {
    const ResourceSchema* schema = find_schema(GetParam().type);
    ASSERT_NE(schema, nullptr);
    EXPECT_EQ(check_properties(*schema, *json::parse(properties)).message("Thing"), "");
  }

  void expect_success(const aws::ApiResult<Progress>& result) {
    ASSERT_TRUE(result) << result.error().code << ": " << result.error().message.value_or("");
    EXPECT_EQ(calls_.unknown_members, std::vector<std::string>());
  }

  RecordingCalls calls_;
};

TEST_P(EveryType, IsMadeChangedAndRemoved) {
  const Case& given = GetParam();
  const ResourceType* type = find_type(given.type);
  ASSERT_NE(type, nullptr);
  check_properties_of(given.properties);
  const auto made = finish(type->create, calls_, request_for_test(given.properties));
  expect_success(made);
  if (!made) return;
  if (!given.id.empty()) {
    EXPECT_EQ(made->physical_id, given.id);
  }
  EXPECT_FALSE(made->physical_id.empty());
  std::string names;
  for (const json::Member& each : made->attributes.members())
    names += "," + std::string(each.name());
  std::string_view expected = given.attributes;
  while (!expected.empty()) {
    const std::string_view name = expected.substr(0, expected.find(','));
    EXPECT_NE((names + ",").find("," + std::string(name) + ","), std::string::npos)
        << name << " in " << names;
    expected.remove_prefix(std::min(expected.size(), name.size() + 1));
  }
  std::string_view last = given.properties;
  if (type->update != nullptr && !given.next.empty()) {
    check_properties_of(given.next);
    ResourceRequest request = request_for_test(given.next, given.properties);
    request.physical_id = made->physical_id;
    request.attributes = made->attributes;
    const auto updated = finish(type->update, calls_, request);
    expect_success(updated);
    if (updated) {
      EXPECT_EQ(updated->physical_id, made->physical_id);
    }
    last = given.next;
  }
  ResourceRequest request = request_for_test(last);
  request.physical_id = made->physical_id;
  calls_.answer("lambda.GetEventSourceMapping", aws::ApiError("ResourceNotFoundException", "no"));
  expect_success(finish(type->remove, calls_, request));
}

std::string name_of_case(const testing::TestParamInfo<Case>& info) {
  std::string name;
  for (const char c : info.param.type.substr(5)) {
    if (c != ':') name += c;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Types, EveryType, testing::ValuesIn(kCases), name_of_case);

}  // namespace
}  // namespace pawl::cloudformation
