# SPDX-License-Identifier: Apache-2.0
"""pawl query: results, errors with their place, --explain, JSONPath."""
import json
import unittest

from cli_case import CliCase


class QueryTest(CliCase):
    def query(self, *arguments, document=None):
        options = ["--input", "-"] if document is not None else []
        return self.pawl("query", *arguments, *options,
                         stdin="" if document is None else json.dumps(document))

    def test_a_result_goes_to_stdout(self):
        answer = self.query("$sum(items.price)", document={"items": [{"price": 1.5}, {"price": 2}]})
        self.assertEqual((answer.code, answer.out.strip()), (0, "3.5"))

    def test_undefined_prints_nothing(self):
        answer = self.query("nothing.here", document={})
        self.assertEqual((answer.code, answer.out), (0, ""))

    def test_the_current_language_is_default(self):
        self.assertEqual(self.query('x ?? "none"', document={}).out.strip(), '"none"')
        self.assertEqual(self.query("--states", 'x ?? "none"', document={}).code, 2)

    def test_a_syntax_error_shows_its_place(self):
        answer = self.query("1 + ", document={})
        self.assertEqual(answer.code, 2)
        self.assertIn("S0207: Unexpected end of expression", answer.err)
        self.assertIn("^", answer.err)

    def test_an_evaluation_error_shows_code_token_and_place(self):
        answer = self.query("1 + 'a'")
        self.assertEqual(answer.code, 1)
        self.assertIn('T2002: The right side of the "+" operator must evaluate to a number', answer.err)

    def test_explain_shows_each_step(self):
        answer = self.query("--explain", "a.b + 1", document={"a": {"b": 2}})
        self.assertEqual(answer.out.strip(), "3")
        self.assertIn("a.b  =  2", answer.err)

    def test_bounds_hold(self):
        for expression in ("($f := function($x){ 1 + $f($x) }; $f(1))", "($f := function($x){ $f($x + 1) }; $f(1))",
                           "$match('" + "a" * 40 + "b', /^(a+)+$/)", "[1..10000001]"):
            with self.subTest(expression[:40]):
                self.assertEqual(self.query("--states", expression).code, 1)

    def test_jsonpath(self):
        answer = self.query("--jsonpath", "$.items[?(@.qty > 2)].id", document={"items": [{"id": 1, "qty": 3}]})
        self.assertEqual(json.loads(answer.out), [1])

    def test_input_that_is_no_json_is_refused_with_its_place(self):
        answer = self.pawl("query", "a", "--input", "-", stdin="{")
        self.assertEqual(answer.code, 2)
        self.assertRegex(answer.err, r"-:1:\d+")


if __name__ == "__main__":
    unittest.main()
