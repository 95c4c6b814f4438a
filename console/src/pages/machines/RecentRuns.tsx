// SPDX-License-Identifier: Apache-2.0
// The last executions of a machine as bars, the newest at the right: colour is how they ended, height how long they took.
import { statusWord } from "../../components/StatusBadge";
import { formatDuration } from "../../components/Timestamp";
import { Link } from "../../components/Link";
import { type ExecutionItem, pathOfExecution } from "./api";
import "./machines.css";

const kHeight = 18;
const kStep = 5;

function durationOf(run: ExecutionItem): number {
  return run.stopDate === undefined ? 0 : Math.max(0, (run.stopDate - run.startDate) * 1000);
}

export function RecentRuns({ runs }: { runs: ExecutionItem[] }) {
  if (runs.length === 0) return <span className="pawl-quiet">none yet</span>;
  const longest = Math.max(1, ...runs.map(durationOf));
  const failed = runs.filter((run) => run.status === "FAILED" || run.status === "TIMED_OUT").length;
  return (
    <svg className="pawl-runs" width={20 * kStep} height={kHeight} role="img" aria-label={`The last ${runs.length} executions: ${failed === 0 ? "none" : failed} failed`}>
      {runs.map((run, index) => {
        const isRunning = run.status === "RUNNING" || run.status === "PENDING_REDRIVE";
        const height = isRunning ? kHeight : 4 + (kHeight - 4) * Math.sqrt(durationOf(run) / longest);
        return (
          <rect key={run.executionArn} className={`pawl-run-${run.status}`} x={20 * kStep - (index + 1) * kStep} y={kHeight - height} width={kStep - 1.5} height={height} rx={1}>
            <title>{`${run.name}: ${statusWord(run.status)}${isRunning ? "" : `, ${formatDuration(durationOf(run))}`}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

export function LastRun({ run }: { run: ExecutionItem | undefined }) {
  if (run === undefined) return <>-</>;
  return <Link to={pathOfExecution(run.executionArn)} ariaLabel={`The last execution: ${statusWord(run.status)}`}>{statusWord(run.status)}</Link>;
}
