# SPDX-License-Identifier: Apache-2.0
"""startStep: starts the state machine, always under the same execution name, with its own event as the input.

While an execution of that name exists, a start with the same input answers that execution and one with another input fails with
ExecutionAlreadyExists: so a file is checked once, however often the function is called.
"""
import json
import os

import boto3


def lambda_handler(event, context):
    # Clients of 2023 and later find AWS_ENDPOINT_URL themselves.
    client = boto3.client("stepfunctions", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
    started = client.start_execution(stateMachineArn=os.environ["stateMachineArn"], name="FileCheckExecution",
                                     input=json.dumps(event))
    print(f"started {started['executionArn']}")
    return started["executionArn"]
