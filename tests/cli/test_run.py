# SPDX-License-Identifier: Apache-2.0
"""`pawl run` where everything is in order: output, streams, exit codes, histories, functions, options."""
import json
import os
import pty
import select
import signal
import subprocess
import time
import unittest

from cli_case import FUNCTION_ARN, CliCase, machine, task

PASS = machine({"A": {"Type": "Pass", "End": True}})

FUNCTIONS_PY = """
import os, sys, time

def echo(event, context):
    return event

def greet(event, context):
    print("hello on stdout")
    print("hello on stderr", file=sys.stderr)
    return {"greeting": "Hello " + event["name"], "function": context.function_name}

def environment(event, context):
    return dict(os.environ)

def fails(event, context):
    raise ValueError("not today")

def sleeps(event, context):
    time.sleep(600)
"""


class Output(CliCase):
    def test_output_is_all_that_stdout_gets(self):
        outcome = self.run_machine(PASS, "--input", '{"b": 1.10, "a": [1, {"x": null}]}')
        self.assertEqual(outcome.code, 0, outcome.err)
        self.assertEqual(outcome.json(), {"b": 1.10, "a": [1, {"x": None}]})
        self.assertIn('"b": 1.10', outcome.out, "numbers keep their digits")
        self.assertIn("→ A (Pass)", outcome.err)

    def test_quiet_says_nothing_else(self):
        outcome = self.run_machine(PASS, "--quiet")
        self.assertEqual((outcome.code, outcome.out, outcome.err), (0, "{}\n", ""))

    def test_input_from_file_and_standard_input(self):
        self.write("in.json", '{"from": "file"}')
        self.assertEqual(self.run_machine(PASS, "--input", "@in.json").json(), {"from": "file"})
        self.assertEqual(self.run_machine(PASS, "--input", "-", stdin="[1, 2]").json(), [1, 2])
        self.assertEqual(self.run_machine(PASS, "--input=-5").json(), -5)

    def test_definition_from_standard_input(self):
        outcome = self.pawl("run", "-", "-q", stdin=json.dumps(PASS))
        self.assertEqual((outcome.code, outcome.out), (0, "{}\n"))

    def test_yaml_by_suffix_and_by_content(self):
        text = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Result: {n: 1, s: text}\n    End: true\n"
        for name in ("machine.yaml", "machine.asl.yml", "machine"):
            outcome = self.pawl("run", self.write(name, text), "-q")
            self.assertEqual(outcome.json(), {"n": 1, "s": "text"}, name)

    def test_a_failed_execution_exits_with_1(self):
        definition = machine({"F": {"Type": "Fail", "Error": "Bad", "Cause": "because \u001b[31mred"}})
        outcome = self.run_machine(definition)
        self.assertEqual((outcome.code, outcome.out), (1, ""))
        self.assertIn('FAILED in state "F": Bad\nbecause red\n', outcome.err)

    def test_machine_timeout_exits_with_1(self):
        definition = {"TimeoutSeconds": 5, **machine({"W": {"Type": "Wait", "Seconds": 60, "End": True}})}
        outcome = self.run_machine(definition, "--virtual-time")
        self.assertEqual(outcome.code, 1)
        self.assertIn("TIMED_OUT", outcome.err)

    def test_virtual_time_skips_waits(self):
        definition = machine({"W": {"Type": "Wait", "Seconds": 2_000_000, "Next": "E"}, "E": {"Type": "Succeed"}})
        began = time.monotonic()
        events = self.run_machine(definition, "--virtual-time", "--history").events()
        self.assertLess(time.monotonic() - began, 10)
        self.assertAlmostEqual(events[-1]["timestamp"] - events[0]["timestamp"], 2_000_000, delta=1)

    def test_express_and_extended_limits(self):
        self.write("large.json", json.dumps("x" * 300_000))
        self.assertEqual(self.run_machine(PASS, "--input", "@large.json").code, 2)
        outcome = self.run_machine(PASS, "--input", "@large.json", "--limits", "extended", "--type", "express", "-q")
        self.assertEqual((outcome.code, len(outcome.out)), (0, 300_003))


class History(CliCase):
    def test_json_is_what_the_api_answers(self):
        outcome = self.run_machine(PASS, "--history", "--input", '{"a":  1}', "--name", "one", "--region", "eu-west-3",
                                   "--account", "111122223333")
        self.assertEqual(outcome.code, 0, outcome.err)
        events = outcome.events()
        self.assertEqual([e["type"] for e in events],
                         ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"])
        self.assertEqual([e["id"] for e in events], [1, 2, 3, 4])
        self.assertEqual([e["previousEventId"] for e in events], [0, 0, 2, 3])
        self.assertEqual(events[1]["stateEnteredEventDetails"]["input"], '{"a":  1}', "as written")

    def test_context_object_has_names_and_arns(self):
        definition = machine({"A": {"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": True}})
        context = self.run_machine(definition, "--name", "one", "--region", "eu-west-3",
                                   "--account", "111122223333").json()["c"]
        self.assertEqual(context["Execution"]["Id"], "arn:aws:states:eu-west-3:111122223333:execution:machine:one")
        self.assertEqual(context["Execution"]["Name"], "one")
        self.assertEqual(context["StateMachine"]["Id"], "arn:aws:states:eu-west-3:111122223333:stateMachine:machine")

    def test_table(self):
        outcome = self.run_machine(PASS, "--history=table")
        self.assertEqual(len(outcome.out.splitlines()), 5)
        self.assertIn("PassStateEntered", outcome.out)

    def test_the_history_of_a_failure_is_printed_too(self):
        outcome = self.run_machine(machine({"F": {"Type": "Fail", "Error": "E"}}), "--history")
        self.assertEqual(outcome.code, 1)
        self.assertEqual(outcome.events()[-1]["executionFailedEventDetails"], {"error": "E"})


class Functions(CliCase):
    def setUp(self):
        super().setUp()
        self.write("functions.py", FUNCTIONS_PY)
        self.write("node.mjs", "export const handler = async (event) => ({node: event.n + 1});\n")

    def test_python_by_arn_and_node_by_invoke(self):
        definition = machine({
            "Greet": {"Type": "Task", "Resource": FUNCTION_ARN + "greet:live", "ResultPath": "$.greet", "Next": "Node"},
            "Node": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True,
                     "Parameters": {"FunctionName": "count", "Payload.$": "$"}, "OutputPath": "$.Payload"}})
        outcome = self.run_machine(definition, "--function", "greet=functions.py:greet",
                                   "--function", "count=node.mjs:handler", "--input", '{"name": "Ada", "n": 41}',
                                   "--function-timeout", "20")
        self.assertEqual(outcome.code, 0, outcome.err)
        self.assertEqual(outcome.json(), {"node": 42})
        self.assertIn("[greet] hello on stdout", outcome.err)
        self.assertIn("[greet] hello on stderr", outcome.err)

    def test_functions_inherit_nothing(self):
        outcome = self.run_machine(machine({"T": task("e")}), "--function", "e=functions.py:environment", "-q",
                                   "--function-timeout", "20", "--env", "SHARED=1", "--env", "BOTH=shared",
                                   "--function-env", "e:BOTH=own=x", environment={"SECRET_OF_MINE": "1"})
        self.assertEqual(outcome.code, 0, outcome.err)
        environment = outcome.json()
        self.assertNotIn("SECRET_OF_MINE", environment)
        self.assertEqual((environment["SHARED"], environment["BOTH"]), ("1", "own=x"))
        self.assertEqual(environment["AWS_LAMBDA_FUNCTION_NAME"], "e")

    def test_a_map_calls_functions_at_once(self):
        definition = machine({"Each": {"Type": "Map", "ItemsPath": "$", "End": True, "MaxConcurrency": 4,
                                       "ItemProcessor": machine({"T": task("f")})}})
        outcome = self.run_machine(definition, "--function", "f=functions.py:echo", "--function-timeout", "20", "-q",
                                   "--input", "[1,2,3,4,5,6,7,8]")
        self.assertEqual(outcome.json(), [1, 2, 3, 4, 5, 6, 7, 8])

    def test_a_name_known_at_run_time_only(self):
        definition = machine({"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True,
                                    "Parameters": {"FunctionName.$": "$.f"}}})
        outcome = self.run_machine(definition, "--input", '{"f": "nobody"}', "--history")
        self.assertEqual(outcome.code, 1)
        failed = outcome.events()[-1]["executionFailedEventDetails"]
        self.assertEqual(failed["error"], "Lambda.ResourceNotFoundException")
        self.assertIn("Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody", failed["cause"])

    def test_an_error_can_be_retried_and_caught(self):
        definition = machine({
            "T": task("f", Retry=[{"ErrorEquals": ["ValueError"], "MaxAttempts": 2}],
                      Catch=[{"ErrorEquals": ["ValueError"], "Next": "C"}]),
            "C": {"Type": "Pass", "OutputPath": "$.Error", "End": True}})
        outcome = self.run_machine(definition, "--function", "f=functions.py:fails", "--virtual-time", "--history",
                                   "--function-timeout", "20")
        self.assertEqual(outcome.code, 0, outcome.err)
        types = [e["type"] for e in outcome.events()]
        self.assertEqual(types.count("LambdaFunctionFailed"), 3)

    def interrupted(self, interrupts):
        definition = self.write("machine.json", machine({"T": task("f"), }))
        process = subprocess.Popen(
            [os.environ["PAWL"], "run", definition, "--function", "f=functions.py:sleeps", "--function-timeout", "300"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        line = process.stderr.readline()  # it is running
        self.assertIn("→ T".encode(), line)
        for _ in range(interrupts):
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err.decode()

    def test_ctrl_c_aborts(self):
        code, out, err = self.interrupted(1)
        self.assertEqual((code, out), (1, b""), err)
        self.assertIn("ABORTED", err)


class Terminal(CliCase):
    def on_terminal(self, *arguments):
        """What a terminal gets on stderr, until the program ends."""
        primary, secondary = pty.openpty()
        process = subprocess.Popen([os.environ["PAWL"], *arguments], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=secondary, env={**os.environ, "TERM": "xterm", "NO_COLOR": ""})
        os.close(secondary)
        shown = b""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if not select.select([primary], [], [], 1)[0]:
                continue
            try:
                shown += os.read(primary, 65536)
            except OSError:  # the other end is closed
                break
        os.close(primary)
        out, _ = process.communicate(timeout=20)
        return process.returncode, out.decode(), shown.decode()

    def test_the_tree_is_drawn_in_place(self):
        self.write("machine.json", machine({
            "Both": {"Type": "Parallel", "End": True, "Branches": [
                machine({"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}),
                machine({"Quick": {"Type": "Pass", "End": True}})]}}))
        code, out, shown = self.on_terminal("run", "machine.json")
        self.assertEqual((code, json.loads(out)), (0, [{}, {}]))
        self.assertIn("\x1b[J", shown)
        last = shown.split("\x1b[J")[-1]
        for fragment in ("SUCCEEDED", "✔", "Both", "branch 1", "Quick"):
            self.assertIn(fragment, last)

    def test_names_cannot_act_on_the_terminal(self):
        self.write("machine.json", machine({"A\u001b[2Jname": {"Type": "Pass", "End": True}}))
        _, _, shown = self.on_terminal("run", "machine.json")
        self.assertNotIn("\x1b[2J", shown)


if __name__ == "__main__":
    unittest.main()
