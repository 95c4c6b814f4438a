// SPDX-License-Identifier: Apache-2.0
// The executions of a machine.
import { useMemo } from "react";
import { ExecutionsTable } from "../executions/ExecutionsTable";
import { ExpressExecutions } from "../executions/ExpressExecutions";
import type { Machine } from "./api";

export function ExecutionsTab({ machine }: { machine: Machine }) {
  const { stateMachineArn } = machine;
  const sources = useMemo(() => [{ stateMachineArn }], [stateMachineArn]);
  if (machine.type === "EXPRESS") return <ExpressExecutions arn={stateMachineArn} />;
  return <ExecutionsTable sources={sources} watch={stateMachineArn} height="max(280px, calc(100vh - 320px))" />;
}
