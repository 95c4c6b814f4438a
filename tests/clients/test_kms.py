# SPDX-License-Identifier: Apache-2.0
"""KMS as boto3 and the AWS CLI use it. Python 3.9."""
import base64
import json
import os
import signal
import unittest

import aws_cli
from client_case import ClientCase, Config, boto3


class KmsTest(ClientCase):
    def test_a_key_from_its_making_to_its_end(self):
        server = self.serve()
        kms = self.client(server, "kms")
        key = kms.create_key(Description="mine", Tags=[{"TagKey": "team", "TagValue": "blue"}])["KeyMetadata"]
        self.assertEqual(key["KeyState"], "Enabled")
        kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
        blob = kms.encrypt(KeyId="alias/mine", Plaintext=b"hello", EncryptionContext={"for": "test"})["CiphertextBlob"]
        self.assertNotIn(b"hello", blob)
        opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext={"for": "test"})
        self.assertEqual((opened["Plaintext"], opened["KeyId"]), (b"hello", key["Arn"]))
        code, _, _ = self.refused(kms.decrypt, CiphertextBlob=blob)
        self.assertEqual(code, "InvalidCiphertextException")
        policy = json.loads(kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"])
        self.assertEqual(policy["Id"], "key-default-1")
        self.assertEqual(kms.list_resource_tags(KeyId=key["KeyId"])["Tags"], [{"TagKey": "team", "TagValue": "blue"}])
        kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
        code, message, _ = self.refused(kms.decrypt, CiphertextBlob=blob, EncryptionContext={"for": "test"})
        self.assertEqual((code, message), ("KMSInvalidStateException", key["Arn"] + " is pending deletion."))
        kms.cancel_key_deletion(KeyId=key["KeyId"])
        kms.enable_key(KeyId=key["KeyId"])
        self.assertEqual(kms.decrypt(CiphertextBlob=blob, EncryptionContext={"for": "test"})["Plaintext"], b"hello")

    def test_keys_outlive_a_kill_and_need_the_master_key(self):
        server = self.serve("--data", self.folder + "/data")
        kms = self.client(server, "kms")
        key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        symmetric = kms.create_key()["KeyMetadata"]["KeyId"]
        blob = kms.encrypt(KeyId=symmetric, Plaintext=b"kept")["CiphertextBlob"]
        signature = kms.sign(KeyId=key, Message=b"text", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
        server.stop(signal.SIGKILL)
        self.assertEqual(os.stat(self.folder + "/data/master.key").st_mode & 0o777, 0o600)
        server = self.serve("--data", self.folder + "/data")
        kms = self.client(server, "kms")
        self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"kept")
        self.assertTrue(kms.verify(KeyId=key, Message=b"text", SigningAlgorithm="ECDSA_SHA_256",
                                   Signature=signature)["SignatureValid"])
        server.stop()
        os.rename(self.folder + "/data/master.key", self.folder + "/elsewhere")
        server = self.serve("--data", self.folder + "/data")
        code, message, _ = self.refused(self.client(server, "kms").decrypt, CiphertextBlob=blob)
        self.assertIn("master.key is missing", message, code)

    def test_other_services_need_keys_that_may_be_used(self):
        server = self.serve()
        kms, s3, sqs, sns, dynamodb = (self.client(server, each) for each in ("kms", "s3", "sqs", "sns", "dynamodb"))
        key = kms.create_key()["KeyMetadata"]
        s3.create_bucket(Bucket="vault")
        put = s3.put_object(Bucket="vault", Key="k", Body=b"text", ServerSideEncryption="aws:kms", SSEKMSKeyId=key["KeyId"])
        self.assertEqual(put["SSEKMSKeyId"], key["Arn"])
        managed = s3.put_object(Bucket="vault", Key="m", Body=b"text", ServerSideEncryption="aws:kms")["SSEKMSKeyId"]
        self.assertEqual(kms.describe_key(KeyId=managed)["KeyMetadata"]["KeyManager"], "AWS")
        queue = sqs.create_queue(QueueName="q", Attributes={"KmsMasterKeyId": key["KeyId"]})["QueueUrl"]
        queue = f"http://{server.host}:{server.port}/000000000000/" + queue.rsplit("/", 1)[1]
        topic = sns.create_topic(Name="t", Attributes={"KmsMasterKeyId": key["KeyId"]})["TopicArn"]
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        sns.publish(TopicArn=topic, Message="x")
        table = dict(TableName="table", AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                     KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST")
        kms.disable_key(KeyId=key["KeyId"])
        disabled = key["Arn"] + " is disabled."
        self.assertEqual(self.refused(s3.get_object, Bucket="vault", Key="k"), ("KMS.DisabledException", disabled, 400))
        self.assertEqual(self.refused(s3.put_object, Bucket="vault", Key="n", Body=b"x", ServerSideEncryption="aws:kms",
                                      SSEKMSKeyId=key["KeyId"]), ("KMS.DisabledException", disabled, 400))
        self.assertEqual(s3.get_object(Bucket="vault", Key="m")["Body"].read(), b"text")
        self.assertIn("Disabled", self.refused(sqs.send_message, QueueUrl=queue, MessageBody="x")[0])
        self.assertIn("Disabled", self.refused(sqs.receive_message, QueueUrl=queue)[0])
        self.assertEqual(self.refused(sns.publish, TopicArn=topic, Message="x")[:2], ("KMSDisabled", disabled))
        code, message, _ = self.refused(dynamodb.create_table, **table, SSESpecification={
            "Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key["KeyId"]})
        self.assertEqual((code, message), ("ValidationException", "One or more parameter values were invalid: " + disabled))
        made = dynamodb.create_table(**table, SSESpecification={"Enabled": True})["TableDescription"]["SSEDescription"]
        self.assertEqual(kms.describe_key(KeyId=made["KMSMasterKeyArn"])["KeyMetadata"]["KeyState"], "Enabled")

    def test_whoever_may_not_use_a_key_may_not_read_what_is_under_it(self):
        server = self.serve("--enforce-iam")
        kms, s3, iam = (self.client(server, each) for each in ("kms", "s3", "iam"))
        key = kms.create_key()["KeyMetadata"]
        s3.create_bucket(Bucket="vault")
        s3.put_object(Bucket="vault", Key="own", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key["Arn"])
        s3.put_object(Bucket="vault", Key="managed", Body=b"x", ServerSideEncryption="aws:kms")
        iam.create_user(UserName="u")
        keys = iam.create_access_key(UserName="u")["AccessKey"]

        def allow(*actions):
            statements = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
            statements += [{"Effect": "Allow", "Action": action, "Resource": key["Arn"]} for action in actions]
            iam.put_user_policy(UserName="u", PolicyName="p",
                                PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}))
        mine = self.client_of(server, "s3", keys)
        allow()
        code, message, status = self.refused(mine.get_object, Bucket="vault", Key="own")
        self.assertEqual((code, status), ("AccessDenied", 403))
        self.assertIn("is not authorized to perform: kms:Decrypt on resource: " + key["Arn"], message)
        self.assertEqual(mine.get_object(Bucket="vault", Key="managed")["Body"].read(), b"x")
        allow("kms:Decrypt")
        self.assertEqual(mine.get_object(Bucket="vault", Key="own")["Body"].read(), b"x")
        put = dict(Bucket="vault", Key="new", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key["Arn"])
        self.assertEqual(self.refused(mine.put_object, **put)[0], "AccessDenied")
        allow("kms:GenerateDataKey")
        mine.put_object(**put)

    def client_of(self, server, service, keys):
        made = boto3.client(service, endpoint_url=f"http://{server.host}:{server.port}", region_name="us-east-1",
                            aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))
        self.addCleanup(getattr(made, "close", lambda: None))
        return made

    def test_the_cli_encrypts_a_file_as_the_handbook_shows(self):
        server = self.serve()
        key = aws_cli.answer(server, "kms", "create-key", "--description", "of the CLI")["KeyMetadata"]["KeyId"]
        aws_cli.answer(server, "kms", "create-alias", "--alias-name", "alias/cli", "--target-key-id", key)
        plain, blob = self.folder + "/plain", self.folder + "/blob"
        with open(plain, "wb") as f:
            f.write(b"from the cli")
        made = aws_cli.answer(server, "kms", "encrypt", "--key-id", "alias/cli", "--plaintext", "fileb://" + plain)
        with open(blob, "wb") as f:
            f.write(base64.b64decode(made["CiphertextBlob"]))
        opened = aws_cli.answer(server, "kms", "decrypt", "--ciphertext-blob", "fileb://" + blob)
        self.assertEqual(base64.b64decode(opened["Plaintext"]), b"from the cli")
        aliases = aws_cli.answer(server, "kms", "list-aliases")["Aliases"]
        self.assertEqual([(each["AliasName"], each["TargetKeyId"]) for each in aliases], [("alias/cli", key)])
        failed = aws_cli.run(server, "kms", "describe-key", "--key-id", "alias/absent")
        self.assertIn("NotFoundException", failed.stderr)


if __name__ == "__main__":
    unittest.main()
