// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { ApiError } from "../../api/api-error";
import { createRequest, fieldErrorOf, loggingProblem, nameProblem, newDraft, roleProblem, updateRequest } from "./machine-draft";
import { templates, textOf } from "./templates";
import { queryLanguageOf } from "./QueryLanguageBadge";

const draft = { ...newDraft("000000000000"), name: "m" };

describe("requests", () => {
  it("leave out what is not said", () => {
    expect(createRequest(draft, "{}", {})).toEqual({
      name: "m", type: "STANDARD", definition: "{}", roleArn: "arn:aws:iam::000000000000:role/StepFunctions",
      loggingConfiguration: { level: "OFF", includeExecutionData: false, destinations: [] }, tracingConfiguration: { enabled: false },
    });
  });
  it("have what is said", () => {
    const full = { ...draft, logLevel: "ALL" as const, logGroupArn: "arn:aws:logs:us-east-1:000000000000:log-group:g:*", tags: [{ key: "a", value: "b" }, { key: "", value: "" }] };
    const request = createRequest(full, "{}", { publish: true, versionDescription: "first" });
    expect(request).toMatchObject({ tags: [{ key: "a", value: "b" }], publish: true, versionDescription: "first" });
    expect(request.loggingConfiguration.destinations).toHaveLength(1);
    expect(updateRequest("arn", full, "{}", {})).not.toHaveProperty("name");
  });
});

it("knows names, roles and log groups", () => {
  expect([nameProblem("ünï-코드_1.a"), nameProblem(""), nameProblem("a b"), nameProblem("a/b"), nameProblem("x".repeat(81))].map((each) => each !== "")).toEqual([false, false, true, true, true]);
  expect([roleProblem(draft.roleArn), roleProblem("role"), roleProblem("")].map((each) => each !== "")).toEqual([false, true, true]);
  expect(loggingProblem({ ...draft, logLevel: "ERROR" })).not.toBe("");
});

it.each([
  ["InvalidName", "Invalid Name: 'a b'", "name"],
  ["StateMachineAlreadyExists", "State Machine Already Exists: 'x'", "name"],
  ["InvalidDefinition", "Invalid State Machine Definition: …", "definition"],
  ["InvalidArn", "Invalid Role Arn: 'x'", "roleArn"],
  ["ValidationException", "1 validation error detected: Value at 'roleArn' failed to satisfy constraint: Member must have length…", "roleArn"],
  ["ValidationException", "1 validation error detected: Value 'X' at 'type' failed to satisfy constraint", "type"],
  ["InvalidLoggingConfiguration", "Invalid Logging Configuration: …", "logging"],
  ["KmsThrottlingException", "slow down", "general"],
])("shows %s at its field: %s", (code, message, field) => expect(fieldErrorOf(new ApiError(code, message, 400)).field).toBe(field));

it("has templates of the language they say", () => {
  for (const template of templates) expect([template.id, queryLanguageOf(textOf(template))]).toEqual([template.id, template.language]);
  for (const template of templates) expect(() => JSON.parse(template.input) as unknown).not.toThrow();
});
