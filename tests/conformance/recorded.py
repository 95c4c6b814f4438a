#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the recorded-from-AWS Step Functions cases. Standard library only.

    recorded.py --harness build/dev/tests/conformance/pawl_conformance_harness [--filter REGEX] [-v]
    recorded.py --serve build/dev/pawl [--filter REGEX] [--jobs 8] [-v]

The recordings' own runner (recorded/run.py of the conformance data) resolves tokens, waits and compares. With
--harness, in process: each call goes as one line of JSON to the harness, which answers one line; a case that needs an
operation the harness does not have is skipped, never passed. With --serve, over HTTP: one server for all cases, which
run concurrently; the runner runs twice, plain and with what the recorder lost put right, and both figures are printed.
Cases known to differ stand in known_misses.txt (known_misses_http.txt) with the reason; any other failure, and a
listed case that passes, ends with exit status 1.
"""
import argparse
import collections
import concurrent.futures
import glob
import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile

# Stack traces show a handler's text and lines: these agree with the traces of the recorded functions.
HANDLERS_IN_TRACES = {
    "raise_exception": 'def handler(event, context):\n    raise Exception("Some exception was raised.")\n',
    "raise_custom_exception": "class CustomException(Exception):\n    message: str\n\n    def __init__(self):\n"
                              '        self.message = "CustomException message"\n\n\n'
                              "def handler(event, context):\n    raise CustomException()\n",
}
# What the scripts lost: a test altered an ARN before it used it. Here it is altered again: case, step, member, value.
MACHINE, ROLE = "arn:aws:states:us-east-1:000000000000:stateMachine:", "arn:aws:iam::000000000000:role/pawl-conformance"
ALTERED_AGAIN = [
    ("test_describe_nonexistent_sm", 1, "stateMachineArn", MACHINE + "statemachine_nonexistent"),
    ("test_invalid_start_execution_arn", 2, "stateMachineArn", MACHINE + "statemachine_invalid_1"),
    ("test_publish_state_machine_version_no_such_machine", 1, "stateMachineArn", MACHINE + "statemachine_nonexistent"),
    ("test_create_update_state_machine_base_role_arn", 2, "roleArn", ROLE + "-1"),
    ("test_create_update_state_machine_base_role_arn", 4, "roleArn", ROLE + "-2"),
]
FAILED_BY_MESSAGE = "test_sqs_failure_in_wait_for_task_tok"
CLIENT_REFUSES = "Parameter validation failed:"  # an SDK's own check: nothing was sent
UNAVAILABLE = ("is not available: no services are connected here",  # integration_dispatcher.cc
               "Pawl embeds no service ")  # service_caller.cc
SERVICES = {"none", "lambda", "s3", "sns", "sqs", "dynamodb"}
S3_MEMBERS = {"AcceptRanges": "accept-ranges", "ContentType": "content-type", "ETag": "etag", "LastModified": "last-modified",
              "ServerSideEncryption": "x-amz-server-side-encryption", "ChecksumCRC32": "x-amz-checksum-crc32",
              "ChecksumCRC64NVME": "x-amz-checksum-crc64nvme", "ChecksumType": "x-amz-checksum-type"}
HERE = os.path.dirname(os.path.abspath(__file__))


def is_unavailable(answer):
    text = json.dumps(answer)
    return any(words in text for words in UNAVAILABLE)


def conformance_folder():
    default = os.path.join(HERE, "..", "..", "..", "shared", "conformance")
    return os.environ.get("PAWL_CONFORMANCE", default)


def without_recorder_artefacts(expected):
    """What the recorder left of values that differ from run to run: a date inside JSON text, the length of a body that
    holds replaced names, a header that was replaced by its own name. They stand for any value."""
    if isinstance(expected, dict):
        return {k: f"<{k}>" if v == k else ["<content_length>"] if k == "Content-Length" and isinstance(v, list)
                else "<content_length>" if k == "Content-Length" else without_recorder_artefacts(v)
                for k, v in expected.items()}
    if isinstance(expected, list):
        return [without_recorder_artefacts(v) for v in expected]
    return '"<date>"' if expected == '"date"' else expected


def with_what_differs_every_time(expected):
    """The values of a recording that are true of that run only: how long an execution took, the moment of a date."""
    if isinstance(expected, dict):
        return {k: "<billed>" if k == "billedDurationInMilliseconds" else "<date>" if v == "date"
                else with_what_differs_every_time(v) for k, v in expected.items()}
    if isinstance(expected, list):
        return [with_what_differs_every_time(v) for v in expected]
    return expected


def with_scripts_restored(case):
    steps = list(case["steps"])
    for test, step, member, value in ALTERED_AGAIN:
        if case["id"].endswith("::" + test):
            steps[step] = dict(steps[step], params={**steps[step]["params"], member: value})
    return dict(case, steps=steps)


def unique_names(case, run):
    """As run.py's, but for numbers that hold the digits of a name."""
    prefix = hashlib.sha1((case["id"] + run).encode()).hexdigest()[:10]
    text = re.sub(r"(?<![0-9a-f])0{4}[0-9a-f]{4}(?![0-9a-f])", lambda name: prefix + name[0][-2:], json.dumps(case["steps"]))
    return dict(case, steps=json.loads(text))


def without_younger_members(answer):
    """An answer as AWS gave it before DescribeStateMachine had encryptionConfiguration; only its default is left out."""
    if answer.get("encryptionConfiguration") == {"type": "AWS_OWNED_KEY"}:
        return {k: v for k, v in answer.items() if k != "encryptionConfiguration"}
    return answer


def load_runner(folder):
    spec = importlib.util.spec_from_file_location("recorded_run", os.path.join(folder, "recorded", "run.py"))
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    return runner


def as_recorded_in_parallel(events):
    """Does to our events what the recorder did to AWS's: between ParallelStateStarted and ParallelStateSucceeded ids
    and predecessors are lost, and the latter event itself (the ids jump over it)."""
    out, inside = [], False
    for event in events:
        if event["type"] == "ParallelStateSucceeded":
            inside = False
            continue
        out.append(dict(event, id=[0], previousEventId=0) if inside else event)
        inside = inside or event["type"] == "ParallelStateStarted"
    return out


class Harness:
    """The client of run.py, spoken over a pipe. One process a case, so that cases cannot touch each other."""

    def __init__(self, runner, options, case):
        self.runner, self.functions = runner, []
        # The recorder gave the events of concurrent branches "id": [0].
        self.parallel_is_normalized = '"id": [0]' in json.dumps(case["expect"])
        self.folder = tempfile.TemporaryDirectory(prefix="pawl-recorded-")
        # Functions that sleep are real processes: their cases run on the real clock, all others on the virtual one.
        command = [options.harness] + (["--real-time"] if "wait_60_seconds" in case["behaviours"] else [])
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise self.runner.Broken("the harness ended: %s" % self.process.poll())
        return json.loads(line)

    def call(self, service, op, params):
        if service != "stepfunctions":
            raise self.runner.Unsupported("service " + service)
        answer = self.ask({"op": op, "params": params})
        if "unsupported" in answer:
            raise self.runner.Unsupported("operation " + op)
        if op == "GetExecutionHistory" and self.parallel_is_normalized:
            answer["answer"]["events"] = as_recorded_in_parallel(answer["answer"]["events"])
        if is_unavailable(answer):
            raise self.runner.Unsupported("the case calls a service that is not built yet")
        if "error" in answer:
            error = answer["error"]
            code, message = error["code"], error["message"]
            rest = {k: v for k, v in error.items() if k not in ("code", "message")}
            return {"Error": {"Code": code, "Message": message}, "message": message, **rest, "__typename__": code,
                    "__message__": f"An error occurred ({code}) when calling the {op} operation: {message}"}
        return dict(answer["answer"], ResponseMetadata={"HTTPStatusCode": 200, "HTTPHeaders": {}})

    def create_function(self, name, behaviour):
        if behaviour not in self.runner.BEHAVIOURS:
            raise self.runner.Unsupported("function " + behaviour)
        path = os.path.join(self.folder.name, str(len(self.functions)), "handler.py")
        os.makedirs(os.path.dirname(path))
        with open(path, "w") as f:
            f.write(self.runner.BEHAVIOURS[behaviour])
        self.functions.append(name)
        self.ask({"op": "CreateFunction", "params": {"name": name, "path": path, "handler": "handler"}})


def corrected(case):
    return dict(case, expect=[dict(e, expected=without_recorder_artefacts(e["expected"])) for e in case["expect"]])


def run_case(runner, case, options):
    harness = []

    def connect(_endpoint, _timeout):
        harness.append(Harness(runner, options, case))
        return harness[0]

    runner.Client = connect
    runner.BEHAVIOURS.update(HANDLERS_IN_TRACES)
    settings = argparse.Namespace(endpoint="", timeout=60, services={"none", "lambda"}, run="0", name_executions=False)
    try:
        return runner.run_case(corrected(case), settings)
    finally:
        for one in harness:
            one.close()


def run_in_process(runner, cases, options):
    return [run_case(runner, case, options) for case in cases]


def with_recorder_undone(plain, unsupported, broken, wait_until):
    """run.py's HTTP client (class `plain`), whose answers lack what the recordings lack. Its endpoint is (URL, case)."""

    class Undone(plain):
        def __init__(self, endpoint, timeout):
            url, case = endpoint
            super().__init__(url, timeout)
            expected = json.dumps(case["expect"])
            self.parallel_is_normalized = '"id": [0]' in expected
            self.is_older_than_encryption = "encryptionConfiguration" not in expected
            self.fails_by_message = FAILED_BY_MESSAGE in case["id"]

        def call(self, service, op, params):
            answer = super().call(service, op, params)
            if op == "StartExecution" and self.fails_by_message:
                self.fail_by_message(json.loads(params["input"])["QueueUrl"])
            if is_unavailable(answer):
                raise unsupported("the case calls a service that is not built yet")
            if op == "GetExecutionHistory" and self.parallel_is_normalized and "events" in answer:
                answer["events"] = as_recorded_in_parallel(answer["events"])
            return without_younger_members(answer) if self.is_older_than_encryption else answer

        def fail_by_message(self, queue):
            """What a thread of the recorded test did, which the script lost but for one look into the empty queue."""
            def receive():
                return super(Undone, self).call("sqs", "ReceiveMessage", {"QueueUrl": queue}).get("Messages")
            body = wait_until(receive, self.timeout)[0]["Body"]
            super().call("stepfunctions", "SendTaskFailure", {"taskToken": json.loads(body)["TaskToken"]})

        def query(self, service, version, op, params):
            """run.py writes a map as Python prints it; the Query protocol has entries."""
            flat = {}
            for key, value in params.items():
                if not isinstance(value, dict):
                    flat[key] = value
                for number, (name, text) in enumerate(value.items() if isinstance(value, dict) else (), 1):
                    flat[f"{key}.entry.{number}.key"], flat[f"{key}.entry.{number}.value"] = name, text
            return super().query(service, version, op, flat)

        def s3(self, op, params):
            """run.py keeps the body alone of what boto3 answers."""
            if op != "GetObject":
                return super().s3(op, params)
            status, data, headers = self.http("GET", f"/{params['Bucket']}/{params['Key']}", None,
                                              {"x-amz-checksum-mode": "ENABLED"}, "s3")
            if status >= 400:
                raise broken(f"s3 {op} answered {status}: {data[:200]!r}")
            return {"Body": data.decode(), "ContentLength": len(data), "Metadata": {},
                    **{member: headers[name] for member, name in S3_MEMBERS.items() if headers[name] is not None}}

    return Undone


class Served:
    """A `pawl serve` of our own for the time of a `with`."""

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(prefix="pawl-recorded-")
        with open(os.path.join(self.folder.name, "server.log"), "w") as log:
            self.process = subprocess.Popen([program, "serve", "--data", os.path.join(self.folder.name, "data"), "--no-tls",
                                             "--port", "0"], stdout=subprocess.PIPE, stderr=log, text=True)
        ready = re.fullmatch(r"Pawl is ready on (\S+)\n", self.process.stdout.readline())
        self.url = ready[1] if ready else None

    def __enter__(self):
        if self.url is None:
            raise SystemExit("the server did not start")
        return self.url

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()
        self.folder.cleanup()


def run_over_http(runner, cases, options):
    """First as run.py does it, with every miss counted; then with the recorder undone. The latter's outcomes."""
    plain, services, outcomes = runner.Client, SERVICES, []

    def run(case, endpoint, name):
        settings = argparse.Namespace(endpoint=endpoint, timeout=90, services=services, run=name, name_executions=False)
        unique = runner.unique_names if name == "plain" else unique_names
        result, why = runner.run_case(unique(case, name), settings)
        if " answered 501" in why or "NotImplemented" in why:
            return "skipped", "the case needs a service that is not built yet"
        return result, why

    def run_corrected(case):
        if CLIENT_REFUSES in json.dumps(case["expect"]):
            return "skipped", "the client refuses it before any call"
        case = corrected(case)
        case = with_scripts_restored(case)
        case["expect"] = [dict(e, expected=with_what_differs_every_time(e["expected"])) for e in case["expect"]]
        return run(case, (url, case), "corrected")

    with Served(options.serve) as url, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        as_is = list(pool.map(lambda case: run(case, url, "plain"), cases))
        runner.Client = with_recorder_undone(plain, runner.Unsupported, runner.Broken, runner.wait_until)
        runner.BEHAVIOURS.update(HANDLERS_IN_TRACES)
        outcomes = list(pool.map(run_corrected, cases))
    print_figure("run.py as it is", as_is)
    return outcomes


def print_figure(title, outcomes):
    counts = collections.Counter(result for result, _ in outcomes)
    ran = counts["passed"] + counts["failed"]
    print(f"{title}: {counts['passed']} of {ran} pass = {100.0 * counts['passed'] / max(ran, 1):.1f} %, "
          f"{counts['skipped']} skipped, {len(outcomes)} in all")


def known_misses(name):
    misses = {}
    with open(os.path.join(HERE, name)) as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, _, reason = line.strip().partition("  ")
                misses[name] = reason.strip()
    return misses


def report(cases, outcomes, misses, options):
    """Prints what differs; the ids of cases that did not end as known_misses says."""
    unexpected, known, skipped = [], [], collections.Counter()
    for case, (result, why) in zip(cases, outcomes):
        listed = case["id"] in misses
        if result == "skipped":
            skipped[why] += 1
        if result == "failed" and listed:
            known.append(f"known miss: {case['id'].split('::')[-1]}: {misses[case['id']]}")
        if result == "failed" and not listed:
            unexpected.append(case["id"])
            print(f"FAIL {case['id']}\n     {why}")
        elif result == "passed" and listed:
            unexpected.append(case["id"])
            print(f"PASSES although listed as a known miss: {case['id']}")
        elif options.verbose:
            print(f"{result:7} {case['id']} {why} {misses.get(case['id'], '')}")
    for reason, count in skipped.most_common():
        print(f"{count:5} skipped: {reason}")
    print("\n".join(known))
    return unexpected


def read_cases(folder):
    cases = []
    for path in sorted(glob.glob(os.path.join(folder, "recorded", "cases", "**", "*.json"), recursive=True)):
        with open(path) as f:
            cases += json.load(f)
    return [c for c in cases if set(c["services"]) <= SERVICES]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    against = parser.add_mutually_exclusive_group(required=True)
    against.add_argument("--harness", help="the in-process program")
    against.add_argument("--serve", help="pawl")
    parser.add_argument("--filter", default="")
    parser.add_argument("--language", choices=["jsonpath", "jsonata"])
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    folder = conformance_folder()
    if not os.path.isdir(folder):
        print("skipped: the conformance data is not at " + folder)
        return 77  # CTest: SKIP_RETURN_CODE
    runner = load_runner(folder)
    cases = [c for c in read_cases(folder) if re.search(options.filter, c["id"])]
    if options.language:
        cases = [c for c in cases if ("JSONata" in json.dumps(c["steps"])) == (options.language == "jsonata")]
    run = run_over_http if options.serve else run_in_process
    outcomes = run(runner, cases, options)
    misses = known_misses("known_misses_http.txt" if options.serve else "known_misses.txt")
    unexpected = report(cases, outcomes, misses, options)
    print_figure(f"recorded cases ({options.language or 'all'}{', over HTTP' if options.serve else ''})", outcomes)
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
