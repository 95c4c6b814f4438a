// SPDX-License-Identifier: Apache-2.0
// How the store and the process are.
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Fragment, type ReactNode } from "react";
import { formatBytes, formatDuration } from "../../components/Timestamp";
import type { ProcessHealth, StoreHealth } from "./overview-data";

/** Slower than a spinning disk. */
const kSyncSlowUs = 50_000;
/** RocksDB holds writes back at 64 GB; long before that it is behind. */
const kCompactionLargeBytes = 8 * 2 ** 30;

export function Health({ store, process, upMs }: { store: StoreHealth; process: ProcessHealth; upMs: number }) {
  const facts: [string, ReactNode][] = [
    ["Store", <State store={store} />],
    ["Tables on disk", formatBytes(store.diskBytes)],
    ["Sync, p50 and p99", `${formatMicros(store.syncP50Us)} · ${formatMicros(store.syncP99Us)}`],
    ["Write-ahead log", formatBytes(store.logBytes)],
    ["To compact", formatBytes(store.pendingCompactionBytes)],
    ["Memory", formatBytes(process.residentBytes)],
    ["Processor", `${process.cpuPercent.toFixed(process.cpuPercent < 10 ? 1 : 0)} % of one core`],
    ["Up for", formatDuration(Math.max(0, upMs))],
  ];
  return (
    <dl className="overview-facts">
      {facts.map(([label, value]) => (
        <Fragment key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function State({ store }: { store: StoreHealth }) {
  if (store.failed) return <StatusIndicator type="error">Failed: nothing is written</StatusIndicator>;
  if (store.writesStopped) return <StatusIndicator type="error">Writes wait for the disk</StatusIndicator>;
  if (!store.isDurable) return <StatusIndicator type="info">In memory, not kept</StatusIndicator>;
  if (store.pendingCompactionBytes > kCompactionLargeBytes) return <StatusIndicator type="warning">Compaction is behind</StatusIndicator>;
  if (store.syncP99Us > kSyncSlowUs) return <StatusIndicator type="warning">The disk is slow</StatusIndicator>;
  return <StatusIndicator type="success">Healthy</StatusIndicator>;
}

function formatMicros(us: number): string {
  return us < 1000 ? `${Math.round(us)} µs` : formatDuration(us / 1000);
}
