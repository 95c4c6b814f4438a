// SPDX-License-Identifier: Apache-2.0
// Sends a message to a queue.
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call } from "../../../api/console-api";
import { useFrame } from "../../../app/frame";
import { ActionModal } from "../../../components/ActionModal";
import { JsonField } from "../shared/JsonField";
import type { Queue } from "./queue-types";

export interface TextAttribute {
  name: string;
  value: string;
}

/** As both SQS and SNS take them. */
export function messageAttributes(attributes: TextAttribute[]): Record<string, { DataType: string; StringValue: string }> {
  return Object.fromEntries(attributes.filter(({ name }) => name.trim() !== "").map(({ name, value }) => [name.trim(), { DataType: "String", StringValue: value }]));
}

export function MessageAttributesField({ attributes, onChange }: { attributes: TextAttribute[]; onChange: (attributes: TextAttribute[]) => void }) {
  const change = (at: number, changes: Partial<TextAttribute>) => onChange(attributes.map((attribute, index) => (index === at ? { ...attribute, ...changes } : attribute)));
  return (
    <AttributeEditor
      items={attributes}
      empty="No message attributes"
      addButtonText="Add attribute"
      removeButtonText="Remove"
      onAddButtonClick={() => onChange([...attributes, { name: "", value: "" }])}
      onRemoveButtonClick={({ detail }) => onChange(attributes.filter((_, index) => index !== detail.itemIndex))}
      definition={[
        { label: "Attribute", control: (item: TextAttribute, index) => <Input value={item.name} onChange={({ detail }) => change(index, { name: detail.value })} /> },
        { label: "Value (String)", control: (item, index) => <Input value={item.value} onChange={({ detail }) => change(index, { value: detail.value })} /> },
      ]}
    />
  );
}

export function SendMessage({ queue, onClose, onSent }: { queue: Queue; onClose: () => void; onSent: () => void }) {
  const { succeeded } = useFrame();
  const isFifo = queue.attributes.FifoQueue === "true";
  const [body, setBody] = useState("");
  const [delay, setDelay] = useState("");
  const [group, setGroup] = useState("");
  const [deduplication, setDeduplication] = useState("");
  const [attributes, setAttributes] = useState<TextAttribute[]>([]);
  const send = async () => {
    const { MessageId } = await call<{ MessageId: string }>("sqs", "SendMessage", {
      QueueUrl: queue.url,
      MessageBody: body,
      ...(delay === "" ? {} : { DelaySeconds: Number(delay) }),
      ...(group === "" ? {} : { MessageGroupId: group }),
      ...(deduplication === "" ? {} : { MessageDeduplicationId: deduplication }),
      ...(attributes.length === 0 ? {} : { MessageAttributes: messageAttributes(attributes) }),
    });
    succeeded(`Sent: ${MessageId}`);
    onSent();
  };
  return (
    <ActionModal title="Send message" submitText="Send" size="large" isDisabled={body === "" || (isFifo && group === "")} onSubmit={send} onClose={onClose}>
      <JsonField label="Body" rows={8} isAnyText value={body} onChange={setBody} />
      {isFifo ? (
        <>
          <FormField label="Message group ID">
            <Input value={group} spellcheck={false} onChange={({ detail }) => setGroup(detail.value)} />
          </FormField>
          <FormField label="Message deduplication ID" description={queue.attributes.ContentBasedDeduplication === "true" ? "The body's hash if there is none." : undefined}>
            <Input value={deduplication} spellcheck={false} onChange={({ detail }) => setDeduplication(detail.value)} />
          </FormField>
        </>
      ) : (
        <FormField label="Delay (seconds)">
          <Input value={delay} type="number" placeholder={queue.attributes.DelaySeconds ?? "0"} onChange={({ detail }) => setDelay(detail.value)} />
        </FormField>
      )}
      <MessageAttributesField attributes={attributes} onChange={setAttributes} />
    </ActionModal>
  );
}
