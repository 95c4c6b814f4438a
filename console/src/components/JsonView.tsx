// SPDX-License-Identifier: Apache-2.0
// JSON as a tree that folds, of any size: only the lines in sight are made. What is no JSON is shown as text.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import "./json-view.css";
import { type JsonLine, linesOf, openAtFirst } from "./json-lines";
import { formatBytes } from "./Timestamp";

interface Props {
  /** Of a JSON document; anything else is shown as it is. */
  text: string;
  label: string;
  heightMax?: number;
  /** Called with the RFC 6901 pointer of a line that was clicked. */
  onPick?: (pointer: string) => void;
}

const kLineHeight = 18;
/** A single line of a text view may be long; more is cut. */
const kScalarMax = 4_000;

export function JsonView({ text, label, heightMax = 420, onPick }: Props) {
  const parsed = useMemo(() => {
    try {
      return { value: JSON.parse(text) as unknown };
    } catch {
      return null;
    }
  }, [text]);
  const [form, setForm] = useState("tree");
  const isTree = parsed !== null && form === "tree";
  return (
    <div className="pawl-json">
      <div className="pawl-json-bar">
        <Box fontSize="body-s" color="text-body-secondary">
          {formatBytes(new Blob([text]).size)}
        </Box>
        <SpaceBetween direction="horizontal" size="xxs" alignItems="center">
          {parsed !== null && (
            <SegmentedControl
              label={`How ${label} is shown`}
              selectedId={form}
              onChange={({ detail }) => setForm(detail.selectedId)}
              options={[
                { id: "tree", text: "Tree" },
                { id: "text", text: "Text" },
              ]}
            />
          )}
          <Button variant="inline-icon" iconName="copy" ariaLabel={`Copy ${label}`} onClick={() => void navigator.clipboard?.writeText(text)} />
          <Button variant="inline-icon" iconName="download" ariaLabel={`Download ${label}`} onClick={() => download(text, label)} />
        </SpaceBetween>
      </div>
      {isTree ? (
        <Tree key={text.length} value={parsed.value} label={label} heightMax={heightMax} onPick={onPick} />
      ) : (
        <Lines text={parsed === null ? text : pretty(parsed.value)} label={label} heightMax={heightMax} />
      )}
    </div>
  );
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function download(text: string, label: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${label.replace(/[^\w.-]+/g, "-")}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

function useRows(count: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => kLineHeight, overscan: 20 });
  return { scroller, rows };
}

function Tree({ value, label, heightMax, onPick }: { value: unknown; label: string; heightMax: number; onPick: Props["onPick"] }) {
  const [open, setOpen] = useState(() => openAtFirst(value));
  const [current, setCurrent] = useState(0);
  const lines = useMemo(() => linesOf(value, open), [value, open]);
  const { scroller, rows } = useRows(lines.length);

  const toggle = (line: JsonLine) => {
    if (line.count === 0 || line.isEnd) return;
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(line.pointer)) next.add(line.pointer);
      return next;
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[current];
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -lines.length, End: lines.length }[event.key];
    if (move !== undefined) {
      const next = Math.min(Math.max(current + move, 0), lines.length - 1);
      setCurrent(next);
      rows.scrollToIndex(next);
    } else if (line !== undefined && ((event.key === "ArrowRight" && !line.isOpen) || (event.key === "ArrowLeft" && line.isOpen) || event.key === "Enter")) {
      if (event.key === "Enter") onPick?.(line.pointer);
      toggle(line);
    } else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      className="pawl-json-lines"
      style={{ maxHeight: heightMax }}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={`json-${label}-${current}`}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map((row) => {
          const line = lines[row.index];
          if (line === undefined) return null;
          return (
            <div
              key={row.key}
              id={`json-${label}-${row.index}`}
              role="treeitem"
              aria-level={line.depth + 1}
              aria-selected={row.index === current}
              {...(line.count > 0 ? { "aria-expanded": line.isOpen } : {})}
              className={row.index === current ? "pawl-json-line pawl-json-current" : "pawl-json-line"}
              style={{ transform: `translateY(${row.start}px)`, paddingInlineStart: 6 + line.depth * 16 }}
              onClick={() => {
                setCurrent(row.index);
                if (line.count > 0) toggle(line);
                onPick?.(line.pointer);
              }}
            >
              <Line line={line} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Line({ line }: { line: JsonLine }) {
  const text = line.text.length > kScalarMax ? `${line.text.slice(0, kScalarMax)}… (${line.text.length} characters)` : line.text;
  const isContainer = line.kind === "object" || line.kind === "array";
  return (
    <>
      <span className="pawl-json-fold" aria-hidden>
        {line.count === 0 ? "" : line.isOpen ? "▾" : "▸"}
      </span>
      {line.label !== null && (
        <>
          <bdi className={typeof line.label === "number" ? "pawl-json-index" : "pawl-json-name"}>
            {typeof line.label === "number" ? line.label : JSON.stringify(line.label)}
          </bdi>
          {": "}
        </>
      )}
      <bdi className={isContainer ? undefined : `pawl-json-${line.kind}`}>{text}</bdi>
      {isContainer && !line.isOpen && !line.isEnd && (
        <>
          {line.count > 0 && <span className="pawl-json-count">{` ${line.count} ${line.kind === "object" ? "members" : "items"} `}</span>}
          {line.kind === "object" ? "}" : "]"}
        </>
      )}
      {line.hasComma && ","}
    </>
  );
}

/** A text of any length: long lines are broken into pieces, lines out of sight are not there. */
export function Lines({ text, label, heightMax = 420 }: { text: string; label: string; heightMax?: number }) {
  const lines = useMemo(() => text.split("\n").flatMap((line) => (line.length <= 500 ? [line] : (line.match(/[^]{1,500}/gu) ?? []))), [text]);
  const { scroller, rows } = useRows(lines.length);
  return (
    <div ref={scroller} className="pawl-json-lines" style={{ maxHeight: heightMax }} role="region" aria-label={label} tabIndex={0}>
      <div style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map((row) => (
          <div key={row.key} className="pawl-json-line" style={{ transform: `translateY(${row.start}px)` }}>
            <bdi>{lines[row.index]}</bdi>
          </div>
        ))}
      </div>
    </div>
  );
}
