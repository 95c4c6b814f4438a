// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { contentKind, parseCsv, pictureType } from "./object-content";
import { stepsOf } from "./PrefixTrail";

test.each([
  ["a.PNG", "", "picture"],
  ["a", "image/webp", "picture"],
  ["a.json", "binary/octet-stream", "json"],
  ["a", "application/json; charset=utf-8", "json"],
  ["a.csv", "", "csv"],
  ["a.tar.gz", "", "gzip"],
  ["a", "text/plain", "text"],
  ["a.bin", "binary/octet-stream", "other"],
])("%s (%s) is %s", (key, type, kind) => expect(contentKind(key, type)).toBe(kind));

test("only types of pictures are given to an <img>", () => {
  expect(pictureType("a.svg", "text/html")).toBe("image/svg+xml");
  expect(pictureType("a.html", "text/html")).toBeUndefined();
});

test("CSV: quotes, separators and lines within them, what ends without a newline", () => {
  expect(parseCsv('a,"b, ""c""\nd",e\r\n\r\n1,,3', ",", 10)).toEqual([
    ["a", 'b, "c"\nd', "e"],
    ["1", "", "3"],
  ]);
  expect(parseCsv("1\n2\n3\n", ",", 2)).toEqual([["1"], ["2"]]);
});

test("folders of a prefix, also those without a name", () => {
  expect(stepsOf("a/b c//d")).toEqual([
    { text: "a", prefix: "a/" },
    { text: "b c", prefix: "a/b c/" },
    { text: "", prefix: "a/b c//" },
  ]);
  expect(stepsOf("file")).toEqual([]);
});
