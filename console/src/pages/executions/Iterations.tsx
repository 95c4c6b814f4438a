// SPDX-License-Identifier: Apache-2.0
// The iterations of a Map: choosing one shows only that one in the graph and the tables.
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useMemo, useState } from "react";
import { VirtualTable, type VirtualColumn } from "../../components/VirtualTable";
import { Empty } from "../../components/Empty";
import { formatDuration } from "../../components/Timestamp";
import { type Lane, Status, type Visit } from "../../history/history";
import type { Scene } from "./scene";
import { VisitStatus } from "./status";

type Filter = "all" | "running" | "succeeded" | "failed";

const isOf: Record<Filter, (status: Status) => boolean> = {
  all: () => true,
  running: (status) => status === Status.Running || status === Status.Retrying,
  succeeded: (status) => status === Status.Succeeded || status === Status.Caught,
  failed: (status) => status === Status.Failed || status === Status.Aborted,
};

export function Iterations({ scene, visit }: { scene: Scene; visit: Visit }) {
  const { history, snapshot, choice } = scene;
  const [filter, setFilter] = useState<Filter>("all");
  const [search, setSearch] = useState("");
  const lanes = useMemo(() => {
    const mine = visit.lanes.map((index) => history.lanes[index]).filter((lane): lane is Lane => lane !== undefined && history.laneInside(visit, lane.number) === lane);
    return mine.filter((lane) => snapshot.laneStatusOf(lane) !== Status.NotEntered).sort((a, b) => a.number - b.number);
  }, [history, visit, snapshot, scene.live.version]);
  const counts = useMemo(() => {
    const of = { all: lanes.length, running: 0, succeeded: 0, failed: 0 };
    for (const lane of lanes) for (const kind of ["running", "succeeded", "failed"] as const) if (isOf[kind](snapshot.laneStatusOf(lane))) of[kind] += 1;
    return of;
  }, [lanes, snapshot]);
  const shown = useMemo(() => lanes.filter((lane) => isOf[filter](snapshot.laneStatusOf(lane)) && String(lane.number).startsWith(search.trim())), [lanes, filter, search, snapshot]);
  const chosen = choice.get(visit.name);

  const columns: VirtualColumn<Lane>[] = [
    { id: "number", header: "Iteration", width: "80px", cell: (lane) => <span className="pawl-digits">{lane.number.toLocaleString("en")}</span> },
    { id: "status", header: "Status", width: "minmax(110px, 1fr)", cell: (lane) => <VisitStatus status={snapshot.laneStatusOf(lane)} /> },
    { id: "duration", header: "Duration", width: "110px", cell: (lane) => <span className="pawl-digits">{lane.endMs > 0 ? formatDuration(lane.endMs - lane.beginMs) : ""}</span> },
  ];
  return (
    <section aria-label="Iterations" className="pawl-iterations">
      <div className="pawl-iterations-bar">
        <SegmentedControl
          label="Iterations by status"
          selectedId={filter}
          onChange={({ detail }) => setFilter(detail.selectedId as Filter)}
          options={(["all", "running", "succeeded", "failed"] as const).filter((id) => id === "all" || id === filter || counts[id] > 0).map((id) => ({ id, text: `${{ all: "All", running: "Running", succeeded: "Succeeded", failed: "Failed" }[id]} ${counts[id].toLocaleString("en")}` }))}
        />
        <Input type="search" inputMode="numeric" placeholder="No." ariaLabel="Find an iteration by its number" value={search} onChange={({ detail }) => setSearch(detail.value)} />
      </div>
      <VirtualTable
        label="Iterations"
        columns={columns}
        count={shown.length}
        rowAt={(index) => shown[index]}
        height={Math.min(28 * (shown.length + 1) + 2, 230)}
        selected={chosen === undefined ? undefined : shown.findIndex((lane) => lane.number === chosen)}
        onSelect={(index) => scene.choose(visit.name, shown[index]?.number === chosen ? undefined : shown[index]?.number)}
        empty={<Empty title="None" />}
      />
    </section>
  );
}
