// SPDX-License-Identifier: Apache-2.0
// A field for JSON: in a face of one width, says at once what is wrong with it, puts it in order when asked.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import type { ReactNode } from "react";
import "./shared.css";

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
  const problem = value.trim() === "" ? undefined : jsonProblem(value);
  const format = () => onChange(JSON.stringify(JSON.parse(value), null, 2));
  return (
    <FormField
      label={label}
      stretch
      description={description}
      {...(problem !== undefined && !isAnyText ? { errorText: problem } : {})}
      info={
        <Button variant="inline-link" formAction="none" disabled={problem !== undefined || value.trim() === ""} onClick={format}>
          Format
        </Button>
      }
    >
      <div className="pawl-code-field">
        <Textarea value={value} rows={rows} spellcheck={false} disableBrowserAutocorrect onChange={({ detail }) => onChange(detail.value)} />
      </div>
    </FormField>
  );
}
