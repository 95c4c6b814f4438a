// SPDX-License-Identifier: Apache-2.0
// CodeMirror in a React component. It lives in a shadow root, because only there its style sheets are constructed ones,
// which a strict Content-Security-Policy takes. Tab leaves the editor, or indents (`tabIndents`) until Escape is pressed.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, placeholder as placeholderOf,
} from "@codemirror/view";
import { type RefObject, useEffect, useRef } from "react";
import { useIsDark } from "../app/theme";
import "./editor.css";
import { editorLooks } from "./editor-theme";

export interface CodeEditorProps {
  value: string;
  onChange?: ((value: string) => void) | undefined;
  readOnly?: boolean | undefined;
  /** For screen readers. */
  label: string;
  /** Of language and page; may change at any time, but each change costs: keep it in useMemo. */
  extensions?: Extension | undefined;
  placeholder?: string | undefined;
  tabIndents?: boolean | undefined;
  wraps?: boolean | undefined;
  hasLineNumbers?: boolean | undefined;
  /** Set while the editor is there. */
  view?: RefObject<EditorView | null> | undefined;
}

const kToldMax = 50;

function foldMarker(isOpen: boolean): HTMLElement {
  const mark = document.createElement("span");
  mark.textContent = isOpen ? "▾" : "▸";
  mark.title = isOpen ? "Fold" : "Unfold";
  return mark;
}

const kAlways: Extension = [
  history(),
  highlightSpecialChars(),
  drawSelection(),
  indentOnInput(),
  indentUnit.of("  "),
  bracketMatching(),
  closeBrackets(),
  autocompletion({ icons: true, maxRenderedOptions: 80 }),
  highlightSelectionMatches(),
  codeFolding(),
  search({ top: true }),
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
  editorLooks,
];

export function CodeEditor(props: CodeEditorProps) {
  const { value, label, readOnly = false, extensions = [], placeholder, tabIndents = false, wraps = false, hasLineNumbers = true } = props;
  const isDark = useIsDark();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const shown = useRef(value);
  // What was told to the page and has not come back as `value`: while somebody types, the page is a step behind.
  const told = useRef<string[]>([]);
  const onChange = useRef(props.onChange);
  onChange.current = props.onChange;
  const outer = useRef(props.view);
  outer.current = props.view;
  const parts = useRef({ page: new Compartment(), mode: new Compartment() }).current;

  const mode: Extension = [
    EditorView.theme({}, { dark: isDark }),
    EditorState.readOnly.of(readOnly),
    EditorView.editorAttributes.of({ class: readOnly ? "pawl-read-only" : "" }),
    EditorView.contentAttributes.of({
      "aria-label": label,
      // It is focusable anyway; this says so to whoever only looks at attributes.
      "tabindex": "0",
      ...(tabIndents && !readOnly ? { "aria-description": "Press Escape, then Tab, to leave the editor." } : {}),
      ...(readOnly ? { "aria-readonly": "true" } : {}),
    }),
    ...(hasLineNumbers ? [lineNumbers(), foldGutter({ markerDOM: foldMarker })] : []),
    ...(readOnly ? [] : [highlightActiveLine(), highlightActiveLineGutter()]),
    ...(tabIndents && !readOnly ? [keymap.of([indentWithTab])] : []),
    ...(wraps ? [EditorView.lineWrapping] : []),
    ...(placeholder === undefined ? [] : [placeholderOf(placeholder)]),
  ];
  const modeKey = JSON.stringify([isDark, readOnly, label, tabIndents, wraps, hasLineNumbers, placeholder]);
  const modeNow = useRef(mode);
  modeNow.current = mode;
  const extensionsNow = useRef(extensions);
  extensionsNow.current = extensions;

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    // One root for the life of the element: effects run twice in development.
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: shown.current,
        extensions: [
          kAlways,
          parts.mode.of(modeNow.current),
          parts.page.of(extensionsNow.current),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            shown.current = update.state.doc.toString();
            if (onChange.current !== undefined) told.current.push(shown.current);
            if (told.current.length > kToldMax) told.current.shift();
            onChange.current?.(shown.current);
          }),
        ],
      }),
    });
    view.current = made;
    if (outer.current) outer.current.current = made;
    return () => {
      view.current = null;
      if (outer.current) outer.current.current = null;
      made.destroy();
    };
  }, [parts]);

  useEffect(() => {
    view.current?.dispatch({ effects: parts.mode.reconfigure(modeNow.current) });
  }, [modeKey, parts]);
  useEffect(() => {
    view.current?.dispatch({ effects: parts.page.reconfigure(extensions) });
  }, [extensions, parts]);
  useEffect(() => {
    const made = view.current;
    const echo = told.current.indexOf(value);
    if (echo >= 0) told.current.splice(0, echo + 1);
    if (made === null || echo >= 0 || value === shown.current) return;
    told.current = [];
    shown.current = value;
    // From outside: the text is another. A listener hears of it, and has the same value.
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value }, selection: { anchor: 0 } });
  }, [value]);

  return (
    <div
      ref={host}
      className="pawl-edit-host"
      onKeyDown={(event) => {
        // What the editor took (Escape closes its search panel) is not for a dialog around it.
        if (event.isDefaultPrevented()) event.stopPropagation();
      }}
    />
  );
}
