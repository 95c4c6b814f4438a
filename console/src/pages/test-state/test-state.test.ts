// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { isUnchanged, kFirst, requestOf, stagesOf, stateNames } from "./test-state";

describe("a test of a state", () => {
  it("asks for what is written and leaves the rest out", () => {
    expect(requestOf({ ...kFirst, definition: "D", mock: "none", input: " ", level: "INFO" })).toEqual({ definition: "D", inspectionLevel: "INFO" });
    expect(requestOf({ ...kFirst, stateName: "S", mock: "error", retryCount: "2", context: "{}", level: "TRACE", revealSecrets: true })).toMatchObject({
      stateName: "S", mock: { errorOutput: { error: kFirst.mockError, cause: kFirst.mockCause } }, stateConfiguration: { retrierRetryCount: 2 }, context: "{}", revealSecrets: true,
    });
    expect(requestOf(kFirst)["mock"]).toEqual({ result: kFirst.mockResult, fieldValidationMode: "STRICT" });
  });
  it("shows the stages in their order and which changed nothing", () => {
    const stages = stagesOf({ status: "SUCCEEDED", output: "3", inspectionData: { result: "2", input: '{"a": 1}', afterInputPath: '{"a":1}', afterResultPath: "3" } });
    expect(stages.map((each) => each.name)).toEqual(["Input", "After InputPath", "Result", "After ResultPath", "Output"]);
    expect(stages.map((_, index) => isUnchanged(stages, index))).toEqual([false, true, false, false, true]);
  });
  it("finds states, nested ones too, and none where there are none", () => {
    expect(stateNames('{"States":{"A":{"Branches":[{"States":{"B":{}}}]},"M":{"ItemProcessor":{"States":{"C":null}}}}}')).toEqual(["A", "B", "M", "C"]);
    for (const none of ["", "1", "null", '{"Type":"Pass"}', '{"States":[]}', '{"States":7}']) expect(stateNames(none)).toEqual([]);
  });
});
