// SPDX-License-Identifier: Apache-2.0
// The definition an execution runs, and its picture.
import { useMemo } from "react";
import { call, post } from "../../api/console-api";
import { type Loaded, useLoaded } from "../../api/use-call";
import type { LaidOutGraph } from "../../graph/types";
import type { MachineOfExecution } from "./api";

interface GraphAnswer {
  graph: LaidOutGraph | null;
  graphError?: string;
}

export interface Picture {
  machine: Loaded<MachineOfExecution>;
  graph: LaidOutGraph | undefined;
  /** Why there is no picture. */
  problem: string | undefined;
}

export function usePicture(arn: string): Picture {
  const machine = useLoaded(`machine of ${arn}`, (signal) => call<MachineOfExecution>("stepfunctions", "DescribeStateMachineForExecution", { executionArn: arn }, signal));
  const definition = machine.data?.definition;
  const picture = useLoaded(`graph of ${definition ?? ""}`, (signal) => post<GraphAnswer>("graph", { definition, type: "STANDARD" }, signal), { enabled: definition !== undefined });
  return useMemo(
    () => ({ machine, graph: picture.data?.graph ?? undefined, problem: picture.error?.message ?? (picture.data?.graph === null ? (picture.data.graphError ?? "The definition cannot be drawn.") : undefined) }),
    [machine, picture.data, picture.error],
  );
}
