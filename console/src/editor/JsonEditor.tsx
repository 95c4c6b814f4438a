// SPDX-License-Identifier: Apache-2.0
// The editor for JSON that is no definition: inputs, items, messages. Says the first mistake, formats, counts bytes.
import Button from "@cloudscape-design/components/button";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Prec } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useMemo, useRef, useState } from "react";
import { formatBytes } from "../components/Timestamp";
import { languageExtension } from "./asl-support";
import { CodeEditor } from "./CodeEditor";
import { findMistake, formatJson, type JsonMistake } from "./json-scan";

export interface JsonEditorProps {
  value: string;
  onChange?: ((value: string) => void) | undefined;
  /** The first mistake of `value`, null if it is JSON (or empty, with `allowsEmpty`). */
  onMistake?: ((mistake: JsonMistake | null) => void) | undefined;
  readOnly?: boolean | undefined;
  allowsEmpty?: boolean | undefined;
  /** For screen readers. */
  label: string;
  height?: number | string | undefined;
  placeholder?: string | undefined;
  /** More than so many bytes of UTF-8 are pointed out. */
  bytesMax?: number | undefined;
}

const kLintDelayMs = 150;

function lengthOf(text: string): number {
  // Counting a large text exactly costs a copy of it.
  return text.length > 200_000 ? new Blob([text]).size : new TextEncoder().encode(text).length;
}

interface Checked {
  text: string;
  mistake: JsonMistake | null;
  bytes: number;
}

export function JsonEditor(props: JsonEditorProps) {
  const { value, onChange, readOnly = false, allowsEmpty = false, label, height = 240, placeholder, bytesMax } = props;
  const view = useRef<EditorView | null>(null);
  const check = (text: string): Checked => ({ text, mistake: allowsEmpty && text.trim() === "" ? null : findMistake(text), bytes: lengthOf(text) });
  const [checked, setChecked] = useState<Checked>(() => check(value));
  const onMistake = useRef(props.onMistake);
  onMistake.current = props.onMistake;

  useEffect(() => {
    const run = () => {
      const next = check(value);
      setChecked(next);
      onMistake.current?.(next.mistake);
    };
    const timer = setTimeout(run, value.length < 20_000 ? 0 : kLintDelayMs);
    return () => clearTimeout(timer);
  }, [value, allowsEmpty]);

  const isCurrent = checked.text === value;
  useEffect(() => {
    const made = view.current;
    if (made === null || !isCurrent) return;
    const mistake = checked.mistake;
    const from = Math.min(mistake?.offset ?? 0, made.state.doc.length);
    const to = Math.min(from + 1, made.state.doc.lineAt(from).to);
    made.dispatch(setDiagnostics(made.state, mistake === null ? [] : [{ from, to, severity: "error", message: mistake.message }]));
  }, [checked, isCurrent]);

  const extensions = useMemo(() => [languageExtension("JSON"), ...(readOnly ? [] : [Prec.high(lintGutter())])], [readOnly]);
  const formatted = () => {
    const text = formatJson(value);
    if (text !== null && text !== value) onChange?.(text);
  };
  const jump = () => {
    const made = view.current;
    if (made === null || checked.mistake === null) return;
    const from = Math.min(checked.mistake.offset, made.state.doc.length);
    made.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    made.focus();
  };
  const isTooLarge = bytesMax !== undefined && checked.bytes > bytesMax;

  return (
    <div className="pawl-edit" style={{ height }}>
      <CodeEditor value={value} onChange={onChange} readOnly={readOnly} label={label} extensions={extensions} placeholder={placeholder} view={view} />
      <div className="pawl-edit-bar">
        <span role="status" className={checked.mistake !== null || isTooLarge ? "pawl-edit-mistake pawl-one-line" : "pawl-one-line"}>
          {checked.mistake !== null && !readOnly ? <Mistake mistake={checked.mistake} text={checked.text} onJump={jump} /> : `${formatBytes(checked.bytes)}${isTooLarge ? ` of at most ${formatBytes(bytesMax)}` : ""}`}
        </span>
        {!readOnly && (
          <Button variant="inline-link" formAction="none" disabled={checked.mistake !== null || value.trim() === ""} onClick={formatted} ariaLabel={`Format ${label}`}>
            Format
          </Button>
        )}
      </div>
    </div>
  );
}

function Mistake({ mistake, text, onJump }: { mistake: JsonMistake; text: string; onJump: () => void }) {
  const before = text.slice(0, mistake.offset);
  const line = before.split("\n").length;
  return (
    <>
      <Button variant="inline-link" formAction="none" onClick={onJump} ariaLabel={`Go to line ${line}`}>{`Line ${line}`}</Button>
      {`: ${mistake.message}`}
    </>
  );
}
