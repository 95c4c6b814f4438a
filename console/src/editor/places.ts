// SPDX-License-Identifier: Apache-2.0
// Where in a JSON or YAML text something is: RFC 6901 pointers to ranges and back. Works on Lezer's trees, so also while
// the text has mistakes, and on the tree that the editor has anyway.
import { parser as jsonParser } from "@lezer/json";
import { parser as yamlParser } from "@lezer/yaml";
import type { SyntaxNode, Tree } from "@lezer/common";

export type Language = "JSON" | "YAML";

/** Offsets in UTF-16 units. */
export interface Range {
  from: number;
  to: number;
}

export interface Place extends Range {
  /** The member's name, if it is one; else the value itself. */
  name: Range;
  /** The value without its name. */
  value: Range;
}

type Slice = (from: number, to: number) => string;

export function parseTree(text: string, language: Language): Tree {
  return (language === "JSON" ? jsonParser : yamlParser).parse(text);
}

const kContainers = new Set(["Object", "Array", "BlockMapping", "FlowMapping", "BlockSequence", "FlowSequence"]);
const kScalars = new Set(["True", "False", "Null", "Number", "String", "Literal", "QuotedLiteral", "BlockLiteral", "Alias"]);
const kPairs = new Set(["Property", "Pair"]);
const kSequences = new Set(["Array", "BlockSequence", "FlowSequence"]);
const kWrappers = new Set(["Tagged", "Anchored"]);

function isValue(node: SyntaxNode): boolean {
  return kContainers.has(node.name) || kScalars.has(node.name) || kWrappers.has(node.name);
}

function unwrap(node: SyntaxNode | null): SyntaxNode | null {
  let at = node;
  while (at !== null && kWrappers.has(at.name)) at = lastValueIn(at);
  return at;
}

function lastValueIn(node: SyntaxNode): SyntaxNode | null {
  for (let child = node.lastChild; child !== null; child = child.prevSibling) if (isValue(child)) return child;
  return null;
}

function rootValue(tree: Tree): SyntaxNode | null {
  let at: SyntaxNode | null = tree.topNode.firstChild;
  for (; at !== null; at = at.nextSibling) {
    if (isValue(at)) return unwrap(at);
    if (at.name === "Document") {
      const value = lastValueIn(at);
      if (value !== null) return unwrap(value);
    }
  }
  return null;
}

/** The text of a scalar without its quotes. */
function scalarText(text: string): string {
  if (text.startsWith('"')) {
    try {
      return JSON.parse(text) as string;
    } catch {
      return text.replace(/^"|"$/g, "");
    }
  }
  if (text.startsWith("'")) return text.replace(/^'|'$/g, "").replaceAll("''", "'");
  return text.trim();
}

function nameNode(pair: SyntaxNode): SyntaxNode | null {
  return pair.getChild("PropertyName") ?? pair.getChild("Key");
}

function nameOf(pair: SyntaxNode, slice: Slice): string | null {
  const node = nameNode(pair);
  return node === null ? null : scalarText(slice(node.from, node.to));
}

function valueOf(pair: SyntaxNode): SyntaxNode | null {
  return unwrap(lastValueIn(pair));
}

/** The items of a sequence, the members of a mapping. */
function* itemsOf(sequence: SyntaxNode): Generator<SyntaxNode> {
  for (let child = sequence.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === "Item" || isValue(child)) yield child;
  }
}

function itemValue(item: SyntaxNode): SyntaxNode | null {
  return item.name === "Item" ? unwrap(lastValueIn(item)) : unwrap(item);
}

export function escapeName(name: string | number): string {
  return String(name).replaceAll("~", "~0").replaceAll("/", "~1");
}

/** "/States/A~1B" to ["States", "A/B"]. */
export function namesOf(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function trimmed(node: SyntaxNode, slice: Slice): Range {
  const text = slice(node.from, node.to);
  return { from: node.from + (text.length - text.trimStart().length), to: node.from + text.trimEnd().length };
}

/** The place of a pointer; of the innermost part that exists if `nearest`. */
export function placeOf(tree: Tree, slice: Slice, pointer: string, nearest = false): Place | null {
  let value = rootValue(tree);
  if (value === null) return null;
  let pair: SyntaxNode | null = null;
  for (const name of namesOf(pointer)) {
    const next: { pair: SyntaxNode; value: SyntaxNode | null } | null = value === null ? null : step(value, name, slice);
    if (next === null) {
      if (nearest) break;
      return null;
    }
    pair = next.pair;
    value = next.value;
    if (value === null && !nearest) break;
  }
  const range = value === null ? null : trimmed(value, slice);
  if (pair === null || !kPairs.has(pair.name)) {
    const whole = range ?? (pair === null ? null : trimmed(pair, slice));
    return whole === null ? null : { ...whole, name: whole, value: whole };
  }
  const whole = trimmed(pair, slice);
  const name = nameNode(pair);
  return { ...whole, name: name === null ? whole : trimmed(name, slice), value: range ?? { from: whole.to, to: whole.to } };
}

function step(value: SyntaxNode, name: string, slice: Slice): { pair: SyntaxNode; value: SyntaxNode | null } | null {
  if (kSequences.has(value.name)) {
    let index = Number(name);
    for (const item of itemsOf(value)) if (index-- === 0) return { pair: item, value: itemValue(item) };
    return null;
  }
  for (let child = value.firstChild; child !== null; child = child.nextSibling) {
    if (kPairs.has(child.name) && nameOf(child, slice) === name) return { pair: child, value: valueOf(child) };
  }
  return null;
}

/** The pointer of the innermost member or item that `offset` stands in. O(depth * siblings). */
export function pointerAt(tree: Tree, slice: Slice, offset: number): string {
  const names: string[] = [];
  let node: SyntaxNode | null = tree.resolveInner(offset, 1);
  if (!isInside(node)) node = tree.resolveInner(offset, -1);
  for (let child: SyntaxNode | null = null; node !== null; child = node, node = node.parent) {
    if (kPairs.has(node.name)) {
      const name = nameOf(node, slice);
      if (name !== null) names.push(escapeName(name));
    } else if (kSequences.has(node.name) && child !== null) {
      let index = 0;
      for (const item of itemsOf(node)) {
        if (item.from === child.from && item.to === child.to) {
          names.push(String(index));
          break;
        }
        index += 1;
      }
    }
  }
  return names.length === 0 ? "" : `/${names.reverse().join("/")}`;
}

function isInside(node: SyntaxNode | null): boolean {
  for (let at = node; at !== null; at = at.parent) if (kPairs.has(at.name)) return true;
  return false;
}

/** The pointer of the innermost state that a pointer leads into, or null: the member of a "States" object. */
export function statePointerOf(pointer: string): string | null {
  const parts = pointer.split("/");
  // "States" at the root, of a branch, of an ItemProcessor or of an Iterator; not a state that is named "States".
  for (let i = parts.length - 2; i >= 1; i -= 1) {
    if (parts[i] === "States" && isMachine(parts.slice(1, i))) return parts.slice(0, i + 2).join("/");
  }
  return null;
}

/** Whether a path of a definition is that of a state machine: the definition itself, a branch, an item processor. */
function isMachine(names: string[]): boolean {
  let i = 0;
  while (i < names.length) {
    if (names[i] !== "States" || i + 2 >= names.length) return false;
    const field = names[i + 2];
    if (field === "Branches" && i + 3 < names.length) i += 4;
    else if (field === "ItemProcessor" || field === "Iterator") i += 3;
    else return false;
  }
  return true;
}

/** AWS's "/States/A/Choices[0]/Next" as a pointer. Names are not escaped there, so the longest that exists is taken. */
export function pointerOfLocation(location: string): string {
  if (location === "/" || location === "") return "";
  return location.replaceAll(/\[(\d+)\]/g, "/$1");
}
