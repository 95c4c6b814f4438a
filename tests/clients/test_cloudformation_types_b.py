# SPDX-License-Identifier: Apache-2.0
"""Stacks of API Gateway, EventBridge, Scheduler, Pipes, Batch, ECS, ECR, EC2, CloudWatch and DataSync: made, called, changed in
place, replaced, and gone without a trace."""
import json
import shutil
import signal
import subprocess
import unittest
import urllib.error
import urllib.request

import image_push
from stack_case import SECONDS_MAX, StackCase, att, bubblewrap_works, ref

ACCOUNT = "000000000000"


class HttpApiTest(StackCase):
    def resources(self, path="/x", timeout=10000):
        return {
            "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "Http", "ProtocolType": "HTTP", "Tags": {"a": "b"}}},
            "Integration": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {
                "ApiId": ref("Api"), "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET", "IntegrationUri": self.url + "/_pawl/health",
                "PayloadFormatVersion": "1.0", "TimeoutInMillis": timeout}},
            "Route": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {
                "ApiId": ref("Api"), "RouteKey": "GET " + path, "Target": {"Fn::Join": ["/", ["integrations", ref("Integration")]]}}},
            "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": ref("Api"), "StageName": "$default", "AutoDeploy": True}},
        }

    outputs_wanted = {"Id": ref("Api"), "Endpoint": att("Api", "ApiEndpoint"), "Stage": ref("Stage"), "Route": att("Route", "RouteId"),
                      "Integration": ref("Integration")}

    def test_is_made_called_changed_and_gone(self):
        made = self.make("http", self.resources(), self.outputs_wanted, Tags=[{"Key": "team", "Value": "x"}])
        self.assertEqual(made["Stage"], "$default")
        self.assertTrue(made["Endpoint"].endswith(made["Id"]) or made["Id"] + ".execute-api" in made["Endpoint"], made)
        self.assertEqual(self.get(made["Endpoint"] + "/x")[0], 200)
        api = self.of("apigatewayv2").get_api(ApiId=made["Id"])
        self.assertEqual({key: api["Tags"].get(key) for key in ("a", "team", "aws:cloudformation:stack-name", "aws:cloudformation:logical-id")},
                         {"a": "b", "team": "x", "aws:cloudformation:stack-name": "http", "aws:cloudformation:logical-id": "Api"})

        changed = self.change("http", self.resources(path="/y", timeout=5000), self.outputs_wanted)
        self.assertEqual(changed, made)  # all in place
        self.assertEqual(self.get(made["Endpoint"] + "/x")[0], 404)
        self.assertEqual(self.get(made["Endpoint"] + "/y")[0], 200)

        self.remove("http")
        self.assertEqual(self.of("apigatewayv2").get_apis()["Items"], [])

    def test_is_called_by_the_name_that_templates_join(self):
        outputs = {"Url": {"Fn::Join": ["", ["http://", ref("Api"), ".execute-api.", ref("AWS::Region"), ".", ref("AWS::URLSuffix"), "/x"]]}}
        url = self.make("joined", self.resources(), outputs)["Url"]
        if shutil.which("curl") is None:
            self.skipTest("no curl")
        answer = subprocess.run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url], capture_output=True, text=True, timeout=SECONDS_MAX)
        self.assertEqual((answer.stdout, answer.stderr), ("200", ""), url)

    def test_quick_create_and_openapi(self):
        openapi = {"openapi": "3.0.1", "info": {"title": "T", "version": "1"}, "paths": {"/h": {"get": {
            "x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET", "uri": self.url + "/_pawl/health",
                                                "payloadFormatVersion": "1.0"}}}}}
        made = self.make("two", {
            "Quick": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "q", "ProtocolType": "HTTP", "Target": self.url + "/_pawl/health"}},
            "Written": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": openapi}},
            "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": ref("Written"), "StageName": "$default", "AutoDeploy": True}},
        }, {"Quick": att("Quick", "ApiEndpoint"), "Written": att("Written", "ApiEndpoint")})
        self.assertEqual(self.get(made["Quick"] + "/whatever")[0], 200)
        self.assertEqual(self.get(made["Written"] + "/h")[0], 200)
        self.remove("two")
        self.assertEqual(self.of("apigatewayv2").get_apis()["Items"], [])


class RestApiTest(StackCase):
    def resources(self, body="one", stage="prod"):
        return {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "Rest"}},
            "Proxy": {"Type": "AWS::ApiGateway::Resource", "Properties": {
                "RestApiId": ref("Api"), "ParentId": att("Api", "RootResourceId"), "PathPart": "{proxy+}"}},
            "Any": {"Type": "AWS::ApiGateway::Method", "Properties": {
                "RestApiId": ref("Api"), "ResourceId": ref("Proxy"), "HttpMethod": "ANY", "AuthorizationType": "NONE", "ApiKeyRequired": True,
                "MethodResponses": [{"StatusCode": "200"}],
                "Integration": {"Type": "MOCK", "RequestTemplates": {"application/json": "{\"statusCode\": 200}"},
                                "IntegrationResponses": [{"StatusCode": "200", "ResponseTemplates": {"application/json": body}}]}}},
            "Deployment" + body: {"Type": "AWS::ApiGateway::Deployment", "DependsOn": ["Any"], "Properties": {"RestApiId": ref("Api")}},
            "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": {
                "RestApiId": ref("Api"), "DeploymentId": ref("Deployment" + body), "StageName": stage,
                "MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 100, "ThrottlingBurstLimit": 50}]}},
            "Key": {"Type": "AWS::ApiGateway::ApiKey", "Properties": {"Enabled": True, "Value": "01234567890123456789"}},
            "Plan": {"Type": "AWS::ApiGateway::UsagePlan", "Properties": {"ApiStages": [{"ApiId": ref("Api"), "Stage": ref("Stage")}]}},
            "PlanKey": {"Type": "AWS::ApiGateway::UsagePlanKey", "Properties": {
                "KeyId": ref("Key"), "KeyType": "API_KEY", "UsagePlanId": ref("Plan")}},
            "Account": {"Type": "AWS::ApiGateway::Account", "DeletionPolicy": "Retain", "Properties": {
                "CloudWatchRoleArn": f"arn:aws:iam::{ACCOUNT}:role/logs"}},
        }

    outputs_wanted = {"Id": ref("Api"), "Root": att("Api", "RootResourceId"), "Stage": ref("Stage"), "Key": ref("Key"), "Plan": ref("Plan")}

    def call(self, made, key="01234567890123456789"):
        request = urllib.request.Request(f"{self.url}/restapis/{made['Id']}/{made['Stage']}/_user_request_/pets", headers={"x-api-key": key})
        try:
            with urllib.request.urlopen(request, timeout=SECONDS_MAX) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, None

    def test_is_made_called_changed_and_gone(self):
        made = self.make("rest", self.resources(), self.outputs_wanted)
        self.assertEqual(self.call(made), (200, "one"))
        self.assertEqual(self.call(made, "none")[0], 403)
        rest = self.of("apigateway")
        self.assertEqual(rest.get_stage(restApiId=made["Id"], stageName="prod")["methodSettings"]["*/*"]["throttlingBurstLimit"], 50)

        # Another deployment takes the stage over; the old one is deleted afterwards.
        changed = self.change("rest", self.resources("two"), self.outputs_wanted)
        self.assertEqual(changed, made)
        self.assertEqual(self.call(made), (200, "two"))
        self.assertEqual(len(rest.get_deployments(restApiId=made["Id"])["items"]), 1)

        # A stage of another name is another stage.
        moved = self.change("rest", self.resources("two", stage="live"), self.outputs_wanted)
        self.assertEqual(self.call(moved), (200, "two"))
        self.assertEqual([each["stageName"] for each in rest.get_stages(restApiId=made["Id"])["item"]], ["live"])

        self.remove("rest")
        self.assertEqual([rest.get_rest_apis()["items"], rest.get_api_keys()["items"], rest.get_usage_plans()["items"]], [[], [], []])


class EventsTest(StackCase):
    def test_a_rule_of_a_stack_fires(self):
        queue = self.of("sqs").create_queue(QueueName="seen")["QueueUrl"]
        target = {"Id": "Target0", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:seen", "InputPath": "$.detail"}
        resources = {
            "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "orders"}},
            "Rule": {"Type": "AWS::Events::Rule", "Properties": {
                "EventBusName": ref("Bus"), "EventPattern": {"source": ["shop"]}, "Targets": [target]}},
            "Archive": {"Type": "AWS::Events::Archive", "Properties": {"SourceArn": att("Bus", "Arn"), "RetentionDays": 1}},
            "Policy": {"Type": "AWS::Events::EventBusPolicy", "Properties": {
                "EventBusName": ref("Bus"), "StatementId": "friends", "Action": "events:PutEvents", "Principal": "111111111111"}},
        }
        outputs = {"Rule": ref("Rule"), "Arn": att("Rule", "Arn"), "Bus": ref("Bus"), "Archive": ref("Archive")}
        made = self.make("events", resources, outputs)
        self.assertEqual(made["Bus"], "orders")
        self.assertRegex(made["Rule"], r"^orders\|events-Rule-[0-9A-Z]{12}$")
        events = self.of("events")

        def seen(detail):
            events.put_events(Entries=[{"EventBusName": "orders", "Source": "shop", "DetailType": "t", "Detail": json.dumps(detail)}])
            messages = self.eventually(
                lambda: self.of("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages"), "no event came")
            self.of("sqs").delete_message(QueueUrl=queue, ReceiptHandle=messages[0]["ReceiptHandle"])
            return json.loads(messages[0]["Body"])

        self.assertEqual(seen({"n": 1}), {"n": 1})
        del target["InputPath"]
        target["Input"] = "{\"fixed\": true}"
        self.assertEqual(self.change("events", resources, outputs), made)
        self.assertEqual(seen({"n": 2}), {"fixed": True})
        self.remove("events")
        self.assertEqual([each["Name"] for each in events.list_event_buses()["EventBuses"]], ["default"])
        self.assertEqual([events.list_rules()["Rules"], events.list_archives()["Archives"]], [[], []])

    def test_connections_destinations_schedules_and_pipes(self):
        for name in ("from", "to"):
            self.of("sqs").create_queue(QueueName=name)
        role = f"arn:aws:iam::{ACCOUNT}:role/r"
        resources = {
            "Connection": {"Type": "AWS::Events::Connection", "Properties": {
                "AuthorizationType": "BASIC", "AuthParameters": {"BasicAuthParameters": {"Username": "u", "Password": "p"}}}},
            "Destination": {"Type": "AWS::Events::ApiDestination", "Properties": {
                "ConnectionArn": att("Connection", "Arn"), "HttpMethod": "POST", "InvocationEndpoint": "https://x.example/"}},
            "Group": {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {}},
            "Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": {
                "GroupName": ref("Group"), "FlexibleTimeWindow": {"Mode": "OFF"}, "ScheduleExpression": "at(2090-01-01T00:00:00)",
                "Target": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:to", "RoleArn": role}}},
            "Pipe": {"Type": "AWS::Pipes::Pipe", "Properties": {
                "RoleArn": role, "Source": f"arn:aws:sqs:us-east-1:{ACCOUNT}:from", "Target": f"arn:aws:sqs:us-east-1:{ACCOUNT}:to",
                "SourceParameters": {"SqsQueueParameters": {"BatchSize": 1}}, "Tags": {"a": "b"}}},
        }
        outputs = {"Secret": att("Connection", "SecretArn"), "Destination": att("Destination", "Arn"), "Schedule": att("Schedule", "Arn"),
                   "Group": ref("Group"), "State": att("Pipe", "CurrentState"), "Pipe": ref("Pipe")}
        made = self.make("more", resources, outputs)
        self.assertEqual(made["State"], "RUNNING")
        self.assertIn(made["Group"], made["Schedule"])
        url = self.of("sqs").get_queue_url(QueueName="from")["QueueUrl"]
        self.of("sqs").send_message(QueueUrl=url, MessageBody="hello")
        message = self.eventually(lambda: self.of("sqs").receive_message(
            QueueUrl=self.of("sqs").get_queue_url(QueueName="to")["QueueUrl"], WaitTimeSeconds=1).get("Messages"), "the pipe moved nothing")
        self.assertIn("hello", message[0]["Body"])

        resources["Pipe"]["Properties"]["DesiredState"] = "STOPPED"
        resources["Schedule"]["Properties"]["ScheduleExpression"] = "at(2091-01-01T00:00:00)"
        changed = self.change("more", resources, outputs)
        self.assertEqual(changed.pop("State"), "STOPPED")
        made.pop("State")
        self.assertEqual(changed, made)
        self.remove("more")
        self.assertEqual(self.of("scheduler").list_schedules()["Schedules"], [])
        self.assertEqual(self.of("events").list_connections()["Connections"], [])
        self.assertEqual(self.of("scheduler").list_schedule_groups(NamePrefix="more")["ScheduleGroups"], [])


class NetworkTest(StackCase):
    def test_a_network_is_made_changed_and_gone(self):
        ec2 = self.of("ec2")
        before = self.everything(ec2)
        ingress = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
        resources = {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.7.0.0/16", "EnableDnsHostnames": True,
                                                            "Tags": [{"Key": "Name", "Value": "net"}]}},
            "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {
                "VpcId": ref("Vpc"), "CidrBlock": {"Fn::Select": [0, {"Fn::Cidr": [att("Vpc", "CidrBlock"), 4, 8]}]},
                "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "MapPublicIpOnLaunch": True}},
            "Spare": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": ref("Vpc"), "CidrBlock": "10.7.8.0/24"}},
            "SpareAssociation": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {
                "RouteTableId": ref("Table"), "SubnetId": ref("Spare")}},
            "Gateway": {"Type": "AWS::EC2::InternetGateway"},
            "Attachment": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": {"VpcId": ref("Vpc"), "InternetGatewayId": ref("Gateway")}},
            "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": ref("Vpc")}},
            "Route": {"Type": "AWS::EC2::Route", "DependsOn": "Attachment", "Properties": {
                "RouteTableId": ref("Table"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("Gateway")}},
            "Association": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {"RouteTableId": ref("Table"), "SubnetId": ref("Subnet")}},
            "Address": {"Type": "AWS::EC2::EIP", "DependsOn": "Attachment", "Properties": {"Domain": "vpc"}},
            "Nat": {"Type": "AWS::EC2::NatGateway", "Properties": {"SubnetId": ref("Subnet"), "AllocationId": att("Address", "AllocationId")}},
            "Acl": {"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": ref("Vpc")}},
            "Entry": {"Type": "AWS::EC2::NetworkAclEntry", "Properties": {
                "NetworkAclId": ref("Acl"), "RuleNumber": 100, "Protocol": -1, "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}},
            "AclAssociation": {"Type": "AWS::EC2::SubnetNetworkAclAssociation", "Properties": {"NetworkAclId": ref("Acl"), "SubnetId": ref("Subnet")}},
            "Endpoint": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {
                "VpcId": ref("Vpc"), "RouteTableIds": [ref("Table")],
                "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"}}},
            "Log": {"Type": "AWS::EC2::FlowLog", "Properties": {
                "ResourceId": ref("Vpc"), "ResourceType": "VPC", "TrafficType": "ALL", "LogGroupName": "flow",
                "DeliverLogsPermissionArn": f"arn:aws:iam::{ACCOUNT}:role/r"}},
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {
                "GroupDescription": "d", "VpcId": ref("Vpc"), "SecurityGroupIngress": [ingress],
                "SecurityGroupEgress": [{"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86}]}},
            "Ingress": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {
                "GroupId": att("Group", "GroupId"), "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "SourceSecurityGroupId": att("Group", "GroupId")}},
            "Template": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"ImageId": "ami-1"}}},
        }
        outputs = {"Vpc": ref("Vpc"), "Group": ref("Group"), "Address": ref("Address"), "Zone": att("Subnet", "AvailabilityZone"),
                   "Default": att("Vpc", "DefaultSecurityGroup"), "Template": ref("Template"), "Spare": ref("Spare")}
        made = self.make("net", resources, outputs)
        self.assertEqual(made["Zone"], "us-east-1a")
        self.assertRegex(made["Address"], r"^\d+\.\d+\.\d+\.\d+$")
        self.assertTrue(made["Default"].startswith("sg-"))
        self.assertEqual(self.physical("net", "Attachment"), "IGW|" + made["Vpc"])
        tags = {each["Key"]: each["Value"] for each in ec2.describe_vpcs(VpcIds=[made["Vpc"]])["Vpcs"][0]["Tags"]}
        self.assertEqual((tags["Name"], tags["aws:cloudformation:stack-name"]), ("net", "net"))

        ingress["FromPort"] = ingress["ToPort"] = 80
        resources["Vpc"]["Properties"]["EnableDnsHostnames"] = False
        resources["Template"]["Properties"]["LaunchTemplateData"] = {"ImageId": "ami-2"}
        resources["Spare"]["Properties"]["CidrBlock"] = "10.7.9.0/24"  # replaced, and what hangs on it
        changed = self.change("net", resources, {**outputs, "Version": att("Template", "LatestVersionNumber")})
        self.assertEqual(changed.pop("Version"), "2")
        self.assertNotEqual(changed.pop("Spare"), made.pop("Spare"))
        self.assertEqual(changed, made)
        ports = sorted(each["FromPort"] for each in ec2.describe_security_groups(GroupIds=[made["Group"]])["SecurityGroups"][0]["IpPermissions"])
        self.assertEqual(ports, [22, 80])
        self.remove("net")
        self.assertEqual(self.everything(ec2), before)

    def test_goes_on_after_a_kill_and_makes_nothing_twice(self):
        resources = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.7.0.0/16"}}}
        for i in range(4):
            resources.update({
                f"Subnet{i}": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": ref("Vpc"), "CidrBlock": f"10.7.{i}.0/24"}},
                f"Table{i}": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": ref("Vpc")}},
                f"Use{i}": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {"RouteTableId": ref(f"Table{i}"), "SubnetId": ref(f"Subnet{i}")}},
                f"Group{i}": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "d", "VpcId": ref("Vpc")}},
                f"Address{i}": {"Type": "AWS::EC2::EIP"},
                f"Api{i}": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "x", "ProtocolType": "HTTP"}}})
        before = self.everything(self.of("ec2"))
        for kill in (1, 6, 14):  # after so many are made
            name = f"killed{kill}"
            self.stacks.create_stack(StackName=name, TemplateBody=self.template(resources))
            self.eventually(lambda: sum(
                each["ResourceStatus"] == "CREATE_COMPLETE"
                for each in self.stacks.describe_stack_resources(StackName=name)["StackResources"]) >= kill, "nothing is made")
            self.server.stop(signal.SIGKILL)
            self.start()
            self.wait(name, "CREATE_COMPLETE")
            self.assertEqual(len(self.of("apigatewayv2").get_apis()["Items"]), 4)
            self.remove(name)
            self.assertEqual(self.everything(self.of("ec2")), before)

    @staticmethod
    def everything(ec2):
        live = [{"Name": "state", "Values": ["pending", "available"]}]
        return [len(each) for each in (
            ec2.describe_vpcs()["Vpcs"], ec2.describe_subnets()["Subnets"], ec2.describe_internet_gateways()["InternetGateways"],
            ec2.describe_route_tables()["RouteTables"], ec2.describe_addresses()["Addresses"],
            ec2.describe_nat_gateways(Filters=live)["NatGateways"], ec2.describe_network_acls()["NetworkAcls"],
            ec2.describe_vpc_endpoints()["VpcEndpoints"], ec2.describe_flow_logs()["FlowLogs"],
            ec2.describe_security_groups()["SecurityGroups"], ec2.describe_launch_templates()["LaunchTemplates"])]


class OthersTest(StackCase):
    def test_clusters_repositories_alarms_and_transfers(self):
        self.of("s3").create_bucket(Bucket="files")
        role = f"arn:aws:iam::{ACCOUNT}:role/r"
        resources = {
            "Cluster": {"Type": "AWS::ECS::Cluster"},
            "Definition": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
                "Cpu": 256, "Memory": 512, "NetworkMode": "awsvpc", "RequiresCompatibilities": ["FARGATE"],
                "ContainerDefinitions": [{"Name": "c", "Image": "busybox", "Environment": [{"Name": "A", "Value": "b"}]}]}},
            "Repository": {"Type": "AWS::ECR::Repository", "Properties": {
                "ImageTagMutability": "IMMUTABLE", "EmptyOnDelete": True,
                "RepositoryPolicyText": {"Version": "2008-10-17", "Statement": [{
                    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": ["ecr:BatchGetImage"]}]}}},
            "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
                "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "MetricName": "Errors", "Namespace": "N", "Period": 60,
                "Statistic": "Sum", "Threshold": 1}},
            "Both": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": {"Fn::Sub": "ALARM(${Alarm})"}}},
            "Board": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": "{\"widgets\": []}"}},
            "Bucket": {"Type": "AWS::DataSync::LocationS3", "Properties": {"S3BucketArn": "arn:aws:s3:::files", "S3Config": {"BucketAccessRoleArn": role}}},
            "Agent": {"Type": "AWS::DataSync::Agent", "Properties": {"ActivationKey": "ABCDE-12345-ABCDE-12345-ABCDE"}},
            "Share": {"Type": "AWS::DataSync::LocationNFS", "Properties": {
                "ServerHostname": "h", "Subdirectory": "/x", "OnPremConfig": {"AgentArns": [ref("Agent")]}}},
            "Task": {"Type": "AWS::DataSync::Task", "Properties": {"SourceLocationArn": ref("Share"), "DestinationLocationArn": ref("Bucket")}},
            "CDKMetadata": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2:deflate64:H4s"}},
        }
        outputs = {"Cluster": ref("Cluster"), "Definition": ref("Definition"), "Repository": ref("Repository"), "Uri": att("Repository", "RepositoryUri"),
                   "Alarm": ref("Alarm"), "AlarmArn": att("Alarm", "Arn"), "Task": ref("Task"), "Location": att("Share", "LocationUri")}
        made = self.make("others", resources, outputs)
        self.assertRegex(made["Cluster"], r"^others-Cluster-[0-9A-Za-z]{12}$")
        self.assertTrue(made["Definition"].endswith(":1"), made["Definition"])
        self.assertTrue(made["Uri"].endswith("/" + made["Repository"]))
        self.assertEqual(made["Location"], "nfs://h/x/")
        self.assertTrue(made["AlarmArn"].endswith(":alarm:" + made["Alarm"]))

        repository = self.of("ecr").describe_repositories(repositoryNames=[made["Repository"]])["repositories"][0]["repositoryArn"]
        tags = {each["Key"]: each["Value"] for each in self.of("ecr").list_tags_for_resource(resourceArn=repository)["tags"]}
        self.assertEqual(tags["aws:cloudformation:logical-id"], "Repository")
        self.assertEqual(self.refused(self.of("ecr").tag_resource, resourceArn=repository, tags=[{"Key": "aws:x", "Value": "y"}])[0],
                         "InvalidTagParameterException")

        resources["Alarm"]["Properties"]["Threshold"] = 5
        resources["Repository"]["Properties"]["ImageTagMutability"] = "MUTABLE"
        resources["Definition"]["Properties"]["Cpu"] = 512
        resources["Definition"]["Properties"]["Memory"] = 1024
        changed = self.change("others", resources, outputs)
        self.assertNotEqual(changed.pop("Definition"), made.pop("Definition"))
        self.assertEqual(changed, made)
        self.assertEqual(self.of("cloudwatch").describe_alarms(AlarmNames=[made["Alarm"]])["MetricAlarms"][0]["Threshold"], 5)
        self.assertEqual(len(self.of("ecs").list_task_definitions(status="ACTIVE")["taskDefinitionArns"]), 1)
        self.remove("others")
        self.assertEqual(self.of("ecr").describe_repositories()["repositories"], [])
        alarms = self.of("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        self.assertEqual([alarms["MetricAlarms"], alarms["CompositeAlarms"], self.of("datasync").list_locations()["Locations"],
                          self.of("datasync").list_tasks()["Tasks"]], [[], [], [], []])
        self.assertEqual(self.of("ecs").list_task_definitions(status="ACTIVE")["taskDefinitionArns"], [])

    def test_what_fails_leaves_nothing(self):
        self.stacks.create_stack(StackName="bad", TemplateBody=self.template({
            "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "b"}},
            "Rule": {"Type": "AWS::Events::Rule", "Properties": {
                "EventBusName": ref("Bus"), "EventPattern": {"source": ["a"]}, "Targets": [{"Id": "t", "Arn": "arn:aws:inspector:us-east-1:000000000000:x"}]}},
        }))
        self.wait("bad", "ROLLBACK_COMPLETE")
        self.assertTrue(self.failures("bad"))
        self.assertEqual([each["Name"] for each in self.of("events").list_event_buses()["EventBuses"]], ["default"])

    def test_a_property_that_is_not_served_is_refused_by_name(self):
        self.stacks.create_stack(StackName="bad", TemplateBody=self.template({
            "Queue": {"Type": "AWS::Batch::JobQueue", "Properties": {
                "Priority": 1, "ServiceEnvironmentOrder": [{"ServiceEnvironment": "e", "Order": 1}]}}}))
        self.wait("bad", "ROLLBACK_COMPLETE")
        self.assertIn("ServiceEnvironmentOrder", str(self.failures("bad")))


class BatchTest(StackCase):
    def resources(self, image="busybox", command=("true",), vcpus=4, subnet="subnet-1"):
        return {
            "Environment": {"Type": "AWS::Batch::ComputeEnvironment", "Properties": {
                "Type": "managed", "State": "ENABLED", "ServiceRole": f"arn:aws:iam::{ACCOUNT}:role/batch",
                "ComputeResources": {"Type": "EC2", "MinvCpus": 0, "MaxvCpus": vcpus, "InstanceTypes": ["optimal"], "Subnets": [subnet],
                                     "SecurityGroupIds": ["sg-1"], "InstanceRole": f"arn:aws:iam::{ACCOUNT}:instance-profile/ecs"}}},
            "Queue": {"Type": "AWS::Batch::JobQueue", "Properties": {
                "Priority": 1, "State": "ENABLED", "ComputeEnvironmentOrder": [{"ComputeEnvironment": ref("Environment"), "Order": 1}]}},
            "Definition": {"Type": "AWS::Batch::JobDefinition", "Properties": {
                "Type": "container", "Timeout": {}, "RetryStrategy": {"Attempts": 1}, "Parameters": {"word": "hello"}, "PropagateTags": True,
                "ContainerProperties": {"Image": image, "Vcpus": 1, "Memory": 64, "Command": list(command), "Privileged": False}}},
        }

    outputs_wanted = {"Environment": ref("Environment"), "Queue": ref("Queue"), "Definition": ref("Definition")}

    def test_is_made_changed_replaced_and_gone(self):
        made = self.make("jobs", self.resources(), self.outputs_wanted)
        self.assertRegex(made["Queue"], rf"^arn:aws:batch:us-east-1:{ACCOUNT}:job-queue/jobs-Queue-[0-9A-Za-z]+$")
        self.assertTrue(made["Definition"].endswith(":1"))
        batch = self.of("batch")

        changed = self.change("jobs", self.resources(vcpus=8, command=("false",)), self.outputs_wanted)
        self.assertEqual((changed["Environment"], changed["Queue"]), (made["Environment"], made["Queue"]))
        self.assertTrue(changed["Definition"].endswith(":2"))
        self.assertEqual(len(batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]), 1)
        environment = batch.describe_compute_environments()["computeEnvironments"][0]
        self.assertEqual(environment["computeResources"]["maxvCpus"], 8)

        replaced = self.change("jobs", self.resources(vcpus=8, command=("false",), subnet="subnet-2"), self.outputs_wanted)
        self.assertNotEqual(replaced["Environment"], made["Environment"])
        self.assertEqual(replaced["Queue"], made["Queue"])
        self.assertEqual(len(batch.describe_compute_environments()["computeEnvironments"]), 1)
        self.remove("jobs")
        self.assertEqual([batch.describe_compute_environments()["computeEnvironments"], batch.describe_job_queues()["jobQueues"],
                          batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]], [[], [], []])

    @unittest.skipUnless(image_push.BUSYBOX, "no busybox-static")
    @unittest.skipUnless(bubblewrap_works(), "no sandbox on this machine")
    def test_a_job_runs_in_a_queue_of_a_stack(self):
        image = image_push.push_busybox(self, self.server)
        made = self.make("run", self.resources(image, ["echo", "Ref::word"]), self.outputs_wanted)
        batch = self.of("batch")
        id = batch.submit_job(jobName="j", jobQueue=made["Queue"], jobDefinition=made["Definition"])["jobId"]

        def ended():
            job = batch.describe_jobs(jobs=[id])["jobs"][0]
            return job if job["status"] in ("SUCCEEDED", "FAILED") else None

        job = self.eventually(ended, "the job does not end")
        self.assertEqual(job["status"], "SUCCEEDED", job)
        events = self.of("logs").get_log_events(logGroupName="/aws/batch/job", logStreamName=job["container"]["logStreamName"])["events"]
        self.assertEqual([each["message"] for each in events], ["hello"])
        self.remove("run")


if __name__ == "__main__":
    unittest.main()
