// SPDX-License-Identifier: Apache-2.0
// A value of a moment: in one line, whole when it is opened; what was left out is loaded when it is asked for.
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useFrame } from "../app/frame";
import { JsonView } from "../components/JsonView";
import { formatBytes } from "../components/Timestamp";
import type { ShownValue } from "./moment";

interface Props {
  shown: ShownValue;
  label: string;
  /** Loads what was left out. */
  onLoad?: (() => Promise<unknown>) | undefined;
  /** Shown in full at once. */
  isOpen?: boolean;
  heightMax?: number;
}

const kLineMax = 160;

export function ValueCell({ shown, label, onLoad, isOpen: opensAtOnce = false, heightMax = 260 }: Props) {
  const { failed } = useFrame();
  const [isOpen, setOpen] = useState(opensAtOnce);
  const [loaded, setLoaded] = useState<{ of: ShownValue; value: unknown } | null>(null);
  const [isLoading, setLoading] = useState(false);

  const isLoaded = loaded !== null && loaded.of === shown;
  if (shown.truncated && !isLoaded) {
    const load = async () => {
      if (onLoad === undefined) return;
      setLoading(true);
      try {
        setLoaded({ of: shown, value: await onLoad() });
        setOpen(true);
      } catch (failure) {
        failed(`${label} could not be loaded`, failure);
      } finally {
        setLoading(false);
      }
    };
    const what = shown.kind === "string" ? "text" : `${shown.kind} of ${(shown.size ?? 0).toLocaleString("en")} ${shown.kind === "array" ? "items" : "members"}`;
    return (
      <span className="pawl-travel-quiet">
        {`${formatBytes(shown.bytes ?? 0)}, ${what} `}
        {onLoad !== undefined && (
          <Button variant="inline-link" loading={isLoading} onClick={() => void load()} ariaLabel={`Load ${label}`}>
            Load
          </Button>
        )}
      </span>
    );
  }
  const value = isLoaded ? loaded.value : shown.value;
  const text = JSON.stringify(value) ?? "null";
  const isContainer = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isContainer && text.length <= kLineMax) return <bdi className={`pawl-mono pawl-wrap pawl-json-${kindOf(value)}`}>{text}</bdi>;
  if (isOpen)
    return (
      <div className="pawl-travel-open">
        {!opensAtOnce && (
          <button type="button" className="pawl-travel-fold" aria-label={`Fold ${label}`} onClick={() => setOpen(false)}>
            ▾
          </button>
        )}
        <JsonView text={text} label={label} heightMax={heightMax} />
      </div>
    );
  return (
    <button type="button" className="pawl-travel-value pawl-mono pawl-one-line" aria-expanded={false} onClick={() => setOpen(true)}>
      <span aria-hidden>▸ </span>
      <bdi>{text.length > kLineMax ? `${text.slice(0, kLineMax)}…` : text}</bdi>
    </button>
  );
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}
