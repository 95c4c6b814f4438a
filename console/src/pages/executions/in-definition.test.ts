// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { stateInDefinition, tokenIn, waitsForToken } from "./in-definition";

const definition = JSON.stringify({
  States: {
    Each: {
      Type: "Map",
      ItemProcessor: {
        States: {
          Ask: {
            Type: "Task",
            Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            Parameters: { QueueUrl: "q", MessageBody: { "token.$": "$$.Task.Token" } },
          },
        },
      },
    },
    Go: { Type: "Task", Resource: "arn:aws:states:::http:invoke.waitForTaskToken", Arguments: { Headers: [{ T: "{% $states.context.Task.Token %}" }] } },
    Work: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke" },
  },
});

it("finds states in scopes", () => {
  expect(waitsForToken(stateInDefinition(definition, "Ask"))).toBe(true);
  expect(waitsForToken(stateInDefinition(definition, "Work"))).toBe(false);
  expect(stateInDefinition(definition, "toString")).toBeUndefined();
  expect(stateInDefinition("{", "Ask")).toBeUndefined();
});

it("reads the token where the definition puts it", () => {
  const ask = stateInDefinition(definition, "Ask");
  expect(tokenIn(ask, '{"QueueUrl":"q","MessageBody":{"token":"T1"}}')).toBe("T1");
  expect(tokenIn(ask, '{"QueueUrl":"q","MessageBody":"{\\"token\\":\\"T2\\"}"}')).toBe("T2");
  expect(tokenIn(ask, '{"QueueUrl":"q"}')).toBeUndefined();
  expect(tokenIn(stateInDefinition(definition, "Go"), '{"Headers":[{"T":"T3"}]}')).toBe("T3");
});
