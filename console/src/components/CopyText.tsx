// SPDX-License-Identifier: Apache-2.0
// An ARN, an id: shown, and copied by its button.
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

export function CopyText({ text, label }: { text: string; label?: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      textToDisplay={text}
      copyButtonAriaLabel={`Copy ${label ?? text}`}
      copySuccessText="Copied"
      copyErrorText="It could not be copied"
    />
  );
}
