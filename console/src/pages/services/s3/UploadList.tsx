// SPDX-License-Identifier: Apache-2.0
// Uploads under way, and what failed.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { formatBytes } from "../../../components/Timestamp";
import type { Upload } from "./uploads";

export function UploadList({ uploads, onClear }: { uploads: Upload[]; onClear: () => void }) {
  if (uploads.length === 0) return null;
  const bytes = uploads.reduce((sum, { size }) => sum + size, 0);
  const sent = uploads.reduce((sum, upload) => sum + (upload.state === "done" ? upload.size : upload.sent), 0);
  const done = uploads.filter(({ state }) => state === "done").length;
  const failed = uploads.filter(({ state }) => state === "failed");
  const isRunning = uploads.some(({ state }) => state === "waiting" || state === "sending");
  const current = uploads.find(({ state }) => state === "sending");
  return (
    <SpaceBetween size="xs">
      <div className="pawl-spread">
        <div className="pawl-grow">
          <ProgressBar
            value={bytes === 0 ? (100 * done) / uploads.length : (100 * sent) / bytes}
            {...(isRunning ? {} : { status: failed.length > 0 ? ("error" as const) : ("success" as const), resultText: `${done} of ${uploads.length} uploaded` })}
            label={isRunning ? `Uploading, ${done} of ${uploads.length} done` : "Upload"}
            {...(current === undefined ? {} : { description: <bdi className="pawl-wrap">{current.key}</bdi> })}
            additionalInfo={isRunning ? `${formatBytes(sent)} of ${formatBytes(bytes)}` : undefined}
          />
        </div>
        {!isRunning && <Button variant="icon" iconName="close" ariaLabel="Close" onClick={onClear} />}
      </div>
      {failed.slice(0, 5).map((upload) => (
        <Alert key={upload.id} type="error" header={<bdi className="pawl-wrap">{upload.key}</bdi>}>
          <span className="pawl-wrap">{upload.error}</span>
        </Alert>
      ))}
      {failed.length > 5 && <Alert type="error">{`${failed.length - 5} more failed`}</Alert>}
    </SpaceBetween>
  );
}
