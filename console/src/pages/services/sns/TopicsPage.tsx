// SPDX-License-Identifier: Apache-2.0
// Topics: list, create, delete.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call } from "../../../api/console-api";
import { useCrumbs, useFrame } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { CopyText } from "../../../components/CopyText";
import { Empty } from "../../../components/Empty";
import { Name } from "../../../components/Link";
import { ActionModal } from "../../../components/ActionModal";
import { ArnLink } from "../shared/ArnLink";
import { shortName } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { type Columns, ListTable } from "../shared/ListTable";
import { useAct } from "../shared/use-act";

interface Topic {
  TopicArn: string;
}

const kColumns: Columns<Topic> = [
  { id: "name", header: "Name", cell: ({ TopicArn }) => <ArnLink arn={TopicArn} short />, sortingField: "TopicArn", isRowHeader: true },
  { id: "type", header: "Type", cell: ({ TopicArn }) => (TopicArn.endsWith(".fifo") ? "FIFO" : "Standard") },
  { id: "arn", header: "ARN", cell: ({ TopicArn }) => <CopyText text={TopicArn} label="ARN" /> },
];

export default function TopicsPage() {
  useCrumbs(["Topics", "/sns"]);
  const act = useAct();
  const [creates, setCreates] = useState(false);
  const pages = useListing<{ Topics?: Topic[] }, Topic>({ service: "sns", operation: "ListTopics", itemsOf: (output) => output.Topics });
  const remove = async ({ TopicArn }: Topic) => {
    await act({ failed: "The topic could not be deleted", succeeded: <>Topic <Name>{shortName(TopicArn)}</Name> was deleted.</> }, () => call("sns", "DeleteTopic", { TopicArn }));
    pages.reload();
  };
  return (
    <>
      <ListTable
        title="Topics"
        noun="topics"
        variant="full-page"
        pages={pages}
        columns={kColumns}
        idOf={(topic) => topic.TopicArn}
        textOf={(topic) => topic.TopicArn}
        selection="single"
        actions={([selected]) => (
          <>
            <ConfirmButton text="Delete" title="Delete topic" disabled={selected === undefined} onConfirm={async () => selected && remove(selected)}>
              <Box>
                Delete the topic <b><Name>{shortName(selected?.TopicArn ?? "")}</Name></b> with its subscriptions? This cannot be undone.
              </Box>
            </ConfirmButton>
            <Button variant="primary" onClick={() => setCreates(true)}>
              Create topic
            </Button>
          </>
        )}
        empty={
          <Empty title="No topics">
            <Button onClick={() => setCreates(true)}>Create topic</Button>
          </Empty>
        }
      />
      {creates && <CreateTopic onClose={() => setCreates(false)} onCreated={pages.reload} />}
    </>
  );
}

function CreateTopic({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const { succeeded } = useFrame();
  const [name, setName] = useState("");
  const create = async () => {
    await call("sns", "CreateTopic", { Name: name.trim(), ...(name.trim().endsWith(".fifo") ? { Attributes: { FifoTopic: "true" } } : {}) });
    succeeded(<>Topic <Name>{name.trim()}</Name> was created.</>);
    onCreated();
  };
  return (
    <ActionModal title="Create topic" submitText="Create topic" isDisabled={name.trim() === ""} onSubmit={create} onClose={onClose}>
      <FormField label="Topic name" constraintText="A name that ends in .fifo makes a FIFO topic.">
        <Input autoFocus value={name} spellcheck={false} autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
    </ActionModal>
  );
}
