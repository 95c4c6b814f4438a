// SPDX-License-Identifier: Apache-2.0
// JSON written as YAML 1.2, as people write it: blocks, plain strings where every reader takes them for strings (YAML 1.1
// too), literals for texts of several lines. Numbers are copied, members keep their order.
import { walk } from "./json-scan";

// What a reader of YAML 1.1 or 1.2 could take for something else.
const kOtherWords = /^(?:~|null|true|false|yes|no|on|off|y|n|<<|=)$/i;

export function isPlain(text: string): boolean {
  return (
    /^[\p{L}_$/(][^\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]*$/u.test(text) &&
    !/: |:$| #| $/.test(text) &&
    !kOtherWords.test(text)
  );
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function isLiteral(text: string): boolean {
  return /^[^\s][^]*\n/.test(text) && !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text) && !/\n\n$/.test(text) && /\S\n?$/.test(text);
}

function scalar(lexeme: string, indent: number): string {
  if (!lexeme.startsWith('"')) return lexeme;
  const text = JSON.parse(lexeme) as string;
  if (isPlain(text)) return text;
  if (!isLiteral(text)) return quoted(text);
  const lines = text.replace(/\n$/, "").split("\n");
  const space = " ".repeat(indent);
  return `${text.endsWith("\n") ? "|" : "|-"}\n${lines.map((line) => (line === "" ? "" : space + line)).join("\n")}`;
}

interface Open {
  kind: "{" | "[";
  indent: number;
  /** The next item stands on the line that its container began on. */
  isInline: boolean;
}

/** Throws if the text is not JSON. */
export function writeYaml(json: string): string {
  const out: string[] = [];
  const open: Open[] = [];
  let after: "root" | "name" | "dash" = "root";
  let pending: "{" | "[" | null = null;

  const begin = () => {
    if (pending === null) return;
    const parent = open.at(-1);
    if (after === "name") out.push("\n");
    open.push({ kind: pending, indent: parent === undefined ? 0 : parent.indent + 2, isInline: after !== "name" });
    pending = null;
  };
  const startItem = () => {
    begin();
    const inside = open.at(-1);
    if (inside === undefined) return;
    if (!inside.isInline) out.push(" ".repeat(inside.indent));
    inside.isInline = false;
  };

  walk(json, (token, _, what) => {
    if (token.kind === "," || what === "colon") return;
    if (what === "first") {
      out.push(after === "name" ? " " : "", pending === "{" ? "{}" : "[]", "\n");
      pending = null;
      return;
    }
    if (what === "end") {
      open.pop();
      return;
    }
    const lexeme = json.slice(token.from, token.to);
    if (what === "name") {
      startItem();
      const name = JSON.parse(lexeme) as string;
      out.push(isPlain(name) ? name : quoted(name), ":");
      after = "name";
      return;
    }
    const isInSequence = pending === "[" || (pending === null && open.at(-1)?.kind === "[");
    if (isInSequence) {
      startItem();
      out.push("- ");
      after = "dash";
    }
    if (token.kind === "{" || token.kind === "[") pending = token.kind;
    else out.push(after === "name" ? " " : "", scalar(lexeme, (open.at(-1)?.indent ?? 0) + 2), "\n");
  });
  return out.join("");
}
