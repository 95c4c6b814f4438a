// SPDX-License-Identifier: Apache-2.0
// Two texts side by side with what differs, by @codemirror/merge. In a shadow root, as CodeEditor is.
import { codeFolding } from "@codemirror/language";
import { MergeView } from "@codemirror/merge";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { languageExtension } from "./asl-support";
import { editorLooks } from "./editor-theme";
import "./editor.css";
import type { Language } from "./places";

interface Props {
  before: string;
  after: string;
  labels: [before: string, after: string];
  language?: Language;
  height: number | string;
  /** Lines that are the same are folded away. */
  isCollapsed?: boolean;
}

const looks = EditorView.theme({
  "&": { height: "auto" },
  ".cm-scroller": { overflow: "auto" },
  ".cm-changedLine": { backgroundColor: "var(--pawl-edit-added) !important" },
  ".cm-deletedChunk": { backgroundColor: "var(--pawl-edit-removed)" },
  "&.cm-merge-a .cm-changedLine": { backgroundColor: "var(--pawl-edit-removed) !important" },
  "&.cm-merge-a .cm-changedText": { background: "var(--pawl-edit-removed-strong)" },
  "&.cm-merge-b .cm-changedText": { background: "var(--pawl-edit-added-strong)" },
  "&.cm-merge-a .cm-changedLineGutter": { background: "var(--pawl-edit-error)" },
  "&.cm-merge-b .cm-changedLineGutter": { background: "var(--pawl-edit-string)" },
  ".cm-collapsedLines": {
    background: "var(--pawl-edit-active)",
    borderBlock: "1px solid var(--pawl-edit-soft-line)",
    color: "var(--pawl-edit-quiet)",
    fontSize: "12px",
    padding: "2px 10px",
  },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"⋯"', margin: "0 6px" },
  ".cm-mergeSpacer": {
    background: "repeating-linear-gradient(135deg, var(--pawl-edit-soft-line) 0 1px, transparent 1px 7px)",
  },
});

function extensionsOf(language: Language, label: string): Extension {
  return [
    languageExtension(language),
    lineNumbers(),
    codeFolding(),
    drawSelection(),
    search({ top: true }),
    keymap.of(searchKeymap),
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true", "tabindex": "0" }),
    editorLooks,
    looks,
  ];
}

export function TextDiff({ before, after, labels, language = "JSON", height, isCollapsed = true }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const [beforeLabel, afterLabel] = labels;
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const merge = new MergeView({
      a: { doc: before, extensions: extensionsOf(language, beforeLabel) },
      b: { doc: after, extensions: extensionsOf(language, afterLabel) },
      root,
      parent: root,
      gutter: true,
      diffConfig: { scanLimit: 2_000, timeout: 1_000 },
      ...(isCollapsed ? { collapseUnchanged: { margin: 4, minSize: 8 } } : {}),
    });
    return () => merge.destroy();
  }, [before, after, language, isCollapsed, beforeLabel, afterLabel]);
  return (
    <div className="pawl-edit" style={{ height }}>
      <div ref={host} className="pawl-edit-host pawl-edit-scrolls" />
    </div>
  );
}
