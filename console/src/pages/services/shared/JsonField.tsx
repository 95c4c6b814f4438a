// SPDX-License-Identifier: Apache-2.0
// A field for JSON (the editor) or for any text (a plain field, in a face of one width).
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import type { ReactNode } from "react";
import { JsonEditor } from "../../../editor/JsonEditor";
import "./shared.css";

const kLineHeight = 18;
const kPadding = 44;

interface Props {
  label: string;
  description?: ReactNode;
  value: string;
  rows?: number;
  /** Text that is no JSON may stand too (a message's body). */
  isAnyText?: boolean;
  onChange: (value: string) => void;
}

/** undefined: it is JSON. */
export function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (failure) {
    return failure instanceof Error ? failure.message : "This is no JSON";
  }
}

export function JsonField({ label, description, value, rows = 10, isAnyText = false, onChange }: Props) {
  if (!isAnyText)
    return (
      <FormField label={label} stretch description={description}>
        <JsonEditor label={label} value={value} onChange={onChange} allowsEmpty height={rows * kLineHeight + kPadding} />
      </FormField>
    );
  const isJson = value.trim() !== "" && jsonProblem(value) === undefined;
  return (
    <FormField
      label={label}
      stretch
      description={description}
      info={
        <Button variant="inline-link" formAction="none" disabled={!isJson} onClick={() => onChange(JSON.stringify(JSON.parse(value), null, 2))}>
          Format JSON
        </Button>
      }
    >
      <div className="pawl-code-field">
        <Textarea value={value} rows={rows} spellcheck={false} disableBrowserAutocorrect onChange={({ detail }) => onChange(detail.value)} />
      </div>
    </FormField>
  );
}
