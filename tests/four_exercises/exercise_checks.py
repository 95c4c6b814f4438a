# SPDX-License-Identifier: Apache-2.0
"""What the four exercises must do once they are deployed, however they were: asked through boto3, AWS CLI, curl-like HTTP and
`pawl mailbox`, as people do. Python 3.9.

ExerciseChecks is mixed into a test case that has `server`, `client(server, service)`, `page` and `outputs`, the deployment's outputs by
exercise."""
import base64
import http.server
import io
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", ".."))
EXAMPLE = os.path.join(SOURCE, "examples", "four-exercises")
sys.path.insert(0, os.path.join(HERE, "..", "clients"))
from aws_cli import PROGRAM as AWS, answer as aws, run as run_aws  # noqa: E402

SECONDS_MAX = 60
USER, PASSWORD = "robot", "sésame, öffne dich"


class Page(http.server.ThreadingHTTPServer):
    """shouldideploy.today on loopback, for who has a name and a password. `failures`: so many answers are errors first."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), PageRequest)
        self.is_good, self.failures, self.asked = True, 0, 0
        self.url = f"http://127.0.0.1:{self.server_port}/api"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def end(self):
        self.shutdown()
        self.server_close()


class PageRequest(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = self.server
        page.asked += 1
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") != expected:
            return self.answer(401, {"error": "who are you?"})
        if page.failures > 0:
            page.failures -= 1
            return self.answer(503, {"error": "not now"})
        zone = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)["tz"][0]
        return self.answer(200, {"timezone": zone, "shouldideploy": page.is_good, "message": "well"})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class ExerciseChecks:
    def made(self, service):
        """One client of each service: they take a tenth of a second to make."""
        clients = self.__dict__.setdefault("clients", {})
        if service not in clients:
            clients[service] = self.client(self.server, service)
        return clients[service]

    def eventually(self, look, what):
        """What `look` gives as soon as it is true."""
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.05)
        raise self.failureException(f"{what} did not come")

    def begin(self, exercise, value):
        return self.made("stepfunctions").start_execution(
            stateMachineArn=self.outputs[exercise]["state_machine_arn"], input=json.dumps(value))["executionArn"]

    def ended(self, execution):
        states = self.made("stepfunctions")

        def look():
            found = states.describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None
        return self.eventually(look, "the end of " + execution)

    def succeeded(self, execution):
        found = self.ended(execution)
        self.assertEqual(found["status"], "SUCCEEDED", f"{found.get('error')}: {found.get('cause')}")
        return json.loads(found["output"])

    def failed(self, execution):
        found = self.ended(execution)
        self.assertEqual(found["status"], "FAILED", found.get("output"))
        return found["error"], found.get("cause", "")

    def states_of(self, execution):
        """The names of the states that were entered, in order."""
        pages = self.made("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
        return [event["stateEnteredEventDetails"]["name"] for page in pages for event in page["events"] if "stateEnteredEventDetails" in event]

    # Should I deploy

    def check_should_i_deploy(self):
        user = self.outputs["should-i-deploy"]["user_name"]

        def policies():
            return [one["PolicyName"] for one in self.made("iam").list_attached_user_policies(UserName=user)["AttachedPolicies"]]
        for is_good, last, denied in ((True, "Nothing to change", []), (False, "Keep the user from it", ["AWSDenyAll"]),
                                      (False, "Nothing to change", ["AWSDenyAll"]), (True, "Let the user deploy", [])):
            self.page.is_good = is_good
            execution = self.begin("should-i-deploy", {})
            self.succeeded(execution)
            self.assertEqual((self.states_of(execution)[-1], policies()), (last, denied))
        rule = self.made("events").describe_rule(Name="should-i-deploy")
        self.assertEqual((rule["ScheduleExpression"], rule["State"]), ("rate(30 minutes)", "ENABLED"))
        target, = self.made("events").list_targets_by_rule(Rule="should-i-deploy")["Targets"]
        self.assertEqual(target["Arn"], self.outputs["should-i-deploy"]["state_machine_arn"])

    def check_a_page_that_fails_is_asked_again(self):
        self.page.failures, self.page.asked, self.page.is_good = 1, 0, True
        self.succeeded(self.begin("should-i-deploy", {}))
        self.assertEqual(self.page.asked, 2)

    def check_a_wrong_password(self):
        """The connection is changed; the page answers 401 four times."""
        events = self.made("events")

        def password(word):
            events.update_connection(Name="should-i-deploy", AuthParameters={"BasicAuthParameters": {"Username": USER, "Password": word}})
        password("guessed")
        self.page.asked = 0
        error, cause = self.failed(self.begin("should-i-deploy", {}))
        self.assertEqual((error, self.page.asked), ("States.Http.StatusCode.401", 4), cause)
        password(PASSWORD)
        self.succeeded(self.begin("should-i-deploy", {}))

    # Create new user

    def mails(self, subject):
        text = subprocess.run([os.environ["PAWL"], "mailbox", "--endpoint", f"http://127.0.0.1:{self.server.port}", "--json"],
                              capture_output=True, text=True, check=True, timeout=60).stdout
        return [mail for mail in json.loads(text)["Mails"] if mail["Subject"] == subject]

    def confirm_the_address(self):
        mail = self.eventually(lambda: self.mails("AWS Notification - Subscription Confirmation"), "the question whether to send e-mail")[0]
        link = re.search(r"^http\S+", mail["Text"], re.M)[0]
        with urllib.request.urlopen(link, timeout=SECONDS_MAX) as answer:
            self.assertIn("SubscriptionArn", answer.read().decode())

    def asked(self, name):
        """Starts an execution; (its ARN, the token that the e-mail about this name has)."""
        execution = self.begin("create-new-user", {"name": name})
        mail = self.eventually(lambda: [one for one in self.mails("A new user") if f"Is {name} to be" in one["Text"]], "the e-mail")[0]
        return execution, re.search(r"--task-token (\S+)", mail["Text"])[1]

    def check_create_new_user(self):
        iam = self.made("iam")
        for name, is_admin, group in (("grace", True, "admins"), ("linus", False, "users")):
            execution, token = self.asked(name)
            aws(self.server, "stepfunctions", "send-task-success", "--task-token", token, "--task-output", json.dumps({"admin": is_admin}))
            arn = iam.get_user(UserName=name)["User"]["Arn"] if self.succeeded(execution) else None
            self.assertEqual(self.succeeded(execution), {"arn": arn, "group": group})
            self.assertEqual([user["UserName"] for user in iam.get_group(GroupName=group)["Users"]], [name])
        again = run_aws(self.server, "stepfunctions", "send-task-success", "--task-token", token, "--task-output", "{}")
        self.assertIn("An error occurred (TaskTimedOut)", again.stderr)
        unknown = run_aws(self.server, "stepfunctions", "send-task-failure", "--task-token", "no such token")
        self.assertIn("An error occurred (InvalidToken)", unknown.stderr)

    def check_a_user_is_refused(self):
        execution, token = self.asked("mallory")
        aws(self.server, "stepfunctions", "send-task-failure", "--task-token", token, "--error", "No", "--cause", "Nobody knows her")
        self.assertEqual(self.failed(execution), ("No", "Nobody knows her"))
        self.assertNotIn("mallory", [user["UserName"] for user in self.made("iam").list_users()["Users"]])

    # Bucket replication

    def check_bucket_replication(self):
        source, destination = (self.outputs["bucket-replication"][name] for name in ("source_bucket", "destination_bucket"))
        s3 = self.made("s3")
        objects = {"readme.txt": b"read me", "folder/ö.bin": bytes(range(256)) * 9000, "folder/empty": b""}
        for key, body in objects.items():
            s3.put_object(Bucket=source, Key=key, Body=body)
        execution = self.begin("bucket-replication", {})
        output = self.succeeded(execution)
        self.assertEqual(output, {"files": len(objects), "bytes": sum(map(len, objects.values()))})
        self.assertEqual(self.states_of(execution)[-1], "Copied")
        for key, body in objects.items():
            self.assertEqual(s3.get_object(Bucket=destination, Key=key)["Body"].read(), body)

    # Resize profile picture

    def uploads(self, bucket):
        return [one["Key"] for one in self.made("s3").list_objects_v2(Bucket=bucket, Prefix="uploaded/").get("Contents", [])]

    def executions(self, machine, status=None):
        more = {"statusFilter": status} if status else {}
        return [one["executionArn"] for one in self.made("stepfunctions").list_executions(stateMachineArn=machine, **more)["executions"]]

    def check_resize(self, machine, users):
        """Uploads within the window share one execution; each user gets two pictures and an item; the uploads go."""
        from PIL import Image
        bucket, table = (self.outputs["resize-profile-picture"][name] for name in ("bucket", "table"))
        s3, before = self.made("s3"), set(self.executions(machine))
        for user, (kind, size, colors) in users.items():
            left, right = colors
            picture = Image.new("RGB", size, left)
            picture.paste(right, (size[0] // 2, 0, *size))
            content = io.BytesIO()
            picture.save(content, kind)
            s3.put_object(Bucket=bucket, Key=f"uploaded/{user}.{kind.lower()}", Body=content.getvalue())
        execution, = self.eventually(lambda: set(self.executions(machine)) - before, "an execution")
        output = self.succeeded(execution)
        self.assertEqual(sorted(output, key=lambda one: one["user"]),
                         [{"user": user, "pictures": [f"{user}/128.png", f"{user}/512.png"]} for user in sorted(users)])
        for user, (kind, _, colors) in users.items():
            for size in (128, 512):
                stored = s3.get_object(Bucket=bucket, Key=f"{user}/{size}.png")
                self.assertEqual(stored["ContentType"], "image/png")
                made = Image.open(stored["Body"])
                self.assertEqual((made.format, made.size), ("PNG", (size, size)))
                for x, color in ((size // 4, colors[0]), (size * 3 // 4, colors[1])):
                    found = made.convert("RGB").getpixel((x, size // 2))
                    self.assertLess(max(abs(a - b) for a, b in zip(found, color)), 8 if kind == "JPEG" else 1, (user, size, found, color))
            item = self.made("dynamodb").get_item(TableName=table, Key={"user": {"S": user}})["Item"]
            self.assertEqual(item, {"user": {"S": user}, "smallPicture": {"S": f"{user}/128.png"}, "largePicture": {"S": f"{user}/512.png"}})
        self.assertEqual(self.uploads(bucket), [])
        self.assertEqual(set(self.executions(machine)) - before, {execution})

    def check_no_picture(self, machine):
        bucket = self.outputs["resize-profile-picture"]["bucket"]
        before = set(self.executions(machine))
        self.made("s3").put_object(Bucket=bucket, Key="uploaded/mallory.png", Body=b"This is no picture.")
        execution, = self.eventually(lambda: set(self.executions(machine)) - before, "an execution")
        error, cause = self.failed(execution)
        self.assertEqual(error, "UnidentifiedImageError")
        self.assertIn("cannot identify image file", json.loads(cause)["errorMessage"])
        self.assertEqual(self.uploads(bucket), ["uploaded/mallory.png"])
        self.made("s3").delete_object(Bucket=bucket, Key="uploaded/mallory.png")


FIRST_USERS = {"ada": ("PNG", (640, 480), ((200, 30, 30), (30, 30, 200))), "bob": ("JPEG", (300, 900), ((30, 160, 60), (240, 240, 240))),
               "o'neill é+1": ("GIF", (64, 64), ((0, 0, 0), (255, 255, 0)))}
SECOND_USERS = {"eve": ("PNG", (1000, 1000), ((1, 2, 3), (250, 200, 150)))}
