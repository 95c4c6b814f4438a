// SPDX-License-Identifier: Apache-2.0
// The editor for the expression, with the place of its mistake.
import { setDiagnostics } from "@codemirror/lint";
import type { EditorView } from "@codemirror/view";
import { useEffect, useMemo, useRef } from "react";
import { languageExtension } from "../../editor/asl-support";
import { CodeEditor } from "../../editor/CodeEditor";
import type { Answer, Question } from "./question";

interface Props {
  question: Question;
  /** Of this text; undefined while it is asked. */
  answer: Answer | undefined;
  onChange: (text: string) => void;
  height: number;
}

export function ExpressionEditor({ question, answer, onChange, height }: Props) {
  const view = useRef<EditorView | null>(null);
  const isJson = question.kind === "template" || (question.kind === "condition" && question.language === "JSONPath");
  const extensions = useMemo(() => (isJson ? [languageExtension("JSON")] : []), [isJson]);
  useEffect(() => {
    const made = view.current;
    if (made === null) return;
    const { length } = made.state.doc;
    const at = answer?.error === undefined ? undefined : answer.position;
    const from = Math.min(at?.offset ?? 0, Math.max(length - 1, 0));
    made.dispatch(
      setDiagnostics(made.state, at === undefined ? [] : [{ from, to: Math.min(from + 1, length), severity: "error", message: `${answer?.error}: ${answer?.cause}` }]),
    );
  }, [answer]);
  return (
    <div className="pawl-edit" style={{ height }}>
      <CodeEditor value={question.text} onChange={onChange} label="Expression" extensions={extensions} view={view} wraps />
    </div>
  );
}
