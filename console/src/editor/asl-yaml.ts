// SPDX-License-Identifier: Apache-2.0
// Completion in YAML: the text around the cursor is asked about as JSON, and what comes back is written as YAML.
import { type Hover, type Suggestion, completeJson, hoverJson } from "./asl-language";
import { jsonToYaml, yamlToJson } from "./convert";
import { parseTree, placeOf, pointerAt } from "./places";

// What stands for the name or value under the cursor. No definition has it.
const kMark = "PAWL\u2063MARK";

interface Cursor {
  /** Of the line, before what is typed. */
  start: string;
  typed: string;
  isValue: boolean;
}

function cursorAt(text: string, offset: number): Cursor | null {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  const value = /^(\s*(?:- +)*(?:"[^"]*"|'[^']*'|[^\s"'#:][^:#]*):\s+)(["']?[^"'#]*)$/.exec(before);
  if (value !== null) return { start: value[1] ?? "", typed: value[2] ?? "", isValue: true };
  const name = /^(\s*(?:- +)*)([\w ]*)$/.exec(before);
  return name === null ? null : { start: name[1] ?? "", typed: name[2] ?? "", isValue: false };
}

/** The whole text with the mark instead of what is typed, as JSON; null if that cannot be read. */
function markedJson(text: string, offset: number, cursor: Cursor): string | null {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const newline = text.indexOf("\n", offset);
  const rest = text.slice(newline < 0 ? text.length : newline);
  const line = cursor.start + (cursor.isValue ? `"${kMark}"` : `"${kMark}": null`);
  return yamlToJson(text.slice(0, lineStart) + line + rest).text ?? null;
}

export async function completeYaml(text: string, offset: number): Promise<Suggestion[]> {
  const cursor = cursorAt(text, offset);
  if (cursor === null) return [];
  const json = markedJson(text, offset, cursor);
  if (json === null) return [];
  const mark = JSON.stringify(kMark);
  const at = json.indexOf(mark);
  if (at < 0) return [];
  // The member that the mark makes is left out: only its quotes stay, where the cursor is.
  const emptied = cursor.isValue
    ? `${json.slice(0, at)}""${json.slice(at + mark.length)}`
    : `${json.slice(0, at)}""${json.slice(at + mark.length).replace(/^: null/, "")}`;
  let found = await completeJson(emptied, at + 1);
  if (!cursor.isValue && !found.some((item) => item.kind === "property")) {
    // Snippets of states are offered outside of quotes only.
    found = await completeJson(`${emptied.slice(0, at)}${emptied.slice(at + 2)}`, at);
  }
  const from = offset - cursor.typed.length;
  return found.map((item) => asYaml(item, from, offset, cursor.start, cursor.isValue)).filter((item) => item !== null);
}

function asYaml(item: Suggestion, from: number, to: number, start: string, isValue: boolean): Suggestion | null {
  if (isValue) {
    const isPlain = /^[A-Za-z][\w.:-]*( [\w.:-]+)*$/.test(item.label) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(item.label);
    return { ...item, insert: isPlain ? item.label : JSON.stringify(item.label), isSnippet: false, from, to };
  }
  if (item.kind === "property") return { ...item, insert: `${item.label}: `, isSnippet: false, from, to };
  const yaml = jsonToYaml(`{${item.insert}}`);
  if (yaml.text === undefined) return null;
  // CodeMirror indents the lines of a snippet as the first one is; the dashes before it count too.
  const lines = yaml.text.trimEnd().split("\n");
  const dashes = " ".repeat(start.length - (/^ */.exec(start)?.[0].length ?? 0));
  return { ...item, insert: lines.join(`\n${dashes}`), from, to };
}

export async function hoverYaml(text: string, offset: number): Promise<Hover | null> {
  const tree = parseTree(text, "YAML");
  const slice = (from: number, to: number) => text.slice(from, to);
  const pointer = pointerAt(tree, slice, offset);
  const place = placeOf(tree, slice, pointer);
  const json = yamlToJson(text).text;
  if (pointer === "" || place === null || json === undefined || offset < place.name.from || offset > place.name.to) return null;
  const there = placeOf(parseTree(json, "JSON"), (from, to) => json.slice(from, to), pointer);
  if (there === null) return null;
  const hover = await hoverJson(json, there.name.from + 1);
  return hover === null ? null : { text: hover.text, ...place.name };
}
