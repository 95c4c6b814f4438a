# SPDX-License-Identifier: Apache-2.0
"""tidy.py must fail on what it forbids."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
import tidy  # noqa: E402

TOP = "// SPDX-License-Identifier: Apache-2.0\n"


class TidyTest(unittest.TestCase):
    def mistakes(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w") as f:
                    f.write(text)
            return tidy.check(root)

    def assert_finds(self, files, words):
        found = self.mistakes(files)
        self.assertTrue(any(words in mistake for mistake in found), found)

    def test_order_is_silent(self):
        self.assertEqual(self.mistakes({"src/json/a.cc": TOP + '#include "json/a.h"\n#include "base/b.h"\n',
                                        "src/json/a.h": TOP + "#pragma once\n", "src/base/b.h": TOP + "#pragma once\n"}), [])

    def test_upward_include(self):
        self.assert_finds({"src/json/a.cc": TOP + '#include "engine/x.h"\n'}, "layer engine is not below it")

    def test_services_never_include_the_engine(self):
        self.assert_finds({"src/services/lambda/a.cc": TOP + '#include "engine/x.h"\n'}, "layer engine is not below it")

    def test_clock_in_a_pure_folder(self):
        self.assert_finds({"src/interpreter/a.cc": TOP + "#include <chrono>\n"}, "<chrono> is banned")

    def test_unknown_folder(self):
        self.assert_finds({"src/other/a.cc": TOP}, "not in the table of layers")

    def test_sizes(self):
        self.assert_finds({"src/base/a.cc": TOP + "int x;\n" * 801}, "a file may have 800")
        self.assert_finds({"src/base/a.cc": TOP + "int " + "x" * 120 + ";\n"}, "a line may have 100")
        self.assert_finds({"src/base/a.cc": TOP + "void f(int a) {\n" + "  a = 1;\n" * 80 + "}\n"}, "70 are allowed")

    def test_headers(self):
        self.assert_finds({"src/base/a.h": TOP}, "no #pragma once")
        self.assert_finds({"src/base/a.h": TOP + "#pragma once\n"}, "nobody includes it")
        self.assert_finds({"src/base/a.h": TOP + '#pragma once\n#include "base/b.h"\n',
                           "src/base/b.h": TOP + '#pragma once\n#include "base/a.h"\n'}, "circular include")

    def test_words(self):
        self.assert_finds({"src/base/a.cc": "int x;\n"}, "no SPDX line")
        self.assert_finds({"src/base/a.cc": TOP + "// TO" + "DO later\n"}, "TODO without a name")
        self.assert_finds({"src/base/string_utils.cc": TOP}, "a name that says nothing")


if __name__ == "__main__":
    unittest.main()
