// SPDX-License-Identifier: Apache-2.0
// The mailbox: what SNS sent to people, live; the chosen message as text, never as HTML.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useMemo } from "react";
import { useNavigate, useParams } from "react-router";
import { useLoaded } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Empty } from "../../../components/Empty";
import { JsonView } from "../../../components/JsonView";
import { Name } from "../../../components/Link";
import { Timestamp } from "../../../components/Timestamp";
import { VirtualTable } from "../../../components/VirtualTable";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { FactList } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { useQueryState } from "../shared/query-state";
import { useAct } from "../shared/use-act";
import { clearMails, kMailsMax, type Mail, partsOf, readMails } from "./mail";
import "./mailbox.css";

const kPollMs = 2000;

export default function MailboxPage() {
  const { id } = useParams();
  const act = useAct();
  const navigate = useNavigate();
  useCrumbs(["Mailbox", "/mailbox"], ...(id === undefined ? [] : [[`Message ${id}`, paths.mail(id)] as [string, string]]));
  const loaded = useLoaded("mailbox", readMails, { pollMs: kPollMs });
  const clear = async () => {
    await act({ failed: "The mailbox could not be emptied", succeeded: "The mailbox is empty." }, clearMails);
    loaded.reload();
    void navigate("/mailbox");
  };
  const count = loaded.data === undefined ? "" : `(${loaded.data.length}${loaded.data.length >= kMailsMax ? "+" : ""})`;
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        counter={count}
        description="E-mail and SMS that topics sent. Nothing leaves this server unless it has a mail relay."
        actions={
          <ConfirmButton text="Empty the mailbox" title="Empty the mailbox" disabled={(loaded.data ?? []).length === 0} onConfirm={clear}>
            <Box>Delete all messages? This cannot be undone.</Box>
          </ConfirmButton>
        }
      >
        Mailbox
      </Header>
      <LoadedView loaded={loaded}>{(mails) => <Mails mails={mails} id={id} />}</LoadedView>
    </SpaceBetween>
  );
}

function Mails({ mails, id }: { mails: Mail[]; id: string | undefined }) {
  const navigate = useNavigate();
  const [find, setFind] = useQueryState("find");
  const shown = useMemo(() => {
    const text = find.trim().toLowerCase();
    return mails.filter((mail) => `${mail.To}\n${mail.Subject}\n${mail.Text}`.toLowerCase().includes(text));
  }, [mails, find]);
  const mail = mails.find((one) => String(one.Id) === id);
  if (mails.length === 0) return <Empty title="No messages">What a topic sends by e-mail or SMS comes here.</Empty>;
  return (
    <div className="pawl-mailbox">
      <SpaceBetween size="xs">
        <TextFilter filteringText={find} filteringPlaceholder="Find messages" filteringAriaLabel="Find messages" onChange={({ detail }) => setFind(detail.filteringText)} />
        <VirtualTable
          label="Messages"
          columns={[
            { id: "to", header: "To", width: "minmax(90px, 1fr)", cell: (row: Mail) => <bdi title={row.To}>{row.To}</bdi> },
            { id: "subject", header: "Subject", width: "minmax(120px, 1.6fr)", cell: (row) => <bdi title={row.Subject}>{row.Subject || row.Text.slice(0, 80)}</bdi> },
            { id: "sent", header: "Sent", width: "78px", cell: (row) => <span title={row.SentAt}>{new Date(row.SentAt).toLocaleTimeString("en-GB")}</span> },
          ]}
          count={shown.length}
          rowAt={(index) => shown[index]}
          height="max(320px, calc(100vh - 260px))"
          selected={shown.findIndex((one) => String(one.Id) === id)}
          onSelect={(index) => {
            const chosen = shown[index];
            if (chosen !== undefined) void navigate(paths.mail(chosen.Id) + window.location.search, { replace: id !== undefined });
          }}
          empty={<Empty title="No messages match" />}
        />
      </SpaceBetween>
      {mail === undefined ? (
        <Empty title={id === undefined ? "Choose a message" : "There is no such message (any more)"} />
      ) : (
        <MailView key={mail.Id} mail={mail} />
      )}
    </div>
  );
}

function MailView({ mail }: { mail: Mail }) {
  const parts = useMemo(() => partsOf(mail.Text, window.location), [mail.Text]);
  const isJson = /^\s*[{[]/.test(mail.Text);
  return (
    <Container header={<Header variant="h2"><Name>{mail.Subject || "(no subject)"}</Name></Header>}>
      <SpaceBetween size="m">
        <FactList
          facts={[
            ["To", <bdi>{mail.To}</bdi>],
            ["Sent", <Timestamp value={mail.SentAt} />],
            ["Protocol", mail.Protocol],
            ["Topic", mail.TopicArn === "" ? undefined : <ArnLink arn={mail.TopicArn} short />],
          ]}
        />
        {isJson ? (
          <JsonView text={mail.Text} label="Message" />
        ) : (
          <div className="pawl-mail-text" dir="auto">
            {parts.map((part, index) => (part.url === undefined ? <span key={index}>{part.text}</span> : <MailLink key={index} url={part.url} isOurs={part.isOurs === true} />))}
          </div>
        )}
        {isJson && (
          <SpaceBetween size="xxs">
            {parts
              .filter((part) => part.url !== undefined)
              .map((part, index) => (
                <MailLink key={index} url={part.url ?? ""} isOurs={part.isOurs === true} />
              ))}
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Container>
  );
}

/** Not a link by itself: what a message says is not to be followed by a slip of the hand. */
function MailLink({ url, isOurs }: { url: string; isOurs: boolean }) {
  return (
    <span className="pawl-mail-link">
      <bdi className="pawl-mono">{url}</bdi>
      <CopyToClipboard variant="icon" textToCopy={url} copyButtonAriaLabel="Copy the link" copySuccessText="Copied" copyErrorText="It could not be copied" />
      {isOurs && (
        <Button variant="inline-link" href={url} target="_blank" rel="noopener noreferrer" iconName="external" iconAlign="right" ariaLabel={`Open ${url}`}>
          Open
        </Button>
      )}
    </span>
  );
}
