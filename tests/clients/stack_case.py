# SPDX-License-Identifier: Apache-2.0
"""StackCase: stacks of a `pawl serve` of the test's own, made, changed and removed. Python 3.9."""
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request

from client_case import ClientCase

SECONDS_MAX = 60


def bubblewrap_works():
    return shutil.which("bwrap") is not None and subprocess.run(
        ["bwrap", "--unshare-user", "--ro-bind", "/", "/", "true"], stderr=subprocess.DEVNULL).returncode == 0


def ref(name):
    return {"Ref": name}


def att(name, attribute):
    return {"Fn::GetAtt": [name, attribute]}


def sub(text):
    return {"Fn::Sub": text}


class StackCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.start()

    def start(self):
        self.server = self.serve("--data", f"{self.folder}/data")
        self.url = f"http://{self.server.host}:{self.server.port}"
        self.stacks = self.client(self.server, "cloudformation")

    def of(self, service):
        return self.client(self.server, service)

    def wait(self, name, *statuses):
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            stack = self.stacks.describe_stacks(StackName=name)["Stacks"][0]
            if stack["StackStatus"] in statuses:
                return stack
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                break
            time.sleep(0.05)
        self.fail(f"{name} is {stack['StackStatus']}: {self.failures(name)}")

    def failures(self, name):
        pages = self.stacks.get_paginator("describe_stack_events").paginate(StackName=name)
        events = [each for page in pages for each in page["StackEvents"]]
        return [(each["LogicalResourceId"], each.get("ResourceStatusReason")) for each in events if "FAILED" in each["ResourceStatus"]]

    @staticmethod
    def template(resources, outputs=()):
        return json.dumps({"Resources": resources,
                           "Outputs": {name: {"Value": value} for name, value in dict(outputs).items()}})

    def make(self, name, resources, outputs=(), **more):
        """The outputs of a new stack."""
        self.stacks.create_stack(StackName=name, TemplateBody=self.template(resources, outputs),
                                 Capabilities=["CAPABILITY_NAMED_IAM"], **more)
        return self.outputs(self.wait(name, "CREATE_COMPLETE"))

    def change(self, name, resources, outputs=(), **more):
        self.stacks.update_stack(StackName=name, TemplateBody=self.template(resources, outputs),
                                 Capabilities=["CAPABILITY_NAMED_IAM"], **more)
        return self.outputs(self.wait(name, "UPDATE_COMPLETE"))

    def remove(self, name):
        id = self.stacks.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        self.stacks.delete_stack(StackName=name)
        self.wait(id, "DELETE_COMPLETE")

    @staticmethod
    def outputs(stack):
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}

    def physical(self, stack, logical):
        return self.stacks.describe_stack_resource(StackName=stack, LogicalResourceId=logical)["StackResourceDetail"]["PhysicalResourceId"]

    def get(self, url):
        """Status and body."""
        try:
            with urllib.request.urlopen(url, timeout=SECONDS_MAX) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def eventually(self, read, what):
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            value = read()
            if value:
                return value
            time.sleep(0.05)
        self.fail(what)
