// SPDX-License-Identifier: Apache-2.0
// How a bucket is set up: versioning (which can be changed), notifications, and every configuration as S3 tells it.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
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
      {kConfigurations.map((configuration) => (
        <ConfigurationView key={configuration.operation} bucket={bucket} {...configuration} />
      ))}
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

function ConfigurationView({ bucket, title, operation, absentCode, member }: Configuration & { bucket: string }) {
  const loaded = useCall<Record<string, unknown>>("s3", operation, { Bucket: bucket });
  const isAbsent = loaded.error?.code === absentCode;
  const value = loaded.data?.[member];
  const text = typeof value === "string" ? value : JSON.stringify(value ?? {});
  return (
    <ExpandableSection
      variant="container"
      headerText={title}
      headerDescription={isAbsent ? "None" : undefined}
      defaultExpanded={false}
    >
      {isAbsent ? <Box color="text-body-secondary">None is set.</Box> : <LoadedView loaded={loaded}>{() => <JsonView text={text} label={title} />}</LoadedView>}
    </ExpandableSection>
  );
}
