// SPDX-License-Identifier: Apache-2.0
// API TestState: what is asked, what comes back, and the way of the data through the state.

export interface InspectionData {
  input?: string;
  afterInputPath?: string;
  afterItemsPath?: string;
  afterItemsPointer?: string;
  afterParameters?: string;
  afterArguments?: string;
  afterItemSelector?: string;
  afterItemBatcher?: string;
  result?: string;
  afterResultSelector?: string;
  afterResultPath?: string;
  variables?: string;
  maxConcurrency?: number;
  toleratedFailureCount?: number;
  toleratedFailurePercentage?: number;
  request?: Record<string, string>;
  response?: Record<string, string>;
  errorDetails?: { catchIndex?: number; retryIndex?: number; retryBackoffIntervalSeconds?: number };
}

export interface TestStateOutput {
  status: "SUCCEEDED" | "FAILED" | "RETRIABLE" | "CAUGHT_ERROR";
  output?: string;
  error?: string;
  cause?: string;
  nextState?: string;
  inspectionData?: InspectionData;
}

export type MockKind = "none" | "result" | "error";
export type Level = "INFO" | "DEBUG" | "TRACE";

export interface Draft {
  definition: string;
  /** Of the whole machine in `definition`; "" if it is one state. */
  stateName: string;
  input: string;
  variables: string;
  context: string;
  roleArn: string;
  level: Level;
  revealSecrets: boolean;
  mock: MockKind;
  mockResult: string;
  mockError: string;
  mockCause: string;
  validation: "STRICT" | "PRESENT" | "NONE";
  retryCount: string;
}

export const kFirst: Draft = {
  definition:
    '{\n  "Type": "Task",\n  "QueryLanguage": "JSONata",\n  "Resource": "arn:aws:states:::lambda:invoke",\n  "Arguments": {\n    "FunctionName": "bill",\n    "Payload": { "to": "{% $states.input.customer %}" }\n  },\n  "Output": "{% $states.result.Payload %}",\n  "Retry": [{ "ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 2 }],\n  "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Apologise" }],\n  "Next": "Ship"\n}',
  stateName: "",
  input: '{\n  "customer": "Ada"\n}',
  variables: "",
  context: "",
  roleArn: "",
  level: "DEBUG",
  revealSecrets: false,
  mock: "result",
  mockResult: '{\n  "StatusCode": 200,\n  "Payload": { "billed": true }\n}',
  mockError: "Lambda.TooManyRequestsException",
  mockCause: "slow down",
  validation: "STRICT",
  retryCount: "",
};

/** The operation's input: members that say nothing are left out. */
export function requestOf(draft: Draft): Record<string, unknown> {
  const request: Record<string, unknown> = { definition: draft.definition, inspectionLevel: draft.level };
  if (draft.stateName !== "") request["stateName"] = draft.stateName;
  for (const name of ["input", "variables", "context", "roleArn"] as const) if (draft[name].trim() !== "") request[name] = draft[name].trim();
  if (draft.revealSecrets && draft.level === "TRACE") request["revealSecrets"] = true;
  if (draft.mock === "result") request["mock"] = { result: draft.mockResult, fieldValidationMode: draft.validation };
  if (draft.mock === "error") request["mock"] = { errorOutput: { error: draft.mockError, cause: draft.mockCause } };
  if (draft.retryCount.trim() !== "") request["stateConfiguration"] = { retrierRetryCount: Number(draft.retryCount) };
  return request;
}

export interface Stage {
  name: string;
  /** The field of the state that made it; "" for data that comes from outside. */
  by: string;
  text: string;
}

const kStages: [keyof InspectionData, name: string, by: string][] = [
  ["input", "Input", ""],
  ["afterInputPath", "After InputPath", "InputPath"],
  ["afterItemsPath", "Items", "ItemsPath"],
  ["afterItemsPointer", "Items read", "ItemsPointer"],
  ["afterParameters", "After Parameters", "Parameters"],
  ["afterArguments", "Arguments", "Arguments"],
  ["afterItemSelector", "After ItemSelector", "ItemSelector"],
  ["afterItemBatcher", "After ItemBatcher", "ItemBatcher"],
  ["result", "Result", ""],
  ["afterResultSelector", "After ResultSelector", "ResultSelector"],
  ["afterResultPath", "After ResultPath", "ResultPath"],
];

/** The stages that the data went through, in order; the output last. */
export function stagesOf(output: TestStateOutput): Stage[] {
  const data = output.inspectionData ?? {};
  const stages: Stage[] = [];
  for (const [key, name, by] of kStages) {
    const text = data[key];
    if (typeof text === "string") stages.push({ name, by, text });
  }
  if (output.output !== undefined) stages.push({ name: "Output", by: "OutputPath or Output", text: output.output });
  return stages;
}

/** Whether a stage has the same data as the one before it, spaces aside. */
export function isUnchanged(stages: Stage[], index: number): boolean {
  const before = stages[index - 1];
  const now = stages[index];
  if (before === undefined || now === undefined || now.by === "") return false;
  try {
    return JSON.stringify(JSON.parse(before.text)) === JSON.stringify(JSON.parse(now.text));
  } catch {
    return before.text === now.text;
  }
}

interface Scope {
  States?: Record<string, { Branches?: Scope[]; ItemProcessor?: Scope; Iterator?: Scope }>;
}

/** Names of all states of a machine, nested ones too; none if `definition` is one state or no JSON. */
export function stateNames(definition: string): string[] {
  const names: string[] = [];
  const add = (scope: Scope | undefined) => {
    if (typeof scope !== "object" || scope === null || typeof scope.States !== "object" || scope.States === null) return;
    for (const [name, state] of Object.entries(scope.States)) {
      names.push(name);
      if (typeof state !== "object" || state === null) continue;
      for (const branch of Array.isArray(state.Branches) ? state.Branches : []) add(branch);
      add(state.ItemProcessor);
      add(state.Iterator);
    }
  };
  try {
    add(JSON.parse(definition) as Scope);
  } catch {
    return [];
  }
  return names;
}
