// SPDX-License-Identifier: Apache-2.0
// Events of a log group or of one stream: pattern, time range, live; the chosen event whole below.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Toggle from "@cloudscape-design/components/toggle";
import { useEffect, useMemo, useState } from "react";
import { Empty } from "../../../components/Empty";
import { ErrorBox } from "../../../components/ErrorBox";
import { JsonView } from "../../../components/JsonView";
import { Link } from "../../../components/Link";
import { Timestamp } from "../../../components/Timestamp";
import { type VirtualColumn, VirtualTable } from "../../../components/VirtualTable";
import { paths } from "../shared/arn-path";
import { useQueryState } from "../shared/query-state";
import { kRanges, type LogEvent, rangeStart } from "./log-types";
import "./logs.css";
import { useLogEvents } from "./use-log-events";

interface Props {
  group: string;
  /** Of this stream only. */
  stream?: string | undefined;
  height?: number | string;
  rangeAtFirst?: (typeof kRanges)[number]["id"];
}

const kRangeOptions = kRanges.map(({ id, text }) => ({ value: id, label: text }));
const kTypingMs = 400;

export function classOf(message: string): string | undefined {
  if (/\b(ERROR|Error:|Exception|Traceback|CRITICAL|FATAL)\b|Task timed out/.test(message)) return "pawl-log-error";
  if (/\bWARN(ING)?\b/.test(message)) return "pawl-log-warning";
  return /^(START|END|REPORT|INIT_START) /.test(message) ? "pawl-log-quiet" : undefined;
}

export function LogEventsView({ group, stream, height = "max(300px, calc(100vh - 360px))", rangeAtFirst = "1d" }: Props) {
  const [pattern, setPattern] = useQueryState("pattern");
  const [typed, setTyped] = useState(pattern);
  const [range, setRange] = useQueryState("range", rangeAtFirst);
  const [live, setLive] = useQueryState("live", "1");
  const [chosen, setChosen] = useState<number>();
  // The range begins when it is chosen, and goes on as long as nobody chooses another.
  const from = useMemo(() => rangeStart(range, Date.now()), [range]);
  const log = useLogEvents({ group, stream, pattern, from, isLive: live === "1" });
  const { events } = log;

  useEffect(() => {
    if (typed === pattern) return;
    const timer = setTimeout(() => setPattern(typed), kTypingMs);
    return () => clearTimeout(timer);
  }, [typed, pattern, setPattern]);
  // New events are followed as long as the last one is in sight.
  const [isFollowing, setFollowing] = useState(true);
  useEffect(() => setChosen(undefined), [group, stream, pattern, range]);

  const columns: VirtualColumn<LogEvent>[] = [
    { id: "time", header: "Time", width: "178px", cell: (event) => <Timestamp value={new Date(event.timestamp)} /> },
    ...(stream === undefined
      ? [{ id: "stream", header: "Stream", width: "minmax(100px, 170px)", cell: (event: LogEvent) => <bdi title={event.logStreamName}>{event.logStreamName}</bdi> }]
      : []),
    { id: "message", header: "Message", width: "minmax(0, 1fr)", cell: (event) => <bdi className="pawl-mono">{event.message.slice(0, 600)}</bdi> },
  ];
  const event = chosen === undefined ? undefined : events[chosen];
  return (
    <SpaceBetween size="xs">
      <div className="pawl-filters">
        <div className="pawl-filter-text">
          <Input
            type="search"
            value={typed}
            spellcheck={false}
            placeholder='Filter pattern: word, "two words", { $.level = "ERROR" }, %regex%'
            ariaLabel="Filter pattern"
            onChange={({ detail }) => setTyped(detail.value)}
          />
        </div>
        <Select
          ariaLabel="Time range"
          options={kRangeOptions}
          selectedOption={kRangeOptions.find(({ value }) => value === range) ?? null}
          onChange={({ detail }) => setRange(detail.selectedOption.value ?? "1d")}
        />
        <Toggle checked={live === "1"} onChange={({ detail }) => setLive(detail.checked ? "1" : "0")}>
          Live
        </Toggle>
        <Button iconName="refresh" ariaLabel="Refresh events" onClick={log.reload} />
        <Box color="text-body-secondary" fontSize="body-s">{`${events.length.toLocaleString("en")}${log.hasMore ? "+" : ""} events`}</Box>
      </div>
      {log.error !== undefined && <ErrorBox error={log.error} onRetry={log.reload} />}
      {log.error !== undefined && events.length === 0 ? null : log.isLoading && events.length === 0 ? (
        <Box textAlign="center" padding="l">
          <Spinner /> Loading events
        </Box>
      ) : (
        <div onWheel={({ deltaY }) => deltaY < 0 && setFollowing(false)} onPointerDown={() => setFollowing(false)}>
          <VirtualTable
            label="Log events"
            columns={columns}
            count={events.length}
            rowAt={(index) => events[index]}
            height={events.length === 0 ? 150 : height}
            selected={chosen}
            onSelect={(index) => setChosen(index === chosen ? undefined : index)}
            scrollTo={chosen ?? (isFollowing ? events.length - 1 : undefined)}
            onEnd={() => setFollowing(true)}
            rowClass={(row) => classOf(row.message)}
            empty={<Empty title="No events">{range === "all" ? undefined : "None in this time range."}</Empty>}
          />
        </div>
      )}
      {log.hasMore && (
        <Box textAlign="center">
          <Button variant="inline-link" loading={log.isLoading} onClick={log.loadMore}>
            Load later events
          </Button>
        </Box>
      )}
      {event !== undefined && (
        <Container
          header={
            <Header
              variant="h3"
              description={stream === undefined ? <Link to={paths.logStream(group, event.logStreamName)}><bdi>{event.logStreamName}</bdi></Link> : undefined}
              actions={<Button variant="icon" iconName="close" ariaLabel="Close the event" onClick={() => setChosen(undefined)} />}
            >
              <Timestamp value={new Date(event.timestamp)} />
            </Header>
          }
        >
          <JsonView text={event.message} label="Message" heightMax={300} />
        </Container>
      )}
    </SpaceBetween>
  );
}
