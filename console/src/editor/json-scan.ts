// SPDX-License-Identifier: Apache-2.0
// JSON texts, token by token: the first mistake with its place, and the same document laid out anew. Numbers keep their
// digits and members their order, which JSON.parse and JSON.stringify would not. RFC 8259.

export interface JsonMistake {
  offset: number;
  message: string;
}

export interface Token {
  kind: "{" | "}" | "[" | "]" | ":" | "," | "scalar";
  from: number;
  to: number;
}

const kSpace = /[ \t\n\r]*/y;
const kScalar = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;
const kMarks = "{}[]:,";
const kDepthMax = 10_000;

class Mistake extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

function* tokens(text: string): Generator<Token> {
  let at = 0;
  for (;;) {
    kSpace.lastIndex = at;
    kSpace.test(text);
    at = kSpace.lastIndex;
    if (at >= text.length) return;
    const mark = text[at] as Token["kind"];
    if (kMarks.includes(mark)) {
      yield { kind: mark, from: at, to: at + 1 };
      at += 1;
      continue;
    }
    kScalar.lastIndex = at;
    if (!kScalar.test(text)) throw new Mistake(at, wrongToken(text, at));
    const to = kScalar.lastIndex;
    if (/[\w.+-]/.test(text[to] ?? "")) throw new Mistake(at, wrongToken(text, at));
    yield { kind: "scalar", from: at, to };
    at = to;
  }
}

function wrongToken(text: string, at: number): string {
  if (text[at] === '"') return wrongString(text, at);
  if (text[at] === "'") return "Strings stand in double quotes";
  if (text.startsWith("//", at) || text.startsWith("/*", at) || text[at] === "#") return "JSON has no comments";
  const word = /^[\w.+-]+/.exec(text.slice(at, at + 40))?.[0] ?? String.fromCodePoint(text.codePointAt(at) ?? 0xfffd);
  if (/^[-+.\d]/.test(word)) return `${word} is not a number of JSON`;
  return /^\w/.test(word) ? `${word} is no value: strings and names stand in double quotes` : `${word} is not expected here`;
}

function wrongString(text: string, at: number): string {
  const end = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/.exec(text.slice(at, at + 100_000))?.[0].length ?? 1;
  const next = text[at + end];
  if (next === "\\") return `\\${text[at + end + 1] ?? ""} is not an escape of JSON`;
  return next === undefined || next === "\n" || next === "\r" ? "The string does not end on this line" : "A control character in a string must be escaped";
}

/** What a token is: an end that follows its beginning at once is "first"; "end" is any other end, and a comma. */
export type Visitor = (token: Token, depth: number, what: "first" | "value" | "name" | "colon" | "end") => void;

/** Follows the grammar; throws at the first mistake. */
export function walk(text: string, visit: Visitor): void {
  const open: ("{" | "[")[] = [];
  let expects: "value" | "name" | "colon" | "comma" | "end" = "value";
  let isFirst = false;
  const fail = (offset: number, message: string) => {
    throw new Mistake(offset, message);
  };
  const after = () => (open.length === 0 ? "end" : "comma");
  for (const token of tokens(text)) {
    const inside = open.at(-1);
    const isEnd = token.kind === "}" || token.kind === "]";
    if (expects === "end") fail(token.from, "Nothing may follow the end of the document");
    if (isEnd && inside === (token.kind === "}" ? "{" : "[") && (expects === "comma" || isFirst)) {
      open.pop();
      visit(token, open.length, isFirst ? "first" : "end");
      isFirst = false;
      expects = after();
      continue;
    }
    if (isEnd) fail(token.from, wrongEnd(token.kind, inside, expects));
    if (expects === "comma") {
      if (token.kind !== ",") fail(token.from, "A comma is missing before this");
      expects = inside === "{" ? "name" : "value";
      visit(token, open.length, "end");
    } else if (expects === "colon") {
      if (token.kind !== ":") fail(token.from, "A colon is missing before this");
      expects = "value";
      visit(token, open.length, "colon");
    } else if (expects === "name") {
      if (token.kind !== "scalar" || text[token.from] !== '"') fail(token.from, "A name in double quotes is missing");
      visit(token, open.length, "name");
      expects = "colon";
    } else if (token.kind === "{" || token.kind === "[") {
      visit(token, open.length, "value");
      open.push(token.kind);
      if (open.length > kDepthMax) fail(token.from, "Too deeply nested");
      expects = token.kind === "{" ? "name" : "value";
      isFirst = true;
      continue;
    } else {
      if (token.kind !== "scalar") fail(token.from, "A value is missing before this");
      visit(token, open.length, "value");
      expects = after();
    }
    isFirst = false;
  }
  if (expects !== "end") fail(text.trimEnd().length, open.length === 0 ? "The document is empty" : `The ${open.at(-1) === "{" ? "object" : "array"} does not end`);
}

function wrongEnd(kind: string, inside: string | undefined, expects: string): string {
  if (inside === undefined) return `There is nothing that ${kind} ends`;
  if ((inside === "{") !== (kind === "}")) return `${inside === "{" ? "}" : "]"} is expected, not ${kind}`;
  return expects === "colon" || inside === "{" && expects === "value" ? "A value is missing before this" : "No comma may stand before the end";
}

/** The first mistake, or null. O(length). */
export function findMistake(text: string): JsonMistake | null {
  try {
    walk(text, () => undefined);
    return null;
  } catch (failure) {
    if (failure instanceof Mistake) return { offset: failure.offset, message: failure.message };
    throw failure;
  }
}

/** Laid out with two spaces a level; null if the text has mistakes. `indent` 0: on one line. */
export function formatJson(text: string, indent = 2): string | null {
  const parts: string[] = [];
  const line = (depth: number) => (indent === 0 ? "" : `\n${" ".repeat(depth * indent)}`);
  let isFirst = false;
  let afterComma = false;
  try {
    walk(text, (token, depth, what) => {
      if (what === "colon") {
        parts.push(indent === 0 ? ":" : ": ");
        return;
      }
      if (token.kind === ",") {
        parts.push(",");
        afterComma = true;
        return;
      }
      if (what === "end") parts.push(line(depth));
      else if (what !== "first" && (afterComma || isFirst)) parts.push(line(depth));
      parts.push(text.slice(token.from, token.to));
      isFirst = token.kind === "{" || token.kind === "[";
      afterComma = false;
    });
  } catch (failure) {
    if (failure instanceof Mistake) return null;
    throw failure;
  }
  return parts.join("");
}
