# SPDX-License-Identifier: Apache-2.0
"""The rows of the server: each with its ceiling measured in turn with it, on the same disk and cores.

A measurement is a function that yields rows; its name is what --only is matched with."""
import base64
import io
import statistics
import subprocess
import sys
import time
import zipfile

import bench_machines as machines

CHAIN = machines.pass_chain(10)
# A ceiling and what it is for are measured in turn, so many times: the disk of a shared machine is not the same for long.
ROUNDS = 4


def row(what, value, unit, goal=None, more=False, beside=""):
    met = None if goal is None else (value >= goal if more else value <= goal)
    return {"what": what, "value": value, "unit": unit, "goal": goal, "met": met, "beside": beside}


def run_chains(server, tools, options, arn, seconds=None, connections=64, count=0):
    """Starts executions for some time, waits until all have ended, and checks that all have succeeded."""
    before, cpu, began = server.metrics(), server.cpu_seconds(), time.monotonic()
    started, _, succeeded = server.counts()
    load = tools.load("rate", server.port, machines.start_request(arn, payload(options)), connections=connections,
                      seconds=seconds or options.seconds, count=count)
    server.wait_until_all_ended()
    taken = time.monotonic() - began
    after, cpu = server.metrics(), server.cpu_seconds() - cpu
    now_started, _, now_succeeded = server.counts()
    if not load["requests"] == now_started - started == now_succeeded - succeeded:
        raise RuntimeError(f"{load} but {now_started - started} started, {now_succeeded - succeeded} succeeded")
    change = {name: after[name] - before.get(name, 0) for name in after}
    return {"count": load["requests"], "per_second": load["requests"] / taken, "p50_us": load["p50_us"],
            "p99_us": load["p99_us"], "syncs": change["pawl_store_synced_commits_total"],
            "log_bytes": change["pawl_store_log_bytes_total"],
            "log_bytes_per_second": change["pawl_store_log_bytes_total"] / taken,
            "cpu_us_per_transition": cpu * 1e6 / change["pawl_state_transitions_total"]}


def payload(options):
    return {"text": "x" * max(options.payload - 11, 0)}


def median(rounds, name):
    return statistics.median(each[name] for each in rounds)


def standard(tools, options):
    """STANDARD, 10-Pass, 64 connections."""
    server = tools.server()
    logs, rounds = [], []
    try:
        arn = server.make_machine(CHAIN)
        run_chains(server, tools, options, arn, seconds=1)
        for _ in range(ROUNDS):
            logs.append(tools.raw_log(0.5, 1, 64, 1024))
            rounds.append(run_chains(server, tools, options, arn, seconds=options.seconds / ROUNDS))
    finally:
        server.end()
    rate = median(rounds, "per_second")
    count, syncs, written = (sum(each[name] for each in rounds) for name in ("count", "syncs", "log_bytes"))
    yield row("STANDARD 10-Pass, 64 connections, all completed", rate, "executions/s", 20_000, True,
              f"{rate * 10:,.0f} transitions/s; {median(rounds, 'cpu_us_per_transition'):.1f} µs CPU each; start p50 "
              f"{median(rounds, 'p50_us') / 1e3:.1f} ms, p99 {median(rounds, 'p99_us') / 1e3:.1f} ms; a sync for "
              f"{count / max(syncs, 1):.0f} executions, {written / count:,.0f} log bytes each")
    raw = {size: median([each[size] for each in logs], "records_per_second") for size in logs[0]}
    share = median(rounds, "log_bytes_per_second") / median([each[64] for each in logs], "bytes_per_second")
    yield row("  its log against the raw log, batches of 64", share * 100, "% bytes/s", 25, True,
              f"raw log, 300-byte records/s: {raw[1]:,.0f} in batches of 1, {raw[64]:,.0f} of 64, {raw[1024]:,.0f} of 1,024; "
              f"sync p50 {median([each[1] for each in logs], 'sync_p50_us'):.0f} µs")


def visible(server, tools, arn, start, count, seconds=20):
    return tools.load("visible", server.port, machines.start_request(arn, start), describe=machines.describe_request(arn),
                      count=count, seconds=seconds)


def single(tools, options):
    """STANDARD, one execution at a time."""
    server = tools.server()
    syncs, chains, loops, maps = [], [], [], []
    try:
        chain, loop, mapped = map(server.make_machine, (CHAIN, machines.CHOICE_LOOP, machines.map_of("INLINE")))
        turns, items = {"n": 0, "turns": 1_000}, {"items": list(range(1_000))}
        for arn, start in ((chain, {}), (loop, turns), (mapped, items)):
            visible(server, tools, arn, start, 5)
        for _ in range(ROUNDS):
            syncs.append(tools.raw_log(0.5, 1)[1])
            chains.append(visible(server, tools, chain, {}, 1_000, seconds=options.seconds / ROUNDS))
            loops.append(visible(server, tools, loop, turns, 100, seconds=options.seconds / ROUNDS))
            maps.append(visible(server, tools, mapped, items, 100, seconds=options.seconds / ROUNDS))
        values = server.metrics()
        log_us = values["pawl_store_sync_duration_seconds_sum"] / values["pawl_store_sync_duration_seconds_count"] * 1e6
    finally:
        server.end()
    sync, sync99 = median(syncs, "sync_p50_us"), median(syncs, "sync_p99_us")
    p50, p99 = median(chains, "p50_us"), median(chains, "p99_us")
    yield row("STANDARD 10-Pass, 1 connection, to SUCCEEDED: p50", p50 / sync, "x sync p50", 2, False,
              f"{p50:.0f} µs (acknowledged {median(chains, 'acknowledged_p50_us'):.0f} µs) ÷ sync p50 {sync:.0f} µs; "
              f"a sync of the server's growing log takes {log_us:.0f} µs on average")
    yield row("STANDARD 10-Pass, 1 connection, to SUCCEEDED: p99", p99 / sync, "x sync p50", 5, False,
              f"{p99:.0f} µs; the sync's own p99 is {sync99:.0f} µs = {sync99 / sync:.1f} x")
    for what, rounds, goal in (("Choice loop, 1,000 turns", loops, 3), ("inline Map, 1,000 items", maps, 4)):
        yield row(f"STANDARD {what}, to SUCCEEDED", median(rounds, "p50_us") / 1e3, "ms", goal, False,
                  f"p99 {median(rounds, 'p99_us') / 1e3:.1f} ms; sync p50 {sync / 1e3:.2f} ms")


def express(tools, options):
    """StartSyncExecution against the echo of a request of that size; both servers on one core, the client on the other."""
    rates, p50 = {"echo": [], "pawl": []}, {"echo": [], "pawl": []}
    echo = tools.echo(tools.server_cpus)
    server = tools.server(cpus=tools.server_cpus)
    try:
        arn = server.make_machine(CHAIN, "EXPRESS")
        request = machines.start_request(arn, payload(options), "StartSyncExecution")
        targets = {"echo": echo, "pawl": server}
        for target in targets.values():
            tools.load("rate", target.port, request, tools.client_cpus, connections=32, seconds=1)
        cpu, requests = 0, 0
        for _ in range(ROUNDS):
            for name, target in targets.items():
                before = target.cpu_seconds()
                got = tools.load("rate", target.port, request, tools.client_cpus, connections=32,
                                 seconds=options.seconds / ROUNDS)
                rates[name].append(got["per_second"])
                if target is server:
                    cpu, requests = cpu + server.cpu_seconds() - before, requests + got["requests"]
                p50[name].append(tools.load("rate", target.port, request, tools.client_cpus, connections=1,
                                            seconds=options.seconds / ROUNDS)["p50_us"])
    finally:
        server.end()
        echo.end()
    pawl, bare = (statistics.median(rates[name]) for name in ("pawl", "echo"))
    ours, bares = (statistics.median(p50[name]) for name in ("pawl", "echo"))
    yield row("EXPRESS StartSyncExecution 10-Pass, 32 connections", pawl / bare * 100, "% of echo", 35, True,
              f"{pawl:,.0f}/s ({cpu * 1e6 / requests:.1f} µs CPU each) ÷ Boost.Beast echo {bare:,.0f}/s")
    yield row("EXPRESS StartSyncExecution, 1 connection: p50", ours / bares, "x echo", 1.5, False,
              f"{ours:.0f} µs ÷ {bares:.0f} µs")


def check_children(server, arn, count):
    """That the newest execution really had so many, and that all have succeeded."""
    execution = server.call("ListExecutions", {"stateMachineArn": arn, "maxResults": 1})["executions"][0]
    run = server.call("ListMapRuns", {"executionArn": execution["executionArn"]})["mapRuns"][0]
    counts = server.call("DescribeMapRun", {"mapRunArn": run["mapRunArn"]})["executionCounts"]
    if counts["succeeded"] != count:
        raise RuntimeError(f"of {count} children: {counts}")


def distributed(tools, options):
    """Distributed Map with EXPRESS children."""
    count = options.children
    server = tools.server()
    try:
        arn = server.make_machine(machines.map_of("DISTRIBUTED"))
        items = {"items": [i % 1_000 for i in range(count)]}
        visible(server, tools, arn, {"items": [1] * 1_000}, 1)
        cpu = server.cpu_seconds()
        got = visible(server, tools, arn, items, 5, seconds=options.seconds * 2)
        cpu = (server.cpu_seconds() - cpu) * 1e6 / count / got["executions"]
        check_children(server, arn, count)
    finally:
        server.end()
    yield row(f"Distributed Map, {count:,} EXPRESS children with a Pass", count / got["p50_us"] * 1e6, "children/s", 20_000,
              True, f"{got['p50_us'] / 1e3:,.0f} ms to SUCCEEDED; {cpu:.1f} µs CPU each")


def fill(server, tools, arn, count, seconds, start=None):
    """So many executions as can be started in that time: how many these are."""
    done = tools.load("rate", server.port, machines.start_request(arn, start or {}), connections=64, seconds=seconds,
                      count=count)
    return done["requests"]


def lateness_ms(server, arn, expected_ms):
    """How late each execution of a machine with one Wait ended, by its own times."""
    late, token = [], {}
    while True:
        page = server.call("ListExecutions", {"stateMachineArn": arn, "statusFilter": "SUCCEEDED", **token})
        late += [(item["stopDate"] - item["startDate"]) * 1000 - expected_ms for item in page["executions"]]
        if "nextToken" not in page:
            return late
        token = {"nextToken": page["nextToken"]}


def waiting(tools, options):
    """Very many executions in a Wait, and timers among them."""
    server = tools.server()
    try:
        idle_kib = server.status("VmRSS")
        arn = server.make_machine(machines.wait(1_000_000))
        began = time.monotonic()
        count = fill(server, tools, arn, options.waiting, options.waiting_seconds)
        taken = time.monotonic() - began
        soon = server.make_machine(machines.wait(3))
        sample = fill(server, tools, soon, 300, 30)
        time.sleep(4)
        late = lateness_ms(server, soon, 3_000)
        kib, threads = server.status("VmRSS"), server.status("Threads")
        started, ended, _ = server.counts()
    finally:
        server.end()
    if len(late) != sample or started - ended != count:
        raise RuntimeError(f"{len(late)} of {sample} timers fired, {started - ended} of {count} executions wait")
    a_million = (idle_kib + (kib - idle_kib) / count * 1e6) / 1024 / 1024
    yield row(f"{count:,} waiting executions, memory per 1,000,000", a_million, "GiB", 1, False,
              f"{kib / 1024:,.0f} MiB resident with {count:,}, {threads} threads; started at {count / taken:,.0f}/s")
    yield row("  timers among them, the least punctual of 300", max(map(abs, late)), "ms", 10, False,
              f"median {statistics.median(late):.1f} ms, earliest {min(late):.1f}, latest {max(late):.1f}")


def cold_start(tools, options):
    """Until the server answers."""
    empty = []
    for _ in range(5):
        server = tools.server()
        empty.append(server.ready_ms)
        server.end()
    yield row("cold start, empty store", statistics.median(empty), "ms", 50, False,
              f"of 5: {min(empty):.0f} to {max(empty):.0f} ms")
    folder = tools.new_folder()
    server = tools.server(folder)
    count = fill(server, tools, server.make_machine(machines.wait(1_000_000)), 100_000, options.waiting_seconds)
    server.end()
    server = tools.server(folder)
    try:
        began = time.monotonic()
        server.metrics()
        answer_ms = (time.monotonic() - began) * 1000
        yield row(f"cold start, {count:,} running executions", server.ready_ms / 1000, "s", 3, False,
                  f"then the first answer in {answer_ms:.0f} ms; {server.status('VmRSS') / 1024:.0f} MiB resident")
    finally:
        server.end()


def idle(tools, options):
    """Doing nothing."""
    server = tools.server()
    try:
        time.sleep(1)
        cpu = server.cpu_seconds()
        time.sleep(options.seconds)
        used = (server.cpu_seconds() - cpu) / options.seconds * 100
        yield row("idle, resident memory", server.status("VmRSS") / 1024, "MiB", 40, False,
                  f"{server.status('Threads')} threads")
        yield row("idle, CPU", used, "%", 0.2, False, f"over {options.seconds:.0f} s; goal: 0 as the clock of ticks sees it")
    finally:
        server.end()


def history_growth(tools, options):
    """A turn of the Choice loop has four events: what turns 3,750 to 4,750 cost against turns 250 to 1,250."""
    server = tools.server()
    times = {turns: [] for turns in (250, 1_250, 3_750, 4_750)}
    try:
        arn = server.make_machine(machines.CHOICE_LOOP)
        for _ in range(15):
            for turns, taken in times.items():
                taken.append(visible(server, tools, arn, {"n": 0, "turns": turns}, 1)["p50_us"])
    finally:
        server.end()
    # The fastest of each: a slow sync adds as much to few turns as to many.
    ms = {turns: min(taken) / 1e3 for turns, taken in times.items()}
    early, late = ms[1_250] - ms[250], ms[4_750] - ms[3_750]
    if early <= 0 or late <= 0:
        raise RuntimeError(f"syncs took more time than turns: {ms}")
    yield row("a transition near event 20,000 against the first 5,000", late / early, "x", 1.2, False,
              f"1,000 turns: {late:.2f} ms ÷ {early:.2f} ms, durable; 4,750 turns {ms[4_750]:.1f} ms")


def closed_executions(tools, options):
    """Throughput with many closed executions in the store."""
    server = tools.server()
    try:
        arn = server.make_machine(CHAIN)
        run_chains(server, tools, options, arn, seconds=1)
        empty = run_chains(server, tools, options, arn)["per_second"]
        while (closed := server.counts()[1]) < options.closed:
            run_chains(server, tools, options, arn, seconds=options.seconds * 2, count=int(options.closed - closed) + 1)
        full = run_chains(server, tools, options, arn)["per_second"]
    finally:
        server.end()
    yield row(f"throughput with {closed:,.0f} closed executions", full / empty, "x empty", 0.8, True,
              f"{full:,.0f}/s ÷ {empty:,.0f}/s")


def make_function(server):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", "def handler(event, context):\n    return event\n")
    request = {"FunctionName": "echo", "Runtime": "python3.12", "Handler": "app.handler", "Role": machines.ROLE,
               "Code": {"ZipFile": base64.b64encode(archive.getvalue()).decode()}}
    head, _, body = machines.http_request("", request, "lambda", path="/2015-03-31/functions").partition(b"\r\n\r\n")
    lines = [line.partition(": ")[::2] for line in head.decode().split("\r\n")[1:]]
    server.send("POST", "/2015-03-31/functions", body, {name: value for name, value in lines if name != "Content-Length"})
    return machines.http_request("", {"n": 1}, "lambda", path="/2015-03-31/functions/echo/invocations")


def interpreter_start_ms():
    times = []
    for _ in range(5):
        began = time.monotonic()
        subprocess.run(["/usr/bin/python3", "-c", "import json"], check=True)
        times.append((time.monotonic() - began) * 1000)
    return statistics.median(times)


def function(tools, options):
    """Lambda: a Python function that answers its event."""
    server = tools.server()
    try:
        request = make_function(server)
        cold_ms = tools.load("rate", server.port, request, count=1)["p50_us"] / 1e3
        start_ms = interpreter_start_ms()
        one = tools.load("rate", server.port, request, connections=1, seconds=min(options.seconds, 3))
        tools.load("rate", server.port, request, connections=8, seconds=1)
        many = tools.load("rate", server.port, request, connections=8, seconds=options.seconds)
    finally:
        server.end()
    yield row("Lambda, warm Python echo: p50", one["p50_us"], "µs", 400, False, f"p99 {one['p99_us']:.0f} µs")
    yield row("Lambda, warm Python echo, 8 connections", many["per_second"], "invokes/s", 5_000, True,
              f"p50 {many['p50_us']:.0f} µs, p99 {many['p99_us']:.0f} µs")
    yield row("Lambda, cold start beyond the interpreter's", cold_ms - start_ms, "ms", 20, False,
              f"{cold_ms:.0f} ms − {start_ms:.0f} ms")


MEASUREMENTS = (standard, single, express, distributed, function, idle, cold_start, history_growth, closed_executions, waiting)


def measure(tools, options, measurements):
    """Rows of those measurements; one that fails is a row that says so."""
    rows = []
    for measurement in measurements:
        print(f"... {measurement.__name__}: {measurement.__doc__.splitlines()[0]}", file=sys.stderr)
        try:
            rows += list(measurement(tools, options))
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            print(error, file=sys.stderr)
            rows.append({"what": f"{measurement.__name__}: not measured", "value": 0, "unit": "", "goal": None, "met": False,
                         "beside": str(error)[:300]})
    return rows
