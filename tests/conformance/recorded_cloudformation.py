# SPDX-License-Identifier: Apache-2.0
"""What the recorded cases of CloudFormation lost on the way to the data: which call of several is the one that fails, and what was
taken out of texts."""
import json
import re


def is_looked_at(case, step):
    """Whether an expectation compares that step's answer."""
    return any("{{%d:" % step in json.dumps(expectation["actual"]) for expectation in case["expect"])


def restored(case):
    """A recorded test that expects a deployment to fail expects that of its waiting; the data has only the first call. And what the
    recorder replaced by nothing in AWS's texts it is to replace by nothing in ours."""
    steps = []
    for index, step in enumerate(case["steps"]):
        follows = case["steps"][index + 1:]
        stands_for_more = step.get("error_expected") and not is_looked_at(case, index) and follows
        if stands_for_more and step["op"] in ("CreateChangeSet", "ExecuteChangeSet"):
            step = dict(step, op="Deployment:" + step["op"])
        steps.append(step)
    return dict(case, steps=steps)


def removed_texts(case):
    return [each["args"][0] for each in case.get("replacements", []) if each["kind"] == "builtin:regex" and each["args"][1:] == [""]]


def without(texts, value):
    if isinstance(value, dict):
        return {name: without(texts, each) for name, each in value.items()}
    if isinstance(value, list):
        return [without(texts, each) for each in value]
    if isinstance(value, str):
        for text in texts:
            value = re.sub(text, "", value)
    return value


class Deployments:
    """The services of a case, with whole deployments, and waiters whose failure is an answer."""

    def __init__(self, case, services):
        self.services, self.texts = services, removed_texts(case)

    def call(self, service, op, params):
        return without(self.texts, self.answer(service, op, params))

    def answer(self, service, op, params):
        if op.startswith("Waiter:"):
            return self.wait(service, op[7:], params)
        if not op.startswith("Deployment:"):
            return self.services.call(service, op, params)
        if op == "Deployment:CreateChangeSet":
            made = self.services.call(service, "CreateChangeSet", params)
            if "Id" not in made:
                return made
            self.wait(service, "change_set_create_complete", {"ChangeSetName": made["Id"]})
            params = {"ChangeSetName": made["Id"], "StackName": params["StackName"]}
        begun = self.services.call(service, "ExecuteChangeSet", {key: params[key] for key in ("ChangeSetName", "StackName")})
        if "__typename__" in begun:
            return begun
        return self.wait(service, "stack_create_complete", {"StackName": params["StackName"]})

    def wait(self, service, waiter, params):
        from botocore.exceptions import WaiterError
        try:
            self.services.client(service).get_waiter(waiter).wait(**params, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
            return {}
        except WaiterError as error:
            return {"__typename__": "WaiterError", "__message__": str(error), "Error": {}}


def services_of(case, services):
    return Deployments(case, services) if "cloudformation" in case["services"] else services
