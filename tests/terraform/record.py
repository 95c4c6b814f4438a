# SPDX-License-Identifier: Apache-2.0
"""Records what Terraform's AWS provider asks of Pawl, and what it is answered, for test_replay.py.

    python3 tests/terraform/record.py --pawl build/dev/pawl        (needs terraform, its provider, a current boto3 and moto 5)

Each case of cases/, and examples/four-exercises, goes through its whole life behind a proxy. Kept are, in order, all calls that change
something and all reads whose answer is not the one they gave before: recorded/NAME.jsonl.gz, a call a line:

    {"phase", "service", "operation", "input", "output"}    or "error": its code, in place of the output
    "unsettled": members of the output that may be anything, or missing

A value that the server made up (an id, a URL) stands in later inputs and outputs as {{LINE:PATH}}, where it came from; "<any>" where it
first appears. Blobs are {"$blob": base64}, points in time "<any>"."""
import argparse
import base64
import gzip
import http.client
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "four_exercises")]
import botocore.parsers  # noqa: E402
from moto.core.parse import PROTOCOL_PARSERS  # noqa: E402
from moto.core.utils import get_service_model  # noqa: E402
from werkzeug.datastructures import Headers, MultiDict  # noqa: E402
import terraform_case  # noqa: E402

READ = re.compile(r"(Get|List|Describe|Head|BatchGet|Search)")
# Of the transport, and what a client adds by itself.
DROPPED_INPUTS = {"ChecksumAlgorithm", "ContentMD5", "ContentLength", "ChecksumCRC32", "ChecksumCRC64NVME", "ChecksumSHA256", "ChecksumType"}
MADE_UP_NAMES = re.compile(r"(id|ids|arn|url|uri|token|etag|revision|digest|versionid|target|endpoint|value)$", re.I)
NEW_EACH_TIME = {"RandomPassword", "CiphertextBlob", "SecretAccessKey", "GrantToken", "authorizationToken", "LastDeploymentStatusMessage"}
ACCOUNT = "000000000000"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d|\w{3}, \d\d \w{3} \d{4}|^1[5-9]\d{8}(\.\d+)?$|^1[5-9]\d{11}$")


class Proxy(http.server.ThreadingHTTPServer):
    """Passes everything on to the server and keeps it, in the order in which it came."""
    daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", 0), Pass)
        self.target, self.exchanges, self.phase, self.lock = port, [], "", threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Pass(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def pass_on(self):
        body = self.read_body()
        exchange = {"phase": self.server.phase, "method": self.command, "path": self.path, "headers": dict(self.headers.items()), "body": body}
        with self.server.lock:
            self.server.exchanges.append(exchange)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=300)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("transfer-encoding", "expect")}
        connection.request(self.command, self.path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        exchange.update(status=answer.status, answer_headers=dict(answer.getheaders()), answer=content)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        connection.close()

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            parts.append(self.rfile.read(size))
            self.rfile.readline()
            if size == 0:
                return b"".join(parts)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = pass_on

    def log_message(self, *_):
        pass


def without_aws_chunks(body):
    """The content of an aws-chunked body."""
    out = b""
    while body:
        line, _, body = body.partition(b"\r\n")
        size = int(line.split(b";")[0], 16)
        if size == 0:
            return out
        out, body = out + body[:size], body[size + 2:]
    return out


class Decoder:
    """Exchanges to calls, by the newest models."""

    def __init__(self, operations):
        self.operations = operations  # by request id: (service, operation), from the server's log
        self.models = {}

    def model(self, service):
        if service not in self.models:
            self.models[service] = get_service_model(service)
        return self.models[service]

    def call(self, exchange):
        headers = {name.lower(): value for name, value in exchange.get("answer_headers", {}).items()}
        found = self.operations.get(headers.get("x-amzn-requestid") or headers.get("x-amz-request-id"))
        if found is None:
            return None
        service, operation = found
        model = self.model(service).operation_model(operation)
        protocol = self.model(service).metadata["protocol"]
        if Headers(list(exchange["headers"].items())).get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            protocol = "ec2" if protocol == "ec2" else "query"
        call = {"phase": exchange["phase"], "service": service, "operation": operation, "input": self.read_input(exchange, model, protocol)}
        parser = botocore.parsers.create_parser(protocol)
        answer = parser.parse({"body": exchange["answer"], "headers": botocore.awsrequest.HeadersDict(exchange["answer_headers"]),
                               "status_code": exchange["status"]}, model.output_shape)
        answer.pop("ResponseMetadata", None)
        payload = model.output_shape.serialization.get("payload") if model.output_shape is not None else None
        if payload and model.output_shape.members[payload].type_name == "blob" and isinstance(answer.get(payload), str):
            answer[payload] = answer[payload].encode()
        if exchange["status"] >= 300:
            call["error"] = answer.get("Error", {}).get("Code", "")
        else:
            call["output"] = plain(answer)
        return call

    def read_input(self, exchange, model, protocol):
        path, _, query = exchange["path"].partition("?")
        headers = Headers(list(exchange["headers"].items()))
        body = exchange["body"]
        if "aws-chunked" in headers.get("Content-Encoding", ""):
            body = without_aws_chunks(body)
            headers.remove("Content-Encoding")
        values = MultiDict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        if protocol in ("query", "ec2"):
            values = MultiDict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        shape = model.input_shape
        payload = shape.serialization.get("payload") if shape is not None else None
        is_raw = payload and shape.members[payload].type_name in ("blob", "string")
        request = {"body": b"" if is_raw else body, "headers": headers, "method": exchange["method"], "url_path": path, "values": values,
                   "url_params": self.url_params(model, path)}
        parsed = PROTOCOL_PARSERS[protocol](model).parse(request)
        if is_raw and body:
            parsed[payload] = body.decode() if shape.members[payload].type_name == "string" else body
        if "CopySource" in parsed:  # boto3 encodes it again
            parsed["CopySource"] = urllib.parse.unquote(parsed["CopySource"])
        return {name: value for name, value in plain(parsed).items() if name not in DROPPED_INPUTS and value is not None}

    @staticmethod
    def url_params(model, path):
        template = model.http["requestUri"].partition("?")[0]
        if model.service_model.service_name == "s3" and "{Bucket}" not in template:
            template = "/{Bucket}" + template.rstrip("/")
        parts = re.split(r"\{(.+?)\}", template)  # text and names in turn
        pattern = "".join(("(.+)" if part.endswith("+") else "([^/]+)") if i % 2 else re.escape(part) for i, part in enumerate(parts))
        found = re.fullmatch(pattern + "/?", path)
        return dict(zip((name.rstrip("+") for name in parts[1::2]), found.groups())) if found else {}


def plain(value):
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, str) and value.startswith("%7B"):  # IAM's policies
        return urllib.parse.unquote(value)
    if isinstance(value, (bytes, bytearray)):
        return {"$blob": base64.b64encode(bytes(value)).decode()}
    if hasattr(value, "isoformat"):
        return "<any>"
    if hasattr(value, "read"):
        return {"$blob": base64.b64encode(value.read()).decode()}
    return value


def without_secrets(value):
    """What is another each time, by its name."""
    if isinstance(value, dict):
        return {name: "<any>" if name in NEW_EACH_TIME else without_secrets(each) for name, each in value.items()}
    return [without_secrets(each) for each in value] if isinstance(value, list) else value


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from leaves(each, (*path, str(index)))
    else:
        yield path, value


def mapped(value, change, name=""):
    if isinstance(value, dict):
        return {key: mapped(each, change, key) for key, each in value.items()}
    if isinstance(value, list):
        return [mapped(each, change, name) for each in value]
    return change(value, name)


class Bindings:
    """Puts {{LINE:PATH}} where a value came from an earlier answer."""

    def __init__(self):
        self.made_up, self.given = {}, set()

    def bind(self, text):
        if not isinstance(text, str):
            return text
        for value in sorted(self.made_up, key=len, reverse=True):
            if value in text:
                text = text.replace(value, "{{%d:%s}}" % self.made_up[value])
        return text

    def is_made_up(self, name, value):
        if not isinstance(value, str) or len(value) < 6 or value == ACCOUNT or value in self.given or value in self.made_up:
            return False
        if value.startswith("arn:"):
            return re.split("[:/]", value)[-1] not in self.given
        if TIME.search(value):
            return False
        is_id = MADE_UP_NAMES.search(name) and re.fullmatch(r"[A-Za-z0-9+/=_.:-]+", value)
        return bool(value.startswith("http") or is_id or re.fullmatch(r"[0-9a-f]{8}-.{27}", value))

    def shown(self, line, call):
        """The call with bindings; its answer's new values are known from now on."""
        out = {"phase": call["phase"], "service": call["service"], "operation": call["operation"],
               "input": mapped(call["input"], lambda value, _: self.bind(value))}
        self.given.update(value for _, value in leaves(call["input"]) if isinstance(value, str) and value not in self.made_up)
        if "error" in call:
            return {**out, "error": call["error"]}

        def expected(value, name):
            if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 1_400_000_000:
                return "<any>"
            bound = self.bind(value)
            if bound == value and isinstance(value, str) and (TIME.search(value) or self.is_made_up(name, value)):
                return "<any>"
            return bound
        output = mapped(without_secrets(call["output"]), expected)
        for path, value in leaves(call["output"]):
            if self.is_made_up(next((part for part in reversed(path) if not part.isdigit()), ""), value):
                self.made_up[value] = (line, "/".join(path))
        # Its authorization server cannot be reached, which is found out some time.
        if output.get("AuthorizationType") == "OAUTH_CLIENT_CREDENTIALS":
            out["unsettled"] = ["ConnectionState", "StateReason", "LastAuthorizedTime"]
        return {**out, "output": output}


def kept(calls):
    """Without reads that say nothing new, and without the waiting for a state: only the last of it."""
    last, out = {}, []
    for call in calls:
        key = json.dumps([call["service"], call["operation"], call["input"]], sort_keys=True)
        answer = json.dumps([call.get("output"), call.get("error")], sort_keys=True)
        if READ.match(call["operation"]):
            if last.get(key) == answer:
                continue
            if out and READ.match(out[-1]["operation"]) and key == json.dumps([out[-1][part] for part in ("service", "operation", "input")],
                                                                               sort_keys=True):
                out.pop()
        last[key] = answer
        out.append(call)
    return out


class Recorder(terraform_case.TerraformCase):
    def runTest(self):
        pass

    def record(self, name, source, first, second):
        self.setUp()
        try:
            proxy = Proxy(self.server.port)
            self.environment["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{proxy.server_port}"
            source(self)
            self.init()
            for phase, run in (("create", lambda: self.apply(*first)), ("refresh", lambda: self.assert_no_changes(*first)),
                               ("change", lambda: self.apply(*second)), ("refresh", lambda: self.assert_no_changes(*second)),
                               ("destroy", lambda: self.destroy(*second))):
                proxy.phase = phase
                run()
            proxy.shutdown()
            self.server.stop()
            self.write(name, proxy.exchanges)
        finally:
            self.doCleanups()

    def write(self, name, exchanges):
        operations = {}
        for line in self.server.err.decode().splitlines():
            entry = json.loads(line)
            if "operation" in entry:
                operations[entry["request_id"]] = (entry["service"], entry["operation"])
        decoder, bindings, lines = Decoder(operations), Bindings(), []
        calls = [call for call in map(decoder.call, exchanges) if call is not None and call["service"] != "sts"]
        for call in kept(calls):
            lines.append(bindings.shown(len(lines), call))
        folder = os.path.join(HERE, "recorded")
        os.makedirs(folder, exist_ok=True)
        text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
        with open(os.path.join(folder, name + ".jsonl.gz"), "wb") as file:
            with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
                packed.write(text.encode())
        print(f"{name}: {len(exchanges)} requests, {len(lines)} kept")

    def serve(self, *arguments, environment=None):
        return super().serve(*arguments, "--log-level", "debug", "--log-format", "json", environment=environment)


def case_source(name):
    def source(recorder):
        shutil.copy(os.path.join(HERE, "cases", name, "main.tf"), recorder.root)
        with zipfile.ZipFile(os.path.join(recorder.root, "code.zip"), "w") as archive:
            archive.writestr("index.py", "def handler(event, context):\n    return {'got': event}\n")
    with open(os.path.join(HERE, "cases", name, "main.tf"), encoding="utf-8") as file:
        code = ["-var=code=code.zip"] if 'variable "code"' in file.read() else []
    return source, code, [*code, "-var=changed=true"]


def exercises_source():
    def source(recorder):
        shutil.rmtree(recorder.root)
        shutil.copytree(os.path.join(HERE, "..", "..", "examples", "four-exercises"), recorder.root)
        # The image is pushed with a registry's client, which is not what is recorded.
        with open(os.path.join(recorder.root, "resize-profile-picture", "push-image"), "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec python3 "{HERE}/push_empty_image.py" "{recorder.server.port}" "$1"\n')
    first = ["-var=api_endpoint=http://127.0.0.1:1/api"]
    return source, first, ["-var=api_endpoint=http://127.0.0.1:2/api", "-var=api_password=other", "-var=query_language=JSONPath",
                           "-var=email=other@example.com"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pawl", required=True)
    parser.add_argument("names", nargs="*", help="of cases, or four-exercises; else all")
    options = parser.parse_args()
    os.environ["PAWL"] = os.path.abspath(options.pawl)
    terraform_case.skip_without_terraform()
    names = options.names or [*sorted(os.listdir(os.path.join(HERE, "cases"))), "four-exercises"]
    for name in names:
        Recorder().record(name, *(exercises_source() if name == "four-exercises" else case_source(name)))


if __name__ == "__main__":
    main()
