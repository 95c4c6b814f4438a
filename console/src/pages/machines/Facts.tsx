// SPDX-License-Identifier: Apache-2.0
// What is known about something, in little room: names and values one after the other, broken where the line ends.
import type { ReactNode } from "react";
import "./machines.css";

export interface Fact {
  label: string;
  value: ReactNode;
}

export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className="pawl-facts">
      {facts.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
