# SPDX-License-Identifier: Apache-2.0
"""StatesCase: boto3's Step Functions client with the model of today (an old botocore knows 26 of the 37 operations), every answer
held against that model. Python 3.9."""
import json
import os
import sys
import time

from client_case import Config, ClientCase, boto3

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "states_api"))
import botocore.session  # noqa: E402
from answer_check import differences  # noqa: E402
from merged_model import merged_model  # noqa: E402

MODEL = merged_model()
ROLE = "arn:aws:iam::000000000000:role/worker"
PREFIX = "arn:aws:states:us-east-1:000000000000:"
SECONDS_MAX = 30


def definition(**states):
    return json.dumps({"StartAt": next(iter(states)), "States": states})


PASS = {"Type": "Pass", "End": True}
WAIT = {"Type": "Wait", "Seconds": 100_000, "End": True}


class StatesCase(ClientCase):
    answered = set()  # the operations that have answered in this process

    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.wrong = []
        self.start()

    def tearDown(self):
        self.assertEqual(self.wrong, [], "answers that the model does not allow")

    def start(self):
        self.server = self.serve("--data", self.data, "--no-tls")
        self.sfn = self.states_client()

    def states_client(self, **more):
        models = os.path.join(self.folder, "models", "stepfunctions", "2016-11-23")
        os.makedirs(models, exist_ok=True)
        with open(os.path.join(models, "service-2.json"), "w") as f:
            json.dump(MODEL, f)
        session = botocore.session.Session()
        session.get_component("data_loader").search_paths.insert(0, os.path.join(self.folder, "models"))
        config = Config(retries={"total_max_attempts": 1}, read_timeout=90, max_pool_connections=50,
                        **{"inject_host_prefix": False, **more})
        client = boto3.Session(botocore_session=session).client(
            "stepfunctions", endpoint_url=f"http://{self.server.host}:{self.server.port}", region_name="us-east-1",
            aws_access_key_id="test", aws_secret_access_key="test", config=config)
        client.meta.events.register("response-received.sfn", self.check)
        client.meta.events.register("response-received.stepfunctions", self.check)
        self.addCleanup(getattr(client, "close", lambda: None))
        return client

    def check(self, response_dict=None, context=None, event_name="", **_):
        operation = event_name.rsplit(".", 1)[-1]
        if response_dict is None or response_dict["status_code"] != 200:
            return
        StatesCase.answered.add(operation)
        answer = json.loads(response_dict["body"])
        shape = MODEL["operations"][operation]["output"]["shape"]
        self.wrong += [f"{operation} {line}" for line in differences(MODEL, shape, answer)]

    def machine(self, name, more=None, /, **states):
        """The ARN of a new state machine."""
        return self.sfn.create_state_machine(name=name, roleArn=ROLE, definition=definition(**states), **(more or {}))["stateMachineArn"]

    def until(self, what, read):
        limit = time.monotonic() + SECONDS_MAX
        while time.monotonic() < limit:
            value = read()
            if value:
                return value
            time.sleep(0.005)
        raise self.failureException("did not happen: " + what)

    def ended(self, arn):
        def read():
            execution = self.sfn.describe_execution(executionArn=arn)
            return None if execution["status"] == "RUNNING" else execution
        return self.until("the end of " + arn, read)

    def events(self, arn, **more):
        return self.sfn.get_execution_history(executionArn=arn, maxResults=1000, **more)["events"]

    def raises(self, error, call, /, **parameters):
        """The call must end with the client's exception class of that name; its answer."""
        with self.assertRaises(getattr(self.sfn.exceptions, error)) as caught:
            call(**parameters)
        answer = caught.exception.response
        self.assertEqual((answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]), (error, 400))
        return answer
