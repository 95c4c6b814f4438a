// SPDX-License-Identifier: Apache-2.0
// Lines of an editor that the page points at: those of a state, of a mistake. Set by an effect, moved with the text.
import { type EditorState, type Extension, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import type { Range } from "./places";

const setHighlight = StateEffect.define<Range | null>();
const line = Decoration.line({ class: "pawl-highlight" });
const kLinesMax = 5_000;

function linesOf(state: EditorState, range: Range): DecorationSet {
  const decorations = [];
  const last = state.doc.lineAt(Math.min(range.to, state.doc.length)).number;
  const first = state.doc.lineAt(Math.min(range.from, state.doc.length)).number;
  for (let number = first; number <= Math.min(last, first + kLinesMax); number += 1) decorations.push(line.range(state.doc.line(number).from));
  return RangeSet.of(decorations);
}

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, transaction) {
    let next = lines.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setHighlight)) next = effect.value === null ? Decoration.none : linesOf(transaction.state, effect.value);
    }
    return next;
  },
  provide: (self) => EditorView.decorations.from(self),
});

/** Above the lines that are marked. */
const kMargin = 60;

export const highlightExtension: Extension = field;

/** Marks the lines, and brings the first into sight: within the editor, the page around it stays where it is. */
export function highlight(view: EditorView, range: Range | null): void {
  view.dispatch({ effects: setHighlight.of(range) });
  if (range === null) return;
  view.requestMeasure({
    read: () => view.lineBlockAt(Math.min(range.from, view.state.doc.length)),
    write: (block) => {
      const { scrollTop, clientHeight } = view.scrollDOM;
      if (block.top < scrollTop || block.bottom > scrollTop + clientHeight - kMargin) view.scrollDOM.scrollTop = Math.max(block.top - kMargin, 0);
    },
  });
}
