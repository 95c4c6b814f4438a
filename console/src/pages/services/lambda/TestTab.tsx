// SPDX-License-Identifier: Apache-2.0
// Invokes a function with a payload: what it answers, how long it took, the end of its log.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { type ApiError, asApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { ErrorBox } from "../../../components/ErrorBox";
import { JsonView, Lines } from "../../../components/JsonView";
import { StatusBadge } from "../../../components/StatusBadge";
import { formatDuration } from "../../../components/Timestamp";
import { textOf, textToBase64 } from "../shared/bytes";
import { FactList } from "../shared/Facts";
import { JsonField, jsonProblem } from "../shared/JsonField";
import type { InvokeOutput } from "./function-types";

interface Outcome {
  output?: InvokeOutput;
  error?: ApiError;
  tookMs: number;
}

const keyOf = (name: string) => `pawl.lambda.test.${name}`;

export function TestTab({ name, qualifier }: { name: string; qualifier: string | undefined }) {
  const [payload, setPayload] = useState(() => sessionStorage.getItem(keyOf(name)) ?? "{}");
  const [kind, setKind] = useState("RequestResponse");
  const [isRunning, setRunning] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const invoke = async () => {
    setRunning(true);
    sessionStorage.setItem(keyOf(name), payload);
    const started = performance.now();
    const took = () => performance.now() - started;
    try {
      const output = await call<InvokeOutput>("lambda", "Invoke", {
        FunctionName: name,
        InvocationType: kind,
        ...(kind === "RequestResponse" ? { LogType: "Tail" } : {}),
        ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
        Payload: textToBase64(payload.trim() === "" ? "{}" : payload),
      });
      setOutcome({ output, tookMs: took() });
    } catch (failure) {
      setOutcome({ error: asApiError(failure), tookMs: took() });
    }
    setRunning(false);
  };
  const isValid = payload.trim() === "" || jsonProblem(payload) === undefined;
  return (
    <SpaceBetween size="m">
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <SegmentedControl
                  label="Invocation type"
                  selectedId={kind}
                  onChange={({ detail }) => setKind(detail.selectedId)}
                  options={[
                    { id: "RequestResponse", text: "Wait for the answer" },
                    { id: "Event", text: "Event" },
                    { id: "DryRun", text: "Dry run" },
                  ]}
                />
                <Button variant="primary" loading={isRunning} disabled={!isValid} onClick={() => void invoke()}>
                  Invoke
                </Button>
              </SpaceBetween>
            }
          >
            Test
          </Header>
        }
      >
        <JsonField label="Event" rows={8} value={payload} onChange={setPayload} />
      </Container>
      {outcome?.error !== undefined && <ErrorBox error={outcome.error} />}
      {outcome?.output !== undefined && <Result output={outcome.output} tookMs={outcome.tookMs} />}
    </SpaceBetween>
  );
}

function reportOf(log: string): Record<string, string> {
  const line = log.split("\n").find((one) => one.startsWith("REPORT ")) ?? "";
  return Object.fromEntries([...line.matchAll(/(Duration|Billed Duration|Memory Size|Max Memory Used|Init Duration): ([\d.]+ m?s|\d+ MB)/gi)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function Result({ output, tookMs }: { output: InvokeOutput; tookMs: number }) {
  const log = textOf(output.LogResult);
  const report = reportOf(log);
  const payload = textOf(output.Payload);
  const isFailed = output.FunctionError !== undefined && output.FunctionError !== "";
  return (
    <Container header={<Header variant="h2">Result</Header>}>
      <SpaceBetween size="s">
        <FactList
          facts={[
            ["Outcome", isFailed ? <StatusBadge status="FAILED" /> : <StatusBadge status={output.StatusCode === 202 ? "SUBMITTED" : "SUCCEEDED"} />],
            ["Duration", report.Duration ?? formatDuration(tookMs)],
            ["Init duration", report["Init Duration"]],
            ["Memory used", report["Max Memory Used"]],
            ["Version", output.ExecutedVersion],
          ]}
        />
        {isFailed && <Alert type="error" header={output.FunctionError}>{errorText(payload)}</Alert>}
        {payload !== "" && <JsonView text={payload} label="Answer" heightMax={320} />}
        {log !== "" && (
          <>
            <Box variant="awsui-key-label">Log (its last 4 KB)</Box>
            <Lines text={log.trimEnd()} label="Log" heightMax={280} />
          </>
        )}
      </SpaceBetween>
    </Container>
  );
}

function errorText(payload: string): string {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
    return [errorType, errorMessage].filter(Boolean).join(": ");
  } catch {
    return "";
  }
}
