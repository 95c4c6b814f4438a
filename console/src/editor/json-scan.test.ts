// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { findMistake, formatJson } from "./json-scan";

describe("findMistake", () => {
  const cases: [string, number, RegExp][] = [
    ["", 0, /empty/],
    ["{", 1, /object does not end/],
    ['{"a": 1,}', 8, /No comma/],
    ['{"a" 1}', 5, /colon/],
    ['{"a": }', 6, /value is missing/],
    ['{"a": 1 "b": 2}', 8, /comma is missing/],
    ["[1, 2", 5, /array does not end/],
    ["[1}", 2, /\] is expected/],
    ["{a: 1}", 1, /a is no value/],
    ["{'a': 1}", 1, /double quotes/],
    ['{"a": 01}', 6, /01 is not a number/],
    ['{"a": "x\ny"}', 6, /does not end on this line/],
    ['{"a": "\\x"}', 6, /not an escape/],
    ["{} {}", 3, /Nothing may follow/],
    ["// x\n{}", 0, /no comments/],
    ["}", 0, /nothing that/],
    ["[,]", 1, /value is missing/],
    ["truefalse", 0, /no value/],
  ];
  it.each(cases)("%j", (text, offset, message) => {
    const mistake = findMistake(text);
    expect(mistake?.message).toMatch(message);
    expect(mistake?.offset).toBe(offset);
    expect(() => JSON.parse(text)).toThrow();
  });
  it.each(['{"a":[1,-0.5e+3,"\\u00e9\\n",true,null,{}],"b":[]}', " 1 ", '""', "[]"])("takes %j", (text) => {
    expect(findMistake(text)).toBeNull();
  });
});

describe("formatJson", () => {
  it("lays out as JSON.stringify does", () => {
    const text = '{"b":[1,{"c":[]},{}],"a":{"x":"y,{"},"e":[[1,2],[]]}';
    expect(formatJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    expect(formatJson(formatJson(text) ?? "", 0)).toBe(text);
  });
  it("keeps digits and the order of members", () => {
    expect(formatJson('{"2":12345678901234567890,"1":1e400}', 0)).toBe('{"2":12345678901234567890,"1":1e400}');
  });
  it("leaves what does not parse", () => expect(formatJson('{"a"')).toBeNull());
});
