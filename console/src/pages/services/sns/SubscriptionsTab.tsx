// SPDX-License-Identifier: Apache-2.0
// Who a topic's messages go to: list, subscribe, unsubscribe, filter policies.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { call } from "../../../api/console-api";
import { usePages } from "../../../api/use-pages";
import { useFrame } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { ActionModal } from "../../../components/ActionModal";
import { ArnLink } from "../shared/ArnLink";
import { JsonField } from "../shared/JsonField";
import { ListTable } from "../shared/ListTable";
import { useAct } from "../shared/use-act";

interface Subscription {
  SubscriptionArn: string;
  Protocol: string;
  Endpoint: string;
  attributes: Record<string, string>;
}

const kProtocols = ["email", "email-json", "sms", "sqs", "lambda", "http", "https"].map((value) => ({ value, label: value }));
const kPending = /^Pending/i;

function useSubscriptions(topicArn: string) {
  return usePages<Subscription>(JSON.stringify(["subscriptions", topicArn]), async (token, signal) => {
    const listed = await call<{ Subscriptions?: Subscription[]; NextToken?: string }>("sns", "ListSubscriptionsByTopic", { TopicArn: topicArn, ...(token === undefined ? {} : { NextToken: token }) }, signal);
    const items = await Promise.all(
      (listed.Subscriptions ?? []).map(async (subscription) => {
        const isConfirmed = !kPending.test(subscription.SubscriptionArn);
        const { Attributes = {} } = isConfirmed
          ? await call<{ Attributes?: Record<string, string> }>("sns", "GetSubscriptionAttributes", { SubscriptionArn: subscription.SubscriptionArn }, signal)
          : {};
        return { ...subscription, attributes: Attributes };
      }),
    );
    return { items, nextToken: listed.NextToken };
  });
}

export function SubscriptionsTab({ topicArn, onChanged }: { topicArn: string; onChanged: () => void }) {
  const act = useAct();
  const pages = useSubscriptions(topicArn);
  const [subscribes, setSubscribes] = useState(false);
  const changed = () => {
    pages.reload();
    onChanged();
  };
  const remove = async (SubscriptionArn: string) => {
    await act({ failed: "It could not be unsubscribed", succeeded: "Unsubscribed." }, () => call("sns", "Unsubscribe", { SubscriptionArn }));
    changed();
  };
  return (
    <>
      <ListTable
        title="Subscriptions"
        noun="subscriptions"
        pages={pages}
        idOf={(item) => `${item.SubscriptionArn} ${item.Protocol} ${item.Endpoint}`}
        textOf={(item) => `${item.Protocol} ${item.Endpoint}`}
        selection="single"
        actions={([selected]) => {
          const isPending = selected === undefined || kPending.test(selected.SubscriptionArn);
          return (
            <>
              <ConfirmButton text="Unsubscribe" title="Unsubscribe" disabled={isPending} onConfirm={() => remove(selected?.SubscriptionArn ?? "")}>
                <Box>
                  Unsubscribe <b><Name>{selected?.Endpoint ?? ""}</Name></b>?
                </Box>
              </ConfirmButton>
              <Button onClick={() => setSubscribes(true)}>Subscribe</Button>
            </>
          );
        }}
        columns={[
          { id: "endpoint", header: "Endpoint", cell: (item) => <ArnLink arn={item.Endpoint} />, sortingField: "Endpoint", isRowHeader: true },
          { id: "protocol", header: "Protocol", cell: (item) => item.Protocol, sortingField: "Protocol" },
          { id: "status", header: "Status", cell: (item) => (kPending.test(item.SubscriptionArn) ? <StatusBadge status="PENDING" /> : <StatusBadge status="ACTIVE" />) },
          { id: "raw", header: "Raw delivery", cell: (item) => (item.attributes.RawMessageDelivery === "true" ? "Yes" : "No") },
          { id: "filter", header: "Filter policy", cell: (item) => <bdi className="pawl-mono">{item.attributes.FilterPolicy ?? "-"}</bdi> },
        ]}
      />
      {subscribes && <Subscribe topicArn={topicArn} onClose={() => setSubscribes(false)} onDone={changed} />}
    </>
  );
}

function Subscribe({ topicArn, onClose, onDone }: { topicArn: string; onClose: () => void; onDone: () => void }) {
  const { succeeded } = useFrame();
  const [protocol, setProtocol] = useState("email");
  const [endpoint, setEndpoint] = useState("");
  const [isRaw, setRaw] = useState(false);
  const [filter, setFilter] = useState("");
  const subscribe = async () => {
    const Attributes = { ...(isRaw ? { RawMessageDelivery: "true" } : {}), ...(filter.trim() === "" ? {} : { FilterPolicy: filter }) };
    const { SubscriptionArn = "" } = await call<{ SubscriptionArn?: string }>("sns", "Subscribe", { TopicArn: topicArn, Protocol: protocol, Endpoint: endpoint.trim(), Attributes });
    succeeded(kPending.test(SubscriptionArn) ? "A confirmation was sent: see the mailbox." : "Subscribed.");
    onDone();
  };
  return (
    <ActionModal title="Subscribe" submitText="Subscribe" isDisabled={endpoint.trim() === ""} onSubmit={subscribe} onClose={onClose}>
      <FormField label="Protocol">
        <Select options={kProtocols} selectedOption={kProtocols.find(({ value }) => value === protocol) ?? null} onChange={({ detail }) => setProtocol(detail.selectedOption.value ?? "email")} />
      </FormField>
      <FormField label="Endpoint" constraintText="An e-mail address, a telephone number, an ARN or a URL.">
        <Input autoFocus value={endpoint} spellcheck={false} autoComplete={false} onChange={({ detail }) => setEndpoint(detail.value)} />
      </FormField>
      {["sqs", "http", "https"].includes(protocol) && (
        <Checkbox checked={isRaw} onChange={({ detail }) => setRaw(detail.checked)}>
          Raw message delivery
        </Checkbox>
      )}
      <JsonField label="Filter policy (optional)" rows={4} value={filter} onChange={setFilter} />
    </ActionModal>
  );
}
