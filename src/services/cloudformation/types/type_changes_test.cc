// SPDX-License-Identifier: Apache-2.0
// What updates send, what they replace, how long is waited, in which order things are taken away.
#include <gtest/gtest.h>

#include <array>

#include "json/members.h"
#include "services/cloudformation/types/rest_patch.h"
#include "services/cloudformation/types/stack_calls_for_test.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using Texts = std::vector<std::string>;

std::string patches(std::string_view before, std::string_view after) {
  PatchList list;
  list.add_changes("", *json::parse(before), *json::parse(after));
  return json::write(std::move(list).build());
}

TEST(PatchList, SaysWhatMakesOneOfTheOther) {
  EXPECT_EQ(patches(R"({"a": 1, "b": "x", "c": true})", R"({"a": 1, "b": "y"})"),
            R"([{"op":"remove","path":"/c"},{"op":"replace","path":"/b","value":"y"}])");
  EXPECT_EQ(patches("{}", R"({"m": {"a/b~c": false}})"),
            R"([{"op":"replace","path":"/m/a~1b~0c","value":"false"}])");
  EXPECT_EQ(patches(R"({"l": ["a", "b"]})", R"({"l": ["b", "c"]})"),
            R"([{"op":"remove","path":"/l","value":"a"},{"op":"add","path":"/l","value":"c"}])");
  EXPECT_EQ(patches("{}", R"({"l": ["a", "b"]})"),
            R"([{"op":"replace","path":"/l","value":"a"},{"op":"add","path":"/l","value":"b"}])");
  EXPECT_EQ(patches(R"({"l": ["a"], "m": {"x": 1}})", "{}"),
            R"([{"op":"remove","path":"/l","value":"a"},{"op":"remove","path":"/m/x"}])");
  EXPECT_EQ(patches(R"({"a": {"b": [1]}})", R"({"a": {"b": [1]}})"), "[]");
}

/// One type, updated from `previous` to `properties`.
struct Change {
  explicit Change(std::string_view name) : type(*find_type(name)) {}

  aws::ApiResult<Progress> update(std::string_view properties, std::string_view previous) {
    ResourceRequest request = request_for_test(properties, previous);
    request.stack_tags.clear();
    request.physical_id = id;
    request.attributes = attributes;
    auto done = type.update(calls, request);
    EXPECT_EQ(calls.unknown_members, Texts());
    EXPECT_TRUE(done) << done.error().message.value_or("");
    return done;
  }
  bool replaces(std::string_view previous, std::string_view next) const {
    return type.replaces(*json::parse(previous), *json::parse(next));
  }

  const ResourceType& type;
  RecordingCalls calls;
  std::string id = "id";
  json::Value attributes = json::Value::object();
};

TEST(RestMethod, ChangesInPlace) {
  Change method("AWS::ApiGateway::Method");
  const std::string place = R"("RestApiId": "a", "ResourceId": "r", "HttpMethod": "GET")";
  ASSERT_TRUE(method.update(
      "{" + place +
          R"(, "ApiKeyRequired": true, "MethodResponses": [{"StatusCode": "200"}, {"StatusCode": "404"}],
       "Integration": {"Type": "MOCK", "IntegrationResponses": [{"StatusCode": "404"}]}})",
      "{" + place + R"(, "MethodResponses": [{"StatusCode": "200"}, {"StatusCode": "500"}],
       "Integration": {"Type": "MOCK", "IntegrationResponses": [{"StatusCode": "500"}]}})"));
  const std::string at = R"("restApiId":"a","resourceId":"r","httpMethod":"GET")";
  EXPECT_EQ(
      method.calls.take(),
      (Texts{
          "apigateway.UpdateMethod {" + at +
              R"(,"patchOperations":[{"op":"replace","path":"/apiKeyRequired","value":"true"}]})",
          "apigateway.DeleteMethodResponse {" + at + R"(,"statusCode":"500"})",
          "apigateway.PutMethodResponse {\"statusCode\":\"404\"," + at + "}",
          "apigateway.DeleteIntegrationResponse {" + at + R"(,"statusCode":"500"})",
          "apigateway.PutIntegrationResponse {\"statusCode\":\"404\"," + at + "}"}));
}

TEST(RestStage, PatchesMethodSettingsByTheirPath) {
  Change stage("AWS::ApiGateway::Stage");
  stage.id = "prod";
  ASSERT_TRUE(stage.update(
      R"({"RestApiId": "a", "StageName": "prod", "DeploymentId": "d2",
          "MethodSettings": [{"ResourcePath": "/pets/x", "HttpMethod": "GET", "ThrottlingRateLimit": 1.5}]})",
      R"({"RestApiId": "a", "StageName": "prod", "DeploymentId": "d1",
          "MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "MetricsEnabled": true}]})"));
  EXPECT_EQ(stage.calls.take()[0],
            R"(apigateway.UpdateStage {"restApiId":"a","stageName":"prod","patchOperations":[)"
            R"({"op":"replace","path":"/deploymentId","value":"d2"},{"op":"remove","path":"/*/*"},)"
            R"({"op":"replace","path":"/~1pets~1x/GET/throttling/rateLimit","value":"1.5"}]})");
}

TEST(RestDeployment, TakesItsStageAlong) {
  const ResourceType& type = *find_type("AWS::ApiGateway::Deployment");
  ResourceRequest request = request_for_test(R"({"RestApiId": "a", "StageName": "s"})");
  request.physical_id = "d1";
  RecordingCalls calls;
  calls.answer("apigateway.GetStage", R"({"deploymentId": "d1"})");
  ASSERT_TRUE(type.remove(calls, request));
  EXPECT_EQ(calls.take()[1], R"(apigateway.DeleteStage {"restApiId":"a","stageName":"s"})");
  calls.answer("apigateway.GetStage", R"({"deploymentId": "d2"})");  // another deployment's by now
  ASSERT_TRUE(type.remove(calls, request));
  EXPECT_EQ(calls.take()[1],
            R"(apigateway.DeleteDeployment {"restApiId":"a","deploymentId":"d1"})");
}

TEST(RestApi, ReadsItsDefinitionFromABucket) {
  RecordingCalls calls;
  calls.answer("s3.GetObject", R"({"Body": "e30="})");
  calls.answer("apigateway.ImportRestApi", R"({"id": "a"})");
  ResourceRequest request = request_for_test(
      R"({"Name": "n", "BodyS3Location": {"Bucket": "b", "Key": "k", "Version": "v"},
          "Parameters": {"endpointConfigurationTypes": "REGIONAL"}})");
  const auto made = create_whole(*find_type("AWS::ApiGateway::RestApi"), calls, request);
  ASSERT_TRUE(made) << made.error().message.value_or("");
  const Texts sent = calls.take();
  EXPECT_EQ(sent[0], R"(s3.GetObject {"Bucket":"b","Key":"k","VersionId":"v"})");
  EXPECT_EQ(sent[1], R"(apigateway.ImportRestApi {"body":"e30=","failOnWarnings":false,)"
                     R"("parameters":{"endpointConfigurationTypes":"REGIONAL"}})");
  EXPECT_EQ(sent[2],
            R"(apigateway.UpdateRestApi {"restApiId":"a","patchOperations":[)"
            R"({"op":"replace","path":"/name","value":"n"},)"
            R"({"op":"replace","path":"/endpointConfiguration/types","value":"REGIONAL"}]})");
}

TEST(UsagePlan, IsLeftByItsStagesFirst) {
  const ResourceType& type = *find_type("AWS::ApiGateway::UsagePlan");
  RecordingCalls calls;
  calls.answer("apigateway.GetUsagePlan", R"({"apiStages": [{"apiId": "a", "stage": "s"}]})");
  ResourceRequest request = request_for_test("{}");
  request.physical_id = "p";
  ASSERT_TRUE(type.remove(calls, request));
  EXPECT_EQ(calls.take()[1], R"(apigateway.UpdateUsagePlan {"usagePlanId":"p","patchOperations":[)"
                             R"({"op":"remove","path":"/apiStages","value":"a:s"}]})");
}

TEST(HttpApi, EmptiesWhatIsNoLongerThere) {
  Change integration("AWS::ApiGatewayV2::Integration");
  ASSERT_TRUE(integration.update(
      R"({"ApiId": "a", "IntegrationType": "HTTP_PROXY", "RequestParameters": {"append:header.b": "1"},
          "ResponseParameters": {"200": {"ResponseParameters": [{"Source": "v", "Destination": "overwrite:header.y"}]}}})",
      R"({"ApiId": "a", "IntegrationType": "HTTP_PROXY", "Description": "d", "RequestParameters": {"append:header.a": "1"}})"));
  EXPECT_EQ(
      integration.calls.take()[0],
      R"(apigatewayv2.UpdateIntegration {"ApiId":"a","IntegrationType":"HTTP_PROXY",)"
      R"("RequestParameters":{"append:header.b":"1","append:header.a":""},)"
      R"("ResponseParameters":{"200":{"overwrite:header.y":"v"}},"Description":"","IntegrationId":"id"})");

  Change api("AWS::ApiGatewayV2::Api");
  ASSERT_TRUE(api.update(R"({"Name": "n", "Target": "t"})",
                         R"({"Name": "n", "Target": "t", "CorsConfiguration": {}})"));
  const Texts sent = api.calls.take();
  EXPECT_EQ(sent[0], R"(apigatewayv2.DeleteCorsConfiguration {"ApiId":"id"})");
  EXPECT_EQ(sent[1], R"(apigatewayv2.UpdateApi {"Name":"n","ApiId":"id"})");
}

TEST(EventRule, ReplacesItsTargetsOneByOne) {
  Change rule("AWS::Events::Rule");
  rule.id = "bus|r";
  rule.calls.answer("events.PutRule",
                    R"({"RuleArn": "arn:aws:events:us-east-1:000000000000:rule/bus/r"})");
  ASSERT_TRUE(rule.update(
      R"j({"EventBusName": "bus", "ScheduleExpression": "rate(1 day)", "Targets": [{"Id": "b", "Arn": "arn:b"}]})j",
      R"({"EventBusName": "bus", "Targets": [{"Id": "a", "Arn": "arn:a"}], "Tags": [{"Key": "k", "Value": "v"}]})"));
  const Texts sent = rule.calls.take();
  EXPECT_EQ(sent[1], R"(events.RemoveTargets {"Rule":"r","EventBusName":"bus","Ids":["a"]})");
  EXPECT_EQ(
      sent[2],
      R"(events.PutTargets {"Targets":[{"Id":"b","Arn":"arn:b"}],"Rule":"r","EventBusName":"bus"})");
  EXPECT_TRUE(sent[3].starts_with("events.UntagResource ")) << sent[3];
  EXPECT_FALSE(rule.replaces("{}", R"({"EventBusName": "default"})"));
  EXPECT_TRUE(rule.replaces("{}", R"({"EventBusName": "bus"})"));
}

TEST(EventRule, FailsIfATargetDoes) {
  RecordingCalls calls;
  calls.answer(
      "events.PutTargets",
      R"({"FailedEntryCount": 1, "FailedEntries": [{"TargetId": "a", "ErrorCode": "C", "ErrorMessage": "m"}]})");
  ResourceRequest request = request_for_test(
      R"j({"ScheduleExpression": "rate(1 day)", "Targets": [{"Id": "a", "Arn": "arn:a"}]})j");
  const auto made = create_whole(*find_type("AWS::Events::Rule"), calls, request);
  EXPECT_FALSE(request.physical_id.empty());  // it is there, and goes when the stack does
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "a: m");
}

TEST(EventRule, DoesNotTakeOverWhatIsThere) {
  RecordingCalls calls;
  ResourceRequest request = request_for_test(R"j({"Name": "r", "ScheduleExpression": "rate(1 day)"
})j");
  EXPECT_FALSE(find_type("AWS::Events::Rule")->create(calls, request));
  request.is_repeated = true;
  EXPECT_TRUE(find_type("AWS::Events::Rule")->create(calls, request));
}

TEST(EventBusPolicy, ChangesItsOwnStatementOnly) {
  RecordingCalls calls;
  calls.answer("events.DescribeEventBus",
               R"({"Policy": "{\"Statement\":[{\"Sid\":\"a\"},{\"Sid\":\"b\",\"x\":1}]}"})");
  ASSERT_TRUE(
      find_type("AWS::Events::EventBusPolicy")
          ->update(
              calls,
              request_for_test(
                  R"({"EventBusName": "bus", "StatementId": "b", "Statement": {"Effect": "Allow"}})")));
  EXPECT_EQ(
      calls.take()[1],
      R"(events.PutPermission {"EventBusName":"bus","Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"a\"},{\"Effect\":\"Allow\",\"Sid\":\"b\"}]}"})");
}

TEST(Pipe, IsReadyWhenItIsWhatItShouldBe) {
  RecordingCalls calls;
  const ResourceType& type = *find_type("AWS::Pipes::Pipe");
  calls.answer("pipes.DescribePipe", R"({"CurrentState": "CREATING"})");
  ResourceRequest request = request_for_test(
      R"({"Name": "p", "RoleArn": "arn:aws:iam::000000000000:role/r", "Source": "arn:aws:sqs:us-east-1:000000000000:q", "Target": "arn:aws:sqs:us-east-1:000000000000:t"})");
  const auto first = type.create(calls, request);
  ASSERT_TRUE(first) << first.error().message.value_or("");
  EXPECT_FALSE(first->is_done);
  calls.take();
  request.memory = first->memory;
  request.physical_id = first->physical_id;
  calls.answer("pipes.DescribePipe", R"({"CurrentState": "CREATE_FAILED", "StateReason": "why"})");
  const auto failed = type.create(calls, request);
  EXPECT_EQ(calls.take(), (Texts{R"(pipes.DescribePipe {"Name":"p"})"}));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "why");
  calls.answer("pipes.DescribePipe", R"({"CurrentState": "STOPPED"})");
  EXPECT_TRUE(type.create(calls, request)->is_done);
}

TEST(ComputeEnvironment, IsDisabledThenDeletedThenGone) {
  const ResourceType& type = *find_type("AWS::Batch::ComputeEnvironment");
  RecordingCalls calls;
  ResourceRequest request = request_for_test("{}");
  request.physical_id = "arn:e";
  const auto step = [&](std::string_view status) {
    calls.answer("batch.DescribeComputeEnvironments",
                 "{\"computeEnvironments\": [" + std::string(status) + "]}");
    const auto done = type.remove(calls, request);
    const Texts sent = calls.take();
    EXPECT_TRUE(done);
    return (done->is_done ? "done" : "again") + (sent.size() > 1 ? " " + sent[1] : "");
  };
  EXPECT_EQ(
      step(R"({"status": "VALID", "state": "ENABLED"})"),
      R"(again batch.UpdateComputeEnvironment {"computeEnvironment":"arn:e","state":"DISABLED"})");
  EXPECT_EQ(step(R"({"status": "UPDATING", "state": "DISABLED"})"), "again");
  EXPECT_EQ(step(R"({"status": "VALID", "state": "DISABLED"})"),
            R"(again batch.DeleteComputeEnvironment {"computeEnvironment":"arn:e"})");
  EXPECT_EQ(step(R"({"status": "DELETING", "state": "DISABLED"})"), "again");
  EXPECT_EQ(step(""), "done");
}

TEST(ComputeEnvironment, UpdatesSendOfItsResourcesWhatChanged) {
  Change environment("AWS::Batch::ComputeEnvironment");
  environment.calls.answer("batch.DescribeComputeEnvironments",
                           R"({"computeEnvironments": [{"status": "VALID"}]})");
  const std::string_view before = R"({"Type": "MANAGED", "ComputeResources": {
      "AllocationStrategy": "BEST_FIT", "Type": "EC2", "MaxvCpus": 8}})";
  environment.update(before, before);
  EXPECT_EQ(environment.calls.take()[0],
            R"(batch.UpdateComputeEnvironment {"computeEnvironment":"id"})");
  environment.update(R"({"Type": "MANAGED", "ComputeResources": {
      "AllocationStrategy": "BEST_FIT", "Type": "EC2", "MaxvCpus": 16}})",
                     before);
  EXPECT_EQ(
      environment.calls.take()[0],
      R"(batch.UpdateComputeEnvironment {"computeResources":{"maxvCpus":16},"computeEnvironment":"id"})");
}

TEST(GatewayAttachment, WaitsForAddressesThatAreBeingUnmapped) {
  const ResourceType& type = *find_type("AWS::EC2::VPCGatewayAttachment");
  RecordingCalls calls;
  ResourceRequest request = request_for_test(R"({"VpcId": "vpc-1", "InternetGatewayId": "igw-1"})");
  request.physical_id = "IGW|vpc-1";
  calls.answer("ec2.DetachInternetGateway", aws::ApiError("DependencyViolation", "mapped"));
  const auto first = type.remove(calls, request);
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->is_done);
  request.memory = first->memory;
  calls.answer("ec2.DetachInternetGateway", "{}");
  EXPECT_TRUE(type.remove(calls, request)->is_done);
}

TEST(ComputeEnvironment, IsReplacedUnlessItIsToldNotTo) {
  const Change environment("AWS::Batch::ComputeEnvironment");
  const auto replaces = [&](std::string_view before, std::string_view after,
                            const std::string& more = "") {
    return environment.replaces(R"({"ComputeResources": )" + std::string(before) + "}",
                                R"({"ComputeResources": )" + std::string(after) + more + "}");
  };
  EXPECT_FALSE(replaces(R"({"Type": "EC2", "MaxvCpus": 1})", R"({"Type": "EC2", "MaxvCpus": 2})"));
  EXPECT_TRUE(
      replaces(R"({"Type": "EC2", "Subnets": ["a"]})", R"({"Type": "EC2", "Subnets": ["b"]})"));
  EXPECT_FALSE(replaces(R"({"Type": "EC2", "Subnets": ["a"]})",
                        R"({"Type": "EC2", "Subnets": ["b"]})",
                        R"(, "ReplaceComputeEnvironment": false)"));
  EXPECT_FALSE(replaces(R"({"Type": "FARGATE", "Subnets": ["a"]})",
                        R"({"Type": "FARGATE", "Subnets": ["b"]})"));
}

TEST(JobDefinition, GetsANewRevisionOfItsGeneratedName) {
  Change definition("AWS::Batch::JobDefinition");
  definition.id = "arn:aws:batch:us-east-1:000000000000:job-definition/made-up:3";
  definition.calls.answer("batch.RegisterJobDefinition", R"({"jobDefinitionArn": "arn:4"})");
  const auto done = definition.update(R"({"Type": "container"})", "{}");
  ASSERT_TRUE(done);
  EXPECT_EQ(done->physical_id, "arn:4");
  EXPECT_EQ(
      definition.calls.take(),
      (Texts{R"(batch.RegisterJobDefinition {"type":"container","jobDefinitionName":"made-up"})"}));
}

TEST(JobDefinition, IsNotRegisteredAnewForItsTags) {
  Change definition("AWS::Batch::JobDefinition");
  definition.id = "arn:aws:batch:us-east-1:000000000000:job-definition/d:3";
  const auto done = definition.update(R"({"Type": "container", "Tags": {"a": "c"}})",
                                      R"({"Type": "container", "Tags": {"a": "b", "old": "x"}})");
  ASSERT_TRUE(done);
  EXPECT_EQ(done->physical_id, definition.id);
  const std::string arn = R"({"resourceArn":")" + definition.id + R"(",)";
  EXPECT_EQ(definition.calls.take(), (Texts{"batch.UntagResource " + arn + R"("tagKeys":["old"]})",
                                            "batch.TagResource " + arn + R"("tags":{"a":"c"}})"}));
}

TEST(SecurityGroup, ChangesTheRulesThatDiffer) {
  Change group("AWS::EC2::SecurityGroup");
  group.id = "sg-1";
  ASSERT_TRUE(group.update(
      R"({"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}],
          "SecurityGroupEgress": [{"IpProtocol": "-1", "DestinationSecurityGroupId": "sg-2", "Description": "d"}]})",
      R"({"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]})"));
  const Texts sent = group.calls.take();
  ASSERT_EQ(sent.size(), 5U);
  EXPECT_EQ(
      sent[0],
      R"(ec2.RevokeSecurityGroupIngress {"GroupId":"sg-1","IpPermissions":[)"
      R"({"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]})");
  EXPECT_TRUE(sent[1].starts_with("ec2.AuthorizeSecurityGroupIngress")) << sent[1];
  EXPECT_EQ(sent[2], R"(ec2.RevokeSecurityGroupEgress {"GroupId":"sg-1","IpPermissions":[)"
                     R"({"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]})");
  EXPECT_EQ(sent[3],
            R"(ec2.AuthorizeSecurityGroupEgress {"GroupId":"sg-1","IpPermissions":[)"
            R"({"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-2","Description":"d"}]}]})");
}

TEST(NetworkAclEntry, HasANameOfItsStack) {
  RecordingCalls calls;
  const auto entry =
      find_type("AWS::EC2::NetworkAclEntry")
          ->create(
              calls,
              request_for_test(
                  R"({"NetworkAclId": "acl-1", "RuleNumber": 100, "Protocol": 1, "RuleAction": "allow",
                                                 "CidrBlock": "0.0.0.0/0", "Icmp": {"Code": -1, "Type": -1}})"));
  ASSERT_TRUE(entry) << entry.error().message.value_or("");
  EXPECT_TRUE(entry->physical_id.starts_with("stack-Thing-")) << entry->physical_id;
  EXPECT_EQ(calls.unknown_members, Texts());
  EXPECT_EQ(calls.take()[0],
            R"(ec2.CreateNetworkAclEntry {"NetworkAclId":"acl-1","RuleNumber":100,"Protocol":"1",)"
            R"("RuleAction":"allow","CidrBlock":"0.0.0.0/0","IcmpTypeCode":{"Code":-1,"Type":-1},)"
            R"("Egress":false})");
}

TEST(NetworkAcl, GivesASubnetBackToTheDefault) {
  RecordingCalls calls;
  const auto acls = [](const json::Value& input) -> aws::ApiResult<json::Value> {
    const bool asks_default = json::write(input).find("default") != std::string::npos;
    return *json::parse(
        asks_default
            ? R"({"NetworkAcls": [{"NetworkAclId": "acl-0"}]})"
            : R"({"NetworkAcls": [{"VpcId": "vpc-1", "Associations": [{"SubnetId": "s", "NetworkAclAssociationId": "a"}]}]})");
  };
  calls.answer("ec2.DescribeNetworkAcls", acls);
  const ResourceType& type = *find_type("AWS::EC2::SubnetNetworkAclAssociation");
  ResourceRequest request = request_for_test(R"({"NetworkAclId": "acl-1", "SubnetId": "s"})");
  request.physical_id = "a";
  ASSERT_TRUE(type.remove(calls, request));
  EXPECT_EQ(calls.take().back(),
            R"(ec2.ReplaceNetworkAclAssociation {"AssociationId":"a","NetworkAclId":"acl-0"})");
  request.physical_id = "older";  // it has another by now
  ASSERT_TRUE(type.remove(calls, request));
  EXPECT_EQ(calls.take().size(), 1U);
}

TEST(NatGateway, IsGoneWhenItIsDeleted) {
  const ResourceType& type = *find_type("AWS::EC2::NatGateway");
  RecordingCalls calls;
  calls.answer("ec2.CreateNatGateway", R"({"NatGateway": {"NatGatewayId": "nat-1"}})");
  calls.answer("ec2.DescribeNatGateways", R"({"NatGateways": [{"State": "pending"}]})");
  ResourceRequest request =
      request_for_test(R"({"SubnetId": "subnet-1", "AllocationId": "eipalloc-1"})");
  const auto made = type.create(calls, request);
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->is_done);
  EXPECT_EQ(made->physical_id, "nat-1");
  request.physical_id = "nat-1";
  calls.answer("ec2.DescribeNatGateways", R"({"NatGateways": [{"State": "deleting"}]})");
  EXPECT_FALSE(type.remove(calls, request)->is_done);
  calls.answer("ec2.DescribeNatGateways", R"({"NatGateways": [{"State": "deleted"}]})");
  EXPECT_TRUE(type.remove(calls, request)->is_done);
}

TEST(ResourceTypes, FindWhatAnEarlierCallHasMade) {
  // A process that did not outlive its call: the answer is lost, the resource is there.
  constexpr std::string_view kTags =
      R"({"aws:cloudformation:logical-id": "Thing", "aws:cloudformation:stack-id": )"
      R"("arn:aws:cloudformation:us-east-1:000000000000:stack/stack/1"})";
  RecordingCalls calls;
  calls.answer("ec2.DescribeVpcs", R"({"Vpcs": [{"VpcId": "vpc-1"}]})");
  calls.answer("ec2.CreateSecurityGroup", aws::ApiError("InvalidGroup.Duplicate", "no"));
  calls.answer("ec2.DescribeSecurityGroups", R"({"SecurityGroups": [{"GroupId": "sg-1"}]})");
  calls.answer("ec2.AssociateRouteTable", aws::ApiError("Resource.AlreadyAssociated", "no"));
  calls.answer(
      "ec2.DescribeRouteTables",
      R"({"RouteTables": [{"Associations": [{"SubnetId": "s", "RouteTableAssociationId": "a"}]}]})");
  calls.answer("ec2.AuthorizeSecurityGroupIngress",
               aws::ApiError("InvalidPermission.Duplicate", "no"));
  calls.answer(
      "ec2.DescribeSecurityGroupRules",
      R"({"SecurityGroupRules": [{"SecurityGroupRuleId": "no", "IsEgress": true, "IpProtocol": "tcp"},
                   {"SecurityGroupRuleId": "sgr-1", "IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "CidrIpv4": "0.0.0.0/0"}]})");
  calls.answer("apigatewayv2.GetApis", R"({"Items": [{"ApiId": "x"}, {"ApiId": "abc", "Tags": )" +
                                           std::string(kTags) + "}]}");
  calls.answer("apigatewayv2.GetApi", R"({"ApiId": "abc"})");
  calls.answer("apigatewayv2.CreateRoute", aws::ApiError("ConflictException", "no", 409));
  calls.answer("apigatewayv2.GetRoutes", R"({"Items": [{"RouteKey": "GET /", "RouteId": "r"}]})");
  calls.answer("apigateway.GetUsagePlans",
               R"({"items": [{"id": "p", "tags": )" + std::string(kTags) + "}]}");
  calls.answer("apigateway.CreateResource", aws::ApiError("ConflictException", "no", 409));
  calls.answer("apigateway.GetResources",
               R"({"items": [{"id": "r", "parentId": "p", "pathPart": "x"}]})");
  const std::array<const char*, 3> cases[] = {
      {"AWS::EC2::VPC", R"({"CidrBlock": "10.0.0.0/16"})", "vpc-1"},
      {"AWS::EC2::SecurityGroup", R"({"GroupDescription": "d"})", "sg-1"},
      {"AWS::EC2::SubnetRouteTableAssociation", R"({"SubnetId": "s", "RouteTableId": "t"})", "a"},
      {"AWS::EC2::SecurityGroupIngress",
       R"({"GroupId": "g", "IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "CidrIp": "0.0.0.0/0"})",
       "sgr-1"},
      {"AWS::ApiGatewayV2::Api", R"({"Name": "n", "ProtocolType": "HTTP"})", "abc"},
      {"AWS::ApiGatewayV2::Route", R"({"ApiId": "abc", "RouteKey": "GET /"})", "r"},
      {"AWS::ApiGateway::UsagePlan", "{}", "p"},
      {"AWS::ApiGateway::Resource", R"({"RestApiId": "a", "ParentId": "p", "PathPart": "x"})",
       "r"}};
  for (const auto& [type, properties, id] : cases) {
    ResourceRequest request = request_for_test(properties);
    request.is_repeated = true;
    const auto done = create_whole(*find_type(type), calls, request);
    ASSERT_TRUE(done) << type << done.error().code;
    EXPECT_EQ(done->physical_id, id) << type;
  }
  for (const std::string& call : calls.take()) {
    EXPECT_EQ(call.find("CreateVpc "), std::string::npos);
    EXPECT_EQ(call.find("CreateApi "), std::string::npos);
  }
}

TEST(ResourceTypes, RefuseByNameWhatIsNotServed) {
  const std::pair<const char*, const char*> cases[] = {
      {"AWS::Batch::JobQueue", "ServiceEnvironmentOrder"},
      {"AWS::EC2::Subnet", "Ipv6Native"},
      {"AWS::ApiGateway::RestApi", "CloneFrom"},
      {"AWS::DataSync::Task", "ManifestConfig"}};
  for (const auto& [type, name] : cases) {
    RecordingCalls calls;
    const auto made = find_type(type)->create(
        calls, request_for_test("{\"" + std::string(name) + "\": {\"a\": 1}}"));
    ASSERT_FALSE(made) << type;
    EXPECT_NE(made.error().message->find(name), std::string::npos) << *made.error().message;
    EXPECT_TRUE(calls.calls.empty());
  }
}

}  // namespace
}  // namespace pawl::cloudformation
