// SPDX-License-Identifier: Apache-2.0
// Executions, newest first: of one state machine, of several, or of a Map Run. Any number of them: more are loaded as
// one scrolls. New ones come in at the top, held back while one reads further down.
import Button from "@cloudscape-design/components/button";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import Spinner from "@cloudscape-design/components/spinner";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { VirtualTable, type VirtualColumn } from "../../components/VirtualTable";
import { Empty } from "../../components/Empty";
import { ErrorBox } from "../../components/ErrorBox";
import { Link } from "../../components/Link";
import { StatusBadge, statusWord } from "../../components/StatusBadge";
import { Timestamp, toDate } from "../../components/Timestamp";
import { paths } from "../services/shared/arn-path";
import { baseMachineArn, type ExecutionItem, kStatuses, machineName } from "./api";
import { Duration } from "./Duration";
import "./execution.css";
import { RowActions } from "./RowActions";
import { type Source, useExecutionList } from "./use-execution-list";
import { type StatusCounts, useExecutionsWatch } from "./use-executions-watch";
import { useQuery } from "./use-query";

interface Props {
  sources: Source[];
  /** Told live: all machines' (undefined), one's, or nothing's (null). */
  watch: string | undefined | null;
  /** Of a Map Run, which knows its own. */
  counts?: StatusCounts | undefined;
  /** What is shown is loaded anew when it changes: for lists that nothing tells of. */
  refresh?: string;
  height: number | string;
  /** Said of an empty list. */
  none?: string | undefined;
  /** At the beginning of the bar: the choice of a machine. */
  children?: ReactNode;
}

const kSpans = [
  { value: "", label: "Any time" },
  { value: "15m", label: "Last 15 minutes" },
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
];
const kSpanMs: Record<string, number> = { "15m": 900_000, "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000 };

/** While a name is looked for, so many rows are loaded at most. */
const kSearchedMax = 5_000;

export function ExecutionsTable({ sources, watch, counts: given, refresh, height, children, none }: Props) {
  const [get, set] = useQuery();
  const navigate = useNavigate();
  const status = get("status");
  const search = get("name") ?? "";
  const since = get("since") ?? "";
  const list = useExecutionList(sources, status);
  const [held, setHeld] = useState<ExecutionItem[]>([]);
  const [selected, setSelected] = useState<string>();
  const [scrollTo, setScrollTo] = useState<number>();
  const isAtTop = useRef(true);

  const known = useMemo(() => new Set(list.items.map((item) => item.executionArn)), [list.items]);
  const counts = useExecutionsWatch(watch, ({ executions, isIncomplete }) => {
    if (isIncomplete === true && isAtTop.current) return list.reload();
    const changed = executions.filter((item) => known.has(item.executionArn));
    const added = executions.filter((item) => !known.has(item.executionArn) && item.status !== "DELETED" && (status === undefined || item.status === status) && item.startDate >= (list.items[0]?.startDate ?? 0));
    if (isAtTop.current) list.update(changed, [...held, ...added]);
    else {
      list.update(changed, []);
      setHeld((old) => [...added, ...old.filter((item) => !executions.some((each) => each.executionArn === item.executionArn))]);
    }
    if (isAtTop.current && held.length > 0) setHeld([]);
  });
  useEffect(() => setHeld([]), [sources, status]);

  const refreshed = useRef(refresh);
  useEffect(() => {
    if (refreshed.current === refresh) return;
    refreshed.current = refresh;
    // Somebody who reads further down is not disturbed.
    if (isAtTop.current) list.reload();
  }, [refresh, list.reload]);

  const wanted = search.trim().toLowerCase();
  // The boundary does not move while one looks.
  const sinceSeconds = useMemo(() => (kSpanMs[since] === undefined ? 0 : (Date.now() - (kSpanMs[since] ?? 0)) / 1000), [since]);
  const shown = useMemo(
    () => list.items.filter((item) => (wanted === "" || item.name.toLowerCase().includes(wanted)) && item.startDate >= sinceSeconds && (status === undefined || item.status === status)),
    [list.items, wanted, sinceSeconds, status],
  );
  const isPastSpan = (list.items.at(-1)?.startDate ?? Infinity) < sinceSeconds;
  const { loadMore } = list;
  const needsMore = list.hasMore && !isPastSpan && (wanted === "" ? shown.length < 50 : shown.length < 50 && list.items.length < kSearchedMax);
  useEffect(() => {
    if (needsMore) loadMore();
  }, [needsMore, loadMore, list.items.length]);

  const onRange = useCallback(
    (first: number, last: number) => {
      isAtTop.current = first <= 0;
      if (last >= shown.length - 20 && !isPastSpan) loadMore();
    },
    [shown.length, loadMore, isPastSpan],
  );

  const isOfMany = sources.length !== 1;
  const columns = useMemo<VirtualColumn<ExecutionItem>[]>(
    () => [
      {
        id: "name",
        header: "Name",
        width: "minmax(200px, 2fr)",
        cell: (item) => (
          <Link to={paths.execution(item.executionArn)}>
            <bdi>{item.name}</bdi>
          </Link>
        ),
      },
      { id: "status", header: "Status", width: "150px", cell: (item) => <StatusBadge status={item.status} /> },
      ...(isOfMany ? [{ id: "machine", header: "State machine", width: "minmax(120px, 1fr)", cell: (item: ExecutionItem) => <Link to={paths.stateMachine(baseMachineArn(item.stateMachineArn))}><bdi>{machineName(item.stateMachineArn)}</bdi></Link> }] : []),
      { id: "start", header: "Started", width: "200px", cell: (item) => <span className="pawl-digits"><Timestamp value={item.startDate} /></span> },
      { id: "duration", header: "Duration", width: "120px", cell: (item) => <Duration beginMs={toDate(item.startDate).getTime()} endMs={item.stopDate === undefined ? undefined : toDate(item.stopDate).getTime()} periodMs={1000} /> },
      { id: "stop", header: "Ended", width: "200px", cell: (item) => <span className="pawl-digits"><Timestamp value={item.stopDate} /></span> },
      { id: "actions", header: <span className="pawl-hidden">Actions</span>, width: "40px", cell: (item) => <RowActions item={item} /> },
    ],
    [isOfMany],
  );

  return (
    <div className="pawl-list">
      <StatusFilter counts={given ?? counts} chosen={status} onChoose={(next) => set({ status: next })} isMapRun={watch === null} />
      <div className="pawl-bar">
        {children}
        <div className="pawl-bar-search">
          <Input type="search" placeholder="Name" ariaLabel="Find executions by name" value={search} onChange={({ detail }) => set({ name: detail.value })} />
        </div>
        <Select ariaLabel="Started" options={kSpans} selectedOption={kSpans.find((span) => span.value === since) ?? kSpans[0] ?? null} onChange={({ detail }) => set({ since: detail.selectedOption.value })} />
        <span className="pawl-panel-end pawl-bar-end">
          {held.length > 0 && (
            <Button
              variant="inline-link"
              onClick={() => {
                list.update([], held);
                setHeld([]);
                setScrollTo(0);
              }}
            >
              {held.length === 1 ? "1 new execution" : `${held.length} new executions`}
            </Button>
          )}
          <span className="pawl-quiet pawl-digits" role="status">{`${shown.length.toLocaleString("en")}${list.hasMore && !isPastSpan ? "+" : ""} shown`}</span>
          <Button variant="icon" iconName="refresh" ariaLabel="Load again" loading={list.isLoading} onClick={list.reload} />
        </span>
      </div>
      {list.error !== undefined && <ErrorBox error={list.error} onRetry={list.reload} />}
      <VirtualTable
        label="Executions"
        columns={columns}
        count={shown.length}
        rowAt={(index) => shown[index]}
        height={height}
        selected={selected === undefined ? undefined : indexOf(shown, selected)}
        scrollTo={scrollTo}
        onSelect={(index) => {
          setSelected(shown[index]?.executionArn);
          setScrollTo(undefined);
        }}
        onOpen={(index) => {
          const item = shown[index];
          if (item !== undefined) void navigate(paths.execution(item.executionArn));
        }}
        onRange={onRange}
        empty={<Nothing none={none} isLoading={list.isLoading || needsMore} isFiltered={wanted !== "" || status !== undefined || since !== ""} onClear={() => set({ name: undefined, status: undefined, since: undefined })} />}
      />
    </div>
  );
}

function indexOf(items: ExecutionItem[], arn: string): number | undefined {
  const found = items.findIndex((item) => item.executionArn === arn);
  return found < 0 ? undefined : found;
}

function Nothing({ none, isLoading, isFiltered, onClear }: { none: string | undefined; isLoading: boolean; isFiltered: boolean; onClear: () => void }) {
  if (isLoading)
    return (
      <Empty title="Loading">
        <Spinner />
      </Empty>
    );
  if (!isFiltered) return <Empty title="No executions">{none ?? "Start a state machine to see it run here."}</Empty>;
  return (
    <Empty title="No execution is like that">
      <Button onClick={onClear}>Clear the filters</Button>
    </Empty>
  );
}

function StatusFilter({ counts, chosen, onChoose, isMapRun }: { counts: StatusCounts | undefined; chosen: string | undefined; onChoose: (status: string | undefined) => void; isMapRun: boolean }) {
  const all = counts === undefined ? undefined : kStatuses.reduce((sum, each) => sum + (counts[each] ?? 0), 0);
  const statuses = kStatuses.filter((status) => status !== "PENDING_REDRIVE" || isMapRun || (counts?.PENDING_REDRIVE ?? 0) > 0 || chosen === status);
  return (
    <div className="pawl-tiles" role="group" aria-label="Executions by status">
      <Tile label="All" count={all} isChosen={chosen === undefined} onClick={() => onChoose(undefined)} />
      {statuses.map((status) => (
        <Tile key={status} label={statusWord(status)} status={status} count={counts?.[status]} isChosen={chosen === status} onClick={() => onChoose(chosen === status ? undefined : status)} />
      ))}
    </div>
  );
}

function Tile({ label, status = "ALL", count, isChosen, onClick }: { label: string; status?: string; count: number | undefined; isChosen: boolean; onClick: () => void }) {
  return (
    <button type="button" className={`pawl-tile pawl-tile-${status}${isChosen ? " pawl-tile-chosen" : ""}${count === 0 ? " pawl-tile-none" : ""}`} aria-pressed={isChosen} onClick={onClick}>
      <span className="pawl-tile-count">{count === undefined ? "–" : count.toLocaleString("en")}</span>
      <span className="pawl-tile-label">{label}</span>
    </button>
  );
}
