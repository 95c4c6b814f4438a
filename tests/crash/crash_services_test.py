#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills `pawl serve` (the program named by the environment variable PAWL) with SIGKILL at random moments while S3, DynamoDB and SQS are
written to and EventBridge, Scheduler and Pipes deliver, and checks that what was acknowledged is there. Python 3.9, standard library only.

    PAWL=build/dev/pawl tests/crash/crash_services_test.py --kills 100 --seed 7 [--services sqs,s3]
"""
import argparse
import json
import random
import threading
import time
import traceback
import urllib.request

from crash_dynamodb import DynamoDbLoad
from crash_events import EventsLoad
from crash_s3 import S3Load
from crash_run import crash_and_exit, say
from crash_sqs import SqsLoad

LOADS = {"sqs": SqsLoad, "dynamodb": DynamoDbLoad, "s3": S3Load, "events": EventsLoad}
SECONDS_TO_END = 60


class World:
    """What the loads share: the server, the end, the faults."""

    def __init__(self, server, seed):
        self.server, self.seed = server, seed
        self.ending = threading.Event()
        self.faults = []
        self.threads = []

    def fault(self, text):
        self.faults.append(text)
        self.ending.set()

    def spawn(self, function, index):
        def guarded():
            try:
                function(random.Random(self.seed * 1000 + index), index)
            except Exception:  # of any kind: it is the test's outcome
                self.fault(traceback.format_exc())
        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        self.threads.append(thread)


def served(server):
    host, port = server.wait_for_address()
    with urllib.request.urlopen(f"http://{host}:{port}/_pawl/health", timeout=30) as answer:
        return set(json.load(answer)["services"])


def run(options, server):
    server.start()
    there = served(server)
    world = World(server, options.seed)
    loads = {}
    for index, name in enumerate(options.services.split(",")):
        if name not in there:
            say(f"{name} is not served: nothing to check")
            continue
        loads[name] = LOADS[name](world)
        loads[name].start(100 * index)
    chance = random.Random(options.seed)
    deadline = time.monotonic() + options.seconds
    kills = 0
    while kills < options.kills and time.monotonic() < deadline and not world.ending.is_set():
        world.ending.wait(chance.uniform(0.05, 0.6))
        server.kill()
        server.start()
        kills += 1
    world.ending.set()
    for thread in world.threads:
        thread.join(SECONDS_TO_END)
    say(f"seed {options.seed}: {kills} kills; checking")
    # Once more: what was acknowledged last had no other chance to be lost.
    server.kill()
    server.start()
    for name, load in loads.items():
        try:
            faults = load.check()
        except Exception:  # of any kind: it is the test's outcome
            faults = [traceback.format_exc()]
        say(f"{name}: {load.summary()}; {len(faults)} faults")
        world.faults += faults
    if (code := server.stop()) != 0:
        world.faults.append(f"SIGTERM ends it with {code}")
    if found := server.check():
        world.faults.append(f"pawl admin check: {found}")
    ready = sorted(server.seconds_to_ready)
    say(f"{server.connections_lost} connections lost; ready again after {ready[len(ready) // 2] * 1000:.0f} ms (median), "
        f"{ready[-1] * 1000:.0f} ms (slowest)")
    return world.faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=20, help="the kills end then, whatever their number")
    parser.add_argument("--services", default=",".join(LOADS))
    crash_and_exit(parser, run)


if __name__ == "__main__":
    main()
