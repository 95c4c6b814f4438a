// SPDX-License-Identifier: Apache-2.0
// The execution's input and output, or what it failed with and where.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useMemo } from "react";
import { JsonView } from "../../components/JsonView";
import { Status } from "../../history/history";
import { Failure } from "./Failure";
import type { Scene } from "./scene";

export function ExecutionPanel({ scene }: { scene: Scene }) {
  const { execution } = scene.live;
  const { history, snapshot } = scene;
  const culprit = useMemo(() => history.visits.findLast((visit) => snapshot.statusOf(visit) === Status.Failed && visit.lanes.length === 0), [history, snapshot, scene.live.version]);
  if (execution === undefined) return null;
  const hasFailed = scene.at === undefined && (execution.error !== undefined || execution.cause !== undefined);
  return (
    <div className="pawl-panel">
      {hasFailed && (
        <Failure failure={{ error: execution.error, cause: execution.cause }}>
          {culprit !== undefined && (
            <Button variant="inline-link" onClick={() => scene.selectVisit(culprit)}>
              {`In ${culprit.name.length > 30 ? `${culprit.name.slice(0, 30)}…` : culprit.name}`}
            </Button>
          )}
        </Failure>
      )}
      <Payload title="Input" text={execution.input} none="There is none." />
      {execution.status === "SUCCEEDED" && scene.at === undefined && <Payload title="Output" text={execution.output} none="There is none." />}
      {(execution.status === "RUNNING" || scene.at !== undefined) && (
        <Box color="text-body-secondary" fontSize="body-s">
          {scene.at === undefined ? "The output is shown here as soon as the execution has ended." : "The execution had not ended at this moment."}
        </Box>
      )}
    </div>
  );
}

export function Payload({ title, text, none, heightMax = 260 }: { title: string; text: string | undefined; none: string; heightMax?: number }) {
  return (
    <section aria-label={title} className="pawl-payload">
      {text === undefined ? (
        <Box color="text-body-secondary" fontSize="body-s">
          {none}
        </Box>
      ) : (
        <>
          <h2>{title}</h2>
          <JsonView text={text} label={title} heightMax={heightMax} />
        </>
      )}
    </section>
  );
}
