# SPDX-License-Identifier: Apache-2.0
"""The state machines of the crash test: what each gets and must answer. Python 3.9, standard library only."""
import base64
import io
import json
import zipfile

ACCOUNT = "us-east-1:000000000000"
ROLE = "arn:aws:iam::000000000000:role/crash"
FUNCTION = "double"
HANDLER = "def handler(event, context):\n    return {'double': event['n'] * 2, 'text': event['text']}\n"
ACTIVITY_ARN = f"arn:aws:states:{ACCOUNT}:activity:crash"
CHILD = "child"


def machine_arn(name):
    return f"arn:aws:states:{ACCOUNT}:stateMachine:{name}"


def states(*sequence):
    """A machine that runs these states in turn; each is (name, state)."""
    made = {}
    for index, (name, state) in enumerate(sequence):
        following = {"Next": sequence[index + 1][0]} if index + 1 < len(sequence) else {"End": True}
        made[name] = {**state, **({} if state["Type"] in ("Choice", "Succeed", "Fail") else following)}
    return {"StartAt": sequence[0][0], "States": made}


WAIT = ("Wait", {"Type": "Wait", "SecondsPath": "$.seconds"})
SHORT_WAIT = ("Wait", {"Type": "Wait", "Seconds": 1})
PASS = {"Type": "Pass"}
START_CHILD = {"StateMachineArn": machine_arn(CHILD), "Input": {"n.$": "$.n", "text.$": "$.text"}}


def distributed_map(execution_type):
    return states(("Map", {
        "Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 5,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type},
                          **states(("One", PASS), ("Two", PASS))}}))


CHOICE_LOOP = {"StartAt": "Init", "States": {
    "Init": {"Type": "Pass", "Result": 0, "ResultPath": "$.turn", "Next": "Again"},
    "Again": {"Type": "Choice", "Choices": [{"Variable": "$.turn", "NumericLessThan": 30, "Next": "Add"}], "Default": "Done"},
    "Add": {"Type": "Pass", "Parameters": {"n.$": "$.n", "text.$": "$.text", "turn.$": "States.MathAdd($.turn, 1)"}, "Next": "Again"},
    "Done": {"Type": "Succeed"}}}

PARALLEL = states(("Both", {"Type": "Parallel", "Branches": [
    states(("Left", PASS), ("Middle", SHORT_WAIT[1])), states(("Right", PASS))]}), ("After", PASS))


def whole(given):
    return given


class Kind:
    """`weight`: how often it is started. `may_stop`: lives long enough to be stopped. `answered`: ends with what a worker
    answers; else `output` of the input is what it must end with."""

    def __init__(self, definition, weight, output=whole, may_stop=False, answered=False):
        self.definition, self.weight, self.output = definition, weight, output
        self.may_stop, self.answered = may_stop, answered


KINDS = {
    "passes": Kind(states(*((f"Pass{i}", PASS) for i in range(10))), 25),
    "loop": Kind(CHOICE_LOOP, 10, lambda given: {"n": given["n"], "text": given["text"], "turn": 30}),
    "wait": Kind(states(WAIT, ("After", PASS)), 15, may_stop=True),
    "token": Kind(states(("Ask", {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.waitForTaskToken",
                                  "Parameters": {"StateMachineArn": machine_arn(CHILD),
                                                 "Input": {"token.$": "$$.Task.Token"}}}), ("After", PASS)),
                  10, may_stop=True, answered=True),
    # A task may have been handed out to a worker that never heard of it, as on AWS: heartbeats are there for that.
    "activity": Kind(states(("Work", {"Type": "Task", "Resource": ACTIVITY_ARN, "HeartbeatSeconds": 5, "Retry": [
        {"ErrorEquals": ["States.HeartbeatTimeout"], "IntervalSeconds": 1, "MaxAttempts": 9, "BackoffRate": 1}]})),
                     10, may_stop=True, answered=True),
    "function": Kind(states(("Call", {"Type": "Task", "Resource": f"arn:aws:lambda:{ACCOUNT}:function:{FUNCTION}"})), 8,
                     lambda given: {"double": given["n"] * 2, "text": given["text"]}),
    "map": Kind(states(("Map", {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 4,
                                "ItemProcessor": states(SHORT_WAIT)})), 6, lambda given: given["items"], may_stop=True),
    "parallel": Kind(PARALLEL, 6, lambda given: [given, given], may_stop=True),
    "nested": Kind(states(("Start", {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
                                     "Parameters": START_CHILD, "OutputPath": "$.Output"})),
                   6, lambda given: {"n": given["n"], "text": given["text"]}),
    "distributed": Kind(distributed_map("STANDARD"), 2, lambda given: given["items"]),
    "express": Kind(distributed_map("EXPRESS"), 2, lambda given: given["items"]),
}


def make_input(number):
    """The same shape for every number, so that every history of a kind has the same events."""
    return {"n": number, "text": f"é {number} \u2028", "seconds": 1 + number % 3, "items": [{"item": number * 10 + i} for i in range(8)]}


def create_all(client):
    """Everything the load needs; answered before the first kill."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", HANDLER)
    client.create_function(FunctionName=FUNCTION, Runtime="python3.12", Role=ROLE, Handler="index.handler", Timeout=60,
                           Code={"ZipFile": base64.b64encode(package.getvalue()).decode()})
    client.call("CreateActivity", name="crash")
    client.call("CreateStateMachine", name=CHILD, roleArn=ROLE, definition=json.dumps(states(("One", PASS), ("Two", PASS))))
    for name, kind in KINDS.items():
        client.call("CreateStateMachine", name=name, roleArn=ROLE, definition=json.dumps(kind.definition))
