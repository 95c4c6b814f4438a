// SPDX-License-Identifier: Apache-2.0
// JSON to be typed: the editor, loaded when it is first wanted.
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense } from "react";

const JsonEditor = lazy(() => import("../../editor/JsonEditor").then((module) => ({ default: module.JsonEditor })));

interface Props {
  value: string;
  label: string;
  height: number;
  onChange: (value: string) => void;
}

export function JsonField({ value, label, height, onChange }: Props) {
  return (
    <Suspense fallback={<Spinner />}>
      <JsonEditor value={value} label={label} height={height} onChange={onChange} />
    </Suspense>
  );
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
