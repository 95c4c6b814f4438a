// SPDX-License-Identifier: Apache-2.0
// A bucket: its objects, and how it is set up.
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useCrumbs } from "../../../app/frame";
import { CopyText } from "../../../components/CopyText";
import { Name } from "../../../components/Link";
import { paths } from "../shared/arn-path";
import { PageTabs } from "../shared/PageTabs";
import { BucketProperties } from "./BucketProperties";
import { DeleteBucket } from "./DeleteBucket";
import { ObjectsTab } from "./ObjectsTab";

export default function BucketPage() {
  const { bucket = "" } = useParams();
  const navigate = useNavigate();
  const [deletes, setDeletes] = useState(false);
  useCrumbs(["Buckets", "/s3"], [bucket, paths.bucket(bucket)]);
  return (
    <SpaceBetween size="m">
      <Header variant="h1" description={<CopyText text={`arn:aws:s3:::${bucket}`} label="ARN" />} actions={<Button onClick={() => setDeletes(true)}>Delete bucket</Button>}>
        <Name>{bucket}</Name>
      </Header>
      <PageTabs
        label="Bucket"
        tabs={[
          { id: "objects", label: "Objects", content: () => <ObjectsTab bucket={bucket} /> },
          { id: "properties", label: "Properties", content: () => <BucketProperties bucket={bucket} /> },
        ]}
      />
      {deletes && <DeleteBucket bucket={bucket} onClose={() => setDeletes(false)} onDeleted={() => void navigate("/s3")} />}
    </SpaceBetween>
  );
}
