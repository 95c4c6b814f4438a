#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the recorded-from-AWS cases of the embedded services through boto3, against a `pawl serve` of its own.

    recorded_services.py --serve build/dev/pawl --services s3,sqs [--filter REGEX] [--jobs 8] [-v]

The recordings' own runner (recorded-services/run.py of the conformance data) makes the calls and compares; what was lost between recording
and data is put right first (with_recorder_undone), and --plain also prints the figure without that. Clients of an older botocore
get the catch-up of models/ laid over their models, and `sqs_query`, which is SQS before it spoke JSON. Cases known to differ stand in
known_misses_services.txt with the reason; any other failure, and a listed case that passes, ends with exit status 1.
"""
import argparse
import ast
import collections
import concurrent.futures
import glob
import gzip
import importlib.util
import json
import os
import re
import sys
import tempfile
import threading
import time

import recorded_cloudformation
import recorded_iam
import recorded_s3
from recorded import Served, conformance_folder, known_misses, print_figure, report

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, "..", "..", "models")


def read_model(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
        return json.load(f)


def has_new_client():
    try:
        import boto3
    except ImportError:
        return False
    return tuple(int(part) for part in boto3.__version__.split(".")[:2]) >= (1, 35)


def newest_model(service):
    """(API version, model) as botocore has it; None if it does not know the service."""
    import botocore
    folder = os.path.join(os.path.dirname(botocore.__file__), "data", service)
    found = sorted(glob.glob(os.path.join(folder, "*", "service-2.json*")))
    return (os.path.basename(os.path.dirname(found[-1])), read_model(found[-1])) if found else None


def debian_query_model():
    found = sorted(glob.glob("/usr/lib/python3/dist-packages/botocore/data/sqs/*/service-2.json*"))
    model = read_model(found[-1]) if found else None
    return model if model and model["metadata"]["protocol"] == "query" else None


def write_models(services, folder):
    """What AWS_DATA_PATH is to name: models that an installed botocore lacks."""
    sys.path.insert(0, os.path.join(HERE, "..", "states_api"))
    from merged_model import merge_patch
    made = {}
    for service in services:
        patch_file = os.path.join(MODELS, service, "catch-up.json")
        found = newest_model(service)
        if found is None or not os.path.exists(patch_file):
            continue
        patch = read_model(patch_file)
        if patch.pop("unlessShape", None) not in found[1]["shapes"]:
            made[service] = (found[0], merge_patch(found[1], patch))
    query = debian_query_model()
    if query:
        made["sqs_query"] = ("2012-11-05", query)
    for service, (version, model) in made.items():
        os.makedirs(os.path.join(folder, service, version))
        with open(os.path.join(folder, service, version, "service-2.json"), "w", encoding="utf-8") as f:
            json.dump(model, f)


def with_messages_whole(expected):
    """The recorder took the message of a ValidationException apart: "N validation errors detected: …" is Count and Errors."""
    if isinstance(expected, list):
        return [with_messages_whole(each) for each in expected]
    if not isinstance(expected, dict):
        return expected
    if expected.keys() >= {"Code", "Count", "Errors"}:
        count, errors = expected["Count"], expected["Errors"]
        rest = {name: value for name, value in expected.items() if name not in ("Count", "Errors")}
        noun = "error" if count == 1 else "errors"
        return {**rest, "Message": f"{count} validation {noun} detected: " + "; ".join(errors)}
    return {name: with_names_wild(value) if name in ("HTTPHeaders", "ResponseMetadata") else with_messages_whole(value)
            for name, value in expected.items()}


def with_drawn_tags_wild(expected):
    """The entity tag of an object under KMS or SSE-C is drawn at random: the data has the one that AWS drew."""
    if isinstance(expected, list):
        return [with_drawn_tags_wild(each) for each in expected]
    if not isinstance(expected, dict):
        return expected
    is_drawn = str(expected.get("ServerSideEncryption", "")).startswith("aws:kms") or "SSECustomerAlgorithm" in expected
    out = {name: with_drawn_tags_wild(each) for name, each in expected.items()}
    for part in (out, out.get("CopyObjectResult")):
        if is_drawn and isinstance(part, dict) and "ETag" in part:
            part["ETag"] = "\"<ETag>\""
    return out


def expected_restored(expectation):
    is_metadata = expectation["actual"] and str(expectation["actual"]).endswith(":ResponseMetadata}}")
    return with_drawn_tags_wild((with_names_wild if is_metadata else with_messages_whole)(expectation["expected"]))


def with_names_wild(those):
    """What was replaced by its own name, or the end of it, stands for any value: "x-amz-id-2": "id-2", "HostId": "host-id"."""
    return {name: with_names_wild(value) if isinstance(value, dict) else f"<{name}>" if is_end_of_name(value, name) else value
            for name, value in those.items()}


def is_end_of_name(value, name):
    kebab = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
    return isinstance(value, str) and f"-{kebab}".endswith(f"-{value}")


def params_restored(case, step):
    """The extraction gave functions that a fixture of the recorded tests made 256 MB and 5 s: AWS recorded its default and 30 s. Of a
    bucket's ARN it kept the region alone, of a stream's the arguments of the function that made it."""
    params = dict(step["params"])
    recorded = json.dumps(case["expect"])
    if step["op"] == "CreateFunction" and params.get("MemorySize") == 256 and '"MemorySize": 256' not in recorded:
        del params["MemorySize"]
        if params.get("Timeout") == 5 and '"Timeout": 30' in recorded:
            params["Timeout"] = 30
    if isinstance(params.get("SourceArn"), dict):
        params["SourceArn"] = "arn:aws:s3:::bucket"
    if isinstance(params.get("StreamArn"), dict):
        parts = params["StreamArn"]
        params["StreamArn"] = (f"arn:aws:dynamodb:{parts['region_name']}:{parts['account_id']}:table/{parts['table_name']}"
                               f"/stream/{parts['latest_stream_label']}")
    if isinstance(params.get("logGroupIdentifier"), dict):
        group = next(each["params"]["logGroupName"] for each in case["steps"] if each["op"] == "CreateLogGroup")
        params["logGroupIdentifier"] = f"arn:aws:logs:{params['logGroupIdentifier']['region_name']}:000000000000:log-group:{group}"
    if isinstance(params.get("logEvents"), list):
        params["logEvents"] = [dict(each, timestamp=int(time.time() * 1000)) if isinstance(each.get("timestamp"), dict) else each
                               for each in params["logEvents"]]
    return params


def with_recorder_undone(case):
    """The case with what was lost or made up on the way from the recording to the data put right."""
    if "s3" in case["services"]:
        case = recorded_s3.restored(case)
    if "cloudformation" in case["services"]:
        case = recorded_cloudformation.restored(case)
    steps = [dict(step, params=params_restored(case, step)) for step in case["steps"]]
    return dict(case, steps=steps, expect=[dict(e, actual=actual_restored(case, e), expected=expected_restored(e))
                                           for e in case["expect"]])


def actual_restored(case, expectation):
    """The answer of CreateTable, where the data has what the test made of it."""
    actual = expectation["actual"]
    is_lost = isinstance(actual, dict) and "{{" not in json.dumps(actual) and "ResponseMetadata" in expectation["expected"]
    return "{{0:}}" if is_lost and case["steps"][0]["op"] == "CreateTable" else actual


def resolve_names_too(runner):
    """The runner looks for tokens in values only: the weights of an alias have them as names."""
    resolve = runner.recorded.resolve

    def resolved(value, answers):
        if isinstance(value, dict):
            return {resolve(name, answers): resolved(each, answers) for name, each in value.items()}
        return resolve(value, answers)

    runner.recorded.resolve = resolved


LIMITED = threading.Lock()


def run_with_clean_up(run, case, clients):
    """An account has ten resource policies: the recorded tests delete theirs at their end, and no two ran at once."""
    policies = [step["params"].get("policyName") for step in case["steps"] if step["op"] == "PutResourcePolicy"]
    if not policies:
        return run(case)
    with LIMITED:
        outcome = run(case)
        for name in policies:
            try:
                clients.client("logs").delete_resource_policy(policyName=name)
            except Exception:  # the last one was refused
                pass
        return outcome


def compare_names_too(runner):
    """And it takes names of members as they are: a version's id is one where labels stand by version."""
    same = runner.recorded.Comparison.same

    def named_as_answered(expected, actual):
        free = [name for name in actual if name not in expected]
        return {free.pop(0) if re.fullmatch(r"<[\w-]+:\d+>", name) and name not in actual and free else name: each
                for name, each in expected.items()}

    def compared(self, expected, actual, path="$"):
        if isinstance(expected, dict) and isinstance(actual, dict):
            expected = named_as_answered(expected, actual)
        return same(self, expected, actual, path)

    runner.recorded.Comparison.same = compared


def give_bytes_back(runner):
    """The runner keeps the bytes of an answer as Python prints them, and would send that text where a later call takes them."""
    decode = runner.decode

    def decoded(value):
        value = decode(value)
        if isinstance(value, dict):
            return {name: decoded(each) for name, each in value.items()}
        if isinstance(value, str) and re.fullmatch(r"b'.*'|b\".*\"", value, re.S):
            return ast.literal_eval(value)
        return value

    runner.decode = decoded


def is_refused_by_client(case):
    return "Parameter validation failed" in json.dumps(case["expect"])


def without_parameter_checks(clients):
    """The recorded tests of S3, Lambda and KMS let AWS, not boto3, refuse what is none."""
    make = clients.make

    def made(name):
        client = make(name)
        if name in ("s3", "lambda", "lambda_", "kms"):
            client._serializer = getattr(client._serializer, "_serializer", client._serializer)
        return client
    clients.make = made


def load_runner(folder):
    spec = importlib.util.spec_from_file_location("recorded_services_run", os.path.join(folder, "recorded-services", "run.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_cases(folder, services, pattern):
    cases = []
    for path in sorted(glob.glob(os.path.join(folder, "recorded-services", "cases", "**", "*.json"), recursive=True)):
        group = os.path.relpath(path, os.path.join(folder, "recorded-services", "cases")).split(os.sep)[0]
        if group.rstrip("_") not in services:
            continue
        with open(path, encoding="utf-8") as f:
            cases += [(group.rstrip("_"), case) for case in json.load(f) if re.search(pattern, case["id"])]
    return cases


def print_figures(title, cases, outcomes):
    of_service = collections.defaultdict(list)
    for (service, _), outcome in zip(cases, outcomes):
        of_service[service].append(outcome)
    for service, those in sorted(of_service.items()):
        print_figure(f"{title}, {service}", those)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", required=True, help="pawl")
    parser.add_argument("--services", default="lambda,logs,s3,sqs,sns,dynamodb,dynamodbstreams,iam,sts,kms,secretsmanager,ssm,events,scheduler,apigateway,cloudformation")
    parser.add_argument("--filter", default="")
    parser.add_argument("--plain", action="store_true", help="run the cases as they are, too, and print that figure")
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    folder = conformance_folder()
    if not os.path.isdir(folder):
        print("skipped: the conformance data is not at " + folder)
        return 77  # CTest: SKIP_RETURN_CODE
    wanted = set(options.services.split(","))
    if not has_new_client():
        print("skipped: needs boto3 1.35 or newer: older ones send other checksums and read other errors")
        return 77
    with tempfile.TemporaryDirectory(prefix="pawl-models-") as data, Served(options.serve) as url:
        try:
            write_models(wanted | {"dynamodbstreams"}, data)
        except ImportError:
            print("skipped: no boto3")
            return 77
        os.environ["AWS_DATA_PATH"] = data
        runner = load_runner(folder)
        cases = read_cases(folder, wanted, options.filter)
        settings = argparse.Namespace(services=None)
        clients = runner.Services(url, "us-east-1")
        unchecked = runner.Services(url, "us-east-1")
        without_parameter_checks(unchecked)
        run = f"{os.getpid():x}"

        def run_one(case, name, by):
            with recorded_iam.service_roles_cleaned_up(case, by):
                return run_with_clean_up(lambda each: runner.run_case(each, settings, by), runner.recorded.unique_names(case, f"{run}{name}"),
                                         by)

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            as_is = list(pool.map(lambda each: run_one(each[1], "a", clients), cases)) if options.plain else []
            resolve_names_too(runner)
            compare_names_too(runner)
            give_bytes_back(runner)
            runner.WILD.add("ciphertext-blob")  # one case lacks the replacement that the others name
            outcomes = list(pool.map(lambda each: run_one(
                with_recorder_undone(each[1]), "b",
                recorded_cloudformation.services_of(each[1], recorded_iam.services_of(
                    each[1], clients if is_refused_by_client(each[1]) else unchecked))), cases))
    unexpected = report([case for _, case in cases], outcomes, known_misses("known_misses_services.txt"), options)
    print_figures("run.py as it is", cases, as_is)
    print_figures("recorded cases", cases, outcomes)
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
