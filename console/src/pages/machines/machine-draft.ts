// SPDX-License-Identifier: Apache-2.0
// What a form says about a state machine, what is wrong with it, and the requests that save it.
import type { ApiError } from "../../api/api-error";
import type { LogLevel, Machine, MachineType, Tag } from "./api";

export interface MachineDraft {
  name: string;
  type: MachineType;
  roleArn: string;
  logLevel: LogLevel;
  logsData: boolean;
  logGroupArn: string;
  isTraced: boolean;
  /** Of a new machine. */
  tags: Tag[];
}

/** Where an answer of AWS is shown. */
export type Field = "name" | "type" | "roleArn" | "logging" | "tags" | "definition" | "general";

export interface FieldError {
  field: Field;
  text: string;
}

export function draftOf(machine: Machine): MachineDraft {
  const logging = machine.loggingConfiguration;
  return {
    name: machine.name,
    type: machine.type,
    roleArn: machine.roleArn,
    logLevel: logging?.level ?? "OFF",
    logsData: logging?.includeExecutionData ?? false,
    logGroupArn: logging?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn ?? "",
    isTraced: machine.tracingConfiguration?.enabled ?? false,
    tags: [],
  };
}

export function newDraft(account: string): MachineDraft {
  return { name: "", type: "STANDARD", roleArn: `arn:aws:iam::${account}:role/StepFunctions`, logLevel: "OFF", logsData: false, logGroupArn: "", isTraced: false, tags: [] };
}

/** API CreateStateMachine, "name". Empty if it is good; an empty name is not told off before it is typed. */
export function nameProblem(name: string): string {
  if (name.length > 80) return `At most 80 characters; these are ${name.length}.`;
  const wrong = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/u.exec(name)?.[0];
  if (wrong === undefined) return "";
  return /\s/.test(wrong) ? "A name has no white space." : `A name has no ${wrong}`;
}

export function roleProblem(roleArn: string): string {
  return /^arn:aws[a-z0-9-]*:iam::\d{12}:role\/.+/.test(roleArn) ? "" : "arn:aws:iam::ACCOUNT:role/NAME is expected.";
}

export function loggingProblem(draft: MachineDraft): string {
  if (draft.logLevel === "OFF") return "";
  return /^arn:aws[a-z0-9-]*:logs:[^:]+:\d{12}:log-group:.+:\*$/.test(draft.logGroupArn) ? "" : "arn:aws:logs:REGION:ACCOUNT:log-group:NAME:* is expected.";
}

function common(draft: MachineDraft) {
  const group = { cloudWatchLogsLogGroup: { logGroupArn: draft.logGroupArn } };
  return {
    roleArn: draft.roleArn,
    loggingConfiguration: { level: draft.logLevel, includeExecutionData: draft.logsData, destinations: draft.logLevel === "OFF" || draft.logGroupArn === "" ? [] : [group] },
    tracingConfiguration: { enabled: draft.isTraced },
  };
}

export interface Publishing {
  publish?: boolean;
  versionDescription?: string;
}

export function createRequest(draft: MachineDraft, definition: string, publishing: Publishing) {
  const tags = draft.tags.filter((tag) => tag.key !== "");
  return { name: draft.name, type: draft.type, definition, ...common(draft), ...(tags.length === 0 ? {} : { tags }), ...publishing };
}

export function updateRequest(stateMachineArn: string, draft: MachineDraft, definition: string, publishing: Publishing) {
  return { stateMachineArn, definition, ...common(draft), ...publishing };
}

const kFields: Record<string, Field> = {
  InvalidName: "name",
  StateMachineAlreadyExists: "name",
  StateMachineTypeNotSupported: "type",
  InvalidLoggingConfiguration: "logging",
  TooManyTags: "tags",
  InvalidDefinition: "definition",
};

const kMembers: Record<string, Field> = { name: "name", type: "type", roleArn: "roleArn", definition: "definition", tags: "tags", loggingConfiguration: "logging" };

/** The field that an answer of AWS speaks about. */
export function fieldErrorOf(error: ApiError): FieldError {
  const text = error.message === "" ? error.code : error.message;
  const known = kFields[error.code];
  if (known !== undefined) return { field: known, text };
  // "1 validation error detected: Value at 'name' failed to satisfy constraint: …"
  const member = /Value (?:'.*' )?at '(\w+)/.exec(text)?.[1];
  const field = member === undefined ? undefined : kMembers[member];
  if (field !== undefined) return { field, text };
  if (error.code === "InvalidArn" || /role/i.test(text)) return { field: "roleArn", text };
  return { field: "general", text: `${error.code}: ${text}` };
}
