#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the benchmarks of a build and prints them as a table against the goals, and as JSON.

    bench.py build/release [--only REGEX] [--seconds 5] [--json FILE] ...

--only takes names of measurements: interpreter, or those of the server (--list shows them). The STANDARD rows of the goals hold
for ten minutes too: --only '^standard$' --seconds 600 --payload 1024. The peers (npm aws-local-stepfunctions and jsonata 2.0.6) run in
the same run where Node.js and npm are at hand."""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import bench_process
import bench_server
import bench_services

HERE = os.path.dirname(os.path.abspath(__file__))
PEER = os.path.join(HERE, "..", "bench", "peer")
MEASUREMENTS = (*bench_server.MEASUREMENTS, bench_services.services)
# name in the programs: (what, unit, how to get the figure, goal, is more better)
ROWS = [
    ("pass_chain_1000", "interpreter, Pass chain", "transitions/s", "rate", 2_000_000, True),
    ("choice_loop", "interpreter, Choice loop", "transitions/s", "rate", 2_000_000, True),
    ("pass_result_path_1kb", "Pass with ResultPath on 1 KB, two events", "ns", "per_item", 300, False),
    ("map_1000", "inline Map of 1,000 items with a Pass", "ms", "time_ms", 4, False),
    ("path_a_b", "JSONPath $.a.b on 1 KB", "ns", "time", 60, False),
    ("path_filter_1000", "JSONPath filter on 1,000 items", "µs", "time_us", 60, False),
    ("compile_definition/10000", "compile a definition of 10 KB", "µs", "time", 250, False),
    ("parse_1kb", "parse 1 KB of JSON", "ns", "time", None, False),
    ("with_member", "set a member of a 15-member object", "ns", "time", None, False),
]

# JSONata: how many times as fast as the peer.
JSONATA_GOALS = {"path": 20, "counter": 20, "concat": 20, "object": 20, "group": 50, "filter": 50, "map": 50, "sort": 50}


def run_programs(folder):
    results = {}
    for program in ("json_bench", "path_bench", "compile_bench", "interpreter_bench", "jsonata_bench"):
        out = subprocess.run([os.path.join(folder, program), "--benchmark_format=json", "--benchmark_min_time=0.2"],
                             check=True, capture_output=True, text=True).stdout
        for row in json.loads(out)["benchmarks"]:
            results[row["name"]] = row
    return results


def figure(row, how):
    time = row["cpu_time"]
    if how == "rate":
        return row["items_per_second"]
    if how == "per_item":
        return 1e9 / row["items_per_second"]
    return time / {"time": 1, "time_us": 1e3, "time_ms": 1e6}[how]


def peers():
    """What the peers measure: transitions a second, and microseconds an evaluation."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "peer.mjs", "jsonata.mjs"):
            with open(os.path.join(PEER, name)) as source, open(os.path.join(folder, name), "w") as copy:
                copy.write(source.read())
        try:
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True,
                           timeout=120, capture_output=True)
            return tuple(json.loads(subprocess.run(["node", program], cwd=folder, check=True, timeout=120,
                                                   capture_output=True, text=True).stdout)
                         for program in ("peer.mjs", "jsonata.mjs"))
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            print(f"the peer did not run: {error}", file=sys.stderr)
            return {}, {}


def interpreter_rows(folder, with_peers):
    results = run_programs(folder)
    peer, jsonata = peers() if with_peers else ({}, {})
    table = []
    for name, what, unit, how, goal, more in ROWS:
        if name not in results:
            continue
        value = figure(results[name], how)
        beside = f"{value / peer[name]:.0f} x aws-local-stepfunctions" if name in peer else ""
        table.append(bench_server.row(what, value, unit, goal, more, beside))
    growth = {key.split("/")[1]: row["cpu_time"] for key, row in results.items() if key.startswith("transition_at_event")}
    if len(growth) == 2:
        table.append(bench_server.row("time of a transition at event 20,000 against event 10",
                                      growth["20000"] / growth["10"], "x", 1.2))
    for name, goal in JSONATA_GOALS.items():
        ours = results[f"evaluate/{name}"]["cpu_time"] / 1e3
        if name in jsonata:
            table.append(bench_server.row(f"JSONata {name}", jsonata[name] / ours, "x npm jsonata", goal, True,
                                          f"{ours:,.2f} µs ÷ {jsonata[name]:,.1f} µs"))
        else:
            table.append(bench_server.row(f"JSONata {name}", ours, "µs", beside="no peer"))
    return table


def show(row):
    goal = "" if row["goal"] is None else f"goal {row['goal']:>11,.1f}  "
    verdict = {True: "met", False: "MISSED", None: ""}[row["met"]]
    value = f"{row['value']:,.2f}" if abs(row["value"]) < 100 else f"{row['value']:,.0f}"
    print(f"{row['what']:<58} {value:>11} {row['unit']:<14} {goal:<18}{verdict:<7} {row['beside']}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="folder of a Release build with PAWL_BENCH=ON")
    parser.add_argument("--only", default="", metavar="REGEX", help="measurements by name")
    parser.add_argument("--list", action="store_true", help="the names of the measurements")
    parser.add_argument("--json", metavar="FILE", help="write the rows there; else the last line of the output has them")
    parser.add_argument("--no-peer", action="store_true", help="without the npm packages")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement of a rate (5)")
    parser.add_argument("--payload", type=int, default=0, metavar="BYTES", help="of each execution's input (14)")
    parser.add_argument("--children", type=int, default=20_000, help="of a Distributed Map (20000)")
    parser.add_argument("--waiting", type=int, default=1_000_000, help="executions in a Wait (1000000) ...")
    parser.add_argument("--waiting-seconds", type=float, default=120, help="... or so many as start in that time (120)")
    parser.add_argument("--closed", type=int, default=200_000, help="executions in the store (200000)")
    parser.add_argument("--folder", help="for data, on the disk to measure (the build)")
    return parser.parse_args()


def main():
    options = arguments()
    wanted = re.compile(options.only).search
    if options.list:
        print("\n".join(["interpreter", *(measurement.__name__ for measurement in MEASUREMENTS)]))
        return
    table = []
    if wanted("interpreter"):
        table += interpreter_rows(os.path.join(options.build, "bench"), not options.no_peer)
    folder = tempfile.mkdtemp(dir=options.folder or options.build, prefix="pawl-bench-")
    try:
        table += bench_server.measure(bench_process.Tools(options.build, folder), options,
                                      [each for each in MEASUREMENTS if wanted(each.__name__)])
    finally:
        shutil.rmtree(folder)
    for row in table:
        show(row)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(table, file, indent=1, ensure_ascii=False)
    else:
        print(json.dumps(table))


if __name__ == "__main__":
    main()
