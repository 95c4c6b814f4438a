// SPDX-License-Identifier: Apache-2.0
// The editor for definitions: the Amazon States Language in JSON or YAML, with what the validator says beside the lines
// and below them. It does not check by itself: the page passes `diagnostics` (useDefinitionCheck).
import { syntaxTree } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Prec, type Text } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { Tree } from "@lezer/common";
import { useEffect, useMemo, useRef } from "react";
import { aslExtension } from "./asl-support";
import { CodeEditor } from "./CodeEditor";
import { languageOf } from "./convert";
import { type Diagnostic, rangeOf } from "./diagnostics";
import { highlight as mark, highlightExtension } from "./highlight";
import { type Language, parseTree, placeOf, pointerAt, statePointerOf } from "./places";
import { Problems } from "./Problems";

/** A JSON pointer ("/States/A"), or lines from 1, both included. */
export type Highlight = string | { fromLine: number; toLine: number };

export interface DefinitionEditorProps {
  value: string;
  onChange?: ((value: string) => void) | undefined;
  /** By default as the text looks. */
  language?: Language | undefined;
  readOnly?: boolean | undefined;
  highlight?: Highlight | null | undefined;
  diagnostics?: readonly Diagnostic[] | undefined;
  /** Below the editor; by default if there are diagnostics. */
  showProblems?: boolean | undefined;
  /** The pointer of the state that the cursor stands in, null outside of all; called when it changes. */
  onCursorPointer?: ((pointer: string | null) => void) | undefined;
  /** A CSS length; of the whole, with the problems. */
  height?: number | string | undefined;
  label?: string | undefined;
}

const kNone: readonly Diagnostic[] = [];

const trees = new WeakMap<Text, Partial<Record<Language, Tree>>>();

/** The tree of the whole text. The editor's own reaches as far as it was read until now. */
function treeOf(view: EditorView, language: Language): Tree {
  const own = syntaxTree(view.state);
  if (own.length >= view.state.doc.length) return own;
  const kept = trees.get(view.state.doc)?.[language];
  if (kept !== undefined) return kept;
  const tree = parseTree(view.state.doc.toString(), language);
  trees.set(view.state.doc, { [language]: tree });
  return tree;
}

function rangeOfHighlight(view: EditorView, language: Language, highlight: Highlight) {
  const { doc } = view.state;
  if (typeof highlight === "string") return placeOf(treeOf(view, language), (from, to) => doc.sliceString(from, to), highlight);
  if (highlight.fromLine > doc.lines) return null;
  return { from: doc.line(Math.max(1, highlight.fromLine)).from, to: doc.line(Math.min(doc.lines, Math.max(1, highlight.toLine))).to };
}

export function DefinitionEditor(props: DefinitionEditorProps) {
  const { value, readOnly = false, highlight = null, diagnostics = kNone, height = 480, label = "Definition" } = props;
  const guessed = languageOf(value);
  const language = props.language ?? guessed;
  const view = useRef<EditorView | null>(null);
  const onCursorPointer = useRef(props.onCursorPointer);
  onCursorPointer.current = props.onCursorPointer;

  const hasGutter = !readOnly || diagnostics.length > 0;
  const extensions = useMemo(() => {
    let last: string | null | undefined;
    return [
      aslExtension(language, readOnly),
      highlightExtension,
      ...(hasGutter ? [Prec.high(lintGutter())] : []),
      EditorView.updateListener.of((update) => {
        if (onCursorPointer.current === undefined || !update.selectionSet || update.transactions.every((each) => each.isUserEvent("input.complete"))) return;
        const { doc, selection } = update.state;
        const { head } = selection.main;
        // What stands around a place is in the tree as soon as the place is; a jump far down is read first.
        const own = syntaxTree(update.state);
        const tree = own.length > head ? own : treeOf(update.view, language);
        const pointer = statePointerOf(pointerAt(tree, (from, to) => doc.sliceString(from, to), head));
        if (pointer === last) return;
        last = pointer;
        onCursorPointer.current(pointer);
      }),
    ];
  }, [language, readOnly, hasGutter]);

  useEffect(() => {
    const made = view.current;
    if (made === null) return;
    const { doc } = made.state;
    const marks = diagnostics.map((each) => ({
      ...rangeOf(each, language, doc, () => treeOf(made, language)),
      severity: each.severity === "ERROR" ? ("error" as const) : ("warning" as const),
      message: each.message,
      source: each.code,
    }));
    made.dispatch(setDiagnostics(made.state, marks));
  }, [diagnostics, language, extensions]);

  const highlightKey = JSON.stringify(highlight);
  const highlightNow = useRef(highlight);
  highlightNow.current = highlight;
  useEffect(() => {
    const made = view.current;
    if (made === null) return;
    mark(made, highlightNow.current === null ? null : rangeOfHighlight(made, language, highlightNow.current));
    // A text from outside has its lines elsewhere; what is typed here moves them.
  }, [highlightKey, language, readOnly ? value : null]);

  const jump = (diagnostic: Diagnostic) => {
    const made = view.current;
    if (made === null) return;
    const { from, to } = rangeOf(diagnostic, language, made.state.doc, () => treeOf(made, language));
    made.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    made.focus();
  };

  const showProblems = props.showProblems ?? diagnostics.length > 0;
  return (
    <div className="pawl-edit" style={{ height }}>
      <CodeEditor value={value} onChange={props.onChange} readOnly={readOnly} label={label} extensions={extensions} tabIndents view={view} />
      {showProblems && <Problems diagnostics={diagnostics} onJump={jump} />}
    </div>
  );
}
