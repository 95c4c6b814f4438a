# SPDX-License-Identifier: Apache-2.0
"""CloudFormation as boto3 and the AWS CLI use it. Python 3.9."""
import json
import os
import signal
import time
import unittest
import urllib.request

import aws_cli
from client_case import ClientCase

QUEUES = """
Parameters:
  Timeout: {Type: Number, Default: 45}
  Suffix: {Type: String, Default: one}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: !Ref Timeout}
  Named:
    Type: AWS::SQS::Queue
    DependsOn: Queue
    Properties: {QueueName: !Sub '${AWS::StackName}-${Suffix}'}
Outputs:
  Url: {Value: !Ref Queue, Export: {Name: !Sub '${AWS::StackName}-url'}}
  Arn: {Description: of the second, Value: !GetAtt Named.Arn}
"""


class CloudFormationCase(ClientCase):
    def stacks(self, server):
        return self.client(server, "cloudformation")

    def wait(self, client, name, seconds=30):
        """The stack when nothing is under way any more."""
        end = time.monotonic() + seconds
        while True:
            stack = client.describe_stacks(StackName=name)["Stacks"][0]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack
            self.assertLess(time.monotonic(), end, f"{name} is still {stack['StackStatus']}")
            time.sleep(0.02)

    def events(self, client, name):
        """(status, logical id, reason), oldest first."""
        pages = client.get_paginator("describe_stack_events").paginate(StackName=name)
        found = [event for page in pages for event in page["StackEvents"]]
        return [(each["ResourceStatus"], each["LogicalResourceId"], each.get("ResourceStatusReason", "")) for each in reversed(found)]

    def outputs(self, stack):
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


class StacksTest(CloudFormationCase):
    def test_a_stack_from_its_making_to_its_end(self):
        server = self.serve()
        client, sqs = self.stacks(server), self.client(server, "sqs")
        stack_id = client.create_stack(StackName="first", TemplateBody=QUEUES, Tags=[{"Key": "team", "Value": "blue"}])["StackId"]
        stack = self.wait(client, "first")
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE")
        url = self.outputs(stack)["Url"]
        self.assertEqual(self.outputs(stack)["Arn"], "arn:aws:sqs:us-east-1:000000000000:first-one")
        self.assertEqual(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]["VisibilityTimeout"], "45")
        self.assertEqual(sqs.list_queue_tags(QueueUrl=url)["Tags"]["team"], "blue")
        self.assertEqual(self.events(client, "first"), [
            ("CREATE_IN_PROGRESS", "first", "User Initiated"),
            ("CREATE_IN_PROGRESS", "Queue", ""), ("CREATE_IN_PROGRESS", "Queue", "Resource creation Initiated"), ("CREATE_COMPLETE", "Queue", ""),
            ("CREATE_IN_PROGRESS", "Named", ""), ("CREATE_IN_PROGRESS", "Named", "Resource creation Initiated"), ("CREATE_COMPLETE", "Named", ""),
            ("CREATE_COMPLETE", "first", "")])
        # The one queue changes, the other is replaced and goes at the end.
        client.update_stack(StackName="first", UsePreviousTemplate=True, Parameters=[
            {"ParameterKey": "Timeout", "ParameterValue": "46"}, {"ParameterKey": "Suffix", "ParameterValue": "two"}])
        stack = self.wait(client, "first")
        self.assertEqual((stack["StackStatus"], self.outputs(stack)["Url"]), ("UPDATE_COMPLETE", url))
        self.assertEqual([each for each in self.events(client, "first")[8:] if each[1] != "Queue"], [
            ("UPDATE_IN_PROGRESS", "first", "User Initiated"),
            ("UPDATE_IN_PROGRESS", "Named", "Requested update requires the creation of a new physical resource; hence creating one."),
            ("UPDATE_IN_PROGRESS", "Named", "Resource creation Initiated"), ("UPDATE_COMPLETE", "Named", ""),
            ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "first", ""),
            ("DELETE_IN_PROGRESS", "Named", ""), ("DELETE_COMPLETE", "Named", ""), ("UPDATE_COMPLETE", "first", "")])
        self.assertEqual(sorted(each.rsplit("/", 1)[1].split("-")[1] for each in sqs.list_queues()["QueueUrls"]), ["Queue", "two"])
        previous = [{"ParameterKey": name, "UsePreviousValue": True} for name in ("Timeout", "Suffix")]
        self.assertEqual(self.refused(client.update_stack, StackName="first", UsePreviousTemplate=True, Parameters=previous)[:2],
                         ("ValidationError", "No updates are to be performed."))
        client.delete_stack(StackName="first")
        self.assertEqual(self.wait(client, stack_id)["StackStatus"], "DELETE_COMPLETE")
        self.assertNotIn("QueueUrls", sqs.list_queues())
        self.assertEqual(self.refused(client.describe_stacks, StackName="first"),
                         ("ValidationError", "Stack with id first does not exist", 400))

    def test_what_fails_is_told_and_taken_back(self):
        server = self.serve()
        client, sqs = self.stacks(server), self.client(server, "sqs")
        bad = QUEUES.replace("{VisibilityTimeout: !Ref Timeout}", "{VisibilityTimeout: !Ref Timeout}").replace(
            "QueueName: !Sub '${AWS::StackName}-${Suffix}'", "QueueName: 'not a name!'")
        client.create_stack(StackName="bad", TemplateBody=bad)
        self.assertEqual(self.wait(client, "bad")["StackStatus"], "ROLLBACK_COMPLETE")
        events = self.events(client, "bad")
        failed = next(each for each in events if each[0] == "CREATE_FAILED")
        self.assertEqual(failed[1], "Named")
        self.assertIn("Can only include alphanumeric characters", failed[2])
        self.assertIn(("ROLLBACK_IN_PROGRESS", "bad", "The following resource(s) failed to create: [Named]. Rollback requested by user."), events)
        self.assertNotIn("QueueUrls", sqs.list_queues())
        code, message, _ = self.refused(client.update_stack, StackName="bad", TemplateBody=QUEUES)
        self.assertEqual(code, "ValidationError")
        self.assertTrue(message.endswith("is in ROLLBACK_COMPLETE state and can not be updated."), message)
        # Kept as it is, then mended.
        client.create_stack(StackName="kept", TemplateBody=bad, OnFailure="DO_NOTHING")
        self.assertEqual(self.wait(client, "kept")["StackStatus"], "CREATE_FAILED")
        self.assertEqual(len(sqs.list_queues()["QueueUrls"]), 1)
        client.update_stack(StackName="kept", TemplateBody=QUEUES)
        self.assertEqual(self.wait(client, "kept")["StackStatus"], "UPDATE_COMPLETE")
        # An update that fails goes back, replaced resources included.
        before = self.outputs(self.wait(client, "kept"))
        client.create_stack(StackName="other", TemplateBody=QUEUES)
        self.wait(client, "other")
        client.update_stack(StackName="kept", TemplateBody=QUEUES.replace("${Suffix}", "${Suffix}-x") + "  Bad: {Value: x, Export: {Name: other-url}}\n")
        self.assertEqual(self.wait(client, "kept")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.assertEqual(self.outputs(self.wait(client, "kept")), before)
        self.assertEqual(len(sqs.list_queues(QueueNamePrefix="kept-")["QueueUrls"]), 2)
        self.assertTrue([each for each in self.events(client, "kept") if "Export with name other-url is already exported by stack other" in each[2]])
        self.assertIn("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", [each[0] for each in self.events(client, "kept")])

    def test_nothing_is_made_of_what_cannot_be(self):
        client = self.stacks(self.serve())
        for template, text in (
                ("Resources: {A: {Type: AWS::Foo::Bar}}", "Template format error: Unrecognized resource types: [AWS::Foo::Bar]"),
                ("Resources: {A: {Type: AWS::SQS::Queue, DependsOn: B}}",
                 "Template format error: Unresolved resource dependencies [B] in the Resources block of the template"),
                ("Resources: [", "Template format error: YAML not well-formed"),
                ("{}", "Template format error: At least one Resources member must be defined.")):
            code, message, status = self.refused(client.create_stack, StackName="none", TemplateBody=template)
            self.assertEqual((code, status), ("ValidationError", 400))
            self.assertIn(text, message)
        role = "Resources: {R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}}}}"
        self.assertEqual(self.refused(client.create_stack, StackName="none", TemplateBody=role)[:2],
                         ("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]"))
        self.assertEqual(client.describe_stacks()["Stacks"], [])
        client.delete_stack(StackName="none")

    def test_names_sizes_and_policies_are_looked_at_first(self):
        client = self.stacks(self.serve())
        pattern = " at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        for name in ("1st", "a_b", "-a", "a b"):
            self.assertEqual(self.refused(client.create_stack, StackName=name, TemplateBody=QUEUES),
                             ("ValidationError", f"1 validation error detected: Value '{name}'{pattern}", 400))
        self.assertEqual(self.refused(client.describe_stacks, StackName="a_b")[1],
                         f"1 validation error detected: Value 'a_b'{pattern}|arn:[-a-zA-Z0-9:/._+]*")
        self.assertTrue(self.refused(client.create_stack, StackName="a" * 129, TemplateBody=QUEUES)[1].endswith(
            "Member must have length less than or equal to 128"))
        self.assertTrue(self.refused(client.create_stack, StackName="big", TemplateBody=QUEUES + "#" * 51200)[1].endswith(
            "at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200"))
        self.assertEqual(self.refused(client.create_stack, StackName="snap", TemplateBody="Resources: {Q: {Type: AWS::SQS::Queue, DeletionPolicy: Snapshot}}")[1],
                         "Template error: resource type AWS::SQS::Queue does not support deletion policy Snapshot")
        self.assertEqual(client.describe_stacks()["Stacks"], [])
        twice = "Resources: {Q: {Type: AWS::SQS::Queue}}\nOutputs: {A: {Value: a, Export: {Name: same}}, B: {Value: b, Export: {Name: same}}}"
        client.create_stack(StackName="twice", TemplateBody=twice)
        self.assertEqual(self.wait(client, "twice")["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertIn(("ROLLBACK_IN_PROGRESS", "twice", "Export with name same is already exported by stack twice. Rollback requested by user."),
                      self.events(client, "twice"))
        # A token that is no ARN is nobody's address.
        client.create_stack(StackName="token", TemplateBody="Resources: {C: {Type: 'Custom::X', Properties: {ServiceToken: nobody}}}")
        self.assertEqual(self.wait(client, "token")["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertIn(("CREATE_FAILED", "C", "Invalid service token."), self.events(client, "token"))

    def test_protection_policies_and_what_is_retained(self):
        server = self.serve()
        client, sqs = self.stacks(server), self.client(server, "sqs")
        kept = "Resources: {Q: {Type: AWS::SQS::Queue, DeletionPolicy: Retain, Properties: {QueueName: kept, DelaySeconds: 1}}}"
        client.create_stack(StackName="safe", TemplateBody=kept, EnableTerminationProtection=True, StackPolicyBody=json.dumps(
            {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "Update:*", "Resource": "LogicalResourceId/Q"}]}))
        self.wait(client, "safe")
        self.assertEqual(self.refused(client.delete_stack, StackName="safe")[1],
                         "Stack [safe] cannot be deleted while TerminationProtection is enabled")
        client.update_stack(StackName="safe", TemplateBody=kept.replace("DelaySeconds: 1", "DelaySeconds: 2"))
        self.assertEqual(self.wait(client, "safe")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.assertTrue([each for each in self.events(client, "safe") if "Action denied by stack policy" in each[2]])
        client.set_stack_policy(StackName="safe", StackPolicyBody=json.dumps(
            {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}]}))
        client.update_stack(StackName="safe", TemplateBody=kept.replace("DelaySeconds: 1", "DelaySeconds: 2"))
        self.assertEqual(self.wait(client, "safe")["StackStatus"], "UPDATE_COMPLETE")
        client.update_termination_protection(StackName="safe", EnableTerminationProtection=False)
        client.delete_stack(StackName="safe")
        url = sqs.get_queue_url(QueueName="kept")["QueueUrl"]
        # What was left behind is taken into another stack.
        change_set = client.create_change_set(StackName="next", ChangeSetName="import", ChangeSetType="IMPORT", TemplateBody=kept, ResourcesToImport=[
            {"ResourceType": "AWS::SQS::Queue", "LogicalResourceId": "Q", "ResourceIdentifier": {"QueueUrl": url}}])
        self.assertEqual(client.describe_change_set(ChangeSetName=change_set["Id"])["Changes"][0]["ResourceChange"]["Action"], "Import")
        client.execute_change_set(ChangeSetName=change_set["Id"])
        self.assertEqual(self.wait(client, "next")["StackStatus"], "IMPORT_COMPLETE")
        resource = client.describe_stack_resource(StackName="next", LogicalResourceId="Q")["StackResourceDetail"]
        self.assertEqual(resource["PhysicalResourceId"], url)

    def test_exports_and_nested_stacks(self):
        server = self.serve()
        client, s3 = self.stacks(server), self.client(server, "s3")
        client.create_stack(StackName="base", TemplateBody=QUEUES)
        self.wait(client, "base")
        s3.create_bucket(Bucket="templates")
        s3.put_object(Bucket="templates", Key="child.yaml", Body="""
            Parameters: {Delay: {Type: Number}}
            Resources: {Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Delay}}}
            Outputs: {Name: {Value: !GetAtt Q.QueueName}, Shared: {Value: !ImportValue base-url}}""")
        parent = """
            Parameters: {Delay: {Type: String, Default: "5"}}
            Resources:
              Child:
                Type: AWS::CloudFormation::Stack
                Properties: {TemplateURL: 'https://templates.s3.us-east-1.amazonaws.com/child.yaml', Parameters: {Delay: !Ref Delay}}
            Outputs: {Name: {Value: !GetAtt Child.Outputs.Name}}"""
        client.create_stack(StackName="parent", TemplateBody=parent)
        stack = self.wait(client, "parent")
        self.assertTrue(self.outputs(stack)["Name"].startswith("parent-Child-"), stack)
        child = client.describe_stack_resource(StackName="parent", LogicalResourceId="Child")["StackResourceDetail"]["PhysicalResourceId"]
        self.assertEqual(client.describe_stacks(StackName=child)["Stacks"][0]["ParentId"], stack["StackId"])
        self.assertEqual(client.list_imports(ExportName="base-url")["Imports"], [child.split("/")[1]])
        client.delete_stack(StackName="base")
        self.assertEqual(self.wait(client, "base")["StackStatus"], "CREATE_COMPLETE")
        self.assertIn("Delete canceled. Cannot delete export base-url as it is in use by " + child.split("/")[1] + ".",
                      [each[2] for each in self.events(client, "base")])
        client.update_stack(StackName="parent", UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Delay", "ParameterValue": "6"}])
        self.assertEqual(self.wait(client, "parent")["StackStatus"], "UPDATE_COMPLETE")
        client.update_stack(StackName="parent", UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Delay", "ParameterValue": "9999"}])
        self.assertEqual(self.wait(client, "parent")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.assertTrue([each for each in self.events(client, "parent") if "was not successfully updated" in each[2]])
        client.delete_stack(StackName="parent")
        self.assertEqual(self.wait(client, stack["StackId"])["StackStatus"], "DELETE_COMPLETE")
        self.assertEqual(self.wait(client, child)["StackStatus"], "DELETE_COMPLETE")
        client.delete_stack(StackName="base")


class OthersAnswerTest(CloudFormationCase):
    """Stacks that wait for somebody."""
    WAITING = """
        Resources:
          Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
          Before: {Type: AWS::SQS::Queue}
          Wait: {Type: AWS::CloudFormation::WaitCondition, DependsOn: Before, Properties: {Handle: !Ref Handle, Timeout: 60, Count: 2}}
          After: {Type: AWS::SQS::Queue, DependsOn: Wait}
        Outputs: {Data: {Value: !GetAtt Wait.Data}}"""

    def signal(self, client, name, unique_id, status="SUCCESS"):
        end = time.monotonic() + 20
        while True:
            resources = client.describe_stack_resources(StackName=name)["StackResources"]
            found = [each for each in resources if each["LogicalResourceId"] == "Handle" and each["ResourceStatus"] == "CREATE_COMPLETE"]
            if found:
                break
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        body = json.dumps({"Status": status, "UniqueId": unique_id, "Data": "of " + unique_id, "Reason": "as it was told"})
        request = urllib.request.Request(found[0]["PhysicalResourceId"], data=body.encode(), method="PUT")
        with urllib.request.urlopen(request) as answer:
            self.assertEqual(answer.status, 200)

    def test_killed_in_mid_deploy_it_goes_on_and_makes_nothing_twice(self):
        server = self.serve("--data", self.folder + "/data")
        self.stacks(server).create_stack(StackName="waits", TemplateBody=self.WAITING)
        self.signal(self.stacks(server), "waits", "a")
        server.stop(signal.SIGKILL)
        server = self.serve("--data", self.folder + "/data")
        client = self.stacks(server)
        self.assertEqual(client.describe_stacks(StackName="waits")["Stacks"][0]["StackStatus"], "CREATE_IN_PROGRESS")
        with self.assertRaises(AssertionError):  # it waits for the second
            self.wait(client, "waits", 0.5)
        # The address was given out by a server on another port: its path counts.
        resource = client.describe_stack_resource(StackName="waits", LogicalResourceId="Handle")["StackResourceDetail"]
        path = "/" + resource["PhysicalResourceId"].split("/", 3)[3]
        request = urllib.request.Request(f"http://{server.host}:{server.port}{path}", method="PUT",
                                         data=b'{"Status": "SUCCESS", "UniqueId": "b", "Data": "of b"}')
        urllib.request.urlopen(request).close()
        stack = self.wait(client, "waits")
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE")
        self.assertEqual(json.loads(self.outputs(stack)["Data"]), {"a": "of a", "b": "of b"})
        made = [each[1] for each in self.events(client, "waits") if each[0] == "CREATE_COMPLETE"]
        self.assertEqual(sorted(made), sorted(["Handle", "Before", "Wait", "After", "waits"]))
        self.assertEqual(len(self.client(server, "sqs").list_queues()["QueueUrls"]), 2)

    def test_killed_again_and_again(self):
        template = {"Resources": {f"Queue{i}": {"Type": "AWS::SQS::Queue", "DependsOn": [f"Queue{i - 1}"] if i % 5 else []} for i in range(40)}}
        server = self.serve("--data", self.folder + "/data")
        stack_id = self.stacks(server).create_stack(StackName="many", TemplateBody=json.dumps(template))["StackId"]
        for expected, begin in (("CREATE_COMPLETE", None), ("DELETE_COMPLETE", lambda client: client.delete_stack(StackName="many"))):
            if begin:
                begin(self.stacks(server))
            for pause in (0.02, 0.05, 0.03, 0.08):
                time.sleep(pause)  # somewhere in the middle: wherever it is, it goes on
                server.stop(signal.SIGKILL)
                server = self.serve("--data", self.folder + "/data")
            client = self.stacks(server)
            self.assertEqual(self.wait(client, stack_id)["StackStatus"], expected)
            done = [each[1] for each in self.events(client, stack_id) if each[0] == expected]
            self.assertEqual(len(done), 41)
            self.assertEqual(len(set(done)), 41)
            queues = self.client(server, "sqs").list_queues().get("QueueUrls", [])
            self.assertEqual(len(queues), 40 if begin is None else 0)

    def test_a_signal_of_failure_and_one_that_does_not_come(self):
        client = self.stacks(self.serve())
        client.create_stack(StackName="fails", TemplateBody=self.WAITING)
        self.signal(client, "fails", "a", status="FAILURE")
        self.assertEqual(self.wait(client, "fails")["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertTrue([each for each in self.events(client, "fails") if "WaitCondition received failed message: 'as it was told'" in each[2]])
        client.create_stack(StackName="late", TemplateBody=self.WAITING.replace("Timeout: 60", "Timeout: 1"))
        self.assertEqual(self.wait(client, "late")["StackStatus"], "ROLLBACK_COMPLETE")
        self.assertTrue([each for each in self.events(client, "late") if "WaitCondition timed out. Received 0 conditions when expecting 2" in each[2]])

    def test_a_custom_resource_is_made_changed_and_deleted_by_its_function(self):
        server = self.serve()
        client = self.stacks(server)
        template = """
            Parameters: {Name: {Type: String, Default: a}, Secret: {Type: String, NoEcho: true, Default: hush-hush}}
            Resources:
              Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [
                {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}}}
              Function:
                Type: AWS::Lambda::Function
                Properties:
                  Runtime: python3.11
                  Handler: index.handler
                  Role: !GetAtt Role.Arn
                  Code:
                    ZipFile: |
                      import cfnresponse
                      def handler(event, context):
                          own = event["ResourceProperties"]
                          status = cfnresponse.FAILED if own["Name"] == "bad" else cfnresponse.SUCCESS
                          old = event.get("OldResourceProperties", {}).get("Name", "none")
                          data = {"Told": f"{event['RequestType']} {old} {own['Name']} {own['Number']} {own['Secret']}"}
                          cfnresponse.send(event, context, status, data, "thing-" + own["Name"])
              Thing:
                Type: Custom::Thing
                Properties: {ServiceToken: !GetAtt Function.Arn, Name: !Ref Name, Number: 7, Secret: !Ref Secret}
            Outputs: {Told: {Value: !GetAtt Thing.Told}, Id: {Value: !Ref Thing}}"""
        stack_id = client.create_stack(StackName="custom", TemplateBody=template, Capabilities=["CAPABILITY_IAM"])["StackId"]
        self.assertEqual(self.outputs(self.wait(client, "custom")), {"Told": "Create none a 7 hush-hush", "Id": "thing-a"})
        events = json.dumps(client.describe_stack_events(StackName="custom")["StackEvents"], default=str)
        self.assertNotIn("hush-hush", events)
        self.assertIn({"ParameterKey": "Secret", "ParameterValue": "****"}, client.describe_stacks(StackName="custom")["Stacks"][0]["Parameters"])

        def update(name):
            client.update_stack(StackName="custom", UsePreviousTemplate=True, Capabilities=["CAPABILITY_IAM"], Parameters=[
                {"ParameterKey": "Name", "ParameterValue": name}, {"ParameterKey": "Secret", "UsePreviousValue": True}])
            return self.wait(client, "custom")
        stack = update("b")
        self.assertEqual(self.outputs(stack), {"Told": "Update a b 7 hush-hush", "Id": "thing-b"})
        # Another id: the one before is deleted in the end.
        self.assertEqual(self.events(client, "custom")[-3:], [
            ("DELETE_IN_PROGRESS", "Thing", ""), ("DELETE_COMPLETE", "Thing", ""), ("UPDATE_COMPLETE", "custom", "")])
        stack = update("bad")
        self.assertEqual((stack["StackStatus"], self.outputs(stack)["Id"]), ("UPDATE_ROLLBACK_COMPLETE", "thing-b"))
        reason = next(each[2] for each in self.events(client, "custom") if each[0] == "UPDATE_FAILED")
        self.assertRegex(reason, r"Received response status \[FAILED\] from custom resource\. Message returned: See the details in CloudWatch Log Stream")
        client.delete_stack(StackName="custom")
        self.assertEqual(self.wait(client, stack_id)["StackStatus"], "DELETE_COMPLETE")


class StackSetsTest(CloudFormationCase):
    def operation(self, client, name, operation):
        end = time.monotonic() + 20
        while True:
            told = client.describe_stack_set_operation(StackSetName=name, OperationId=operation)["StackSetOperation"]
            if told["Status"] != "RUNNING":
                return told["Status"]
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def test_the_same_stack_in_two_regions(self):
        server = self.serve()
        client = self.stacks(server)
        client.create_stack_set(StackSetName="everywhere", TemplateBody="""
            Parameters: {Delay: {Type: Number, Default: 1}}
            Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: everywhere, DelaySeconds: !Ref Delay}}}""",
                                Parameters=[{"ParameterKey": "Delay", "ParameterValue": "3"}])
        regions = {"Accounts": ["000000000000"], "Regions": ["eu-west-1", "us-west-2"]}
        made = client.create_stack_instances(StackSetName="everywhere", **regions)["OperationId"]
        self.assertEqual(self.operation(client, "everywhere", made), "SUCCEEDED")
        instances = client.list_stack_instances(StackSetName="everywhere")["Summaries"]
        self.assertEqual([(each["Region"], each["Status"]) for each in instances], [("eu-west-1", "CURRENT"), ("us-west-2", "CURRENT")])

        def delay(region):
            sqs = self.client(server, "sqs", region)
            url = sqs.get_queue_url(QueueName="everywhere")["QueueUrl"]
            return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"]["DelaySeconds"]
        self.assertEqual([delay("eu-west-1"), delay("us-west-2")], ["3", "3"])
        changed = client.update_stack_set(StackSetName="everywhere", UsePreviousTemplate=True,
                                          Parameters=[{"ParameterKey": "Delay", "ParameterValue": "4"}])["OperationId"]
        self.assertEqual(self.operation(client, "everywhere", changed), "SUCCEEDED")
        self.assertEqual([delay("eu-west-1"), delay("us-west-2")], ["4", "4"])
        self.assertEqual(self.refused(client.delete_stack_set, StackSetName="everywhere")[0], "StackSetNotEmptyException")
        gone = client.delete_stack_instances(StackSetName="everywhere", RetainStacks=False, **regions)["OperationId"]
        self.assertEqual(self.operation(client, "everywhere", gone), "SUCCEEDED")
        client.delete_stack_set(StackSetName="everywhere")
        self.assertEqual(self.refused(client.describe_stack_set, StackSetName="everywhere"),
                         ("StackSetNotFoundException", "StackSet everywhere not found", 404))


class ChangeSetsTest(CloudFormationCase):
    def test_changes_are_told_then_made(self):
        client = self.stacks(self.serve())
        made = client.create_change_set(StackName="sets", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=QUEUES)
        client.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"], WaiterConfig={"Delay": 1})
        self.assertEqual(client.describe_stacks(StackName="sets")["Stacks"][0]["StackStatus"], "REVIEW_IN_PROGRESS")
        changes = client.describe_change_set(ChangeSetName="one", StackName="sets")["Changes"]
        self.assertEqual([(each["ResourceChange"]["Action"], each["ResourceChange"]["LogicalResourceId"]) for each in changes],
                         [("Add", "Named"), ("Add", "Queue")])
        client.execute_change_set(ChangeSetName="one", StackName="sets")
        self.assertEqual(self.wait(client, "sets")["StackStatus"], "CREATE_COMPLETE")
        client.create_change_set(StackName="sets", ChangeSetName="two", TemplateBody=QUEUES, Parameters=[
            {"ParameterKey": "Suffix", "ParameterValue": "two"}, {"ParameterKey": "Timeout", "ParameterValue": "46"}])
        told = client.describe_change_set(ChangeSetName="two", StackName="sets")
        named, queue = (each["ResourceChange"] for each in told["Changes"])
        self.assertEqual((named["Action"], named["Replacement"], queue["Action"], queue["Replacement"]), ("Modify", "True", "Modify", "False"))
        self.assertEqual(named["Details"][0], {
            "Target": {"Attribute": "Properties", "Name": "QueueName", "RequiresRecreation": "Always"},
            "Evaluation": "Static", "ChangeSource": "ParameterReference", "CausingEntity": "Suffix"})
        client.create_change_set(StackName="sets", ChangeSetName="same", TemplateBody=QUEUES)
        same = client.describe_change_set(ChangeSetName="same", StackName="sets")
        self.assertEqual((same["Status"], same["ExecutionStatus"]), ("FAILED", "UNAVAILABLE"))
        self.assertIn("didn't contain changes", same["StatusReason"])
        self.assertEqual(self.refused(client.execute_change_set, ChangeSetName="same", StackName="sets")[0], "InvalidChangeSetStatus")
        client.delete_change_set(ChangeSetName="two", StackName="sets")
        self.assertEqual(self.refused(client.describe_change_set, ChangeSetName="two", StackName="sets"),
                         ("ChangeSetNotFound", "ChangeSet [two] does not exist", 404))
        client.delete_change_set(ChangeSetName="two", StackName="sets")

    def test_nested_stacks_have_change_sets_of_their_own(self):
        server = self.serve()
        client, s3 = self.stacks(server), self.client(server, "s3")
        s3.create_bucket(Bucket="templates")
        child = "Parameters: {Delay: {Type: Number}}\nResources: {Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Delay}}}\n"
        s3.put_object(Bucket="templates", Key="child.yaml", Body=child)
        parent = """
            Parameters: {Delay: {Type: String, Default: "5"}}
            Resources:
              Child:
                Type: AWS::CloudFormation::Stack
                Properties: {TemplateURL: 'https://templates.s3.us-east-1.amazonaws.com/child.yaml', Parameters: {Delay: !Ref Delay}}"""

        def change_set(name, kind="UPDATE"):
            client.create_change_set(StackName="nest", ChangeSetName=name, ChangeSetType=kind, TemplateBody=parent, IncludeNestedStacks=True)
            return client.describe_change_set(StackName="nest", ChangeSetName=name)

        first = change_set("first", "CREATE")
        nested = client.describe_change_set(ChangeSetName=first["Changes"][0]["ResourceChange"]["ChangeSetId"])
        self.assertEqual((nested["RootChangeSetId"], nested["ExecutionStatus"]), (first["ChangeSetId"], "UNAVAILABLE"))
        client.execute_change_set(StackName="nest", ChangeSetName="first")
        self.assertEqual(self.wait(client, "nest")["StackStatus"], "CREATE_COMPLETE")
        # Nothing is another, not behind the address either.
        self.assertEqual(change_set("same")["Status"], "FAILED")
        s3.put_object(Bucket="templates", Key="child.yaml", Body=child.replace("Q:", "Q2:"))
        change = change_set("behind")["Changes"][0]["ResourceChange"]
        inner = client.describe_change_set(ChangeSetName=change["ChangeSetId"], StackName=change["PhysicalResourceId"])
        self.assertEqual([(each["ResourceChange"]["Action"], each["ResourceChange"]["LogicalResourceId"]) for each in inner["Changes"]],
                         [("Add", "Q2"), ("Remove", "Q")])
        client.execute_change_set(StackName="nest", ChangeSetName="behind")
        self.assertEqual(self.wait(client, "nest")["StackStatus"], "UPDATE_COMPLETE")
        self.assertEqual(client.describe_stacks(StackName=change["PhysicalResourceId"])["Stacks"][0]["ChangeSetId"], change["ChangeSetId"])

    def test_drift_is_told(self):
        server = self.serve()
        client = self.stacks(server)
        client.create_stack(StackName="drift", TemplateBody="""
            Resources:
              Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 5, Tags: [{Key: a, Value: b}]}}
              P: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: one}}
              B: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}
              T: {Type: AWS::SNS::Topic, Properties: {DisplayName: t}}
              L: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 7}}
              D: {Type: AWS::DynamoDB::Table, Properties: {BillingMode: PAY_PER_REQUEST,
                  AttributeDefinitions: [{AttributeName: k, AttributeType: S}], KeySchema: [{AttributeName: k, KeyType: HASH}]}}
              R: {Type: AWS::IAM::Role, Properties: {Description: r, AssumeRolePolicyDocument: {Version: "2012-10-17", Statement:
                  [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: states.amazonaws.com}}]}}}
              M: {Type: AWS::StepFunctions::StateMachine, Properties: {RoleArn: !GetAtt R.Arn,
                  DefinitionString: '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'}}
              F: {Type: AWS::Lambda::Function, Properties: {Handler: index.handler, Runtime: python3.12, Role: !GetAtt R.Arn,
                  Environment: {Variables: {AB: c}}, Code: {ZipFile: "def handler(event, context): pass"}}}""",
                            Capabilities=["CAPABILITY_IAM"], Tags=[{"Key": "stack", "Value": "tag"}])
        self.assertEqual(self.wait(client, "drift")["StackStatus"], "CREATE_COMPLETE", self.events(client, "drift"))

        def drifted():
            detection = client.detect_stack_drift(StackName="drift")["StackDriftDetectionId"]
            status = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
            self.assertEqual(status["DetectionStatus"], "DETECTION_COMPLETE", status)
            self.assertEqual(status["StackDriftStatus"], self.wait(client, "drift")["DriftInformation"]["StackDriftStatus"])
            drifts = client.describe_stack_resource_drifts(StackName="drift")["StackResourceDrifts"]
            self.assertEqual({each["LogicalResourceId"] for each in drifts}, set("QPBTLDRMF"))
            return {each["LogicalResourceId"]: (each["StackResourceDriftStatus"], [each["PropertyPath"] for each in each.get("PropertyDifferences", [])])
                    for each in drifts if each["StackResourceDriftStatus"] != "IN_SYNC"}

        self.assertEqual(drifted(), {})
        ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in client.describe_stack_resources(StackName="drift")["StackResources"]}
        self.client(server, "sqs").set_queue_attributes(QueueUrl=ids["Q"], Attributes={"DelaySeconds": "6"})
        self.client(server, "ssm").put_parameter(Name=ids["P"], Value="two", Overwrite=True)
        self.client(server, "s3").delete_bucket(Bucket=ids["B"])
        self.client(server, "sns").set_topic_attributes(TopicArn=ids["T"], AttributeName="DisplayName", AttributeValue="u")
        self.client(server, "logs").delete_retention_policy(logGroupName=ids["L"])
        self.assertEqual(drifted(), {"Q": ("MODIFIED", ["/DelaySeconds"]), "P": ("MODIFIED", ["/Value"]), "B": ("DELETED", []),
                                     "T": ("MODIFIED", ["/DisplayName"]), "L": ("MODIFIED", ["/RetentionInDays"])})
        one = client.detect_stack_resource_drift(StackName="drift", LogicalResourceId="Q")["StackResourceDrift"]
        self.assertEqual(one["PropertyDifferences"], [{"PropertyPath": "/DelaySeconds", "ExpectedValue": "5", "ActualValue": "6", "DifferenceType": "NOT_EQUAL"}])
        self.assertEqual(self.refused(client.detect_stack_resource_drift, StackName="drift", LogicalResourceId="X")[0], "ValidationError")
        self.assertEqual(client.describe_stack_resource(StackName="drift", LogicalResourceId="B")["StackResourceDetail"]["DriftInformation"]
                         ["StackResourceDriftStatus"], "DELETED")

    def test_types_are_listed(self):
        client = self.stacks(self.serve())
        self.assertEqual(client.list_types()["TypeSummaries"], [])
        shown = client.list_types(Visibility="PUBLIC", Type="RESOURCE", Filters={"TypeNamePrefix": "AWS::SQS"})["TypeSummaries"]
        self.assertEqual([each["TypeName"] for each in shown], ["AWS::SQS::Queue", "AWS::SQS::QueueInlinePolicy", "AWS::SQS::QueuePolicy"])

    def test_transforms_includes_and_macros(self):
        server = self.serve()
        client, s3 = self.stacks(server), self.client(server, "s3")
        s3.create_bucket(Bucket="pieces")
        s3.put_object(Bucket="pieces", Key="delay.yaml", Body="DelaySeconds: 7")
        role = "arn:aws:iam::000000000000:role/any"
        client.create_stack(StackName="macros", TemplateBody=f"""
            Resources:
              Function:
                Type: AWS::Lambda::Function
                Properties:
                  Runtime: python3.11
                  Handler: index.handler
                  Role: {role}
                  Code:
                    ZipFile: |
                      def handler(event, context):
                          fragment = event["fragment"]
                          fragment["Resources"]["Made"] = {{"Type": "AWS::SQS::Queue"}}
                          return {{"requestId": event["requestId"], "status": "success", "fragment": fragment}}
              Macro: {{Type: AWS::CloudFormation::Macro, Properties: {{Name: Adds, FunctionName: !GetAtt Function.Arn}}}}""")
        self.assertEqual(self.wait(client, "macros")["StackStatus"], "CREATE_COMPLETE")
        template = """
            Transform: [Adds, AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
            Resources:
              Included: {Type: AWS::SQS::Queue, Properties: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://pieces/delay.yaml'}}}}
              Table: {Type: AWS::Serverless::SimpleTable}
              Fn::ForEach::Queues:
                - Name
                - [One, Two]
                - 'Loop${Name}': {Type: AWS::SQS::Queue}"""
        self.assertEqual(self.refused(client.create_stack, StackName="made", TemplateBody=template)[:2],
                         ("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_AUTO_EXPAND]"))
        client.create_stack(StackName="made", TemplateBody=template, Capabilities=["CAPABILITY_AUTO_EXPAND"])
        stack = self.wait(client, "made")
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE", self.events(client, "made"))
        resources = client.describe_stack_resources(StackName="made")["StackResources"]
        self.assertEqual({each["LogicalResourceId"]: each["ResourceType"] for each in resources}, {
            "Included": "AWS::SQS::Queue", "Table": "AWS::DynamoDB::Table", "LoopOne": "AWS::SQS::Queue", "LoopTwo": "AWS::SQS::Queue",
            "Made": "AWS::SQS::Queue"})
        processed = client.get_template(StackName="made", TemplateStage="Processed")["TemplateBody"]
        self.assertEqual(processed["Resources"]["Included"]["Properties"], {"DelaySeconds": 7})

    def test_the_cli_deploys_twice(self):
        server = self.serve()
        path = os.path.join(self.folder, "template.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(QUEUES)
        arguments = ("cloudformation", "deploy", "--stack-name", "cli", "--template-file", path, "--parameter-overrides", "Timeout=50")
        first = aws_cli.run(server, *arguments)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertIn("Successfully created/updated stack - cli", first.stdout)
        second = aws_cli.run(server, *arguments)
        self.assertIn("No changes to deploy. Stack cli is up to date", second.stdout + second.stderr)
        stacks = aws_cli.answer(server, "cloudformation", "describe-stacks", "--stack-name", "cli")["Stacks"]
        self.assertEqual((stacks[0]["StackStatus"], stacks[0]["Parameters"][0]["ParameterValue"]), ("CREATE_COMPLETE", "50"))
        summary = aws_cli.answer(server, "cloudformation", "get-template-summary", "--stack-name", "cli")
        self.assertEqual(summary["ResourceTypes"], ["AWS::SQS::Queue"])
        self.assertEqual(aws_cli.run(server, "cloudformation", "delete-stack", "--stack-name", "cli").returncode, 0)
        self.assertEqual(aws_cli.run(server, "cloudformation", "wait", "stack-delete-complete", "--stack-name", "cli").returncode, 0)


if __name__ == "__main__":
    unittest.main()
