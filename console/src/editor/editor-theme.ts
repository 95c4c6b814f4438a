// SPDX-License-Identifier: Apache-2.0
// How editors look: Cloudscape's colours by custom properties (editor.css), so light and dark need no second theme.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const border = "1px solid var(--pawl-edit-soft-line)";

const panelButton = {
  "background": "none",
  "border": "1px solid var(--pawl-edit-line)",
  "borderRadius": "12px",
  "color": "var(--pawl-edit-text)",
  "cursor": "pointer",
  "font": "inherit",
  "margin": "2px",
  "padding": "2px 10px",
};

const marker = (symbol: string, color: string) => ({
  "content": `"${symbol}"`,
  "color": `var(${color})`,
  "display": "block",
  "fontSize": "11px",
  "lineHeight": "18px",
  "textAlign": "center",
});

const looks = EditorView.theme({
  "&": {
    backgroundColor: "var(--pawl-edit-background)",
    color: "var(--pawl-edit-text)",
    fontSize: "12.5px",
    height: "100%",
  },
  "&.pawl-read-only": { backgroundColor: "var(--pawl-edit-read-only)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--pawl-mono)", lineHeight: "18px", overscrollBehavior: "auto" },
  ".cm-content": { caretColor: "var(--pawl-edit-text)", padding: "6px 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--pawl-edit-text)", borderLeftWidth: "2px" },
  ".cm-line": { padding: "0 8px 0 6px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection": {
    backgroundColor: "var(--pawl-edit-selection)",
  },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--pawl-edit-accent) 7%, transparent)" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--pawl-edit-quiet)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--pawl-edit-text)" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "28px", padding: "0 4px 0 6px" },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer", padding: "0 2px" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--pawl-edit-bracket)", border: "none", color: "var(--pawl-edit-text)", padding: "0 6px" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--pawl-edit-bracket)", outline: "none" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", color: "var(--pawl-edit-error)" },
  ".cm-selectionMatch": { backgroundColor: "var(--pawl-edit-bracket)" },
  ".cm-searchMatch": { backgroundColor: "var(--pawl-edit-match)", outline: "none" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--pawl-edit-match-current)" },
  ".pawl-highlight": { backgroundColor: "var(--pawl-edit-highlight)", boxShadow: "inset 3px 0 var(--pawl-edit-accent)" },
  ".cm-panels": { backgroundColor: "var(--pawl-edit-background)", color: "var(--pawl-edit-text)", fontSize: "13px" },
  ".cm-panels-top": { borderBottom: border },
  ".cm-panels-bottom": { borderTop: border },
  ".cm-panel.cm-search": { padding: "6px 24px 6px 8px" },
  ".cm-panel.cm-search label": { fontSize: "12px", display: "inline-flex", alignItems: "center", gap: "2px" },
  ".cm-panel.cm-search [name=close]": { color: "var(--pawl-edit-quiet)", cursor: "pointer", fontSize: "18px", right: "6px", top: "4px" },
  ".cm-textfield": {
    backgroundColor: "var(--pawl-edit-background)",
    border: "1px solid var(--pawl-edit-line)",
    borderRadius: "6px",
    color: "inherit",
    font: "inherit",
    padding: "2px 8px",
  },
  ".cm-textfield:focus-visible, .cm-button:focus-visible": { outline: "2px solid var(--pawl-edit-accent)", outlineOffset: "1px" },
  ".cm-button": { ...panelButton, backgroundImage: "none" },
  ".cm-button:hover": { backgroundColor: "var(--pawl-edit-active)" },
  ".cm-tooltip": {
    backgroundColor: "var(--pawl-edit-raised)",
    border: "1px solid var(--pawl-edit-line)",
    borderRadius: "8px",
    boxShadow: "0 4px 20px 1px var(--pawl-edit-shadow)",
    color: "var(--pawl-edit-text)",
    fontSize: "13px",
    lineHeight: "18px",
    overflow: "hidden",
    zIndex: "1100",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--pawl-mono)", fontSize: "12px", maxHeight: "240px", maxWidth: "480px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { lineHeight: "18px", padding: "2px 8px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--pawl-edit-highlight)", color: "var(--pawl-edit-text)" },
  ".cm-completionIcon": { color: "var(--pawl-edit-quiet)", opacity: "1", paddingRight: "8px" },
  ".cm-completionMatchedText": { color: "var(--pawl-edit-accent)", fontWeight: "700", textDecoration: "none" },
  ".cm-completionDetail": { color: "var(--pawl-edit-quiet)", fontStyle: "normal" },
  ".cm-tooltip.cm-completionInfo": { maxWidth: "360px", padding: "8px 10px", whiteSpace: "pre-wrap" },
  ".pawl-hover": { maxWidth: "460px", overflowWrap: "anywhere", padding: "8px 10px", whiteSpace: "pre-wrap" },
  ".cm-diagnostic": { borderLeft: "3px solid", marginLeft: "0", maxWidth: "520px", overflowWrap: "anywhere", padding: "6px 10px", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--pawl-edit-error)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--pawl-edit-warning)" },
  ".cm-diagnosticSource": { color: "var(--pawl-edit-quiet)", fontSize: "12px", opacity: "1" },
  ".cm-lintRange": { backgroundImage: "none", paddingBottom: "0", textDecorationSkipInk: "none", textUnderlineOffset: "3px" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--pawl-edit-error)" },
  ".cm-lintRange-warning": { textDecoration: "underline wavy var(--pawl-edit-warning)" },
  ".cm-lintRange-active": { backgroundColor: "color-mix(in srgb, var(--pawl-edit-error) 14%, transparent)" },
  ".cm-lintPoint:after": { borderBottomColor: "var(--pawl-edit-error)" },
  ".cm-gutter-lint": { width: "16px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0" },
  ".cm-lint-marker": { height: "18px", width: "16px" },
  ".cm-lint-marker-error": { content: "none" },
  ".cm-lint-marker-error:before": marker("●", "--pawl-edit-error"),
  ".cm-lint-marker-warning": { content: "none" },
  ".cm-lint-marker-warning:before": marker("▲", "--pawl-edit-warning"),
  ".cm-placeholder": { color: "var(--pawl-edit-quiet)" },
  ".cm-snippetField": { backgroundColor: "var(--pawl-edit-bracket)" },
});

const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--pawl-edit-name)" },
  { tag: [tags.string, tags.special(tags.string), tags.content], color: "var(--pawl-edit-string)" },
  { tag: tags.number, color: "var(--pawl-edit-number)" },
  { tag: [tags.bool, tags.null, tags.keyword], color: "var(--pawl-edit-word)" },
  { tag: [tags.comment, tags.meta], color: "var(--pawl-edit-quiet)" },
  { tag: [tags.separator, tags.punctuation, tags.bracket], color: "var(--pawl-edit-quiet)" },
  { tag: tags.invalid, color: "var(--pawl-edit-error)" },
]);

export const editorLooks: Extension = [looks, syntaxHighlighting(colors)];
