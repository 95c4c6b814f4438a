// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, it } from "vitest";
import { rememberedInputs, rememberInput } from "./remembered-inputs";

beforeEach(() => localStorage.clear());

it("keeps the last eight, each once, the newest first", () => {
  for (let i = 0; i < 10; i += 1) rememberInput("m", `{"i":${i}}`);
  rememberInput("m", '{"i":5}');
  expect(rememberedInputs("m")).toHaveLength(8);
  expect(rememberedInputs("m").slice(0, 2)).toEqual(['{"i":5}', '{"i":9}']);
  expect(rememberedInputs("other")).toEqual([]);
});

it("keeps nothing large, and few machines", () => {
  rememberInput("m", "x".repeat(30_000));
  expect(rememberedInputs("m")).toEqual([]);
  for (let i = 0; i < 60; i += 1) rememberInput(`m${i}`, "{}");
  expect(Object.keys(localStorage)).toHaveLength(40);
});

it("lives with what somebody else wrote there", () => {
  localStorage.setItem("pawl.inputs m", "not json");
  expect(rememberedInputs("m")).toEqual([]);
});
