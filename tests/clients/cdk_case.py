# SPDX-License-Identifier: Apache-2.0
"""CdkCase: a CDK app of examples/, deployed by the CDK's own command line on a server of the test's own, with nothing set but what
`pawl env` prints, CDK_DOCKER, and where pip finds wheels. Tests of a class share server and app and run in the order of their names.
Python 3.9."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "server"))
from server_case import Server  # noqa: E402

import debian_wheels  # noqa: E402

try:
    import boto3
    from botocore.config import Config
except ImportError:
    print("skipped: no boto3")
    sys.exit(77)

EXAMPLES = os.path.join(HERE, "..", "..", "examples")
NODE_VERSION_MIN = 20  # what the CDK asks for
CDK_SECONDS_MAX = 240  # also of scripts that build images
SECONDS_MAX = 60
NODE = shutil.which("node") or shutil.which("nodejs")


def why_not(example, tools=("bwrap", "pip3", "curl", "dpkg")):
    """Why the example cannot be deployed on this machine; None if it can."""
    if NODE is None:
        return "no node"
    version = subprocess.run([NODE, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < NODE_VERSION_MIN:
        return f"node {version} is older than {NODE_VERSION_MIN}"
    if not os.path.isdir(os.path.join(EXAMPLES, example, "node_modules", "aws-cdk")):
        return f"no CDK: run npm ci in examples/{example}"
    for tool in tools:
        if shutil.which(tool) is None:
            return f"no {tool}"
    if subprocess.run(["bwrap", "--ro-bind", "/", "/", "true"], capture_output=True).returncode != 0:
        return "no namespaces on this machine"
    return None


def node_packages():
    """The folder of packages that functions in Node.js see (`./dev` installs them beside the build); None if there is none."""
    beside = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(os.environ["PAWL"]))), "share", "pawl", "node_modules")
    found = [folder for folder in (os.environ.get("PAWL_NODE_MODULES"), beside) if folder and os.path.isdir(os.path.join(folder, "@aws-sdk"))]
    return found[0] if found else None


class CdkCase(unittest.TestCase):
    EXAMPLE = ""  # the folder below examples/ that is deployed, with its node_modules,
    SOURCE = None  # or another app that uses these
    WHEELS = ()  # of these packages, which Debian has installed
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="pawl-cdk-")
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        example = os.path.abspath(os.path.join(EXAMPLES, cls.EXAMPLE))
        cls.app = os.path.join(cls.home, "app")
        shutil.copytree(cls.SOURCE or example, cls.app, ignore=shutil.ignore_patterns("node_modules", "cdk.out", "__pycache__"))
        os.symlink(os.path.join(example, "node_modules"), os.path.join(cls.app, "node_modules"))
        wheels = os.path.join(cls.home, "wheels")
        os.mkdir(wheels)
        debian_wheels.make_wheels(wheels, cls.WHEELS)
        docker = os.path.join(cls.home, "pawl-docker")
        os.symlink(os.environ["PAWL"], docker)
        data = os.path.join(cls.home, "data")
        cls.server = Server(("--data", data), {})
        cls.addClassCleanup(cls.end_server)
        told = subprocess.run([os.environ["PAWL"], "env", "--port", str(cls.server.port), "--data", data], stdout=subprocess.PIPE, text=True,
                              check=True).stdout
        told = subprocess.run(["sh", "-c", told + "\nenv -0"], stdout=subprocess.PIPE, text=True, check=True,
                              env={"PATH": os.environ["PATH"]}).stdout
        cls.environment = {**dict(line.split("=", 1) for line in told.split("\0") if "=" in line), "HOME": cls.home, "CI": "true",
                           "CDK_DOCKER": docker, "CDK_DISABLE_CLI_TELEMETRY": "true", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels,
                           "PAWL": os.environ["PAWL"]}

    @classmethod
    def end_server(cls):
        if cls.server.process.poll() is None:
            cls.server.process.kill()
            cls.server.wait()

    def cdk(self, *words, status=0):
        """What the CDK prints, which must end with that exit status; how long it took is printed."""
        begin = time.monotonic()
        done = subprocess.run([NODE, os.path.join(self.app, "node_modules", "aws-cdk", "bin", "cdk"), *words, "--no-notices", "--no-color"],
                              cwd=self.app, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=CDK_SECONDS_MAX)
        print(f"cdk {' '.join(words)}: {time.monotonic() - begin:.1f} s", flush=True)
        self.assertEqual(done.returncode, status, done.stdout + self.server.err.decode()[-4000:])
        return done.stdout

    def deploy(self, *words, status=0):
        """(what it prints, the outputs of the example's one stack)"""
        printed = self.cdk("deploy", "--require-approval", "never", "--outputs-file", "outputs.json", *words, status=status)
        with open(os.path.join(self.app, "outputs.json"), encoding="utf-8") as file:
            return printed, next(iter(json.load(file).values()))

    def edit(self, name, before, after):
        """Changes a file of the app's copy."""
        path = os.path.join(self.app, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(before, text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(before, after))

    def shell(self, command):
        """What a command of the shell in the app's folder prints."""
        done = subprocess.run(["bash", "-c", command], cwd=self.app, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=CDK_SECONDS_MAX)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def client(self, service):
        made = boto3.client(service, endpoint_url=f"http://{self.server.host}:{self.server.port}", region_name="us-east-1",
                            aws_access_key_id="test", aws_secret_access_key="test",
                            config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, read_timeout=60))
        self.addCleanup(getattr(made, "close", lambda: None))
        return made

    def eventually(self, look, what="it"):
        """What `look` gives as soon as it is true; it is asked again until then, within bounds."""
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.05)
        self.fail(f"{what} did not come")

    def what_is_there(self):
        """The names of everything that services hold, as far as a stack may have made it. Keys that wait to be deleted are gone, AWS's own
        were nobody's."""
        def names(service, operation, member, *keys, **parameters):
            client = self.client(service)
            pages = client.get_paginator(operation) if client.can_paginate(operation) else None
            answers = pages.paginate(**parameters) if pages else [getattr(client, operation)(**parameters)]
            found = [item for answer in answers for item in answer.get(member, ())]
            return sorted(item if not keys else "/".join(str(item[key]) for key in keys) for item in found)

        kms = self.client("kms")
        keys = [kms.describe_key(KeyId=key)["KeyMetadata"] for key in names("kms", "list_keys", "Keys", "KeyId")]
        return {"keys": [key["KeyId"] for key in keys if key["KeyState"] != "PendingDeletion" and key["KeyManager"] == "CUSTOMER"],
                "aliases of keys": [name for name in names("kms", "list_aliases", "Aliases", "AliasName") if not name.startswith("alias/aws/")],
                "buckets": names("s3", "list_buckets", "Buckets", "Name"),
                "tables": names("dynamodb", "list_tables", "TableNames"),
                "topics": names("sns", "list_topics", "Topics", "TopicArn"),
                "subscriptions": names("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
                "queues": names("sqs", "list_queues", "QueueUrls"),
                "functions": names("lambda", "list_functions", "Functions", "FunctionName"),
                "layers": names("lambda", "list_layers", "Layers", "LayerName"),
                "mappings": names("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
                "machines": names("stepfunctions", "list_state_machines", "stateMachines", "name"),
                "HTTP APIs": names("apigatewayv2", "get_apis", "Items", "ApiId"),
                "REST APIs": names("apigateway", "get_rest_apis", "items", "id"),
                "rules": names("events", "list_rules", "Rules", "Name"),
                "roles": names("iam", "list_roles", "Roles", "RoleName"),
                "policies": names("iam", "list_policies", "Policies", "PolicyName", Scope="Local"),
                "instance profiles": names("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
                "parameters": names("ssm", "describe_parameters", "Parameters", "Name"),
                "secrets": names("secretsmanager", "list_secrets", "SecretList", "Name"),
                "repositories": names("ecr", "describe_repositories", "repositories", "repositoryName"),
                "environments": names("batch", "describe_compute_environments", "computeEnvironments", "computeEnvironmentName"),
                "job queues": names("batch", "describe_job_queues", "jobQueues", "jobQueueName"),
                "job definitions": names("batch", "describe_job_definitions", "jobDefinitions", "jobDefinitionArn", status="ACTIVE"),
                "launch templates": names("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateName"),
                "security groups": names("ec2", "describe_security_groups", "SecurityGroups", "GroupName"),
                "stacks": [stack for stack in names("cloudformation", "list_stacks", "StackSummaries", "StackName", "StackStatus")
                           if not stack.endswith("/DELETE_COMPLETE")]}
