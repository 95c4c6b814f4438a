// SPDX-License-Identifier: Apache-2.0
// A queue: counts, live; messages; dead letters; how it is set up.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { call } from "../../../api/console-api";
import { useLoaded } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { CopyText } from "../../../components/CopyText";
import { Name } from "../../../components/Link";
import { formatBytes, formatDuration, Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { Facts } from "../shared/Facts";
import { JsonView } from "../../../components/JsonView";
import { LoadedView } from "../shared/LoadedView";
import { PageTabs } from "../shared/PageTabs";
import { useAct } from "../shared/use-act";
import { DeadLettersTab } from "./DeadLettersTab";
import { MessagesTab } from "./MessagesTab";
import { count, type Queue, type QueueAttributes, redriveOf } from "./queue-types";
import { SendMessage } from "./SendMessage";

const kPollMs = 2000;

export default function QueuePage() {
  const { queue: name = "" } = useParams();
  const navigate = useNavigate();
  const act = useAct();
  const [sends, setSends] = useState(false);
  useCrumbs(["Queues", "/sqs"], [name, paths.queue(name)]);
  const loaded = useLoaded(
    JSON.stringify(["queue", name]),
    async (signal): Promise<Queue> => {
      const { QueueUrl } = await call<{ QueueUrl: string }>("sqs", "GetQueueUrl", { QueueName: name }, signal);
      const { Attributes = {} } = await call<{ Attributes?: QueueAttributes }>("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] }, signal);
      return { url: QueueUrl, name, attributes: Attributes };
    },
    { pollMs: kPollMs },
  );
  const queue = loaded.data;
  const purge = async () => {
    await act({ failed: "The queue could not be purged", succeeded: "The queue is being purged." }, () => call("sqs", "PurgeQueue", { QueueUrl: queue?.url }));
    loaded.reload();
  };
  const remove = async () => {
    const isDone = await act({ failed: "The queue could not be deleted", succeeded: <>Queue <Name>{name}</Name> was deleted.</> }, () => call("sqs", "DeleteQueue", { QueueUrl: queue?.url }));
    if (isDone) void navigate("/sqs");
  };
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={queue === undefined ? undefined : <CopyText text={queue.attributes.QueueArn ?? queue.url} label="ARN" />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <ConfirmButton text="Purge" title="Purge queue" disabled={queue === undefined} onConfirm={purge}>
              <Box>
                Delete all messages of <b><Name>{name}</Name></b>? This cannot be undone.
              </Box>
            </ConfirmButton>
            <ConfirmButton text="Delete" title="Delete queue" disabled={queue === undefined} onConfirm={remove}>
              <Box>
                Delete the queue <b><Name>{name}</Name></b> with all its messages? This cannot be undone.
              </Box>
            </ConfirmButton>
            <Button variant="primary" disabled={queue === undefined} onClick={() => setSends(true)}>
              Send message
            </Button>
          </SpaceBetween>
        }
      >
        <Name>{name}</Name>
      </Header>
      <LoadedView loaded={loaded}>{(data) => <Details queue={data} onChanged={loaded.reload} />}</LoadedView>
      {sends && queue !== undefined && <SendMessage queue={queue} onClose={() => setSends(false)} onSent={loaded.reload} />}
    </SpaceBetween>
  );
}

function Details({ queue, onChanged }: { queue: Queue; onChanged: () => void }) {
  const { attributes } = queue;
  const redrive = redriveOf(attributes);
  return (
    <SpaceBetween size="m">
      <Facts
        facts={[
          ["Messages available", <Box variant="span" fontSize="heading-l">{count(attributes, "").toLocaleString("en")}</Box>],
          ["In flight", <Box variant="span" fontSize="heading-l">{count(attributes, "NotVisible").toLocaleString("en")}</Box>],
          ["Delayed", <Box variant="span" fontSize="heading-l">{count(attributes, "Delayed").toLocaleString("en")}</Box>],
          ["Type", attributes.FifoQueue === "true" ? "FIFO" : "Standard"],
          ["Visibility timeout", seconds(attributes.VisibilityTimeout)],
          ["Retention", seconds(attributes.MessageRetentionPeriod)],
          ["Dead-letter queue", redrive === undefined ? "None" : <ArnLink arn={redrive.deadLetterTargetArn} short />],
          ["Maximum receives", redrive?.maxReceiveCount],
        ]}
      />
      <PageTabs
        label="Queue"
        tabs={[
          { id: "messages", label: "Messages", content: () => <MessagesTab key={queue.url} queue={queue} onChanged={onChanged} /> },
          { id: "dead-letters", label: "Dead letters", content: () => <DeadLettersTab queue={queue} onChanged={onChanged} /> },
          { id: "settings", label: "Settings", content: () => <Settings queue={queue} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function seconds(text: string | undefined): string {
  return text === undefined ? "-" : Number(text) === 0 ? "0 s" : formatDuration(Number(text) * 1000);
}

function Settings({ queue: { url, attributes } }: { queue: Queue }) {
  const at = (text: string | undefined) => (text === undefined ? undefined : <Timestamp value={Number(text)} />);
  return (
    <SpaceBetween size="m">
      <Facts
        facts={[
          ["URL", <CopyText text={url} label="URL" />],
          ["Created", at(attributes.CreatedTimestamp)],
          ["Last modified", at(attributes.LastModifiedTimestamp)],
          ["Delivery delay", seconds(attributes.DelaySeconds)],
          ["Receive wait", seconds(attributes.ReceiveMessageWaitTimeSeconds)],
          ["Maximum message", formatBytes(Number(attributes.MaximumMessageSize ?? 0))],
          ["Content-based deduplication", attributes.ContentBasedDeduplication],
          ["Deduplication scope", attributes.DeduplicationScope],
          ["FIFO throughput limit", attributes.FifoThroughputLimit],
          ["Encryption", attributes.KmsMasterKeyId ?? (attributes.SqsManagedSseEnabled === "true" ? "SSE-SQS" : "None")],
        ]}
      />
      {attributes.Policy !== undefined && (
        <div>
          <Header variant="h3">Access policy</Header>
          <JsonView text={attributes.Policy} label="Access policy" />
        </div>
      )}
    </SpaceBetween>
  );
}
