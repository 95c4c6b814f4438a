#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints "N passed, N failed, N skipped" for a JUnit file of ctest; exits 1 if a test failed or none ran."""
import sys
import xml.etree.ElementTree as xml


def main():
    counts = {"run": 0, "fail": 0, "notrun": 0, "disabled": 0}
    for case in xml.parse(sys.argv[1]).getroot().iter("testcase"):
        status = case.get("status", "run")
        if status == "run" and case.find("failure") is not None:
            status = "fail"
        if case.find("skipped") is not None:
            status = "notrun"
        counts[status] = counts.get(status, 0) + 1
    skipped = counts["notrun"] + counts["disabled"]
    print(f"{counts['run']} passed, {counts['fail']} failed, {skipped} skipped")
    return 1 if counts["fail"] or not counts["run"] else 0


if __name__ == "__main__":
    sys.exit(main())
