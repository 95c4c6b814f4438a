// SPDX-License-Identifier: Apache-2.0
// What `execution/at` says: where each line of an execution stood at one event, and what its expressions were worth.

/** A value, or what was left out for its size. */
export interface ShownValue {
  value?: unknown;
  truncated?: boolean;
  bytes?: number;
  kind?: string;
  size?: number;
}

export interface WorkflowError {
  error: string | null;
  cause: string | null;
}

export type ExpressionKind = "path" | "intrinsic" | "jsonata" | "rule" | "retrier" | "catcher";

export interface Expression extends ShownValue {
  /** Into the definition. */
  pointer: string;
  kind: ExpressionKind;
  text: string;
  language: "JSONPath" | "JSONata";
  error?: WorkflowError;
  pending?: string;
  random?: boolean;
  recorded?: boolean;
  note?: string;
}

export interface OuterVariable extends ShownValue {
  name: string;
  line: string;
}

export interface Line {
  line: string;
  parent: string | null;
  index: number;
  state: string;
  type: string;
  pointer: string;
  language: "JSONPath" | "JSONata";
  stage: string;
  phase: string;
  enteredEvent: number;
  lastEvent: number;
  input: ShownValue;
  arguments?: ShownValue;
  result?: ShownValue;
  output?: ShownValue;
  error?: WorkflowError;
  variables: Record<string, ShownValue>;
  assigned: string[];
  outerVariables: OuterVariable[];
  context: ShownValue | null;
  retries: number[];
  waits: string[];
  expressions: Expression[] | null;
}

export interface Moment {
  executionArn: string;
  stateMachineArn: string;
  status: string;
  lastEvent: number;
  event: { id: number; type: string; timestamp: number; previousEventId: number };
  lines: Line[];
  linesLeftOff?: number;
}

/** Whose the event is: the line that it moved last, rather an inner one; of one that has yet to begin, the line around it. */
export function lineOfEvent(moment: Moment): Line | undefined {
  const { id, previousEventId } = moment.event;
  const found = moment.lines.findLast((line) => line.lastEvent === id) ?? moment.lines.findLast((line) => line.lastEvent === previousEventId) ?? moment.lines[0];
  if (found === undefined || found.enteredEvent > 0) return found;
  return moment.lines.find((line) => line.line === found.parent) ?? found;
}

/** The line that is looked at: the pinned one while it lives, else the event's. */
export function selectLine(moment: Moment, pinned: string | undefined): Line | undefined {
  return moment.lines.find((line) => line.line === pinned) ?? lineOfEvent(moment);
}

export interface NestedLine {
  line: Line;
  depth: number;
}

/** Each line below its Parallel or Map, branches in their order. */
export function nested(lines: Line[]): NestedLine[] {
  const children = new Map<string | null, Line[]>();
  const known = new Set(lines.map((line) => line.line));
  for (const line of lines) {
    const parent = line.parent !== null && known.has(line.parent) ? line.parent : null;
    children.set(parent, [...(children.get(parent) ?? []), line]);
  }
  const found: NestedLine[] = [];
  const add = (parent: string | null, depth: number) => {
    for (const line of (children.get(parent) ?? []).sort((a, b) => a.index - b.index)) {
      found.push({ line, depth });
      add(line.line, depth + 1);
    }
  };
  add(null, 0);
  return found;
}

/** "Parameters › deep › 0 › s.$" of "/States/A/Parameters/deep/0/s.$" in the state "/States/A". */
export function fieldOf(expression: Expression, line: Line): string[] {
  const below = expression.pointer.startsWith(line.pointer) ? expression.pointer.slice(line.pointer.length) : expression.pointer;
  return below
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function worth(shown: Expression | ShownValue): string {
  const { value, truncated, bytes } = shown;
  const { error, pending } = shown as Partial<Expression>;
  return JSON.stringify([value, truncated, bytes, error, pending]);
}

/** Pointers of what is worth something else than before. Nothing if it is another state or visit. */
export function changedExpressions(before: Line | undefined, now: Line): Set<string> {
  const changed = new Set<string>();
  if (before === undefined || before.line !== now.line || before.enteredEvent !== now.enteredEvent || before.state !== now.state) return changed;
  const old = new Map((before.expressions ?? []).map((each) => [each.pointer + (each.note ?? ""), worth(each)]));
  for (const each of now.expressions ?? []) {
    const known = old.get(each.pointer + (each.note ?? ""));
    if (known !== undefined && known !== worth(each)) changed.add(each.pointer);
  }
  return changed;
}

/** Names of variables that are new or have another value. */
export function changedVariables(before: Line | undefined, now: Line): Set<string> {
  const changed = new Set(now.assigned);
  if (before === undefined || before.line !== now.line) return changed;
  for (const [name, value] of Object.entries(now.variables)) {
    const old = before.variables[name];
    if (old === undefined || worth(old) !== worth(value)) changed.add(name);
  }
  return changed;
}
