// SPDX-License-Identifier: Apache-2.0
// The folders on the way to a prefix, each a link; and a button that copies the S3 URI.
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Link from "@cloudscape-design/components/link";
import { useHref } from "react-router";
import { paths } from "../shared/arn-path";

interface Step {
  text: string;
  prefix: string;
}

export function stepsOf(prefix: string): Step[] {
  const steps: Step[] = [];
  let at = 0;
  for (let slash = prefix.indexOf("/"); slash >= 0; slash = prefix.indexOf("/", at)) {
    steps.push({ text: prefix.slice(at, slash), prefix: prefix.slice(0, slash + 1) });
    at = slash + 1;
  }
  return steps;
}

export function PrefixTrail({ bucket, prefix, onOpen }: { bucket: string; prefix: string; onOpen: (prefix: string) => void }) {
  const base = useHref(paths.bucket(bucket));
  const steps = [{ text: bucket, prefix: "" }, ...stepsOf(prefix)];
  return (
    <span className="pawl-trail">
      {steps.map((step, index) => (
        <span key={step.prefix}>
          {index + 1 === steps.length ? (
            <bdi>{step.text || "/"}</bdi>
          ) : (
            <Link
              href={step.prefix === "" ? base : `${base}?${new URLSearchParams({ prefix: step.prefix })}`}
              onFollow={(event) => {
                event.preventDefault();
                onOpen(step.prefix);
              }}
            >
              <bdi>{step.text || "/"}</bdi>
            </Link>
          )}
          <span aria-hidden>{" / "}</span>
        </span>
      ))}
      <CopyToClipboard variant="icon" textToCopy={`s3://${bucket}/${prefix}`} copyButtonAriaLabel="Copy the S3 URI" copySuccessText="S3 URI copied" copyErrorText="It could not be copied" />
    </span>
  );
}
