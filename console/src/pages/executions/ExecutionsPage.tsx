// SPDX-License-Identifier: Apache-2.0
// The executions of all state machines, or of the one that is chosen.
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo } from "react";
import { call } from "../../api/console-api";
import { useLoaded } from "../../api/use-call";
import { useCrumbs } from "../../app/frame";
import { Empty } from "../../components/Empty";
import { ErrorBox } from "../../components/ErrorBox";
import { Link } from "../../components/Link";
import type { StateMachineItem } from "./api";
import { ExecutionsTable } from "./ExecutionsTable";
import { ExpressExecutions } from "./ExpressExecutions";
import type { Source } from "./use-execution-list";
import { useQuery } from "./use-query";

/** Machines whose executions are listed together: the newest ones. */
const kMachinesMax = 60;

async function listMachines(signal: AbortSignal): Promise<StateMachineItem[]> {
  const machines: StateMachineItem[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call<{ stateMachines: StateMachineItem[]; nextToken?: string }>("stepfunctions", "ListStateMachines", { maxResults: 1000, ...(nextToken === undefined ? {} : { nextToken }) }, signal);
    machines.push(...page.stateMachines);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return machines.sort((a, b) => a.name.localeCompare(b.name));
}

export default function ExecutionsPage() {
  useCrumbs(["Executions", "/executions"]);
  const [get, set] = useQuery();
  const machines = useLoaded("state machines", listMachines, { pollMs: 15_000 });
  const chosenArn = get("machine");
  const chosen = machines.data?.find((machine) => machine.stateMachineArn === chosenArn);
  const sources = useSources(machines.data, chosenArn);
  const options = [
    { value: "", label: "All state machines" },
    ...(machines.data ?? []).map((machine) => ({ value: machine.stateMachineArn, label: machine.name, labelTag: machine.type === "EXPRESS" ? "Express" : "" })),
  ];
  const choice = (
    <Select
      ariaLabel="State machine"
      filteringType="auto"
      virtualScroll
      options={options}
      selectedOption={options.find((option) => option.value === (chosenArn ?? "")) ?? { value: chosenArn ?? "", label: chosenArn ?? "" }}
      onChange={({ detail }) => set({ machine: detail.selectedOption.value })}
    />
  );
  return (
    <ContentLayout header={<Header variant="h1">Executions</Header>}>
      {machines.error !== undefined && machines.data === undefined && <ErrorBox error={machines.error} onRetry={machines.reload} />}
      {chosen?.type === "EXPRESS" ? (
        <SpaceBetween size="s">
          <div className="pawl-bar">{choice}</div>
          <ExpressExecutions arn={chosen.stateMachineArn} />
        </SpaceBetween>
      ) : machines.data?.length === 0 ? (
        <Empty title="No state machines">
          <Link to="/state-machines">Create one</Link>
        </Empty>
      ) : (
        machines.data !== undefined && (
          <ExecutionsTable sources={sources} watch={chosenArn} height="max(320px, calc(100vh - 250px))">
            {choice}
          </ExecutionsTable>
        )
      )}
    </ContentLayout>
  );
}

/** The same array as long as it names the same machines: the list does not begin anew at each poll. */
function useSources(machines: StateMachineItem[] | undefined, chosenArn: string | undefined): Source[] {
  const arns =
    chosenArn !== undefined
      ? [chosenArn]
      : [...(machines ?? [])]
          .filter((machine) => machine.type !== "EXPRESS")
          .sort((a, b) => b.creationDate - a.creationDate)
          .slice(0, kMachinesMax)
          .map((machine) => machine.stateMachineArn);
  const key = JSON.stringify(arns);
  return useMemo(() => (JSON.parse(key) as string[]).map((stateMachineArn) => ({ stateMachineArn })), [key]);
}
