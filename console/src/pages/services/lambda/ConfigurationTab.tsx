// SPDX-License-Identifier: Apache-2.0
// How a function is set up: environment, role, layers, tags.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Name } from "../../../components/Link";
import { formatBytes } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { Facts } from "../shared/Facts";
import { PairsTable } from "../shared/PairsTable";
import { SimpleTable } from "../shared/SimpleTable";
import type { GetFunctionOutput } from "./function-types";

export function ConfigurationTab({ output }: { output: GetFunctionOutput }) {
  const { Configuration: configuration } = output;
  const variables = Object.entries(configuration.Environment?.Variables ?? {});
  const problem = configuration.Environment?.Error;
  const tags = Object.entries(output.Tags ?? {});
  const target = configuration.DeadLetterConfig?.TargetArn;
  return (
    <SpaceBetween size="m">
      <Facts
        title="General"
        facts={[
          ["Role", configuration.Role === undefined ? undefined : <ArnLink arn={configuration.Role} />],
          ["Architecture", configuration.Architectures?.join(", ")],
          ["Ephemeral storage", configuration.EphemeralStorage === undefined ? undefined : `${configuration.EphemeralStorage.Size} MB`],
          ["Reserved concurrency", output.Concurrency?.ReservedConcurrentExecutions],
          ["Dead-letter target", target === undefined ? undefined : <ArnLink arn={target} />],
          ["Tracing", configuration.TracingConfig?.Mode],
          ["Log format", configuration.LoggingConfig?.LogFormat],
          ["Last update", configuration.LastUpdateStatus],
        ]}
      />
      {problem !== undefined && (
        <Alert type="error" header={problem.ErrorCode}>
          {problem.Message}
        </Alert>
      )}
      <Container header={<Header variant="h2" counter={`(${variables.length})`}>Environment variables</Header>}>
        <PairsTable label="Environment variables" pairs={variables} empty="No environment variables" />
      </Container>
      {configuration.Layers !== undefined && configuration.Layers.length > 0 && (
        <SimpleTable
          label="Layers"
          header={<Header variant="h2" counter={`(${configuration.Layers.length})`}>Layers</Header>}
          items={configuration.Layers}
          empty="No layers"
          columns={[
            { id: "arn", header: "ARN", cell: ({ Arn }) => <Name>{Arn}</Name>, isRowHeader: true },
            { id: "size", header: "Size", cell: ({ CodeSize }) => formatBytes(CodeSize ?? 0) },
          ]}
        />
      )}
      <Container header={<Header variant="h2" counter={`(${tags.length})`}>Tags</Header>}>
        <PairsTable label="Tags" pairs={tags} empty="No tags" />
      </Container>
    </SpaceBetween>
  );
}
