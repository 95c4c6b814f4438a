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

export function Health({ store, process, now }: { store: StoreHealth; process: ProcessHealth; now: number }) {
  const isSlow = store.syncP99 > kSyncSlowUs;
  const isBehind = store.compactionBytes > kCompactionLargeBytes;
  const facts: [string, ReactNode][] = [
    ["Store", <State isBehind={isBehind} isSlow={isSlow} />],
    ["Data on disk", formatBytes(store.bytes)],
    ["Sync, p50 and p99", `${formatMicros(store.syncP50)} · ${formatMicros(store.syncP99)}`],
    ["Write-ahead log", formatBytes(store.walBytes)],
    ["To compact", formatBytes(store.compactionBytes)],
    ["Memory", formatBytes(process.residentBytes)],
    ["Processor", `${(process.cpu * 100).toFixed(process.cpu < 0.1 ? 1 : 0)} % of one`],
    ["Up for", formatDuration(Math.max(0, now - store.openSince) * 1000)],
  ];
  return (
    <dl className="pawl-facts">
      {facts.map(([label, value]) => (
        <Fragment key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function State({ isBehind, isSlow }: { isBehind: boolean; isSlow: boolean }) {
  if (isBehind) return <StatusIndicator type="warning">Compaction is behind</StatusIndicator>;
  if (isSlow) return <StatusIndicator type="warning">The disk is slow</StatusIndicator>;
  return <StatusIndicator type="success">Healthy</StatusIndicator>;
}

function formatMicros(us: number): string {
  return us < 1000 ? `${Math.round(us)} µs` : formatDuration(us / 1000);
}
