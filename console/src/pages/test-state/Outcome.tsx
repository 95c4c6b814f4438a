// SPDX-License-Identifier: Apache-2.0
// What came of the test: the outcome, the way of the data, how a failure was handled.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { JsonView } from "../../components/JsonView";
import { isUnchanged, type Stage, stagesOf, type TestStateOutput } from "./test-state";

const kStatus: Record<TestStateOutput["status"], [StatusIndicatorProps.Type, string]> = {
  SUCCEEDED: ["success", "Succeeded"],
  FAILED: ["error", "Failed"],
  RETRIABLE: ["warning", "Would be retried"],
  CAUGHT_ERROR: ["warning", "Error caught"],
};

export function Outcome({ output, took }: { output: TestStateOutput; took: number }) {
  const [type, word] = kStatus[output.status] ?? ["info", output.status];
  const data = output.inspectionData ?? {};
  const details = data.errorDetails;
  const stages = stagesOf(output);
  return (
    <Container header={<Header variant="h2" info={<StatusIndicator type={type}>{word}</StatusIndicator>} description={`${took} ms`}>Result</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          items={[
            { label: "Next state", value: output.nextState === undefined ? "None: the execution ends" : <bdi className="pawl-wrap">{output.nextState}</bdi> },
            ...(output.error === undefined ? [] : [{ label: "Error", value: <bdi className="pawl-wrap">{output.error}</bdi> }]),
            ...(output.cause === undefined ? [] : [{ label: "Cause", value: <bdi className="pawl-wrap">{output.cause}</bdi> }]),
            ...(details?.retryIndex === undefined ? [] : [{ label: "Retrier", value: `Number ${details.retryIndex}${details.retryBackoffIntervalSeconds === undefined ? "" : `, again in ${details.retryBackoffIntervalSeconds} s`}` }]),
            ...(details?.catchIndex === undefined ? [] : [{ label: "Catcher", value: `Number ${details.catchIndex}` }]),
            ...(data.maxConcurrency === undefined ? [] : [{ label: "MaxConcurrency", value: String(data.maxConcurrency) }]),
            ...(data.toleratedFailureCount === undefined ? [] : [{ label: "ToleratedFailureCount", value: String(data.toleratedFailureCount) }]),
            ...(data.toleratedFailurePercentage === undefined ? [] : [{ label: "ToleratedFailurePercentage", value: String(data.toleratedFailurePercentage) }]),
          ]}
        />
        <ol className="pawl-stages" aria-label="The way of the data">
          {stages.map((stage, index) => (
            <StageView key={stage.name} stage={stage} isSame={isUnchanged(stages, index)} />
          ))}
        </ol>
        {data.variables !== undefined && data.variables !== "{}" && (
          <ExpandableSection headerText="Variables after the state" defaultExpanded>
            <JsonView text={data.variables} label="Variables" heightMax={200} />
          </ExpandableSection>
        )}
        {data.request !== undefined && (
          <ExpandableSection headerText="HTTP request">
            <JsonView text={JSON.stringify(data.request)} label="HTTP request" heightMax={240} />
          </ExpandableSection>
        )}
        {data.response !== undefined && (
          <ExpandableSection headerText="HTTP response">
            <JsonView text={JSON.stringify(data.response)} label="HTTP response" heightMax={240} />
          </ExpandableSection>
        )}
      </SpaceBetween>
    </Container>
  );
}

function StageView({ stage, isSame }: { stage: Stage; isSame: boolean }) {
  return (
    <li className={isSame ? "pawl-stage pawl-stage-same" : "pawl-stage"}>
      <span className="pawl-stage-name">{stage.name}</span>
      {isSame ? (
        <Box color="text-body-secondary" fontSize="body-s">
          the same
        </Box>
      ) : (
        <JsonView text={stage.text} label={stage.name} heightMax={220} />
      )}
    </li>
  );
}
