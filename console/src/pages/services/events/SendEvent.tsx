// SPDX-License-Identifier: Apache-2.0
// Puts an event on a bus.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { ApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { JsonField, jsonProblem } from "../shared/JsonField";
import { useAct } from "../shared/use-act";

interface Answer {
  FailedEntryCount?: number;
  Entries?: { EventId?: string; ErrorCode?: string; ErrorMessage?: string }[];
}

export function SendEvent({ bus }: { bus: string }) {
  const act = useAct();
  const [source, setSource] = useState("test");
  const [type, setType] = useState("Test");
  const [resources, setResources] = useState("");
  const [detail, setDetail] = useState("{}");
  const [sent, setSent] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    await act({ failed: "The event was not taken", succeeded: "The event was sent." }, async () => {
      const Resources = resources.split(/[\s,]+/).filter((arn) => arn !== "");
      const { Entries = [] } = await call<Answer>("events", "PutEvents", { Entries: [{ EventBusName: bus, Source: source, DetailType: type, Detail: detail, Resources }] });
      const [entry] = Entries;
      if (entry?.ErrorCode !== undefined && entry.ErrorCode !== "") throw new ApiError(entry.ErrorCode, entry.ErrorMessage ?? "", 400);
      setSent(entry?.EventId);
    });
    setBusy(false);
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={sent === undefined ? undefined : `The last event's ID: ${sent}`}
          actions={
            <Button variant="primary" loading={isBusy} disabled={source === "" || type === "" || jsonProblem(detail) !== undefined} onClick={() => void send()}>
              Send
            </Button>
          }
        >
          Send an event to <bdi>{bus}</bdi>
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ColumnLayout columns={3}>
          <FormField label="Source">
            <Input value={source} spellcheck={false} onChange={({ detail: { value } }) => setSource(value)} />
          </FormField>
          <FormField label="Detail type">
            <Input value={type} spellcheck={false} onChange={({ detail: { value } }) => setType(value)} />
          </FormField>
          <FormField label="Resources (ARNs)">
            <Input value={resources} spellcheck={false} onChange={({ detail: { value } }) => setResources(value)} />
          </FormField>
        </ColumnLayout>
        <JsonField label="Detail" rows={10} value={detail} onChange={setDetail} />
      </SpaceBetween>
    </Container>
  );
}
