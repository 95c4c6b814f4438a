# SPDX-License-Identifier: Apache-2.0
"""IAM and STS as users of boto3 and of the AWS CLI see them: who there is, what policies say, who a key is, and, with --enforce-iam,
what one may do. Python 3.9."""
import io
import json
import os
import shutil
import signal
import subprocess
import unittest
import zipfile

from client_case import ClientCase, Config, boto3

ACCOUNT = "000000000000"
AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))


def policy(effect="Allow", action="*", resource="*", **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource, **more}]})


def trust(**principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


def role_arn(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


class IamCase(ClientCase):
    arguments = ()

    def setUp(self):
        super().setUp()
        self.server = self.serve(*self.arguments)
        self.iam = self.client(self.server, "iam")

    def as_key(self, key, service, server=None):
        """A client that signs with CreateAccessKey's or AssumeRole's answer."""
        server = server or self.server
        made = boto3.client(service, endpoint_url=f"http://{server.host}:{server.port}", region_name="us-east-1",
                            aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"],
                            aws_session_token=key.get("SessionToken"),
                            config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False,
                                          s3={"addressing_style": "path"}))
        self.addCleanup(getattr(made, "close", lambda: None))
        return made

    def user(self, name, *policies):
        self.iam.create_user(UserName=name)
        for number, document in enumerate(policies):
            self.iam.put_user_policy(UserName=name, PolicyName=f"p{number}", PolicyDocument=document)
        return self.iam.create_access_key(UserName=name)["AccessKey"]

    def role(self, name, *policies, trusts=None):
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusts or trust(Service="states.amazonaws.com"))
        for number, document in enumerate(policies):
            self.iam.put_role_policy(RoleName=name, PolicyName=f"p{number}", PolicyDocument=document)
        return role_arn(name)


class DirectoryTest(IamCase):
    def test_users_groups_and_what_keeps_them_from_going(self):
        made = self.iam.create_user(UserName="Ann", Path="/team/", Tags=[{"Key": "team", "Value": "a"}])["User"]
        self.assertEqual(made["Arn"], f"arn:aws:iam::{ACCOUNT}:user/team/Ann")
        self.assertRegex(made["UserId"], r"^AIDA[A-Z2-7]{17}$")
        self.assertEqual(self.refused(self.iam.create_user, UserName="ann"),
                         ("EntityAlreadyExists", "User with name ann already exists.", 409))
        self.assertEqual(self.refused(self.iam.get_user, UserName="bob"),
                         ("NoSuchEntity", "The user with name bob cannot be found.", 404))
        self.assertEqual(self.refused(self.iam.create_user, UserName="no spaces")[:2],
                         ("ValidationError", "The specified value for userName is invalid. It must contain only alphanumeric characters "
                          "and/or the following: +=,.@_-"))
        self.assertEqual(self.refused(self.iam.create_user, UserName="n" * 65)[:2],
                         ("ValidationError", "1 validation error detected: Value at 'userName' failed to satisfy constraint: "
                          "Member must have length less than or equal to 64"))
        self.assertEqual(self.refused(self.iam.create_user, UserName="p", Path="none")[:2],
                         ("ValidationError", "The specified value for path is invalid. It must begin and end with / and contain only "
                          "alphanumeric characters and/or / characters."))
        self.iam.create_group(GroupName="admins")
        self.iam.add_user_to_group(GroupName="admins", UserName="Ann")
        self.assertEqual([u["UserName"] for u in self.iam.get_group(GroupName="admins")["Users"]], ["Ann"])
        self.assertEqual(self.refused(self.iam.delete_user, UserName="Ann"),
                         ("DeleteConflict", "Cannot delete entity, must remove users from group first.", 409))
        self.iam.update_user(UserName="Ann", NewUserName="Anna")
        self.assertEqual([g["GroupName"] for g in self.iam.list_groups_for_user(UserName="Anna")["Groups"]], ["admins"])
        self.assertEqual([u["UserName"] for u in self.iam.get_group(GroupName="admins")["Users"]], ["Anna"])
        self.iam.remove_user_from_group(GroupName="admins", UserName="Anna")
        self.iam.delete_group(GroupName="admins")
        self.iam.untag_user(UserName="Anna", TagKeys=["TEAM"])
        self.assertEqual(self.iam.list_user_tags(UserName="Anna")["Tags"], [])
        self.iam.delete_user(UserName="Anna")
        self.assertEqual(self.iam.list_users()["Users"], [])

    def test_pages(self):
        for number in range(7):
            self.iam.create_user(UserName=f"u{number}")
        seen = []
        for page in self.iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 3}):
            self.assertLessEqual(len(page["Users"]), 3)
            seen += [user["UserName"] for user in page["Users"]]
        self.assertEqual(seen, [f"u{number}" for number in range(7)])
        self.assertEqual(self.refused(self.iam.list_users, Marker="no marker")[0], "ValidationError")

    def test_policies_and_their_versions(self):
        arn = self.iam.create_policy(PolicyName="p", PolicyDocument=policy(action="s3:GetObject"))["Policy"]["Arn"]
        for number in range(2, 6):
            made = self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(action=f"s3:Get{number}"), SetAsDefault=number == 5)
            self.assertEqual(made["PolicyVersion"]["VersionId"], f"v{number}")
        self.assertEqual(self.refused(self.iam.create_policy_version, PolicyArn=arn, PolicyDocument=policy())[0], "LimitExceeded")
        self.assertEqual(self.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"], "v5")
        self.assertEqual(self.refused(self.iam.delete_policy_version, PolicyArn=arn, VersionId="v5"),
                         ("DeleteConflict", "Cannot delete the default version of a policy.", 409))
        document = self.iam.get_policy_version(PolicyArn=arn, VersionId="v3")["PolicyVersion"]["Document"]
        self.assertEqual(document["Statement"][0]["Action"], "s3:Get3")
        self.assertEqual(self.refused(self.iam.delete_policy, PolicyArn=arn)[0], "DeleteConflict")
        for number in range(1, 5):
            self.iam.delete_policy_version(PolicyArn=arn, VersionId=f"v{number}")
        self.role("r")
        self.iam.attach_role_policy(RoleName="r", PolicyArn=arn)
        self.assertEqual(self.iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"], 1)
        self.assertEqual([r["RoleName"] for r in self.iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]], ["r"])
        self.assertEqual(self.refused(self.iam.delete_policy, PolicyArn=arn),
                         ("DeleteConflict", "Cannot delete a policy attached to entities.", 409))
        self.assertEqual(self.refused(self.iam.delete_role, RoleName="r"),
                         ("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409))
        self.iam.detach_role_policy(RoleName="r", PolicyArn=arn)
        self.iam.delete_role(RoleName="r")
        self.iam.delete_policy(PolicyArn=arn)

    def test_policies_of_aws(self):
        self.role("r")
        for name in ("service-role/AWSLambdaBasicExecutionRole", "AWSDenyAll", "AdministratorAccess", "ReadOnlyAccess"):
            self.iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/" + name)
        arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        found = self.iam.get_policy(PolicyArn=arn)["Policy"]
        document = self.iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]["Document"]
        self.assertIn("logs:PutLogEvents", document["Statement"][0]["Action"])
        self.assertEqual(self.refused(self.iam.attach_role_policy, RoleName="r", PolicyArn="arn:aws:iam::aws:policy/NoSuchThing"),
                         ("NoSuchEntity", "Policy arn:aws:iam::aws:policy/NoSuchThing does not exist or is not attachable.", 404))
        names = [p["PolicyName"] for page in self.iam.get_paginator("list_policies").paginate(Scope="AWS") for p in page["Policies"]]
        self.assertGreater(len(names), 1000)
        self.assertEqual(len(set(names)), len(names))
        attached = self.iam.list_policies(OnlyAttached=True)["Policies"]
        self.assertEqual(sorted(p["PolicyName"] for p in attached),
                         ["AWSDenyAll", "AWSLambdaBasicExecutionRole", "AdministratorAccess", "ReadOnlyAccess"])

    def test_bad_policies(self):
        def refused(document, call=None):
            call = call or (lambda **more: self.iam.create_policy(PolicyName="bad", **more))
            return self.refused(call, PolicyDocument=document)[:2]
        self.assertEqual(refused("{"), ("MalformedPolicyDocument", "Syntax errors in policy."))
        self.assertEqual(refused(policy().replace("2012-10-17", "2008-10-17")),
                         ("MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater."))
        self.assertEqual(self.refused(self.iam.create_role, RoleName="r", AssumeRolePolicyDocument=trust(AWS=f"arn:aws:iam::{ACCOUNT}:user/nobody")),
                         ("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"arn:aws:iam::{ACCOUNT}:user/nobody"', 400))
        self.assertEqual(self.refused(self.iam.create_role, RoleName="r", AssumeRolePolicyDocument=trust(Service="nothing"))[:2],
                         ("MalformedPolicyDocument", 'Invalid principal in policy: "SERVICE":"nothing"'))
        self.user("somebody")
        self.role("r", trusts=trust(AWS=f"arn:aws:iam::{ACCOUNT}:user/somebody"))
        self.assertEqual(self.refused(self.iam.update_assume_role_policy, RoleName="r", PolicyDocument=policy())[:2],
                         ("MalformedPolicyDocument", "Has prohibited field Resource"))

    def test_what_deployment_tools_make(self):
        self.role("r")
        self.iam.create_instance_profile(InstanceProfileName="i")
        self.iam.add_role_to_instance_profile(InstanceProfileName="i", RoleName="r")
        self.assertEqual(self.iam.get_instance_profile(InstanceProfileName="i")["InstanceProfile"]["Roles"][0]["RoleName"], "r")
        self.assertEqual(self.refused(self.iam.delete_role, RoleName="r")[0], "DeleteConflict")
        self.assertEqual(len(self.iam.list_instance_profiles_for_role(RoleName="r")["InstanceProfiles"]), 1)
        url = "https://oidc.eks.us-east-1.amazonaws.com/id/ABC"
        arn = self.iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40])["OpenIDConnectProviderArn"]
        self.assertEqual(arn, f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC")
        self.assertEqual(self.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"], ["sts.amazonaws.com"])
        self.iam.create_account_alias(AccountAlias="home")
        self.assertEqual(self.iam.list_account_aliases()["AccountAliases"], ["home"])
        self.iam.update_account_password_policy(MinimumPasswordLength=12, RequireNumbers=True)
        self.user("u")
        self.assertEqual(self.refused(self.iam.create_login_profile, UserName="u", Password="short")[0], "PasswordPolicyViolation")
        self.iam.create_login_profile(UserName="u", Password="long enough 12")
        self.assertEqual(self.iam.get_account_summary()["SummaryMap"]["Roles"], 1)
        details = self.iam.get_account_authorization_details()
        self.assertEqual([r["RoleName"] for r in details["RoleDetailList"]], ["r"])
        self.assertEqual(details["RoleDetailList"][0]["InstanceProfileList"][0]["InstanceProfileName"], "i")

    def test_simulation(self):
        self.user("u", policy(action="s3:Get*", resource="arn:aws:s3:::bucket/*"), policy("Deny", "s3:GetObjectAcl"))
        def decisions(**more):
            found = self.iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:user/u", **more)
            return [r["EvalDecision"] for r in found["EvaluationResults"]]
        self.assertEqual(decisions(ActionNames=["s3:GetObject", "s3:GetObjectAcl", "s3:PutObject"], ResourceArns=["arn:aws:s3:::bucket/k"]),
                         ["allowed", "explicitDeny", "implicitDeny"])
        conditional = policy(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
        asked = self.iam.simulate_custom_policy(PolicyInputList=[conditional], ActionNames=["sqs:SendMessage"])["EvaluationResults"][0]
        self.assertEqual((asked["EvalDecision"], asked["MissingContextValues"]), ("implicitDeny", ["aws:requestedregion"]))
        self.assertEqual(self.iam.get_context_keys_for_custom_policy(PolicyInputList=[conditional])["ContextKeyNames"], ["aws:RequestedRegion"])

    def test_everything_is_there_after_a_kill(self):
        data = os.path.join(self.folder, "data")
        server = self.serve("--data", data)
        iam = self.client(server, "iam")
        iam.create_user(UserName="u")
        key = iam.create_access_key(UserName="u")["AccessKey"]
        session = self.as_key(key, "sts", server).get_session_token()["Credentials"]
        server.stop(signal.SIGKILL)
        server = self.serve("--data", data)
        self.assertEqual(self.as_key(session, "sts", server).get_caller_identity()["Arn"], f"arn:aws:iam::{ACCOUNT}:user/u")

    @unittest.skipUnless(AWS, "no AWS CLI")
    def test_with_the_cli(self):
        def aws(*arguments):
            run = subprocess.run([AWS, "--endpoint-url", f"http://{self.server.host}:{self.server.port}", "--output", "json", *arguments],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
                                 env={**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "HOME": self.folder,
                                      "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": ""})
            self.assertEqual((run.returncode, run.stderr), (0, ""), arguments)
            return json.loads(run.stdout) if run.stdout.strip() else None
        aws("iam", "create-role", "--role-name", "cli", "--assume-role-policy-document", trust(Service="lambda.amazonaws.com"))
        aws("iam", "attach-role-policy", "--role-name", "cli", "--policy-arn", "arn:aws:iam::aws:policy/AmazonS3FullAccess")
        self.assertEqual(aws("iam", "list-attached-role-policies", "--role-name", "cli")["AttachedPolicies"][0]["PolicyName"], "AmazonS3FullAccess")
        self.assertEqual(aws("sts", "get-caller-identity")["Arn"], f"arn:aws:iam::{ACCOUNT}:root")
        taken = aws("sts", "assume-role", "--role-arn", role_arn("cli"), "--role-session-name", "me")
        self.assertEqual(taken["AssumedRoleUser"]["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/cli/me")


class SessionTest(IamCase):
    def test_keys_and_sessions_identify_who_calls(self):
        key = self.user("u")
        self.assertEqual(self.as_key(key, "sts").get_caller_identity()["Arn"], f"arn:aws:iam::{ACCOUNT}:user/u")
        self.assertEqual(self.as_key(key, "iam").get_user()["User"]["UserName"], "u")
        self.assertEqual(self.as_key(key, "sts").get_access_key_info(AccessKeyId=key["AccessKeyId"])["Account"], ACCOUNT)
        self.role("r")
        sts = self.client(self.server, "sts")
        taken = sts.assume_role(RoleArn=role_arn("r"), RoleSessionName="me", Tags=[{"Key": "a", "Value": "1"}])
        self.assertEqual(self.as_key(taken["Credentials"], "sts").get_caller_identity()["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/r/me")
        self.assertEqual(taken["AssumedRoleUser"]["AssumedRoleId"], self.iam.get_role(RoleName="r")["Role"]["RoleId"] + ":me")
        self.assertEqual(self.refused(sts.assume_role, RoleArn=role_arn("r"), RoleSessionName="me", DurationSeconds=7200)[:2],
                         ("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."))
        self.assertEqual(self.refused(sts.assume_role, RoleArn=role_arn("r"), RoleSessionName="me",
                                      Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}])[0], "InvalidParameterValue")
        federated = sts.get_federation_token(Name="bob")
        self.assertEqual(federated["FederatedUser"]["Arn"], f"arn:aws:sts::{ACCOUNT}:federated-user/bob")
        self.iam.update_access_key(UserName="u", AccessKeyId=key["AccessKeyId"], Status="Inactive")
        self.assertEqual(self.refused(self.as_key(key, "sts").get_caller_identity)[0], "InvalidClientTokenId")

    def test_keys_sign_where_signatures_are_checked(self):
        file = os.path.join(self.folder, "credentials")
        with open(file, "w", encoding="utf-8") as out:
            out.write("[root]\naws_access_key_id = rootkey\naws_secret_access_key = rootsecret\n")
        server = self.serve("--credentials", file)
        root = {"AccessKeyId": "rootkey", "SecretAccessKey": "rootsecret"}
        iam = self.as_key(root, "iam", server)
        iam.create_user(UserName="u")
        key = iam.create_access_key(UserName="u")["AccessKey"]
        self.assertEqual(self.as_key(key, "sts", server).get_caller_identity()["Arn"], f"arn:aws:iam::{ACCOUNT}:user/u")
        wrong = {**key, "SecretAccessKey": "wrong"}
        self.assertEqual(self.refused(self.as_key(wrong, "sts", server).get_caller_identity)[0], "SignatureDoesNotMatch")
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust(AWS=ACCOUNT))
        session = self.as_key(key, "sts", server).assume_role(RoleArn=role_arn("r"), RoleSessionName="me")["Credentials"]
        self.assertEqual(self.as_key(session, "sts", server).get_caller_identity()["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/r/me")
        without_token = {**session, "SessionToken": None}
        self.assertEqual(self.refused(self.as_key(without_token, "sts", server).get_caller_identity)[0], "InvalidClientTokenId")
        token = "e30.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoicyJ9.e30"
        self.assertEqual(self.refused(self.client(server, "sts").assume_role_with_web_identity, RoleArn=role_arn("r"), RoleSessionName="me",
                                      WebIdentityToken=token)[0], "InvalidIdentityToken")


ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


class EnforcementTest(IamCase):
    arguments = ("--enforce-iam",)

    def test_nobody_may_what_no_policy_allows(self):
        self.client(self.server, "s3").create_bucket(Bucket="bucket")
        url = self.client(self.server, "sqs").create_queue(QueueName="q")["QueueUrl"]
        topic = self.client(self.server, "sns").create_topic(Name="t")["TopicArn"]
        key = self.user("u")
        me = f"User: arn:aws:iam::{ACCOUNT}:user/u is not authorized to perform: "
        no = " because no identity-based policy allows the {} action"
        self.assertEqual(self.refused(self.as_key(key, "s3").get_object, Bucket="bucket", Key="k"),
                         ("AccessDenied", me + 's3:GetObject on resource: "arn:aws:s3:::bucket/k"' + no.format("s3:GetObject"), 403))
        self.assertEqual(self.refused(self.as_key(key, "dynamodb").get_item, TableName="tab", Key={"k": {"S": "1"}}),
                         ("AccessDeniedException", me + f"dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/tab"
                          + no.format("dynamodb:GetItem"), 400))
        self.assertEqual(self.refused(self.as_key(key, "sns").publish, TopicArn=topic, Message="m"),
                         ("AuthorizationError", me + f"SNS:Publish on resource: {topic}" + no.format("SNS:Publish"), 403))
        self.assertIn("sqs:sendmessage on resource: arn:aws:sqs:us-east-1:" + ACCOUNT + ":q",
                      self.refused(self.as_key(key, "sqs").send_message, QueueUrl=url, MessageBody="m")[1])
        self.assertEqual(self.refused(self.as_key(key, "lambda").invoke, FunctionName="f")[::2], ("AccessDeniedException", 403))
        self.assertEqual(self.refused(self.as_key(key, "iam").create_user, UserName="x"),
                         ("AccessDenied", me + f"iam:CreateUser on resource: arn:aws:iam::{ACCOUNT}:user/x" + no.format("iam:CreateUser"), 403))
        self.assertEqual(self.refused(self.as_key(key, "stepfunctions").list_state_machines)[0], "AccessDeniedException")
        self.as_key(key, "sts").get_caller_identity()

    def test_policies_allow_and_deny(self):
        s3 = self.client(self.server, "s3")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="u/k", Body=b"1")
        s3.put_object(Bucket="bucket", Key="v/k", Body=b"2")
        key = self.user("u", policy(action="s3:GetObject", resource="arn:aws:s3:::bucket/${aws:username}/*"))
        mine = self.as_key(key, "s3")
        self.assertEqual(mine.get_object(Bucket="bucket", Key="u/k")["Body"].read(), b"1")
        self.assertEqual(self.refused(mine.get_object, Bucket="bucket", Key="v/k")[0], "AccessDenied")
        self.iam.attach_user_policy(UserName="u", PolicyArn=ADMINISTRATOR)
        self.assertEqual(mine.get_object(Bucket="bucket", Key="v/k")["Body"].read(), b"2")
        self.iam.put_user_permissions_boundary(UserName="u", PermissionsBoundary="arn:aws:iam::aws:policy/AmazonSQSFullAccess")
        self.assertIn("because no permissions boundary allows the s3:GetObject action", self.refused(mine.get_object, Bucket="bucket", Key="u/k")[1])
        self.iam.delete_user_permissions_boundary(UserName="u")
        self.iam.create_group(GroupName="g")
        self.iam.add_user_to_group(GroupName="g", UserName="u")
        self.iam.attach_group_policy(GroupName="g", PolicyArn="arn:aws:iam::aws:policy/AWSDenyAll")
        self.assertIn("with an explicit deny in an identity-based policy", self.refused(mine.get_object, Bucket="bucket", Key="u/k")[1])

    def test_roles_are_passed_on(self):
        self.role("m")
        self.role("other")
        key = self.user("u", policy(action="states:*"), policy(action="iam:PassRole", resource=role_arn("m"),
                                                               Condition={"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}))
        states = self.as_key(key, "stepfunctions")
        machine = {"definition": json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})}
        states.create_state_machine(name="m", roleArn=role_arn("m"), **machine)
        self.assertEqual(self.refused(states.create_state_machine, name="n", roleArn=role_arn("other"), **machine)[:2],
                         ("AccessDeniedException", f"User: arn:aws:iam::{ACCOUNT}:user/u is not authorized to perform: iam:PassRole on resource: "
                          + role_arn("other") + " because no identity-based policy allows the iam:PassRole action"))

    def test_services_must_be_trusted(self):
        self.role("odd", trusts=trust(Service="ec2.amazonaws.com"))
        definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
        for name in ("odd", "nobody"):
            self.assertEqual(self.refused(self.client(self.server, "stepfunctions").create_state_machine, name="m", roleArn=role_arn(name),
                                          definition=definition),
                             ("AccessDeniedException", "Neither the global service principal states.amazonaws.com, nor the regional one is "
                              "authorized to assume the provided role.", 400))
            self.assertEqual(self.refused(self.client(self.server, "lambda").create_function, FunctionName="f", Runtime="python3.12",
                                          Role=role_arn(name), Handler="index.handler", Code={"ZipFile": b"none"})[:2],
                             ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."))

    def test_who_may_assume_a_role(self):
        self.role("open", policy(action="sqs:*"), trusts=trust(AWS=ACCOUNT))
        self.role("closed", policy())
        key = self.user("u")
        sts = self.as_key(key, "sts")
        self.assertEqual(self.refused(sts.assume_role, RoleArn=role_arn("open"), RoleSessionName="me"),
                         ("AccessDenied", f"User: arn:aws:iam::{ACCOUNT}:user/u is not authorized to perform: sts:AssumeRole on resource: "
                          + role_arn("open"), 403))
        self.iam.put_user_policy(UserName="u", PolicyName="a", PolicyDocument=policy(action="sts:AssumeRole"))
        session = sts.assume_role(RoleArn=role_arn("open"), RoleSessionName="me")["Credentials"]
        self.as_key(session, "sqs").create_queue(QueueName="q")
        self.assertEqual(self.refused(self.as_key(session, "s3").list_buckets)[0], "AccessDenied")
        narrow = sts.assume_role(RoleArn=role_arn("open"), RoleSessionName="me", Policy=policy(action="sqs:ListQueues"))["Credentials"]
        self.as_key(narrow, "sqs").list_queues()
        self.assertIn("because no session policy allows", self.refused(self.as_key(narrow, "sqs").create_queue, QueueName="r")[1])
        federated = self.client(self.server, "sts").get_federation_token(Name="guest", Policy=policy(action="sqs:ListQueues"))["Credentials"]
        self.as_key(federated, "sqs").list_queues()
        self.assertEqual(self.refused(self.as_key(federated, "s3").list_buckets)[0], "AccessDenied")
        for name in ("closed", "nobody"):
            self.assertEqual(self.refused(sts.assume_role, RoleArn=role_arn(name), RoleSessionName="me")[0], "AccessDenied")

    def run_machine(self, role, state):
        states = self.client(self.server, "stepfunctions")
        machine = states.create_state_machine(name=f"m{role.rsplit('/', 1)[1]}", roleArn=role, type="EXPRESS", definition=json.dumps(
            {"StartAt": "A", "States": {"A": {"Type": "Task", "End": True, **state}}}))["stateMachineArn"]
        self.addCleanup(states.delete_state_machine, stateMachineArn=machine)
        return states.start_sync_execution(stateMachineArn=machine, name="run", input="{}")

    def test_state_machines_work_under_their_roles(self):
        sdk = {"Resource": "arn:aws:states:::aws-sdk:iam:createUser", "Parameters": {"UserName": "made"}}
        refused = self.run_machine(self.role("weak"), sdk)
        self.assertEqual((refused["status"], refused["error"]), ("FAILED", "Iam.IamException"))
        self.assertIn(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/weak/run is not authorized to perform: iam:CreateUser", refused["cause"])
        self.assertEqual(self.run_machine(self.role("strong", policy(action="iam:CreateUser")), sdk)["status"], "SUCCEEDED")
        put = {"Resource": "arn:aws:states:::dynamodb:putItem", "Parameters": {"TableName": "t", "Item": {"k": {"S": "1"}}}}
        refused = self.run_machine(self.role("weaker"), put)
        self.assertEqual(refused["error"], "DynamoDB.AmazonDynamoDBException")
        nested = {"Resource": "arn:aws:states:::states:startExecution",
                  "Parameters": {"StateMachineArn": f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:other"}}
        refused = self.run_machine(self.role("weakest"), nested)
        self.assertEqual(refused["error"], "StepFunctions.AWSStepFunctionsException")
        self.assertIn("is not authorized to perform: states:StartExecution on resource: "
                      f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:other because", refused["cause"])

    def test_functions_are_their_roles(self):
        self.role("f", policy(action="sqs:ListQueues"), trusts=trust(Service="lambda.amazonaws.com"))
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("index.py", "import os\ndef handler(event, context):\n    return {k: os.environ[k] for k in "
                             "('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN')}\n")
        lambda_ = self.client(self.server, "lambda")
        lambda_.create_function(FunctionName="f", Runtime="python3.12", Role=role_arn("f"), Handler="index.handler", Code={"ZipFile": code.getvalue()})
        lambda_.get_waiter("function_active").wait(FunctionName="f", WaiterConfig={"Delay": 1})
        told = json.loads(lambda_.invoke(FunctionName="f")["Payload"].read())
        key = {"AccessKeyId": told["AWS_ACCESS_KEY_ID"], "SecretAccessKey": told["AWS_SECRET_ACCESS_KEY"], "SessionToken": told["AWS_SESSION_TOKEN"]}
        self.assertEqual(self.as_key(key, "sts").get_caller_identity()["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/f/f")
        self.as_key(key, "sqs").list_queues()
        self.assertEqual(self.refused(self.as_key(key, "s3").list_buckets)[0], "AccessDenied")
        invoke = {"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}
        refused = self.run_machine(self.role("weak"), invoke)
        self.assertEqual(refused["error"], "Lambda.AWSLambdaException", refused)
        self.assertIn("is not authorized to perform: lambda:InvokeFunction", refused["cause"])
        self.assertEqual(self.run_machine(self.role("strong", policy(action="lambda:InvokeFunction")), invoke)["status"], "SUCCEEDED")


class WorkflowTest(IamCase):
    """What the workflows of a deployment approval do with IAM: lock users out and let them in again."""

    def test_a_machine_attaches_and_detaches(self):
        def state(action, parameters, following=None):
            return {"Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:iam:{action}", "Parameters": parameters, "ResultPath": f"$.{action}",
                    **({"Next": following} if following else {"End": True})}
        deny = "arn:aws:iam::aws:policy/AWSDenyAll"
        self.iam.create_group(GroupName="staff")
        definition = {"StartAt": "Make", "States": {
            "Make": state("createUser", {"UserName.$": "$.name"}, "Join"),
            "Join": state("addUserToGroup", {"GroupName": "staff", "UserName.$": "$.name"}, "Lock"),
            "Lock": state("attachUserPolicy", {"UserName.$": "$.name", "PolicyArn": deny}, "Look"),
            "Look": state("listAttachedUserPolicies", {"UserName.$": "$.name"}, "IsLocked"),
            "IsLocked": {"Type": "Choice", "Default": "Wrong", "Choices": [
                {"Variable": "$.listAttachedUserPolicies.AttachedPolicies[0].PolicyName", "StringEquals": "AWSDenyAll", "Next": "Free"}]},
            "Free": state("detachUserPolicy", {"UserName.$": "$.name", "PolicyArn": deny}),
            "Wrong": {"Type": "Fail", "Error": "NotLocked"}}}
        states = self.client(self.server, "stepfunctions")
        machine = states.create_state_machine(name="m", roleArn=role_arn("m"), type="EXPRESS", definition=json.dumps(definition))["stateMachineArn"]
        run = states.start_sync_execution(stateMachineArn=machine, input=json.dumps({"name": "eve"}))
        self.assertEqual(run["status"], "SUCCEEDED", run)
        self.assertEqual(self.iam.list_attached_user_policies(UserName="eve")["AttachedPolicies"], [])
        self.assertEqual([u["UserName"] for u in self.iam.get_group(GroupName="staff")["Users"]], ["eve"])
        again = states.start_sync_execution(stateMachineArn=machine, input=json.dumps({"name": "eve"}))
        self.assertEqual(again["error"], "Iam.EntityAlreadyExistsException")
        self.assertIn("User with name eve already exists.", again["cause"])


if __name__ == "__main__":
    unittest.main()
