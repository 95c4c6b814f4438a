# SPDX-License-Identifier: Apache-2.0
"""What is wrong gets a clear error with its place, never a crash or a hang."""
import json
import unittest

from cli_case import CliCase, machine, task

PASS = {"Type": "Pass", "End": True}

HANDLERS_PY = r"""
import os, sys, time

def exits(event, context):
    sys.exit(3)

def is_killed(event, context):
    os.kill(os.getpid(), 9)

def returns_garbage(event, context):
    return object()

def prints_garbage(event, context):
    sys.stdout.buffer.write(b"\xff\xfe\x00 \x1b[2J raw\n" * 1000)
    sys.stdout.flush()
    return {"ok": True}

def never_answers(event, context):
    time.sleep(3600)

def returns_7_mb(event, context):
    return "x" * 7_000_000

def returns_300_kb(event, context):
    return "x" * 300_000
"""


class Definitions(CliCase):
    def refused(self, content, *fragments, name="machine.json"):
        """Both commands refuse it for the same reason."""
        self.write(name, content)
        self.assert_refused(self.pawl("run", name), *fragments)
        self.assert_refused(self.pawl("validate", name), *fragments)

    def test_no_file(self):
        self.assert_refused(self.pawl("run", "nowhere.json"), "nowhere.json: No such file")
        self.assert_refused(self.pawl("run", "."), "Is a directory")

    def test_not_json(self):
        self.refused('{"StartAt": "A",\n  "States": {"A": {"Type": "Pass" "End": true}}}',
                     "machine.json:2:35: error: not JSON", "INVALID_JSON_DESCRIPTION")
        self.refused('{"StartAt": "A"', "machine.json:1:")
        self.refused("", "machine.json:1:1: error")
        self.refused("[1, 2]", "machine.json:1:1: error")
        self.refused('"text"', "machine.json:1:1: error")

    def test_not_yaml(self):
        self.refused("StartAt: A\nStates:\n  A: {Type: Pass\n", "not YAML", name="machine.yaml")

    def test_yaml_aliases_that_explode(self):
        lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
        for before, after in zip("abcdefgh", "bcdefghi"):
            lines.append(f"{after}: &{after} [{', '.join(['*' + before] * 10)}]")
        self.refused("\n".join(lines), "error:", name="machine.yaml")

    def test_wrong_types(self):
        self.refused(json.dumps({"StartAt": 3, "States": {"A": {"Type": "Pass", "End": "yes"}}}, indent=1),
                     "machine.json:2:2: error", "at /StartAt", "at /States/A/End")

    def test_unknown_fields(self):
        self.refused(json.dumps(machine({"A": {**PASS, "Bogus": 1}}), indent=1), "'Bogus'", "/States/A")

    def test_dangling_next(self):
        self.refused(json.dumps(machine({"A": {"Type": "Pass", "Next": "B"}}), indent=1),
                     "machine.json:6:4: error", "MISSING_TRANSITION_TARGET", "at /States/A/Next", "^")

    def test_unreachable_states(self):
        self.refused(machine({"A": PASS, "Island": PASS}), "Island", "not reachable")

    def test_paths_that_do_not_parse(self):
        self.refused(machine({"A": {**PASS, "InputPath": "$.a["}}), "at /States/A/InputPath")
        self.refused(machine({"A": {**PASS, "Parameters": {"x.$": "States.Format('{}'"}}}), "/States/A/Parameters")

    def test_nesting_1000_deep(self):
        self.refused('{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true, "Result": ' + "[" * 1000 + "]" * 1000 +
                     "}}}", "machine.json:1:", "deep")
        deep = json.dumps(PASS)
        for _ in range(1000):
            deep = '{"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "A", "States": {"A": ' + deep + "}}}"
        self.refused('{"StartAt": "A", "States": {"A": ' + deep + "}}", "machine.json:1:", "deep")
        self.refused("[" * 100_000, "machine.json:1:")

    def test_5_mb(self):
        self.refused({**machine({"A": PASS}), "Comment": "x" * 5_000_000}, "machine.json", "1048576 bytes")

    def test_invalid_utf_8(self):
        self.refused(b'{"StartAt": "A",\n "States": {"A": {"Type": "Pass", "Comment": "\xff\xfe", "End": true}}}',
                     "machine.json:2:", "not JSON")

    def test_huge_numbers(self):
        for number in ("1e999", "9" * 400, "99999999999999999999999"):
            text = '{"StartAt": "A", "States": {"A": {"Type": "Wait", "End": true, "Seconds": ' + number + "}}}"
            self.refused(text, "machine.json:1:")

    def test_every_mistake_is_named(self):
        states = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}", "Wrong": i} for i in range(20)}
        outcome = self.pawl("validate", self.write("machine.json", machine(states)))
        self.assertEqual(outcome.err.count("'Wrong'"), 20)

    def test_long_lines_are_cut(self):
        outcome = self.pawl("validate", self.write("machine.json", machine({"A": {**PASS, "C" * 50_000: 1}})))
        self.assertEqual(outcome.code, 2)
        snippet = [line for line in outcome.err.splitlines() if line.startswith("    ")]
        self.assertTrue(snippet)
        self.assertLess(max(map(len, snippet)), 200)

    def test_a_jsonata_mistake_is_refused_with_its_place(self):
        definition = {"QueryLanguage": "JSONata", **machine({"Ata": {**PASS, "Output": "{% 1 + %}"}})}
        self.assert_refused(self.run_machine(definition), "Unexpected end of expression", "/States/Ata/Output")

    def test_each_is_refused(self):
        definition = machine({"A": PASS})
        self.assert_refused(self.run_machine(definition, "--input", '{"a":'), "--input:1:6", "not JSON")
        self.assert_refused(self.run_machine(definition, "--input", "@nowhere"), "nowhere", "No such file")
        self.write("bad.json", "{\n  a: 1}")
        self.assert_refused(self.run_machine(definition, "--input", "@bad.json"), "bad.json:2:3")
        self.write("large.json", '"' + "x" * 262_144 + '"')
        self.assert_refused(self.run_machine(definition, "--input", "@large.json"), "large.json", "262144 bytes")
        self.assert_refused(self.run_machine(definition, "--input", "-", stdin="nonsense"), "standard input:1:2")
        self.write("deep.json", "[" * 5000 + "]" * 5000)
        self.assert_refused(self.run_machine(definition, "--input", "@deep.json"), "deep.json:1:1001")


class Usage(CliCase):
    def test_options_that_are_wrong(self):
        self.write("m.json", machine({"T": task("f")}))
        self.write("f.py", HANDLERS_PY)
        given = ("--function", "f=f.py:exits")
        for arguments, fragment in (
            ((), "Examples"),
            (("frob",), "pawl"),
            (("run",), "required"),
            (("run", "m.json", "--frob"), "--frob"),
            (("run", "m.json", "--type", "SLOW"), "'SLOW' is not STANDARD or EXPRESS"),
            (("run", "m.json", "--history=xml"), "'xml' is not json or table"),
            (("run", "m.json", "--limits", "none"), "'none'"),
            (("run", "m.json", *given, "--name", "a b"), "--name"),
            (("run", "m.json", *given, "--region", "Mars!"), "--region"),
            (("run", "m.json", *given, "--account", "12"), "12 digits"),
            (("run", "m.json", *given, "--env", "novalue"), "KEY=VALUE"),
            (("run", "m.json", *given, "--function-env", "g:A=1"), "'g'"),
            (("run", "m.json", *given, "--function-timeout", "0"), "1 to 900"),
            (("run", "m.json", *given, *given), "twice"),
            (("run", "m.json", "--function", "nonsense"), "NAME=PATH:HANDLER"),
            (("run", "m.json", "--function", "f=nowhere.py:h"), "nowhere.py"),
            (("run", "m.json"), 'f  (state "T")'),
            (("graph", "m.json"), "required"),
            (("graph", "m.json", "-o", "m.gif"), ".png"),
            (("completion", "tcsh"), "bash, zsh or fish"),
        ):
            with self.subTest(arguments=arguments):
                self.assert_refused(self.pawl(*arguments), fragment)


class Executions(CliCase):
    def setUp(self):
        super().setUp()
        self.write("handlers.py", HANDLERS_PY)

    def called(self, handler, *arguments):
        outcome = self.run_machine(machine({"T": task("f")}), "--function", f"f=handlers.py:{handler}", *arguments)
        self.assertNotIn("\x1b[2J", outcome.err)
        return outcome

    def failed(self, handler, error, *fragments):
        outcome = self.called(handler, "--function-timeout", "10")
        self.assertEqual((outcome.code, outcome.out), (1, ""), outcome.err)
        for fragment in (f'FAILED in state "T": {error}', *fragments):
            self.assertIn(fragment, outcome.err)

    def test_an_endless_loop_ends_at_the_event_limit(self):
        definition = machine({
            "Again": {"Type": "Choice", "Choices": [{"Variable": "$.never", "IsPresent": True, "Next": "Out"}],
                      "Default": "Again"},
            "Out": {"Type": "Succeed"}})
        outcome = self.run_machine(definition, "--history", "-q")
        self.assertEqual(outcome.code, 1)
        last = outcome.events()[-1]
        self.assertEqual((last["id"], last["type"], last["previousEventId"]), (25_000, "ExecutionFailed", 24_999))
        self.assertEqual(last["executionFailedEventDetails"], {
            "error": "States.Runtime",
            "cause": "The execution reached the maximum number of history events (25000)."})

    def test_a_handler_that_exits(self):
        self.failed("exits", "Runtime.ExitError", "exit status 3")

    def test_a_handler_that_is_killed(self):
        self.failed("is_killed", "Runtime.ExitError", "signal: killed")

    def test_a_handler_that_is_not_there(self):
        self.failed("nobody", "Runtime.HandlerNotFound", "nobody")

    def test_a_handler_that_returns_garbage(self):
        self.failed("returns_garbage", "Runtime.MarshalError")

    def test_a_handler_that_prints_garbage(self):
        outcome = self.called("prints_garbage", "--function-timeout", "10")
        self.assertEqual((outcome.code, outcome.json()), (0, {"ok": True}))

    def test_a_handler_that_never_answers(self):
        outcome = self.called("never_answers", "--function-timeout", "1")
        self.assertEqual(outcome.code, 1)
        self.assertIn("Task timed out after 1.00 seconds", outcome.err)

    def test_a_handler_that_returns_7_mb(self):
        self.failed("returns_7_mb", "Function.ResponseSizeTooLarge")

    def test_a_handler_that_returns_more_than_a_state_may(self):
        self.failed("returns_300_kb", "States.DataLimitExceeded")

    def test_a_handler_with_a_mistake_in_it(self):
        self.write("handlers.py", "def broken(:\n")
        self.failed("broken", "Runtime.UserCodeSyntaxError")


if __name__ == "__main__":
    unittest.main()
