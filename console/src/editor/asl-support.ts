// SPDX-License-Identifier: Apache-2.0
// The languages as extensions of CodeMirror: JSON and YAML, and the Amazon States Language on top of either.
import { type Completion, type CompletionContext, type CompletionResult, snippet } from "@codemirror/autocomplete";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { EditorState, type Extension } from "@codemirror/state";
import { type EditorView, hoverTooltip } from "@codemirror/view";
import type { Suggestion } from "./asl-language";
import { ask } from "./asl-worker-api";
import type { Language } from "./places";

/** Above this nothing is completed: each answer would take longer than typing on. */
const kLengthMax = 1_500_000;

export function languageExtension(language: Language): Extension {
  return language === "JSON" ? json() : yaml();
}

function applyOf(suggestion: Suggestion, resultFrom: number, asked: number): Completion["apply"] {
  return (view: EditorView, completion: Completion, from: number, to: number) => {
    // The text between was typed since the question.
    const begin = from + (suggestion.from - resultFrom);
    const end = to + (suggestion.to - asked);
    if (suggestion.isSnippet) snippet(suggestion.insert)(view, completion, begin, end);
    else view.dispatch({ changes: { from: begin, to: end, insert: suggestion.insert }, selection: { anchor: begin + suggestion.insert.length }, userEvent: "input.complete" });
  };
}

function optionOf(suggestion: Suggestion, resultFrom: number, asked: number, index: number): Completion {
  return {
    label: suggestion.label,
    type: suggestion.kind,
    apply: applyOf(suggestion, resultFrom, asked),
    // The order of the service: what is needed first comes first.
    boost: Math.max(-99, (suggestion.kind === "text" ? -20 : 20) - index),
    ...(suggestion.info === undefined ? {} : { info: suggestion.info }),
    ...(suggestion.detail === undefined ? {} : { detail: suggestion.detail }),
  };
}

function completionSource(language: Language) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const before = context.matchBefore(/[\w"'$.: -]/);
    if (!context.explicit && before === null) return null;
    if (context.state.doc.length > kLengthMax) return null;
    const answer = await ask({ kind: "complete", text: context.state.doc.toString(), offset: context.pos, language });
    const suggestions = answer?.suggestions ?? [];
    const first = suggestions[0];
    if (first === undefined || context.aborted) return null;
    const quote = context.state.sliceDoc(first.from, Math.min(first.from + 1, context.pos));
    const word = context.matchBefore(/[\w$]*/)?.from ?? context.pos;
    const from = first.kind === "text" ? word : Math.min(first.from + (quote === '"' || quote === "'" ? 1 : 0), context.pos);
    if (!context.explicit && from === context.pos && !/["'$. ]/.test(context.state.sliceDoc(from - 1, from))) return null;
    return { from, options: suggestions.map((each, index) => optionOf(each, from, context.pos, index)), validFor: /^[\w -]*$/ };
  };
}

function hoverSource(language: Language): Extension {
  return hoverTooltip(
    async (view, offset) => {
      if (view.state.doc.length > kLengthMax) return null;
      const answer = await ask({ kind: "hover", text: view.state.doc.toString(), offset, language });
      const hover = answer?.hover;
      if (hover === undefined || hover === null) return null;
      return {
        pos: hover.from,
        end: hover.to,
        above: true,
        create: () => {
          const dom = document.createElement("div");
          dom.className = "pawl-hover";
          dom.textContent = hover.text;
          return { dom };
        },
      };
    },
    { hoverTime: 400 },
  );
}

export function aslExtension(language: Language, isReadOnly: boolean): Extension {
  const complete = completionSource(language);
  return [
    languageExtension(language),
    hoverSource(language),
    ...(isReadOnly ? [] : [EditorState.languageData.of(() => [{ autocomplete: complete }])]),
  ];
}
