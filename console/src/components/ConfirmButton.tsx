// SPDX-License-Identifier: Apache-2.0
// A button for what cannot be taken back: asks first.
import Box from "@cloudscape-design/components/box";
import Button, { type ButtonProps } from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";

interface Props {
  /** On the button, and on the one that confirms: "Delete". */
  text: string;
  title: string;
  children: ReactNode;
  disabled?: boolean;
  variant?: ButtonProps.Variant;
  iconName?: ButtonProps["iconName"];
  onConfirm: () => void | Promise<void>;
}

export function ConfirmButton({ text, title, children, disabled = false, variant = "normal", iconName, onConfirm }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
    } finally {
      setBusy(false);
      setOpen(false);
    }
  };
  return (
    <>
      <Button disabled={disabled} variant={variant} {...(iconName ? { iconName } : {})} ariaLabel={variant === "icon" || variant === "inline-icon" ? text : undefined} onClick={() => setOpen(true)}>
        {text}
      </Button>
      {isOpen && (
        <Modal
          visible
          header={title}
          onDismiss={() => setOpen(false)}
          footer={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" onClick={() => setOpen(false)}>
                  Cancel
                </Button>
                <Button variant="primary" loading={isBusy} onClick={() => void confirm()}>
                  {text}
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          {children}
        </Modal>
      )}
    </>
  );
}
