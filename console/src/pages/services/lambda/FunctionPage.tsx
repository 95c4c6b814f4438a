// SPDX-License-Identifier: Apache-2.0
// A function (or a version, an alias of it): code, test, configuration, versions, triggers, logs.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { CopyText } from "../../../components/CopyText";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { LogEventsView } from "../logs/LogEventsView";
import { paths } from "../shared/arn-path";
import { Facts } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { PageTabs } from "../shared/PageTabs";
import { useSetQuery } from "../shared/query-state";
import { useAct } from "../shared/use-act";
import { ConfigurationTab } from "./ConfigurationTab";
import { CodeTab } from "./CodeTab";
import { type GetFunctionOutput, logGroupOf } from "./function-types";
import { TestTab } from "./TestTab";
import { TriggersTab } from "./TriggersTab";
import { VersionsTab } from "./VersionsTab";

export default function FunctionPage() {
  const { name = "" } = useParams();
  const [params] = useSearchParams();
  const qualifier = params.get("qualifier") ?? undefined;
  const navigate = useNavigate();
  const setQuery = useSetQuery();
  const act = useAct();
  useCrumbs(["Functions", "/lambda"], [name, paths.lambda(name)], ...(qualifier === undefined ? [] : [[qualifier, paths.lambda(name, qualifier)] as [string, string]]));
  const target = { FunctionName: name, ...(qualifier === undefined ? {} : { Qualifier: qualifier }) };
  const loaded = useCall<GetFunctionOutput>("lambda", "GetFunction", target);
  const remove = async () => {
    const isDone = await act({ failed: "The function could not be deleted", succeeded: <>Function <Name>{name}</Name> was deleted.</> }, () => call("lambda", "DeleteFunction", target));
    if (isDone) void navigate(qualifier === undefined ? "/lambda" : paths.lambda(name));
  };
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={loaded.data === undefined ? undefined : <CopyText text={loaded.data.Configuration.FunctionArn} label="ARN" />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <ConfirmButton text={qualifier === undefined ? "Delete" : `Delete ${qualifier}`} title="Delete function" onConfirm={remove}>
              <Box>
                Delete <b><Name>{qualifier === undefined ? name : `${name}:${qualifier}`}</Name></b>? This cannot be undone.
              </Box>
            </ConfirmButton>
            <Button variant="primary" onClick={() => setQuery({ tab: "test" }, { push: true })}>
              Test
            </Button>
          </SpaceBetween>
        }
      >
        <Name>{qualifier === undefined ? name : `${name}:${qualifier}`}</Name>
      </Header>
      <LoadedView loaded={loaded}>{(data) => <Details output={data} qualifier={qualifier} />}</LoadedView>
    </SpaceBetween>
  );
}

function Details({ output, qualifier }: { output: GetFunctionOutput; qualifier: string | undefined }) {
  const { Configuration: configuration } = output;
  const name = configuration.FunctionName;
  const group = logGroupOf(configuration);
  return (
    <SpaceBetween size="m">
      {configuration.StateReason !== undefined && configuration.State !== "Active" && (
        <Alert type={configuration.State === "Failed" ? "error" : "info"} header={configuration.State}>
          {configuration.StateReason}
        </Alert>
      )}
      <Facts
        facts={[
          ["State", configuration.State === undefined ? undefined : <StatusBadge status={configuration.State.toUpperCase()} />],
          ["Runtime", configuration.Runtime ?? `Container image (${(configuration.Architectures ?? []).join(", ")})`],
          ["Handler", configuration.Handler],
          ["Memory, timeout", `${configuration.MemorySize ?? 128} MB, ${configuration.Timeout ?? 3} s`],
          ["Code", formatBytes(configuration.CodeSize ?? 0)],
          ["Version", configuration.Version],
          ["Last modified", <Timestamp value={configuration.LastModified} />],
          ["Log group", <Link to={paths.logGroup(group)}><Name>{group}</Name></Link>],
          ["Description", configuration.Description ? <bdi>{configuration.Description}</bdi> : undefined],
        ]}
      />
      <PageTabs
        label="Function"
        tabs={[
          { id: "code", label: "Code", content: () => <CodeTab output={output} /> },
          { id: "test", label: "Test", content: () => <TestTab name={name} qualifier={qualifier} /> },
          { id: "configuration", label: "Configuration", content: () => <ConfigurationTab output={output} /> },
          { id: "triggers", label: "Triggers", content: () => <TriggersTab name={name} qualifier={qualifier} /> },
          { id: "versions", label: "Versions and aliases", content: () => <VersionsTab name={name} /> },
          { id: "logs", label: "Logs", content: () => <LogEventsView key={group} group={group} height="max(300px, calc(100vh - 460px))" /> },
        ]}
      />
    </SpaceBetween>
  );
}
