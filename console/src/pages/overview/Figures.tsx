// SPDX-License-Identifier: Apache-2.0
// The numbers that are looked at first.
import type { ReactNode } from "react";
import { formatBytes } from "../../components/Timestamp";
import { type OverviewData, totals } from "./overview-data";
import { formatRate } from "./series";

export function Figures({ data }: { data: OverviewData }) {
  const { now, points } = data;
  const sum = totals(points);
  const last = points.at(-1);
  const ended = sum.successes + sum.failures;
  return (
    <div className="overview-figures">
      <Figure label="Running now" value={now.running.toLocaleString("en-US")} more={`${formatRate(last?.starts ?? 0)} started/s`} />
      <Figure label="Started" value={sum.starts.toLocaleString("en-US")} more="in 15 minutes" />
      <Figure label="Succeeded" value={sum.successes.toLocaleString("en-US")} more={ended === 0 ? "in 15 minutes" : `${share(sum.successes, ended)} of ended`} />
      <Figure label="Failed" isBad={sum.failures > 0} value={sum.failures.toLocaleString("en-US")} more={ended === 0 ? "in 15 minutes" : `${share(sum.failures, ended)} of ended`} />
      <Figure label="State transitions" value={`${formatRate(last?.transitions ?? 0)}/s`} more="now" />
      <Figure label={now.store.isDurable ? "On disk" : "Data"} value={now.store.isDurable ? formatBytes(now.store.diskBytes + now.store.logBytes) : "In memory"} more={`${formatBytes(now.process.residentBytes)} of memory`} />
    </div>
  );
}

function share(part: number, all: number): string {
  const percent = (100 * part) / all;
  return `${percent > 0 && percent < 1 ? "< 1" : percent < 100 && percent > 99 ? "> 99" : Math.round(percent)} %`;
}

function Figure({ label, value, more, isBad = false }: { label: string; value: ReactNode; more: ReactNode; isBad?: boolean }) {
  return (
    <div className={isBad ? "overview-figure overview-figure-bad" : "overview-figure"}>
      <div className="overview-figure-label">{label}</div>
      <div className="overview-figure-value">{value}</div>
      <div className="overview-figure-more">{more}</div>
    </div>
  );
}
