// SPDX-License-Identifier: Apache-2.0
// The visits of states, one a row: how each went and how long it took.
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useDeferredValue, useMemo, useState } from "react";
import { VirtualTable, type VirtualColumn } from "../../components/VirtualTable";
import { Empty } from "../../components/Empty";
import { formatDuration } from "../../components/Timestamp";
import { Status, type Visit } from "../../history/history";
import { useNow } from "./Duration";
import { type Scene, laneName } from "./scene";
import { VisitStatus, visitWord } from "./status";

type Order = "entered" | "longest";

export function StatesTable({ scene }: { scene: Scene }) {
  const { history, snapshot, inScope, selection, live } = scene;
  const [text, setText] = useState("");
  const [order, setOrder] = useState<Order>("entered");
  const wanted = useDeferredValue(text).trim().toLowerCase();
  const now = useNow(!history.isOver && scene.at === undefined, 500);
  const momentMs = scene.at === undefined ? now : history.msOf(scene.at);
  const isOpen = (visit: Visit) => {
    const status = snapshot.statusOf(visit);
    return status === Status.Running || status === Status.Retrying;
  };
  const took = (visit: Visit) => Math.max((isOpen(visit) ? momentMs : visit.endMs) - visit.enterMs, 0);
  const shown = useMemo(() => {
    const found = history.visits.filter(
      (visit) =>
        visit.enterEvent <= snapshot.event &&
        inScope[visit.lane] === 1 &&
        (wanted === "" || visit.name.toLowerCase().includes(wanted) || visit.type.toLowerCase() === wanted || visitWord(snapshot.statusOf(visit)).toLowerCase() === wanted),
    );
    return order === "entered" ? found : found.sort((a, b) => took(b) - took(a));
  }, [history, snapshot, inScope, wanted, order, live.version]);
  const longest = useMemo(() => shown.reduce((most, visit) => Math.max(most, took(visit)), 1), [shown]);

  const columns: VirtualColumn<Visit>[] = [
    { id: "name", header: "State", width: "minmax(140px, 1.6fr)", cell: (visit) => <bdi>{visit.name}</bdi> },
    { id: "type", header: "Type", width: "80px", cell: (visit) => visit.type },
    { id: "status", header: "Status", width: "110px", cell: (visit) => <VisitStatus status={snapshot.statusOf(visit)} /> },
    { id: "lane", header: "In", width: "minmax(90px, 1fr)", cell: (visit) => <bdi className="pawl-quiet">{laneName(history, visit.lane)}</bdi> },
    { id: "entered", header: "Entered after", width: "108px", cell: (visit) => <span className="pawl-digits">{formatDuration(visit.enterMs - history.msOf(1))}</span> },
    {
      id: "duration",
      header: "Duration",
      width: "minmax(160px, 1fr)",
      cell: (visit) => (
        <span className="pawl-took">
          <span className="pawl-digits">{formatDuration(took(visit))}</span>
          <span className="pawl-took-bar" style={{ inlineSize: `${(100 * Math.min(took(visit) / longest, 1)).toFixed(1)}%` }} />
        </span>
      ),
    },
    { id: "attempts", header: "Attempts", width: "76px", cell: (visit) => (visit.attempts > 1 ? <b className="pawl-digits">{visit.attempts}</b> : visit.attempts === 1 ? "1" : "") },
    { id: "events", header: "Events", width: "120px", cell: (visit) => <span className="pawl-digits pawl-quiet">{`${visit.enterEvent.toLocaleString("en")}${visit.exitEvent > 0 ? ` – ${visit.exitEvent.toLocaleString("en")}` : " –"}`}</span> },
  ];
  const place = selection.visit === undefined ? -1 : shown.indexOf(selection.visit);
  return (
    <div className="pawl-below">
      <div className="pawl-bar">
        <div className="pawl-bar-search">
          <Input type="search" placeholder="State, type or status" ariaLabel="Find visits" value={text} onChange={({ detail }) => setText(detail.value)} />
        </div>
        <SegmentedControl
          label="Order"
          selectedId={order}
          onChange={({ detail }) => setOrder(detail.selectedId as Order)}
          options={[
            { id: "entered", text: "As entered" },
            { id: "longest", text: "Longest first" },
          ]}
        />
        <span className="pawl-panel-end pawl-quiet pawl-digits" role="status">{shown.length === 1 ? "1 visit of a state" : `${shown.length.toLocaleString("en")} visits of states`}</span>
      </div>
      <VirtualTable
        label="Visits of states"
        columns={columns}
        count={shown.length}
        rowAt={(index) => shown[index]}
        height="var(--pawl-below-height)"
        selected={place < 0 ? undefined : place}
        scrollTo={place < 0 ? undefined : place}
        onSelect={(index) => {
          const visit = shown[index];
          if (visit !== undefined) scene.selectVisit(visit);
        }}
        empty={<Empty title={history.visits.length === 0 ? "No state was entered yet" : "No visit is like that"} />}
      />
    </div>
  );
}
