// SPDX-License-Identifier: Apache-2.0
// Queues with their counts, live: list, create, delete.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call } from "../../../api/console-api";
import { usePages } from "../../../api/use-pages";
import { useCrumbs, useFrame } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Empty } from "../../../components/Empty";
import { Link, Name } from "../../../components/Link";
import { Timestamp } from "../../../components/Timestamp";
import { ActionModal } from "../../../components/ActionModal";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { type Columns, ListTable } from "../shared/ListTable";
import { useAct } from "../shared/use-act";
import { usePolling } from "../shared/use-polling";
import { count, nameOfUrl, type Queue, type QueueAttributes, redriveOf } from "./queue-types";

const kPageSize = 50;
const kPollMs = 3000;

const byCount = (which: "" | "NotVisible" | "Delayed") => (a: Queue, b: Queue) => count(a.attributes, which) - count(b.attributes, which);

const kColumns: Columns<Queue> = [
  { id: "name", header: "Name", cell: (queue) => <Link to={paths.queue(queue.name)}><Name>{queue.name}</Name></Link>, sortingField: "name", isRowHeader: true },
  { id: "type", header: "Type", cell: (queue) => (queue.attributes.FifoQueue === "true" ? "FIFO" : "Standard") },
  { id: "available", header: "Available", cell: (queue) => count(queue.attributes, "").toLocaleString("en"), sortingComparator: byCount("") },
  { id: "flight", header: "In flight", cell: (queue) => count(queue.attributes, "NotVisible").toLocaleString("en"), sortingComparator: byCount("NotVisible") },
  { id: "delayed", header: "Delayed", cell: (queue) => count(queue.attributes, "Delayed").toLocaleString("en"), sortingComparator: byCount("Delayed") },
  {
    id: "dlq",
    header: "Dead-letter queue",
    cell: (queue) => {
      const redrive = redriveOf(queue.attributes);
      return redrive === undefined ? "-" : <ArnLink arn={redrive.deadLetterTargetArn} short />;
    },
  },
  { id: "created", header: "Created", cell: (queue) => <Timestamp value={queue.attributes.CreatedTimestamp === undefined ? undefined : Number(queue.attributes.CreatedTimestamp)} /> },
];

function useQueues() {
  return usePages<Queue>("sqs queues", async (token, signal) => {
    const listed = await call<{ QueueUrls?: string[]; NextToken?: string }>("sqs", "ListQueues", { MaxResults: kPageSize, ...(token === undefined ? {} : { NextToken: token }) }, signal);
    const items = await Promise.all(
      (listed.QueueUrls ?? []).map(async (url) => {
        const { Attributes = {} } = await call<{ Attributes?: QueueAttributes }>("sqs", "GetQueueAttributes", { QueueUrl: url, AttributeNames: ["All"] }, signal);
        return { url, name: nameOfUrl(url), attributes: Attributes };
      }),
    );
    return { items, nextToken: listed.NextToken };
  });
}

export default function QueuesPage() {
  useCrumbs(["Queues", "/sqs"]);
  const act = useAct();
  const pages = useQueues();
  const [creates, setCreates] = useState(false);
  // Further pages would go with the first one loaded anew.
  usePolling(pages.reload, kPollMs, !pages.hasMore && !pages.isLoading && pages.error === undefined && pages.items.length <= kPageSize);
  const remove = async (queue: Queue) => {
    await act({ failed: "The queue could not be deleted", succeeded: <>Queue <Name>{queue.name}</Name> was deleted.</> }, () => call("sqs", "DeleteQueue", { QueueUrl: queue.url }));
    pages.reload();
  };
  return (
    <>
      <ListTable
        title="Queues"
        noun="queues"
        variant="full-page"
        pages={pages}
        columns={kColumns}
        idOf={(queue) => queue.url}
        textOf={(queue) => queue.name}
        selection="single"
        actions={([selected]) => (
          <>
            <ConfirmButton text="Delete" title="Delete queue" disabled={selected === undefined} onConfirm={async () => selected && remove(selected)}>
              <Box>
                Delete the queue <b><Name>{selected?.name ?? ""}</Name></b> with all its messages? This cannot be undone.
              </Box>
            </ConfirmButton>
            <Button variant="primary" onClick={() => setCreates(true)}>
              Create queue
            </Button>
          </>
        )}
        empty={
          <Empty title="No queues">
            <Button onClick={() => setCreates(true)}>Create queue</Button>
          </Empty>
        }
      />
      {creates && <CreateQueue onClose={() => setCreates(false)} onCreated={pages.reload} />}
    </>
  );
}

function CreateQueue({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const { succeeded } = useFrame();
  const [name, setName] = useState("");
  const [seconds, setSeconds] = useState("30");
  const create = async () => {
    await call("sqs", "CreateQueue", {
      QueueName: name.trim(),
      Attributes: { VisibilityTimeout: seconds, ...(name.trim().endsWith(".fifo") ? { FifoQueue: "true" } : {}) },
    });
    succeeded(<>Queue <Name>{name.trim()}</Name> was created.</>);
    onCreated();
  };
  return (
    <ActionModal title="Create queue" submitText="Create queue" isDisabled={name.trim() === ""} onSubmit={create} onClose={onClose}>
      <FormField label="Queue name" constraintText="A name that ends in .fifo makes a FIFO queue.">
        <Input autoFocus value={name} spellcheck={false} autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Visibility timeout (seconds)">
        <Input value={seconds} type="number" onChange={({ detail }) => setSeconds(detail.value)} />
      </FormField>
    </ActionModal>
  );
}
