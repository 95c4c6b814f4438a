# SPDX-License-Identifier: Apache-2.0
"""The rows of the embedded services: the same small operations against `pawl serve`, durable, and against moto_server, in memory."""
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

import bench_machines as machines
from bench_server import row

CONNECTIONS = 32
VALUE = "x" * 900
QUEUE = f"/{machines.ACCOUNT}/bench"


def table_request(operation, body):
    return machines.http_request(f"DynamoDB_20120810.{operation}", {"TableName": "bench", **body}, "dynamodb")


def queue_request(operation, body, port):
    return machines.http_request(f"AmazonSQS.{operation}", {"QueueUrl": f"http://127.0.0.1:{port}{QUEUE}", **body}, "sqs")


def object_request(method, path, body=b""):
    return machines.http_request("", body, "s3", method, path, "application/octet-stream")


def preparations(port):
    del port
    item = {"pk": {"S": "fixed"}, "value": {"S": VALUE}, "n": {"N": "1"}}
    return [object_request("PUT", "/bench"), object_request("PUT", "/bench/fixed", VALUE.encode()),
            table_request("CreateTable", {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                                          "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}),
            table_request("PutItem", {"Item": item}),
            machines.http_request("AmazonSQS.CreateQueue", {"QueueName": "bench"}, "sqs")]


def operations(port):
    """Name, request: a # stands for a digit of the request's number. Messages are received after they have been sent."""
    key = {"pk": {"S": "fixed"}}
    return [("S3 PutObject, 900 bytes", object_request("PUT", "/bench/key-##########", VALUE.encode())),
            ("S3 GetObject, 900 bytes", object_request("GET", "/bench/fixed")),
            ("DynamoDB PutItem, 900 bytes", table_request("PutItem", {"Item": {"pk": {"S": "k##########"}, "value": {"S": VALUE}}})),
            ("DynamoDB GetItem, 900 bytes", table_request("GetItem", {"Key": key})),
            ("DynamoDB UpdateItem, a counter", table_request("UpdateItem", {
                "Key": key, "UpdateExpression": "SET n = n + :one", "ExpressionAttributeValues": {":one": {"N": "1"}}})),
            ("SQS SendMessage, 900 bytes", queue_request("SendMessage", {"MessageBody": VALUE}, port)),
            ("SQS ReceiveMessage", queue_request("ReceiveMessage", {"VisibilityTimeout": 3600}, port))]


def exchange(port, request):
    """One request on a connection of its own, as moto's server closes them; the status."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    status = int(answer.split(b" ", 2)[1])
    if status != 200:
        raise RuntimeError(f"{request[:200]!r}: {answer[:500]!r}")


def prepare(port):
    for request in preparations(port):
        exchange(port, request)


class Moto:
    """moto's server on a free port; `port` is None where it is not installed."""

    def __init__(self, folder):
        self.process, self.port = None, None
        program = shutil.which("moto_server")
        if program is None:
            return
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with open(os.path.join(folder, "moto.log"), "w") as log:
            self.process = subprocess.Popen([program, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
        for _ in range(200):
            try:
                exchange(port, b"GET /moto-api/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                self.port = port
                return
            except (OSError, RuntimeError, IndexError):
                time.sleep(0.1)

    def rate(self, request, seconds):
        """Operations a second with a few connections: more make it slower."""
        counts, deadline, errors = [0] * 4, time.monotonic() + seconds, []

        def run(i):
            try:
                while time.monotonic() < deadline:
                    counts[i] += 1
                    exchange(self.port, request.replace(b"##########", b"%d%09d" % (i, counts[i])))
            except (OSError, RuntimeError) as error:
                errors.append(error)

        threads = [threading.Thread(target=run, args=(i,)) for i in range(len(counts))]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise RuntimeError(str(errors[0]))
        return sum(counts) / (time.monotonic() - began)

    def end(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)


def services(tools, options):
    """S3, DynamoDB and SQS: small operations beside moto_server."""
    server, moto = tools.server(), Moto(tools.folder)
    seconds = min(options.seconds, 3)
    try:
        prepare(server.port)
        if moto.port:
            prepare(moto.port)
        else:
            print("no moto_server: no peer", file=sys.stderr)
        for name, request in operations(server.port):
            peer = moto.rate(dict(operations(moto.port))[name], seconds) if moto.port else None
            ours = tools.load("rate", server.port, request, connections=CONNECTIONS, seconds=seconds)
            beside = (f"{ours['per_second']:,.0f}/s, p50 {ours['p50_us'] / 1e3:.2f} ms, p99 {ours['p99_us'] / 1e3:.2f} ms, "
                      f"{CONNECTIONS} connections, durable")
            if peer:
                yield row(name, ours["per_second"] / peer, "x moto_server", 20, True, f"{beside} ÷ {peer:,.0f}/s in memory")
            else:
                yield row(name, ours["per_second"], "operations/s", beside=beside)
    finally:
        moto.end()
        server.end()
