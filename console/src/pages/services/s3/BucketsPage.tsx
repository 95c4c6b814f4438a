// SPDX-License-Identifier: Apache-2.0
// Buckets: list, create, delete (emptied first if one says so).
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { call } from "../../../api/console-api";
import { readRegion } from "../../../api/credentials";
import { useCrumbs, useFrame } from "../../../app/frame";
import { Empty } from "../../../components/Empty";
import { Link, Name } from "../../../components/Link";
import { Timestamp } from "../../../components/Timestamp";
import { ActionModal } from "../../../components/ActionModal";
import { paths } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { type Columns, ListTable } from "../shared/ListTable";
import { DeleteBucket } from "./DeleteBucket";
import type { Bucket, ListBucketsOutput } from "./s3-types";

const kColumns: Columns<Bucket> = [
  { id: "name", header: "Name", cell: ({ Name: name }) => <Link to={paths.bucket(name)}><Name>{name}</Name></Link>, sortingField: "Name", isRowHeader: true },
  { id: "region", header: "Region", cell: ({ BucketRegion }) => BucketRegion ?? "-", sortingField: "BucketRegion" },
  { id: "created", header: "Created", cell: ({ CreationDate }) => <Timestamp value={CreationDate} />, sortingField: "CreationDate" },
];

export default function BucketsPage() {
  useCrumbs(["Buckets", "/s3"]);
  const pages = useListing<ListBucketsOutput, Bucket>({
    service: "s3",
    operation: "ListBuckets",
    input: { MaxBuckets: 1000 },
    tokenMember: "ContinuationToken",
    itemsOf: (output) => output.Buckets,
  });
  const [creates, setCreates] = useState(false);
  const [deleted, setDeleted] = useState<string>();
  return (
    <>
      <ListTable
        title="Buckets"
        noun="buckets"
        variant="full-page"
        pages={pages}
        columns={kColumns}
        idOf={(bucket) => bucket.Name}
        textOf={(bucket) => bucket.Name}
        selection="single"
        actions={([selected]) => (
          <>
            <Button disabled={selected === undefined} onClick={() => setDeleted(selected?.Name)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setCreates(true)}>
              Create bucket
            </Button>
          </>
        )}
        empty={
          <Empty title="No buckets">
            <Button onClick={() => setCreates(true)}>Create bucket</Button>
          </Empty>
        }
      />
      {creates && <CreateBucket onClose={() => setCreates(false)} onCreated={pages.reload} />}
      {deleted !== undefined && <DeleteBucket bucket={deleted} onClose={() => setDeleted(undefined)} onDeleted={pages.reload} />}
    </>
  );
}

function CreateBucket({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const { succeeded } = useFrame();
  const [name, setName] = useState("");
  const [isVersioned, setVersioned] = useState(false);
  const create = async () => {
    const region = readRegion();
    await call("s3", "CreateBucket", {
      Bucket: name.trim(),
      ...(region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region } }),
    });
    if (isVersioned) await call("s3", "PutBucketVersioning", { Bucket: name.trim(), VersioningConfiguration: { Status: "Enabled" } });
    succeeded(<>Bucket <Name>{name.trim()}</Name> was created.</>);
    onCreated();
  };
  return (
    <ActionModal title="Create bucket" submitText="Create bucket" isDisabled={name.trim() === ""} onSubmit={create} onClose={onClose}>
      <SpaceBetween size="m">
        <FormField label="Bucket name" constraintText="3 to 63 lower-case letters, digits, dots and hyphens.">
          <Input autoFocus value={name} spellcheck={false} autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
        </FormField>
        <Checkbox checked={isVersioned} onChange={({ detail }) => setVersioned(detail.checked)} description="Keeps what is overwritten and deleted.">
          Versioning
        </Checkbox>
      </SpaceBetween>
    </ActionModal>
  );
}
