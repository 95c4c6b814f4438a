# SPDX-License-Identifier: Apache-2.0
"""`pawl validate`, `graph`, `completion`, `--version` and `--help`."""
import json
import os
import shutil
import subprocess
import time
import unittest
import xml.etree.ElementTree as ElementTree

from cli_case import CliCase, machine

GOOD = machine({"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}})
BAD = machine({"A": {"Type": "Pass", "Next": "C"}})


class Validate(CliCase):
    def test_good_and_bad(self):
        self.write("good.json", GOOD)
        self.write("bad.json", BAD)
        outcome = self.pawl("validate", "good.json")
        self.assertEqual((outcome.code, outcome.err), (0, "good.json: valid (STANDARD, 2 states)\n"))
        outcome = self.pawl("validate", "good.json", "bad.json", "nowhere.json")
        self.assertEqual(outcome.code, 2)
        for fragment in ("good.json: valid", "bad.json:1:", "nowhere.json: No such file"):
            self.assertIn(fragment, outcome.err)

    def test_json_is_what_the_api_answers(self):
        self.write("good.json", GOOD)
        self.write("bad.json", BAD)
        outcome = self.pawl("validate", "--json", "good.json")
        self.assertEqual((outcome.code, outcome.err), (0, ""))
        self.assertEqual(outcome.json(), {"result": "OK", "diagnostics": [], "truncated": False})
        outcome = self.pawl("validate", "--json", "bad.json")
        self.assertEqual(outcome.code, 2)
        answer = outcome.json()
        self.assertEqual((answer["result"], answer["truncated"]), ("FAIL", False))
        self.assertIn({"severity": "ERROR", "code": "MISSING_TRANSITION_TARGET", "location": "/States/A/Next",
                       "message": "Missing 'Next' target: C"}, answer["diagnostics"])

    def test_json_of_several_files_is_one_a_line(self):
        self.write("good.json", GOOD)
        self.write("bad.json", BAD)
        lines = [json.loads(line) for line in self.pawl("validate", "--json", "good.json", "bad.json").out.splitlines()]
        self.assertEqual([(line["file"], line["result"]) for line in lines], [("good.json", "OK"), ("bad.json", "FAIL")])

    def test_yaml_places_are_those_of_the_yaml(self):
        self.write("bad.yaml", "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: C\n")
        self.assertIn("bad.yaml:5:5: error", self.pawl("validate", "bad.yaml").err)


class Graph(CliCase):
    def test_svg(self):
        self.write("good.json", GOOD)
        outcome = self.pawl("graph", "good.json", "-o", "good.svg")
        self.assertEqual((outcome.code, outcome.out, outcome.err), (0, "", ""))
        root = ElementTree.parse(self.path("good.svg")).getroot()
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        for text in ("A", "B", "Start", "End"):
            self.assertIn(text, texts)

    def test_svg_on_stdout_and_positions_as_json(self):
        self.write("good.json", GOOD)
        ElementTree.fromstring(self.pawl("graph", "good.json", "-o", "-").out)
        self.assertEqual(self.pawl("graph", "good.json", "-o", "good.json.json").code, 0)
        with open(self.path("good.json.json"), encoding="utf-8") as file:
            positions = json.load(file)
        self.assertEqual([node["name"] for node in positions["nodes"] if node["kind"] == "State"], ["A", "B"])

    def test_markup_in_names_is_inert(self):
        name = "</text><script>alert('1')</script>&\""
        self.write("evil.json", machine({name: {"Type": "Pass", "End": True}}))
        svg = self.pawl("graph", "evil.json", "-o", "-").out
        self.assertNotIn("<script", svg)
        self.assertIn("</text><script>alert('1')</", "".join(ElementTree.fromstring(svg).itertext()))

    def test_a_definition_with_mistakes_is_drawn(self):
        outcome = self.pawl("graph", self.write("bad.json", BAD), "-o", "-")
        self.assertEqual(outcome.code, 0)
        self.assertIn("bad.json has mistakes", outcome.err)

    def test_what_cannot_be_drawn_is_refused(self):
        self.assert_refused(self.pawl("graph", self.write("x.json", "{"), "-o", "-"), "x.json:1:")
        self.assert_refused(self.pawl("graph", self.write("x.json", "[]"), "-o", "-"), "x.json")
        self.write("good.json", GOOD)
        outcome = self.pawl("graph", "good.json", "-o", "no/such/folder.svg")
        self.assertEqual(outcome.code, 1)


class Completion(CliCase):
    def bash(self, script, *words):
        """The completions of the last of these words."""
        listed = " ".join("'" + word + "'" for word in words)
        command = (f"{script}\nshopt -s extglob\ncompopt() {{ :; }}\nCOMP_WORDS=({listed})\n"
                   f"COMP_CWORD={len(words) - 1}\n_pawl\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"")
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=20, check=True)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode().split()

    def test_bash(self):
        script = self.pawl("completion", "bash").out
        self.write("machine.json", GOOD)
        self.write("notes.txt", "")
        self.write("f.py", "")
        self.assertIn("validate", self.bash(script, "pawl", "v"))
        self.assertEqual(set(self.bash(script, "pawl", "run", "--function")),
                         {"--function", "--function-timeout", "--function-env"})
        self.assertEqual(self.bash(script, "pawl", "run", "--type", ""), ["STANDARD", "EXPRESS"])
        self.assertEqual(self.bash(script, "pawl", "run", "--history", "=", "t"), ["table"])
        self.assertEqual(self.bash(script, "pawl", "run", ""), ["machine.json"])
        self.assertEqual(self.bash(script, "pawl", "run", "--input", "@ma"), ["@machine.json"])
        self.assertEqual(self.bash(script, "pawl", "run", "--function", "name", "=", "f"), ["f.py"])
        self.assertEqual(self.bash(script, "pawl", "completion", ""), ["bash", "zsh", "fish"])

    def test_the_shells_can_read_their_scripts(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.pawl("completion", shell).out
            for option in ("input", "function-env", "virtual-time", "quiet"):
                self.assertIn(option, script)
            if shutil.which(shell):
                self.write("script", script)
                subprocess.run([shell, "-n", self.path("script")], timeout=20, check=True)


class Program(CliCase):
    def test_version(self):
        self.assertRegex(self.pawl("--version").out, r"^pawl \d+\.\d+\.\d+\n$")

    def test_help_of_every_command(self):
        outcome = self.pawl("--help")
        self.assertEqual((outcome.code, outcome.err), (0, ""))
        for command in ("run", "validate", "graph", "completion"):
            self.assertIn(command, outcome.out)
            own = self.pawl(command, "--help")
            self.assertEqual((own.code, own.err), (0, ""))
            self.assertIn("Examples:", own.out)
            self.assertIn(f"pawl {command}", own.out)

    def test_it_starts_quickly(self):
        self.pawl("--version")
        times = []
        for _ in range(10):
            began = time.monotonic()
            subprocess.run([os.environ["PAWL"], "--version"], stdout=subprocess.DEVNULL, check=True)
            times.append(time.monotonic() - began)
        self.assertLess(min(times), 0.25)  # generous: sanitizers and shared machines; 5 ms is usual

    def test_a_reader_that_leaves_is_no_crash(self):
        self.write("machine.json", machine({"A": {"Type": "Pass", "Result": ["x" * 1000] * 200, "End": True}}))
        process = subprocess.Popen([os.environ["PAWL"], "run", "machine.json", "-q"], cwd=self.folder,
                                   stdout=subprocess.PIPE)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=20), 0)


if __name__ == "__main__":
    unittest.main()
