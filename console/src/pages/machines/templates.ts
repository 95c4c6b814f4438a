// SPDX-License-Identifier: Apache-2.0
// State machines to begin with. Each is whole: it runs as it stands, with the input that stands beside it.
import type { MachineType } from "./api";

export interface Template {
  id: string;
  name: string;
  says: string;
  type: MachineType;
  language: "JSONPath" | "JSONata";
  input: string;
  definition: object;
}

const kRetry = [{ ErrorEquals: ["States.Timeout", "States.TaskFailed"], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3, JitterStrategy: "FULL" }];

export const templates: Template[] = [
  {
    id: "hello",
    name: "Hello world",
    says: "Two states: greet, then wait a moment.",
    type: "STANDARD",
    language: "JSONata",
    input: '{\n  "name": "Ada"\n}',
    definition: {
      Comment: "Greets whoever is named in the input",
      QueryLanguage: "JSONata",
      StartAt: "Greet",
      States: {
        Greet: { Type: "Pass", Output: { greeting: "{% 'Hello, ' & ($states.input.name ? $states.input.name : 'world') & '!' %}" }, Next: "Wait a moment" },
        "Wait a moment": { Type: "Wait", Seconds: 2, End: true },
      },
    },
  },
  {
    id: "choice",
    name: "Choice",
    says: "An order is checked: large ones take another way, unknown ones fail.",
    type: "STANDARD",
    language: "JSONata",
    input: '{\n  "order": { "id": "A-17", "total": 250, "status": "new" }\n}',
    definition: {
      Comment: "Decides by what the input says",
      QueryLanguage: "JSONata",
      StartAt: "Which order?",
      States: {
        "Which order?": {
          Type: "Choice",
          Choices: [
            { Condition: "{% $states.input.order.status = 'cancelled' %}", Next: "Nothing to do" },
            { Condition: "{% $states.input.order.total >= 100 %}", Next: "Ask for approval" },
            { Condition: "{% $exists($states.input.order.total) %}", Next: "Accept" },
          ],
          Default: "Unknown order",
        },
        "Ask for approval": { Type: "Wait", Seconds: 3, Next: "Accept" },
        Accept: { Type: "Pass", Output: "{% $merge([$states.input.order, {'status': 'accepted'}]) %}", End: true },
        "Nothing to do": { Type: "Succeed" },
        "Unknown order": { Type: "Fail", Error: "UnknownOrder", Cause: "The input has no order with a total." },
      },
    },
  },
  {
    id: "map",
    name: "Map",
    says: "Every item of a list, three at a time; the results are added up.",
    type: "STANDARD",
    language: "JSONata",
    input: '{\n  "items": [\n    { "name": "tea", "price": 3.5, "count": 2 },\n    { "name": "cake", "price": 4, "count": 1 }\n  ]\n}',
    definition: {
      Comment: "Works on the items of a list at the same time",
      QueryLanguage: "JSONata",
      StartAt: "Each item",
      States: {
        "Each item": {
          Type: "Map",
          Items: "{% $states.input.items %}",
          MaxConcurrency: 3,
          ItemProcessor: {
            ProcessorConfig: { Mode: "INLINE" },
            StartAt: "Price",
            States: { Price: { Type: "Pass", Output: { name: "{% $states.input.name %}", sum: "{% $states.input.price * $states.input.count %}" }, End: true } },
          },
          Next: "Total",
        },
        Total: { Type: "Pass", Output: { lines: "{% $states.input %}", total: "{% $sum($states.input.sum) %}" }, End: true },
      },
    },
  },
  {
    id: "parallel",
    name: "Parallel",
    says: "Branches at the same time, and a way out if one fails.",
    type: "STANDARD",
    language: "JSONata",
    input: '{\n  "city": "Vienna"\n}',
    definition: {
      Comment: "Asks two sources at the same time and puts their answers together",
      QueryLanguage: "JSONata",
      StartAt: "Ask both",
      States: {
        "Ask both": {
          Type: "Parallel",
          Branches: [
            { StartAt: "Weather", States: { Weather: { Type: "Wait", Seconds: 1, Output: { weather: "sunny" }, End: true } } },
            { StartAt: "Traffic", States: { Traffic: { Type: "Wait", Seconds: 2, Output: { traffic: "light" }, End: true } } },
          ],
          Output: "{% $merge($states.result) %}",
          Catch: [{ ErrorEquals: ["States.ALL"], Output: "{% $states.errorOutput %}", Next: "Say sorry" }],
          Next: "Report",
        },
        Report: { Type: "Succeed" },
        "Say sorry": { Type: "Fail", Error: "{% $states.input.Error %}", Cause: "{% $states.input.Cause %}" },
      },
    },
  },
  {
    id: "variables",
    name: "Loop with variables",
    says: "Counts down with a variable: a loop that ends.",
    type: "STANDARD",
    language: "JSONata",
    input: '{\n  "rounds": 3\n}',
    definition: {
      Comment: "Repeats until a variable is used up",
      QueryLanguage: "JSONata",
      StartAt: "Set up",
      States: {
        "Set up": { Type: "Pass", Assign: { left: "{% $states.input.rounds %}", seen: [] }, Next: "More to do?" },
        "More to do?": { Type: "Choice", Choices: [{ Condition: "{% $left > 0 %}", Next: "One round" }], Default: "Done" },
        "One round": { Type: "Wait", Seconds: 1, Assign: { left: "{% $left - 1 %}", seen: "{% $append($seen, $left) %}" }, Next: "More to do?" },
        Done: { Type: "Pass", Output: { rounds: "{% $seen %}" }, End: true },
      },
    },
  },
  {
    id: "callback",
    name: "Callback",
    says: "Sends a task token to a queue and waits for an answer; gives up after a day.",
    type: "STANDARD",
    language: "JSONPath",
    input: '{\n  "queueUrl": "http://sqs.us-east-1.localhost:4566/000000000000/approvals",\n  "question": "Ship it?"\n}',
    definition: {
      Comment: "Waits for SendTaskSuccess or SendTaskFailure with the token that the message has",
      StartAt: "Ask somebody",
      States: {
        "Ask somebody": {
          Type: "Task",
          Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
          Parameters: { "QueueUrl.$": "$.queueUrl", MessageBody: { "Question.$": "$.question", "TaskToken.$": "$$.Task.Token" } },
          ResultPath: "$.answer",
          TimeoutSeconds: 86400,
          Catch: [{ ErrorEquals: ["States.Timeout"], ResultPath: "$.error", Next: "Nobody answered" }],
          Next: "Answered",
        },
        Answered: { Type: "Succeed" },
        "Nobody answered": { Type: "Fail", Error: "NoAnswer", Cause: "Nobody answered within a day." },
      },
    },
  },
  {
    id: "lambda",
    name: "Lambda with retries",
    says: "A function that is tried again, and what happens if it fails for good.",
    type: "STANDARD",
    language: "JSONPath",
    input: '{\n  "function": "hello",\n  "payload": { "name": "Ada" }\n}',
    definition: {
      Comment: "Calls a Lambda function",
      StartAt: "Call the function",
      States: {
        "Call the function": {
          Type: "Task",
          Resource: "arn:aws:states:::lambda:invoke",
          Parameters: { "FunctionName.$": "$.function", "Payload.$": "$.payload" },
          ResultSelector: { "answer.$": "$.Payload" },
          ResultPath: "$.result",
          Retry: kRetry,
          Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "Remember the failure" }],
          Next: "Done",
        },
        "Remember the failure": { Type: "Pass", Parameters: { failed: true, "error.$": "$.error.Error", "cause.$": "$.error.Cause" }, End: true },
        Done: { Type: "Succeed", OutputPath: "$.result" },
      },
    },
  },
  {
    id: "nested",
    name: "Workflow in a workflow",
    says: "Starts another state machine and waits until it ends.",
    type: "STANDARD",
    language: "JSONata",
    input: '{\n  "machine": "arn:aws:states:us-east-1:000000000000:stateMachine:hello",\n  "input": {}\n}',
    definition: {
      Comment: "Runs another state machine to its end",
      QueryLanguage: "JSONata",
      StartAt: "Run it",
      States: {
        "Run it": {
          Type: "Task",
          Resource: "arn:aws:states:::states:startExecution.sync:2",
          Arguments: { StateMachineArn: "{% $states.input.machine %}", Input: { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: "{% $states.context.Execution.Id %}" } },
          Output: "{% $states.result.Output %}",
          End: true,
        },
      },
    },
  },
  {
    id: "express",
    name: "Express",
    says: "A short computation whose output comes with the answer.",
    type: "EXPRESS",
    language: "JSONata",
    input: '{\n  "words": ["state", "machine", "state"]\n}',
    definition: {
      Comment: "Counts words",
      QueryLanguage: "JSONata",
      StartAt: "Count",
      States: {
        Count: { Type: "Pass", Output: { counts: "{% $states.input.words{$: $count($)} %}", distinct: "{% $count($distinct($states.input.words)) %}" }, End: true },
      },
    },
  },
];

export function textOf(template: Template): string {
  return JSON.stringify(template.definition, null, 2);
}
