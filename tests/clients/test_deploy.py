#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`pawl deploy`, `pawl stacks` and `aws cloudformation deploy`: SAM and plain templates with local files become
stacks that work, are changed, fail, and go away. Python 3.9."""
import io
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
import urllib.request
import zipfile

import aws_cli
from client_case import ClientCase

PAWL = os.environ["PAWL"]

SAM_TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Greeting: {Type: String, Default: hello}
Globals:
  Function:
    Runtime: python3.11
    Timeout: 20
    Environment: {Variables: {TABLE: !Ref Items, GREETING: !Ref Greeting}}
Resources:
  Items:
    Type: AWS::Serverless::SimpleTable
    Properties: {PrimaryKey: {Name: id, Type: String}}
  Store:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Items}}]
      Events:
        Put: {Type: Api, Properties: {Path: "/items/{id}", Method: put}}
        Run: {Type: Api, Properties: {Path: /run, Method: post}}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: flow.asl.json
      DefinitionSubstitutions: {StoreArn: !GetAtt Store.Arn}
      Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Store}}]
Outputs:
  Url: {Value: !Ref ServerlessRestApi, Description: the API}
  Flow: {Value: !Ref Flow}
  Table: {Value: !Ref Items}
"""

APP = """
import json, os

def handler(event, context):
    if "pathParameters" in event:
        body = {"id": event["pathParameters"]["id"], "greeting": os.environ["GREETING"], "table": os.environ["TABLE"]}
        return {"statusCode": 200, "body": json.dumps(body)}
    return {"stored": event["id"]}
"""

FLOW = {"StartAt": "Store", "States": {"Store": {"Type": "Task", "Resource": "${StoreArn}", "End": True}}}

PLAIN_TEMPLATE = """
Parameters: {Name: {Type: String}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Name}}
  Topic: {Type: AWS::SNS::Topic}
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child/child.yaml}}
Outputs:
  Queue: {Value: !GetAtt Queue.Arn}
"""

CHILD_TEMPLATE = "Resources: {Inner: {Type: AWS::SQS::Queue}}\n"

EVENTS_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.11, Handler: app.handler, CodeUri: src, Timeout: 20}
Resources:
  Web:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      FunctionUrlConfig: {AuthType: NONE}
      Events:
        Any: {Type: HttpApi}
        One: {Type: HttpApi, Properties: {Path: "/one/{id}", Method: get}}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Tracing: Active
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Dead.Arn}
      EventInvokeConfig: {MaximumRetryAttempts: 0, DestinationConfig: {OnSuccess: {Type: SQS}}}
      Events:
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn, BatchSize: 2}}
        Notice: {Type: SNS, Properties: {Topic: !Ref Topic}}
        NoticeQ: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}
        Tick: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
        Tock: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 hour)}}
        Rule: {Type: EventBridgeRule, Properties: {Pattern: {source: [mine]}, DeadLetterConfig: {Type: SQS}}}
        Up: {Type: S3, Properties: {Bucket: !Ref Files, Events: "s3:ObjectCreated:*"}}
        Logs: {Type: CloudWatchLogs, Properties: {LogGroupName: !Ref Group, FilterPattern: ERROR}}
        Changes: {Type: DynamoDB, Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST}}
      Policies: [AmazonS3ReadOnlyAccess, {SQSSendMessagePolicy: {QueueName: !GetAtt Dead.QueueName}}]
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: src, CompatibleRuntimes: [python3.11]}}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      Type: EXPRESS
      AutoPublishAlias: live
      Definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt Worker.Arn, End: true}}}
      Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Worker}}]
      Events:
        Start: {Type: Api, Properties: {Path: /start, Method: post}}
        Tick: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
  Secured:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Cors: "'*'"
      Auth: {ApiKeyRequired: true, UsagePlan: {CreateUsagePlan: PER_API}}
  SecuredFn:
    Type: AWS::Serverless::Function
    Properties: {Events: {A: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Secured}}}}
  Jobs: {Type: AWS::SQS::Queue}
  Dead: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Files: {Type: AWS::S3::Bucket}
  Group: {Type: AWS::Logs::LogGroup}
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {AttributeDefinitions: [{AttributeName: id, AttributeType: S}], KeySchema: [{AttributeName: id, KeyType: HASH}], BillingMode: PAY_PER_REQUEST, StreamSpecification: {StreamViewType: NEW_IMAGE}}
  Conn: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Worker}, Destination: {Id: Table}, Permissions: [Read, Write]}}
Outputs:
  Http: {Value: !Ref ServerlessHttpApi}
  Rest: {Value: !Ref ServerlessRestApi}
  Secured: {Value: !Ref Secured}
  Key: {Value: !Ref Secured.ApiKey}
  Jobs: {Value: !Ref Jobs}
  Url: {Value: !GetAtt WebUrl.FunctionUrl}
"""

EVENTS_APP = """
def handler(event, context):
    if "http" in event.get("requestContext", {}):
        return {"path": event["rawPath"], "version": event["version"]}
    return {"ok": True}
"""

FAILING_TEMPLATE = """
Resources:
  Good: {Type: AWS::SQS::Queue}
  Bad: {Type: AWS::SQS::Queue, DependsOn: Good, Properties: {QueueName: "not a name!"}}
"""


class DeployTest(ClientCase):
    def setUp(self):
        super().setUp()
        self.project = pathlib.Path(tempfile.mkdtemp(prefix="pawl-deploy-test-"))
        self.addCleanup(shutil.rmtree, self.project, ignore_errors=True)
        self.server = self.serve()

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def pawl(self, *arguments):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        return subprocess.run([PAWL, *arguments, "--endpoint", f"http://{self.server.host}:{self.server.port}"],
                              env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True, timeout=120)

    def deployed(self, *arguments):
        done = self.pawl("deploy", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def outputs(self, stack):
        found = self.client(self.server, "cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def curl(self, api, method, path, body="{}", stage="/Prod"):
        done = subprocess.run(["curl", "-sS", "-X", method, "-d", body, "-H", "Content-Type: application/json", "-H",
                               f"Host: {api}.execute-api.us-east-1.amazonaws.com",
                               f"http://{self.server.host}:{self.server.port}{stage}{path}"],
                              stdout=subprocess.PIPE, universal_newlines=True, timeout=60, check=True)
        return json.loads(done.stdout)

    def write_sam(self):
        self.write("src/app.py", APP)
        self.write("flow.asl.json", json.dumps(FLOW))
        return self.write("template.yaml", SAM_TEMPLATE)

    def test_a_serverless_application_works_and_is_changed(self):
        template = self.write_sam()
        done = self.deployed(template, "--stack-name", "shop", "--capabilities", "CAPABILITY_IAM")
        self.assertIn("+  Items", done.stderr.replace("AWS::Serverless", ""))
        self.assertIn("CREATE_COMPLETE", done.stderr)
        self.assertIn("the API", done.stdout)
        outputs = self.outputs("shop")
        answer = self.curl(outputs["Url"], "PUT", "/items/7")
        self.assertEqual(answer, {"id": "7", "greeting": "hello", "table": outputs["Table"]})
        states = self.client(self.server, "stepfunctions")
        execution = states.start_execution(stateMachineArn=outputs["Flow"], input='{"id": "x"}')["executionArn"]
        self.assertEqual(self.until_done(states, execution), {"stored": "x"})

        again = self.deployed(template, "--stack-name", "shop", "--capabilities", "CAPABILITY_IAM")
        self.assertIn("No changes", again.stderr)

        changed = self.deployed(template, "--stack-name", "shop", "--capabilities", "CAPABILITY_IAM",
                                "--parameter-overrides", "Greeting=moin", "--tags", "team=core")
        self.assertIn("~  Store", changed.stderr)
        self.assertEqual(self.curl(outputs["Url"], "PUT", "/items/8")["greeting"], "moin")

    def test_events_of_every_kind_deploy_and_answer(self):
        self.write("src/app.py", EVENTS_APP)
        template = self.write("template.yaml", EVENTS_TEMPLATE)
        self.deployed(template, "--stack-name", "all", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
        outputs = self.outputs("all")
        self.assertEqual(self.curl(outputs["Http"], "GET", "/one/7", stage=""), {"path": "/one/7", "version": "2.0"})
        self.assertEqual(self.curl(outputs["Http"], "GET", "/else", stage=""), {"path": "/else", "version": "2.0"})
        self.assertIn(":express:Flow-", self.curl(outputs["Rest"], "POST", "/start")["executionArn"])
        self.assertEqual(self.curl(outputs["Secured"], "GET", "/a", stage="/v1"), {"message": "Forbidden"})
        with urllib.request.urlopen(outputs["Url"] + "x", timeout=60) as answer:
            self.assertEqual(json.load(answer), {"path": "/x", "version": "2.0"})
        mappings = self.client(self.server, "lambda").list_event_source_mappings()["EventSourceMappings"]
        self.assertEqual(len(mappings), 3)
        gone = self.pawl("stacks", "delete", "all")
        self.assertEqual(gone.returncode, 0, gone.stderr)

    def until_done(self, states, execution):
        while True:
            found = states.describe_execution(executionArn=execution)
            if found["status"] != "RUNNING":
                self.assertEqual(found["status"], "SUCCEEDED", found)
                return json.loads(found["output"])

    def test_nested_templates_are_shown_listed_and_deleted(self):
        self.write("child/child.yaml", CHILD_TEMPLATE)
        template = self.write("plain.yaml", PLAIN_TEMPLATE)
        done = self.deployed(template, "--stack-name", "plain", "--parameter-overrides", "Name=orders")
        self.assertIn("Child/Inner  AWS::SQS::Queue", done.stderr)
        self.assertIn(":orders", done.stdout)
        listed = self.pawl("stacks", "list")
        self.assertIn("plain", listed.stdout)
        shown = json.loads(self.pawl("stacks", "show", "plain", "--json").stdout)
        self.assertEqual({resource["LogicalResourceId"] for resource in shown["Resources"]}, {"Queue", "Topic", "Child"})
        self.assertIn("Resources", self.pawl("stacks", "show", "plain").stdout)
        gone = self.pawl("stacks", "delete", "plain")
        self.assertEqual(gone.returncode, 0, gone.stderr)
        self.assertIn("DELETE_COMPLETE", gone.stderr)
        self.assertEqual(self.client(self.server, "sqs").list_queues().get("QueueUrls", []), [])

    def test_a_failure_names_its_resource_and_is_rolled_back(self):
        template = self.write("failing.yaml", FAILING_TEMPLATE)
        done = self.pawl("deploy", template, "--stack-name", "failing")
        self.assertEqual(done.returncode, 1)
        self.assertIn("✗ Bad (AWS::SQS::Queue) CREATE_FAILED: ", done.stderr)
        self.assertIn("ROLLBACK_COMPLETE", done.stderr)
        self.assertEqual(self.client(self.server, "sqs").list_queues().get("QueueUrls", []), [])

    def test_wrong_templates_and_options_are_refused(self):
        missing = self.write("missing.yaml",
                             "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: nowhere}}}\n")
        done = self.pawl("deploy", missing, "--stack-name", "wrong")
        self.assertEqual(done.returncode, 2)
        self.assertIn("Parameter Code of resource F refers to a file or folder that does not exist", done.stderr)
        broken = self.write("broken.yaml", "Resources: {A: [}\n")
        self.assertEqual(self.pawl("deploy", broken, "--stack-name", "wrong").returncode, 2)
        plain = self.write("queue.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n")
        done = self.pawl("deploy", plain, "--stack-name", "wrong", "--parameter-overrides", "No=1")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no parameter 'No'", done.stderr)
        serverless = self.write(
            "serverless.yaml", "Transform: AWS::Serverless-2016-10-31\n"
            "Resources: {F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, Runtime: python3.11}}}\n")
        done = self.pawl("deploy", serverless, "--stack-name", "wrong", "--capabilities", "CAPABILITY_IAM")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Resource with id [F] is invalid. Runtime and Handler needs to be present", done.stderr)
        self.assertEqual(self.client(self.server, "cloudformation").list_stacks()["StackSummaries"] and [
            stack for stack in self.client(self.server, "cloudformation").describe_stacks()["Stacks"]], [])

    def test_a_change_set_may_stay_unexecuted(self):
        plain = self.write("queue.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n")
        done = self.deployed(plain, "--stack-name", "later", "--no-execute-changeset")
        self.assertIn(":changeSet/pawl-deploy-", done.stdout)
        self.assertEqual(self.client(self.server, "sqs").list_queues().get("QueueUrls", []), [])
        self.deployed(plain, "--stack-name", "later")
        self.assertEqual(len(self.client(self.server, "sqs").list_queues()["QueueUrls"]), 1)

    def test_a_stack_is_named_after_its_template(self):
        os.mkdir(os.path.join(self.folder, "2 my_shop"))
        for name in ("queue.yaml", os.path.join("2 my_shop", "template.yaml")):
            self.deployed(self.write(name, "Resources: {Q: {Type: AWS::SQS::Queue}}\n"))
        stacks = self.client(self.server, "cloudformation").describe_stacks()["Stacks"]
        self.assertEqual(sorted(stack["StackName"] for stack in stacks), ["my-shop", "queue"])

    @unittest.skipIf(subprocess.run(["python3", "-m", "pip", "--version"], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL).returncode != 0, "no pip")
    def test_requirements_are_installed_beside_the_code(self):
        wheel = self.project / "mini-1.0-py3-none-any.whl"
        with zipfile.ZipFile(str(wheel), "w") as archive:
            archive.writestr("mini.py", "ANSWER = 42\n")
            archive.writestr("mini-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mini\nVersion: 1.0\n")
            archive.writestr("mini-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr("mini-1.0.dist-info/RECORD", "")
        self.write("src/requirements.txt", f"# local\nmini @ {wheel.as_uri()}\n")
        self.write("src/app.py", "import mini\n\ndef handler(event, context):\n    return mini.ANSWER\n")
        template = self.write("template.yaml", """
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {CodeUri: src, Handler: app.handler, Runtime: python3.11}}
Outputs: {Name: {Value: !Ref Fn}}
""")
        done = self.deployed(template, "--stack-name", "needs", "--capabilities", "CAPABILITY_IAM")
        self.assertIn("installing ", done.stderr)
        answer = self.client(self.server, "lambda").invoke(FunctionName=self.outputs("needs")["Name"])
        self.assertEqual(answer["Payload"].read(), b"42")
        self.assertEqual(sorted(path.name for path in (self.project / "src").iterdir()), ["app.py", "requirements.txt"])

    def test_a_terminal_shows_a_tree(self):
        template = self.write("queue.yaml", "Resources: {Orders: {Type: AWS::SQS::Queue}}\n")
        ours, theirs = pty.openpty()
        process = subprocess.Popen([PAWL, "deploy", template, "--stack-name", "tree", "--endpoint",
                                    f"http://{self.server.host}:{self.server.port}"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                got = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not got:
                break
            shown += got
        os.close(ours)
        self.assertEqual(process.wait(timeout=60), 0)
        last = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", shown.decode()).split("tree  CREATE_COMPLETE")[-1]
        self.assertRegex(last, r"└ ✓ Orders  AWS::SQS::Queue  [0-9]")

    def test_ctrl_c_leaves_the_stack_going(self):
        template = self.write("wait.yaml", """
Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Wait: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: 300}}
""")
        process = subprocess.Popen([PAWL, "deploy", template, "--stack-name", "slow", "--endpoint",
                                    f"http://{self.server.host}:{self.server.port}"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, universal_newlines=True)
        said = []
        for line in process.stderr:
            said.append(line)
            if line.startswith("Wait ") and "IN_PROGRESS" in line:
                process.send_signal(signal.SIGINT)
                break
        said.append(process.stderr.read())
        process.stderr.close()
        self.assertEqual(process.wait(timeout=60), 1, said)
        self.assertIn("goes on all the same", said[-1])
        self.assertIn("CREATE_IN_PROGRESS", self.pawl("stacks", "list").stdout)

    @unittest.skipIf(aws_cli.PROGRAM is None, "no AWS CLI")
    def test_the_aws_cli_deploys_the_same(self):
        self.write_sam()
        s3 = self.client(self.server, "s3")
        s3.create_bucket(Bucket="artifacts")
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", APP)
        s3.put_object(Bucket="artifacts", Key="code.zip", Body=code.getvalue())
        s3.put_object(Bucket="artifacts", Key="flow.asl.json", Body=json.dumps(FLOW))
        packaged = self.write("packaged.yaml", SAM_TEMPLATE.replace("src/", "s3://artifacts/code.zip")
                              .replace("flow.asl.json", "s3://artifacts/flow.asl.json"))
        done = aws_cli.run(self.server, "cloudformation", "deploy", "--template-file", packaged, "--stack-name", "cli",
                           "--capabilities", "CAPABILITY_IAM", "--parameter-overrides", "Greeting=hi")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        outputs = self.outputs("cli")
        self.assertEqual(self.curl(outputs["Url"], "PUT", "/items/1")["greeting"], "hi")


if __name__ == "__main__":
    unittest.main()
