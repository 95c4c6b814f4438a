// SPDX-License-Identifier: Apache-2.0
// How a bucket is set up: versioning (which can be changed), notifications, and every configuration as S3 tells it.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { type ApiError, asApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { useCall, useLoaded } from "../../../api/use-call";
import { ErrorBox } from "../../../components/ErrorBox";
import { JsonView } from "../../../components/JsonView";
import { StatusBadge } from "../../../components/StatusBadge";
import { ArnLink } from "../shared/ArnLink";
import { LoadedView } from "../shared/LoadedView";
import { useAct } from "../shared/use-act";

export function BucketProperties({ bucket }: { bucket: string }) {
  return (
    <SpaceBetween size="m">
      <Versioning bucket={bucket} />
      <Notifications bucket={bucket} />
      <Configurations bucket={bucket} />
    </SpaceBetween>
  );
}

function Versioning({ bucket }: { bucket: string }) {
  const act = useAct();
  const loaded = useCall<{ Status?: string; MFADelete?: string }>("s3", "GetBucketVersioning", { Bucket: bucket });
  const isEnabled = loaded.data?.Status === "Enabled";
  const change = async () => {
    const Status = isEnabled ? "Suspended" : "Enabled";
    await act({ failed: "Versioning could not be changed", succeeded: `Versioning is ${Status.toLowerCase()}.` }, () =>
      call("s3", "PutBucketVersioning", { Bucket: bucket, VersioningConfiguration: { Status } }),
    );
    loaded.reload();
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button disabled={loaded.data === undefined} onClick={() => void change()}>
              {isEnabled ? "Suspend" : "Enable"}
            </Button>
          }
        >
          Versioning
        </Header>
      }
    >
      <LoadedView loaded={loaded}>
        {({ Status }) => (Status === undefined ? <Box color="text-body-secondary">Never enabled</Box> : <StatusBadge status={Status.toUpperCase()} />)}
      </LoadedView>
    </Container>
  );
}

interface Notification {
  Id?: string;
  Events?: string[];
  Filter?: { Key?: { FilterRules?: { Name: string; Value: string }[] } };
  TopicArn?: string;
  QueueArn?: string;
  LambdaFunctionArn?: string;
}

interface NotificationOutput {
  TopicConfigurations?: Notification[];
  QueueConfigurations?: Notification[];
  LambdaFunctionConfigurations?: Notification[];
  EventBridgeConfiguration?: object;
}

function Notifications({ bucket }: { bucket: string }) {
  const loaded = useCall<NotificationOutput>("s3", "GetBucketNotificationConfiguration", { Bucket: bucket });
  return (
    <Container header={<Header variant="h2">Event notifications</Header>}>
      <LoadedView loaded={loaded}>
        {(data) => {
          const items = [...(data.LambdaFunctionConfigurations ?? []), ...(data.QueueConfigurations ?? []), ...(data.TopicConfigurations ?? [])];
          return (
            <SpaceBetween size="s">
              <Box color={data.EventBridgeConfiguration === undefined ? "text-body-secondary" : "inherit"}>
                {data.EventBridgeConfiguration === undefined ? "Nothing is sent to EventBridge." : "Every event is sent to EventBridge."}
              </Box>
              {items.length > 0 && (
                <Table
                  variant="embedded"
                  ariaLabels={{ tableLabel: "Event notifications" }}
                  items={items}
                  columnDefinitions={[
                    { id: "id", header: "Name", cell: ({ Id = "-" }) => <bdi>{Id}</bdi>, isRowHeader: true },
                    { id: "events", header: "Events", cell: ({ Events = [] }) => Events.join(", ") },
                    {
                      id: "filter",
                      header: "Filter",
                      cell: ({ Filter }) => (
                        <bdi>{(Filter?.Key?.FilterRules ?? []).map((rule) => `${rule.Name.toLowerCase()} ${rule.Value}`).join(", ") || "-"}</bdi>
                      ),
                    },
                    {
                      id: "to",
                      header: "Destination",
                      cell: ({ LambdaFunctionArn, QueueArn, TopicArn }) => <ArnLink arn={LambdaFunctionArn ?? QueueArn ?? TopicArn ?? ""} />,
                    },
                  ]}
                />
              )}
            </SpaceBetween>
          );
        }}
      </LoadedView>
    </Container>
  );
}

interface Configuration {
  title: string;
  operation: string;
  /** What S3 answers if there is none. */
  absentCode: string;
  /** The member that has it; text inside it is JSON of its own. */
  member: string;
}

const kConfigurations: Configuration[] = [
  { title: "Bucket policy", operation: "GetBucketPolicy", absentCode: "NoSuchBucketPolicy", member: "Policy" },
  { title: "Lifecycle rules", operation: "GetBucketLifecycleConfiguration", absentCode: "NoSuchLifecycleConfiguration", member: "Rules" },
  { title: "CORS", operation: "GetBucketCors", absentCode: "NoSuchCORSConfiguration", member: "CORSRules" },
  { title: "Default encryption", operation: "GetBucketEncryption", absentCode: "ServerSideEncryptionConfigurationNotFoundError", member: "ServerSideEncryptionConfiguration" },
  { title: "Block public access", operation: "GetPublicAccessBlock", absentCode: "NoSuchPublicAccessBlockConfiguration", member: "PublicAccessBlockConfiguration" },
  { title: "Tags", operation: "GetBucketTagging", absentCode: "NoSuchTagSet", member: "TagSet" },
];

interface Found {
  title: string;
  /** JSON; undefined: none is set. */
  text?: string;
  error?: ApiError;
}

async function find(bucket: string, { title, operation, absentCode, member }: Configuration, signal: AbortSignal): Promise<Found> {
  try {
    const value = (await call<Record<string, unknown>>("s3", operation, { Bucket: bucket }, signal))[member];
    return { title, text: typeof value === "string" ? value : JSON.stringify(value ?? {}) };
  } catch (failure) {
    const error = asApiError(failure);
    // Who is not there is not there for all: say it once, for the whole.
    if (error.isConnection || error.code === "NoSuchBucket") throw error;
    return error.code === absentCode ? { title } : { title, error };
  }
}

function Configurations({ bucket }: { bucket: string }) {
  const loaded = useLoaded(JSON.stringify(["configuration", bucket]), (signal) => Promise.all(kConfigurations.map((configuration) => find(bucket, configuration, signal))));
  return (
    <LoadedView loaded={loaded}>
      {(all) => {
        const absent = all.filter(({ text, error }) => text === undefined && error === undefined);
        return (
          <SpaceBetween size="m">
            {all.map(({ title, text, error }) =>
              error !== undefined ? (
                <ErrorBox key={title} error={error} />
              ) : text === undefined ? null : (
                <ExpandableSection key={title} variant="container" headerText={title} defaultExpanded>
                  <JsonView text={text} label={title} />
                </ExpandableSection>
              ),
            )}
            {absent.length > 0 && <Box color="text-body-secondary">{`Not set: ${absent.map(({ title }) => title.toLowerCase().replace("cors", "CORS")).join(", ")}.`}</Box>}
          </SpaceBetween>
        );
      }}
    </LoadedView>
  );
}
