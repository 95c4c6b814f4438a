// SPDX-License-Identifier: Apache-2.0
// Which machines fail, which are slow, which services are asked, which executions changed last.
import { StatusBadge } from "../../components/StatusBadge";
import { formatDuration, toDate } from "../../components/Timestamp";
import { ArnLink } from "../services/shared/ArnLink";
import type { Machine, ServiceRequests } from "./overview-data";
import { Rows } from "./Rows";
import { formatRate, logPosition } from "./series";
import type { RecentExecution } from "./use-recent";

const kRowsMax = 6;

/** "14:03:07": of today, or nearly. */
function clock(seconds: number | undefined): string {
  return seconds === undefined ? "-" : toDate(seconds).toTimeString().slice(0, 8);
}

export function Failures({ machines }: { machines: Machine[] }) {
  return (
    <Rows
      label="Failures by state machine"
      layout="overview-failures"
      heads={[{ text: "State machine" }, { text: "Failed", isNumber: true }, { text: "Last error" }, { text: "At", isNumber: true }]}
      rows={machines.slice(0, kRowsMax)}
      keyOf={(row) => row.stateMachineArn}
      cells={(row) => [
        <ArnLink short arn={row.stateMachineArn} />,
        row.failures.toLocaleString("en-US"),
        <LastError row={row} />,
        clock(row.lastFailedAt === undefined ? undefined : row.lastFailedAt / 1000),
      ]}
      empty="Nothing has failed in the last 15 minutes."
    />
  );
}

function LastError({ row }: { row: Machine }) {
  const text = row.lastError ?? "no error name";
  return row.lastFailedExecutionArn === undefined ? <bdi>{text}</bdi> : <ArnLink short arn={row.lastFailedExecutionArn} text={text} />;
}

export function Slowest({ machines }: { machines: Machine[] }) {
  const longest = Math.max(10, ...machines.map(({ max }) => max));
  return (
    <Rows
      label="Slowest state machines"
      layout="overview-slowest"
      heads={[{ text: "State machine" }, { text: "p50, p95, max" }, { text: "p50", isNumber: true }, { text: "p95", isNumber: true }, { text: "Ended", isNumber: true }]}
      rows={machines.slice(0, kRowsMax)}
      keyOf={(row) => row.stateMachineArn}
      cells={(row) => [
        <ArnLink short arn={row.stateMachineArn} />,
        <Bars row={row} longest={longest} />,
        formatDuration(row.p50),
        formatDuration(row.p95),
        row.count.toLocaleString("en-US"),
      ]}
      empty="Nothing has ended in the last 15 minutes."
    />
  );
}

/** Durations on a logarithmic scale: milliseconds and hours are seen beside each other. */
function Bars({ row, longest }: { row: Machine; longest: number }) {
  const width = (ms: number) => ({ inlineSize: `${Math.max(1, 100 * logPosition(ms, longest))}%` });
  const text = `p50 ${formatDuration(row.p50)}, p95 ${formatDuration(row.p95)}, max ${formatDuration(row.max)}`;
  return (
    <div className="overview-bar" role="img" aria-label={text} title={text}>
      <div className="overview-bar-part overview-bar-max" style={width(row.max)} />
      <div className="overview-bar-part overview-bar-p95" style={width(row.p95)} />
      <div className="overview-bar-part" style={width(row.p50)} />
    </div>
  );
}

export function Services({ services }: { services: ServiceRequests[] }) {
  return (
    <Rows
      label="Requests by service"
      layout="overview-services"
      heads={[{ text: "Service" }, { text: "Now", isNumber: true }, { text: "Requests", isNumber: true }, { text: "Errors", isNumber: true }]}
      rows={services.slice(0, kRowsMax)}
      keyOf={(row) => row.service}
      cells={(row) => [row.service, `${formatRate(row.requestsPerSecond)}/s`, row.requests.toLocaleString("en-US"), row.errors.toLocaleString("en-US")]}
      empty="No requests yet."
    />
  );
}

export function Recent({ executions }: { executions: RecentExecution[] }) {
  return (
    <Rows
      label="Recent executions"
      layout="overview-recent"
      heads={[{ text: "Status" }, { text: "Execution" }, { text: "State machine" }, { text: "Started", isNumber: true }, { text: "Took", isNumber: true }]}
      rows={executions}
      keyOf={(row) => row.executionArn}
      cells={(row) => [
        <StatusBadge status={row.status} />,
        <ArnLink short arn={row.executionArn} text={row.name} />,
        <ArnLink short arn={row.stateMachineArn} />,
        clock(row.startDate),
        row.stopDate === undefined ? "" : formatDuration((row.stopDate - row.startDate) * 1000),
      ]}
      empty="Nothing has been started yet."
    />
  );
}
