// SPDX-License-Identifier: Apache-2.0
// A topic: who is subscribed, publish, how it is set up.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { call } from "../../../api/console-api";
import { readRegion } from "../../../api/credentials";
import { useLoaded, usePost } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import type { ServerConfig } from "../../../app/TopBar";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { CopyText } from "../../../components/CopyText";
import { JsonView } from "../../../components/JsonView";
import { Link, Name } from "../../../components/Link";
import { paths } from "../shared/arn-path";
import { Facts } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { PageTabs } from "../shared/PageTabs";
import { useAct } from "../shared/use-act";
import { Publish } from "./Publish";
import { SubscriptionsTab } from "./SubscriptionsTab";

type Attributes = Record<string, string>;

export default function TopicPage() {
  const { topic: name = "" } = useParams();
  const navigate = useNavigate();
  const act = useAct();
  const [publishes, setPublishes] = useState(false);
  useCrumbs(["Topics", "/sns"], [name, paths.topic(name)]);
  const config = usePost<ServerConfig>("config");
  const arn = config.data === undefined ? undefined : `arn:aws:sns:${readRegion()}:${config.data.account}:${name}`;
  const loaded = useLoaded(
    JSON.stringify(["topic", arn]),
    async (signal) => (await call<{ Attributes?: Attributes }>("sns", "GetTopicAttributes", { TopicArn: arn }, signal)).Attributes ?? {},
    { enabled: arn !== undefined },
  );
  const remove = async () => {
    const isDone = await act({ failed: "The topic could not be deleted", succeeded: <>Topic <Name>{name}</Name> was deleted.</> }, () => call("sns", "DeleteTopic", { TopicArn: arn }));
    if (isDone) void navigate("/sns");
  };
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={arn === undefined ? undefined : <CopyText text={arn} label="ARN" />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <ConfirmButton text="Delete" title="Delete topic" disabled={loaded.data === undefined} onConfirm={remove}>
              <Box>
                Delete the topic <b><Name>{name}</Name></b> with its subscriptions? This cannot be undone.
              </Box>
            </ConfirmButton>
            <Button variant="primary" disabled={loaded.data === undefined} onClick={() => setPublishes(true)}>
              Publish message
            </Button>
          </SpaceBetween>
        }
      >
        <Name>{name}</Name>
      </Header>
      {arn === undefined ? <LoadedView loaded={config}>{() => null}</LoadedView> : <LoadedView loaded={loaded}>{(attributes) => <Details arn={arn} attributes={attributes} onChanged={loaded.reload} />}</LoadedView>}
      {publishes && arn !== undefined && <Publish topicArn={arn} isFifo={name.endsWith(".fifo")} onClose={() => setPublishes(false)} />}
    </SpaceBetween>
  );
}

function Details({ arn, attributes, onChanged }: { arn: string; attributes: Attributes; onChanged: () => void }) {
  return (
    <SpaceBetween size="m">
      <Facts
        facts={[
          ["Type", attributes.FifoTopic === "true" ? "FIFO" : "Standard"],
          ["Display name", attributes.DisplayName ? <bdi>{attributes.DisplayName}</bdi> : undefined],
          ["Subscriptions", `${attributes.SubscriptionsConfirmed ?? 0} confirmed, ${attributes.SubscriptionsPending ?? 0} pending`],
          ["Owner", attributes.Owner],
          ["KMS key", attributes.KmsMasterKeyId],
          ["E-mail and SMS", <Link to="/mailbox">Mailbox</Link>],
        ]}
      />
      <PageTabs
        label="Topic"
        tabs={[
          { id: "subscriptions", label: "Subscriptions", content: () => <SubscriptionsTab topicArn={arn} onChanged={onChanged} /> },
          { id: "policy", label: "Access policy", content: () => <JsonView text={attributes.Policy ?? "{}"} label="Access policy" /> },
          { id: "attributes", label: "Attributes", content: () => <JsonView text={JSON.stringify(attributes)} label="Attributes" /> },
        ]}
      />
    </SpaceBetween>
  );
}
