# SPDX-License-Identifier: Apache-2.0
"""Secrets Manager as boto3 and the AWS CLI use it, and a rotation by a real function. Python 3.9."""
import io
import json
import os
import signal
import time
import unittest
import zipfile

import aws_cli
from client_case import ClientCase

ROTATE = '''
import json, os, urllib.request

def call(operation, body):
    request = urllib.request.Request(os.environ["ENDPOINT"], json.dumps(body).encode(), {
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager." + operation,
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20240101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)

def handler(event, context):
    secret, token = event["SecretId"], event["ClientRequestToken"]
    if event["Step"] == "createSecret":
        call("PutSecretValue", {"SecretId": secret, "ClientRequestToken": token, "SecretString": "rotated",
                                "VersionStages": ["AWSPENDING"]})
    if event["Step"] == "finishSecret":
        versions = call("DescribeSecret", {"SecretId": secret})["VersionIdsToStages"]
        current = [version for version, stages in versions.items() if "AWSCURRENT" in stages][0]
        call("UpdateSecretVersionStage", {"SecretId": secret, "VersionStage": "AWSCURRENT", "MoveToVersionId": token,
                                          "RemoveFromVersionId": current})
'''


def archive(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("main.py", text)
    return out.getvalue()


class SecretsManagerTest(ClientCase):
    def test_a_secret_from_its_making_to_its_end(self):
        server = self.serve("--data", self.folder + "/data")
        secrets = self.client(server, "secretsmanager")
        made = secrets.create_secret(Name="app/password", SecretString="first", Tags=[{"Key": "team", "Value": "blue"}])
        secrets.put_secret_value(SecretId="app/password", SecretString="hunter2 once more")
        self.assertEqual(secrets.get_secret_value(SecretId=made["ARN"])["SecretString"], "hunter2 once more")
        previous = secrets.get_secret_value(SecretId="app/password", VersionStage="AWSPREVIOUS")
        self.assertEqual((previous["SecretString"], previous["VersionId"]), ("first", made["VersionId"]))
        server.stop(signal.SIGKILL)
        for folder, _, files in os.walk(self.folder + "/data"):
            for name in files:
                with open(os.path.join(folder, name), "rb") as f:
                    self.assertNotIn(b"hunter2", f.read(), "in " + name)
        server = self.serve("--data", self.folder + "/data")
        secrets = self.client(server, "secretsmanager")
        self.assertEqual(secrets.get_secret_value(SecretId="app/password")["SecretString"], "hunter2 once more")
        secrets.delete_secret(SecretId="app/password", RecoveryWindowInDays=7)
        code, _, _ = self.refused(secrets.get_secret_value, SecretId="app/password")
        self.assertEqual(code, "InvalidRequestException")
        secrets.restore_secret(SecretId="app/password")
        secrets.delete_secret(SecretId="app/password", ForceDeleteWithoutRecovery=True)
        code, message, _ = self.refused(secrets.describe_secret, SecretId="app/password")
        self.assertEqual((code, message), ("ResourceNotFoundException", "Secrets Manager can't find the specified secret."))

    def test_a_secret_under_a_key_of_ones_own(self):
        server = self.serve()
        kms, secrets = self.client(server, "kms"), self.client(server, "secretsmanager")
        key = kms.create_key()["KeyMetadata"]
        secrets.create_secret(Name="mine", SecretBinary=b"\x00\x01", KmsKeyId=key["Arn"])
        self.assertEqual(secrets.get_secret_value(SecretId="mine")["SecretBinary"], b"\x00\x01")
        kms.disable_key(KeyId=key["KeyId"])
        code, _, _ = self.refused(secrets.get_secret_value, SecretId="mine")
        self.assertEqual(code, "DecryptionFailure")
        code, _, _ = self.refused(secrets.create_secret, Name="other", SecretString="x", KmsKeyId="alias/absent")
        self.assertEqual(code, "EncryptionFailure")

    def test_a_function_rotates_it(self):
        server = self.serve()
        secrets, functions = self.client(server, "secretsmanager"), self.client(server, "lambda")
        function = functions.create_function(
            FunctionName="rotate", Runtime="python3.11", Role="arn:aws:iam::000000000000:role/r", Handler="main.handler",
            Code={"ZipFile": archive(ROTATE)}, Timeout=20,
            Environment={"Variables": {"ENDPOINT": f"http://{server.host}:{server.port}/"}})["FunctionArn"]
        functions.get_waiter("function_active").wait(FunctionName="rotate", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
        secrets.create_secret(Name="s", SecretString="original")
        code, _, _ = self.refused(secrets.rotate_secret, SecretId="s", RotationLambdaARN=function + "-absent")
        self.assertEqual(code, "AccessDeniedException")
        version = secrets.rotate_secret(SecretId="s", RotationLambdaARN=function,
                                        RotationRules={"AutomaticallyAfterDays": 30})["VersionId"]
        deadline = time.monotonic() + 30
        while "LastRotatedDate" not in secrets.describe_secret(SecretId="s") and time.monotonic() < deadline:
            time.sleep(0.05)
        value = secrets.get_secret_value(SecretId="s")
        self.assertEqual((value["SecretString"], value["VersionId"]), ("rotated", version))
        self.assertEqual(secrets.get_secret_value(SecretId="s", VersionStage="AWSPREVIOUS")["SecretString"], "original")

    def test_the_cli_keeps_a_secret_as_the_handbook_shows(self):
        server = self.serve()
        aws_cli.answer(server, "secretsmanager", "create-secret", "--name", "MyTestSecret", "--description", "made with the CLI",
                       "--secret-string", json.dumps({"user": "diegor", "password": "EXAMPLE-PASSWORD"}))
        value = aws_cli.answer(server, "secretsmanager", "get-secret-value", "--secret-id", "MyTestSecret")
        self.assertEqual(json.loads(value["SecretString"])["user"], "diegor")
        listed = aws_cli.answer(server, "secretsmanager", "list-secrets", "--filters", "Key=name,Values=MyTest")
        self.assertEqual([each["Name"] for each in listed["SecretList"]], ["MyTestSecret"])
        password = aws_cli.answer(server, "secretsmanager", "get-random-password", "--require-each-included-type",
                                  "--password-length", "20")
        self.assertEqual(len(password["RandomPassword"]), 20)
        aws_cli.answer(server, "secretsmanager", "delete-secret", "--secret-id", "MyTestSecret", "--recovery-window-in-days", "7")
        self.assertEqual(aws_cli.answer(server, "secretsmanager", "list-secrets")["SecretList"], [])


if __name__ == "__main__":
    unittest.main()
