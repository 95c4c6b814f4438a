// SPDX-License-Identifier: Apache-2.0
// The aliases of a machine with what they route to. A machine has at most 100.
import { type Loaded, useLoaded } from "../../api/use-call";
import { type Alias, listAliases, qualifierOf, states } from "./api";

export function useAliases(stateMachineArn: string): Loaded<Alias[]> {
  return useLoaded(`aliases ${stateMachineArn}`, async (signal) => {
    const { items } = await listAliases(stateMachineArn, undefined, signal);
    const described = await Promise.all(
      items.map(({ stateMachineAliasArn }) => states<Alias>("DescribeStateMachineAlias", { stateMachineAliasArn }, signal).catch(() => null)),
    );
    // One that was deleted meanwhile is left out.
    return described.filter((alias) => alias !== null).map((alias) => ({ ...alias, name: alias.name ?? qualifierOf(alias.stateMachineAliasArn) ?? "" }));
  });
}
