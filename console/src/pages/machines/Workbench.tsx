// SPDX-License-Identifier: Apache-2.0
// A definition's source beside its picture: a state that is clicked shows its lines, the cursor selects its state. The
// picture follows the text; while the text cannot be drawn the last one stays and says so.
import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import type { ChangeMark, LaidOutGraph } from "../../graph/types";
import { StateGraph } from "../../graph/StateGraph";
import { DefinitionEditor } from "../../editor/DefinitionEditor";
import type { Language } from "../../editor/places";
import type { DefinitionCheck } from "../../editor/use-definition-check";
import "./machines.css";

interface Props {
  value: string;
  onChange?: ((value: string) => void) | undefined;
  language: Language;
  check: DefinitionCheck;
  /** A pointer; of the page's address. */
  selected: string | null;
  onSelect: (pointer: string | null) => void;
  height: number | string;
  graphLabel: string;
  marks?: Readonly<Record<string, ChangeMark>> | undefined;
  /** Above the source: language, format… */
  bar?: ReactNode;
  /** Above the picture. */
  graphBar?: ReactNode;
}

const kShareKey = "pawl.workbench";
const kShareMin = 0.2;

function keptShare(): number {
  const share = Number(localStorage.getItem(kShareKey));
  return share >= kShareMin && share <= 1 - kShareMin ? share : 0.5;
}

export function Workbench(props: Props) {
  const { value, onChange, language, check, selected, onSelect, height, graphLabel, marks, bar, graphBar } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(keptShare);
  // What the picture selected is shown in the source; what the cursor selected is there already.
  const [shown, setShown] = useState<string | null>(selected);

  const resize = (next: number) => {
    const bounded = Math.min(Math.max(next, kShareMin), 1 - kShareMin);
    setShare(bounded);
    localStorage.setItem(kShareKey, bounded.toFixed(3));
  };
  const onDrag = (event: PointerEvent<HTMLDivElement>) => {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    resize((event.clientX - box.left) / box.width);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -0.05, ArrowRight: 0.05 }[event.key];
    if (step === undefined) return;
    resize(share + step);
    event.preventDefault();
  };

  return (
    <div ref={frame} className="pawl-workbench" style={{ height, gridTemplateColumns: `minmax(0, ${share}fr) 12px minmax(0, ${1 - share}fr)` }}>
      <div className="pawl-workbench-pane">
        {bar !== undefined && <div className="pawl-workbench-bar">{bar}</div>}
        <div className="pawl-workbench-fill">
          <DefinitionEditor
            value={value}
            onChange={onChange}
            language={language}
            readOnly={onChange === undefined}
            highlight={shown}
            diagnostics={check.diagnostics}
            showProblems={check.diagnostics.length > 0}
            onCursorPointer={(pointer) => {
              setShown(null);
              onSelect(pointer);
            }}
            height="100%"
          />
        </div>
      </div>
      <div
        className="pawl-workbench-divider"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the source"
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={kShareMin * 100}
        aria-valuemax={100 - kShareMin * 100}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onDrag}
        onDoubleClick={() => resize(0.5)}
        onKeyDown={onKeyDown}
      />
      <div className="pawl-workbench-pane">
        {graphBar !== undefined && <div className="pawl-workbench-bar">{graphBar}</div>}
        <div className="pawl-workbench-fill pawl-workbench-graph">
          <Picture check={check} label={graphLabel} marks={marks} selected={selected} onSelect={(pointer) => { setShown(pointer); onSelect(pointer); }} />
        </div>
      </div>
    </div>
  );
}

interface PictureProps {
  check: DefinitionCheck;
  label: string;
  marks?: Readonly<Record<string, ChangeMark>> | undefined;
  edgeMarks?: ReadonlyMap<number, ChangeMark> | undefined;
  selected: string | null;
  onSelect: (pointer: string) => void;
}

/** The picture with what must be said about it. */
export function Picture({ check, label, marks, edgeMarks, selected, onSelect }: PictureProps) {
  const { graph, isGraphOld, graphError, error } = check;
  if (graph === undefined || graph === null) {
    return (
      <Box textAlign="center" color="text-body-secondary" padding="xxl">
        {error !== undefined ? `${error.code}: ${error.message}` : graphError !== undefined ? <span className="pawl-wrap">{graphError}</span> : check.isCurrent ? "There is nothing to draw yet." : <Spinner />}
      </Box>
    );
  }
  return (
    <>
      <StateGraph graph={graph as LaidOutGraph} ariaLabel={label} marks={marks} edgeMarks={edgeMarks} selected={selected ?? undefined} onSelect={onSelect} height="100%" />
      {(isGraphOld || error !== undefined) && (
        <div className="pawl-workbench-note" role="status">
          <StatusIndicator type="warning">{error?.isConnection === true ? "The server does not answer: the last picture" : (graphError ?? "The last picture that could be drawn")}</StatusIndicator>
        </div>
      )}
    </>
  );
}
