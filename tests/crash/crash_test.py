#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills `pawl serve` (the program named by the environment variable PAWL) with SIGKILL at random moments under load, and checks that
nothing acknowledged is lost and every history is legal. Python 3.9, standard library only.

    PAWL=build/dev/pawl tests/crash/crash_test.py --kills 500 --seed 7
"""
import argparse
import random
import statistics
import time

from crash_checks import Checks, count_running, orphans, read_history, shape_of
from crash_load import Load
from crash_machines import ACTIVITY_ARN, KINDS, create_all
from crash_run import crash_and_exit, say
from crash_server import Client

SECONDS_TO_END = 180  # for what runs when the last kill is over


def peaceful_shapes(server, seed):
    """Runs one execution of each kind without kills: what its history must consist of."""
    load = Load(server, seed)
    load.starting.clear()
    client = Client(server)
    chance = random.Random(seed)
    made = [load.start_one(client, kind, f"{kind}-9", 9) for kind in KINDS]
    while not load.to_answer.empty():
        load.answer_token_of(client, chance, load.to_answer.get(), success=True)
    load.answer_activity(client, chance, client.call("GetActivityTask", activityArn=ACTIVITY_ARN), success=True)
    wait_until_ended(client, load)
    shapes = {execution.kind: shape_of(read_history(client, execution.arn))
              for execution in made}
    checks = Checks(client, shapes)
    for execution in made:
        checks.check(execution)
    if checks.faults or checks.statuses != {"SUCCEEDED": len(KINDS)}:
        raise AssertionError(f"without any kill: {checks.statuses}\n" + "\n".join(checks.faults))
    return shapes, made


def wait_until_ended(client, load):
    deadline = time.monotonic() + SECONDS_TO_END
    while (running := count_running(client)) > 0 and not load.faults:
        if time.monotonic() > deadline:
            say(f"{running} executions have not ended within {SECONDS_TO_END} s")
            return
        load.ending.wait(0.2)


def kill_again_and_again(server, load, kills, chance):
    for number in range(1, kills + 1):
        load.ending.wait(chance.uniform(0.05, 0.8))
        server.kill()
        server.start()
        if load.faults:
            return number
        if number % 25 == 0:
            say(f"{number} kills, {len(load.started)} executions started")
    return kills


def run(options, server):
    server.start()
    client = Client(server)
    create_all(client)
    shapes, first = peaceful_shapes(server, options.seed)
    say("one execution of each kind without a kill: as expected")
    load = Load(server, options.seed)
    load.run()
    kills = kill_again_and_again(server, load, options.kills, random.Random(options.seed))
    load.starting.clear()
    for thread in load.starters:
        thread.join(SECONDS_TO_END)
    say(f"{kills} kills; waiting for what runs")
    wait_until_ended(client, load)
    load.ending.set()
    say("checking")
    checks = Checks(client, shapes)
    started = first + load.started
    for made in started:
        checks.check(made)
    for made in started[::10]:
        checks.check_replay(made)
    checks.check_lists(started)
    if (code := server.stop()) != 0:
        load.fault(f"SIGTERM ends it with {code}")
    if found := server.check():
        load.fault(f"pawl admin check: {found}")
    if left := orphans(server.folder):
        load.fault(f"processes are left: {left}")
    report(options, kills, server, load, checks, len(started))
    return load.faults + checks.faults


def report(options, kills, server, load, checks, started):
    ready = sorted(server.seconds_to_ready[1:])
    say(f"seed {options.seed}: {kills} kills, {started} acknowledged starts, {checks.events} history events checked, {checks.replayed} of them replayed; "
        + ", ".join(f"{count} {status}" for status, count in sorted(checks.statuses.items())))
    say(f"{server.connections_lost} connections lost, " + ", ".join(f"{count} {what}" for what, count in load.counts.items()))
    say(f"{checks.not_received} activity tasks were handed out to a worker that was cut off, and tried again after a heartbeat timeout")
    if ready:
        say(f"ready again after {statistics.median(ready) * 1000:.0f} ms (median), {ready[-1] * 1000:.0f} ms (slowest)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=25)
    crash_and_exit(parser, run)


if __name__ == "__main__":
    main()
