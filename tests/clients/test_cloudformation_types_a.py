# SPDX-License-Identifier: Apache-2.0
"""Stacks of S3, DynamoDB, SQS, SNS, Lambda, Step Functions, Logs, IAM, KMS, SSM and Secrets Manager: made, changed in place,
replaced, and gone without a trace."""
import json
import os
import shutil
import signal
import unittest

from stack_case import StackCase, att, bubblewrap_works, ref, sub

ACCOUNT = "000000000000"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
    "Service": ["lambda.amazonaws.com", sub("states.${AWS::URLSuffix}")]}}]}


def role(**more):
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **more}}


def resource(kind, properties=None, **more):
    return {"Type": kind, "Properties": properties or {}, **more}


class QueuesTest(StackCase):
    def test_a_queue_is_made_changed_replaced_and_removed(self):
        sqs = self.of("sqs")
        made = self.make("q", {"Queue": resource("AWS::SQS::Queue", {"DelaySeconds": "5", "Tags": [{"Key": "a", "Value": "b"}]})},
                         {"Url": ref("Queue"), "Arn": att("Queue", "Arn"), "Name": att("Queue", "QueueName")},
                         Tags=[{"Key": "team", "Value": "x"}])
        self.assertRegex(made["Name"], r"^q-Queue-[A-Z0-9]{12}$")
        self.assertEqual(made["Arn"], f"arn:aws:sqs:us-east-1:{ACCOUNT}:{made['Name']}")
        self.assertEqual(sqs.get_queue_attributes(QueueUrl=made["Url"], AttributeNames=["DelaySeconds"])["Attributes"], {"DelaySeconds": "5"})
        self.assertEqual(sqs.list_queue_tags(QueueUrl=made["Url"])["Tags"], {"a": "b", "team": "x"})
        changed = self.change("q", {"Queue": resource("AWS::SQS::Queue", {"VisibilityTimeout": 9})}, {"Url": ref("Queue")}, Tags=[])
        self.assertEqual(changed["Url"], made["Url"])
        attributes = sqs.get_queue_attributes(QueueUrl=made["Url"], AttributeNames=["All"])["Attributes"]
        self.assertEqual((attributes["DelaySeconds"], attributes["VisibilityTimeout"]), ("0", "9"))
        self.assertEqual(sqs.list_queue_tags(QueueUrl=made["Url"]).get("Tags", {}), {})
        replaced = self.change("q", {"Queue": resource("AWS::SQS::Queue", {"QueueName": "named.fifo", "FifoQueue": True}),
                                     "Policy": resource("AWS::SQS::QueuePolicy", {"Queues": [ref("Queue")], "PolicyDocument": {
                                         "Version": "2012-10-17", "Statement": [{
                                             "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",
                                             "Principal": {"Service": sub("sns.${AWS::URLSuffix}")}}]}})},
                               {"Url": ref("Queue")})
        self.assertNotEqual(replaced["Url"], made["Url"])
        self.assertEqual(sqs.list_queues()["QueueUrls"], [replaced["Url"]])
        policy = sqs.get_queue_attributes(QueueUrl=replaced["Url"], AttributeNames=["Policy"])["Attributes"]["Policy"]
        self.assertEqual(json.loads(policy)["Statement"][0]["Principal"], {"Service": "sns.amazonaws.com"})
        self.remove("q")
        self.assertEqual(sqs.list_queues().get("QueueUrls", []), [])

    def test_a_queue_that_is_there_is_not_taken_over(self):
        self.of("sqs").create_queue(QueueName="mine")
        self.stacks.create_stack(StackName="taken", TemplateBody=self.template({"Queue": resource("AWS::SQS::Queue", {"QueueName": "mine"})}))
        self.wait("taken", "ROLLBACK_COMPLETE")
        self.assertIn("already exists", str(self.failures("taken")))
        self.remove("taken")
        self.assertEqual(len(self.of("sqs").list_queues()["QueueUrls"]), 1)


class TopicsTest(StackCase):
    def test_topics_deliver_to_queues(self):
        resources = {
            "Queue": resource("AWS::SQS::Queue"),
            "Topic": resource("AWS::SNS::Topic", {"DisplayName": "d", "Subscription": [{"Protocol": "sqs", "Endpoint": att("Queue", "Arn")}]}),
            "Filtered": resource("AWS::SNS::Topic", {"TopicName": "filtered"}),
            "Subscription": resource("AWS::SNS::Subscription", {
                "TopicArn": ref("Filtered"), "Protocol": "sqs", "Endpoint": att("Queue", "Arn"), "RawMessageDelivery": True,
                "FilterPolicy": {"kind": ["good"]}}),
            "Policy": resource("AWS::SNS::TopicPolicy", {"Topics": [ref("Topic")], "PolicyDocument": {
                "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": sub("s3.${AWS::URLSuffix}")},
                                                        "Action": "sns:Publish", "Resource": ref("Topic")}]}}),
        }
        made = self.make("t", resources, {"Topic": ref("Topic"), "Name": att("Topic", "TopicName"), "Queue": ref("Queue"),
                                          "Filtered": ref("Filtered"), "Subscription": ref("Subscription")})
        self.assertEqual(made["Filtered"], f"arn:aws:sns:us-east-1:{ACCOUNT}:filtered")
        self.assertTrue(made["Subscription"].startswith(made["Filtered"] + ":"))
        sns, sqs = self.of("sns"), self.of("sqs")
        policy = json.loads(sns.get_topic_attributes(TopicArn=made["Topic"])["Attributes"]["Policy"])
        self.assertEqual(policy["Statement"][0]["Principal"], {"Service": "s3.amazonaws.com"})
        tags = {each["Key"]: each["Value"] for each in sns.list_tags_for_resource(ResourceArn=made["Topic"])["Tags"]}
        self.assertEqual((tags["aws:cloudformation:stack-name"], tags["aws:cloudformation:logical-id"]), ("t", "Topic"))
        sns.publish(TopicArn=made["Filtered"], Message="bad")
        sns.publish(TopicArn=made["Filtered"], Message="good", MessageAttributes={"kind": {"DataType": "String", "StringValue": "good"}})
        message = sqs.receive_message(QueueUrl=made["Queue"], WaitTimeSeconds=10)["Messages"][0]
        self.assertEqual(message["Body"], "good")
        del resources["Policy"]
        resources["Subscription"]["Properties"].pop("FilterPolicy")
        resources["Topic"]["Properties"] = {"DisplayName": "e"}
        changed = self.change("t", resources, {"Topic": ref("Topic")})
        self.assertEqual(changed["Topic"], made["Topic"])
        self.assertEqual(sns.get_topic_attributes(TopicArn=made["Topic"])["Attributes"]["DisplayName"], "e")
        self.assertEqual(len(sns.list_subscriptions()["Subscriptions"]), 1)
        self.remove("t")
        self.assertEqual((sns.list_topics()["Topics"], sns.list_subscriptions()["Subscriptions"]), ([], []))


class BucketsTest(StackCase):
    def test_a_bucket_with_everything(self):
        s3 = self.of("s3")
        resources = {
            "Queue": resource("AWS::SQS::Queue"),
            "Policy": resource("AWS::SQS::QueuePolicy", {"Queues": [ref("Queue")], "PolicyDocument": {
                "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",
                                                        "Principal": {"Service": "s3.amazonaws.com"}}]}}),
            "Bucket": resource("AWS::S3::Bucket", {
                "VersioningConfiguration": {"Status": "Enabled"},
                "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
                "LifecycleConfiguration": {"Rules": [
                    {"Id": "old", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
                    {"Status": "Enabled", "Transitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 1}], "Prefix": "p",
                     "TagFilters": [{"Key": "k", "Value": "v"}], "ExpirationDate": "2030-01-01T00:00:00Z"}]},
                "CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAge": 5}]},
                "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True,
                                                   "RestrictPublicBuckets": True},
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                "WebsiteConfiguration": {"IndexDocument": "index.html", "ErrorDocument": "error.html"},
                "MetricsConfigurations": [{"Id": "m"}],
                "IntelligentTieringConfigurations": [{"Id": "t", "Status": "Enabled", "Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 90}]}],
                "InventoryConfigurations": [{"Id": "i", "Enabled": True, "IncludedObjectVersions": "All", "ScheduleFrequency": "Daily",
                                             "Destination": {"BucketArn": "arn:aws:s3:::b", "Format": "CSV"}}],
                "NotificationConfiguration": {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": att("Queue", "Arn")}],
                                              "EventBridgeConfiguration": {"EventBridgeEnabled": True}},
                "AccessControl": "Private", "Tags": [{"Key": "a", "Value": "b"}]}, DependsOn="Policy"),
        }
        made = self.make("b", resources, {"Bucket": ref("Bucket"), "Arn": att("Bucket", "Arn"), "Host": att("Bucket", "RegionalDomainName"),
                                          "Queue": ref("Queue")})
        bucket = made["Bucket"]
        self.assertRegex(bucket, r"^b-bucket-[a-z0-9]{12}$")
        self.assertEqual(made["Arn"], f"arn:aws:s3:::{bucket}")
        self.assertEqual(made["Host"], f"{bucket}.s3.us-east-1.localhost:{self.server.port}")
        self.assertEqual(s3.get_bucket_versioning(Bucket=bucket)["Status"], "Enabled")
        rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        self.assertEqual(rules[1]["Filter"], {"And": {"Prefix": "p", "Tags": [{"Key": "k", "Value": "v"}]}})
        self.assertEqual(rules[1]["Expiration"]["Date"].year, 2030)
        tags = {each["Key"]: each["Value"] for each in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]}
        self.assertEqual((tags["a"], tags["aws:cloudformation:stack-name"]), ("b", "b"))
        s3.put_object(Bucket=bucket, Key="x", Body=b"1")
        bodies = [m["Body"] for _ in range(3) for m in self.of("sqs").receive_message(QueueUrl=made["Queue"], WaitTimeSeconds=2).get("Messages", [])]
        self.assertTrue(any("ObjectCreated" in body for body in bodies), bodies)
        resources["Bucket"]["Properties"] = {"AccessControl": "Private"}
        self.assertEqual(self.change("b", resources, {"Bucket": ref("Bucket")})["Bucket"], bucket)
        self.assertEqual(s3.get_bucket_versioning(Bucket=bucket)["Status"], "Suspended")
        self.assertEqual(self.refused(s3.get_bucket_lifecycle_configuration, Bucket=bucket)[0], "NoSuchLifecycleConfiguration")
        self.assertNotIn("QueueConfigurations", s3.get_bucket_notification_configuration(Bucket=bucket))
        # Not empty: it stays, and the stack says why.
        id = self.stacks.describe_stacks(StackName="b")["Stacks"][0]["StackId"]
        self.stacks.delete_stack(StackName="b")
        self.wait(id, "DELETE_FAILED")
        self.assertIn("The bucket you tried to delete is not empty. You must delete all versions in the bucket. (Service: S3, Status Code: 409",
                      str(self.failures(id)))
        for each in s3.list_object_versions(Bucket=bucket)["Versions"]:
            s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
        self.remove("b")
        self.assertEqual(s3.list_buckets()["Buckets"], [])

    def test_a_policy_and_a_bucket_of_another_name(self):
        s3 = self.of("s3")
        resources = {"Bucket": resource("AWS::S3::Bucket", {"BucketName": "first-bucket"}),
                     "Policy": resource("AWS::S3::BucketPolicy", {"Bucket": ref("Bucket"), "PolicyDocument": {
                         "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": sub("logging.s3.${AWS::URLSuffix}")},
                                                                 "Action": "s3:PutObject", "Resource": sub("${Bucket.Arn}/*")}]}})}
        self.make("bp", resources)
        policy = json.loads(s3.get_bucket_policy(Bucket="first-bucket")["Policy"])
        self.assertEqual(policy["Statement"][0]["Resource"], "arn:aws:s3:::first-bucket/*")
        resources["Bucket"]["Properties"]["BucketName"] = "second-bucket"
        self.change("bp", resources)
        self.assertEqual([each["Name"] for each in s3.list_buckets()["Buckets"]], ["second-bucket"])
        self.assertIn("second-bucket", s3.get_bucket_policy(Bucket="second-bucket")["Policy"])
        self.remove("bp")


class TablesTest(StackCase):
    KEYS = {"KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}

    def test_a_table_changes_in_place(self):
        dynamodb = self.of("dynamodb")
        resources = {"Table": resource("AWS::DynamoDB::Table", {
            **self.KEYS, "StreamSpecification": {"StreamViewType": "NEW_IMAGE"}, "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}, "SSESpecification": {"SSEEnabled": True},
            "Tags": [{"Key": "a", "Value": "b"}]})}
        made = self.make("t", resources, {"Table": ref("Table"), "Arn": att("Table", "Arn"), "Stream": att("Table", "StreamArn")})
        table = made["Table"]
        self.assertRegex(table, r"^t-Table-[A-Z0-9]{12}$")
        self.assertTrue(made["Stream"].startswith(made["Arn"] + "/stream/"))
        self.assertEqual(dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["AttributeName"], "ttl")
        recovery = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        self.assertEqual(recovery["PointInTimeRecoveryStatus"], "ENABLED")
        dynamodb.put_item(TableName=table, Item={"a": {"S": "1"}})
        resources["Table"]["Properties"] = {
            "KeySchema": self.KEYS["KeySchema"], "BillingMode": "PROVISIONED",
            "AttributeDefinitions": [*self.KEYS["AttributeDefinitions"], {"AttributeName": "b", "AttributeType": "S"}],
            "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3},
            "StreamSpecification": {"StreamViewType": "KEYS_ONLY"}, "DeletionProtectionEnabled": True,
            "GlobalSecondaryIndexes": [{"IndexName": "byB", "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
                                        "Projection": {"ProjectionType": "ALL"},
                                        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}]}
        self.assertEqual(self.change("t", resources, {"Table": ref("Table")})["Table"], table)
        described = dynamodb.describe_table(TableName=table)["Table"]
        self.assertEqual(described["ProvisionedThroughput"]["WriteCapacityUnits"], 3)
        self.assertEqual(described["StreamSpecification"]["StreamViewType"], "KEYS_ONLY")
        self.assertEqual([each["IndexName"] for each in described["GlobalSecondaryIndexes"]], ["byB"])
        self.assertEqual(dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"], "DISABLED")
        self.assertEqual(dynamodb.scan(TableName=table)["Count"], 1)
        resources["Table"]["Properties"].pop("GlobalSecondaryIndexes")
        resources["Table"]["Properties"].pop("DeletionProtectionEnabled")
        self.change("t", resources)
        self.assertNotIn("GlobalSecondaryIndexes", dynamodb.describe_table(TableName=table)["Table"])
        self.remove("t")
        self.assertEqual(dynamodb.list_tables()["TableNames"], [])

    def test_other_keys_make_another_table(self):
        dynamodb = self.of("dynamodb")
        resources = {"Table": resource("AWS::DynamoDB::GlobalTable", {**self.KEYS, "Replicas": [{"Region": ref("AWS::Region")}],
                                                                      "StreamSpecification": {"StreamViewType": "NEW_IMAGE"}})}
        made = self.make("g", resources, {"Table": ref("Table"), "Stream": att("Table", "StreamArn"), "Id": att("Table", "TableId")})
        resources["Table"]["Properties"]["KeySchema"] = [{"AttributeName": "b", "KeyType": "HASH"}]
        resources["Table"]["Properties"]["AttributeDefinitions"] = [{"AttributeName": "b", "AttributeType": "S"}]
        changed = self.change("g", resources, {"Table": ref("Table")})
        self.assertNotEqual(changed["Table"], made["Table"])
        self.assertEqual(dynamodb.list_tables()["TableNames"], [changed["Table"]])
        self.remove("g")
        self.assertEqual(dynamodb.list_tables()["TableNames"], [])


class FunctionsTest(StackCase):
    CODE = "import os\ndef handler(event, context):\n    return {'value': os.environ.get('VALUE'), 'event': event}\n"

    def function(self, **more):
        return resource("AWS::Lambda::Function", {"Runtime": "python3.12", "Handler": "index.handler", "Code": {"ZipFile": self.CODE},
                                                  "Role": att("Role", "Arn"), **more})

    def test_functions_versions_aliases_and_what_hangs_on_them(self):
        functions = self.of("lambda")
        resources = {
            "Role": role(), "Queue": resource("AWS::SQS::Queue"),
            "Function": self.function(Environment={"Variables": {"VALUE": 1}}, Timeout="7", ReservedConcurrentExecutions=2,
                                      Tags=[{"Key": "a", "Value": "b"}]),
            "Version": resource("AWS::Lambda::Version", {"FunctionName": ref("Function")}),
            "Alias": resource("AWS::Lambda::Alias", {"FunctionName": ref("Function"), "Name": "live",
                                                     "FunctionVersion": att("Version", "Version"),
                                                     "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 1}}),
            "Permission": resource("AWS::Lambda::Permission", {
                "FunctionName": att("Function", "Arn"), "Action": "lambda:InvokeFunction",
                "Principal": sub("events.${AWS::URLSuffix}"), "SourceAccount": ref("AWS::AccountId")}),
            "Url": resource("AWS::Lambda::Url", {"TargetFunctionArn": att("Function", "Arn"), "AuthType": "NONE", "Qualifier": "live"},
                            DependsOn="Alias"),
            "Config": resource("AWS::Lambda::EventInvokeConfig", {"FunctionName": ref("Function"), "Qualifier": "$LATEST",
                                                                  "MaximumRetryAttempts": 0}),
            "Source": resource("AWS::Lambda::EventSourceMapping", {"FunctionName": ref("Function"), "EventSourceArn": att("Queue", "Arn"),
                                                                   "BatchSize": 3, "Enabled": False}),
            "Signing": resource("AWS::Lambda::CodeSigningConfig", {"AllowedPublishers": {"SigningProfileVersionArns": [
                "arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/abcdefghij"]}}),
        }
        outputs = {"Function": ref("Function"), "Arn": att("Function", "Arn"), "Version": ref("Version"), "Number": att("Version", "Version"),
                   "Alias": ref("Alias"), "Url": att("Url", "FunctionUrl"), "Source": ref("Source"), "Permission": ref("Permission")}
        made = self.make("f", resources, outputs)
        name = made["Function"]
        self.assertRegex(name, r"^f-Function-[A-Za-z0-9]{12}$")
        self.assertEqual(made["Version"], made["Arn"] + ":1")
        self.assertEqual(made["Alias"], made["Arn"] + ":live")
        self.assertTrue(made["Url"].startswith("http"))
        configuration = functions.get_function(FunctionName=name)
        self.assertEqual((configuration["Configuration"]["Timeout"], configuration["Concurrency"]["ReservedConcurrentExecutions"]), (7, 2))
        self.assertEqual((configuration["Tags"]["a"], configuration["Tags"]["aws:cloudformation:logical-id"]), ("b", "Function"))
        statement = json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"][0]
        self.assertEqual((statement["Principal"], statement["Sid"]), ({"Service": "events.amazonaws.com"}, made["Permission"]))
        self.assertEqual(functions.get_event_source_mapping(UUID=made["Source"])["BatchSize"], 3)
        if bubblewrap_works():
            answer = functions.invoke(FunctionName=name, Qualifier="live", Payload=b'{"x": 1}')["Payload"].read()
            self.assertEqual(json.loads(answer), {"value": "1", "event": {"x": 1}})
        resources["Function"] = self.function(Code={"ZipFile": self.CODE.replace("'value'", "'other'")}, MemorySize=256)
        resources["Source"]["Properties"] = {**resources["Source"]["Properties"], "BatchSize": 5}
        resources["Source"]["Properties"].pop("Enabled")
        resources["Url"]["Properties"]["AuthType"] = "AWS_IAM"
        resources["Alias"]["Properties"].pop("ProvisionedConcurrencyConfig")
        changed = self.change("f", resources, outputs)
        self.assertEqual((changed["Function"], changed["Version"]), (name, made["Version"]))
        configuration = functions.get_function(FunctionName=name)
        self.assertEqual((configuration["Configuration"]["Timeout"], configuration["Configuration"]["MemorySize"]), (3, 256))
        self.assertNotIn("Concurrency", configuration)
        self.assertEqual(functions.get_event_source_mapping(UUID=made["Source"])["State"], "Enabled")
        if bubblewrap_works():
            self.assertEqual(json.loads(functions.invoke(FunctionName=name)["Payload"].read()), {"other": None, "event": {}})
        self.remove("f")
        self.assertEqual((functions.list_functions()["Functions"], functions.list_event_source_mappings()["EventSourceMappings"],
                          functions.list_code_signing_configs()["CodeSigningConfigs"]), ([], [], []))

    @unittest.skipUnless(bubblewrap_works(), "no bubblewrap")
    def test_inline_code_answers_custom_resources(self):
        python = ("import cfnresponse\ndef handler(event, context):\n"
                  "    cfnresponse.send(event, context, cfnresponse.SUCCESS, {'Word': event['ResourceProperties'].get('Word', '') * 2}, 'id')\n")
        node = ("const response = require('cfn-response');\nexports.handler = (event, context) => {\n"
                "  response.send(event, context, response.SUCCESS, { Word: event.ResourceProperties.Word + '!' });\n};\n")
        resources = {"Role": role(), "Python": self.function(Code={"ZipFile": python}),
                     "Custom": {"Type": "Custom::Thing", "Properties": {"ServiceToken": att("Python", "Arn"), "Word": "ab"}}}
        outputs = {"Word": att("Custom", "Word"), "Id": ref("Custom")}
        if shutil.which("node"):
            resources["Node"] = self.function(Code={"ZipFile": node}, Runtime="nodejs22.x")
            resources["Other"] = {"Type": "AWS::CloudFormation::CustomResource", "Properties": {"ServiceToken": att("Node", "Arn"), "Word": "cd"}}
            outputs["Other"] = att("Other", "Word")
        made = self.make("c", resources, outputs)
        self.assertEqual((made["Word"], made["Id"], made.get("Other", "cd!")), ("abab", "id", "cd!"))
        self.remove("c")

    def test_code_and_layers_of_a_bucket(self):
        import io
        import zipfile
        s3, functions = self.of("s3"), self.of("lambda")
        s3.create_bucket(Bucket="code")
        for key, files in {"f.zip": {"index.py": "import data\ndef handler(e, c): return data.VALUE\n"},
                           "l.zip": {"python/data.py": "VALUE = 42\n"}}.items():
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                for name, text in files.items():
                    archive.writestr(name, text)
            s3.put_object(Bucket="code", Key=key, Body=packed.getvalue())
        resources = {"Role": role(), "Layer": resource("AWS::Lambda::LayerVersion", {
                         "Content": {"S3Bucket": "code", "S3Key": "l.zip"}, "CompatibleRuntimes": ["python3.12"]}),
                     "Share": resource("AWS::Lambda::LayerVersionPermission", {
                         "LayerVersionArn": ref("Layer"), "Action": "lambda:GetLayerVersion", "Principal": "*"}),
                     "Function": self.function(Code={"S3Bucket": "code", "S3Key": "f.zip"}, Layers=[ref("Layer")], FunctionName="named")}
        made = self.make("l", resources, {"Layer": ref("Layer")})
        self.assertEqual(made["Layer"], f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:Layer:1")
        if bubblewrap_works():
            self.assertEqual(functions.invoke(FunctionName="named")["Payload"].read(), b"42")
        resources["Layer"]["Properties"]["Description"] = "another"
        self.assertEqual(self.change("l", resources, {"Layer": ref("Layer")})["Layer"], f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:Layer:2")
        self.remove("l")
        self.assertEqual(functions.list_layers()["Layers"], [])


class MachinesTest(StackCase):
    PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Word}", "End": True}}}

    def test_a_machine_runs_changes_and_goes(self):
        states = self.of("stepfunctions")
        resources = {
            "Role": role(), "Logs": resource("AWS::Logs::LogGroup", {"RetentionInDays": 7}),
            "Machine": resource("AWS::StepFunctions::StateMachine", {
                "RoleArn": att("Role", "Arn"), "Definition": self.PASS, "DefinitionSubstitutions": {"Word": "one"},
                "StateMachineType": "STANDARD", "TracingConfiguration": {"Enabled": True}, "LoggingConfiguration": {
                    "Level": "ALL", "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": att("Logs", "Arn")}}]},
                "Tags": [{"Key": "a", "Value": "b"}]}),
            "Version": resource("AWS::StepFunctions::StateMachineVersion", {
                "StateMachineArn": ref("Machine"), "StateMachineRevisionId": att("Machine", "StateMachineRevisionId")}),
            "Alias": resource("AWS::StepFunctions::StateMachineAlias", {
                "Name": "live", "DeploymentPreference": {"StateMachineVersionArn": ref("Version"), "Type": "ALL_AT_ONCE"}}),
            "Activity": resource("AWS::StepFunctions::Activity", {"Name": "work"}),
        }
        outputs = {"Machine": ref("Machine"), "Name": att("Machine", "Name"), "Version": ref("Version"), "Alias": ref("Alias"),
                   "Activity": ref("Activity")}
        made = self.make("m", resources, outputs)
        self.assertRegex(made["Name"], r"^Machine-[A-Za-z0-9]{12}$")
        self.assertEqual(made["Machine"], f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:{made['Name']}")
        self.assertEqual((made["Version"], made["Alias"]), (made["Machine"] + ":1", made["Machine"] + ":live"))
        described = states.describe_state_machine(stateMachineArn=made["Machine"])
        self.assertEqual((described["loggingConfiguration"]["level"], described["tracingConfiguration"]["enabled"]), ("ALL", True))
        tags = {each["key"]: each["value"] for each in states.list_tags_for_resource(resourceArn=made["Machine"])["tags"]}
        self.assertEqual((tags["a"], tags["aws:cloudformation:stack-name"]), ("b", "m"))
        resources["Machine"]["Properties"] = {"RoleArn": att("Role", "Arn"), "DefinitionString": json.dumps(self.PASS),
                                              "StateMachineType": "STANDARD", "DefinitionSubstitutions": {"Word": 2}}
        changed = self.change("m", resources, outputs)
        self.assertEqual(changed["Machine"], made["Machine"])
        self.assertEqual(changed["Version"], made["Machine"] + ":2")
        execution = states.start_execution(stateMachineArn=made["Alias"])["executionArn"]
        self.eventually(lambda: states.describe_execution(executionArn=execution).get("output") == '"2"', "the alias has the new version")
        described = states.describe_state_machine(stateMachineArn=made["Machine"])
        self.assertEqual((json.loads(described["definition"])["States"]["A"]["Result"], described["loggingConfiguration"]["level"]), ("2", "OFF"))
        resources["Machine"]["Properties"]["StateMachineType"] = "EXPRESS"
        self.assertNotEqual(self.change("m", resources, outputs)["Machine"], made["Machine"])
        self.remove("m")
        self.assertEqual((states.list_state_machines()["stateMachines"], states.list_activities()["activities"],
                          self.of("logs").describe_log_groups()["logGroups"]), ([], [], []))


class LogsTest(StackCase):
    def test_groups_streams_and_filters(self):
        logs = self.of("logs")
        resources = {
            "Group": resource("AWS::Logs::LogGroup", {"RetentionInDays": 7, "Tags": [{"Key": "a", "Value": "b"}]}),
            "Stream": resource("AWS::Logs::LogStream", {"LogGroupName": ref("Group")}),
            "Metric": resource("AWS::Logs::MetricFilter", {"LogGroupName": ref("Group"), "FilterPattern": "ERROR", "MetricTransformations": [
                {"MetricName": "errors", "MetricNamespace": "n", "MetricValue": "1"}]}),
            "Query": resource("AWS::Logs::QueryDefinition", {"Name": "q", "QueryString": "fields @message", "LogGroupNames": [ref("Group")]}),
            "Policy": resource("AWS::Logs::ResourcePolicy", {"PolicyName": "p", "PolicyDocument": json.dumps({
                "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
                                                        "Action": "logs:PutLogEvents", "Resource": "*"}]})}),
        }
        made = self.make("l", resources, {"Group": ref("Group"), "Arn": att("Group", "Arn"), "Stream": ref("Stream"), "Query": ref("Query"),
                                          "Metric": ref("Metric")})
        self.assertEqual(made["Arn"], f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{made['Group']}:*")
        group = logs.describe_log_groups(logGroupNamePrefix=made["Group"])["logGroups"][0]
        self.assertEqual(group["retentionInDays"], 7)
        self.assertEqual(logs.describe_metric_filters()["metricFilters"][0]["filterName"], made["Metric"])
        self.assertEqual(logs.describe_log_streams(logGroupName=made["Group"])["logStreams"][0]["logStreamName"], made["Stream"])
        resources["Group"]["Properties"] = {}
        resources["Metric"]["Properties"]["FilterPattern"] = "WARN"
        self.change("l", resources)
        self.assertNotIn("retentionInDays", logs.describe_log_groups()["logGroups"][0])
        self.assertEqual(logs.describe_metric_filters()["metricFilters"][0]["filterPattern"], "WARN")
        self.remove("l")
        self.assertEqual((logs.describe_log_groups()["logGroups"], logs.describe_query_definitions()["queryDefinitions"],
                          logs.describe_resource_policies()["resourcePolicies"]), ([], [], []))


class IdentitiesTest(StackCase):
    def test_roles_users_groups_and_policies(self):
        iam = self.of("iam")
        allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
        resources = {
            "Role": role(ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"], Policies=[{"PolicyName": "in", "PolicyDocument": allow}],
                         Tags=[{"Key": "a", "Value": "b"}]),
            "Policy": resource("AWS::IAM::Policy", {"PolicyName": "p", "PolicyDocument": allow, "Roles": [ref("Role")], "Groups": [ref("Group")]}),
            "Managed": resource("AWS::IAM::ManagedPolicy", {"PolicyDocument": allow, "Users": [ref("User")]}),
            "Group": resource("AWS::IAM::Group"),
            "User": resource("AWS::IAM::User", {"Groups": [ref("Group")], "Path": "/x/"}),
            "Key": resource("AWS::IAM::AccessKey", {"UserName": ref("User")}),
            "Profile": resource("AWS::IAM::InstanceProfile", {"Roles": [ref("Role")]}),
            "Inline": resource("AWS::IAM::RolePolicy", {"RoleName": ref("Role"), "PolicyName": "more", "PolicyDocument": allow}),
            "Provider": resource("AWS::IAM::OIDCProvider", {"Url": "https://token.example", "ClientIdList": ["a"]}),
        }
        outputs = {"Role": ref("Role"), "Arn": att("Role", "Arn"), "Id": att("Role", "RoleId"), "Managed": ref("Managed"), "User": ref("User"),
                   "UserArn": att("User", "Arn"), "Key": ref("Key"), "Profile": att("Profile", "Arn"), "Provider": ref("Provider")}
        made = self.make("i", resources, outputs)
        self.assertEqual(made["Arn"], f"arn:aws:iam::{ACCOUNT}:role/{made['Role']}")
        self.assertTrue(made["Id"].startswith("AROA") and made["Key"].startswith("AKIA"))
        self.assertEqual(made["UserArn"], f"arn:aws:iam::{ACCOUNT}:user/x/{made['User']}")
        self.assertEqual(made["Provider"], f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example")
        trust = iam.get_role(RoleName=made["Role"])["Role"]["AssumeRolePolicyDocument"]
        self.assertEqual(trust["Statement"][0]["Principal"]["Service"], ["lambda.amazonaws.com", "states.amazonaws.com"])
        self.assertEqual(sorted(iam.list_role_policies(RoleName=made["Role"])["PolicyNames"]), ["in", "more", "p"])
        resources["Role"]["Properties"].update(Description="d", ManagedPolicyArns=[ref("Managed")], Policies=[], Tags=[])
        resources["Managed"]["Properties"]["PolicyDocument"] = {**allow, "Statement": []} | {"Statement": [{**allow["Statement"][0], "Action": "s3:*"}]}
        resources["Managed"]["Properties"].pop("Users")
        resources["Policy"]["Properties"] = {"PolicyName": "q", "PolicyDocument": allow, "Roles": [ref("Role")]}
        resources["User"]["Properties"] = {"Path": "/y/"}
        changed = self.change("i", resources, outputs)
        self.assertEqual((changed["Role"], changed["Managed"]), (made["Role"], made["Managed"]))
        self.assertEqual(sorted(iam.list_role_policies(RoleName=made["Role"])["PolicyNames"]), ["more", "q"])
        attached = iam.list_attached_role_policies(RoleName=made["Role"])["AttachedPolicies"]
        self.assertEqual([each["PolicyArn"] for each in attached], [made["Managed"]])
        self.assertEqual(iam.get_policy(PolicyArn=made["Managed"])["Policy"]["DefaultVersionId"], "v2")
        self.assertEqual(changed["UserArn"], f"arn:aws:iam::{ACCOUNT}:user/y/{made['User']}")
        self.remove("i")
        self.assertEqual((iam.list_roles()["Roles"], iam.list_users()["Users"], iam.list_groups()["Groups"],
                          iam.list_policies(Scope="Local")["Policies"], iam.list_instance_profiles()["InstanceProfiles"],
                          iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]), ([], [], [], [], [], []))

    def test_a_role_whose_policy_is_bad_does_not_stay(self):
        self.stacks.create_stack(StackName="bad", Capabilities=["CAPABILITY_IAM"], TemplateBody=self.template(
            {"Role": role(Policies=[{"PolicyName": "p", "PolicyDocument": {"Nonsense": 1}}])}))
        self.wait("bad", "ROLLBACK_COMPLETE")
        self.assertEqual(self.of("iam").list_roles()["Roles"], [])


class SecretsTest(StackCase):
    def test_keys_parameters_and_secrets(self):
        kms, ssm, secrets = self.of("kms"), self.of("ssm"), self.of("secretsmanager")
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*",
                                                          "Principal": {"AWS": sub("arn:aws:iam::${AWS::AccountId}:root")}}]}
        resources = {
            "Key": resource("AWS::KMS::Key", {"KeyPolicy": policy, "EnableKeyRotation": True, "PendingWindowInDays": 7}),
            "Alias": resource("AWS::KMS::Alias", {"AliasName": "alias/mine", "TargetKeyId": ref("Key")}),
            "Parameter": resource("AWS::SSM::Parameter", {"Type": "String", "Value": "one", "Tags": {"a": "b"}}),
            "Secret": resource("AWS::SecretsManager::Secret", {"KmsKeyId": ref("Key"), "GenerateSecretString": {
                "SecretStringTemplate": json.dumps({"user": "u"}), "GenerateStringKey": "password", "PasswordLength": 20}}),
            "SecretPolicy": resource("AWS::SecretsManager::ResourcePolicy", {"SecretId": ref("Secret"), "ResourcePolicy": {
                "Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret",
                                                        "Resource": "*"}]}}),
        }
        outputs = {"Key": ref("Key"), "Arn": att("Key", "Arn"), "Alias": ref("Alias"), "Parameter": ref("Parameter"),
                   "Value": att("Parameter", "Value"), "Secret": ref("Secret")}
        made = self.make("s", resources, outputs)
        self.assertEqual(made["Arn"], f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{made['Key']}")
        self.assertTrue(kms.get_key_rotation_status(KeyId=made["Key"])["KeyRotationEnabled"])
        self.assertRegex(made["Parameter"], r"^CFN-Parameter-[A-Za-z0-9]{12}$")
        self.assertEqual(made["Value"], "one")
        self.assertRegex(made["Secret"], r":secret:Secret-[A-Za-z0-9]{12}-[A-Za-z0-9]{6}$")
        value = json.loads(secrets.get_secret_value(SecretId=made["Secret"])["SecretString"])
        self.assertEqual((value["user"], len(value["password"])), ("u", 20))
        resources["Key"]["Properties"].update(EnableKeyRotation=False, Description="d")
        resources["Parameter"]["Properties"].update(Value="two", Tags={"c": "d"})
        resources["Secret"]["Properties"] = {"KmsKeyId": ref("Key"), "SecretString": "plain", "Description": "d"}
        changed = self.change("s", resources, outputs)
        self.assertEqual((changed["Key"], changed["Value"], changed["Secret"]), (made["Key"], "two", made["Secret"]))
        self.assertEqual(ssm.get_parameter(Name=made["Parameter"])["Parameter"]["Value"], "two")
        tags = {each["Key"] for each in ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=made["Parameter"])["TagList"]}
        self.assertTrue("c" in tags and "a" not in tags and "aws:cloudformation:stack-name" in tags, tags)
        self.assertEqual(secrets.get_secret_value(SecretId=made["Secret"])["SecretString"], "plain")
        self.remove("s")
        self.assertEqual(kms.describe_key(KeyId=made["Key"])["KeyMetadata"]["KeyState"], "PendingDeletion")
        self.assertEqual((ssm.describe_parameters()["Parameters"], secrets.list_secrets()["SecretList"]), ([], []))


class OthersTest(StackCase):
    """Types that are made, have the names that AWS gives them, and go."""
    ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}

    def test_of_iam(self):
        iam = self.of("iam")
        metadata = ('<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/"><IDPSSODescriptor '
                    'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></EntityDescriptor>') + " " * 1000
        resources = {
            "User": resource("AWS::IAM::User"), "Group": resource("AWS::IAM::Group"),
            "Addition": resource("AWS::IAM::UserToGroupAddition", {"GroupName": ref("Group"), "Users": [ref("User")]}),
            "UserPolicy": resource("AWS::IAM::UserPolicy", {"UserName": ref("User"), "PolicyName": "p", "PolicyDocument": self.ALLOW}),
            "GroupPolicy": resource("AWS::IAM::GroupPolicy", {"GroupName": ref("Group"), "PolicyName": "p", "PolicyDocument": self.ALLOW}),
            "Saml": resource("AWS::IAM::SAMLProvider", {"SamlMetadataDocument": metadata, "Name": "saml"}),
            "Linked": resource("AWS::IAM::ServiceLinkedRole", {"AWSServiceName": sub("batch.${AWS::URLSuffix}"), "Description": "d"}),
            "Device": resource("AWS::IAM::VirtualMFADevice", {"Users": [ref("User")], "VirtualMfaDeviceName": "mfa"}),
        }
        made = self.make("i", resources, {"Policy": ref("UserPolicy"), "Saml": ref("Saml"), "Linked": ref("Linked"), "Device": ref("Device"),
                                          "User": ref("User"), "Group": ref("Group")})
        self.assertEqual(made["Policy"], "p|" + made["User"])
        self.assertEqual(made["Saml"], f"arn:aws:iam::{ACCOUNT}:saml-provider/saml")
        self.assertEqual(made["Linked"], "AWSServiceRoleForBatch")
        self.assertEqual(made["Device"], f"arn:aws:iam::{ACCOUNT}:mfa/mfa")
        self.assertEqual([each["UserName"] for each in iam.get_group(GroupName=made["Group"])["Users"]], [made["User"]])
        resources["Addition"]["Properties"]["Users"] = []
        resources["Linked"]["Properties"]["Description"] = "e"
        self.change("i", resources)
        self.assertEqual(iam.get_group(GroupName=made["Group"])["Users"], [])
        self.assertEqual(iam.get_role(RoleName="AWSServiceRoleForBatch")["Role"]["Description"], "e")
        self.remove("i")
        self.assertEqual((iam.list_users()["Users"], iam.list_groups()["Groups"], iam.list_roles()["Roles"],
                          iam.list_saml_providers()["SAMLProviderList"], iam.list_virtual_mfa_devices()["VirtualMFADevices"]), ([], [], [], [], []))

    def test_of_logs_queues_and_topics(self):
        logs = self.of("logs")
        resources = {
            "Role": role(), "Group": resource("AWS::Logs::LogGroup", {"LogGroupName": "group"}), "Queue": resource("AWS::SQS::Queue"),
            "Topic": resource("AWS::SNS::Topic"),
            "QueuePolicy": resource("AWS::SQS::QueueInlinePolicy", {"Queue": ref("Queue"), "PolicyDocument": {
                "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Principal": "*"}]}}),
            "TopicPolicy": resource("AWS::SNS::TopicInlinePolicy", {"TopicArn": ref("Topic"), "PolicyDocument": {
                "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": ref("Topic"), "Principal": "*"}]}}),
            "Function": resource("AWS::Lambda::Function", {"Runtime": "nodejs22.x", "Handler": "index.handler", "Role": att("Role", "Arn"),
                                                           "Code": {"ZipFile": "exports.handler = async () => 1;"}}),
            "Permission": resource("AWS::Lambda::Permission", {"FunctionName": ref("Function"), "Action": "lambda:InvokeFunction",
                                                               "Principal": sub("logs.${AWS::URLSuffix}")}),
            "Filter": resource("AWS::Logs::SubscriptionFilter", {"LogGroupName": ref("Group"), "FilterPattern": "",
                                                                 "DestinationArn": att("Function", "Arn")}, DependsOn="Permission"),
            "Destination": resource("AWS::Logs::Destination", {"DestinationName": "destination", "RoleArn": att("Role", "Arn"),
                                                               "TargetArn": f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s"}),
        }
        made = self.make("l", resources, {"Filter": ref("Filter"), "Destination": att("Destination", "Arn"), "Queue": ref("QueuePolicy"),
                                          "Url": ref("Queue"), "Topic": ref("TopicPolicy"), "Arn": ref("Topic")})
        self.assertEqual(made["Destination"], f"arn:aws:logs:us-east-1:{ACCOUNT}:destination:destination")
        self.assertEqual((made["Queue"], made["Topic"]), (made["Url"], made["Arn"]))
        filters = logs.describe_subscription_filters(logGroupName="group")["subscriptionFilters"]
        self.assertEqual([each["filterName"] for each in filters], [made["Filter"]])
        resources["Filter"]["Properties"]["FilterPattern"] = "x"
        self.change("l", resources)
        self.assertEqual(logs.describe_subscription_filters(logGroupName="group")["subscriptionFilters"][0]["filterPattern"], "x")
        self.remove("l")
        self.assertEqual((logs.describe_log_groups()["logGroups"], logs.describe_destinations()["destinations"]), ([], []))

    def test_a_secret_is_rotated_by_a_function(self):
        secrets = self.of("secretsmanager")
        resources = {
            "Role": role(), "Secret": resource("AWS::SecretsManager::Secret", {"SecretString": "s"}),
            "Function": resource("AWS::Lambda::Function", {"Runtime": "python3.12", "Handler": "index.handler", "Role": att("Role", "Arn"),
                                                           "Code": {"ZipFile": "def handler(event, context):\n    pass\n"}}),
            "Rotation": resource("AWS::SecretsManager::RotationSchedule", {
                "SecretId": ref("Secret"), "RotationLambdaARN": att("Function", "Arn"), "RotateImmediatelyOnUpdate": False,
                "RotationRules": {"AutomaticallyAfterDays": 30}}),
        }
        made = self.make("r", resources, {"Secret": ref("Secret"), "Rotation": ref("Rotation")})
        self.assertEqual(made["Rotation"], made["Secret"])
        self.assertEqual(secrets.describe_secret(SecretId=made["Secret"])["RotationRules"]["AutomaticallyAfterDays"], 30)
        resources["Rotation"]["Properties"]["RotationRules"] = {"AutomaticallyAfterDays": 60}
        self.change("r", resources)
        self.assertEqual(secrets.describe_secret(SecretId=made["Secret"])["RotationRules"]["AutomaticallyAfterDays"], 60)
        self.remove("r")
        self.assertEqual(secrets.list_secrets()["SecretList"], [])

    def test_a_key_has_a_replica_in_another_region(self):
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*",
                                                          "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}]}
        made = self.make("k", {"Key": resource("AWS::KMS::Key", {"MultiRegion": True, "KeyPolicy": policy})}, {"Arn": att("Key", "Arn")})
        stacks, self.stacks = self.stacks, self.client(self.server, "cloudformation", "eu-west-1")
        replica = self.make("k", {"Key": resource("AWS::KMS::ReplicaKey", {"PrimaryKeyArn": made["Arn"], "KeyPolicy": policy})},
                            {"Arn": att("Key", "Arn")})
        self.assertEqual(replica["Arn"], made["Arn"].replace("us-east-1", "eu-west-1"))
        self.remove("k")
        self.stacks = stacks
        self.remove("k")


class RollbackTest(StackCase):
    def test_what_an_update_changed_is_changed_back(self):
        resources = {"Table": resource("AWS::DynamoDB::Table", {**TablesTest.KEYS, "Tags": [{"Key": "a", "Value": "1"}]}),
                     "Queue": resource("AWS::SQS::Queue", {"DelaySeconds": 1}), "Bucket": resource("AWS::S3::Bucket"), "Role": role()}
        made = self.make("r", resources, {"Table": ref("Table"), "Queue": ref("Queue"), "Bucket": ref("Bucket"), "Role": ref("Role")})
        resources["Table"]["Properties"].update(DeletionProtectionEnabled=True, StreamSpecification={"StreamViewType": "KEYS_ONLY"},
                                                Tags=[{"Key": "a", "Value": "2"}])
        resources["Queue"]["Properties"]["DelaySeconds"] = 2
        resources["Bucket"]["Properties"]["VersioningConfiguration"] = {"Status": "Enabled"}
        resources["Role"]["Properties"]["Description"] = "changed"
        resources["Bad"] = resource("AWS::SQS::Queue", {"VisibilityTimeout": 99999999}, DependsOn=["Table", "Queue", "Bucket", "Role"])
        self.stacks.update_stack(StackName="r", TemplateBody=self.template(resources), Capabilities=["CAPABILITY_IAM"])
        self.wait("r", "UPDATE_ROLLBACK_COMPLETE")
        table = self.of("dynamodb").describe_table(TableName=made["Table"])["Table"]
        self.assertFalse(table["DeletionProtectionEnabled"] if "DeletionProtectionEnabled" in table else False)
        self.assertNotIn("StreamSpecification", table)
        tags = self.of("dynamodb").list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
        self.assertEqual(tags, [{"Key": "a", "Value": "1"}])
        attributes = self.of("sqs").get_queue_attributes(QueueUrl=made["Queue"], AttributeNames=["DelaySeconds"])["Attributes"]
        self.assertEqual(attributes["DelaySeconds"], "1")
        self.assertEqual(self.of("s3").get_bucket_versioning(Bucket=made["Bucket"])["Status"], "Suspended")
        self.assertIn(self.of("iam").get_role(RoleName=made["Role"])["Role"].get("Description", ""), "")
        self.remove("r")


class CrashTest(StackCase):
    """A server that is killed in the middle of an operation goes on with it: what was made is not made twice."""
    RESOURCES = {
        "Role": role(Policies=[{"PolicyName": "p", "PolicyDocument": OthersTest.ALLOW}]),
        "Queue": resource("AWS::SQS::Queue"), "Topic": resource("AWS::SNS::Topic"),
        "Subscription": resource("AWS::SNS::Subscription", {"TopicArn": ref("Topic"), "Protocol": "sqs", "Endpoint": att("Queue", "Arn")}),
        "Bucket": resource("AWS::S3::Bucket", {"VersioningConfiguration": {"Status": "Enabled"}}),
        "Table": resource("AWS::DynamoDB::Table", {**TablesTest.KEYS, "TimeToLiveSpecification": {"AttributeName": "t", "Enabled": True}}),
        "Function": resource("AWS::Lambda::Function", {"Runtime": "python3.12", "Handler": "index.handler", "Role": att("Role", "Arn"),
                                                       "Code": {"ZipFile": FunctionsTest.CODE}, "ReservedConcurrentExecutions": 1}),
        "Version": resource("AWS::Lambda::Version", {"FunctionName": ref("Function")}),
        "Source": resource("AWS::Lambda::EventSourceMapping", {"FunctionName": ref("Version"), "EventSourceArn": att("Queue", "Arn")}),
        "Secret": resource("AWS::SecretsManager::Secret", {"GenerateSecretString": {}}),
        "Parameter": resource("AWS::SSM::Parameter", {"Type": "String", "Value": att("Role", "Arn")}),
        "Machine": resource("AWS::StepFunctions::StateMachine", {"RoleArn": att("Role", "Arn"), "Definition": MachinesTest.PASS}),
        "Logs": resource("AWS::Logs::LogGroup", {"RetentionInDays": 7}),
    }

    def restart(self):
        self.server.stop(signal.SIGKILL)
        self.server = self.serve("--data", self.data)
        self.stacks = self.client(self.server, "cloudformation")

    def complete(self, status):
        pages = self.stacks.get_paginator("describe_stack_events").paginate(StackName=self.id)
        return sum(each["ResourceStatus"] == status for page in pages for each in page["StackEvents"])

    def left(self):
        functions = self.of("lambda")
        return (len(self.of("iam").list_roles()["Roles"]), len(self.of("sqs").list_queues().get("QueueUrls", [])),
                len(self.of("sns").list_topics()["Topics"]), len(self.of("sns").list_subscriptions()["Subscriptions"]),
                len(self.of("s3").list_buckets()["Buckets"]), len(self.of("dynamodb").list_tables()["TableNames"]),
                len(functions.list_functions()["Functions"]), len(functions.list_event_source_mappings()["EventSourceMappings"]),
                len(self.of("secretsmanager").list_secrets()["SecretList"]), len(self.of("ssm").describe_parameters()["Parameters"]),
                len(self.of("stepfunctions").list_state_machines()["stateMachines"]), len(self.of("logs").describe_log_groups()["logGroups"]))

    def test_a_stack_is_made_and_removed_whole(self):
        self.server.stop()
        for done in (1, 4, 8):
            self.data = os.path.join(self.folder, f"data{done}")
            self.server = self.serve("--data", self.data)
            self.stacks = self.client(self.server, "cloudformation")
            self.id = self.stacks.create_stack(StackName="c", TemplateBody=self.template(self.RESOURCES), Capabilities=["CAPABILITY_IAM"])["StackId"]
            self.eventually(lambda: self.complete("CREATE_COMPLETE") >= done, "some resources are made")
            self.restart()
            self.wait(self.id, "CREATE_COMPLETE")
            self.assertEqual(self.left(), (1,) * 12)
            self.stacks.delete_stack(StackName="c")
            self.eventually(lambda: self.complete("DELETE_COMPLETE") >= done, "some resources are gone")
            self.restart()
            self.wait(self.id, "DELETE_COMPLETE")
            self.assertEqual(self.left(), (0,) * 12)
            self.server.stop()


class MistakesTest(StackCase):
    def failure(self, resources):
        self.stacks.create_stack(StackName="x", TemplateBody=self.template(resources), Capabilities=["CAPABILITY_IAM"])
        self.wait("x", "ROLLBACK_COMPLETE")
        failures = self.failures("x")
        self.remove("x")
        return failures[-1][1]

    def test_mistakes_are_told_in_awss_words(self):
        self.assertEqual(self.failure({"Table": resource("AWS::DynamoDB::Table", {"AttributeDefinitions": []})}),
                         "Properties validation failed for resource Table with message: [#: required key [KeySchema] not found]")
        self.assertEqual(self.failure({"Queue": resource("AWS::SQS::Queue", {"Foo": 1, "DelaySeconds": "five"})}),
                         "Properties validation failed for resource Queue with message: [#: extraneous key [Foo] is not permitted, "
                         "#/DelaySeconds: expected type: Integer, found: String]")
        self.assertIn("Pawl does not have the property AbacStatus of AWS::S3::Bucket",
                      self.failure({"Bucket": resource("AWS::S3::Bucket", {"AbacStatus": "Enabled"})}))


if __name__ == "__main__":
    unittest.main()
