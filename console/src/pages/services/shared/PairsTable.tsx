// SPDX-License-Identifier: Apache-2.0
// Keys and values: tags, metadata, variables of an environment.
import { Name } from "../../../components/Link";
import { SimpleTable } from "./SimpleTable";

export function PairsTable({ label, pairs, empty }: { label: string; pairs: [string, string][]; empty: string }) {
  return (
    <SimpleTable
      label={label}
      items={pairs}
      empty={empty}
      columns={[
        { id: "key", header: "Key", cell: ([key]) => <Name>{key}</Name>, isRowHeader: true, width: "35%" },
        { id: "value", header: "Value", cell: ([, value]) => <Name>{value}</Name> },
      ]}
    />
  );
}
