// SPDX-License-Identifier: Apache-2.0
// What is said about an object: metadata of its own, tags, versions.
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useCall, useLoaded } from "../../../api/use-call";
import { call } from "../../../api/console-api";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { paths } from "../shared/arn-path";
import { LoadedView } from "../shared/LoadedView";
import { PairsTable } from "../shared/PairsTable";
import { SimpleTable } from "../shared/SimpleTable";
import { nameInput, type ObjectName } from "./object-content";
import type { ListVersionsOutput, ObjectVersion, Tag } from "./s3-types";

export function UserMetadata({ metadata }: { metadata: Record<string, string> }) {
  return <PairsTable label="Metadata" pairs={Object.entries(metadata)} empty="No metadata of its own" />;
}

export function ObjectTags({ name }: { name: ObjectName }) {
  const loaded = useCall<{ TagSet?: Tag[] }>("s3", "GetObjectTagging", nameInput(name));
  return <LoadedView loaded={loaded}>{({ TagSet = [] }) => <PairsTable label="Tags" pairs={TagSet.map((tag) => [tag.Key, tag.Value])} empty="No tags" />}</LoadedView>;
}

type Version = ObjectVersion & { isMarker: boolean };

export function ObjectVersions({ name }: { name: ObjectName }) {
  const { bucket, key } = name;
  const loaded = useLoaded(JSON.stringify(["versions", bucket, key]), async (signal) => {
    const output = await call<ListVersionsOutput>("s3", "ListObjectVersions", { Bucket: bucket, Prefix: key, MaxKeys: 1000 }, signal);
    const versions: Version[] = [
      ...(output.Versions ?? []).map((version) => ({ ...version, isMarker: false })),
      ...(output.DeleteMarkers ?? []).map((version) => ({ ...version, isMarker: true })),
    ].filter((version) => version.Key === key);
    return versions.sort((a, b) => Number(b.IsLatest) - Number(a.IsLatest) || b.LastModified - a.LastModified);
  });
  return (
    <LoadedView loaded={loaded}>
      {(versions) => (
        <SpaceBetween size="xs">
          <SimpleTable
            label="Versions"
            items={versions}
            empty="No versions"
            columns={[
              {
                id: "version",
                header: "Version ID",
                cell: (version) =>
                  version.isMarker ? <Name>{version.VersionId}</Name> : <Link to={paths.object(bucket, key, version.VersionId)}><Name>{version.VersionId}</Name></Link>,
                isRowHeader: true,
              },
              { id: "type", header: "Type", cell: (version) => (version.isMarker ? "Delete marker" : "Object") },
              { id: "latest", header: "Latest", cell: (version) => (version.IsLatest ? <StatusBadge status="ACTIVE" /> : "-") },
              { id: "modified", header: "Last modified", cell: (version) => <Timestamp value={version.LastModified} /> },
              { id: "size", header: "Size", cell: (version) => (version.Size === undefined ? "-" : formatBytes(version.Size)) },
            ]}
          />
          {versions.some((version) => version.VersionId === "null") && (
            <Box color="text-body-secondary">The version "null" was made without versioning.</Box>
          )}
        </SpaceBetween>
      )}
    </LoadedView>
  );
}
