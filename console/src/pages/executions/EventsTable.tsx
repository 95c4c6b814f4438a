// SPDX-License-Identifier: Apache-2.0
// The events, tens of thousands of them: filtered by text, kind and what is selected.
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useDeferredValue, useMemo, useState } from "react";
import { VirtualTable, type VirtualColumn } from "../../components/VirtualTable";
import { Empty } from "../../components/Empty";
import { formatDuration, formatTime } from "../../components/Timestamp";
import { Effect } from "../../history/compact";
import { type History, Status } from "../../history/history";
import { type Scene, laneName } from "./scene";

type Kind = "all" | "failures" | "states" | "tasks" | "maps" | "execution";

const kKinds: { value: Kind; label: string }[] = [
  { value: "all", label: "All events" },
  { value: "failures", label: "Failures" },
  { value: "states", label: "States entered and exited" },
  { value: "tasks", label: "Tasks" },
  { value: "maps", label: "Maps and Parallels" },
  { value: "execution", label: "The execution" },
];

function isOfKind(kind: Kind, type: string, effect: Effect): boolean {
  switch (kind) {
    case "all":
      return true;
    case "failures":
      return effect === Effect.Fail || effect === Effect.IterationFailed || effect === Effect.ExecutionFailed || effect === Effect.ExecutionStopped || type.endsWith("Aborted");
    case "states":
      return effect === Effect.Enter || effect === Effect.Exit;
    case "tasks":
      return /^(Task|LambdaFunction|Activity)(?!State)/.test(type);
    case "maps":
      return /^(Map|Parallel)/.test(type);
    case "execution":
      return type.startsWith("Execution");
  }
}

interface Filter {
  kind: Kind;
  text: string;
  isSelectedOnly: boolean;
}

/** The ids of the events to show. The types are looked at once each, names once by visit. */
function filtered(scene: Scene, { kind, text, isSelectedOnly }: Filter): Int32Array {
  const { history, snapshot, inScope, choice, selection } = scene;
  const last = snapshot.event;
  const wanted = text.trim().toLowerCase();
  const typeFits = new Map<string, [isKind: boolean, isText: boolean]>();
  const ids = new Int32Array(last);
  let count = 0;
  for (let id = 1; id <= last; ++id) {
    const type = history.typeOf(id);
    let fits = typeFits.get(type);
    if (fits === undefined) typeFits.set(type, (fits = [isOfKind(kind, type, history.effectOf(id)), type.toLowerCase().includes(wanted)]));
    if (!fits[0]) continue;
    const visit = history.visitOf(id);
    if (choice.size > 0 && inScope[history.laneOf(id)?.index ?? 0] !== 1) continue;
    if (isSelectedOnly && selection.state !== undefined && visit?.name !== selection.state) continue;
    if (wanted !== "" && !fits[1] && !(visit?.name.toLowerCase().includes(wanted) ?? false) && String(id) !== wanted) continue;
    ids[count++] = id;
  }
  return ids.subarray(0, count);
}

function dotOf(history: History, id: number): string | undefined {
  const type = history.typeOf(id);
  const effect = history.effectOf(id);
  if (effect === Effect.Fail || effect === Effect.IterationFailed || effect === Effect.ExecutionFailed) return "Failed";
  if (type.endsWith("Aborted")) return "Aborted";
  if (effect === Effect.Exit) return history.visitOf(id)?.status === Status.Caught ? "Caught" : "Succeeded";
  if (type.endsWith("Succeeded")) return "Succeeded";
  if (effect === Effect.Enter || type.endsWith("Started") || type.endsWith("Scheduled") || type.endsWith("Submitted")) return "Running";
  return undefined;
}

/** Where `id` is among ascending ids; -1 if it is not. */
function placeOf(ids: Int32Array, id: number | undefined): number {
  if (id === undefined) return -1;
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = ids[middle] ?? 0;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

export function EventsTable({ scene }: { scene: Scene }) {
  const { history, selection, live } = scene;
  const [kind, setKind] = useState<Kind>("all");
  const [text, setText] = useState("");
  const [isSelectedOnly, setSelectedOnly] = useState(false);
  const [isNewestFirst, setNewestFirst] = useState(false);
  const wanted = useDeferredValue(text);
  const ids = useMemo(() => filtered(scene, { kind, text: wanted, isSelectedOnly }), [scene.snapshot, scene.inScope, kind, wanted, isSelectedOnly, isSelectedOnly ? selection.state : undefined, live.version]);
  const row = (index: number) => (isNewestFirst ? ids.length - 1 - index : index);
  const place = placeOf(ids, selection.event);
  const beginMs = history.msOf(1);

  const columns = useMemo<VirtualColumn<number>[]>(
    () => [
      { id: "id", header: "ID", width: "64px", cell: (id) => <span className="pawl-digits">{id.toLocaleString("en")}</span> },
      { id: "type", header: "Type", width: "minmax(180px, 1.2fr)", cell: (id) => <EventType history={history} id={id} /> },
      { id: "state", header: "State", width: "minmax(120px, 1.4fr)", cell: (id) => <bdi>{history.visitOf(id)?.name ?? ""}</bdi> },
      { id: "lane", header: "In", width: "minmax(90px, 1fr)", cell: (id) => <LaneCell history={history} id={id} /> },
      { id: "after", header: "After start", width: "96px", cell: (id) => <span className="pawl-digits">{formatDuration(history.msOf(id) - beginMs)}</span> },
      { id: "previous", header: "Previous", width: "76px", cell: (id) => <PreviousLink scene={scene} id={id} /> },
      { id: "time", header: "Time", width: "190px", cell: (id) => <span className="pawl-digits">{formatTime(new Date(history.msOf(id)))}</span> },
    ],
    [history, beginMs, scene.choice],
  );

  return (
    <div className="pawl-below">
      <div className="pawl-bar">
        <div className="pawl-bar-search">
          <Input type="search" placeholder="Type, state or event ID" ariaLabel="Find events" value={text} onChange={({ detail }) => setText(detail.value)} />
        </div>
        <Select ariaLabel="Kind of events" options={kKinds} selectedOption={kKinds.find((each) => each.value === kind) ?? null} onChange={({ detail }) => setKind(detail.selectedOption.value as Kind)} />
        {selection.state !== undefined && (
          <Checkbox checked={isSelectedOnly} onChange={({ detail }) => setSelectedOnly(detail.checked)}>
            Only the selected state
          </Checkbox>
        )}
        <span className="pawl-panel-end pawl-quiet pawl-digits" role="status">
          {ids.length === history.last ? `${ids.length.toLocaleString("en")} events` : `${ids.length.toLocaleString("en")} of ${history.last.toLocaleString("en")} events`}
        </span>
        <Button variant="icon" iconName={isNewestFirst ? "caret-down-filled" : "caret-up-filled"} ariaLabel={isNewestFirst ? "Show the oldest first" : "Show the newest first"} onClick={() => setNewestFirst(!isNewestFirst)} />
      </div>
      <VirtualTable
        label="Events"
        columns={columns}
        count={ids.length}
        rowAt={(index) => ids[row(index)]}
        height="var(--pawl-below-height)"
        selected={place < 0 ? undefined : row(place)}
        scrollTo={place < 0 ? undefined : row(place)}
        onSelect={(index) => scene.selectEvent(ids[row(index)])}
        empty={<Empty title={history.last === 0 ? (live.isCaughtUp ? "There are no events yet" : "Loading") : "No event is like that"} />}
      />
    </div>
  );
}

function EventType({ history, id }: { history: History; id: number }) {
  const dot = dotOf(history, id);
  return (
    <span className={dot === undefined ? "pawl-dot" : `pawl-dot pawl-dot-${dot}`}>
      <span aria-hidden className="pawl-dot-mark" />
      <span className="pawl-dot-plain">{history.typeOf(id)}</span>
    </span>
  );
}

function LaneCell({ history, id }: { history: History; id: number }) {
  const lane = history.laneOf(id)?.index ?? 0;
  return lane === 0 ? null : <bdi className="pawl-quiet">{laneName(history, lane)}</bdi>;
}

function PreviousLink({ scene, id }: { scene: Scene; id: number }) {
  const previous = scene.history.previousOf(id);
  if (previous === 0) return null;
  return (
    <button
      type="button"
      className="pawl-link pawl-digits"
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation();
        scene.selectEvent(previous);
      }}
    >
      {previous.toLocaleString("en")}
    </button>
  );
}
