// SPDX-License-Identifier: Apache-2.0
// What the playground asks: an expression and the data it reads, as texts that somebody types; kept in the address.

export type Language = "JSONPath" | "JSONata";
export type Kind = "path" | "expression" | "template" | "condition";

export interface Question {
  language: Language;
  kind: Kind;
  text: string;
  input: string;
  context: string;
  variables: string;
  /** Further members of $states: result, errorOutput. */
  states: string;
}

export interface Place {
  line: number;
  column: number;
  offset: number;
}

export interface Part {
  pointer: string;
  text: string;
  value?: unknown;
  error?: string;
  cause?: string;
}

export interface Answer {
  value?: unknown;
  error?: string;
  cause?: string;
  position?: Place;
  undefined?: boolean;
  definite?: boolean;
  parts?: Part[];
  micros: number;
}

export const kKinds: Record<Language, { id: Kind; text: string }[]> = {
  JSONPath: [
    { id: "path", text: "Path or intrinsic" },
    { id: "template", text: "Payload template" },
    { id: "condition", text: "Choice rule" },
  ],
  JSONata: [
    { id: "expression", text: "Expression" },
    { id: "template", text: "Template" },
    { id: "condition", text: "Condition" },
  ],
};

export const kFirst: Question = {
  language: "JSONata",
  kind: "expression",
  text: "$states.input.orders[total > 20].{\n  'id': id,\n  'due': $round(total * $rate, 2)\n}",
  input: '{\n  "customer": "Ada",\n  "orders": [\n    { "id": "a-1", "total": 12.5, "items": ["pen"] },\n    { "id": "a-2", "total": 40, "items": ["lamp", "desk"] },\n    { "id": "a-3", "total": 99.95, "items": ["chair"] }\n  ]\n}',
  context: '{\n  "Execution": { "Name": "run-1", "StartTime": "2026-01-01T00:00:00.000Z" },\n  "State": { "Name": "Bill", "RetryCount": 0 },\n  "StateMachine": { "Name": "orders" }\n}',
  variables: '{\n  "rate": 1.2\n}',
  states: "{}",
};

/** The same question in another language or kind: a text that cannot be meant stays, so that nothing is lost. */
export function withLanguage(question: Question, language: Language): Question {
  const kind = kKinds[language].some((each) => each.id === question.kind) ? question.kind : (kKinds[language][0]?.id ?? "path");
  return { ...question, language, kind };
}

export type Body = Omit<Question, "input" | "context" | "variables" | "states"> & { input: unknown; context: unknown; variables: unknown; states: unknown };

/** What is sent, or which text is no JSON. An empty text is nothing: {}. */
export function bodyOf(question: Question): { body: Body } | { wrong: "input" | "context" | "variables" | "states" } {
  const parsed: Record<string, unknown> = {};
  for (const name of ["input", "context", "variables", "states"] as const) {
    const text = question[name].trim();
    try {
      parsed[name] = text === "" ? {} : (JSON.parse(text) as unknown);
    } catch {
      return { wrong: name };
    }
    const value = parsed[name];
    if (name !== "input" && (typeof value !== "object" || value === null || Array.isArray(value))) return { wrong: name };
  }
  return { body: { ...question, ...parsed } as Body };
}

/** Addresses longer than this are cut by some programs that carry them. */
export const kAddressMax = 8_000;

function toBase64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64(text: string): string {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}

/** For ?q=…; undefined if it is too long for an address. */
export function toAddress(question: Question): string | undefined {
  const packed = toBase64(JSON.stringify(question));
  return packed.length > kAddressMax ? undefined : packed;
}

/** Undefined for what no toAddress made. */
export function fromAddress(packed: string | null): Question | undefined {
  if (packed === null) return undefined;
  try {
    const value = JSON.parse(fromBase64(packed)) as Partial<Question>;
    const { language, kind } = value;
    if ((language !== "JSONPath" && language !== "JSONata") || !kKinds[language].some((each) => each.id === kind)) return undefined;
    for (const name of ["text", "input", "context", "variables", "states"] as const) if (typeof value[name] !== "string") return undefined;
    return value as Question;
  } catch {
    return undefined;
  }
}
