// SPDX-License-Identifier: Apache-2.0
// JSON as lines that can be folded: what JsonView shows, without a page. Numbers keep the digits they came with.

export interface JsonLine {
  /** Where it is in the document, RFC 6901; unique together with `isEnd`. */
  pointer: string;
  depth: number;
  /** The member's name or the item's index; null at the root and at ends. */
  label: string | number | null;
  kind: "object" | "array" | "string" | "number" | "boolean" | "null";
  /** A scalar as JSON; "{" or "[" of a container, "}" or "]" at its end. */
  text: string;
  /** Members or items of a container. */
  count: number;
  isOpen: boolean;
  isEnd: boolean;
  hasComma: boolean;
}

const kFirstLines = 400;

function kindOf(value: unknown): JsonLine["kind"] {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as JsonLine["kind"];
}

export function pointerOf(parent: string, label: string | number): string {
  return `${parent}/${String(label).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function entriesOf(value: object): [string | number, unknown][] {
  return Array.isArray(value) ? value.map((item, index) => [index, item]) : Object.entries(value);
}

/** Which containers are open at first: from the outside in, as long as there are not too many lines. */
export function openAtFirst(root: unknown, linesMax = kFirstLines): Set<string> {
  const open = new Set<string>();
  let lines = 1;
  let level: [string, unknown][] = [["", root]];
  while (level.length > 0) {
    const next: [string, unknown][] = [];
    for (const [pointer, value] of level) {
      if (typeof value !== "object" || value === null) continue;
      const entries = entriesOf(value);
      if (entries.length === 0) continue;
      if (lines + entries.length > linesMax && pointer !== "") continue;
      lines += entries.length + 1;
      open.add(pointer);
      if (lines > linesMax) return open;
      for (const [label, item] of entries) next.push([pointerOf(pointer, label), item]);
    }
    level = next;
  }
  return open;
}

/** The lines with those containers open. O(lines). */
export function linesOf(root: unknown, open: ReadonlySet<string>): JsonLine[] {
  const lines: JsonLine[] = [];
  const add = (value: unknown, pointer: string, depth: number, label: string | number | null, hasComma: boolean) => {
    const kind = kindOf(value);
    if (kind !== "object" && kind !== "array") {
      lines.push({ pointer, depth, label, kind, text: JSON.stringify(value) ?? "null", count: 0, isOpen: false, isEnd: false, hasComma });
      return;
    }
    const entries = entriesOf(value as object);
    const isOpen = entries.length > 0 && open.has(pointer);
    const [begin, end] = kind === "object" ? ["{", "}"] : ["[", "]"];
    lines.push({ pointer, depth, label, kind, text: begin, count: entries.length, isOpen, isEnd: false, hasComma: isOpen ? false : hasComma });
    if (!isOpen) return;
    entries.forEach(([name, item], index) => add(item, pointerOf(pointer, name), depth + 1, name, index + 1 < entries.length));
    lines.push({ pointer, depth, label: null, kind, text: end, count: 0, isOpen: false, isEnd: true, hasComma });
  };
  add(root, "", 0, null, false);
  return lines;
}
