#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the recorded-from-AWS Step Functions cases in process, against the harness program. Standard library only.

    recorded.py --harness build/dev/tests/conformance/pawl_conformance_harness [--filter REGEX] [-v]

The recordings' own runner (recorded/run.py of the conformance data) resolves tokens, waits and compares; only its HTTP
client is replaced: each call goes as one line of JSON to the harness, which answers one line. A case that needs an
operation the harness does not have is skipped, never passed. Cases known to differ stand in known_misses.txt with
the reason; any other failure, and a listed case that passes, ends with exit status 1.
"""
import argparse
import collections
import glob
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
UNAVAILABLE = "is not available: this build of Pawl has no handler for it."  # integration_dispatcher.cc
HERE = os.path.dirname(os.path.abspath(__file__))


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
        if UNAVAILABLE in json.dumps(answer):
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


def run_case(runner, case, options):
    harness = []

    def connect(_endpoint, _timeout):
        harness.append(Harness(runner, options, case))
        return harness[0]

    runner.Client = connect
    runner.BEHAVIOURS.update(HANDLERS_IN_TRACES)
    case = dict(case, expect=[dict(e, expected=without_recorder_artefacts(e["expected"])) for e in case["expect"]])
    settings = argparse.Namespace(endpoint="", timeout=60, services={"none", "lambda"}, run="0", name_executions=False)
    try:
        return runner.run_case(case, settings)
    finally:
        for one in harness:
            one.close()


def known_misses():
    misses = {}
    with open(os.path.join(HERE, "known_misses.txt")) as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, _, reason = line.strip().partition("  ")
                misses[name] = reason.strip()
    return misses


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--harness", required=True)
    parser.add_argument("--filter", default="")
    parser.add_argument("--language", choices=["jsonpath", "jsonata"], default="jsonpath")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    folder = conformance_folder()
    if not os.path.isdir(folder):
        print("skipped: the conformance data is not at " + folder)
        return 77  # CTest: SKIP_RETURN_CODE
    runner = load_runner(folder)
    cases = []
    for path in sorted(glob.glob(os.path.join(folder, "recorded", "cases", "**", "*.json"), recursive=True)):
        with open(path) as f:
            cases += json.load(f)
    cases = [c for c in cases if set(c["services"]) <= {"none", "lambda"} and re.search(options.filter, c["id"])
             and ("JSONata" in json.dumps(c["steps"])) == (options.language == "jsonata")]
    misses, counts, unexpected, missed = known_misses(), collections.Counter(), [], []
    reasons = collections.Counter()
    for case in cases:
        result, why = run_case(runner, case, options)
        counts[result] += 1
        if result == "skipped":
            reasons[why] += 1
        if result == "failed":
            missed.append(case["id"])
        known = case["id"] in misses
        if result == "failed" and not known:
            unexpected.append(case["id"])
            print(f"FAIL {case['id']}\n     {why}")
        elif result == "passed" and known:
            unexpected.append(case["id"])
            print(f"PASSES although listed in known_misses.txt: {case['id']}")
        elif options.verbose:
            print(f"{result:7} {case['id']} {why} {misses.get(case['id'], '')}")
    for reason, count in reasons.most_common():
        print(f"{count:5} skipped: {reason}")
    for name in missed:
        if name in misses:
            print(f"known miss: {name.split('::')[-1]}: {misses[name]}")
    ran = counts["passed"] + counts["failed"]
    print(f"recorded cases ({options.language}): {counts['passed']} of {ran} pass = "
          f"{100.0 * counts['passed'] / max(ran, 1):.1f} %, {counts['skipped']} skipped, {len(cases)} in all")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
