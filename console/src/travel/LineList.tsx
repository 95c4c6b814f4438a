// SPDX-License-Identifier: Apache-2.0
// The lines that are alive: the machine itself, branches and iterations inside.
import { type KeyboardEvent, useMemo } from "react";
import { type Moment, nested } from "./moment";

interface Props {
  moment: Moment;
  selected: string | undefined;
  onSelect: (line: string) => void;
}

export function LineList({ moment, selected, onSelect }: Props) {
  const lines = useMemo(() => nested(moment.lines), [moment]);
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1, Home: -lines.length, End: lines.length }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const at = lines.findIndex(({ line }) => line.line === selected);
    const next = lines[Math.min(Math.max(at + move, 0), lines.length - 1)];
    if (next !== undefined) onSelect(next.line.line);
  };
  return (
    <div className="pawl-travel-lines" role="listbox" aria-label="Lines of the execution" tabIndex={0} onKeyDown={onKeyDown} aria-activedescendant={`line-${selected ?? ""}`}>
      {lines.map(({ line, depth }) => (
        <div
          key={line.line}
          id={`line-${line.line}`}
          role="option"
          aria-selected={line.line === selected}
          className={line.line === selected ? "pawl-travel-line pawl-travel-line-selected" : "pawl-travel-line"}
          style={{ paddingInlineStart: 8 + Math.min(depth, 8) * 14 }}
          onClick={() => onSelect(line.line)}
        >
          <span className={`pawl-travel-dot pawl-travel-dot-${line.stage}`} aria-hidden />
          <span className="pawl-one-line">
            <bdi className="pawl-travel-state">{line.state}</bdi>
            <span className="pawl-travel-quiet">{` ${line.parent === null ? "" : `#${line.index} `}${line.phase}`}</span>
          </span>
        </div>
      ))}
      {moment.linesLeftOff !== undefined && <div className="pawl-travel-line pawl-travel-quiet">{`and ${moment.linesLeftOff} more`}</div>}
    </div>
  );
}
