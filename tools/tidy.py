#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that a compiler does not check: layers, purity, sizes, names. Python 3.9, standard library only.

    tidy.py [FOLDER]     checks FOLDER (default: this repository), prints one line a mistake, exits 1 if there is one
"""
import os
import re
import subprocess
import sys

# ARCHITECTURE.md, "Layers": what a folder of src/ may include, besides itself. Pure folders know no clock, thread or file.
LAYERS = {
    "base": set(),
    "text": {"base"},
    "json": {"text", "base"},
    "formation": {"json", "text", "base"},
    "query": {"json", "text", "base"},
    "asl": {"query", "json", "base"},
    "items": {"asl", "query", "json", "text", "base"},
    "interpreter": {"asl", "query", "json", "base"},
    "engine": {"items", "interpreter", "asl", "query", "store", "json", "base"},
    "net": {"base"},
    "store": {"base"},
    "records": {"store", "json", "base"},
    "container": {"net", "json", "text", "base"},
    "aws": {"json", "text", "base"},
    "jobs": {"container", "aws", "store", "json", "text", "base"},
    "integration": {"engine", "interpreter", "asl", "query", "aws", "net", "json", "text", "base"},
    "services/states": {"engine", "integration", "interpreter", "items", "asl", "aws", "store", "query", "json", "text", "base"},
    "graph": {"asl", "json", "text", "base"},
}
# The other services know nothing of each other nor of the engine. Those that send something know `net`.
SERVICES = {"apigateway", "autoscaling", "batch", "cloudformation", "cloudwatch", "datasync", "dynamodb", "ec2", "ecr", "ecs", "events", "iam", "kms", "lambda",
            "logs", "pipes", "s3", "scheduler", "secretsmanager", "sns", "sqs", "ssm", "sts"}
for service in SERVICES:
    LAYERS[f"services/{service}"] = {"aws", "store", "records", "net", "json", "text", "base"}
for service in {"ecr", "lambda", "batch", "ecs"}:  # what they run are images
    LAYERS[f"services/{service}"].add("container")
for service in {"batch", "ecs"}:
    LAYERS[f"services/{service}"].add("jobs")
LAYERS["services/cloudformation"].add("formation")
LAYERS["console"] = {"graph", "services/states", "engine", "interpreter", "asl", "query", "aws", "store", "net", "json", "text", "base"}
LAYERS["server"] = set(LAYERS) - {"graph"}
LAYERS["app"] = set(LAYERS)
PURE = {"base", "text", "json", "formation", "query", "asl", "interpreter"}
IMPURE_HEADERS = {
    "chrono", "thread", "mutex", "condition_variable", "atomic", "future", "random", "fstream", "filesystem", "iostream",
    "sys/socket.h", "unistd.h", "fcntl.h", "time.h", "ctime", "netinet/in.h",
}
BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common)(_|\.|$)")
LINE_MAX, FILE_MAX, TEST_FILE_MAX, FUNCTION_MAX = 100, 800, 1500, 70
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def tracked_files(root):
    try:
        out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=root, check=True,
                             capture_output=True, text=True).stdout
        names = out.splitlines()
    except (OSError, subprocess.CalledProcessError):
        names = [os.path.relpath(os.path.join(folder, name), root)
                 for folder, _, found in os.walk(root) for name in found]
    return sorted(name for name in set(names) if os.path.isfile(os.path.join(root, name)))


def layer_of(path):
    parts = path.split("/")
    if parts[0] != "src" or len(parts) < 3:
        return None
    two = "/".join(parts[1:3])
    return two if two in LAYERS else parts[1]


def layer_of_include(target):
    parts = target.split("/")
    two = "/".join(parts[:2])
    return two if two in LAYERS else parts[0]


def check_includes(path, lines, report):
    layer = layer_of(path)
    if layer is None:
        return
    if layer not in LAYERS:
        report(path, 1, f"folder src/{layer} is not in the table of layers (tools/tidy.py)")
        return
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, target = match.groups()
        if kind == '"' and "/" in target:
            other = layer_of_include(target)
            if other in LAYERS and other != layer and other not in LAYERS[layer]:
                report(path, number, f"src/{layer} may not include {target}: layer {other} is not below it")
        if kind == "<" and layer in PURE and target in IMPURE_HEADERS and not is_test(path):
            report(path, number, f"<{target}> is banned in src/{layer}: it is pure; time, randomness and I/O come in as events")


def is_test(path):
    return path.startswith("tests/") or "_test." in path or "_for_test." in path or "_test_fixture." in path


def function_lengths(lines):
    """(first line, length) of each function body, told by the braces of formatted code: a body opens at the end of a line
    that starts in column 0 or, inside a class, two columns in, and closes on a line "}" of the same indent."""
    open_at = {}
    for number, line in enumerate(lines, 1):
        stripped = line.rstrip()
        indent = len(stripped) - len(stripped.lstrip())
        text = stripped.strip()
        if indent in (0, 2) and text in ("}", "};") and indent in open_at:
            start = open_at.pop(indent)
            if start:
                yield start, number - start + 1
        if stripped.endswith("{") and indent in (0, 2, 4, 6):
            head = " ".join(lines[max(0, number - 6):number])
            is_scope = re.match(r"(namespace|class|struct|enum|union|extern)\b", text)
            is_function = text.endswith(") {") or re.search(r"\)[^;{}]*\{$", head) is not None
            if indent in (0, 2):
                open_at[indent] = number if is_function and not is_scope and not text.startswith("}") else 0


def raw_string_lines(lines):
    """Numbers of the lines that hold a part of a raw string."""
    inside, end = set(), None
    for number, line in enumerate(lines, 1):
        if end is None:
            for match in re.finditer(r'R"([^\s()\\]{0,16})\(', line):
                inside.add(number)
                end = ")" + match[1] + '"'
                if end in line[match.end():]:
                    end = None
        else:
            inside.add(number)
            if end in line:
                end = None
    return inside


def check_text(path, lines, report):
    is_source = path.endswith((".cc", ".h"))
    limit = TEST_FILE_MAX if is_test(path) else FILE_MAX
    raw = raw_string_lines(lines) if is_source else set()  # their text is not ours to wrap
    if is_source and len(lines) > limit:
        report(path, limit, f"{len(lines)} lines: a file may have {limit}")
    for number, line in enumerate(lines, 1):
        if line.rstrip("\n") != line.rstrip():
            report(path, number, "white space at the end of the line")
        if is_source and len(line.rstrip("\n")) > LINE_MAX and "http" not in line and number not in raw:
            report(path, number, f"{len(line.rstrip())} columns: a line may have {LINE_MAX}")
        if re.search(r"\b(TODO|FIXME|XXX)\b(?!\([^)]+\))", line) and not path.endswith(("tidy.py", "tidy_test.py")):
            report(path, number, "TODO without a name for what is missing: TODO(what)")
    first = "".join(lines[:3])
    if path.endswith((".cc", ".h", ".py", ".mjs", ".sh", ".cmake")) and "SPDX-License-Identifier: Apache-2.0" not in first:
        report(path, 1, "no SPDX line at the top")
    if path.endswith(".h") and not any(line.strip() == "#pragma once" for line in lines):
        report(path, 1, "no #pragma once")
    if path.endswith(".h") and any(re.match(r"using namespace ", line) for line in lines):
        report(path, 1, "using namespace in a header")
    if is_source and not is_test(path):
        for start, length in function_lengths(lines):
            if length > FUNCTION_MAX:
                report(path, start, f"a function of {length} lines: {FUNCTION_MAX} are allowed")
    if is_source and BANNED_NAMES.search(os.path.basename(path)):
        report(path, 1, "a name that says nothing (utils, helpers, manager, misc, common)")


def check_graph(texts, report):
    """Cycles between headers, and headers that nobody includes."""
    edges, included = {}, set()
    for path, lines in texts.items():
        if not path.startswith(("src/", "tests/", "fuzz/", "bench/")):
            continue
        targets = set()
        for line in lines:
            match = INCLUDE.match(line)
            if match and match[1] == '"':
                for candidate in ("src/" + match[2], match[2], os.path.join(os.path.dirname(path), match[2])):
                    if candidate in texts:
                        targets.add(candidate)
        edges[path] = {t for t in targets if t.endswith(".h")}
        included |= targets - {path}
    for path in edges:
        if path.startswith("src/") and path.endswith(".h") and path not in included:
            report(path, 1, "dead: nobody includes it")
    state = {}

    def visit(path, trail):
        state[path] = "open"
        for target in sorted(edges.get(path, ())):
            if state.get(target) == "open":
                report(path, 1, "circular include: " + " -> ".join(trail + [path, target]))
            elif target not in state:
                visit(target, trail + [path])
        state[path] = "done"

    for path in sorted(edges):
        if path.endswith(".h") and path not in state:
            visit(path, [])


def check(root):
    mistakes = []

    def report(path, line, text):
        mistakes.append(f"{path}:{line}: {text}")

    texts = {}
    for path in tracked_files(root):
        if not path.endswith((".cc", ".h", ".py", ".mjs", ".cmake", ".sh", "CMakeLists.txt", ".md")):
            continue
        with open(os.path.join(root, path), encoding="utf-8") as f:
            texts[path] = f.read().splitlines(keepends=True)
    for path, lines in texts.items():
        check_includes(path, lines, report)
        if not path.endswith(".md"):
            check_text(path, lines, report)
    check_graph(texts, report)
    return mistakes


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    mistakes = check(root)
    for mistake in mistakes:
        print(mistake)
    print(f"tidy: {len(mistakes)} mistakes" if mistakes else "tidy: in order")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
