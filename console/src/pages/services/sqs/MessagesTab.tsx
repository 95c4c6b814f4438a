// SPDX-License-Identifier: Apache-2.0
// Messages of a queue, received: SQS has no other way to look at them, so it says what that does to them.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef, useState } from "react";
import { call } from "../../../api/console-api";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Empty } from "../../../components/Empty";
import { JsonView } from "../../../components/JsonView";
import { Timestamp } from "../../../components/Timestamp";
import { VirtualTable } from "../../../components/VirtualTable";
import { FactList } from "../shared/Facts";
import { PairsTable } from "../shared/PairsTable";
import { selectionColumn } from "../shared/selection-column";
import { useAct } from "../shared/use-act";
import { type Message, type Queue, redriveOf } from "./queue-types";

const kMessagesMax = 1000;

const kHidden = [
  { value: "0", label: "Stay visible to others" },
  { value: "10", label: "Hidden for 10 s" },
  { value: "30", label: "Hidden for 30 s" },
  { value: "120", label: "Hidden for 2 min" },
];

const sentAt = (message: Message) => new Date(Number(message.Attributes?.SentTimestamp ?? 0));

export function MessagesTab({ queue, onChanged }: { queue: Queue; onChanged: () => void }) {
  const act = useAct();
  const [messages, setMessages] = useState<Message[]>();
  const [hidden, setHidden] = useState("30");
  const [isRunning, setRunning] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<string>();
  const stopped = useRef(false);
  useEffect(() => () => void (stopped.current = true), []);
  const redrive = redriveOf(queue.attributes);

  const receive = async () => {
    setRunning(true);
    stopped.current = false;
    await act({ failed: "Messages could not be received" }, async () => {
      const found = new Map<string, Message>();
      while (!stopped.current && found.size < kMessagesMax) {
        const { Messages = [] } = await call<{ Messages?: Message[] }>("sqs", "ReceiveMessage", {
          QueueUrl: queue.url,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: Number(hidden),
          MessageSystemAttributeNames: ["All"],
          MessageAttributeNames: ["All"],
        });
        const before = found.size;
        for (const message of Messages) found.set(message.MessageId, message);
        setMessages([...found.values()]);
        // Visible ones come again and again: enough once nothing new came.
        if (Messages.length === 0 || found.size === before) break;
      }
      setMessages([...found.values()]);
    });
    setRunning(false);
    onChanged();
  };
  const remove = async (ids: ReadonlySet<string>) => {
    const going = (messages ?? []).filter(({ MessageId }) => ids.has(MessageId));
    await act({ failed: "Not all messages could be deleted", succeeded: `${going.length} deleted.` }, async () => {
      for (const { MessageId, ReceiptHandle } of going) {
        await call("sqs", "DeleteMessage", { QueueUrl: queue.url, ReceiptHandle });
        setMessages((old) => old?.filter((message) => message.MessageId !== MessageId));
      }
    });
    setSelected(new Set());
    onChanged();
  };
  const rows = messages ?? [];
  const message = rows.find(({ MessageId }) => MessageId === chosen);

  return (
    <SpaceBetween size="s">
      <Header
        variant="h2"
        counter={messages === undefined ? "" : `(${rows.length})`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Select ariaLabel="Visibility" options={kHidden} selectedOption={kHidden.find(({ value }) => value === hidden) ?? null} onChange={({ detail }) => setHidden(detail.selectedOption.value ?? "30")} />
            <ConfirmButton text="Delete" title="Delete messages" disabled={selected.size === 0} onConfirm={() => remove(selected)}>
              <Box>{`Delete ${selected.size === 1 ? "this message" : `these ${selected.size} messages`}? This cannot be undone.`}</Box>
            </ConfirmButton>
            <Button loading={isRunning} onClick={() => void receive()}>
              Receive messages
            </Button>
          </SpaceBetween>
        }
      >
        Received
      </Header>
      <Alert type="info">
        Looking counts as receiving: each message's receive count goes up by one
        {redrive === undefined ? "." : `, and after ${redrive.maxReceiveCount} times it goes to the dead-letter queue.`}
      </Alert>
      <VirtualTable
        label="Messages"
        columns={[
          selectionColumn({ rows, idOf: (row: Message) => row.MessageId, nameOf: (row) => row.MessageId, selected, onSelect: setSelected }),
          { id: "sent", header: "Sent", width: "180px", cell: (row) => <Timestamp value={sentAt(row)} /> },
          { id: "count", header: "Receives", width: "70px", cell: (row) => row.Attributes?.ApproximateReceiveCount ?? "-" },
          { id: "id", header: "Message ID", width: "minmax(120px, 290px)", cell: (row) => <span className="pawl-mono">{row.MessageId}</span> },
          { id: "body", header: "Body", width: "minmax(0, 1fr)", cell: (row) => <bdi className="pawl-mono">{row.Body.slice(0, 300)}</bdi> },
        ]}
        count={rows.length}
        rowAt={(index) => rows[index]}
        height={rows.length < 8 ? Math.max(130, 60 + rows.length * 28) : 320}
        selected={rows.findIndex(({ MessageId }) => MessageId === chosen)}
        onSelect={(index) => setChosen(rows[index]?.MessageId)}
        empty={<Empty title={messages === undefined ? "Nothing received yet" : "No messages"} />}
      />
      {message !== undefined && <MessageView message={message} />}
    </SpaceBetween>
  );
}

function MessageView({ message }: { message: Message }) {
  const { Attributes: system = {} } = message;
  const first = Number(system.ApproximateFirstReceiveTimestamp ?? 0);
  const own = Object.entries(message.MessageAttributes ?? {}).map(([name, value]): [string, string] => [`${name} (${value.DataType})`, value.StringValue ?? value.BinaryValue ?? ""]);
  return (
    <Container header={<Header variant="h3"><span className="pawl-mono">{message.MessageId}</span></Header>}>
      <SpaceBetween size="s">
        <FactList
          facts={[
            ["Sent", <Timestamp value={sentAt(message)} />],
            ["First received", first === 0 ? undefined : <Timestamp value={new Date(first)} />],
            ["Receives", system.ApproximateReceiveCount],
            ["Sender", system.SenderId],
            ["Message group", system.MessageGroupId],
            ["Deduplication ID", system.MessageDeduplicationId],
            ["Sequence number", system.SequenceNumber],
            ["From dead letters of", system.DeadLetterQueueSourceArn],
          ]}
        />
        <JsonView text={message.Body} label="Body" heightMax={360} />
        {own.length > 0 && <PairsTable label="Message attributes" pairs={own} empty="" />}
      </SpaceBetween>
    </Container>
  );
}
