# SPDX-License-Identifier: Apache-2.0
"""Parameter Store as boto3 and the AWS CLI use it. Python 3.9."""
import signal
import unittest

import aws_cli
from client_case import ClientCase


class SsmTest(ClientCase):
    def test_parameters_in_a_hierarchy(self):
        server = self.serve("--data", self.folder + "/data")
        ssm = self.client(server, "ssm")
        ssm.put_parameter(Name="/app/url", Value="http://one", Type="String", Tags=[{"Key": "team", "Value": "blue"}])
        ssm.put_parameter(Name="/app/url", Value="http://two", Overwrite=True)
        ssm.put_parameter(Name="/app/hosts", Value="a,b", Type="StringList")
        ssm.put_parameter(Name="/app/db/password", Value="a very secret text", Type="SecureString")
        server.stop(signal.SIGKILL)
        server = self.serve("--data", self.folder + "/data")
        ssm = self.client(server, "ssm")
        first = ssm.get_parameter(Name="/app/url:1")["Parameter"]
        self.assertEqual((first["Value"], first["Selector"]), ("http://one", ":1"))
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/app", Recursive=True, WithDecryption=True,
                                                                     PaginationConfig={"PageSize": 2})
        self.assertEqual({each["Name"]: each["Value"] for page in pages for each in page["Parameters"]},
                         {"/app/url": "http://two", "/app/hosts": "a,b", "/app/db/password": "a very secret text"})
        self.assertNotIn("secret", ssm.get_parameter(Name="/app/db/password")["Parameter"]["Value"])
        history = ssm.get_parameter_history(Name="/app/url")["Parameters"]
        self.assertEqual([each["Value"] for each in history], ["http://one", "http://two"])
        listed = ssm.describe_parameters(ParameterFilters=[{"Key": "tag:team", "Values": ["blue"]}])["Parameters"]
        self.assertEqual([each["Name"] for each in listed], ["/app/url"])
        self.assertEqual(ssm.delete_parameters(Names=["/app/url", "absent"])["InvalidParameters"], ["absent"])
        code, _, status = self.refused(ssm.get_parameter, Name="/app/url")
        self.assertEqual((code, status), ("ParameterNotFound", 400))

    def test_keys_and_secrets_of_other_services(self):
        server = self.serve()
        ssm, kms, secrets = (self.client(server, each) for each in ("ssm", "kms", "secretsmanager"))
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        ssm.put_parameter(Name="mine", Value="x" * 4096, Type="SecureString", KeyId=key)
        self.assertEqual(ssm.get_parameter(Name="mine", WithDecryption=True)["Parameter"]["Value"], "x" * 4096)
        kms.disable_key(KeyId=key)
        code, message, _ = self.refused(ssm.get_parameter, Name="mine", WithDecryption=True)
        self.assertEqual(code, "InvalidKeyId")
        self.assertIn("is disabled. (Service: AWSKMS; Status Code: 400; Error Code: DisabledException;", message)
        secrets.create_secret(Name="db", SecretString="from the secret")
        found = ssm.get_parameter(Name="/aws/reference/secretsmanager/db", WithDecryption=True)["Parameter"]
        self.assertEqual((found["Value"], found["Type"]), ("from the secret", "SecureString"))

    def test_the_cli_puts_and_gets_as_the_handbook_shows(self):
        server = self.serve()
        made = aws_cli.answer(server, "ssm", "put-parameter", "--name", "MyStringParameter", "--type", "String", "--value", "Vici")
        self.assertEqual(made, {"Version": 1, "Tier": "Standard"})
        found = aws_cli.answer(server, "ssm", "get-parameters", "--names", "MyStringParameter", "absent")
        self.assertEqual(([each["Value"] for each in found["Parameters"]], found["InvalidParameters"]), (["Vici"], ["absent"]))
        image = aws_cli.answer(server, "ssm", "get-parameter", "--name",
                               "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2")["Parameter"]
        self.assertRegex(image["Value"], "^ami-[0-9a-f]{17}$")
        refused = aws_cli.run(server, "ssm", "put-parameter", "--name", "/aws/mine", "--type", "String", "--value", "x")
        self.assertIn("AccessDeniedException", refused.stderr)
        unbuilt = aws_cli.run(server, "ssm", "send-command", "--document-name", "AWS-RunShellScript")
        self.assertIn("SendCommand", unbuilt.stderr)


if __name__ == "__main__":
    unittest.main()
