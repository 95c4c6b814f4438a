#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the benchmarks of a build and prints them as a table against the goals, and as JSON.

    bench.py build/release/bench [--no-peer]

The peers (npm aws-local-stepfunctions and jsonata 2.0.6) run in the same run where Node.js and npm are at hand."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PEER = os.path.join(HERE, "..", "bench", "peer")
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


def main():
    results = run_programs(sys.argv[1])
    peer, jsonata = ({}, {}) if "--no-peer" in sys.argv else peers()
    table = []
    for name, what, unit, how, goal, more in ROWS:
        matches = [row for key, row in results.items() if key == name]
        if not matches:
            continue
        value = figure(matches[0], how)
        met = None if goal is None else (value >= goal if more else value <= goal)
        ratio = value / peer[name] if name in peer else None
        table.append({"what": what, "value": value, "unit": unit, "goal": goal, "met": met, "times_peer": ratio})
    growth = {key.split("/")[1]: row["cpu_time"] for key, row in results.items() if key.startswith("transition_at_event")}
    if len(growth) == 2:
        ratio = growth["20000"] / growth["10"]
        table.append({"what": "time of a transition at event 20,000 against event 10", "value": ratio, "unit": "x",
                      "goal": 1.2, "met": ratio <= 1.2, "times_peer": None})
    for name, goal in JSONATA_GOALS.items():
        ours = results[f"evaluate/{name}"]["cpu_time"] / 1e3
        ratio = jsonata[name] / ours if name in jsonata else None
        table.append({"what": f"JSONata {name}, times npm jsonata 2.0.6 ({ours:,.2f} µs)", "value": ratio or 0, "unit": "x",
                      "goal": goal if ratio else None, "met": ratio is not None and ratio >= goal, "times_peer": None})
    for row in table:
        goal = "" if row["goal"] is None else f"goal {row['goal']:>12,.1f}  {'met' if row['met'] else 'MISSED'}"
        ratio = "" if row["times_peer"] is None else f"  {row['times_peer']:.0f} x aws-local-stepfunctions"
        print(f"{row['what']:55} {row['value']:>14,.1f} {row['unit']:14} {goal}{ratio}")
    print(json.dumps(table))


if __name__ == "__main__":
    main()
