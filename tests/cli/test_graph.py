# SPDX-License-Identifier: Apache-2.0
"""`pawl graph`: pictures looked into pixel by pixel, light and dark, of definitions and of executions that a server has."""
import io
import json
import os
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "server"))
from cli_case import CliCase, machine  # noqa: E402
from server_case import ServerCase  # noqa: E402

try:
    from PIL import Image
except ImportError:
    print("skipped: no Pillow")
    sys.exit(77)

COLORS = os.path.join(HERE, "..", "..", "console", "src", "app", "colors.css")
PNG = b"\x89PNG\r\n\x1a\n"
GOOD = machine({"First": {"Type": "Pass", "Next": "Second"}, "Second": {"Type": "Fail", "Error": "No"}})
HISTORY = {"events": [
    {"id": 1, "previousEventId": 0, "type": "ExecutionStarted"},
    {"id": 2, "previousEventId": 0, "type": "PassStateEntered", "stateEnteredEventDetails": {"name": "First"}},
    {"id": 3, "previousEventId": 2, "type": "PassStateExited", "stateExitedEventDetails": {"name": "First"}},
    {"id": 4, "previousEventId": 3, "type": "FailStateEntered", "stateEnteredEventDetails": {"name": "Second"}},
    {"id": 5, "previousEventId": 4, "type": "ExecutionFailed"}]}


def color(name, theme="light"):
    """(red, green, blue) of a custom property of the console."""
    with open(COLORS, encoding="utf-8") as file:
        light, dark = file.read().split(".awsui-dark-mode")
    text = re.search(rf"--pawl-{name}: #(\w+);", dark if theme == "dark" else light).group(1)
    return tuple(int(text[at:at + 2], 16) for at in (0, 2, 4))


class Picture:
    """A PNG, and where the states are in it."""

    def __init__(self, png, positions, scale=2):
        self.image = Image.open(io.BytesIO(png)).convert("RGB")
        self.states = {node["name"]: node for node in positions["nodes"] if node["kind"] == "State"}
        self.scale = scale

    def at(self, name, dx, dy):
        """The colour at this distance from the state's upper left corner; negative: from the other side."""
        box = self.states[name]
        x = box["x"] + dx + (box["width"] if dx < 0 else 0)
        y = box["y"] + dy + (box["height"] if dy < 0 else 0)
        return self.image.getpixel((round(x * self.scale), round(y * self.scale)))

    def fill(self, name):
        return self.at(name, 6, 26)

    def tile(self, name):
        return self.at(name, 14, 26)


class Pictures(CliCase):
    def picture(self, *arguments, definition="m.json", scale=2):
        outcome = self.pawl("graph", definition, "-o", "m.png", *arguments)
        self.assertEqual((outcome.code, outcome.out, outcome.err), (0, "", ""))
        self.assertEqual(self.pawl("graph", definition, "-o", "positions.json").code, 0)
        with open(self.path("m.png"), "rb") as png, open(self.path("positions.json"), encoding="utf-8") as positions:
            bytes, positions = png.read(), json.load(positions)
        self.assertTrue(bytes.startswith(PNG))
        picture = Picture(bytes, positions, scale)
        self.assertAlmostEqual(picture.image.width, positions["width"] * scale, delta=1)
        self.assertAlmostEqual(picture.image.height, positions["height"] * scale, delta=1)
        return picture

    def test_a_definition_light_and_dark(self):
        self.write("m.json", GOOD)
        for theme, arguments in (("light", ()), ("light", ("--theme", "light")), ("dark", ("--theme", "dark")), ("dark", ("--dark",))):
            with self.subTest(arguments=arguments):
                picture = self.picture(*arguments)
                right, bottom = picture.image.width - 1, picture.image.height - 1
                for corner in ((0, 0), (right, 0), (0, bottom), (right, bottom), (right // 4, 0), (right // 4, bottom)):
                    self.assertEqual(picture.image.getpixel(corner), color("graph-canvas", theme))
                self.assertEqual(picture.fill("First"), color("graph-node", theme))
                self.assertEqual(picture.tile("First"), color("type-pass", theme))
                self.assertEqual(picture.tile("Second"), color("type-fail", theme))

    def test_there_is_text_and_it_differs_by_name(self):
        """Boxes of missing glyphs would be the same for names of one length."""
        pictures = []
        for name in ("nnnnnn", "oooooo"):
            self.write("m.json", machine({name: {"Type": "Succeed"}}))
            picture = self.picture()
            box = picture.states[name]
            pictures.append(picture.image.crop([round(2 * v) for v in (box["x"] + 46, box["y"] + 8, box["x"] + 100, box["y"] + 26)]))
        self.assertNotEqual(pictures[0].tobytes(), pictures[1].tobytes())
        self.assertIn(color("graph-text"), [pixel for _, pixel in pictures[0].getcolors(1 << 20)])

    def test_an_execution_by_its_events(self):
        self.write("m.json", GOOD)
        self.write("h.json", HISTORY)
        for theme in ("light", "dark"):
            picture = self.picture("--events", "h.json", "--theme", theme)
            self.assertEqual(picture.fill("First"), color("status-succeeded-fill", theme))
            self.assertEqual(picture.fill("Second"), color("status-failed-fill", theme))
            # The mark on the corner: a disc of the status' colour.
            self.assertEqual(picture.at("Second", -5, 10.5), color("status-failed", theme))

    def test_scale(self):
        self.write("m.json", GOOD)
        for scale in (0.5, 1, 3):
            self.picture("--scale", str(scale), scale=scale)

    def test_names_of_all_kinds(self):
        names = ["<b>&\"'</b>", "\u202eright\u202c to left \u05e9\u05dc\u05d5\u05dd", "\U0001f680 launch", "\u0627\u0644\u062d\u0627\u0644\u0629", "n" * 80, "a\u0301"]
        states = {name: {"Type": "Pass", "Next": after} for name, after in zip(names, names[1:])}
        self.write("m.json", machine({**states, names[-1]: {"Type": "Pass", "End": True}}, names[0]))
        picture = self.picture()
        for name in names:
            self.assertEqual(picture.tile(name), color("type-pass"), name)

    def test_a_huge_definition_is_made_to_fit(self):
        count = 1_500
        self.write("m.json", machine({f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(count)} | {f"S{count}": {"Type": "Succeed"}}))
        self.assertEqual(self.pawl("graph", "m.json", "-o", "m.png").code, 0)
        with Image.open(self.path("m.png")) as image:
            self.assertLessEqual(max(image.size), 32_000)
        self.assert_refused(self.pawl("graph", "m.json", "-o", "m.png", "--scale", "2"), "64 million")
        self.write("m.json", machine({f"S{i}": {"Type": "Succeed"} for i in range(2_001)}))
        self.assert_refused(self.pawl("graph", "m.json", "-o", "m.png"), "too many to draw")

    def test_a_machine_without_fonts_is_told_what_to_install(self):
        self.write("m.json", GOOD)
        self.write("fonts.conf", "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig></fontconfig>")
        environment = {"FONTCONFIG_FILE": self.path("fonts.conf")}
        outcome = self.pawl("graph", "m.json", "-o", "m.png", environment=environment)
        self.assert_refused(outcome, "fonts-dejavu-core")
        self.assertEqual(self.pawl("graph", "m.json", "-o", "m.svg", environment=environment).code, 0)

    def test_bad_input(self):
        self.write("m.json", GOOD)
        arn = "arn:aws:states:us-east-1:000000000000:execution:m:n"
        for arguments, fragment in (
            (("-o", "m.png"), "give one of them"),
            (("m.json", "--execution", arn, "-o", "m.png"), "give one of them"),
            (("--execution", arn, "--events", "h.json", "-o", "m.png"), "leave out --events"),
            (("m.json", "-o", "m.png", "--scale", "-1"), "0.1 to 16"),
            (("m.json", "-o", "m.png", "--scale", "nan"), "--scale"),
            (("m.json", "-o", "m.png", "--theme", "pink"), "'pink'"),
            (("--execution", arn, "-o", "m.png", "--endpoint", "ftp://x"), "ftp://x"),
        ):
            with self.subTest(arguments=arguments):
                self.assert_refused(self.pawl("graph", *arguments), fragment)
        outcome = self.pawl("graph", "m.json", "-o", "no/such/folder.png")
        self.assertEqual(outcome.code, 1)
        self.assertIn("no/such/folder.png", outcome.err)
        outcome = self.pawl("graph", "--execution", arn, "-o", "m.png", "--endpoint", "http://127.0.0.1:1")
        self.assertEqual(outcome.code, 1)
        self.assertIn("Connection refused", outcome.err)
        self.assertFalse(os.path.exists(self.path("m.png")))


class StoredExecutions(ServerCase):
    def start(self, definition, kind="STANDARD"):
        """The ARN of an execution that has ended."""
        made = self.call(self.server, "CreateStateMachine", {"name": f"m{kind}", "definition": json.dumps(definition), "type": kind,
                                                             "roleArn": "arn:aws:iam::000000000000:role/r"}).json()
        arn = self.call(self.server, "StartExecution", {"stateMachineArn": made["stateMachineArn"], "name": "n"}).json()["executionArn"]
        while kind == "STANDARD":
            if self.call(self.server, "DescribeExecution", {"executionArn": arn}).json()["status"] != "RUNNING":
                break
        return arn

    def graph(self, arn, output):
        return subprocess.run([os.environ["PAWL"], "graph", "--execution", arn, "-o", f"{self.folder}/{output}", "--endpoint",
                               f"http://{self.server.host}:{self.server.port}"], capture_output=True, text=True, timeout=60)

    def test_the_definition_and_the_history_come_from_the_server(self):
        self.server = self.serve()
        item = {"StartAt": "Even?", "States": {
            "Even?": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 1, "Next": "Odd"}], "Default": "Fine"},
            "Odd": {"Type": "Fail", "Error": "Odd"}, "Fine": {"Type": "Succeed"}}}
        definition = machine({
            "Items": {"Type": "Pass", "Result": [0, 1, 2], "Next": "Each"},
            "Each": {"Type": "Map", "ItemProcessor": item, "MaxConcurrency": 1, "Catch": [{"ErrorEquals": ["Odd"], "Next": "Caught"}],
                     "End": True},
            "Caught": {"Type": "Succeed"}, "Never": {"Type": "Succeed"}})
        definition["States"]["Each"].pop("End")
        definition["States"]["Each"]["Next"] = "Never"
        arn = self.start(definition)
        done = self.graph(arn, "x.svg")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        root = ElementTree.parse(f"{self.folder}/x.svg").getroot()
        titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
        self.assertEqual(titles[0], "n")
        for title in ("Each (1 of 3 items, 1 failed · Map · for each item), failed and caught", "Caught (Succeed), succeeded",
                      "Never (Succeed), not entered", "Odd (Fail · Odd), failed"):
            self.assertIn(title, titles)
        done = self.graph(arn, "x.png")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with open(f"{self.folder}/x.png", "rb") as file:
            colors = {pixel for _, pixel in Image.open(file).convert("RGB").getcolors(1 << 24)}
        for name in ("status-succeeded-fill", "status-caught-fill", "status-failed-fill"):
            self.assertIn(color(name), colors, name)

    def test_a_map_run_is_counted(self):
        self.server = self.serve()
        item = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Child",
                "States": {"Child": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 1, "Next": "Odd"}], "Default": "Fine"},
                           "Odd": {"Type": "Fail", "Error": "Odd"}, "Fine": {"Type": "Succeed"}}}
        arn = self.start(machine({"Items": {"Type": "Pass", "Result": [0, 1, 2], "Next": "Each"},
                                  "Each": {"Type": "Map", "ItemProcessor": item, "ToleratedFailureCount": 1, "End": True}}))
        done = self.graph(arn, "x.svg")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with open(f"{self.folder}/x.svg", encoding="utf-8") as file:
            self.assertIn("Each (2 of 3 items, 1 failed, Map Run succeeded · Map · distributed), succeeded", file.read())

    def test_executions_that_are_not_there_or_keep_no_history(self):
        self.server = self.serve()
        for arn, fragment in (("arn:aws:states:us-east-1:000000000000:execution:m:none", "ExecutionDoesNotExist"), ("nonsense", "InvalidArn"),
                              (self.start(machine({"A": {"Type": "Succeed"}}), "EXPRESS"), "InvalidArn")):
            with self.subTest(arn=arn):
                done = self.graph(arn, "x.png")
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(fragment, done.stderr)
                self.assertFalse(os.path.exists(f"{self.folder}/x.png"))


if __name__ == "__main__":
    unittest.main()
