// SPDX-License-Identifier: Apache-2.0
// A rule: when it applies, where its events go.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate, useParams } from "react-router";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { CopyText } from "../../../components/CopyText";
import { JsonView } from "../../../components/JsonView";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { Facts } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { PageTabs } from "../shared/PageTabs";
import { SimpleTable } from "../shared/SimpleTable";
import { useAct } from "../shared/use-act";
import type { Rule, Target } from "./event-types";
import { deleteRule } from "./EventsPage";
import { PatternTester } from "./PatternTester";

export default function RulePage() {
  const { bus = "default", rule: name = "" } = useParams();
  const navigate = useNavigate();
  const act = useAct();
  useCrumbs(["Rules", "/events"], [bus, paths.bus(bus)], [name, paths.rule(bus, name)]);
  const loaded = useCall<Rule>("events", "DescribeRule", { Name: name, EventBusName: bus });
  const isOn = loaded.data?.State?.startsWith("ENABLED") === true;
  const change = async () => {
    await act({ failed: "The rule could not be changed", succeeded: isOn ? "The rule is disabled." : "The rule is enabled." }, () =>
      call("events", isOn ? "DisableRule" : "EnableRule", { Name: name, EventBusName: bus }),
    );
    loaded.reload();
  };
  const remove = async () => {
    const isDone = await act({ failed: "The rule could not be deleted", succeeded: "The rule was deleted." }, () => deleteRule(bus, name));
    if (isDone) void navigate(paths.bus(bus));
  };
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={loaded.data?.Arn === undefined ? undefined : <CopyText text={loaded.data.Arn} label="ARN" />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <ConfirmButton text="Delete" title="Delete rule" onConfirm={remove}>
              <Box>
                Delete the rule <b><Name>{name}</Name></b> with its targets? This cannot be undone.
              </Box>
            </ConfirmButton>
            <Button disabled={loaded.data === undefined} onClick={() => void change()}>
              {isOn ? "Disable" : "Enable"}
            </Button>
          </SpaceBetween>
        }
      >
        <Name>{name}</Name>
      </Header>
      <LoadedView loaded={loaded}>{(rule) => <Details rule={rule} bus={bus} />}</LoadedView>
    </SpaceBetween>
  );
}

function Details({ rule, bus }: { rule: Rule; bus: string }) {
  const pattern = rule.EventPattern;
  return (
    <SpaceBetween size="m">
      <Facts
        facts={[
          ["Status", <StatusBadge status={rule.State ?? ""} />],
          ["Event bus", <Link to={paths.bus(bus)}><Name>{bus}</Name></Link>],
          ["Schedule", rule.ScheduleExpression === undefined ? undefined : <span className="pawl-mono">{rule.ScheduleExpression}</span>],
          ["Role", rule.RoleArn],
          ["Managed by", rule.ManagedBy],
          ["Description", rule.Description ? <bdi>{rule.Description}</bdi> : undefined],
        ]}
      />
      <PageTabs
        label="Rule"
        tabs={[
          { id: "targets", label: "Targets", content: () => <Targets rule={rule.Name} bus={bus} /> },
          ...(pattern === undefined
            ? []
            : [
                { id: "pattern", label: "Event pattern", content: () => <JsonView text={pattern} label="Event pattern" /> },
                { id: "test", label: "Test", content: () => <PatternTester pattern={JSON.stringify(JSON.parse(pattern), null, 2)} /> },
              ]),
        ]}
      />
    </SpaceBetween>
  );
}

function inputText(target: Target): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return `InputPath ${target.InputPath}`;
  if (target.InputTransformer !== undefined) return `${JSON.stringify(target.InputTransformer.InputPathsMap ?? {})}\n${target.InputTransformer.InputTemplate}`;
  return "The whole event";
}

function Targets({ rule, bus }: { rule: string; bus: string }) {
  const loaded = useCall<{ Targets?: Target[] }>("events", "ListTargetsByRule", { Rule: rule, EventBusName: bus });
  return (
    <LoadedView loaded={loaded}>
      {({ Targets: targets = [] }) => (
        <SimpleTable
          label="Targets"
          items={targets}
          empty="No targets"
          columns={[
            { id: "arn", header: "Target", cell: (target) => <ArnLink arn={target.Arn} />, isRowHeader: true },
            { id: "id", header: "ID", cell: (target) => <Name>{target.Id}</Name> },
            { id: "input", header: "Input", cell: (target) => <bdi className="pawl-mono pawl-wrap">{inputText(target)}</bdi> },
            { id: "role", header: "Role", cell: (target) => (target.RoleArn === undefined ? "-" : <ArnLink arn={target.RoleArn} short />) },
            { id: "dlq", header: "Dead letters", cell: (target) => (target.DeadLetterConfig?.Arn === undefined ? "-" : <ArnLink arn={target.DeadLetterConfig.Arn} short />) },
            { id: "retry", header: "Retries", cell: (target) => target.RetryPolicy?.MaximumRetryAttempts ?? "185" },
          ]}
        />
      )}
    </LoadedView>
  );
}
