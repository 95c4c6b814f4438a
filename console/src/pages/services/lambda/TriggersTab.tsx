// SPDX-License-Identifier: Apache-2.0
// What makes a function run: event source mappings, its URL, who its policy lets call it.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { CopyText } from "../../../components/CopyText";
import { ErrorBox } from "../../../components/ErrorBox";
import { JsonView } from "../../../components/JsonView";
import { StatusBadge } from "../../../components/StatusBadge";
import { ArnLink } from "../shared/ArnLink";
import { FactList } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { SimpleTable } from "../shared/SimpleTable";
import { useAct } from "../shared/use-act";
import type { EventSourceMapping } from "./function-types";

interface Target {
  name: string;
  qualifier: string | undefined;
}

export function TriggersTab({ name, qualifier }: Target) {
  return (
    <SpaceBetween size="m">
      <Mappings name={qualifier === undefined ? name : `${name}:${qualifier}`} />
      <FunctionUrl name={name} qualifier={qualifier} />
      <Policy name={name} qualifier={qualifier} />
    </SpaceBetween>
  );
}

function Mappings({ name }: { name: string }) {
  const act = useAct();
  const loaded = useCall<{ EventSourceMappings?: EventSourceMapping[] }>("lambda", "ListEventSourceMappings", { FunctionName: name });
  const enable = async ({ UUID }: EventSourceMapping, Enabled: boolean) => {
    await act({ failed: "The event source could not be changed", succeeded: Enabled ? "The event source is on." : "The event source is off." }, () => call("lambda", "UpdateEventSourceMapping", { UUID, Enabled }));
    loaded.reload();
  };
  return (
    <LoadedView loaded={loaded}>
      {({ EventSourceMappings: items = [] }) => (
        <SimpleTable
          label="Event sources"
          header={<Header variant="h2" counter={`(${items.length})`} actions={<Button iconName="refresh" ariaLabel="Refresh event sources" onClick={loaded.reload} />}>Event sources</Header>}
          items={items}
          empty="No event sources"
          columns={[
            { id: "source", header: "Source", cell: (item) => <ArnLink arn={item.EventSourceArn ?? "-"} />, isRowHeader: true },
            { id: "state", header: "State", cell: (item) => <StatusBadge status={(item.State ?? "").toUpperCase()} /> },
            { id: "batch", header: "Batch", cell: (item) => `${item.BatchSize ?? "-"}${item.MaximumBatchingWindowInSeconds ? `, ${item.MaximumBatchingWindowInSeconds} s` : ""}` },
            { id: "filter", header: "Filter", cell: (item) => <bdi className="pawl-mono">{(item.FilterCriteria?.Filters ?? []).map(({ Pattern }) => Pattern).join("\n") || "-"}</bdi> },
            { id: "last", header: "Last result", cell: (item) => item.LastProcessingResult ?? "-" },
            {
              id: "change",
              header: "Action",
              cell: (item) => {
                const isOn = /^enabl|^creat/i.test(item.State ?? "");
                return (
                  <Button variant="inline-link" onClick={() => void enable(item, !isOn)}>
                    {isOn ? "Disable" : "Enable"}
                  </Button>
                );
              },
            },
          ]}
        />
      )}
    </LoadedView>
  );
}

function FunctionUrl({ name, qualifier }: Target) {
  const loaded = useCall<{ FunctionUrl?: string; AuthType?: string; InvokeMode?: string }>("lambda", "GetFunctionUrlConfig", {
    FunctionName: name,
    ...(qualifier === undefined || /^\d|^\$/.test(qualifier) ? {} : { Qualifier: qualifier }),
  });
  const isAbsent = loaded.error?.code === "ResourceNotFoundException";
  return (
    <Container header={<Header variant="h2">Function URL</Header>}>
      {isAbsent ? (
        <Box color="text-body-secondary">None</Box>
      ) : (
        <LoadedView loaded={loaded}>
          {({ FunctionUrl = "", AuthType, InvokeMode }) => (
            <FactList
              columns={3}
              facts={[
                ["URL", <CopyText text={FunctionUrl} label="URL" />],
                ["Auth type", AuthType],
                ["Invoke mode", InvokeMode],
              ]}
            />
          )}
        </LoadedView>
      )}
    </Container>
  );
}

function Policy({ name, qualifier }: Target) {
  const loaded = useCall<{ Policy?: string }>("lambda", "GetPolicy", { FunctionName: name, ...(qualifier === undefined ? {} : { Qualifier: qualifier }) });
  if (loaded.error !== undefined && loaded.error.code !== "ResourceNotFoundException") return <ErrorBox error={loaded.error} onRetry={loaded.reload} />;
  return (
    <Container header={<Header variant="h2">Resource-based policy</Header>}>
      {loaded.data?.Policy === undefined ? <Box color="text-body-secondary">{loaded.isLoading ? "Loading" : "None"}</Box> : <JsonView text={loaded.data.Policy} label="Policy" />}
    </Container>
  );
}
