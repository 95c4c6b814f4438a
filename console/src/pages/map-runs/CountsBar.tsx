// SPDX-License-Identifier: Apache-2.0
// How many are done, failed, running and waiting: as a bar with its numbers.
import type { MapRunCounts } from "../executions/api";
import "./map-runs.css";

const kKinds = ["succeeded", "failed", "timedOut", "aborted", "running", "pending", "pendingRedrive"] as const;
const kWords: Record<(typeof kKinds)[number], string> = {
  succeeded: "succeeded",
  failed: "failed",
  timedOut: "timed out",
  aborted: "aborted",
  running: "running",
  pending: "pending",
  pendingRedrive: "pending redrive",
};

export function CountsBar({ title, counts }: { title: string; counts: MapRunCounts }) {
  const known = kKinds.map((kind) => ({ kind, count: counts[kind] ?? 0 })).filter(({ count }) => count > 0);
  const done = counts.total - counts.pending - counts.running;
  return (
    <section className="pawl-counts" aria-label={title}>
      <div className="pawl-counts-head">
        <b>{title}</b>
        <span className="pawl-digits">{`${done.toLocaleString("en")} of ${counts.total.toLocaleString("en")}`}</span>
        <span className="pawl-quiet pawl-digits">{counts.total === 0 ? "" : `${Math.floor((100 * done) / counts.total)} %`}</span>
      </div>
      <div className="pawl-counts-bar" aria-hidden>
        {known.map(({ kind, count }) => (
          <span key={kind} className={`pawl-count-${kind}`} style={{ flexGrow: count }} />
        ))}
      </div>
      <div className="pawl-counts-words">
        {known.map(({ kind, count }) => (
          <span key={kind}>
            <span className={`pawl-count-dot pawl-count-${kind}`} aria-hidden />
            <b className="pawl-digits">{count.toLocaleString("en")}</b> {kWords[kind]}
          </span>
        ))}
        {counts.resultsWritten > 0 && (
          <span className="pawl-quiet">
            <b className="pawl-digits">{counts.resultsWritten.toLocaleString("en")}</b> results written
          </span>
        )}
      </div>
    </section>
  );
}
