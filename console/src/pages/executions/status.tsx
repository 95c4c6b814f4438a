// SPDX-License-Identifier: Apache-2.0
// How a visit stands, as a coloured dot with a word.
import { Status } from "../../history/history";
import { kStatusNames } from "../../history/snapshot";

const kWords: Record<Status, string> = {
  [Status.NotEntered]: "Not entered",
  [Status.Succeeded]: "Succeeded",
  [Status.Running]: "Running",
  [Status.Retrying]: "Retrying",
  [Status.Caught]: "Caught",
  [Status.Aborted]: "Aborted",
  [Status.Failed]: "Failed",
};

export function visitWord(status: Status): string {
  return kWords[status];
}

export function VisitStatus({ status }: { status: Status }) {
  return (
    <span className={`pawl-dot pawl-dot-${kStatusNames[status] ?? "NotEntered"}`}>
      <span aria-hidden className="pawl-dot-mark" />
      {kWords[status]}
    </span>
  );
}
