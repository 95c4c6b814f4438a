// SPDX-License-Identifier: Apache-2.0
// What Pawl's validator says about a definition, and where in the text that is.
import type { Text } from "@codemirror/state";
import type { Tree } from "@lezer/common";
import { type Language, placeOf, pointerOfLocation, type Range } from "./places";

/** As the console's `graph` answers; the members of ValidateStateMachineDefinition, and places in the JSON. */
export interface Diagnostic {
  severity: "ERROR" | "WARNING";
  code: string;
  message: string;
  location?: string;
  pointer?: string;
  /** From 1; columns in code points. */
  line?: number;
  column?: number;
  endLine?: number;
  endColumn?: number;
  /** Of a text that does not parse: where, in UTF-16 units. */
  offset?: number;
}

/** The UTF-16 offset of a line and a column in code points. */
export function offsetOf(doc: Text, line: number, column: number): number {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  let units = 0;
  for (const point of at.text) {
    if (--column < 1) break;
    units += point.length;
  }
  return Math.min(at.from + units, at.to);
}

/** Where a diagnostic is. Lines are those of the JSON that was checked: of YAML only the pointer tells. */
export function rangeOf(diagnostic: Diagnostic, language: Language, doc: Text, tree: () => Tree): Range {
  const { offset, line, column = 1, endLine, endColumn } = diagnostic;
  if (offset !== undefined) {
    const from = Math.min(offset, doc.length);
    return { from, to: Math.max(from, Math.min(from + 1, doc.lineAt(from).to)) };
  }
  if (language === "JSON" && line !== undefined && line <= doc.lines) {
    const from = offsetOf(doc, line, column);
    const to = endLine === undefined || endColumn === undefined ? doc.lineAt(from).to : offsetOf(doc, endLine, endColumn);
    return { from, to: Math.max(from, to) };
  }
  const pointer = diagnostic.pointer ?? (diagnostic.location === undefined ? undefined : pointerOfLocation(diagnostic.location));
  const place = pointer === undefined ? null : placeOf(tree(), (from, to) => doc.sliceString(from, to), pointer, true);
  if (place === null) return { from: 0, to: 0 };
  // Of a whole object only its name is marked.
  const isShort = place.to - place.from < 200 && doc.lineAt(place.from).number === doc.lineAt(place.to).number;
  return isShort ? { from: place.from, to: place.to } : { from: place.name.from, to: Math.min(place.name.to, doc.lineAt(place.name.from).to) };
}
