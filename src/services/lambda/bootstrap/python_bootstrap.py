# SPDX-License-Identifier: Apache-2.0
"""Runs a Python handler behind the Lambda Runtime API: what AWS's runtime interface client does. Standard library only.

The handler's folder is shown as /var/task in stack traces, as on AWS."""
import decimal
import http.client
import importlib
import importlib.abc
import importlib.util
import json
import os
import sys
import time
import traceback

ROOT = os.environ["LAMBDA_TASK_ROOT"]
API = os.environ["AWS_LAMBDA_RUNTIME_API"]
PREFIX = "/2018-06-01/runtime/"
TASK_FOLDER = "/var/task"
FIRST_BOTOCORE_WITH_ENDPOINT_URL = (1, 31)


class OldBotocore(importlib.abc.MetaPathFinder):
    """The boto3 of AWS's runtimes finds AWS_ENDPOINT_URL itself; one from before 2023, such as Debian 12's, does not: its sessions are
    told when they are first imported."""

    def find_spec(self, name, path, target=None):
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def load_and_tell(module):
            load(module)
            import botocore
            if tuple(int(part) for part in botocore.__version__.split(".")[:2]) < FIRST_BOTOCORE_WITH_ENDPOINT_URL:
                tell_endpoint(module.Session)

        spec.loader.exec_module = load_and_tell
        return spec


def tell_endpoint(session):
    create_client = session.create_client

    def create_client_there(self, service_name, region_name=None, api_version=None, use_ssl=True, verify=None, endpoint_url=None,
                            *rest, **others):
        if endpoint_url is None:
            own = "AWS_ENDPOINT_URL_" + self.get_service_model(service_name).service_id.hyphenize().replace("-", "_").upper()
            endpoint_url = os.environ.get(own) or os.environ.get("AWS_ENDPOINT_URL")
        return create_client(self, service_name, region_name, api_version, use_ssl, verify, endpoint_url, *rest, **others)

    session.create_client = create_client_there


class ClientContext:
    def __init__(self, given):
        self.client = given.get("client")
        self.custom = given.get("custom")
        self.env = given.get("env")


class Context:
    def __init__(self, request_id, deadline_ms, arn, client_context):
        self.aws_request_id = request_id
        self.invoked_function_arn = arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = ClientContext(json.loads(client_context)) if client_context else None
        self._deadline_ms = deadline_ms

    def get_remaining_time_in_millis(self):
        return max(int(self._deadline_ms - time.time() * 1000), 0)


def encode_other(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def shown_trace(error, skip):
    frames = traceback.extract_tb(error.__traceback__)[skip:]
    lines = traceback.format_list(frames)
    return [line.replace(ROOT, TASK_FOLDER) for line in lines]


def error_body(error, request_id, skip=1):
    body = {"errorMessage": str(error), "errorType": type(error).__name__}
    if request_id:
        body["requestId"] = request_id
    body["stackTrace"] = shown_trace(error, skip)
    return json.dumps(body)


def send(connection, path, body, error_type=None):
    headers = {"Content-Type": "application/json"}
    if error_type:
        headers["Lambda-Runtime-Function-Error-Type"] = error_type
    connection.request("POST", PREFIX + path, body=body, headers=headers)
    connection.getresponse().read()


def init_error(connection, kind, message, trace=()):
    body = json.dumps({"errorMessage": message, "errorType": kind, "requestId": "", "stackTrace": list(trace)})
    send(connection, "init/error", body, kind)
    sys.exit(1)


def load_handler(connection):
    module_name, _, function_name = os.environ["_HANDLER"].rpartition(".")
    sys.path.insert(0, ROOT)
    os.chdir(ROOT)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        init_error(connection, "Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        where = '  File "%s" Line %s\n    %s' % ((error.filename or "").replace(ROOT, TASK_FOLDER), error.lineno, error.text)
        init_error(connection, "Runtime.UserCodeSyntaxError",
                   "Syntax error in module '%s': %s" % (module_name, error.msg), [where])
    except Exception as error:  # what the module itself raises
        send(connection, "init/error", error_body(error, "", 0), type(error).__name__)
        sys.exit(1)
    if not hasattr(module, function_name):
        init_error(connection, "Runtime.HandlerNotFound",
                   "Handler '%s' missing on module '%s'" % (function_name, module_name))
    return getattr(module, function_name)


def invoke(connection, handler, event_text, context):
    path = "invocation/" + context.aws_request_id
    try:
        result = handler(json.loads(event_text), context)
    except Exception as error:
        print("[ERROR] %s: %s\nTraceback (most recent call last):\n%s"
              % (type(error).__name__, error, "".join(shown_trace(error, 1))), flush=True)
        return send(connection, path + "/error", error_body(error, context.aws_request_id), type(error).__name__)
    sys.stdout.flush()
    try:
        body = result if isinstance(result, bytes) else json.dumps(result, default=encode_other).encode()
    except (TypeError, ValueError) as error:
        message = "Unable to marshal response: %s" % error
        failure = {"errorMessage": message, "errorType": "Runtime.MarshalError", "requestId": context.aws_request_id,
                   "stackTrace": []}
        return send(connection, path + "/error", json.dumps(failure), "Runtime.MarshalError")
    return send(connection, path + "/response", body)


def resolve_local_names():
    """Names below localhost are this machine (RFC 6761), whatever its resolver says."""
    import socket
    resolve = socket.getaddrinfo

    def getaddrinfo(host, *given, **named):
        is_ours = isinstance(host, str) and host.endswith(".localhost")
        return resolve("127.0.0.1" if is_ours else host, *given, **named)

    socket.getaddrinfo = getaddrinfo


def main():
    resolve_local_names()
    if os.environ.get("AWS_ENDPOINT_URL"):
        sys.meta_path.insert(0, OldBotocore())
    connection = http.client.HTTPConnection(API)
    handler = load_handler(connection)
    while True:
        connection.request("GET", PREFIX + "invocation/next")
        answer = connection.getresponse()
        event_text = answer.read()
        if answer.status != 200:
            return
        os.environ["_X_AMZN_TRACE_ID"] = answer.getheader("Lambda-Runtime-Trace-Id", "")
        context = Context(answer.getheader("Lambda-Runtime-Aws-Request-Id"),
                          int(answer.getheader("Lambda-Runtime-Deadline-Ms")),
                          answer.getheader("Lambda-Runtime-Invoked-Function-Arn"),
                          answer.getheader("Lambda-Runtime-Client-Context"))
        invoke(connection, handler, event_text, context)


main()
