// SPDX-License-Identifier: Apache-2.0
// An object: what is inside, what is said about it, its versions.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { ApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { CopyText } from "../../../components/CopyText";
import { Name } from "../../../components/Link";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { saveAs } from "../shared/bytes";
import { FactList } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { PageTabs } from "../shared/PageTabs";
import { useAct } from "../shared/use-act";
import { kDownloadBytesMax, nameInput, type ObjectName, readObject } from "./object-content";
import { ObjectTags, ObjectVersions, UserMetadata } from "./ObjectDetails";
import { stepsOf } from "./PrefixTrail";
import { Preview } from "./Preview";
import type { HeadObjectOutput } from "./s3-types";
import "./s3.css";

export default function ObjectPage() {
  const { bucket = "" } = useParams();
  const [params] = useSearchParams();
  const key = params.get("key") ?? "";
  const versionId = params.get("versionId") ?? undefined;
  const name: ObjectName = { bucket, key, versionId };
  const head = useCall<HeadObjectOutput>("s3", "HeadObject", nameInput(name));
  const folders = stepsOf(key).map((step): [string, string] => [step.text || "/", paths.bucket(bucket, step.prefix)]);
  const title = key.slice(key.lastIndexOf("/", key.length - 2) + 1);
  useCrumbs(["Buckets", "/s3"], [bucket, paths.bucket(bucket)], ...folders, [title, paths.object(bucket, key, versionId)]);
  return (
    <SpaceBetween size="m">
      <Header variant="h1" description={<CopyText text={`s3://${bucket}/${key}`} label="S3 URI" />} actions={<Actions name={name} head={head.data} />}>
        <Name>{title}</Name>
      </Header>
      <LoadedView loaded={head}>{(data) => <Details name={name} head={data} />}</LoadedView>
    </SpaceBetween>
  );
}

function Actions({ name, head }: { name: ObjectName; head: HeadObjectOutput | undefined }) {
  const act = useAct();
  const navigate = useNavigate();
  const [progress, setProgress] = useState<number>();
  const { bucket, key, versionId } = name;
  const size = head?.ContentLength ?? 0;
  const download = async () => {
    setProgress(0);
    await act({ failed: "It could not be downloaded" }, async () => {
      if (size > kDownloadBytesMax)
        throw new ApiError("TooLarge", `${formatBytes(size)} are more than a browser keeps. Use: aws s3 cp ${JSON.stringify(`s3://${bucket}/${key}`)} .`, 400);
      const bytes = await readObject(name, size, size, undefined, setProgress);
      saveAs(new Blob([bytes], { type: "application/octet-stream" }), key.slice(key.lastIndexOf("/") + 1) || "object");
    });
    setProgress(undefined);
  };
  const remove = async () => {
    const isDone = await act({ failed: "The object could not be deleted", succeeded: <>Object <Name>{key}</Name> was deleted.</> }, () => call("s3", "DeleteObject", nameInput(name)));
    if (isDone) void navigate(paths.bucket(bucket, key.slice(0, key.lastIndexOf("/") + 1)));
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ButtonDropdown
        items={[
          { id: `s3://${bucket}/${key}`, text: "Copy S3 URI" },
          { id: `arn:aws:s3:::${bucket}/${key}`, text: "Copy ARN" },
          { id: key, text: "Copy key" },
          ...(head?.ETag === undefined ? [] : [{ id: head.ETag, text: "Copy ETag" }]),
        ]}
        onItemClick={({ detail }) => void navigator.clipboard?.writeText(detail.id)}
      >
        Copy
      </ButtonDropdown>
      <ConfirmButton text="Delete" title="Delete object" onConfirm={remove}>
        <Box>
          Delete <b><Name>{key}</Name></b>
          {versionId === undefined ? "?" : `, version ${versionId}? This cannot be undone.`}
        </Box>
      </ConfirmButton>
      <Button variant="primary" iconName="download" disabled={head === undefined} loading={progress !== undefined} loadingText="Downloading" onClick={() => void download()}>
        {progress !== undefined && size > 0 ? `${Math.floor((100 * progress) / size)} %` : "Download"}
      </Button>
    </SpaceBetween>
  );
}

function Details({ name, head }: { name: ObjectName; head: HeadObjectOutput }) {
  const size = head.ContentLength ?? 0;
  const contentType = head.ContentType ?? "";
  return (
    <SpaceBetween size="m">
      <Container>
        <FactList
          columns={4}
          facts={[
            ["Size", <span title={`${size} bytes`}>{formatBytes(size)}</span>],
            ["Content type", contentType],
            ["Last modified", <Timestamp value={head.LastModified} />],
            ["ETag", head.ETag === undefined ? undefined : <span className="pawl-mono">{head.ETag.replaceAll('"', "")}</span>],
            ["Storage class", head.StorageClass ?? "STANDARD"],
            ["Encryption", head.ServerSideEncryption],
            ["KMS key", head.SSEKMSKeyId === undefined ? undefined : <ArnLink arn={head.SSEKMSKeyId} />],
            ["Version ID", head.VersionId],
            ["Content encoding", head.ContentEncoding],
            ["Content disposition", head.ContentDisposition],
            ["Content language", head.ContentLanguage],
            ["Cache control", head.CacheControl],
            ["Expiration", head.Expiration],
            ["Parts", head.PartsCount],
            ["Object lock", head.ObjectLockMode],
            ["Replication", head.ReplicationStatus],
          ]}
        />
      </Container>
      <PageTabs
        label="Object"
        tabs={[
          { id: "preview", label: "Preview", content: () => <Preview name={name} size={size} contentType={contentType} etag={head.ETag ?? ""} /> },
          { id: "metadata", label: "Metadata", count: Object.keys(head.Metadata ?? {}).length, content: () => <UserMetadata metadata={head.Metadata ?? {}} /> },
          { id: "tags", label: "Tags", content: () => <ObjectTags name={name} /> },
          { id: "versions", label: "Versions", content: () => <ObjectVersions name={name} /> },
        ]}
      />
    </SpaceBetween>
  );
}
