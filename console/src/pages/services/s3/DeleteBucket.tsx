// SPDX-License-Identifier: Apache-2.0
// Deletes a bucket. One that is not empty says so; then it can be emptied here.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import { useState } from "react";
import { asApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { useFrame } from "../../../app/frame";
import { Name } from "../../../components/Link";
import { ActionModal } from "../../../components/ActionModal";
import { emptyBucket } from "./object-deletion";

export function DeleteBucket({ bucket, onClose, onDeleted }: { bucket: string; onClose: () => void; onDeleted: () => void }) {
  const { succeeded } = useFrame();
  const [isFull, setFull] = useState(false);
  const [empties, setEmpties] = useState(false);
  const [count, setCount] = useState(0);
  const remove = async () => {
    try {
      if (empties) await emptyBucket(bucket, setCount);
      await call("s3", "DeleteBucket", { Bucket: bucket });
    } catch (failure) {
      if (asApiError(failure).code === "BucketNotEmpty") setFull(true);
      throw failure;
    }
    succeeded(<>Bucket <Name>{bucket}</Name> was deleted.</>);
    onDeleted();
  };
  return (
    <ActionModal title="Delete bucket" submitText={empties ? "Empty and delete" : "Delete"} isDisabled={isFull && !empties} onSubmit={remove} onClose={onClose}>
      <Box>
        Delete the bucket <b><Name>{bucket}</Name></b>? This cannot be undone.
      </Box>
      {isFull && (
        <Alert type="warning" header="The bucket is not empty">
          <Checkbox checked={empties} onChange={({ detail }) => setEmpties(detail.checked)}>
            Delete all its objects and all their versions first
          </Checkbox>
          {count > 0 && <Box>{`${count} deleted`}</Box>}
        </Alert>
      )}
    </ActionModal>
  );
}
