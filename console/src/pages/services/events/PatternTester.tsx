// SPDX-License-Identifier: Apache-2.0
// Whether an event matches a pattern (API TestEventPattern), said as soon as both can be read.
import Alert from "@cloudscape-design/components/alert";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { useLoaded } from "../../../api/use-call";
import { call } from "../../../api/console-api";
import { JsonField, jsonProblem } from "../shared/JsonField";

const kPattern = { source: ["aws.s3"], "detail-type": ["Object Created"], detail: { object: { key: [{ prefix: "uploaded/" }] } } };
const kEvent = {
  version: "0",
  id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
  "detail-type": "Object Created",
  source: "aws.s3",
  account: "000000000000",
  time: "2026-01-01T00:00:00Z",
  region: "us-east-1",
  resources: ["arn:aws:s3:::pictures"],
  detail: { bucket: { name: "pictures" }, object: { key: "uploaded/ada.png", size: 1024 } },
};
const kTypingMs = 300;

function useCalm<Value>(value: Value): Value {
  const [calm, setCalm] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setCalm(value), kTypingMs);
    return () => clearTimeout(timer);
  }, [value]);
  return calm;
}

export function PatternTester({ pattern: given }: { pattern?: string }) {
  const [pattern, setPattern] = useState(given ?? JSON.stringify(kPattern, null, 2));
  const [event, setEvent] = useState(JSON.stringify(kEvent, null, 2));
  const asked = useCalm(JSON.stringify([pattern, event]));
  const isReadable = jsonProblem(pattern) === undefined && jsonProblem(event) === undefined;
  const loaded = useLoaded(
    asked,
    (signal) => {
      const [EventPattern, Event] = JSON.parse(asked) as [string, string];
      return call<{ Result?: boolean }>("events", "TestEventPattern", { EventPattern, Event }, signal);
    },
    { enabled: isReadable },
  );
  return (
    <SpaceBetween size="m">
      <ColumnLayout columns={2}>
        <JsonField label="Event pattern" rows={16} value={pattern} onChange={setPattern} />
        <JsonField label="Event" rows={16} value={event} onChange={setEvent} />
      </ColumnLayout>
      {!isReadable ? (
        <Alert type="info">The pattern and the event must be JSON.</Alert>
      ) : loaded.error !== undefined ? (
        <Alert type="error" header={loaded.error.code}>
          {loaded.error.message}
        </Alert>
      ) : loaded.data?.Result === undefined ? null : (
        <Alert type={loaded.data.Result ? "success" : "warning"}>{loaded.data.Result ? "The event matches the pattern." : "The event does not match the pattern."}</Alert>
      )}
    </SpaceBetween>
  );
}
