// SPDX-License-Identifier: Apache-2.0
// What is known about one thing: names and values in columns. What is undefined is left out.
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import type { ReactNode } from "react";

export type Fact = [label: string, value: ReactNode];

interface Props {
  title?: string;
  actions?: ReactNode;
  facts: Fact[];
  columns?: number;
}

function isKnown(value: ReactNode): boolean {
  return value !== undefined && value !== null && value !== "";
}

export function FactList({ facts, columns = 4 }: { facts: Fact[]; columns?: number }) {
  return (
    <KeyValuePairs
      columns={columns}
      minColumnWidth={170}
      items={facts.filter(([, value]) => isKnown(value)).map(([label, value]) => ({ label, value: <span className="pawl-wrap">{value}</span> }))}
    />
  );
}

export function Facts({ title, actions, facts, columns = 4 }: Props) {
  return (
    <Container {...(title === undefined ? {} : { header: <Header variant="h2" actions={actions}>{title}</Header> })}>
      <FactList facts={facts} columns={columns} />
    </Container>
  );
}
