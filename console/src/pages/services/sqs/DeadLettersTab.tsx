// SPDX-License-Identifier: Apache-2.0
// Dead letters: where this queue's go, whose come here, and back to where they came from (redrive).
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { StatusBadge } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { LoadedView } from "../shared/LoadedView";
import { SimpleTable } from "../shared/SimpleTable";
import { useAct } from "../shared/use-act";
import { count, type Queue, redriveOf } from "./queue-types";

interface MoveTask {
  TaskHandle?: string;
  Status?: string;
  DestinationArn?: string;
  ApproximateNumberOfMessagesMoved?: number;
  ApproximateNumberOfMessagesToMove?: number;
  FailureReason?: string;
  StartedTimestamp?: number;
}

export function DeadLettersTab({ queue, onChanged }: { queue: Queue; onChanged: () => void }) {
  const act = useAct();
  const arn = queue.attributes.QueueArn ?? "";
  const sources = useCall<{ queueUrls?: string[] }>("sqs", "ListDeadLetterSourceQueues", { QueueUrl: queue.url });
  const tasks = useCall<{ Results?: MoveTask[] }>("sqs", "ListMessageMoveTasks", { SourceArn: arn, MaxResults: 10 }, { pollMs: 2000 });
  const redrive = redriveOf(queue.attributes);
  const isTarget = (sources.data?.queueUrls ?? []).length > 0;
  const start = async () => {
    await act({ failed: "The redrive could not be started", succeeded: "The redrive was started." }, () => call("sqs", "StartMessageMoveTask", { SourceArn: arn }));
    tasks.reload();
    onChanged();
  };
  const cancel = async (task: MoveTask) => {
    await act({ failed: "The redrive could not be cancelled", succeeded: "Cancelled." }, () => call("sqs", "CancelMessageMoveTask", { TaskHandle: task.TaskHandle }));
    tasks.reload();
  };
  return (
    <SpaceBetween size="m">
      {redrive !== undefined && (
        <Alert type="info">
          After {redrive.maxReceiveCount} receives a message goes to <ArnLink arn={redrive.deadLetterTargetArn} />.
        </Alert>
      )}
      <LoadedView loaded={sources}>
        {({ queueUrls = [] }) => (
          <SimpleTable
            label="Queues whose dead letters come here"
            header={
              <Header
                variant="h2"
                counter={`(${queueUrls.length})`}
                actions={
                  <ConfirmButton text="Start DLQ redrive" title="Redrive" disabled={!isTarget || count(queue.attributes, "") === 0} onConfirm={start}>
                    <Box>{`Move ${count(queue.attributes, "")} messages back to the queues that they came from?`}</Box>
                  </ConfirmButton>
                }
              >
                Dead letters come from
              </Header>
            }
            items={queueUrls}
            empty="This is no dead-letter queue"
            columns={[{ id: "queue", header: "Queue", cell: (url) => <ArnLink arn={url} short />, isRowHeader: true }]}
          />
        )}
      </LoadedView>
      {isTarget && (
        <LoadedView loaded={tasks}>
          {({ Results = [] }) => (
            <SimpleTable
              label="Redrive tasks"
              header={<Header variant="h2">Redrive tasks</Header>}
              items={Results}
              empty="None yet"
              columns={[
                { id: "started", header: "Started", cell: (task) => <Timestamp value={task.StartedTimestamp === undefined ? undefined : new Date(task.StartedTimestamp)} />, isRowHeader: true },
                { id: "status", header: "Status", cell: (task) => <StatusBadge status={task.Status ?? ""} /> },
                { id: "moved", header: "Moved", cell: (task) => `${task.ApproximateNumberOfMessagesMoved ?? 0} of ${task.ApproximateNumberOfMessagesToMove ?? "?"}` },
                { id: "to", header: "To", cell: (task) => (task.DestinationArn === undefined ? "Their sources" : <ArnLink arn={task.DestinationArn} short />) },
                { id: "reason", header: "Reason", cell: (task) => task.FailureReason ?? "-" },
                {
                  id: "cancel",
                  header: "Action",
                  cell: (task) =>
                    task.TaskHandle === undefined ? null : (
                      <Button variant="inline-link" onClick={() => void cancel(task)}>
                        Cancel
                      </Button>
                    ),
                },
              ]}
            />
          )}
        </LoadedView>
      )}
    </SpaceBetween>
  );
}
