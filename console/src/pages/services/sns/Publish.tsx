// SPDX-License-Identifier: Apache-2.0
// Publishes a message to a topic.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call } from "../../../api/console-api";
import { useFrame } from "../../../app/frame";
import { MessageAttributesField, messageAttributes, type TextAttribute } from "../sqs/SendMessage";
import { ActionModal } from "../../../components/ActionModal";
import { JsonField } from "../shared/JsonField";

export function Publish({ topicArn, isFifo, onClose }: { topicArn: string; isFifo: boolean; onClose: () => void }) {
  const { succeeded } = useFrame();
  const [subject, setSubject] = useState("");
  const [message, setMessage] = useState("");
  const [group, setGroup] = useState("");
  const [attributes, setAttributes] = useState<TextAttribute[]>([]);
  const publish = async () => {
    const { MessageId } = await call<{ MessageId: string }>("sns", "Publish", {
      TopicArn: topicArn,
      Message: message,
      ...(subject.trim() === "" ? {} : { Subject: subject }),
      ...(isFifo ? { MessageGroupId: group, MessageDeduplicationId: `${Date.now()}-${Math.random()}` } : {}),
      ...(attributes.length === 0 ? {} : { MessageAttributes: messageAttributes(attributes) }),
    });
    succeeded(`Published: ${MessageId}`);
  };
  return (
    <ActionModal title="Publish message" submitText="Publish" size="large" isDisabled={message === "" || (isFifo && group === "")} onSubmit={publish} onClose={onClose}>
      <FormField label="Subject (optional)">
        <Input value={subject} onChange={({ detail }) => setSubject(detail.value)} />
      </FormField>
      <JsonField label="Message" rows={8} isAnyText value={message} onChange={setMessage} />
      {isFifo && (
        <FormField label="Message group ID">
          <Input value={group} spellcheck={false} onChange={({ detail }) => setGroup(detail.value)} />
        </FormField>
      )}
      <MessageAttributesField attributes={attributes} onChange={setAttributes} />
    </ActionModal>
  );
}
